"""Reports: who is heard and seen, and where a picture is whose people have changed their minds."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.journey.workspaces import ISSUE, ITEM, PICTURE, POST, SLOT, WEEK_BEFORE, Office

PERIOD = ("--from", "2026-11-01", "--to", "2027-01-31")
THURSDAY = "2026-12-03T12:01"
NEXT_DAY = "2026-12-04T09:00"
FILE_OF_PICTURE = r"https://brev\.leader\.example/media/[0-9a-f]{16}\.png"

PEOPLE = """\
people:
  - {name: Karin Ek, role: ordförande, gender: Kvinna, municipality: eda, sector: nonprofit}
  - {name: Lars Berg, role: granne, gender: man}
  - {name: Kim Dahl, pronoun: hen}
"""
SHOWN = """\
    people: [Karin Ek, Lars Berg]
    setting: outdoors
    activity: active
    angle: level
    placement: {Karin Ek: front, Lars Berg: back}
    consent: {basis: skriftligt ja, date: 2026-11-12}
"""


@pytest.fixture
def told(office: Office) -> Office:
    """The office with people in its item: one is quoted, two are in the picture."""
    office.change(ITEM, "images:\n", f"{PEOPLE}images:\n")
    office.change(ITEM, "posts:\n", f"{SHOWN}posts:\n")
    office.write(
        ITEM,
        f"{(office.folder / ITEM).read_text(encoding='utf-8')}\n– Nu går det att bada, säger Karin Ek.\n",
    )
    return office


CHORUS = """\
people:
  - {name: Anna Ås, gender: kvinna}
  - {name: Mona Dal, gender: kvinna}
  - {name: Nils Ek, gender: man}
  - {name: Olof Ek, gender: man}
