"""Header fields of e-mail, written by hand: Python's own writer loses spaces and breaks long List-* fields.

RFC 5322 (fields), RFC 2047 (encoded words, at most 75 characters, cut between characters, in lines of at
most 76), RFC 2369, RFC 2919 and RFC 8058 (List-*). No field is ever given to `email`'s parser on its way out.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

from comms.errors import ContentError, say
from comms.text.encoding import OFF_A_LINE
from comms.text.hosts import ascii_domain

_WORD_BYTES = 45
"""Bytes of UTF-8 in one encoded word: 12 + 60 characters, under the 75 that RFC 2047 allows."""

_FIRST_WORD_BYTES = 39
"""The same for the word that shares its line with the field's name: `Reply-To: ` is the longest."""

_LONGEST_PLAIN = 60
_LONGEST_LINE = 998
_LONGEST_LOCAL = 64
_LONGEST_LIST_ID = 255
"""RFC 5322, 2.1.1; RFC 5321, 4.5.3.1.1; RFC 2919, 3."""

_LONGEST_URL = 500
_PLAIN_TEXT = re.compile(r"[!-~]+( [!-~]+)*")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LOCAL = re.compile(_ATOMS)
_LIST_ID = re.compile(rf"{_ATOMS}\.[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._%+=-]+")
_HTTPS = re.compile(
    r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]+)?/[A-Za-z0-9/?&=._~%+@:;!$'*-]*"
)
"""https, but on the sender's own machine, where somebody tries it out."""

_HOST = re.compile(r"[A-Za-z0-9.-]+")


def unstructured(text: str) -> str:
    """A Subject's value, folded. Raises ContentError for characters that could start another field."""
    refuse_control(text)
    if len(text) <= _LONGEST_PLAIN and _PLAIN_TEXT.fullmatch(text) and "=?" not in text:
        return text
    return _encoded(text)


def phrase(text: str) -> str:
    """A display name or a list's title, never as a quoted string. Raises ContentError."""
    refuse_control(text)
    if len(text) <= _LONGEST_PLAIN and _PLAIN_PHRASE.fullmatch(text):
        return text
    return _encoded(text)


def mailbox(name: str, address: str) -> str:
    """`Namn <adress>` or the address alone. Raises ContentError."""
    return named(name, ascii_address(address))


def named(name: str, written: str) -> str:
    """`mailbox` of an address that is written already. Raises ContentError for the name."""
    return f"{phrase(name)}\r\n <{written}>" if name else written


def ascii_address(address: str) -> str:
    """An address as it may stand in a field: the domain as A-labels, the rest ASCII within RFC 5321's limits.

    Raises ContentError: a local part with å, ä or ö needs SMTPUTF8 (RFC 6531), which few relays have.
    """
    local, _, domain = address.rpartition("@")
    try:
        written = ascii_domain(domain)
    except ValueError:
        written = ""
    fits = len(local) <= _LONGEST_LOCAL and _LOCAL.fullmatch(local) and "=?" not in local
    if not (written and fits):
        raise ContentError(say("Adressen {address} går inte att skicka till.", address=repr(address)))
    return f"{local}@{written}"


def message_id(stem: str) -> str:
    """A Message-ID with its angle brackets, its domain as A-labels. Raises ContentError."""
    left, _, domain = stem.removeprefix("<").removesuffix(">").rpartition("@")
    try:
        written = ascii_domain(domain)
    except ValueError:
        written = ""
    if not (written and _MESSAGE_ID.fullmatch(left)):
        raise ContentError(say("{stem} går inte att använda som Message-ID.", stem=repr(stem)))
    return f"<{left}@{written}>"


def date_field(instant: datetime) -> str:
    """An aware time with its own numeric zone (RFC 5322, 3.3)."""
    return format_datetime(instant)


def list_id(title: str, identity: str) -> str:
    """`Titel <identity>`; an identity is a name below a domain of ours, for the list's whole life (RFC 2919).

    Raises ContentError.
    """
    if len(identity) > _LONGEST_LIST_ID or not _LIST_ID.fullmatch(identity):
        raise ContentError(say("{name} går inte att använda som List-Id.", name=repr(identity)))
    return f"{phrase(title)}\r\n <{identity}>"


def unsubscribing(mailto: str, one_click: str = "") -> str:
    """The field List-Unsubscribe, and List-Unsubscribe-Post when a page keeps the promise of one click.

    `mailto` and `one_click` are addresses of ASCII, as they stand between angle brackets. The https form
    comes first, because clients take the first that they can (RFC 2369, 3.2), and turns one click on
    (RFC 8058, 3.1). Written raw and folded after the comma alone: in an encoded word Gmail shows no button.
    Raises ContentError for a page's address that is not https, above 500 characters, or holds `<` or `,`.
    """
    if not one_click:
        return f"List-Unsubscribe: <{mailto}>\r\n"
    if len(one_click) > _LONGEST_URL or not _HTTPS.fullmatch(one_click):
        raise ContentError(say("{url} går inte att använda för avanmälan.", url=repr(one_click)))
    return (
        f"List-Unsubscribe: <{one_click}>,\r\n <{mailto}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )


def web_address(url: str) -> str:
    """A page's address as it may stand between angle brackets: ASCII, without `<`, `>` and `,`.

    Raises ContentError when its host cannot be written.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = host if _HOST.fullmatch(host) else ascii_domain(host)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ContentError(say("Webbadressen {url} går inte att skriva i ett brev.", url=repr(url))) from None
    return f"{parts.scheme}://{host}{port}{quote(parts.path, safe='/%~:@!$&+;=')}"


def written(fields: Mapping[str, str]) -> bytes:
    """The fields as bytes, CRLF after each. Raises ContentError for a line above RFC 5322's 998 octets."""
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    if len(block) > _LONGEST_LINE:
        for line in block.split("\r\n"):
            if len(line) > _LONGEST_LINE:
                raise ContentError(
                    say("Fältet {name} blir för långt för ett brevhuvud.", name=line.partition(":")[0])
                )
    return block.encode("ascii")


def refuse_control(text: str) -> None:
    """Raise ContentError for a character that no header may hold; the text is shown, the character named."""
    found = OFF_A_LINE.search(text)
    if found:
        raise ContentError(
            say(
                "”{text}” innehåller ett styrtecken (U+{code}) och kan inte stå i ett brevhuvud.",
                text=OFF_A_LINE.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text),
                code=f"{ord(found[0]):04X}",
            )
        )


def _encoded(text: str) -> str:
    """The whole text as B-encoded words; a cut never falls within a character."""
    whole = text.encode()
    if len(whole) <= _FIRST_WORD_BYTES:
        return _word(whole)
    words = []
    begin, room = 0, _FIRST_WORD_BYTES
    while begin < len(whole):
        end = min(begin + room, len(whole))
        while end < len(whole) and whole[end] & 0xC0 == 0x80:  # noqa: PLR2004 - the mark of a following octet
            end -= 1
        words.append(_word(whole[begin:end]))
        begin, room = end, _WORD_BYTES
    return "\r\n ".join(words)


def _word(content: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(content, newline=False).decode('ascii')}?=" if content else ""
