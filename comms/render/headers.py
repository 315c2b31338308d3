"""Header fields of e-mail, written by hand: Python's own writer loses spaces and breaks long List-* fields.

RFC 5322 (fields), RFC 2047 (encoded words, at most 75 characters, cut between characters), RFC 2369 and
RFC 2919 (List-*). No field is ever given to `email`'s parser on its way out.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from comms.errors import ContentError, say

_WORD_BYTES = 45
"""Bytes of UTF-8 in one encoded word: 12 + 60 + 2 characters, under the 75 that RFC 2047 allows."""

_PLAIN_TEXT = re.compile(r"[!-~]+( [!-~]+)*")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._%+=-]+@[A-Za-z0-9.-]+")
_LONGEST_PLAIN = 60
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no header may hold: control characters, surrogates, line and paragraph marks."""


def unstructured(text: str) -> str:
    """A Subject's value, folded. Raises ContentError for characters that could start another field."""
    refuse_control(text)
    short = len(text) <= _LONGEST_PLAIN
    if short and _PLAIN_TEXT.fullmatch(text) and "=?" not in text:
        return text
    return "\r\n ".join(_encoded_words(text))


def phrase(text: str) -> str:
    """A display name or a list's title, never as a quoted string. Raises ContentError."""
    refuse_control(text)
    short = len(text) <= _LONGEST_PLAIN
    if short and _PLAIN_PHRASE.fullmatch(text):
        return text
    return "\r\n ".join(_encoded_words(text))


def mailbox(name: str, address: str) -> str:
    """`Namn <adress>` or the address alone. Raises ContentError."""
    written = ascii_address(address)
    return f"{phrase(name)}\r\n <{written}>" if name else written


def ascii_address(address: str) -> str:
    """An address as it may stand in a field: the domain as A-labels (RFC 5891). Raises ContentError."""
    local, _, domain = address.rpartition("@")
    try:
        written = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        written = ""
    if not _ADDRESS.fullmatch(written) or "=?" in written:
        raise ContentError(say("Adressen {address} går inte att skicka till.", address=repr(address)))
    return written


def message_id(stem: str) -> str:
    """A Message-ID with its angle brackets. Raises ContentError."""
    bare = stem.removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(bare):
        raise ContentError(say("{stem} går inte att använda som Message-ID.", stem=repr(stem)))
    return f"<{bare}>"


def date_field(instant: datetime) -> str:
    """An aware time with its own numeric zone (RFC 5322, 3.3)."""
    return format_datetime(instant)


def refuse_control(text: str) -> None:
    """Raise ContentError for a character that no header may hold."""
    for sign in text:
        if unicodedata.category(sign) in _FORBIDDEN:
            raise ContentError(
                say(
                    "”{text}” innehåller ett styrtecken (U+{code}) och kan inte stå i ett brevhuvud.",
                    text=text.encode("unicode_escape").decode("ascii"),
                    code=f"{ord(sign):04X}",
                )
            )


def _encoded_words(text: str) -> Iterator[str]:
    """The whole text as B-encoded words; a cut never falls within a character."""
    word = b""
    for sign in text:
        encoded = sign.encode()
        if len(word) + len(encoded) > _WORD_BYTES:
            yield _b_word(word)
            word = b""
        word += encoded
    if word:
        yield _b_word(word)


def _b_word(content: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(content).decode('ascii')}?="
