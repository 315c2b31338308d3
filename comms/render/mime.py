"""Letters as bytes: an edition is encoded once, a recipient's few fields are joined in.

multipart/alternative, text before HTML, both quoted-printable UTF-8 (RFC 2045), CRLF throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import escape

from comms.errors import ContentError, PermanentFailure, TemplateError, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition, Newsletter
from comms.model.settings import Settings
from comms.render import headers
from comms.render.edition import QUOTED_ADDRESS, RECIPIENT

_CRLF: Final = b"\r\n"
_SOFT_BREAK: Final = b"=\r\n"
_LINE: Final = 75
"""Characters of a quoted-printable line before its soft break."""

_FROM: Final = list("From ")
_LITERAL: Final = frozenset(range(32, 127)) - {ord("=")} | {ord("\t")}
_OCTETS: Final = tuple(chr(octet) if octet in _LITERAL else f"={octet:02X}" for octet in range(256))
_SENDER_ID: Final = 15
"""Gmail's Feedback-ID ends with the sender: 5 to 15 characters, always the same."""


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a recipient's field stands: `html` tells in which part, and so how it is escaped."""

    name: str
    html: bool


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """An edition ready to be personalised: fixed bytes, and the fields that stand between them.

    `unsubscribe` is the mailto address up to the recipient's own address.
    """

    head: bytes
    unsubscribe: str
    pieces: tuple[bytes, ...]
    fields: tuple[_Field, ...]
    zone: ZoneInfo


def letter_template(edition: Edition, *, settings: Settings, newsletter: Newsletter) -> LetterTemplate:
    """Encode an edition once for all who get it.

    Raises ContentError (a header cannot be written) and TemplateError (a recipient's field got lost).
    """
    boundary = f"=_{edition.sha256[:32]}"
    body = list(_body(edition, boundary))
    sender = settings.sender
    subject = quote(f"Avsluta {newsletter.title}: ")
    template = LetterTemplate(
        head=_head(edition, settings, newsletter, boundary),
        unsubscribe=f"mailto:{headers.ascii_address(sender.reply_to or sender.email)}?subject={subject}",
        pieces=tuple(part for part in body if isinstance(part, bytes)),
        fields=tuple(part for part in body if isinstance(part, _Field)),
        zone=ZoneInfo(settings.timezone),
    )
    _prove(template, edition)
    return template


def personalise(
    template: LetterTemplate, *, recipient: str, recipient_name: str, message_id: str, date: datetime
) -> bytes:
    """One recipient's letter; `message_id` with or without angle brackets, `date` aware.

    Its lines end with CRLF alone and none begins with a dot: proved for the edition, kept for each field.

    Raises PermanentFailure when the address, the name or the id cannot be written in a header.
    """
    try:
        address = headers.ascii_address(recipient)
        own = {
            "To": headers.mailbox(recipient_name, recipient),
            "Date": headers.date_field(date.astimezone(template.zone)),
            "Message-ID": headers.message_id(message_id),
            "List-Unsubscribe": f"<{template.unsubscribe}{quote(address, safe='')}>",
        }
    except ContentError as error:
        raise PermanentFailure(error.message) from None
    shown = f"{recipient_name} ({address})" if recipient_name else address
    values = {
        _Field(RECIPIENT, html=True): _encoded_field(str(escape(shown))),
        _Field(RECIPIENT, html=False): _encoded_field(shown),
        _Field(QUOTED_ADDRESS, html=True): _encoded_field(quote(address, safe="")),
        _Field(QUOTED_ADDRESS, html=False): _encoded_field(quote(address, safe="")),
    }
    joined = [_written(own), template.head, template.pieces[0]]
    for field, piece in zip(template.fields, template.pieces[1:], strict=True):
        joined += (values[field], piece)
    return b"".join(joined)


