"""The line of a file that a problem points at, for those who show problems."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from comms.content.files import read_text
from comms.errors import Location

LineAt = Callable[[Location], str]
"""Gives the source line of a place, as columns count it; nothing where there is none to show."""

_WORD = re.compile(r"[^\W_]+(?:[-’'.:][^\W_]+)*|\S")


def lines_below(root: Path) -> LineAt:
    """The lines of a workspace's files as they are now, each file read once."""

    @cache
    def lines(path: str) -> list[str]:
        source, _ = read_text(root, path)
        return source.text.split("\n") if source else []

    def line_at(place: Location) -> str:
        found = lines(place.path)
        return found[place.line - 1] if 0 < place.line <= len(found) else ""

    return line_at


def end_of_word(line: str, column: int) -> int:
    """The column after the word or sign that begins at a column; the column itself where there is none."""
    found = _WORD.match(line, column - 1) if column else None
    return column + len(found.group()) if found else column
