"""A letter that came back, taken apart within limits: what readers of such letters look at, and no more.

It is hostile: ten thousand parts, parts within parts, megabytes without an end of line. So only its beginning
is looked at, cut before the parser sees it; what a returned letter says stands before what it carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from html import unescape
from itertools import islice
from typing import TypeAlias

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Names, small, and values, unfolded, in their order."""

UNDOABLE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MessageError),
    *(RecursionError, TypeError, ValueError),
)
"""What Python's e-mail package, and what is built on it, raises over a letter that is badly broken."""

_MOST = 256 * 1024
"""Bytes of a letter that are looked at."""

_MOST_LINES, _LONGEST_LINE = 5000, 2000
_MOST_TYPES = 40
"""Parts that say what they are. Without saying, no part holds another: so this bounds the depth too."""

_MOST_GAPS = 2000
"""Empty lines: each begins a message of its own in a report of delivery."""

_MOST_PARTS, _MOST_FIELDS, _MOST_TEXT = 60, 300, 64 * 1024
_EOL = re.compile(rb"\r\n?")
_FIELD = re.compile(r"([A-Za-z][\w.-]{0,70})[ \t]*:[ \t]*(.*)")
_STYLE = re.compile(r"<(?:style|script)\b", re.IGNORECASE)
_STYLE_END = re.compile(r"</(?:style|script)>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(?![^<>\s]{1,300}@)[^<>]*>")
"""A tag; not an address in angle brackets, which some servers write into their HTML as it is."""

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
    | {"message/partial", "message/rfc822-headers"}
)
_REPORT_TYPE = "message/feedback-report"


@dataclass(slots=True)
class Letter:
    """A returned letter: its own header, what it says, its reports, and the header of what it carries.

    `statuses` are the groups of fields of reports of delivery (RFC 3464), `report` those of a complaint
    (RFC 5965). `kind` is its type and, of a report, what it reports: `multipart/report delivery-status`.
    `content` is as much of it as was looked at, for readers of others.
    """

    content: bytes
    fields: Fields = ()
    kind: str = ""
    text: str = ""
    statuses: list[Fields] = field(default_factory=list)
    report: Fields = ()
    returned: Fields = ()


def open_letter(content: bytes) -> Letter:
    """Take a letter apart. Never raises for what it holds; what cannot be read is left out."""
    letter, message = Letter(_shortened(content)), Message()
    with suppress(*UNDOABLE):
        message = BytesParser(policy=compat32).parsebytes(letter.content)
        letter.fields = _fields_of(message)
    with suppress(*UNDOABLE):
        letter.kind = f"{message.get_content_type()} {message.get_param('report-type') or ''}".strip().lower()
    texts: list[str] = []
    with suppress(*UNDOABLE):
        for part in islice(_parts(message), _MOST_PARTS):
            with suppress(*UNDOABLE):
                _take(part, letter, texts)
    letter.text = "\n\n".join(texts)[:_MOST_TEXT]
    return letter


def values(fields: Fields, *names: str) -> Iterator[str]:
    """What stands in fields of these names, those of the first name first."""
    return (value for name in names for key, value in fields if key == name)


def first(fields: Fields, *names: str) -> str:
    """What stands in the first such field, or ""."""
    return next(values(fields, *names), "")


def fields_in(lines: Iterable[str]) -> Fields:
    """Fields from lines of text, those that are folded in one; lines that are none are left out."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and found:
            name, value = found[-1]
            if len(value) < _LONGEST_LINE:
                found[-1] = (name, f"{value} {line.strip()}")
        elif (row := _FIELD.match(line)) and len(found) < _MOST_FIELDS:
            found.append((row[1].lower(), row[2].strip()))
    return tuple(found)


def subject(letter: Letter) -> str:
    """The letter's subject as people read it; one that cannot be decoded stands as it is."""
    value = first(letter.fields, "subject")[:1000]
    with suppress(*UNDOABLE):
        return str(make_header(decode_header(value)))
    return value


