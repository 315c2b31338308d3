"""The bytes of a text file -> clean text: UTF-8, LF, NFC, no byte order mark, every oddity named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from comms.errors import Text, say

_BOM = b"\xef\xbb\xbf"
_UNSEEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
CONTROL = re.compile(f"[{_UNSEEN}]")
"""Signs that steer and are not seen; line feed and tab aside. Half signs (surrogates) cannot be written.

The marks that turn the direction of writing come along from Facebook; by them one name can be made to look
like another (UAX 9), and nothing in Swedish needs them.
"""

OFF_A_LINE = re.compile(f"[\t\n{_UNSEEN}]")
"""What no text on one line may hold: a field of a letter's head, a setting."""


class Oddity(StrEnum):
    """What can be odd in a text file. A wrong encoding cannot be read; a control sign is made a blank."""

    ENCODING = "encoding"
    MARK = "byte-order-mark"
    LINE_ENDS = "line-ends"
    LOOSE_ACCENTS = "loose-accents"
    CONTROL = "control-sign"


@dataclass(frozen=True, slots=True)
class Found:
    """An oddity with its first place, line and column counted from 1."""

    oddity: Oddity
    line: int
    column: int
    message: Text
    hint: Text


def decode(content: bytes) -> tuple[str | None, list[Found]]:
    """Read bytes as UTF-8; the text (None when they are something else) and what was odd."""
    found: list[Found] = []
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
        message = say("Filen börjar med en osynlig markering (BOM).")
        found.append(Found(Oddity.MARK, 1, 1, message, say("Spara som UTF-8 utan BOM.")))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as cause:
        before = content[: cause.start].decode("utf-8")
        return None, [*found, _wrong_encoding(before, content)]
    if "\r" in text:
        message = say("Filen har radslut från Windows (CRLF).")
        hint = say("Inget behöver göras; välj gärna radslut LF i redigeraren.")
        found.append(Found(Oddity.LINE_ENDS, *_after(text[: text.index("\r")]), message, hint))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        same = next((n for n, pair in enumerate(zip(text, composed, strict=False)) if pair[0] != pair[1]), 0)
        message = say("Å, ä eller ö är skrivet med löst accenttecken (NFD), vanligt i filer från Mac.")
        hint = say("Inget behöver göras: texten läses som vanliga bokstäver.")
        found.append(Found(Oddity.LOOSE_ACCENTS, *_after(text[:same]), message, hint))
    found += _control_signs(composed)
    return CONTROL.sub(" ", composed), found


def _wrong_encoding(before: str, content: bytes) -> Found:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    name = "UTF-16" if utf16 else "Windows-1252 (ANSI)"
    message = say("Filen är inte sparad som UTF-8; den ser ut att vara {name}.", name=name)
    return Found(Oddity.ENCODING, *_after(before), message, say("Spara om filen med kodningen UTF-8."))


def _control_signs(text: str) -> Iterator[Found]:
    """The first of each kind: a file that is no text has thousands."""
    kinds: set[str] = set()
    for sign in CONTROL.finditer(text):
        if sign.group() not in kinds:
            kinds.add(sign.group())
            yield Found(Oddity.CONTROL, *_after(text[: sign.start()]), *control_sign(sign.group()))


def control_sign(sign: str) -> tuple[Text, Text]:
    """What is said of a sign in `CONTROL`: message and hint."""
    message = say("Här står ett osynligt styrtecken ({name}).", name=f"U+{ord(sign):04X}")
    return message, say("Ta bort tecknet; skriv om raden om det inte syns.")


def _after(before: str) -> tuple[int, int]:
    """The place after `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
