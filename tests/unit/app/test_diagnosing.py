"""What an editor marks, and where it would write an exemption."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.app.diagnosing import diagnose, exempt_above, exemption, marks
from comms.errors import Location, Problem, Severity, say
from comms.text.markdown import parse_markdown

PATH = "content/items/a.md"
LINE = "En tjänsteman svarar."
BODY = parse_markdown("Ingress.\n\n- Ett\n- Två\n\n## Rubrik\nSlut.\n", first_line=10)


def problem(line: int, column: int, code: str = "S101") -> Problem:
    return Problem(code, Severity.WARNING, say("Fel."), say("Rätta."), Location(PATH, line, column))


def test_a_mark_covers_the_word_counted_from_nought() -> None:
    (mark,) = marks([problem(12, 4)], lambda _place: LINE, {})[PATH]

    assert (mark.line, LINE[mark.start : mark.end]) == (11, "tjänsteman")
    assert mark.source.startswith("https://")


def test_a_problem_without_a_column_marks_its_line_and_one_without_a_line_the_first() -> None:
    whole, first = marks([problem(12, 0), problem(0, 0)], lambda place: LINE if place.line else "", {})[PATH]

    assert (whole.line, whole.start, whole.end) == (11, 0, len(LINE))
    assert (first.line, first.start, first.end) == (0, 0, 0)


def test_a_column_past_the_end_marks_the_end() -> None:
    (mark,) = marks([problem(12, 99)], lambda _place: LINE, {})[PATH]

    assert (mark.start, mark.end) == (len(LINE), len(LINE))


@pytest.mark.parametrize(
    ("line", "above"), [(2, 9), (10, 9), (12, 11), (13, 11), (15, 14), (16, 15), (99, 15)]
)
def test_an_exemption_stands_above_its_block_and_that_of_the_front_matter_above_all_text(
    line: int, above: int
) -> None:
    assert exempt_above(BODY, line) == above


def test_a_text_without_blocks_has_no_place_for_an_exemption() -> None:
    assert exempt_above(parse_markdown(""), 1) is None


@pytest.mark.parametrize(
    ("code", "path", "place"), [("S101", PATH, 9), ("A401", PATH, None), ("C112", PATH, None)]
)
def test_only_what_may_have_exceptions_is_offered_one(code: str, path: str, place: int | None) -> None:
    (mark,) = marks([problem(10, 1, code)], lambda _place: LINE, {path: BODY})[PATH]

    assert mark.exempt_above == place


def test_what_stands_in_no_text_is_offered_no_exemption() -> None:
    (mark,) = marks([problem(10, 1)], lambda _place: LINE, {})[PATH]

    assert mark.exempt_above is None


def test_an_exemption_counts_in_its_block_when_the_reason_is_written() -> None:
    lines = "Ingress.\n\nEn tjänsteman svarar.\n".splitlines(keepends=True)
    above = exempt_above(parse_markdown("".join(lines)), 3)
    assert above is not None
    lines.insert(above, exemption("S101"))

    (empty,) = parse_markdown("".join(lines)).exemptions
    (filled,) = parse_markdown("".join(lines).replace('""', '"citat"')).exemptions

    assert (empty.code, empty.reason, empty.first_line) == ("S101", "", 4)
    assert filled.reason == "citat"


def test_a_folder_without_usable_settings_marks_those(tmp_path: Path) -> None:
    (tmp_path / "comms.yaml").write_text("workspace:\n\tname: X\n", encoding="utf-8")

    found = diagnose(tmp_path, datetime(2026, 11, 25, tzinfo=UTC))

    assert set(found) == {"comms.yaml"}
