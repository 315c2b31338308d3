"""A letter that came back, read: bytes to values, whatever the bytes are.

In this order: a complaint (ARF); a report of delivery (RFC 3464); an answer by a machine (RFC 3834); then, if
a server may have written it, the addresses that flufl.bounce finds, or those that our own reader finds, and
why by our own table of reasons. So a report with `Auto-Submitted: auto-replied`, as Postfix and Exim write
it, is a report, and one who is away and quotes "user unknown" is away.

Nothing here is proof: whoever writes to the mailbox decides what it says. Which copy a value is about must be
shown by `paths` that carry our own mark.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from itertools import islice

from comms.inbox.complaints import read_complaint
from comms.inbox.dsn import clean, read_dsn
from comms.inbox.reading import harmless
from comms.inbox.returned_letter import (
    UNDOABLE,
    Fields,
    Letter,
    fields_in,
    first,
    open_letter,
    subject,
    values,
)
from comms.model.bounce import Reason, Returned, ReturnKind
from comms.text.reasons import UNSAID, classify, status_of

UNKNOWN = Reason("unknown", ReturnKind.UNREADABLE)
"""A letter that says nothing that we understand."""

_AUTOMATIC = Reason("automatic", ReturnKind.AUTOMATIC)
_DELAYED = Reason("delayed", ReturnKind.DELAY)

_MOST = 20
_SAID = 8000
_PLAIN = bytes(byte if 0 < byte < 128 else ord("?") for byte in range(256))  # noqa: PLR2004 - ASCII

_DAEMONS = re.compile(
    r"(mailer-?daemon|postmaster|mail-?admin|mail[.-]?delivery|mailmaster|maildelivery"
    r"|microsoftexchange\w*|bounces?|no-?reply|do-?not-?reply|administrator|listserv|hostmaster|abuse"
    r"|support|helpdesk)(?![a-z])",
    re.IGNORECASE,
)
_WRITERS = re.compile(
    r"mailer-?daemon|post ?master|mail delivery (sub)?system|mail administrator|system administrator"
    r"|mailadm|microsoft (exchange|outlook)|delivery (service|notification)"
    r"|systemadministratör|jetmail|^\s*(<>)?\s*$",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"undeliver|non-?deliver|deliver(y|ed|ing)? .{0,30}(fail|status|notif|problem|error|delay)"
    r"|fail(ure|ed).{0,20}(notice|deliver)|return(ed|ing) (mail|to)|mail (error|could)"
    r"|not .{0,20}delivered|mail ?delivery|delayed|user unknown|bounce"
    r"|oleverer|obeställbar|lever(er|ans).{0,40}(inte|miss|fel|fördröj)"
    r"|(inte|misslyck|fel).{0,40}lever|returnerat"
    r"|results of your email",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^\W*((re|sv|aw)\s*:\s*)*("
    r"auto(matiskt?)?[- ]?svar|automatic reply|auto(matic)?[- ]?(reply|response)"
    r"|frånvaro|(jag är )?(frånvarande|bortrest|på semester)"
    r"|out[- ]of[- ](the[- ])?office|(on )?vacation"
    r"|semester\b|(ej|inte) på (kontoret|plats)|(tjänst|föräldra)ledig"
    r"|automatische antwort|réponse automatique)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\bdelayed\b|not yet been (delivered|able)|yet to be delivered|still being retried|warning only"
    r"|just a warning|(continue|try|keep|attempt\w*) to (attempt|deliver|retry|send)"
    r"|(do not|don.t) (need to )?resend|postponed"
    r"|fördröj|försena|försöker (leverera )?igen|inte (kunnat )?levererats än"
    r"|ännu inte (kunnat )?lever",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"permanent|giv(en|ing) up|not (going|be) (to try again|retried|attempted)|no further"
    r"|(delivery )?failed after"
    r"|ger upp|gett upp|slutgiltig|inga fler försök",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"(?im)^[^\w\n]{0,40}("
    r"below this line is a copy|this is a copy of"
    r"|copy of (the|your) (original )?message"
    r"|(start of )?(the )?(original|returned|unsent) message( headers?| follows| text| below)?[^\w\n]{0,80}$"
    r"|original message headers|message headers? follow"
    r"|ursprungligt meddelande|ursprungliga meddelande\w*|meddelandets rubriker"
    r"|(here )?follows the|included (below )?is|a copy of (the|your) message"
    r"|header of the source mail).*$"
)
_BARE = re.compile(
    r"(?:(?<=SMTP=)|(?<![\w.+@=/-]))[^\s<>@:;,\"()\[\]*/=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
_LEADING = re.compile(r"^[\s*•>\[<(\"'-]{0,12}(?:(?:mailto|smtp|rfc822)[:;]\s*)?$", re.IGNORECASE)
_TELLING = re.compile(
    r"recipient|address|mottag|adress|unknown|user|mailbox|quota|\bto\b|\btill\b|fail|account"
    r"|\b[45]\d\d\b|error|smtp|(generated|expanded) from",
    re.IGNORECASE,
)
_OF_HEADER = re.compile(
    r"^\s*(from|från|sender|avsändare|message-id|received|reply-to|return-path|cc|list-\w+|errors-to)\b",
    re.IGNORECASE,
)
_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
_LINK = re.compile(r"<((?:https?://|mailto:)[!-;=?-~]{1,1000})>", re.IGNORECASE)


def read_returned(content: bytes, *, flufl: bool = True) -> tuple[Returned, ...]:
    """What a letter that came back says, a value a recipient spoken of, at least one; pure, never raises.

    Reads the first 256 KiB: what a server says stands before what it sends back. `flufl` says whether
    flufl.bounce may look for addresses where no report of delivery names them; why is never its word.
    A value of kind UNREADABLE is for a person: `unknown` is a letter not understood, `unsaid` a failure
    that does not tell why.
    """
    letter = open_letter(content)
    said = _said(letter)
    found = (
        read_complaint(letter)
        or read_dsn(letter, said)
        or _automatic(letter)
        or (_by_words(letter, said, flufl=flufl) if _looks_returned(letter) else ())
        or _perhaps_automatic(letter)
        or (Returned(UNKNOWN, words=harmless(subject(letter))),)
    )
    return _with_traces(letter, found)


# Answers by machines


def _machine_words(letter: Letter) -> tuple[str, str, bool]:
    """What Auto-Submitted and Precedence begin with, and whether a field of an automatic answer is there."""
    submitted = re.split(r"[\s;(]", first(letter.fields, "auto-submitted").lower(), maxsplit=1)[0]
    precedence = first(letter.fields, "precedence", "x-precedence").lower()
    answers = first(letter.fields, "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply").lower()
    return submitted, precedence, answers not in {"", "no"}


def _automatic(letter: Letter) -> tuple[Returned, ...]:
    """An answer by a person's machine: one who is away, a receipt that it was read (RFC 3834, RFC 8098)."""
    submitted, precedence, answers = _machine_words(letter)
    if "rejected" in first(letter.fields, "auto-submitted").lower():
        return ()  # Dovecot refuses so, in what looks like a receipt
    says_so = submitted == "auto-replied" or precedence == "auto_reply" or answers
    away = bool(_AWAY.search(subject(letter)))
    if away or "disposition-notification" in letter.kind or (says_so and not _is_by_server(letter)):
        return (Returned(_AUTOMATIC, words=harmless(subject(letter)), by="rfc3834"),)
    return ()


