"""Letters to the addresses that unsubscribe by mail: each copy's own is `LOCAL+TOKEN@DOMAIN`.

Only headers are read (`letters.py`). Whether a token is ours is the caller's to say.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from comms.inbox.letters import Mark, fields_of, read_heads
from comms.model.settings import UnsubscribeBox

_MOST_TOKENS = 20
_SUBJECT = 1000

_RECIPIENTS = frozenset(
    {"to", "cc", "delivered-to", "x-original-to", "envelope-to", "resent-to", "resent-cc"}
)
_MACHINES = frozenset({"auto-submitted", "precedence", "x-autoreply", "x-autorespond", "return-path"})
_BULK = frozenset({"auto_reply", "bulk", "list", "junk"})
_FIELDS = sorted(_RECIPIENTS | _MACHINES | {"subject"})
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{29}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a letter asks for: what stands after the plus in addresses like ours, and the like in its subject.

    `is_automatic`: a machine wrote it (RFC 3834), so what its subject says asks for nothing.
    """

    to: tuple[str, ...]
    subject: tuple[str, ...] = ()
    is_automatic: bool = False
    arrived_at: datetime | None = None


def read_unsubscriptions(
    box: UnsubscribeBox, mark: Mark, now: datetime, trust: ssl.SSLContext | None = None
) -> Iterator[tuple[Asked, Mark]]:
    """Letters that came after `mark`, oldest first, each with the mark to go on from after it.

    `trust` says which certificates are good. Raises ConfigError, then or while it is read.
    """
    for head, arrived, after in read_heads(box, mark, now, _FIELDS, trust):
        yield asked_in(head, box.address, arrived), after


def asked_in(head: bytes, address: str, arrived: datetime | None = None) -> Asked:
    """What a letter asks for, by its header; `address` is the mailbox's own, without a plus."""
    fields = fields_of(head)
    local, _, domain = address.rpartition("@")
    after_plus = r"\+([^\s@<>\",;]{1,64})@"
    ours = re.compile(
        rf"(?<![\w.+-]){re.escape(local)}{after_plus}{re.escape(domain)}(?![\w.-])", re.IGNORECASE
    )
    found = dict.fromkeys(
        one.lower() for name, value in fields if name in _RECIPIENTS for one in ours.findall(value)
    )
    subjects = (_decoded(value[:_SUBJECT]) for name, value in fields if name == "subject")
    written = dict.fromkeys(one.lower() for value in subjects for one in _TOKEN.findall(value))
    automatic = any(_says_machine(name, value) for name, value in fields)
    return Asked(tuple(found)[:_MOST_TOKENS], tuple(written)[:_MOST_TOKENS], automatic, arrived)


def _says_machine(name: str, value: str) -> bool:
    word = re.split(r"[\s;(]", value.lower(), maxsplit=1)[0]
    match name:
        case "auto-submitted":
            return word != "no"
        case "precedence":
            return word in _BULK
        case "x-autoreply" | "x-autorespond":
            return word != "no"
        case "return-path":
            return value == "<>"
        case _:
            return False


def _decoded(value: str) -> str:
    """A subject as people read it; one that cannot be decoded stands as it is."""
    with suppress(ValueError, LookupError, HeaderParseError):
        return str(make_header(decode_header(value)))
    return value
