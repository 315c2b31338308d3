"""A journal mailbox as evidence: where the relay leaves a copy of all that it takes (Postfix: always_bcc).

By IMAP or as a maildir. Only headers are read, and nothing is marked, moved or deleted. Cannot: look inside
journals that wrap each letter in another one (Exchange), log in with OAuth.
"""

from __future__ import annotations

import imaplib
import os
import re
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice, takewhile
from pathlib import Path

from comms.inbox.imap import UID, Mailbox, arrived_at, conversation, fetched, portions, quoted, said
from comms.inbox.reading import harmless, legible, maildir_parts, unpacked
from comms.model.ledger import Evidence, Verdict

_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^<>\s]+>)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ASKABLE = re.compile(r'<[^\s<>"\\\x00-\x1f\x7f-\U0010ffff]+>')
"""A Message-ID that can stand between quotation marks in a command."""

_ASKED_AT_ONCE = 20
_FETCHED_AT_ONCE = 200
_WHAT = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
_LONGEST_LINE, _MOST_LINES = 2000, 2000


def read_journal(
    journal: Mailbox, wanted: Collection[str], trust: ssl.SSLContext | None = None
) -> Iterator[Evidence]:
    """Evidence for each letter in the mailbox; `trust` says which certificates are good. Raises ConfigError.

    Servers search by pieces of a field, some loosely: what they find is read and compared. Some search
    badly, so a letter that is not found proves nothing.
    """
    missing = {identity for identity in wanted if _ASKABLE.fullmatch(identity)}
    source = harmless(f"imap: {journal.user}@{journal.host} {journal.folder}")
    with conversation(journal, trust or ssl.create_default_context()) as imap:
        for asked in portions(sorted(missing), _ASKED_AT_ONCE):
            for head, field in _found(imap, asked):
                identity = _message_id(field)
                if identity in missing:
                    missing.remove(identity)
                    uid = UID.search(head)
                    detail = harmless(uid[0]) if uid else ""
                    yield Evidence(identity, Verdict.ACCEPTED, source, detail, arrived_at(head))


def read_maildir(folder: Path, wanted: Collection[str]) -> Iterator[Evidence]:
    """Evidence for each letter in a maildir's `new` and `cur`. Raises ConfigError."""
    parts = maildir_parts(folder)
    missing = set(wanted)
    source = harmless(f"maildir: {folder}")
    with legible(folder):
        # Each is listed when it is its turn: a letter that a reader moves meanwhile goes from new to cur.
        for letter in chain.from_iterable(sorted(part.iterdir()) for part in parts):
            if not missing:
                return
            identity, arrived = _letter(letter)
            if identity in missing:
                missing.remove(identity)
                yield Evidence(identity, Verdict.ACCEPTED, source, harmless(letter.name), arrived)


def _letter(path: Path) -> tuple[str, datetime | None]:
    """A letter's Message-ID and when it was delivered; nothing if it was moved while we looked."""
    with suppress(FileNotFoundError):
        if path.is_file():
            with path.open("rb") as file:
                text = unpacked(file)
                lines = iter(lambda: text.readline(_LONGEST_LINE), b"")
                head = list(takewhile(_is_header, islice(lines, _MOST_LINES)))
                arrived = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            return _message_id(b"".join(head)), arrived
    return "", None


def _is_header(line: bytes) -> bool:
    return bool(line.rstrip(b"\r\n"))


def _message_id(head: bytes) -> str:
    found = _MESSAGE_ID.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def _found(imap: imaplib.IMAP4, asked: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
    """What the server says it found: about each letter, and its field Message-ID."""
    keys = ["OR"] * (len(asked) - 1) + [f"HEADER Message-ID {quoted(identity)}" for identity in asked]
    numbers = b" ".join(filter(None, said(imap.uid("SEARCH", *keys)))).decode("ascii").split()
    for portion in portions(numbers, _FETCHED_AT_ONCE):
        yield from fetched(imap, portion, _WHAT)
