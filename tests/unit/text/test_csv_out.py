"""Rows for a spreadsheet: bytes that Excel in Swedish opens right, and no formula among them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.csv_out import MARK, csv_line, guarded, unguarded

FORMULAS = (
    "=1+1",
    '=HYPERLINK("https://x.example","Klicka")',
    "+46 555 123 45",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "' =1",
    "=cmd|' /C calc'!A0",
)


def test_every_cell_is_in_quotation_marks_with_semicolons_and_crlf() -> None:
    assert csv_line(["anna@x.example", 'Kallad "Ann"', "", "Säffle"]) == (
        '"anna@x.example";"Kallad ""Ann""";"";"Säffle"\r\n'.encode()
    )


def test_the_mark_is_the_one_of_utf_8() -> None:
    assert MARK.decode("utf-8-sig") == ""


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_begins_as_a_formula_gets_an_apostrophe(cell: str) -> None:
    read = next(csv.reader(io.StringIO(csv_line([cell]).decode(), newline=""), delimiter=";"))
    assert read == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["anna@x.example", "Säffle", "1-2", "a=b", "'tis", "", "å-ä", "1+1"])
def test_what_is_no_formula_stands_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


@given(st.text())
def test_the_apostrophe_is_taken_away_again_from_any_text(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@given(st.text(st.sampled_from("'= \t+a＝\u00a0")))
def test_the_apostrophe_is_taken_away_again_from_what_nearly_is_a_formula(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
