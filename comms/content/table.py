"""Tables with semicolons, as Swedish spreadsheets write them: rows as values, each fault with its line.

Word lists (terms.py) and what is known of mail clients (mail_clients.py) are read by it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from comms.content.files import SourceText, error
from comms.errors import Location, Problem, Text, say

AS_SPREADSHEETS_DO = frozenset({"C102", "C103"})
"""A byte order mark and CRLF: how every spreadsheet writes a table, and no reason to complain."""

_OTHER_SIGNS = {",": say("komma"), "\t": say("tabb")}


@dataclass
class Rows:
    """The rows of one table, each a mapping by column, and what is wrong with it."""

    source: SourceText
    columns: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row with its line; blank rows and those that begin with # are passed over."""
        header: list[str] = []
        for line, row in self._cells():
            if not any(row) or row[0].startswith("#"):
                continue
            if not header:
                header = [name.casefold() for name in row]
                if not self._sound(header, line):
                    return
            elif any(row[len(header) :]):
                message = say(
                    "Raden har {count} kolumner, men tabellen har {heads}.", count=len(row), heads=len(header)
                )
                hint = say("Sätt raka citattecken om den ruta som innehåller ett semikolon.")
                self.fault("C146", line, message, hint)
            else:
                yield line, dict.fromkeys(self.columns, "") | dict(zip(header, row, strict=False))

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line where it begins.

        A quotation mark that is never closed would swallow the rows below: it is told, and they are read.
        """
        lines = self.source.text.split("\n")
        at = 0
        while at < len(lines):
            # One line more than there is: it is only asked for when a quotation mark is open at the end.
            below = (f"{lines[n]}\n" if n < len(lines) else '"\n' for n in range(at, len(lines) + 1))
            reader = csv.reader(below, delimiter=";")
            try:
                row = next(reader)
                swallows = at + reader.line_num > len(lines) or any("\n" in c and ";" in c for c in row)
            except csv.Error:
                swallows = True
            if swallows:
                message = say("Ett citattecken i början av en ruta stängs aldrig på raden.")
                hint = say(
                    'Ta bort det eller stäng det. Ett citattecken inne i en sådan ruta skrivs dubbelt: "".'
                )
                self.fault("C145", at + 1, message, hint)
                at += 1
                continue
            yield at + 1, [cell.strip() for cell in row]
            at += reader.line_num

    def _sound(self, header: Sequence[str], line: int) -> bool:
        strange = [name for name in header if name not in self.columns]
        if not strange and self.columns[0] in header:
            return True
        message = say("Första raden är inte tabellens rubriker.")
        hint = say("Skriv {columns}", columns=";".join(self.columns))
        other = next((name for sign, name in _OTHER_SIGNS.items() if sign in header[0]), None)
        if other is not None:
            message = say("Kolumnerna skiljs åt med {sign}. Det ska vara semikolon.", sign=other)
            hint = say("Skriv {columns}, och semikolon i varje rad.", columns=";".join(self.columns))
        self.fault("C140", line, message, hint)
        return False

    def fault(self, code: str, line: int, message: Text, hint: Text) -> None:
        """Remember what is wrong with a row."""
        self.problems.append(error(code, message, hint, Location(self.source.path, line, 1)))