def _perhaps_automatic(letter: Letter) -> tuple[Returned, ...]:
    """A letter by a machine of which nothing else is known."""
    submitted, precedence, _ = _machine_words(letter)
    hushed = first(letter.fields, "x-auto-response-suppress")
    if submitted not in {"", "no"} or precedence in {"bulk", "junk", "list"} or hushed:
        return (Returned(_AUTOMATIC, words=harmless(subject(letter)), by="rfc3834"),)
    return ()


def _is_by_server(letter: Letter) -> bool:
    reports = "delivery-status" in letter.kind or bool(first(letter.fields, "x-failed-recipients"))
    return reports or bool(_WRITERS.search(first(letter.fields, "from")))


def _looks_returned(letter: Letter) -> bool:
    """Whether a server may have written it. A person who asks what "user unknown" means is no server."""
    nobody = first(letter.fields, "return-path").replace(" ", "") == "<>"
    return _is_by_server(letter) or nobody or bool(_SUBJECTS.search(subject(letter)))


# Reports in words alone


def _by_words(letter: Letter, said: str, *, flufl: bool) -> tuple[Returned, ...]:
    """What a server says in its own way, a value a recipient; nothing when it names nobody and no reason."""
    ours = {path.lower() for path in _paths(letter)}
    addresses = _by_flufl(letter, ours) if flufl else []
    by = "flufl" if addresses else "words"
    addresses = addresses or _named(letter, said, ours)
    whole = f"{subject(letter)}\n{said}"
    if _NOT_YET.search(whole) and not _GIVEN_UP.search(whole):
        told = harmless(" ".join(said.split()) or subject(letter))
        return tuple(Returned(_DELAYED, one, words=told, by=by) for one in addresses or [""])
    found = tuple(_failed(one, addresses, said, whole, by) for one in addresses or [""])
    return found if addresses or any(one.reason != UNSAID for one in found) else ()


