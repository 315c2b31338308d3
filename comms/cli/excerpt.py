"""A source line as a terminal can show it, and the blanks that put a caret under a column.

Columns count characters; a terminal counts cells: a combining accent takes none, 日 takes two, a tab as
many as it likes. rich knows how wide a text is.
"""

from __future__ import annotations

from rich.cells import cell_len

_TAB = "    "
_CUT = "…"


def excerpt(line: str, column: int, width: int) -> tuple[str, str | None]:
    """The line, cut to about `width` cells around the column, and what stands before the caret.

    None instead of the blanks when the column is 0: the whole line is meant.
    """
    here = min(max(column, 1), len(line) + 1) - 1
    half = width // 2
    room = width - cell_len(_flat(line[here : here + half]))
    first, last = here, here
    while first and cell_len(_flat(line[first - 1 : here])) <= max(room, half):
        first -= 1
    while last < len(line) and cell_len(_flat(line[first : last + 1])) <= width:
        last += 1
    before = _CUT * bool(first) + _flat(line[first:here])
    shown = before + _flat(line[here:last]) + _CUT * (last < len(line))
    if not column:
        return shown, None
    # A sign without a width stands on the one before it; past the end there is a blank.
    end = cell_len(before + (_flat(line[here : here + 1]) or " "))
    return shown, " " * max(min(cell_len(before), end - 1), 0)


def _flat(text: str) -> str:
    """Tabs as blanks: where they would jump to depends on what stands before the line."""
    return text.replace("\t", _TAB)
