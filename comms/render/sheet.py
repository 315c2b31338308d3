"""A table as a file that a spreadsheet set to Swedish opens right; no cell is a formula (`text.csv_out`).

Excel parts columns at semicolons where the comma is for decimals.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from comms.text import csv_out

MARK = csv_out.MARK.decode()
"""Says "this is UTF-8" to Excel."""

Cell = str | int | float | None
"""A float is written with a decimal comma; None as an empty cell."""


def sheet(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows under their heads, semicolons between, ready to be written as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[_cell(cell) for cell in row] for row in rows])
    return MARK + out.getvalue()


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", ",")
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return csv_out.guarded(cell)
