"""A table as a file that a spreadsheet set to Swedish opens right, and that holds no formula.

Excel reads UTF-8 only after a byte order mark, and parts columns at semicolons where the comma is for
decimals. A cell that begins as a formula would be run when the file is opened; source:
https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""Says "this is UTF-8" to Excel."""

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""How a formula may begin; in some settings the wide signs of East Asia count too."""

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
    # An apostrophe tells the spreadsheet that what follows is text. Blanks do not stop a formula.
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff").startswith(_RUNS) else cell