def notice_message(
    *, settings: Settings, to: str, subject: str, body: str, date: datetime, message_id: str
) -> bytes:
    """A plain letter from the system to a colleague, which no machine shall answer (RFC 3834).

    Raises ContentError when a header cannot be written.
    """
    fields = {
        "From": headers.mailbox(settings.sender.name, settings.sender.email),
        "To": headers.ascii_address(to),
        "Subject": headers.unstructured(subject),
        "Date": headers.date_field(date.astimezone(ZoneInfo(settings.timezone))),
        "Message-ID": headers.message_id(message_id),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    return _written(fields) + _CRLF + quoted_printable(body) + _CRLF


def quoted_printable(text: str) -> bytes:
    """Text in lines of at most 76; none begins with a dot or `From `, which relays change."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(_quoted_line(line) for line in lines)


def _quoted_line(line: str) -> bytes:
    octets = [_OCTETS[octet] for octet in line.encode()]
    if octets and octets[-1] in {" ", "\t"}:
        octets[-1] = f"={ord(octets[-1]):02X}"
    rows: list[str] = []
    row = ""
    for number, octet in enumerate(octets):
        if len(row) + len(octet) > _LINE:
            rows.append(row)
            row = ""
        begins = not row and (octet == "." or octets[number : number + 5] == _FROM)
        row += f"={ord(octet):02X}" if begins else octet
    rows.append(row)
    return "=\r\n".join(rows).encode("ascii")


def _encoded_field(value: str) -> bytes:
    return _SOFT_BREAK + quoted_printable(value) + _SOFT_BREAK


def _head(edition: Edition, settings: Settings, newsletter: Newsletter, boundary: str) -> bytes:
    """The fields that all recipients share."""
    sender = settings.sender
    domain = headers.ascii_address(sender.email).rpartition("@")[2]
    answers = headers.ascii_address(sender.reply_to or sender.email)
    place = edition.municipality or WHOLE_AREA_KEY
    return _written(
        {
            "From": headers.mailbox(sender.name, sender.email),
            "Reply-To": answers,
            "Subject": headers.unstructured(edition.subject),
            "List-Id": f"{headers.phrase(newsletter.title)}\r\n <{newsletter.slug}.{domain}>",
            "List-Owner": f"<mailto:{answers}>",
            "Feedback-ID": ":".join(
                (edition.issue_id, f"{edition.audience}-{place}", newsletter.slug, _sender_id(domain))
            ),
            "Precedence": "bulk",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"',
        }
    )


def _sender_id(domain: str) -> str:
    """5 to 15 letters and digits that stay the same for a sender."""
    return re.sub(r"[^a-z0-9]", "", domain.lower()).ljust(5, "0")[:_SENDER_ID]


def _written(fields: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("ascii")


def _body(edition: Edition, boundary: str) -> Iterator[bytes | _Field]:
    """The two parts: bytes and fields by turns, bytes first and last."""
    before = b""
    for subtype, content in (("plain", edition.text), ("html", edition.html)):
        before += (
            f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode("ascii")
        pieces = re.split(f"{re.escape(edition.token)}([{RECIPIENT}{QUOTED_ADDRESS}])", content)
        for text, name in zip(pieces[::2], pieces[1::2], strict=False):
            yield before + quoted_printable(text)
            yield _Field(name, html=subtype == "html")
            before = b""
        before += quoted_printable(pieces[-1])
    yield before + f"\r\n--{boundary}--\r\n".encode("ascii")


def _prove(template: LetterTemplate, edition: Edition) -> None:
    """Build one letter and read it as a receiver does: no field lost, none added, nothing defect."""
    meant = edition.html.count(edition.token) + edition.text.count(edition.token)
    if meant != len(template.fields):
        raise TemplateError(
            say("Mallen ger {found} av mottagarens {meant} fält.", found=len(template.fields), meant=meant)
        )
    sample = personalise(
        template,
        recipient="prov@leader.example",
        recipient_name="Prov, Åäö",
        message_id="prov@leader.example",
        date=datetime(2026, 1, 1, tzinfo=UTC),
    )
    names = [line.partition(b":")[0].decode() for line in _field_lines(sample)]
    parsed = message_from_bytes(sample)
    parts = [part.get_content_type() for part in parsed.walk()]
    lines = sample.split(b"\r\n")
    if any(line.startswith(b".") or b"\r" in line or b"\n" in line for line in lines):
        raise ContentError(say("Brevet har rader som inte får förekomma i mejl."))
    whole = parts == ["multipart/alternative", "text/plain", "text/html"]
    if parsed.keys() != names or len(set(names)) != len(names) or parsed.defects or not whole:
        raise ContentError(say("Brevet går inte att skriva som e-post: {names}.", names=", ".join(names)))


def _field_lines(letter: bytes) -> Sequence[bytes]:
    head = letter.partition(b"\r\n\r\n")[0]
    return [line for line in head.split(b"\r\n") if not line.startswith(b" ")]
