"""Subscribers at the command line: a list comes in, is shown, and goes out again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.store import open_store
from comms.store.database import Database
from tests.fakes.leaving import subscribe
from tests.journey.workspaces import WEEK_BEFORE, Answer, Office

LIST = "E-post;Kommun;Namn\r\nAnna.Ek@x.example;Eda;Åsa\r\nbo@x.example;Eda;Bo\r\n"


@pytest.fixture
def roll(tmp_path: Path) -> Path:
    file = tmp_path / "lista.csv"
    file.write_bytes(LIST.encode("cp1252"))
    return file


def take(office: Office, file: Path, *more: str) -> Answer:
    given = ("--source", "Blanketter, mässan", "--consented", "2026-05-01", "--by", "Anna")
    return office.comms("subscribers", "import", str(file), *given, *more, now=WEEK_BEFORE)


def on_list(office: Office, *more: str) -> list[str]:
    rows = office.comms("subscribers", "list", "--json", *more, now=WEEK_BEFORE).json
    return [row["address"] for row in rows]


def test_an_import_shows_what_it_would_do_and_does_nothing(office: Office, roll: Path) -> None:
    answer = take(office, roll)
    assert answer.code == 0
    assert "lästes som Windows-1252 (ANSI)" in answer.out
    assert "Så här läste vi å, ä och ö: ”Åsa”" in answer.out
    assert "Kolumner som inte läses: Namn" in answer.out
    assert "+ Anna.Ek@x.example  +brevet" in answer.out
    assert "Nya: 2. Ändrade: 0. Oförändrade: 0. Har sagt nej: 0." in answer.out
    assert "Ingenting är gjort. Läs in med --yes." in answer.out
    assert on_list(office) == []


def test_dry_run_beats_yes(office: Office, roll: Path) -> None:
    assert "Ingenting är gjort" in take(office, roll, "--yes", "--dry-run").out
    assert on_list(office) == []


def test_who_is_taken_in_is_listed_planned_for_and_comes_out_again(
    office: Office, roll: Path, tmp_path: Path
) -> None:
    assert "Inläst: 2 nya, 0 ändrade." in take(office, roll, "--yes").out
    assert on_list(office) == ["Anna.Ek@x.example", "bo@x.example"]
    told = office.comms("subscribers", "list", now=WEEK_BEFORE).out
    assert "prenumererar: 2" in told
    out = tmp_path / "ut.csv"
    assert office.comms("subscribers", "export", "--out", str(out)).code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    again = office.comms("subscribers", "import", str(out), now=WEEK_BEFORE)
    assert again.code == 0, again.said
    assert "Oförändrade: 2." in again.out
    refused = office.comms("subscribers", "export", "--out", str(out))
    assert refused.code == 2
    assert "ut-2.csv" in refused.err


def test_who_has_said_no_is_not_taken_in(office: Office, roll: Path) -> None:
    assert office.comms("suppress", "anna.ek@x.example", "--reason", "Ringde.").code == 0
    answer = take(office, roll, "--yes")
    assert "- Anna.Ek@x.example  har sagt nej (rad 2)" in answer.out
    assert "brevet: 1 har sagt nej och hoppas över" in answer.out
    assert on_list(office) == ["bo@x.example"]


def test_a_bad_row_stops_all_of_it_unless_it_is_skipped(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("e-post;kommun\nanna@x.example;Eda\nbo@;Eda\n", encoding="utf-8")
    answer = take(office, file, "--yes")
    assert answer.code == 1
    assert "Rad 3: ”bo@” är ingen adress som går att skicka till." in answer.out
    assert "Ingenting är inläst." in answer.out
    assert on_list(office) == []
    skipped = take(office, file, "--yes", "--skip-bad")
    assert skipped.code == 0
    assert "Rad 3:" in skipped.out
    assert on_list(office) == ["anna@x.example"]


def test_where_the_consents_are_must_be_said(office: Office, roll: Path) -> None:
    answer = office.comms("subscribers", "import", str(roll), "--consented", "2026-05-01")
    assert answer.code == 2
    assert "--source" in answer.err


def test_a_person_who_asks_gets_all_of_it_in_json(office: Office, roll: Path) -> None:
    take(office, roll, "--yes")
    answer = office.comms("subscribers", "export", "anna.ek@x.example", "--json")
    assert answer.json["subscriber"]["address"] == "Anna.Ek@x.example"
    assert answer.json["evidence"][0]["by"] == "Anna"
    stranger = office.comms("subscribers", "export", "okand@x.example", "--json")
    assert json.loads(stranger.out)["subscriber"] is None
    assert "Ingenting är sparat om okand@x.example." in stranger.err


def test_a_newsletter_that_nobody_knows_is_refused(office: Office) -> None:
    for command in (("list",), ("export",)):
        answer = office.comms("subscribers", *command, "--newsletter", "blaskan")
        assert answer.code == 2
        assert "De heter: brevet" in answer.err


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_nobody_is_a_list_too(office: Office, more: tuple[str, ...]) -> None:
    assert office.comms("subscribers", "list", *more).out.strip() == ("[]" if more else "Ingen.")


def test_the_days_of_a_list_are_the_offices(office: Office) -> None:
    office.comms("status", now=WEEK_BEFORE)
    open_store(f"sqlite:///{office.database}").close()
    database = Database(f"sqlite:///{office.database}")
    since, until = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2027, 2, 28, 23, tzinfo=UTC)
    subscribe(database, "bo@x.example", "brevet", now=since, paused=until)
    database.close()
    (row, _) = office.comms("subscribers", "list", now=WEEK_BEFORE).out.splitlines()
    assert [word for word in row.split() if word.startswith("202")] == ["2027-03-01", "2026-11-24"]
