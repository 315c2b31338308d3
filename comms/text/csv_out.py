"""Rows as a file that a spreadsheet set to Swedish opens right, and in which no cell is a formula.

Excel reads UTF-8 only after a byte order mark and parts columns at semicolons where the comma is for
decimals. A cell that begins as a formula would be run when the file is opened, so it gets an apostrophe;
source: https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = b"\xef\xbb\xbf"
"""What the file begins with: says "this is UTF-8" to Excel."""

_RUNS = re.compile(r"[\s'\u200b\ufeff]*[=+\-@|%＝＋－＠]|[ '\u00a0]*[\t\r\n]")
"""How a formula may begin, after blanks and apostrophes; in some settings East Asia's wide signs count."""


def csv_line(cells: Iterable[str]) -> bytes:
    """One row in UTF-8: every cell in quotation marks, semicolons between, CRLF at the end."""
    quoted = ";".join('"' + guarded(cell).replace('"', '""') + '"' for cell in cells)
    return f"{quoted}\r\n".encode()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs; `unguarded` gives it back."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that `guarded` put before it."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