def _failed(address: str, addresses: Sequence[str], said: str, whole: str, by: str) -> Returned:
    """Why, by what stands at the address, else by all that is said."""
    near = _near(address, addresses, said) if address else ""
    tries = [text for text in (near, whole[:2000]) if text.strip()]
    reasons = [(classify("", text), text) for text in tries]
    reason, text = next((row for row in reasons if row[0] != UNSAID), (UNSAID, (tries or [""])[0]))
    return Returned(reason, address, status_of("", text), harmless(" ".join(text.split())), by=by)


def _near(address: str, addresses: Sequence[str], said: str) -> str:
    """The lines from an address to the next one's, at most eight."""
    lines = said.split("\n")
    others = [one.lower() for one in addresses if one.lower() != address.lower()]
    at = next((number for number, line in enumerate(lines) if address.lower() in line.lower()), None)
    if at is None:
        return ""
    kept = [lines[at]]
    for line in lines[at + 1 : at + 8]:
        if any(other in line.lower() for other in others):
            break
        kept.append(line)
    return "\n".join(kept)


def _by_flufl(letter: Letter, ours: set[str]) -> list[str]:
    """Addresses that flufl.bounce finds. It raises over broken letters: then there are none."""
    from flufl.bounce import all_failures  # noqa: PLC0415 - only for letters that no report explains

    logging.getLogger("flufl.bounce").disabled = True  # it would repeat what strangers wrote
    with suppress(*UNDOABLE):
        # Of a letter in plain ASCII: over other bytes in a header it would find nothing at all.
        temporary, permanent = all_failures(message_from_bytes(letter.content.translate(_PLAIN)))
        found = (clean(one.decode("ascii", "replace")) for one in sorted({*temporary, *permanent}))
        return [one for one in found if one and one.lower() not in ours][:_MOST]
    return []


def _named(letter: Letter, said: str, ours: set[str]) -> list[str]:
    """Addresses that the letter says it is about: in a field, first on a line, on a line that tells."""
    failed = first(letter.fields, "x-failed-recipients", "x-actual-recipient").split(",")
    if fit := [one for one in map(clean, failed) if one]:
        return fit[:_MOST]
    writer = first(letter.fields, "from").lower()
    leading: list[str] = []
    telling: list[str] = []
    for line in said.split("\n"):
        for found in islice(_BARE.finditer(line), _MOST):
            address = clean(found[0].rstrip("."))
            is_other = address.lower() in ours | {""} or address.lower() in writer or _DAEMONS.match(address)
            if is_other or _OF_HEADER.match(line):
                continue
            if _LEADING.match(line[: found.start()]):
                leading.append(address)
            elif _TELLING.search(line[: found.start()] + line[found.end() :]):
                telling.append(address)
    return list(dict.fromkeys(leading or telling))[:_MOST]


def _said(letter: Letter) -> str:
    """What the letter says itself, before what it sends back."""
    copy = _COPY.search(letter.text)
    return letter.text[: copy.start() if copy else None][:_SAID]


# What the copy can be known by


def _with_traces(letter: Letter, found: tuple[Returned, ...]) -> tuple[Returned, ...]:
    """The same values, with all that the letter tells of which copy it is about."""
    copy = letter.returned or _copied(letter)
    ids = [one for value in values(copy, "message-id") for one in _ID.findall(value)]
    links = [one for value in values(copy, "list-unsubscribe") for one in _LINK.findall(value)]
    to = clean((_BARE.findall(first(copy, "to")) or [""])[0]) if len(found) == 1 else ""
    return tuple(
        replace(
            one,
            address=one.address or to,
            paths=_paths(letter, copy),
            message_ids=tuple(dict.fromkeys(ids))[:_MOST],
            links=tuple(dict.fromkeys(links))[:_MOST],
            at=_written_at(letter),
        )
        for one in found
    )


def _copied(letter: Letter) -> Fields:
    """The header of a copy that stands in the text itself."""
    copy = _COPY.search(letter.text)
    return fields_in(letter.text[copy.end() if copy else 0 :].split("\n"))


def _paths(letter: Letter, copy: Fields = ()) -> tuple[str, ...]:
    """Addresses that the letter came to, then those that it names as the copy's sender."""
    fields = (
        *values(letter.fields, "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc"),
        *values(letter.report, "original-mail-from"),
        *values(copy, "return-path", "x-envelope-from", "envelope-from"),
        *values(letter.fields, "return-path"),
    )
    found = (address for value in fields for address in _addresses_in(value))
    return tuple({one.lower(): one for one in islice(found, _MOST)}.values())


def _addresses_in(value: str) -> Iterator[str]:
    return filter(None, map(clean, islice(_BARE.findall(value), _MOST)))


def _written_at(letter: Letter) -> datetime | None:
    """When the letter says that it was written."""
    with suppress(OverflowError, *UNDOABLE):
        written = parsedate_to_datetime(first(letter.fields, "date"))
        return (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
    return None
