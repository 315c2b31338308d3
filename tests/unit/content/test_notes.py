"""What the officer says of one issue: words, pins, exclusions, an extra letter, a correction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from comms.content.notes import load_notes
from comms.errors import Problem
from comms.model.issue import IssueNotes, Newsletter, QuietDays
from comms.text.schedule import parse_schedule
from tests.unit.content.desk import KNOWN, STOCKHOLM, hints, said

REGULAR = "content/issues/brevet-2026-12-01.md"
EXTRA = "content/issues/brevet-2026-12-02.md"
NEWSLETTERS: Mapping[str, Newsletter] = {
    "brevet": Newsletter(
        slug="brevet",
        title="Brevet",
        tagline="",
        schedule=parse_schedule("first tuesday 08:00"),
        audiences=("public",),
        municipalities=("*",),
        whole_area=False,
        template="municipal",
        channel="mail",
        max_items=12,
        max_age_days=92,
        quiet=QuietDays(),
    )
}


def load(
    root: Path, front: str, path: str = REGULAR, body: str = "Hej.\n"
) -> tuple[IssueNotes | None, list[Problem]]:
    """Write notes and load them."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{front}---\n{body}", encoding="utf-8")
    return load_notes(root, path, KNOWN, NEWSLETTERS, ["bryggan", "leden"])


def test_notes_say_subject_pins_exclusions_and_a_greeting(tmp_path: Path) -> None:
    notes, problems = load(tmp_path, "subject: Jul snart\npin: [leden]\nexclude: bryggan\n")

    assert problems == []
    assert notes is not None
    assert (notes.id, notes.newsletter, notes.path) == ("brevet-2026-12-01", "brevet", REGULAR)
    assert (notes.subject, notes.pin, notes.exclude) == ("Jul snart", ("leden",), ("bryggan",))
    assert (notes.at, notes.corrects) == (None, "")
    assert notes.greeting.blocks[0].plain() == "Hej."
    assert notes.greeting.blocks[0].line == 6


def test_notes_may_be_a_greeting_alone(tmp_path: Path) -> None:
    notes, problems = load(tmp_path, "")

    assert problems == []
    assert notes is not None
    assert (notes.subject, notes.pin, notes.exclude) == ("", (), ())


def test_an_extra_letter_has_a_time_and_its_items(tmp_path: Path) -> None:
    notes, problems = load(tmp_path, "at: 2026-12-02 09:00\npin: [leden]\n", EXTRA)

    assert problems == []
    assert notes is not None
    assert notes.at == datetime(2026, 12, 2, 9, tzinfo=STOCKHOLM)


def test_a_correction_names_the_letter_that_was_wrong(tmp_path: Path) -> None:
    front = "at: 2026-12-02 09:00\npin: [leden]\ncorrects: brevet-2026-12-01\n"
    notes, problems = load(tmp_path, front, EXTRA)

    assert problems == []
    assert notes is not None
    assert notes.corrects == "brevet-2026-12-01"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("brevt-2026-12-01", "Menade du ”brevet”?"),
        ("x-2026-12-01", "Välj bland: brevet."),
        ("brevet", "Döp filen till nyhetsbrev och datum, till exempel kommunbrevet-2026-12-01.md."),
        ("brevet-2026-12", "Döp filen till nyhetsbrev och datum, till exempel kommunbrevet-2026-12-01.md."),
        (
            "brevet-2026-13-01",
            "Döp filen till nyhetsbrev och datum, till exempel kommunbrevet-2026-12-01.md.",
        ),
        (
            "Brevet-2026-12-01",
            "Döp filen till nyhetsbrev och datum, till exempel kommunbrevet-2026-12-01.md.",
        ),
    ],
)
def test_a_file_name_that_is_no_issue_is_told(tmp_path: Path, name: str, hint: str) -> None:
    path = f"content/issues/{name}.md"
    notes, problems = load(tmp_path, "pin: [leden]\n", path)

    assert notes is None
    assert said(problems) == [f"{path} C131 Filnamnet ”{name}” är inget nummer av ett nyhetsbrev."]
    assert hints(problems) == [hint]


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("pin: [lden]\n", "2:7 C115 ”lden” är inte känt i ”pin”."),
        ("exclude:\n  - x\n", "3:5 C115 ”x” är inte känt i ”exclude”."),
        ("pinn: [leden]\n", "2:1 C112 Nyckeln ”pinn” finns inte."),
        ("at: 2 december\npin: [leden]\n", "2:5 C114 ”2 december” är ingen tid i ”at”."),
        ("at: 2026-12-03 09:00\npin: [leden]\n", "2:5 C132 Tiden i ”at” är en annan dag än filnamnet."),
        ("at: 2026-12-02 09:00\n", "2:5 C132 Ett extra brev behöver veta vilka nyheter det har."),
        ("at: 2026-12-02 09:00\npin: []\n", "2:5 C132 Ett extra brev behöver veta vilka nyheter det har."),
        (
            "pin: [leden]\ncorrects: brevet-2026-12-01\n",
            "3:11 C132 En rättelse är ett extra brev och behöver en tid.",
        ),
        (
            "pin: [leden]\nexclude: [leden]\n",
            "3:10 C132 ”leden” står både i ”pin” och i ”exclude”.",
        ),
        ("a: b: c\n", "2:5 C111 Ett kolon mitt i raden gör att den inte går att läsa."),
    ],
)
def test_a_fault_is_told_at_its_place_and_stops_the_issue(tmp_path: Path, front: str, expected: str) -> None:
    notes, problems = load(tmp_path, front, EXTRA)

    assert notes is None
    assert said(problems) == [f"{EXTRA}:{expected}"]


@pytest.mark.parametrize(
    ("front", "code"),
    [
        ("at: 2026-12-02 09:00\npin: [lden]\n", "C115"),
        ("at: i morgon\npin: [leden]\ncorrects: brevet-2026-12-01\n", "C114"),
    ],
)
def test_one_slip_gives_one_problem(tmp_path: Path, front: str, code: str) -> None:
    assert [one.code for one in load(tmp_path, front, EXTRA)[1]] == [code]


def test_a_wrong_file_name_is_not_also_called_another_day(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "at: 2026-12-02 09:00\npin: [leden]\n", "content/issues/brevet-december.md")

    assert [one.code for one in problems] == ["C131"]


def test_faults_in_the_greeting_are_told_with_those_of_the_keys(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "pin: a: b\n", body="::: for alla\nx\n:::\n\n:::\n")

    assert [one.code for one in problems] == ["C111", "C123", "C115"]


def test_a_file_that_cannot_be_read_gives_no_notes(tmp_path: Path) -> None:
    (tmp_path / "content/issues").mkdir(parents=True)
    (tmp_path / REGULAR).write_bytes("---\n---\nGod jul på er".encode("utf-16"))

    notes, problems = load_notes(tmp_path, REGULAR, KNOWN, NEWSLETTERS, [])

    assert notes is None
    assert [one.code for one in problems] == ["C101"]


def test_an_oddity_that_is_mended_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "content/issues").mkdir(parents=True)
    (tmp_path / REGULAR).write_bytes(b"\xef\xbb\xbf---\r\n---\r\nHej.\r\n")

    notes, problems = load_notes(tmp_path, REGULAR, KNOWN, NEWSLETTERS, [])

    assert notes is not None
    assert [one.code for one in problems] == ["C102", "C103"]
