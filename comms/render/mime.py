"""Letters as bytes: an edition is encoded once, a recipient's few fields are joined in.

multipart/alternative, text before HTML, both quoted-printable UTF-8 (RFC 2045), CRLF throughout.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from functools import lru_cache
from hashlib import sha256
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import escape

from comms.errors import ContentError, PermanentFailure, TemplateError, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition, Newsletter
from comms.model.settings import Settings
from comms.render import headers
from comms.render.addresses import newsletter_path, url
from comms.render.edition import QUOTED_ADDRESS, REASON, RECIPIENT, UNSUBSCRIBE, unsubscribe_by_mail

_CRLF: Final = b"\r\n"
_SOFT_BREAK: Final = b"=\r\n"
_LINE: Final = 75
"""Characters of a quoted-printable line before its soft break."""

_BASE64_OCTETS: Final = 57
"""Octets of a line of 76 signs in base64."""

_PLAIN: Final = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "quoted-printable",
}
# The method is the file's own (RFC 6047, 2.4); PUBLISH asks nobody for an answer.
_ICS: Final = {
    "Content-Type": 'text/calendar; charset=utf-8; method=PUBLISH;\r\n name="publicera.ics"',
    "Content-Disposition": 'attachment;\r\n filename="publicera.ics"',
    "Content-Transfer-Encoding": "base64",
}

_FROM: Final = list("From ")
_LITERAL: Final = frozenset(range(32, 127)) - {ord("=")} | {ord("\t")}
_OCTETS: Final = tuple(chr(octet) if octet in _LITERAL else f"={octet:02X}" for octet in range(256))
_SENDER_ID: Final = 15
"""Gmail's Feedback-ID ends with the sender: 5 to 15 characters, always the same."""

_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]+@[A-Za-z0-9.-]+")
"""An address of which a link holds all signs as they are, but the @ (RFC 3986, 2.3)."""

_VALUES: Final = {
    (RECIPIENT, "html"): 0,
    (RECIPIENT, "plain"): 1,
    (QUOTED_ADDRESS, "html"): 2,
    (QUOTED_ADDRESS, "plain"): 2,
    (UNSUBSCRIBE, "html"): 3,
    (UNSUBSCRIBE, "plain"): 4,
    (REASON[0], "html"): 5,
    (REASON[0], "plain"): 6,
}
"""A recipient's field, by the part that it stands in: which of the recipient's written values it takes."""

_FIELDS: Final = f"{RECIPIENT}{QUOTED_ADDRESS}{UNSUBSCRIBE}{REASON[0]}"
_LINES: Final = r"[!-~][ -~]{0,960}(?:\r\n [!-~][ -~]{0,960})*\r\n"
_OWN: Final = re.compile(
    rf"To: {_LINES}Date: {_LINES}Message-ID: <[!-~]+>\r\nList-Unsubscribe: <{_LINES}"
    r"(?:List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n)?"
)
"""A recipient's fields in this order, each once, no line above 998 octets: a name can add no other."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a copy's subscription is ended, when not by a mail to the office.

    `page` is the https address that does it by a POST (RFC 8058) and shows a page to who opens it; `mail` a
    mailto address that does it too.
    """

    page: str = ""
    mail: str = ""


BY_HAND: Final = WayOut()


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """An edition ready to be personalised.

    `begin` are the bytes from the fields that all share to a recipient's first field in the body, `rest` the
    recipient's fields (numbers of `_VALUES`), each with the bytes after it. `unsubscribe` is the mailto
    address up to the recipient's own address. `reasons` are why an office gets it and why a subscriber does,
    each as written in HTML and in text.
    """

    begin: bytes
    rest: tuple[tuple[int, bytes], ...]
    unsubscribe: str
    zone: ZoneInfo
    reasons: tuple[tuple[bytes, bytes], tuple[bytes, bytes]]


