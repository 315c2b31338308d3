"""Files of rows, however they were saved: read as meant, or refused with the line."""

from __future__ import annotations

import codecs
import io
import itertools
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.errors import ContentError
from comms.text.csv_in import Row, columns, delimiter_of, encoding_of, plain, rows, values
from comms.text.csv_out import MARK, csv_line

ENCODED = {
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: codecs.BOM_UTF8 + text.encode(),
    "cp1252": lambda text: text.encode("cp1252"),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}
LINE_ENDS = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}
DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}


def read_rows(content: bytes, piece: int = 7) -> list[Row]:
    """The rows of a file; its bytes come in small pieces."""
    pieces = (content[at : at + piece] for at in range(0, len(content), piece))
    return list(rows(io.TextIOWrapper(io.BytesIO(content), encoding=encoding_of(pieces), newline="")))


def read(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """The rows of a file that has no fault, with their lines."""
    found = read_rows(content)
    assert not any(row.fault for row in found)
    return [(row.line, row.cells) for row in found]


@pytest.mark.parametrize(
    ("encoding", "end", "delimiter"), list(itertools.product(ENCODED, LINE_ENDS, DELIMITERS))
)
def test_each_encoding_line_end_and_delimiter_is_read_as_meant(
    encoding: str, end: str, delimiter: str
) -> None:
    by, ends = DELIMITERS[delimiter], LINE_ENDS[end]
    table = [("e-post", "kommun"), ("åsa@x.example", "Säffle"), ("bo@x.example", "Årjäng, Åmål; m.fl.")]
    quoted = [[f'"{cell}"' if set(cell) & set(",;|") else cell for cell in row] for row in table]
    text = ends.join(by.join(row) for row in quoted)
    assert read(ENCODED[encoding](text)) == list(enumerate(table, 1))


QUIRKS = {
    "a line that says the delimiter": (b"sep=,\r\na,b;c\r\n", [(2, ("a", "b;c"))]),
    "the same in quotation marks": (b'"sep=;"\na;b,c\n', [(2, ("a", "b,c"))]),
    "one column": (b"e-post\nanna@x.example\n", [(1, ("e-post",)), (2, ("anna@x.example",))]),
    "no line end at the end": (b"a;b\nc;d", [(1, ("a", "b")), (2, ("c", "d"))]),
    "empty lines are counted and left out": (b"a;b\n\n;\n \nc;d\n", [(1, ("a", "b")), (5, ("c", "d"))]),
    "a delimiter in a cell": (b'a;"b;c"\n', [(1, ("a", "b;c"))]),
    "doubled quotation marks": (b'a;"Kallad ""Ann"""\n', [(1, ("a", 'Kallad "Ann"'))]),
    "a quotation mark inside a cell": (b'a;5" skarm\nb;c\n', [(1, ("a", '5" skarm')), (2, ("b", "c"))]),
    "a line break in a cell": (b'a;"b\nc"\r\nd;e\r\n', [(1, ("a", "b\nc")), (3, ("d", "e"))]),
    "commas in cells of fewer lines": (
        b"e-post;brev\na@x.example;ett, tva, tre\n",
        [(1, ("e-post", "brev")), (2, ("a@x.example", "ett, tva, tre"))],
    ),
    "commas in each line, but not equally many": (
        b"a;b,c\nd;e,f,g\n",
        [(1, ("a", "b,c")), (2, ("d", "e,f,g"))],
    ),
    "blanks around cells": (b" a ; b\xc2\xa0\n", [(1, ("a", "b"))]),
    "rows of different lengths": (b"a;b\nc\nd;e;f\n", [(1, ("a", "b")), (2, ("c",)), (3, ("d", "e", "f"))]),
    "letters written in parts": ("a;Sa\u0308ffle\n".encode(), [(1, ("a", "Säffle"))]),
    "our own apostrophe": (b"a;'=1\n", [(1, ("a", "=1"))]),
    "somebody else's apostrophe": (b"a;'tis\n", [(1, ("a", "'tis"))]),
    "the euro sign of Windows": (b"a;\x80\xe5\n", [(1, ("a", "€å"))]),
    "an empty file": (b"", []),
    "a mark and nothing more": (codecs.BOM_UTF8, []),
    "blanks alone": (b" \n\t\n", []),
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_each_quirk_is_read_as_meant(quirk: str) -> None:
    content, meant = QUIRKS[quirk]
    assert read(content) == meant


REFUSED = {
    "NUL": (b"a;b\nc;\x00\n", "Rad 2"),
    "UTF-16 without a mark": ("a;b\n".encode("utf-16-le"), "Rad 1"),
    "UTF-32": ("a;b\n".encode("utf-32"), "Rad 1"),
    "a byte that means nothing in Windows-1252": (b"a;\xe5\nb\nc;\x81\n", "Rad 3"),
    "the same with lines of old Macs": (b"a;\xe5\rb\rc;\x8d\r", "Rad 3"),
    "a mark of UTF-8 before something else": (codecs.BOM_UTF8 + b"a\nb;\xe5\n", "Rad 2"),
    "half a sign of UTF-16 at the end": (codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le") + b"\x00", "Rad 2"),
    "a workbook of Excel": (b"PK\x03\x04....", "arbetsbok"),
    "an old workbook": (b"\xd0\xcf\x11\xe0....", "arbetsbok"),
    "a cell that never ends": (b'a;b\nc;"d\ne;f\ng;h\n', "Rad 2"),
    "a cell that ends in another row": (b'a;b\n"c;d\n"e;f\n', "Rad 2"),
    "a cell that is too long for lines": (b'a;b\n"' + b"x" * 100_000 + b"\n" + b"y" * 100_000, "Rad 2"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_line(kind: str) -> None:
    content, place = REFUSED[kind]
    with pytest.raises(ContentError, match=place):
        read(content)


@pytest.mark.parametrize(
    "line", ['b;"c"d', f"b;{'x' * 140_000}"], ids=["a sign after quotation marks", "a cell that is too long"]
)
def test_a_row_that_is_wrong_by_itself_is_named_and_the_next_is_read(line: str) -> None:
    found = list(rows(["a;b\n", f"{line}\n", "e;f\n"]))
    assert [(row.line, row.cells, row.fault is None) for row in found] == [
        (1, ("a", "b"), True),
        (2, (), False),
        (3, ("e", "f"), True),
    ]


def test_a_delimiter_is_not_a_letter_where_the_sniffer_of_python_takes_one() -> None:
    assert delimiter_of(["address\n", "sus@sis.example\n", "sos@sas.example\n"]) == (";", False)


_CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12
) | st.sampled_from(["=1", "'=1", ' "', ";", "a\nb", "\r\n", "å;ä", "+46", "＝"])


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_we_write_we_read(table: list[list[str]]) -> None:
    heads = ["e-post", "kommun", "källa", "brev"]
    content = MARK + b"".join(csv_line(row) for row in [heads, *table])
    meant = [tuple(unicodedata.normalize("NFC", cell.strip()).strip() for cell in row) for row in table]
    assert [cells for _line, cells in read(content)][1:] == [row for row in meant if any(row)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(ContentError):
        assert all(any(row.cells) or row.fault for row in read_rows(content))


NAMES = {"address": ("e-post", "mejl"), "audience": ("målgrupp",), "focus": ("insatsområden",)}


@pytest.mark.parametrize(
    "heads",
    [["E-post", "Målgrupp"], ["EPOST", "malgrupp"], ["e post", "MÅLGRUPP:"], ["Mejl", "Ma\u030algrupp"]],
)
def test_columns_are_known_without_regard_to_case_accents_and_signs(heads: list[str]) -> None:
    assert columns(heads, NAMES) == ({"address": 0, "audience": 1}, [])


def test_columns_that_nobody_knows_are_named() -> None:
    assert columns(["Namn", "e-post", "", "Telefon"], NAMES) == ({"address": 1}, ["Namn", "Telefon"])


def test_two_columns_of_one_field_are_refused() -> None:
    with pytest.raises(ContentError, match="”Mejl”"):
        columns(["E-post", "Mejl"], NAMES)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("Saffle", (["saffle"], [])),
        ("säffle | ÅRJÄNG", (["saffle", "arjang"], [])),
        ("Säffle;Säffle,Årjäng", (["saffle", "arjang"], [])),
        ("Mat, hälsa och rörelse", (["mat"], [])),
        ("Säffle, Kil", (["saffle"], ["Kil"])),
        ("", ([], [])),
        (" , ", ([], [])),
    ],
)
def test_a_cell_may_hold_several_names(cell: str, meant: tuple[list[str], list[str]]) -> None:
    known = {"saffle": "saffle", "arjang": "arjang", plain("Mat, hälsa och rörelse"): "mat"}
    assert values(cell, known) == meant
