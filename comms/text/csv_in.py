"""A file of rows from a spreadsheet or another system -> rows with their lines, however it was saved.

What the office gets is rarely UTF-8 with semicolons: Excel saves cp1252 or UTF-16, other systems commas.
Nothing is guessed by chance: each encoding is tried in order, and the sign between columns is counted
(csv.Sniffer takes a letter for it in a file of one column). Source: RFC 4180;
https://docs.python.org/3.11/library/csv.html.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from comms.errors import ContentError, Text, say
from comms.text.csv_out import unguarded

ENCODINGS: Mapping[str, Text] = {
    "utf-8": say("UTF-8"),
    "utf-8-sig": say("UTF-8 med BOM"),
    "utf-16": say("UTF-16"),
    "cp1252": say("Windows-1252 (ANSI)"),
}
"""The encodings that are read, by their names in Python, and what they are called."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What workbooks of Excel and LibreOffice begin with, new and old."""

_SIGNS = ";\t,|"
"""What may part columns, the likeliest first."""

_HEAD_LINES = 20
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W_]+")
_QUOTES = say("Citattecknen i raden går inte ihop.")
_TOO_LONG = say("En ruta i raden är orimligt lång.")
_AS_UTF8 = say("Öppna den i kalkylprogrammet och välj Spara som: CSV UTF-8.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells, with the lines where it begins and ends, counted from 1.

    `fault`: why the cells cannot be told apart.
    """

    line: int
    last: int
    cells: tuple[str, ...]
    fault: Text | None = None


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a whole file, one of `ENCODINGS`. Raises ContentError, with the line, for none of them.

    By its mark; else UTF-8 when all of it is; else cp1252, in which five bytes mean nothing.
    """
    pieces = iter(chunks)
    head = next(pieces, b"")
    if head.startswith(_PACKED):
        raise ContentError(
            say("Filen är en arbetsbok från ett kalkylprogram, ingen CSV. {how}", how=_AS_UTF8)
        )
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    alive: dict[str, _Reading] = {
        name: _Reading(name) for name in ([marked] if marked else ["utf-8", "cp1252"])
    }
    for piece in chain([head], pieces, [None]):
        for name, reading in list(alive.items()):
            if not reading.takes(piece):
                if len(alive) == 1:
                    raise ContentError(_unreadable(name, reading.line))
                del alive[name]
    return next(iter(alive))


class _Reading:
    """One encoding, tried on one piece after another."""

    def __init__(self, name: str) -> None:
        """Begin at the first line."""
        self.line = 1
        self._decoder = codecs.getincrementaldecoder(name)()

    def takes(self, piece: bytes | None) -> bool:
        """Whether the next piece (None: the end) is of this encoding, and holds no NUL; `line` is where."""
        try:
            text = self._decoder.decode(piece or b"", final=piece is None)
        except UnicodeDecodeError as wrong:
            read = wrong.object[: wrong.start]
            self.line += read.count(b"\n") or read.count(b"\r")
            return False
        before, nul, _after = text.partition("\0")
        self.line += before.count("\n") or before.count("\r")
        return not nul


def _unreadable(name: str, line: int) -> Text:
    return say(
        "Rad {line} går inte att läsa som {encoding}. {how}",
        line=line,
        encoding=ENCODINGS[name],
        how=_AS_UTF8,
    )


def delimiter_of(lines: Sequence[str]) -> tuple[str, bool]:
    """What parts the columns, and whether the first line says so (`sep=;`, as Excel writes it).

    Of the signs outside quotation marks: the one in most of the first 20 lines, then the one that each line
    has equally many of. A sign that stands in a cell (several newsletters) is in fewer, or varies.
    """
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    if declared:
        return declared[1], True
    counts = _outside_quotes("".join(lines[:_HEAD_LINES]))
    if not counts:
        return ";", False

    def evidence(sign: str) -> tuple[int, int, int]:
        per_line = [count[sign] for count in counts if count[sign]]
        alike = Counter(per_line).most_common(1)[0][1] if per_line else 0
        return len(per_line), alike, -_SIGNS.index(sign)

    best = max(_SIGNS, key=evidence)
    return (best if evidence(best)[0] else ";"), False


def _outside_quotes(text: str) -> list[Counter[str]]:
    """How many of each sign a row has outside cells in quotation marks, for rows that are not empty."""
    found: list[Counter[str]] = []
    row: Counter[str] = Counter()
    quoted, before, filled = False, "\n", False
    for sign in chain(text, "\n"):
        if sign == '"' and (quoted or before in _SIGNS + "\r\n"):
            quoted = not quoted
        elif sign in "\r\n" and not quoted:
            if filled:
                found.append(row)
            row, filled = Counter(), False
        elif not quoted and sign in _SIGNS:
            row[sign] += 1
        filled = filled or not sign.isspace()
        # A doubled quotation mark closes a cell and opens it again.
        before = "\n" if sign == '"' and not quoted else sign
    return found


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows that hold anything; the lines come with their ends (LF, CRLF or CR).

    A row whose quotation marks are wrong has a `fault`. Raises ContentError where a cell never ends: what
    is a row and what is not cannot be told below it.
    """
    source = iter(lines)
    head = list(islice(source, _HEAD_LINES))
    delimiter, declared = delimiter_of(head)
    offset = 1 if declared else 0
    reader = csv.reader(chain(head[offset:], source), delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1 + offset
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            last = reader.line_num + offset
            if last > first:
                raise ContentError(_never_closed(first)) from None
            yield Row(first, last, (), _TOO_LONG if "limit" in str(wrong) else _QUOTES)
            continue
        cleaned = tuple(_clean(cell) for cell in cells)
        if any(cleaned):
            yield Row(first, reader.line_num + offset, cleaned)


def _never_closed(line: int) -> Text:
    return say(
        "Rad {line}: en ruta börjar med ett citattecken men slutar aldrig. Ta bort citattecknet eller stäng "
        'det; ett citattecken inne i en sådan ruta skrivs dubbelt: "".',
        line=line,
    )


def _clean(cell: str) -> str:
    """A cell without what a spreadsheet or we ourselves put around it."""
    return unicodedata.normalize("NFC", unguarded(cell.lstrip())).strip()


def plain(word: str) -> str:
    """A word as it is compared: without regard to case, accents (so also å, ä, ö), blanks and signs."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return _NO_LETTERS.sub("", "".join(one for one in letters if not unicodedata.combining(one)))


def columns(cells: Sequence[str], names: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], list[str]]:
    """Where each column that is known is, by its field, and what the others are called.

    `names`: what a field may be called. Raises ContentError for two columns of one field.
    """
    known = {plain(name): field for field, several in names.items() for name in several}
    found: dict[str, int] = {}
    strange: list[str] = []
    for number, cell in enumerate(cells):
        field = known.get(plain(cell))
        if field is None:
            strange += [cell] if cell else []
        elif field in found:
            raise ContentError(
                say(
                    "Kolumnerna ”{one}” och ”{other}” betyder samma sak. Ta bort den ena.",
                    one=cells[found[field]],
                    other=cell,
                )
            )
        else:
            found[field] = number
    return found, strange


def values(cell: str, known: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What a cell with one or several names means, by `known` (compared as `plain`), and what nobody knows.

    Names are parted by `,`, `|` or `;`; a name that holds one of them is known as it stands.
    """
    if plain(cell) in known:
        return [known[plain(cell)]], []
    found: dict[str, None] = {}
    strange: list[str] = []
    for word in re.split(r"[,|;\n]", cell):
        key = plain(word)
        if key in known:
            found[known[key]] = None
        elif word.strip():
            strange.append(word.strip())
    return list(found), strange
