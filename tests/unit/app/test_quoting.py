"""The line of a place, as the columns of problems count it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.app.quoting import end_of_word, lines_below
from comms.errors import Location


def test_a_line_is_read_as_problems_count_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfett\r\na\xcc\x8ar\x1b\r\n")

    line_at = lines_below(tmp_path)

    assert [line_at(Location("a.md", number, 1)) for number in (1, 2, 3)] == ["ett", "år ", ""]


@pytest.mark.parametrize(
    "place", [Location("a.md"), Location("a.md", 9, 1), Location("borta.md", 1, 1)], ids=str
)
def test_a_place_without_a_line_gives_nothing(tmp_path: Path, place: Location) -> None:
    (tmp_path / "a.md").write_text("ett\n", encoding="utf-8")

    assert lines_below(tmp_path)(place) == ""


def test_a_file_that_is_no_text_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff\xfe")

    assert lines_below(tmp_path)(Location("a.png", 1, 1)) == ""


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("en tjänsteman.", 4, "tjänsteman"),
        ("kl 13.00 i dag", 4, "13.00"),
        ("EU-stöd!", 1, "EU-stöd"),
        ("!!", 1, "!"),
        ("två ord", 4, ""),
        ("slut", 5, ""),
        ("slut", 0, ""),
    ],
)
def test_a_word_ends_where_it_ends(line: str, column: int, word: str) -> None:
    assert end_of_word(line, column) == column + len(word)
