"""A line under a problem: the caret stands under the sign that the column means, whatever is before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rich.cells import cell_len

from comms.cli.excerpt import excerpt

FAMILY = "👩‍👩‍👧"


@pytest.mark.parametrize(
    ("line", "column", "before"),
    [
        ("kommun: Eda", 1, ""),
        ("en tjänsteman", 4, "   "),
        ("\ten tjänsteman", 5, "       "),
        ("日本 tjänsteman", 4, "     "),
        ("e\u0301te\u0301 tjänsteman", 7, "    "),
        (f"{FAMILY} tjänsteman", 7, "   "),
        ("e\u0301", 2, ""),
        ("日", 1, ""),
        ("slut", 5, "    "),
        ("slut", 90, "    "),
        ("", 1, ""),
    ],
    ids=[
        "first",
        "later",
        "tab",
        "wide",
        "accents",
        "family",
        "on an accent",
        "on a wide",
        "end",
        "past",
        "",
    ],
)
def test_the_caret_stands_under_the_column(line: str, column: int, before: str) -> None:
    assert excerpt(line, column, 80)[1] == before


def test_a_tab_is_shown_as_blanks() -> None:
    assert excerpt("a\tb", 3, 80) == ("a    b", "     ")


def test_a_line_without_a_column_has_no_caret() -> None:
    assert excerpt("title: Hej", 0, 80) == ("title: Hej", None)


def test_a_long_line_is_cut_on_both_sides_of_the_column() -> None:
    shown, before = excerpt("x" * 100 + "tjänsteman" + "y" * 100, 101, 40)

    assert shown == "…" + "x" * 20 + "tjänsteman" + "y" * 10 + "…"
    assert before == " " * 21


def test_the_end_of_a_long_line_fills_the_width() -> None:
    shown, before = excerpt("x" * 100 + "slut", 101, 40)

    assert (shown, before) == ("…" + "x" * 36 + "slut", " " * 37)


def test_a_line_that_fits_is_shown_whole() -> None:
    assert excerpt("x" * 40, 40, 40) == ("x" * 40, " " * 39)


@given(
    line=some.text(some.characters(blacklist_categories=["Cc", "Cs"]), max_size=120),
    column=some.integers(0, 130),
    width=some.integers(20, 60),
)
def test_whatever_the_line_its_excerpt_fits_and_the_caret_is_within(
    line: str, column: int, width: int
) -> None:
    shown, before = excerpt(line, column, width)

    assert cell_len(shown) <= width + 2  # the two dots
    assert before is None or len(before) <= cell_len(shown)
