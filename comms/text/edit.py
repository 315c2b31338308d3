"""Edits of a source text: a few signs at a place, every other byte left as it is; and how that looks.

Places are those of the text as it is read (`comms.text.encoding`): without byte order mark, lines that
end in LF, letters in one piece (NFC). The text that is edited may have all of these otherwise.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """`new` for `old` at a line and column, both counted from 1; `old` is never empty, nor spans lines."""

    line: int
    column: int
    old: str
    new: str

    @property
    def end(self) -> int:
        """The column after its last sign."""
        return self.column + len(self.old)


def replaced(text: str, replacements: Iterable[Replacement]) -> tuple[str, tuple[Replacement, ...]]:
    """Make the replacements whose `old` stands at their place; gives the text and those that were made.

    Of two that overlap the first is made. The text may have a byte order mark, CRLF and loose accents.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    lines = [list(match.groups()) for match in _LINE.finditer(text, len(mark))]
    made: list[Replacement] = []
    for one in sorted(set(replacements), reverse=True):
        taken = made and made[-1].line == one.line and one.end > made[-1].column
        if taken or not 0 < one.line <= len(lines) or one.column < 1 or not one.old:
            continue
        line = lines[one.line - 1][0]
        places = _places(line)
        start, end = one.column - 1, one.end - 1
        if end >= len(places) or unicodedata.normalize("NFC", line[places[start] : places[end]]) != one.old:
            continue
        lines[one.line - 1][0] = f"{line[: places[start]]}{one.new}{line[places[end] :]}"
        made.append(one)
    return mark + "".join(part for line in lines for part in line), tuple(reversed(made))


def _places(line: str) -> Sequence[int]:
    """Where each sign of the composed line begins in the line as it is, and where the line ends."""
    if unicodedata.is_normalized("NFC", line):
        return range(len(line) + 1)
    places: list[int] = []
    start = 0
    for at in range(1, len(line) + 1):
        if at == len(line) or not unicodedata.combining(line[at]):
            signs = len(unicodedata.normalize("NFC", line[start:at]))
            places += range(start, at) if signs == at - start else [start] * signs
            start = at
    return [*places, len(line)]


def diff(path: str, before: str, after: str) -> list[str]:
    """The change as a unified diff, line by line, without line ends."""
    lines = (before.split("\n"), after.split("\n"))
    return list(difflib.unified_diff(*lines, fromfile=path, tofile=path, n=1, lineterm=""))
