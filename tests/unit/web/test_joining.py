"""Where a person joins and chooses: sign-up, confirmation, settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from comms.model.settings import Secret
from comms.text.tokens import Purpose, token
from tests.unit.web.places import KEY
from tests.unit.web.sites import Site, exit_link, sealed, site_of

FORM: dict[str, object] = {
    "newsletters": ["brevet"],
    "audience": "offices",
    "municipality": "eda",
    "website": "",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of the small office."""
    with site_of(tmp_path_factory.mktemp("joining")) as opened:
        yield opened


def asked(site: Site, kind: str = "confirm") -> list[str]:
    """The addresses that a letter is to go to, in the order that they were asked for."""
    return [address for address, _ in tickets(site, kind)]


def tickets(site: Site, kind: str) -> list[tuple[str, str]]:
    """Addresses with the ids of their tickets."""
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database:
        found = database.execute(
            "SELECT address, id FROM tickets WHERE kind = ? ORDER BY asked_at, id", (kind,)
        )
        return [(str(address), str(identity)) for address, identity in found]


def networks(site: Site) -> set[str]:
    """Where letters have been asked for from."""
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database:
        return {str(network) for (network,) in database.execute("SELECT network FROM tickets")}


def sign_up(site: Site, address: str, headers: dict[str, str] | None = None, **more: object) -> str:
    """Fill in the form as a person does; the page that comes of it."""
    seal = sealed(site.get("/prenumerera/"))
    site.later(seconds=10)
    answer = site.post("/prenumerera/", {**FORM, "address": address, "form": seal, **more}, **(headers or {}))
    assert answer.status_code == 200
    return answer.text


def mailed_link(site: Site, address: str, purpose: Purpose) -> str:
    """The path of the link in the letter that an address is to get, as if it had just been mailed."""
    kind = "confirm" if purpose is Purpose.CONFIRM else "settings"
    identity = dict(tickets(site, kind))[address]
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database, database:
        database.execute(
            "UPDATE tickets SET mailed_at = ?, expires_at = ? WHERE id = ?",
            (f"{site.now:%Y-%m-%dT%H:%M:%S}.000000+00:00", "2027-12-31T00:00:00.000000+00:00", identity),
        )
    where = "c" if purpose is Purpose.CONFIRM else "p"
    return f"/{where}/{token(purpose, identity, (Secret(KEY),))}"


def newsletters(site: Site, address: str) -> list[str]:
    """What an address subscribes to."""
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database:
        found = database.execute(
            "SELECT newsletter FROM subscriptions JOIN subscribers ON subscribers.id = subscriber_id "
            "WHERE address_key = ? AND state = 'confirmed' ORDER BY 1",
            (address,),
        )
        return [str(newsletter) for (newsletter,) in found]


def test_a_sign_up_asks_for_a_letter_at_once_and_makes_nobody_a_subscriber(site: Site) -> None:
    woken = len(site.woken)

    page = sign_up(site, "anna@hem.example")

    assert "inkorg" in page
    assert "anna@hem.example" in asked(site)
    assert newsletters(site, "anna@hem.example") == []
    assert len(site.woken) == woken + 1


def test_the_answer_is_the_same_for_who_is_known_and_who_is_not(site: Site) -> None:
    first = sign_up(site, "bo@hem.example")
    link = mailed_link(site, "bo@hem.example", Purpose.CONFIRM)
    site.post(link, {"form": sealed(site.get(link))})

    assert newsletters(site, "bo@hem.example") == ["brevet"]
    assert sign_up(site, "bo@hem.example") == sign_up(site, "nina@hem.example") == first


def test_a_form_that_comes_sooner_than_a_person_can_fill_it_in_is_asked_for_once_more(site: Site) -> None:
    seal = sealed(site.get("/prenumerera/"))
    site.later(seconds=1)

    again = site.post("/prenumerera/", {**FORM, "address": "kim@hem.example", "form": seal})

    assert "kim@hem.example" in again.text
    assert "kim@hem.example" not in asked(site)
    site.later(seconds=5)
    site.post("/prenumerera/", {**FORM, "address": "kim@hem.example", "form": sealed(again)})
    assert "kim@hem.example" in asked(site)


@pytest.mark.parametrize("broken", ["", "forged", "old"])
def test_a_form_without_a_seal_of_today_keeps_what_was_typed_and_asks_again(site: Site, broken: str) -> None:
    seal = sealed(site.get("/prenumerera/"))
    site.later(hours=25)
    address = f"{broken or 'none'}@hem.example"

    answer = site.post(
        "/prenumerera/", {**FORM, "address": address, "form": seal if broken == "old" else broken}
    )

    assert answer.status_code == 200
    assert address in answer.text
    assert address not in asked(site)
    assert sealed(answer) != seal


