"""The bytes of a text file become clean text, and every oddity is told at its place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.text.encoding import CONTROL, OFF_A_LINE, Oddity, decode

SWEDISH = "Rad ett\nÅsa åker till Öjervik.\n"


def oddities(content: bytes) -> list[tuple[Oddity, int, int]]:
    """Kind and place of everything odd."""
    return [(one.oddity, one.line, one.column) for one in decode(content)[1]]


def test_clean_text_is_left_as_it_is() -> None:
    assert decode(SWEDISH.encode()) == (SWEDISH, [])
    assert decode(b"") == ("", [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf" + SWEDISH.encode(), (Oddity.MARK, 1, 1)),
        (SWEDISH.replace("\n", "\r\n").encode(), (Oddity.LINE_ENDS, 1, 8)),
        (SWEDISH.replace("\n", "\r").encode(), (Oddity.LINE_ENDS, 1, 8)),
        (unicodedata.normalize("NFD", SWEDISH).encode(), (Oddity.LOOSE_ACCENTS, 2, 1)),
    ],
)
def test_what_can_be_mended_is_mended_and_told(content: bytes, expected: tuple[Oddity, int, int]) -> None:
    assert decode(content)[0] == SWEDISH
    assert oddities(content) == [expected]


def test_several_oddities_are_told_together() -> None:
    content = b"\xef\xbb\xbf" + unicodedata.normalize("NFD", SWEDISH.replace("\n", "\r\n")).encode()

    assert decode(content)[0] == SWEDISH
    assert [one for one, _, _ in oddities(content)] == [
        Oddity.MARK,
        Oddity.LINE_ENDS,
        Oddity.LOOSE_ACCENTS,
    ]


@pytest.mark.parametrize(
    ("content", "place", "name"),
    [
        (SWEDISH.encode("cp1252"), (2, 1), "Windows-1252 (ANSI)"),
        ("Hej å".encode("latin-1"), (1, 5), "Windows-1252 (ANSI)"),
        (SWEDISH.encode("utf-16"), (1, 1), "UTF-16"),
        (b"\xfe\xff" + SWEDISH.encode("utf-16-be"), (1, 1), "UTF-16"),
        (b"\xef\xbb\xbfHej \xe5", (1, 5), "Windows-1252 (ANSI)"),
        (b"a\xc0\xafb", (1, 2), "Windows-1252 (ANSI)"),
    ],
)
def test_another_encoding_cannot_be_read_and_is_guessed_at(
    content: bytes, place: tuple[int, int], name: str
) -> None:
    text, found = decode(content)

    assert text is None
    assert (found[-1].oddity, found[-1].line, found[-1].column) == (Oddity.ENCODING, *place)
    assert str(found[-1].message) == f"Filen är inte sparad som UTF-8; den ser ut att vara {name}."


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x07", "\x0b", "\x7f", "\x85", "\u061c", "\u200e", "\u200f", "\u2028", "\u202e", "\u2066"],
)
def test_a_sign_that_steers_is_made_a_blank_and_told(sign: str) -> None:
    text, found = decode(f"Rad ett\nHär{sign}där".encode())

    assert text == "Rad ett\nHär där"
    assert [(one.oddity, one.line, one.column) for one in found] == [(Oddity.CONTROL, 2, 4)]
    assert f"U+{ord(sign):04X}" in str(found[0].message)


def test_a_thousand_signs_are_told_once_a_kind() -> None:
    assert oddities(b"a\x00\x01" * 1000) == [(Oddity.CONTROL, 1, 2), (Oddity.CONTROL, 1, 3)]


def test_a_line_may_hold_what_a_text_may_but_for_breaks_and_tabs() -> None:
    signs = map(chr, range(0x110000))
    assert {sign for sign in signs if bool(CONTROL.match(sign)) != bool(OFF_A_LINE.match(sign))} == {
        "\n",
        "\t",
    }


@pytest.mark.parametrize("sign", ["\t", "\u00a0", "\u00ad", "\u200d", "😀"])
def test_signs_that_authors_use_are_left_alone(sign: str) -> None:
    assert decode(f"Här{sign}där".encode()) == (f"Här{sign}där", [])


@given(st.binary(max_size=300))
def test_any_bytes_become_clean_text_or_are_told(content: bytes) -> None:
    text, found = decode(content)

    if text is None:
        assert found[-1].oddity is Oddity.ENCODING
    else:
        assert "\r" not in text
        assert unicodedata.is_normalized("NFC", text)
        assert decode(text.encode()) == (text, [])
