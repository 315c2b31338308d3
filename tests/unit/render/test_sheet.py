"""Sheets: read by a spreadsheet as they were meant, and never run by it."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.render.sheet import sheet


def test_a_sheet_is_marked_as_utf_8_and_parted_by_semicolons() -> None:
    made = sheet(("värde", "andel"), [["ej angivet", 33.333], ["kvinna", None]])
    assert made == "\ufeffvärde;andel\r\nej angivet;33,3\r\nkvinna;\r\n"


@pytest.mark.parametrize("cell", ["=1+1", "+46 70", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])
def test_a_cell_that_would_be_run_as_a_formula_is_made_text(cell: str) -> None:
    (row,) = list(csv.reader([sheet(("a",), [[cell]]).split("\r\n", 1)[1]], delimiter=";"))[:1]
    assert row[0].startswith("'")


@pytest.mark.parametrize("cell", ["Karin Ek", "3 av 9", "https://leader.example", "icke-binär", ""])
def test_other_cells_are_left_as_they_are(cell: str) -> None:
    assert sheet(("a", "b"), [[cell, 1]]).endswith(f"\r\n{cell};1\r\n")


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=2))
def test_every_cell_comes_back_and_stays_in_its_column(cells: list[str]) -> None:
    made = sheet([str(number) for number, _ in enumerate(cells)], [cells])
    rows = list(csv.reader(made.removeprefix("\ufeff").splitlines(keepends=True), delimiter=";"))
    assert len(rows[0]) == len(cells)