def test_a_program_that_fills_in_everything_hears_what_people_hear_and_nothing_comes_of_it(
    site: Site,
) -> None:
    woken = len(site.woken)

    page = sign_up(site, "robot@hem.example", website="https://ond.example")

    assert page == sign_up(site, "person@hem.example")
    assert "robot@hem.example" not in asked(site)
    assert len(site.woken) == woken + 1


def test_one_form_sent_twice_asks_once(site: Site) -> None:
    seal = sealed(site.get("/prenumerera/"))
    site.later(seconds=10)
    for address in ("tva@hem.example", "tre@hem.example"):
        site.post("/prenumerera/", {**FORM, "address": address, "form": seal})

    assert "tva@hem.example" in asked(site)
    assert "tre@hem.example" not in asked(site)


def test_faults_are_told_with_what_was_typed_and_the_choices_of_a_link_are_ticked(site: Site) -> None:
    answer = site.post("/prenumerera/", {"address": "inte en adress", "form": "x"})
    assert answer.status_code == 200
    assert "inte en adress" in answer.text

    ticked = site.get("/prenumerera/?newsletters=brevet&municipality=eda&address=anna@hem.example")
    assert "anna@hem.example" not in ticked.text
    assert "selected" in ticked.text


def test_the_button_behind_the_link_confirms_and_the_link_itself_does_not(site: Site) -> None:
    sign_up(site, "eva@hem.example")
    link = mailed_link(site, "eva@hem.example", Purpose.CONFIRM)

    page = site.get(link)
    assert newsletters(site, "eva@hem.example") == []
    site.post(link)
    assert newsletters(site, "eva@hem.example") == []
    answers = [site.post(link, {"form": sealed(page)}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert newsletters(site, "eva@hem.example") == ["brevet"]


def test_settings_are_asked_for_changed_and_ended(site: Site) -> None:
    address = "ulla@hem.example"
    sign_up(site, address)
    link = mailed_link(site, address, Purpose.CONFIRM)
    site.post(link, {"form": sealed(site.get(link))})
    seal = sealed(site.get("/installningar/"))
    site.later(seconds=10)
    assert "inkorg" in site.post("/installningar/", {"address": address, "form": seal}).text

    settings = mailed_link(site, address, Purpose.SETTINGS)
    page = site.get(settings)
    assert 'value="save"' in page.text
    choices = {key: FORM[key] for key in ("newsletters", "audience", "municipality")}
    saved = site.post(settings, {**choices, "action": "save", "form": sealed(page)})
    assert saved.status_code == 200
    for action in ("pause", "resume", "end"):
        answer = site.post(settings, {"action": action, "form": sealed(site.get(settings))})
        assert answer.status_code == 200
        assert newsletters(site, address) == ([] if action == "end" else ["brevet"])


def test_the_network_of_who_asks_is_kept_and_only_a_proxy_of_ours_may_say_it(
    site: Site, tmp_path: Path
) -> None:
    sign_up(site, "lisa@hem.example", headers={"X-Forwarded-For": "192.0.2.77"})
    assert networks(site) >= {"127.0.0.0/24"}
    assert "192.0.2.0/24" not in networks(site)
    with site_of(tmp_path, more="  proxies: [127.0.0.1]\n") as behind:
        sign_up(behind, "lisa@hem.example", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.77"})
        assert networks(behind) == {"192.0.2.0/24"}


def test_a_hundred_looks_at_every_link_leave_the_database_as_it_was(site: Site) -> None:
    """What programs that open every link in a letter do (the attack C14)."""
    address = "inga@hem.example"
    sign_up(site, address)
    confirm = mailed_link(site, address, Purpose.CONFIRM)
    site.post(confirm, {"form": sealed(site.get(confirm))})
    seal = sealed(site.get("/installningar/"))
    site.later(seconds=10)
    site.post("/installningar/", {"address": address, "form": seal})
    sign_up(site, "ny@hem.example")
    links = [
        confirm,
        mailed_link(site, "ny@hem.example", Purpose.CONFIRM),
        mailed_link(site, address, Purpose.SETTINGS),
        exit_link(site, 1),
        "/prenumerera/?newsletters=brevet",
        "/installningar/",
    ]
    before = site.bytes()

    for path in links:
        for _ in range(100):
            answer = site.get(path, Purpose="prefetch", Sec_Purpose="prefetch")
            head = site.client.head(path, base_url=site.base_url, buffered=True)
            assert (answer.status_code, head.status_code) == (200, 200)

    assert "comms.db" in before
    assert site.bytes() == before


@pytest.mark.parametrize("where", ["c", "p"])
def test_a_link_that_is_not_ours_tells_where_to_go_whoever_asks(site: Site, where: str) -> None:
    path = f"/{where}/{'A' * 34}"

    for answer in (site.get(path), site.post(path, {"form": "x"})):
        assert answer.status_code == 404
        assert "kansli@leader.example" in answer.text
