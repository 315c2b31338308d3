"""Others' news at the command line: asked for, looked at, taken in, written; never sent as it came."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

import pytest

from comms.model.item import SCAFFOLD
from tests.fakes.feeds import Entry, FeedSite, rss
from tests.journey.workspaces import Office

NOW = "2026-11-26T10:00"
LINK = "https://prov.example/leden?utm_source=x"
HOSTILE = (
    "title: a: b {{ 7*7 }} =?utf-8?q?A=0ABcc?= <script>alert(1)</script> --- &x *y !!python "
    '"cit\\ \u202eom\u202c'
)
TEXT = (
    "<p>Leden &lt;öppnar&gt;.</p><p>::: for offices</p><p># Rubrik</p><mj-raw>Rå</mj-raw>"
    "<!-- comms: ok C521 'nej' --><p>&lt;!-- comms: ok C521 'nej' --&gt;</p><p>---</p>"
)


@pytest.fixture
def site() -> Iterator[FeedSite]:
    with FeedSite() as opened:
        yield opened


@pytest.fixture
def here(office: Office, site: FeedSite) -> Office:
    """An office that follows two feeds; one of them is not there."""
    url = site.put(
        "/a",
        rss(
            Entry(
                "Vandringsleden i Sunne öppnar",
                "<p>Nu.</p>",
                "1",
                LINK,
                2,
            ),
            Entry(HOSTILE, TEXT, "2", "https://prov.example/h?a=1&b=(2)", 1),
        ),
    )
    settings = office.folder / "comms.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + f"feeds:\n  regionen: {{title: Region Prov, url: {url}}}\n"
        + f"  borta: {{title: Borta, url: {site.url}/b}}\n"
        + "fetch: {private_hosts: [127.0.0.1]}\n",
        encoding="utf-8",
    )
    return office


@pytest.fixture
def pulled(here: Office) -> Office:
    here.comms("feeds", "pull", now=NOW)
    return here


def item(office: Office, slug: str) -> str:
    return (office.folder / f"content/items/{slug}.md").read_text(encoding="utf-8")


def test_a_pull_tells_each_feed_and_fails_when_one_did(here: Office) -> None:
    answer = here.comms("feeds", "pull", now=NOW)
    assert answer.code == 1
    assert "regionen: 2 nya förslag." in answer.out
    assert "borta: gick inte. 127.0.0.1 svarade 404." in answer.out
    again = here.comms("feeds", "pull", now=NOW)
    assert (again.code, again.out) == (0, "Inget flöde står på tur.\n")


def test_a_list_shows_feeds_and_proposals_with_why_and_where(pulled: Office) -> None:
    told = pulled.comms("feeds", "list").out
    assert "regionen  går bra" in told
    assert "127.0.0.1 svarade 404. Nästa gång 2026-11-26 16.00." in told
    assert (
        "1  Vandringsleden i Sunne öppnar\n    regionen, 2026-11-24, språk sv\n    https://prov.example/leden\n"
        in told
    )
    assert "    kommuner: sunne\n    därför att ”Sunne” i rubriken: Sunne\n" in told


def test_the_list_for_scripts_has_feeds_and_proposals(pulled: Office) -> None:
    found = pulled.comms("feeds", "list", "--json").json
    assert [(one["feed"], one["state"], one["failures"]) for one in found["feeds"]] == [
        ("regionen", "active", 0),
        ("borta", "active", 1),
    ]
    newest, first = found["proposals"]
    assert (first["id"], first["link"], first["municipalities"]) == (
        1,
        "https://prov.example/leden",
        ["sunne"],
    )
    assert newest["same"] == []
    assert pulled.comms("feeds", "show", "1", "--json").json["title"] == "Vandringsleden i Sunne öppnar"


def test_a_proposal_becomes_an_item_that_quotes_its_source_and_is_not_written(pulled: Office) -> None:
    answer = pulled.comms("feeds", "take", "1", now=NOW)
    assert "Skapade content/items/vandringsleden-i-sunne-oppnar.md." in answer.out
    text = item(pulled, "vandringsleden-i-sunne-oppnar")
    assert SCAFFOLD in text
    assert "> Nu.\n" in text
    assert (
        "Källa: [Vandringsleden i Sunne öppnar](<https://prov.example/leden>), Region Prov, 2026-11-24"
        in text
    )
    assert 'link: "https://prov.example/leden"' in text
    assert "kind: outlook\n" in text
    assert "municipalities: [sunne]" in text
    check = pulled.comms("check")
    faults = [line for line in check.out.splitlines() if ": fel " in line]
    assert len(faults) == 1
    assert "vandringsleden-i-sunne-oppnar.md:15:1: fel C521: Texten är inte skriven" in faults[0]


def test_what_is_hostile_is_taken_in_as_plain_words(pulled: Office) -> None:
    assert pulled.comms("feeds", "take", "2", "--slug", "prov", now=NOW).code == 0
    text = item(pulled, "prov")
    assert text.count("\n---\n") == 1
    assert "\u202e" not in text
    assert "=?" not in text
    assert "<script" not in text
    assert text.count("<!--") == 1  # our own, which asks for the officer's words
    assert "> &lt;!-- comms: ok C521 'nej' -->" in text
    check = pulled.comms("check").out
    assert "content/items/prov.md:15:1: fel C521" in check
    assert check.count("fel C") == 1


def test_what_is_not_written_does_not_go_out(pulled: Office) -> None:
    pulled.comms("feeds", "take", "2", "--slug", "leden", now=NOW)
    assert "Texten är inte skriven" in str(pulled.entry(now=NOW)["blocked"])


def test_taking_in_twice_tells_where_it_is(pulled: Office) -> None:
    pulled.comms("feeds", "take", "1", "--slug", "leden", now=NOW)
    again = pulled.comms("feeds", "take", "1", now=NOW)
    assert (again.code, again.err) == (2, "1 är redan intagen: content/items/leden.md\n")
    assert "intagen: content/items/leden.md" in pulled.comms("feeds", "show", "1").out


def test_no_file_is_written_over(pulled: Office) -> None:
    file = pulled.folder / "content/items/bryggan.md"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    answer = pulled.comms("feeds", "take", "1", "--slug", "bryggan", now=NOW)
    assert answer.code == 2
    assert "content/items/bryggan.md finns redan. Ge förslaget ett annat namn med --slug." in answer.err
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert [one["id"] for one in pulled.comms("feeds", "list", "--json").json["proposals"]] == [2, 1]


def test_what_the_disk_refuses_is_told_and_leaves_the_proposal(pulled: Office) -> None:
    items = pulled.folder / "content/items"
    items.rename(pulled.folder / "content/undan")
    items.write_text("ingen mapp", encoding="utf-8")
    answer = pulled.comms("feeds", "take", "1", now=NOW)
    assert answer.code == 2
    assert "content/items/vandringsleden-i-sunne-oppnar.md går inte att skriva" in answer.err
    items.unlink()
    assert pulled.comms("feeds", "take", "1", now=NOW).code == 0  # the folder is made again


def test_a_ledger_that_fails_leaves_no_file(pulled: Office) -> None:
    (database,) = pulled.folder.glob("**/comms.db")
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON proposals BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    connection.close()
    assert pulled.comms("feeds", "take", "1", now=NOW).code != 0
    assert not list(pulled.folder.glob("content/items/vandringsleden*"))


def test_a_name_that_is_none_is_refused(pulled: Office) -> None:
    for slug in ("../ut", "Å", "_utkast", "a" * 81):
        answer = pulled.comms("feeds", "take", "1", "--slug", slug, now=NOW)
        assert (answer.code, "går inte som filnamn" in answer.err) == (2, True)


def test_a_no_is_a_no_for_all_that_were_named_or_for_none(pulled: Office) -> None:
    assert pulled.comms("feeds", "dismiss", "1", "9").code == 2
    assert len(pulled.comms("feeds", "list", "--json").json["proposals"]) == 2
    assert "Avvisade 1: Vandringsleden" in pulled.comms("feeds", "dismiss", "1", "2").out
    assert "Inga förslag väntar." in pulled.comms("feeds", "list").out
    assert pulled.comms("feeds", "dismiss", "1").out == "De var redan avvisade.\n"


def test_what_is_taken_in_cannot_be_dismissed(pulled: Office) -> None:
    pulled.comms("feeds", "take", "1", "--slug", "leden", now=NOW)
    assert "redan intagen: content/items/leden.md" in pulled.comms("feeds", "dismiss", "1").err


def test_a_feed_is_stopped_and_started_by_a_person(pulled: Office) -> None:
    assert pulled.comms("feeds", "stop", "regionen", "--by", "Anna", now=NOW).code == 0
    assert "Stoppat av Anna 2026-11-26." in pulled.comms("feeds", "list").out
    refused = pulled.comms("feeds", "pull", "regionen", now=NOW)
    assert (refused.code, "är stoppat" in refused.err) == (2, True)
    assert pulled.comms("feeds", "start", "regionen").code == 0
    assert "regionen: inget nytt." in pulled.comms("feeds", "pull", now=NOW).out


def test_who_has_no_feeds_is_told_how_to_have_one(office: Office) -> None:
    assert "Inga flöden står i comms.yaml." in office.comms("feeds", "list").out
    assert office.comms("feeds", "pull", now=NOW).out == "Inget flöde står på tur.\n"
    assert office.comms("feeds", "stop", "x", now=NOW).code == 2
