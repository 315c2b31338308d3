"""What the doctor says of networks: their limits are as they were on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from comms.app.doctoring import Examined, Finding, examine
from comms.app.house import House, open_house
from comms.model.settings import ChannelKind, Web
from comms.text.networks import NETWORKS
from tests.fakes.settings import channel_settings
from tests.fakes.signups import KEYS, NOW, Desk, choices, fresh_store, house, office

READ = datetime.combine(NETWORKS["threads"].verified_on, time(12), UTC)


def told_of_limits(house: House, now: datetime) -> list[Examined]:
    return [one for one in examine(house, now) if str(one.what).startswith("Gränserna för")]


def test_limits_that_nobody_has_read_for_a_year_are_told_of_for_networks_in_use_once(tmp_path: Path) -> None:
    office = open_house(Path())
    ways = {
        slug: replace(channel_settings(ChannelKind.FILE, network="threads"), slug=slug) for slug in ("a", "b")
    }
    settings = replace(office.settings, channels=ways, database_url=f"sqlite:///{tmp_path}/comms.db")
    house = replace(office, settings=settings)

    assert told_of_limits(house, READ + timedelta(days=365)) == []
    (told,) = told_of_limits(house, READ + timedelta(days=366))
    assert told.finding is Finding.ADVICE
    assert "Threads" in str(told.what)
    assert NETWORKS["threads"].source in str(told.what)


def at(tmp_path: Path, url: str) -> House:
    """An office whose ledger is somewhere else."""
    of = office()
    return house(replace(of, settings=replace(of.settings, database_url=url)), tmp_path)


def test_a_place_that_cannot_be_looked_into_is_a_fault_and_stops_no_other_look(tmp_path: Path) -> None:
    closed = at(tmp_path, f"sqlite:///{tmp_path}/{'x' * 300}/comms.db")
    found = examine(closed, NOW)
    faults = [str(one.what) for one in found if one.finding is Finding.FAULT]
    assert [what for what in faults if "går inte att läsa: File name too long. Kontrollera" in what]
    assert found[-1].finding is Finding.ADVICE  # the last look was made too


def test_a_ledger_that_cannot_be_opened_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "comms.db").write_text("ingen databas")
    broken = at(tmp_path, f"sqlite:///{tmp_path}/comms.db")
    told = [one for one in examine(broken, NOW) if "är skadad eller är ingen databas" in str(one.what)]
    assert [one.finding for one in told] == [Finding.FAULT]


@pytest.mark.parametrize(
    ("url", "host", "proxies", "is_told"),
    [
        ("https://brev.leader.example", "127.0.0.1", (), True),
        ("https://brev.leader.example", "::1", (), True),
        ("https://brev.leader.example", "127.0.0.1", ("127.0.0.1",), False),
        ("https://brev.leader.example", "192.0.2.1", (), False),
        ("http://127.0.0.1:8080", "127.0.0.1", (), False),
    ],
)
def test_visitors_that_cannot_be_told_apart_are_advice(
    tmp_path: Path, url: str, host: str, proxies: tuple[str, ...], *, is_told: bool
) -> None:
    of = office()
    web = Web(host, 8080, proxies, KEYS)
    settings = replace(of.settings, base_url=url, web=web, database_url=f"sqlite:///{tmp_path}/comms.db")
    told = [
        one
        for one in examine(house(replace(of, settings=settings), tmp_path), NOW)
        if "samma nät" in str(one.what)
    ]
    assert [one.finding for one in told] == [Finding.ADVICE] * is_told


def test_a_newsletter_that_people_have_said_yes_or_no_to_and_is_gone_is_told_of(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        desk = Desk(office(), store, tmp_path)
        desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
        store.leaving.refuse("bo@eda.example", "partnerbrevet", "Har hört av sig.", NOW)
        store.suppress("eva@eda.example", "Har hört av sig.", NOW)
    of = office()

    def told(*gone: str) -> list[tuple[Finding, str]]:
        newsletters = {slug: one for slug, one in of.settings.newsletters.items() if slug not in gone}
        settings = replace(
            of.settings, newsletters=newsletters, web=None, database_url=f"sqlite:///{tmp_path}/comms.db"
        )
        found = examine(house(replace(of, settings=settings), tmp_path), NOW)
        return [(one.finding, str(one.what)) for one in found if "Har det bytt namn" in str(one.what)]

    assert told() == []
    (lost, refused) = told("bygdebrevet", "partnerbrevet")
    assert (lost[0], refused[0]) == (Finding.FAULT, Finding.ADVICE)
    assert "bygdebrevet finns inte i comms.yaml, men 1 prenumererar på det och 0" in lost[1]
    assert "partnerbrevet finns inte i comms.yaml, men 0 prenumererar på det och 1" in refused[1]
