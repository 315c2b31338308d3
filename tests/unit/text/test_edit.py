"""Edits of a source text: a few signs, every other byte as it was."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.edit import Replacement, diff, replaced
from comms.text.encoding import decode


def test_signs_are_replaced_where_they_stand() -> None:
    text, made = replaced(
        "ett\ntvå tre\n", [Replacement(2, 5, "tre", "fyra"), Replacement(1, 1, "ett", "noll")]
    )

    assert text == "noll\ntvå fyra\n"
    assert [one.new for one in made] == ["noll", "fyra"]


@pytest.mark.parametrize(
    "wrong",
    [
        Replacement(1, 2, "ett", "noll"),
        Replacement(9, 1, "ett", "noll"),
        Replacement(0, 1, "ett", "noll"),
        Replacement(1, 0, "ett", "noll"),
        Replacement(1, 1, "ett\n", "noll"),
        Replacement(1, 1, "ettan", "noll"),
        Replacement(1, 1, "", "noll"),
    ],
)
def test_what_does_not_stand_there_is_not_replaced(wrong: Replacement) -> None:
    assert replaced("ett\ntvå", [wrong]) == ("ett\ntvå", ())


def test_of_two_that_overlap_one_is_made() -> None:
    text, made = replaced("kl 18", [Replacement(1, 1, "kl 1", "a"), Replacement(1, 4, "18", "b")])

    assert (text, len(made)) == ("kl b", 1)


def test_byte_order_mark_line_ends_and_loose_accents_stay() -> None:
    source = "\ufeff" + unicodedata.normalize("NFD", "å kl 18 ö\r\nä kl 19\r") + "slut\n"

    text, made = replaced(source, [Replacement(1, 5, " ", ".\u00a0"), Replacement(2, 5, " ", ".\u00a0")])

    assert text == source.replace("kl ", "kl.\u00a0")
    assert len(made) == 2


@given(st.text(alphabet="aå\u0301\u030a \r\n", max_size=30), st.integers(1, 4), st.integers(1, 8))
def test_reading_after_editing_is_editing_after_reading(source: str, line: int, column: int) -> None:
    change = Replacement(line, column, " ", "–")
    read = decode(source.encode())[0] or ""

    text, made = replaced(source, [change])
    same_text, same_made = replaced(read, [change])

    assert (decode(text.encode())[0], made) == (same_text, same_made)


def test_a_difference_shows_what_goes_and_what_comes() -> None:
    assert diff("a.md", "ett\ntvå\n", "ett\ntre\n")[:2] == ["--- a.md", "+++ a.md"]
    assert {"-två", "+tre"} <= set(diff("a.md", "ett\ntvå\n", "ett\ntre\n"))
    assert diff("a.md", "ett", "ett") == []