def letter_template(edition: Edition, *, settings: Settings, newsletter: Newsletter) -> LetterTemplate:
    """Encode an edition once for all who get it.

    Raises ContentError (a header cannot be written) and TemplateError (a recipient's field got lost).
    """
    boundary = f"=_{edition.sha256[:32]}"
    edition, reason = _without_reason(edition)
    first, *rest = _body(edition, boundary)
    subscribes = str(say("Du får brevet för att du prenumererar på {title}.", title=newsletter.title))
    template = LetterTemplate(
        begin=_head(edition, settings, newsletter, boundary) + first[1],
        rest=tuple(rest),
        unsubscribe=unsubscribe_by_mail(settings, newsletter.title),
        zone=ZoneInfo(settings.timezone),
        reasons=(reason, (_quoted_line(str(escape(subscribes))), quoted_printable(subscribes))),
    )
    _prove(template, edition)
    return template


def personalise(
    template: LetterTemplate,
    *,
    recipient: str,
    recipient_name: str,
    message_id: str,
    date: datetime,
    subscribes: bool = False,
    way_out: WayOut = BY_HAND,
) -> bytes:
    """One recipient's letter; `message_id` with or without angle brackets, `date` aware.

    `subscribes`: the recipient has asked for it, and is told so. `way_out`: how this subscription is ended.
    Its lines end with CRLF alone and none begins with a dot: proved for the edition, kept for each field.

    Raises PermanentFailure when the address, the name or the id cannot be written in a header.
    """
    try:
        address = headers.ascii_address(recipient)
        quoted = address.replace("@", "%40") if _UNRESERVED.fullmatch(address) else quote(address, safe="")
        by_mail = way_out.mail or template.unsubscribe + quoted
        own = (
            f"To: {headers.named(recipient_name, address)}\r\n"
            f"Date: {_local(date, template.zone)}\r\n"
            f"Message-ID: {headers.message_id(message_id)}\r\n"
            f"{headers.unsubscribing(by_mail, way_out.page)}"
        )
    except ContentError as error:
        raise PermanentFailure(error.message) from None
    if not _OWN.fullmatch(own):
        raise PermanentFailure(say("Adressen {address} går inte att skicka till.", address=repr(recipient)))
    shown = f"{recipient_name} ({address})" if recipient_name else address
    escaped, plain = str(escape(shown)), _quoted_line(shown)
    end = way_out.page or by_mail
    values = (
        plain if escaped == shown else _quoted_line(escaped),
        plain,
        _quoted_line(quoted),
        _quoted_line(str(escape(end))),
        _quoted_line(end),
        *template.reasons[subscribes],
    )
    joined = [own.encode("ascii"), template.begin]
    for field, piece in template.rest:
        joined.append(values[field])
        joined.append(piece)
    return b"".join(joined)


@lru_cache(maxsize=8)
def _local(instant: datetime, zone: ZoneInfo) -> str:
    """The Date field; letters of a run share their instants."""
    return headers.date_field(instant.astimezone(zone))


def notice_message(  # noqa: PLR0913 - a letter is these things; each is named where it is given
    *,
    settings: Settings,
    to: str,
    subject: str,
    body: str,
    date: datetime,
    message_id: str,
    calendar: str = "",
    reply_to: str = "",
) -> bytes:
    """A plain letter from the system to one person, which no machine shall answer (RFC 3834).

    `calendar`: an iCalendar file that comes with it. `reply_to`: who reads the answer, if not the sender.
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
    }
    if reply_to:
        fields["Reply-To"] = headers.ascii_address(reply_to)
    if not calendar:
        return headers.written({**fields, **_PLAIN}) + _CRLF + quoted_printable(body) + _CRLF
    boundary = f"=_{sha256(f'{message_id} {subject}'.encode()).hexdigest()[:32]}"
    mixed = {**fields, "Content-Type": f'multipart/mixed;\r\n boundary="{boundary}"'}
    parts = ((_PLAIN, quoted_printable(body) + _CRLF), (_ICS, _base64(calendar.encode())))
    return b"".join(
        (
            headers.written(mixed),
            *(
                f"\r\n--{boundary}\r\n".encode("ascii") + headers.written(head) + _CRLF + content
                for head, content in parts
            ),
            f"\r\n--{boundary}--\r\n".encode("ascii"),
        )
    )


def _base64(content: bytes) -> bytes:
    """In lines of 76 (RFC 2045, 6.8): no line begins with a dot or `From `, and every octet arrives."""
    return _CRLF.join(
        b2a_base64(content[start : start + _BASE64_OCTETS], newline=False)
        for start in range(0, len(content), _BASE64_OCTETS)
    )


def quoted_printable(text: str) -> bytes:
    """Text in lines of at most 76; none begins with a dot or `From `, which relays change."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(_quoted_line(line) for line in lines)


