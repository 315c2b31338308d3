"""What the communication did for the strategy, how issues and posts went, and the year in a folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from comms.app import pdf
from comms.store import open_store
from comms.store.database import Database
from tests.fakes import told
from tests.journey.workspaces import ISSUE, POST, SLOT, Office

SPRING = ("--from", "2026-03-01", "--to", "2026-06-30")
JULY = "2026-07-15T10:00"
THURSDAY = "2026-12-03T12:01"
YEAR_END = "2026-12-31T10:00"

AUDIENCES = """\
audiences:
  business-offices: {title: Näringslivskontor, reason: Ni är ett kontor.}
  offices: {title: Kommunala kontor, reason: Ni är ett kontor.}
  public: {title: Allmänheten, reason: Ni läser.}
municipalities:
  arvika: Arvika
  eda: Eda
  sunne: Sunne
recipients:
  eda:
    offices:
      - {address: kontor1@eda.example, name: "Kontor 1"}
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small ledger in a file, to be copied."""
    file = tmp_path_factory.mktemp("spring") / "comms.db"
    open_store(f"sqlite:///{file}").close()
    database = Database(f"sqlite:///{file}")
    told.write(database)
    database.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(file.with_name("copy")),))
    return file.with_name("copy")


@pytest.fixture
def spring(office: Office, ledger: Path) -> Office:
    """The office with the small ledger of a spring behind it; of its items one has lost its file."""
    office.write("audiences.yaml", AUDIENCES)
    for slug, title in (("brygga", "En ny brygga"), ("led", "En ny led"), ("kurs", "En ny kurs")):
        office.write_item(slug, title=title)
    office.database.parent.mkdir()
    shutil.copy(ledger, office.database)
    return office


def figures(office: Office, *more: str, now: str = JULY) -> Any:  # noqa: ANN401 - as a script reads it
    return office.comms("report", *more, "--format", "json", now=now).json


def row(found: Any, axis: str, value: str) -> tuple[int, int, int, int]:  # noqa: ANN401 - the same
    one = next(one for one in found["rows"][axis] if one["value"] == value)
    return one["items"], one["editions"], one["deliveries"], one["posts"]


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


# Strategy


def test_strategy_counts_the_whole_ledger_as_a_hand_does(spring: Office) -> None:
    found = figures(spring, "strategy", *SPRING)
    whole = found["whole"]
    # tests/unit/report/test_coverage.py counts them one by one.
    assert (whole["items"], whole["editions"], whole["deliveries"], whole["posts"]) == (4, 9, 25, 2)
    assert row(found, "audience", "business-offices") == (3, 6, 15, 0)
    assert row(found, "audience", "public") == (2, 3, 10, 2)
    assert row(found, "channel", "mastodon") == (1, 0, 0, 1)
    assert row(found, "month", "2026-05") == (0, 0, 0, 0)
    assert (found["untagged"], found["lost"], found["ledger_began"]) == (0, ["borta"], "2026-03-03")
    assert found["period"] == {"from": "2026-03-01", "to": "2026-06-30"}


def test_the_empty_squares_come_first_with_what_is_missing_and_what_would_fit(spring: Office) -> None:
    said = spring.comms("report", "strategy", *SPRING, now=JULY).out
    # One focus area beside three audiences and three municipalities; only the offices had nothing.
    assert "Tomma rutor: 1 av 6 (17 %)" in said
    assert (
        "Stark och stolt bygd hade vid periodens slut inte nått ”Kommunala kontor” sedan liggaren började "
        "2026-03-03. ”En ny brygga i Eda” passar och har inte gått ut."
    ) in said
    assert said.index("Tomma rutor") < said.index("Nyheter per insatsområde och målgrupp")


def test_a_gap_says_since_which_month(spring: Office) -> None:
    summer = figures(spring, "strategy", "--from", "2026-07-02", "--to", "2026-07-31")
    missing = {one["value"]: one["missing"] for one in summer["gaps"]}
    assert missing["sunne"].startswith("Stark och stolt bygd har inte nått Sunne sedan juli 2026.")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2026-05-01", "2026-06-30"), "{} hade vid periodens slut inte nått Sunne sedan april 2026."),
        (("2025-01-01", "2025-12-31"), "Ingen vet om {} nådde Sunne: liggaren började 2026-03-03, efter"),
    ],
)
def test_of_a_period_that_is_over_a_gap_is_told_as_it_was_at_its_end(
    days: tuple[str, str], said: str, spring: Office
) -> None:
    # Sunne is reached on 1 July: that it has not been would be untrue when the report is read.
    past = figures(spring, "strategy", "--from", days[0], "--to", days[1])
    missing = next(one["missing"] for one in past["gaps"] if one["value"] == "sunne")
    assert missing.startswith(said.format("Stark och stolt bygd"))


def test_what_is_retracted_is_not_told_to_fit(spring: Office) -> None:
    assert spring.comms("retract", "bryggan", "--reason", "Fel.", "--yes", now=JULY).code == 0
    missing = figures(spring, "strategy", *SPRING)["gaps"][0]["missing"]
    assert missing.endswith("sedan liggaren började 2026-03-03.")


def test_a_period_that_is_not_over_says_so(spring: Office) -> None:
    year = ("--from", "2026-01-01", "--to", "2026-12-31")
    open_ = spring.comms("report", "strategy", *year, now=JULY).out
    assert "Perioden är inte slut. Siffrorna är till och med 2026-07-15." in open_
    page = spring.comms("report", "delivery", *year, "--format", "html", now=JULY).out
    assert "december 2026, som inte är slut än" in page
    over = spring.comms("report", "strategy", *year, now="2027-01-01T00:30").out
    assert "inte slut" not in over


def test_one_of_each_is_told_in_right_swedish_and_english(
    spring: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = ("--from", "2026-06-02", "--to", "2026-06-02")
    assert "2026-06-02: 1 nummer och 0 inlägg." in spring.comms("report", "delivery", *day, now=JULY).out
    monkeypatch.setenv("COMMS_LANGUAGE", "en")
    assert "1 letters" not in spring.comms("report", "delivery", *day, now=JULY).out


def test_a_channel_of_letters_alone_is_called_what_it_is(spring: Office) -> None:
    kinds = {one["value"]: one["name"] for one in figures(spring, "strategy", *SPRING)["rows"]["channel"]}
    assert (kinds["mail"], kinds["mastodon"]) == ("E-post", "Mastodon")


def test_strategy_says_what_it_does_not_know(spring: Office) -> None:
    said = spring.comms("report", "strategy", *SPRING, now=JULY).out
    assert "Från 2026-03-01 till 2026-06-30 gick 4 nyheter ut" in said
    assert "Liggaren började 2026-03-03. Vad som gick ut före det vet den inte." in said
    assert "Filen finns inte längre för borta. De räknas bara i helheten: 1 av 4 nyheter." in said


def test_an_item_whose_file_has_errors_counts_in_the_whole_alone(spring: Office) -> None:
    spring.write_item("kurs", more="people: [{name: }]\n")
    found = figures(spring, "strategy", *SPRING)
    assert (found["whole"]["items"], found["left_out"]) == (4, ["content/items/kurs.md"])
    assert (
        "Räknas bara i helheten, för filen har fel (se comms check): content/items/kurs.md." in found["notes"]
    )


def test_what_a_real_run_sent_is_told(office: Office) -> None:
    office.approve()
    office.approve(POST)
    office.comms("tick", now=SLOT)
    office.comms("tick", now=THURSDAY)
    found = figures(office, "strategy", "--from", "2026-12-01", "--to", "2026-12-31", now=YEAR_END)
    # One item in one edition to five offices, and its post.
    assert row(found, "focus", "stark-och-stolt-bygd") == (1, 1, 5, 1)
    assert row(found, "audience", "offices") == (1, 1, 5, 0)
    assert row(found, "municipality", "eda") == (1, 1, 5, 1)
    assert row(found, "municipality", "sunne") == (1, 0, 0, 1)  # for the whole area, but in Eda's letter
    sent = figures(office, "delivery", "--from", "2026-12-01", "--to", "2026-12-31", now=YEAR_END)
    (issue,) = sent["issues"]
    assert (issue["id"], issue["copies"], issue["accepted"]) == (ISSUE, 5, 5)
    assert [(one["id"], one["state"]) for one in sent["posts"]] == [(POST, "accepted")]


def test_looking_at_a_ledger_that_is_not_there_makes_none(office: Office) -> None:
    answer = office.comms("report", "strategy", *SPRING, now=JULY)
    assert answer.code == 0
    assert "Liggaren är tom: ingenting har gått ut än." in answer.out
    assert "Från 2026-03-01 till 2026-06-30: 0 nummer och 0 inlägg." in (
        office.comms("report", "delivery", *SPRING, now=JULY).out
    )
    assert not office.database.exists()


def test_the_sheet_has_its_base_beside_every_figure_and_runs_no_formula(spring: Office) -> None:
    spring.change("strategy.yaml", "name: Stark och stolt bygd", "name: =HYPERLINK(1)")
    rows = cells(spring.comms("report", "strategy", *SPRING, "--format", "csv", now=JULY).out)
    assert [one["rad"] for one in rows[:2]] == ["tom ruta", "ruta"]
    focus = next(one for one in rows if one["uppdelning"] == "Insatsområde")
    assert focus["värde"] == "'=HYPERLINK(1)"
    assert (focus["nyheter"], focus["av_nyheter"], focus["från"], focus["till"]) == (
        "3",
        "4",
        "2026-03-01",
        "2026-06-30",
    )


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        (
            "html",
            '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n<title>Protokoll</title>',
        ),
        ("svg", '<svg xmlns="http://www.w3.org/2000/svg"><title>Karta</title></svg>'),
        ("pdf", "%PDF-1.7\n/Title (Protokoll)\n%%EOF\n"),
    ],
)
def test_anothers_file_of_the_same_form_is_not_written_over(spring: Office, kind: str, others: str) -> None:
    file = spring.folder / "out" / f"strategi.{kind}"
    file.parent.mkdir()
    file.write_text(others, encoding="utf-8")
    refused = spring.comms("report", "strategy", *SPRING, "--format", kind, "--out", str(file), now=JULY)
    assert (refused.code, "finns redan" in refused.err) == (2, True)
    assert file.read_text(encoding="utf-8") == others


@pytest.mark.parametrize("what", [("strategy", *SPRING), ("year", "2026")])
@pytest.mark.parametrize("name", ["x" * 300, "ring"], ids=["long", "ring"])
def test_a_name_that_no_file_can_have_is_refused_in_words(
    spring: Office, what: tuple[str, ...], name: str
) -> None:
    (spring.folder / "ring").symlink_to("ring")
    refused = spring.comms("report", *what, "--out", str(spring.folder / name), now=JULY)
    assert (refused.code, "går inte att skriva" in refused.err) == (2, True)


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_each_form_is_written_to_a_file_and_again_but_over_nothing_else(spring: Office, kind: str) -> None:
    file = spring.folder / "out" / f"strategi.{kind}"
    command = ("report", "strategy", *SPRING, "--format", kind, "--out", str(file))
    assert spring.comms(*command, now=JULY).code == 0
    assert spring.comms(*command, now="2026-07-16T10:00").code == 0
    file.write_text("Något annat.", encoding="utf-8")
    assert spring.comms(*command, now=JULY).code == 2
    assert file.read_text(encoding="utf-8") == "Något annat."


# Delivery


def test_delivery_tells_each_issue_and_its_states_sum_to_its_copies(spring: Office) -> None:
    found = figures(spring, "delivery", *SPRING)
    told_of = [
        (one["id"], one["copies"], one["accepted"], one["rejected"], one["unknown"], one["open"])
        for one in found["issues"]
    ]
    assert told_of == [
        (told.FIRST, 11, 9, 2, 0, 0),
        (told.SECOND, 9, 6, 0, 2, 0),  # and one cancelled
        (told.CORRECTION, 15, 10, 0, 0, 5),
    ]
    sums = found["newsletters"]["brevet"]
    assert (sums["issues"], sums["copies"], sums["accepted"], sums["dead"], sums["left"]) == (3, 35, 25, 3, 2)
    assert found["issues"][0]["skips"] == {"no": 2, "paused": 1}


def test_delivery_tells_each_post_with_how_it_stands(spring: Office) -> None:
    found = figures(spring, "delivery", "--from", "2026-03-01", "--to", "2026-12-31")
    assert [(one["id"], one["state"]) for one in found["posts"]] == [
        (told.THREAD, "accepted"),
        (told.BY_HAND, "accepted"),
        (told.UNSURE, "unknown"),
        (told.LYING, "ready"),
        (told.CALLED_OFF, "called-off"),
        (told.HALF, "rejected"),  # its first part is out: it counts as published, and is told as it stands
    ]
    assert found["posts"][1]["link"] == told.LINK
    assert found["posts"][1]["at"].startswith("2026-04-03")  # when Anna said that it was out


def test_delivery_as_a_table_has_each_share_with_its_base_and_no_persons_reason(spring: Office) -> None:
    said = spring.comms("report", "delivery", *SPRING, now=JULY).out
    assert "9 av 11 (82 %)" in said
    assert "25 av 35 (71 %)" in said
    assert "spärrad adress 2, pausad 1" in said
    assert "telefon" not in said
    assert "ligger klart, inte publicerad" in said


def test_delivery_as_a_sheet_has_a_row_for_each_issue_sum_and_post(spring: Office) -> None:
    rows = cells(spring.comms("report", "delivery", *SPRING, "--format", "csv", now=JULY).out)
    assert [one["rad"] for one in rows] == ["brev"] * 3 + ["summa"] + ["inlägg"] * 5
    total = rows[3]
    assert (total["exemplar"], total["mottagna"], total["mottagna_av_exemplar_procent"]) == (
        "35",
        "25",
        "71,4",
    )
    assert (total["döda"], total["döda_av_mottagna_procent"]) == ("3", "12,0")


# The year


def test_the_year_is_a_folder_that_can_be_sent_as_it_is(spring: Office) -> None:
    folder = spring.folder / "out" / "2026"
    answer = spring.comms("report", "year", "2026", "--out", str(folder), now=JULY)
    assert answer.code == 0, answer.said
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "index.html", "data.json", "strategi.csv", "utskick.csv", "balans.csv", "prenumeranter.csv",
        "strategi.svg", "strategi.svg.txt", "balans.svg", "balans.svg.txt",
    }  # fmt: skip
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    assert data["strategy"]["whole"]["deliveries"] == 25
    assert data["delivery"]["newsletters"]["brevet"]["copies"] == 35
    assert data["balance"]["period"]["from"] == "2026-01-01"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert hashlib.sha256((folder / "data.json").read_bytes()).hexdigest() in page
    assert "har inte nått ”Kommunala kontor” sedan liggaren började 2026-03-03" in page


def test_a_folder_with_a_data_file_of_somebody_elses_is_no_years_folder(spring: Office) -> None:
    folder = spring.folder / "out" / "karta"
    folder.mkdir(parents=True)
    (folder / "data.json").write_text('{"strategy": 1}', encoding="utf-8")
    assert spring.comms("report", "year", "2026", "--out", str(folder), now=JULY).code == 2
    assert [path.name for path in folder.iterdir()] == ["data.json"]


def test_without_a_printer_a_year_on_paper_leaves_the_earlier_one_whole(
    spring: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(pdf, "_by_weasyprint", lambda _page: None)
    folder = spring.folder / "out" / "2026"
    command = ("report", "year", "2026", "--out", str(folder))
    assert spring.comms(*command, "--pdf", now=JULY).code == 4
    assert not folder.exists()
    assert spring.comms(*command, now=JULY).code == 0
    earlier = (folder / "data.json").read_bytes()
    # A PDF that lies there would tell other figures than the rest.
    (folder / "rapport.pdf").write_bytes(b"%PDF-")
    assert spring.comms(*command, now="2026-07-16T10:00").code == 4
    assert (folder / "data.json").read_bytes() == earlier


def test_a_years_folder_is_written_again_but_nothing_else_is_mixed_with_it(spring: Office) -> None:
    folder = spring.folder / "out" / "2026"
    command = ("report", "year", "2026", "--out", str(folder))
    folder.mkdir(parents=True)
    (folder / "protokoll.txt").write_text("Styrelsen", encoding="utf-8")
    refused = spring.comms(*command, now=JULY)
    assert (refused.code, "har redan annat i sig: protokoll.txt" in refused.err) == (2, True)
    assert spring.comms(*command, "--force", now=JULY).code == 0
    assert spring.comms(*command, now=JULY).code == 0
    assert (folder / "protokoll.txt").read_text(encoding="utf-8") == "Styrelsen"


@pytest.mark.parametrize("own", ["content", "."])
def test_no_year_is_written_among_the_workspaces_own_files(spring: Office, own: str) -> None:
    assert spring.comms("report", "year", "2026", "--out", str(spring.folder / own), now=JULY).code == 2
    assert not (spring.folder / own / "index.html").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("strategy", "--from", "2026-12-31", "--to", "2026-01-01"),
        ("strategy", "--from", "i fjol", "--to", "2026-01-01"),
        ("delivery", "--from", "2026-12-31", "--to", "2026-01-01"),
        ("strategy", "--from", "0001-01-01", "--to", "9999-12-31"),
        ("strategy", *SPRING, "--format", "pdf"),
        ("year", "26", "--out", "x"),
        ("year", "2026"),
    ],
)
def test_what_cannot_be_told_is_refused(spring: Office, wrong: tuple[str, ...], tmp_path: Path) -> None:
    assert spring.comms("report", *wrong, now=JULY).code == 2
    assert list(tmp_path.iterdir()) == [spring.folder]