"""


@pytest.fixture
def chorus(told: Office) -> Office:
    """Enough people who call themselves the same, so that their words point nobody out."""
    told.write_item("koren", more=CHORUS)
    return told


def send_letter_and_post(office: Office) -> None:
    office.approve()
    office.approve(POST)
    assert office.comms("tick", now=SLOT).code == 0
    assert office.comms("tick", now=THURSDAY).code == 0
    assert office.posts() == [POST]


def figures(office: Office, *more: str) -> Any:  # noqa: ANN401 - as a script reads it
    return office.comms("report", "balance", *PERIOD, *more, "--format", "json").json


def figure(found: Any, measure: str, value: str | None, by: str = "gender") -> tuple[int, int]:  # noqa: ANN401 - the same
    return next(
        (one["count"], one["base"])
        for one in found["figures"]
        if (one["measure"], one["by"], one["value"]) == (measure, by, value)
    )


# Balance


def test_balance_tells_who_is_quoted_and_shown_by_what_they_say_of_themselves(chorus: Office) -> None:
    found = figures(chorus)
    assert found["period"] == {"from": "2026-11-01", "to": "2027-01-31", "basis": "publish_from"}
    assert figure(found, "quoted", "kvinna") == (1, 1)
    assert figure(found, "pictured", "man") == (1, 2)
    assert figure(found, "front", "kvinna") == (1, 1)
    assert figure(found, "present", "eda", "municipality") == (1, 7)
    assert figure(found, "present", None) == (1, 7)
    assert found["gender_unsaid"] == {"count": 1, "base": 7, "share": 1 / 7}


def test_balance_as_a_table_has_the_base_beside_every_share(chorus: Office) -> None:
    said = chorus.comms("report", "balance", *PERIOD).out
    assert "från 2026-11-01 till 2027-01-31" in said
    assert re.search(r"citeras +1 av 1 \(100 %\) +0 av 1 \(0 %\) +0 av 1 \(0 %\)", said)
    assert "är ej angivet för 1 av 7 (14 %). Kön gissas aldrig." in said
    assert not re.search(r"(?<!\d av \d )\(\d+ %\)", said)
    assert "försiktighet" not in said


def test_balance_warns_when_most_have_not_said_how_they_want_to_be_counted(told: Office) -> None:
    told.change(ITEM, "gender: Kvinna, ", "")
    assert "För mer än hälften är det ej angivet" in told.comms("report", "balance", *PERIOD).out


def test_balance_of_an_empty_period_says_so(told: Office) -> None:
    answer = told.comms("report", "balance", "--from", "2020-01-01", "--to", "2020-12-31")
    assert (answer.code, answer.out) == (0, "Perioden 2020-01-01 till 2020-12-31 har inga nyheter.\n")


def test_balance_of_items_without_people_says_so(office: Office) -> None:
    assert (
        "Ingen av nyheterna nämner eller visar någon person."
        in office.comms("report", "balance", *PERIOD).out
    )


def test_balance_names_files_that_could_not_be_counted(told: Office) -> None:
    told.write_item("trasig", more="people: [{name: }]\n")
    assert figures(told)["left_out"] == ["content/items/trasig.md"]


def test_balance_of_a_newsletter_counts_what_it_has_carried(told: Office) -> None:
    told.write_item("kurs", since="2027-01-10", more="people: [{name: Mona Dal, quoted: ja}]\n")
    before = told.comms("report", "balance", *PERIOD, "--newsletter", "brevet").out
    assert before == "Inga nyheter från 2026-11-01 till 2027-01-31 har gått ut i brevet.\n"
    told.approve()
    told.comms("tick", now=SLOT)
    assert figures(told, "--newsletter", "brevet")["people"] == 3
    assert figures(told)["people"] == 4


@pytest.mark.parametrize(
    "wrong",
    [
        ("--from", "2026-12-31", "--to", "2026-01-01"),
        ("--from", "i fjol", "--to", "2026-01-01"),
        (*PERIOD, "--newsletter", "finns-inte"),
        ("--from", "2026-12-31"),
    ],
)
def test_balance_of_what_does_not_exist_is_refused(told: Office, wrong: tuple[str, ...]) -> None:
    assert told.comms("report", "balance", *wrong).code == 2


def test_balance_for_a_spreadsheet_opens_right_in_swedish_and_runs_nothing(
    told: Office, tmp_path: Path
) -> None:
    told.change(ITEM, "gender: Kvinna", 'gender: "=1+1"')
    told.write_item("koren", more=CHORUS.replace("gender: kvinna", 'gender: "=1+1"'))
    file = tmp_path / "siffror" / "balans.csv"
    assert told.comms("report", "balance", *PERIOD, "--format", "csv", "--out", str(file)).code == 0
    content = file.read_bytes()
    assert content.startswith("\ufefffrån;till;".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    quoted = [
        row
        for row in rows
        if row["mått"] == "citeras" and not row["månad"] and row["uppdelning"].startswith("Kön")
    ]
    assert [(row["värde"], row["antal"], row["av"], row["andel_procent"]) for row in quoted] == [
        ("'=1+1", "1", "1", "100,0"),
        ("man", "0", "1", "0,0"),
        ("ej angivet", "0", "1", "0,0"),
    ]


def test_balance_as_a_sheet_is_the_same_on_standard_output_as_in_a_file(told: Office, tmp_path: Path) -> None:
    said = told.comms("report", "balance", *PERIOD, "--format", "csv").out
    told.comms("report", "balance", *PERIOD, "--format", "csv", "--out", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_bytes() == said.encode()


def test_balance_as_a_picture_has_its_paragraph_beside_it(chorus: Office, tmp_path: Path) -> None:
    file = tmp_path / "balans.svg"
    chorus.comms("report", "balance", *PERIOD, "--format", "svg", "--out", str(file))
    picture = ET.parse(file).getroot()  # noqa: S314 - our own picture
    said = (tmp_path / "balans.svg.txt").read_text(encoding="utf-8").strip()
    assert picture.findtext("{http://www.w3.org/2000/svg}desc") == said
    assert "citeras: kvinna 1 av 1 (100 %), man 0 av 1 (0 %), ej angivet 0 av 1 (0 %)" in said


def test_a_report_that_cannot_be_written_says_why(told: Office, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    answer = told.comms("report", "balance", *PERIOD, "--out", str(tmp_path / "fil" / "a.txt"))
    assert answer.code == 2
    assert "går inte att skriva" in answer.err


@pytest.mark.parametrize(
    "own",
    [
        ITEM,
        "content/items/ny.txt",
        "comms.yaml",
        "anteckning.md",
        "terms.csv",
        "templates/a.html",
        "var/comms.db",
    ],
)
def test_a_report_is_never_written_among_the_workspaces_own_files(told: Office, own: str) -> None:
    file = told.folder / own
    before = file.read_bytes() if file.exists() else None
    answer = told.comms("report", "balance", *PERIOD, "--out", str(file), "--force")
    assert (answer.code, file.read_bytes() if file.exists() else None) == (2, before)
    assert "hör till arbetsytan" in answer.err


@pytest.mark.parametrize("kind", ["table", "csv", "json", "svg"])
def test_a_report_is_written_over_an_earlier_one_of_its_kind(told: Office, tmp_path: Path, kind: str) -> None:
    ask = ("report", "balance", *PERIOD, "--format", kind, "--out", str(tmp_path / "fil"))
    assert told.comms(*ask).code == 0
    told.change(ITEM, "gender: man", "gender: kvinna")
    assert told.comms(*ask).code == 0


@pytest.mark.parametrize("kind", ["table", "csv", "json", "svg"])
def test_a_report_is_not_written_over_anything_else(told: Office, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "svar.svg"
    file.write_text("<svg>en teckning</svg>", encoding="utf-8")
    ask = ("report", "balance", *PERIOD, "--format", kind, "--out", str(file))
    answer = told.comms(*ask)
    assert (answer.code, file.read_text(encoding="utf-8")) == (2, "<svg>en teckning</svg>")
    assert str(tmp_path / "svar-2.svg") in answer.err
    assert told.comms(*ask, "--force").code == 0
    assert file.read_text(encoding="utf-8") != "<svg>en teckning</svg>"


def test_the_paragraph_beside_a_picture_is_written_over_nothing_either(told: Office, tmp_path: Path) -> None:
    (tmp_path / "b.svg.txt").write_text("Mitt.", encoding="utf-8")
    answer = told.comms("report", "balance", *PERIOD, "--format", "svg", "--out", str(tmp_path / "b.svg"))
    assert (answer.code, (tmp_path / "b.svg").exists()) == (2, False)


@pytest.mark.parametrize("kind", ["table", "csv", "json", "svg"])
def test_a_word_of_gender_that_one_person_has_given_stands_in_no_format(chorus: Office, kind: str) -> None:
    chorus.change(ITEM, "gender: man", "gender: kvinna trans")
    answer = chorus.comms("report", "balance", *PERIOD, "--format", kind)
    assert "trans" not in answer.out
    assert "minst 3 olika personer" in (answer.err if kind == "csv" else answer.out)


def test_a_long_word_of_gender_does_not_widen_the_table(chorus: Office) -> None:
    long = "så som jag själv vill säga det, " * 6
    chorus.change(ITEM, "gender: Kvinna", f'gender: "{long}"')
    chorus.write_item("koren", more=CHORUS.replace("gender: kvinna", f'gender: "{long}"'))
    said = chorus.comms("report", "balance", *PERIOD).out.partition("Kön, med egna ord")[2]
    assert "så som jag själv vill s…" in said
    assert max(len(row) for row in said.splitlines() if row.startswith("  ")) < 120


def test_the_first_and_the_last_day_that_there_are_make_a_period(told: Office) -> None:
    answer = told.comms("report", "balance", "--from", "0001-01-01", "--to", "9999-12-31", "--format", "csv")
    assert (answer.code, "0001-01-01;9999-12-31" in answer.out) == (0, True)


def test_a_line_break_in_a_name_does_not_part_the_row(told: Office) -> None:
    told.change(ITEM, "people: [Karin Ek, Lars Berg]", 'people: ["Karin\\nEk", Lars Berg]')
    told.change(ITEM, "    placement: {Karin Ek: front, Lars Berg: back}\n", "")
    assert re.search(
        rf"{PICTURE} +Karin Ek, Lars Berg +skriftligt ja",
        told.comms("report", "consent", now=WEEK_BEFORE).out,
    )


def test_balance_leaves_no_trace(told: Office) -> None:
    figures(told, "--newsletter", "brevet")
    told.comms("report", "consent", now=WEEK_BEFORE)
    assert not told.database.exists()


# Consent


def consent(office: Office, *what: str, now: str = NEXT_DAY) -> Any:  # noqa: ANN401 - as a script reads it
    return office.comms("report", "consent", *what, "--format", "json", now=now).json


def take_back(office: Office) -> None:
    office.change(ITEM, "date: 2026-11-12}", "date: 2026-11-12, withdrawn_on: 2026-12-04}")


def test_consent_shows_on_what_ground_people_are_shown(told: Office) -> None:
    said = told.comms("report", "consent", now=WEEK_BEFORE).out
    assert re.search(rf"gäller +{PICTURE} +Karin Ek, Lars Berg +skriftligt ja, givet 2026-11-12\n", said)
    assert said.endswith("Gör nu\n  Inget att göra nu.\n")


@pytest.mark.parametrize(
    ("written", "act"),
    [
        ("{basis: skriftligt ja, expires: 2026-11-01}", "Fråga Karin Ek, Lars Berg på nytt eller byt bild"),
        ("{basis: skriftligt ja, expires: 2027-01-10}", "Fråga Karin Ek, Lars Berg på nytt före 2027-01-10"),
        ("", "Skriv under consent hur och när Karin Ek, Lars Berg sade ja"),
    ],
)
def test_consent_says_what_to_do_about_each_picture(told: Office, written: str, act: str) -> None:
    told.change(
        ITEM,
        "    consent: {basis: skriftligt ja, date: 2026-11-12}\n",
        f"    consent: {written}\n" * bool(written),
    )
    assert act in told.comms("report", "consent", now=WEEK_BEFORE).out.splitlines()[-1]


def test_a_withdrawn_consent_finds_every_item_edition_and_post(told: Office) -> None:
    send_letter_and_post(told)
    take_back(told)
    (found,) = consent(told)["pictures"]
    assert (found["state"], found["items"], found["withdrawn_on"]) == ("withdrawn", ["bryggan"], "2026-12-04")
    letter, post = found["uses"]
    assert (letter["id"], letter["audience"], letter["municipality"]) == (ISSUE, "offices", "eda")
    assert (letter["state"], letter["accepted"]) == ("done", 5)
    assert letter["at"].startswith("2026-12-01T07:01")
    assert re.fullmatch(FILE_OF_PICTURE, letter["file"])
    assert (post["id"], post["state"], post["accepted"]) == (POST, "done", 1)


def test_a_letter_is_found_by_the_address_that_it_was_sent_with(told: Office) -> None:
    send_letter_and_post(told)
    take_back(told)
    told.change("comms.yaml", "https://brev.leader.example", "https://nytt.leader.example/brev")
    (found,) = consent(told)["pictures"]
    assert [use["id"] for use in found["uses"]] == [ISSUE, POST]
    assert re.fullmatch(FILE_OF_PICTURE, found["uses"][0]["file"])


def test_what_to_do_about_a_picture_and_its_copy_is_said_once(told: Office) -> None:
    send_letter_and_post(told)
    (told.folder / "content/pictures/kopia.png").write_bytes((told.folder / PICTURE).read_bytes())
    told.write_item("kopian", more="images:\n  - {file: pictures/kopia.png, alt: En brygga.}\n")
    take_back(told)
    found = consent(told)
    assert [one["state"] for one in found["pictures"]] == ["withdrawn", "withdrawn"]
    assert len([act for act in found["next"] if POST in act]) == 1
    assert len(found["next"]) == len({*found["next"]})


def test_balance_says_which_months_are_told_without_gender(chorus: Office) -> None:
    chorus.write_item("koren-igen", since="2026-12-24", more=CHORUS)
    months = {month["month"]: month["gender_unsaid"]["count"] for month in figures(chorus)["months"]}
    assert months == {"2026-11": None, "2026-12": None}
    said = chorus.comms("report", "balance", *PERIOD).out
    assert "Kön visas inte för 2026-11, 2026-12" in said
    assert "Månad för månad" not in said


def test_a_withdrawn_consent_is_followed_by_what_to_do(told: Office) -> None:
    send_letter_and_post(told)
    take_back(told)
    stop, take_down, from_web, out_of_item = consent(told)["next"]
    assert f"comms retract {PICTURE} --reason" in stop
    assert f"Ta bort inlägget {POST} på mastodon: " in take_down
    assert re.search(FILE_OF_PICTURE, from_web)
    assert ITEM in out_of_item
    told.comms("retract", PICTURE, "--reason", "Återtaget ja", "--yes", now=NEXT_DAY)
    found = consent(told)
    assert found["pictures"][0]["retracted"] == "Återtaget ja"
    assert found["next"] == [take_down, from_web, out_of_item]


def test_what_is_approved_and_waits_is_found_too(told: Office) -> None:
    told.approve()
    take_back(told)
    (found,) = consent(told, now=WEEK_BEFORE)["pictures"]
    assert [(use["id"], use["state"], use["accepted"]) for use in found["uses"]] == [(ISSUE, "approved", 0)]


def test_a_person_finds_every_picture_of_them(told: Office) -> None:
    send_letter_and_post(told)
    (found,) = consent(told, "karin ek")["pictures"]
    assert found["picture"] == PICTURE
    assert [use["id"] for use in found["uses"]] == [ISSUE, POST]


def test_a_picture_is_found_after_it_has_left_the_item(told: Office) -> None:
    send_letter_and_post(told)
    text = (told.folder / ITEM).read_text(encoding="utf-8")
    told.write(ITEM, re.sub(r"images:\n(?: .*\n)+", "", text))
    (found,) = consent(told, "bryggan.png")["pictures"]
    assert (found["items"], [use["id"] for use in found["uses"]]) == ([], [ISSUE, POST])
    assert len(consent(told, "bryggan.png")["next"]) == 2


def test_a_picture_is_found_after_its_file_was_renamed(told: Office) -> None:
    send_letter_and_post(told)
    (told.folder / PICTURE).rename(told.folder / "content" / "pictures" / "nytt-namn.png")
    told.change(ITEM, "pictures/bryggan.png", "pictures/nytt-namn.png")
    (found,) = consent(told, "nytt-namn.png")["pictures"]
    assert [(use["id"], use["picture"]) for use in found["uses"]] == [(ISSUE, PICTURE), (POST, PICTURE)]


def test_a_letter_whose_item_shows_another_picture_first_is_no_use(told: Office) -> None:
    (told.folder / "content" / "pictures" / "först.png").write_bytes((told.folder / PICTURE).read_bytes())
    told.draw(red=99)
    told.change(ITEM, "images:\n", "images:\n  - {file: pictures/först.png, alt: En sjö.}\n")
    told.approve()
    (found,) = consent(told, "bryggan.png", now=WEEK_BEFORE)["pictures"]
    assert found["uses"] == []


def test_somebody_who_is_only_named_is_in_no_picture(told: Office) -> None:
    answer = told.comms("report", "consent", "Kim Dahl", now=WEEK_BEFORE)
    assert f"Kim Dahl nämns i {ITEM} men syns inte på någon bild." in answer.out


def test_a_picture_or_person_that_nobody_knows_is_refused(told: Office) -> None:
    told.approve()
    answer = told.comms("report", "consent", "finns-inte.png", now=WEEK_BEFORE)
    assert (answer.code, answer.out) == (2, "")


def test_files_with_errors_are_named_because_nobody_knows_whom_they_show(told: Office) -> None:
    told.write_item("trasig", more="people: [{name: }]\n")
    assert consent(told)["left_out"] == ["content/items/trasig.md"]
    assert "content/items/trasig.md" in consent(told)["next"][-1]


def test_consent_for_a_spreadsheet_has_a_row_for_each_place(told: Office) -> None:
    send_letter_and_post(told)
    take_back(told)
    said = told.comms("report", "consent", "--format", "csv", now=NEXT_DAY).out
    rows = list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["rad"], row["id"]) for row in rows] == [
        ("bild", ""),
        ("nyhet", "bryggan"),
        ("utgåva", ISSUE),
        ("inlägg", POST),
    ]
    assert (rows[0]["läge"], rows[0]["personer"]) == ("taget tillbaka", "Karin Ek, Lars Berg")