def _quoted_line(line: str) -> bytes:
    quick = b2a_qp(line.encode(), istext=False)
    if len(quick) <= _LINE and not quick.startswith((b".", b"From ")):
        return quick
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


def _head(edition: Edition, settings: Settings, newsletter: Newsletter, boundary: str) -> bytes:
    """The fields that all recipients share."""
    sender = settings.sender
    domain = headers.ascii_address(sender.email).rpartition("@")[2]
    answers = headers.ascii_address(sender.reply_to or sender.email)
    place = edition.municipality or WHOLE_AREA_KEY
    fields = {
        "From": headers.mailbox(sender.name, sender.email),
        "Reply-To": answers,
        "Subject": headers.unstructured(edition.subject),
        "List-Id": headers.list_id(newsletter.title, f"{newsletter.slug}.{domain}"),
        "List-Owner": f"<mailto:{answers}>",
        "Feedback-ID": ":".join(
            (edition.issue_id, f"{edition.audience}-{place}", newsletter.slug, _sender_id(domain))
        ),
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"',
    }
    if settings.base_url:
        archive = headers.web_address(url(settings, newsletter_path(newsletter.slug)))
        fields["List-Archive"] = f"<{archive}>"
    return headers.written(fields)


def _sender_id(domain: str) -> str:
    """5 to 15 letters and digits that stay the same for a sender."""
    return re.sub(r"[^a-z0-9]", "", domain.lower()).ljust(5, "0")[:_SENDER_ID]


def _body(edition: Edition, boundary: str) -> Iterator[tuple[int, bytes]]:
    """The two parts, cut at the recipient's fields: each field and the bytes after it, first none."""
    field, after = -1, b""
    for subtype, content in (("plain", edition.text), ("html", edition.html)):
        after += (
            f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode("ascii")
        first, *pieces = re.split(f"{re.escape(edition.token)}([{_FIELDS}])", content)
        after += quoted_printable(first)
        for name, text in zip(pieces[::2], pieces[1::2], strict=True):
            yield field, after + _SOFT_BREAK
            field, after = _VALUES[name, subtype], _SOFT_BREAK + quoted_printable(text)
    yield field, after + f"\r\n--{boundary}--\r\n".encode("ascii")


def _without_reason(edition: Edition) -> tuple[Edition, tuple[bytes, bytes]]:
    """The edition with one field where its audience's reason stood, and that reason in HTML and in text."""
    begin, end = (f"{edition.token}{field}" for field in REASON)
    enclosed = re.compile(f"{begin}(.*?){end}", re.DOTALL)
    reasons = [enclosed.search(content) for content in (edition.html, edition.text)]
    html, text = (quoted_printable(found[1]) if found else b"" for found in reasons)
    shorter = replace(edition, html=enclosed.sub(begin, edition.html), text=enclosed.sub(begin, edition.text))
    return shorter, (html, text)


def _prove(template: LetterTemplate, edition: Edition) -> None:
    """Build one letter and read it as a receiver does: no field lost, none added, nothing defect."""
    meant = edition.html.count(edition.token) + edition.text.count(edition.token)
    if meant != len(template.rest):
        raise TemplateError(
            say("Mallen ger {found} av mottagarens {meant} fält.", found=len(template.rest), meant=meant)
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