def _shortened(content: bytes) -> bytes:
    """The beginning of a letter, with few enough lines, gaps and types for any parser."""
    lines: list[bytes] = []
    types = gaps = 0
    for line in _EOL.sub(b"\n", content[:_MOST]).split(b"\n")[:_MOST_LINES]:
        types += line[:13].lower() == b"content-type:"
        gaps += not line.strip()
        if types > _MOST_TYPES or gaps > _MOST_GAPS:
            break
        lines.append(line[:_LONGEST_LINE])
    return b"\n".join(lines)


def _parts(message: Message) -> Iterator[Message]:
    """The letter's parts, not going into those that it carries from elsewhere."""
    kind = message.get_content_type()
    inside = message.get_payload()
    if kind.startswith("message/") or not isinstance(inside, list):
        yield message
        return
    for part in inside:
        if isinstance(part, Message):
            yield from _parts(part)


def _take(part: Message, letter: Letter, texts: list[str]) -> None:
    kind = part.get_content_type()
    if kind in _STATUS_TYPES:
        groups = re.split(r"\n[ \t]*\n", _whole(part).strip())
        letter.statuses += [fields for group in groups if (fields := fields_in(group.split("\n")))]
    elif kind == _REPORT_TYPE:
        letter.report = letter.report or fields_in(_whole(part).split("\n"))
    elif kind in _RETURNED_TYPES:
        letter.returned = letter.returned or _header(_whole(part))
    elif part.get_content_maintype() == "text" and sum(map(len, texts)) < _MOST_TEXT:
        text = _text(part)
        texts.append(_without_tags(text) if kind == "text/html" else text)


def _header(text: str) -> Fields:
    """The fields before the first empty line."""
    return fields_in(re.split(r"\n[ \t]*\n", text.lstrip("\n"), maxsplit=1)[0].split("\n"))


def _whole(part: Message) -> str:
    """A part as text, whatever the parser made of it: one of type message/… it has already taken apart."""
    inside = part.get_payload()
    if not isinstance(inside, list):
        return _text(part)
    pieces = []
    for piece in inside:
        if not isinstance(piece, Message):
            continue
        head = "\n".join(f"{name}: {value}" for name, value in _rows(piece))
        rest = piece.get_payload()
        pieces.append(f"{head}\n\n{_legible(rest) if isinstance(rest, str) else ''}".lstrip("\n"))
    text = "\n".join(pieces)
    if str(part.get("content-transfer-encoding", "")).strip().lower() in {"base64", "quoted-printable"}:
        packed = Message()
        packed["Content-Transfer-Encoding"] = part["content-transfer-encoding"]
        packed.set_payload(text)
        return _text(packed)
    return text


def _text(part: Message) -> str:
    """What a part says, in its charset; in UTF-8 or Latin-1 when it names none that is known."""
    raw = part.get_payload(decode=True)
    content = raw[:_MOST] if isinstance(raw, bytes) else b""
    for charset in (part.get_param("charset"), "utf-8"):
        with suppress(LookupError, ValueError, TypeError):
            return _EOL.sub(b"\n", content).decode(str(charset or "utf-8").strip("'\" "))
    return _EOL.sub(b"\n", content).decode("latin-1")


def _fields_of(message: Message) -> Fields:
    rows = islice(_rows(message), _MOST_FIELDS)
    return tuple((name.strip().lower(), " ".join(value.split())[:_LONGEST_LINE]) for name, value in rows)


def _rows(message: Message) -> Iterator[tuple[str, str]]:
    """Names and values as they stand: read by key, bytes beyond ASCII would be lost."""
    return ((name, _legible(str(value))) for name, value in message.raw_items())


def _legible(text: str) -> str:
    """A header's or a part's bytes, which the parser keeps as half characters, as UTF-8 or Latin-1."""
    content = text.encode("utf-8", "surrogateescape")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    return content.decode("latin-1")


def _without_tags(html: str) -> str:
    """HTML as text, line by line."""
    before, *styled = _STYLE.split(html)
    kept = before + "".join(_after(piece) for piece in styled)
    return unescape(_TAG.sub(" ", _BREAK.sub("\n", kept)))


def _after(piece: str) -> str:
    end = _STYLE_END.search(piece)
    return piece[end.end() :] if end else ""
