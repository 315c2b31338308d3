"""Letters to the addresses that unsubscribe by mail: each copy's own is `LOCAL+TOKEN@DOMAIN`.

By IMAP or as a maildir, from where the last reading stopped. Only headers are read, and nothing is marked,
moved or deleted. Whether a token is ours is the caller's to say.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import ssl
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from comms.inbox.imap import UID, Mailbox, arrived_at, conversation, fetched, portions, said
from comms.inbox.reading import legible, maildir_parts, unpacked
from comms.model.settings import UnsubscribeBox

Mark: TypeAlias = str
"""How far a mailbox has been read; "" at first. What cannot be understood is as that."""

_MOST = 1000
"""Letters that are read at a time: the rest are the next run's."""

_AT_ONCE = 50
_LONGEST = 64 * 1024
"""Bytes of a header that are looked at."""

_MOST_TOKENS = 20
_SUBJECT = 1000
_PATIENCE = 20.0

_SECOND = 10**9
_OVERLAP = 3600 * _SECOND
"""How much later than its time stamp a letter may appear in a maildir, behind others that are newer."""

_RECIPIENTS = frozenset(
    {"to", "cc", "delivered-to", "x-original-to", "envelope-to", "resent-to", "resent-cc"}
)
_MACHINES = frozenset({"auto-submitted", "precedence", "x-autoreply", "x-autorespond", "return-path"})
_BULK = frozenset({"auto_reply", "bulk", "list", "junk"})
_FIELDS = " ".join(sorted(_RECIPIENTS | _MACHINES | {"subject"})).upper()
_WHAT = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({_FIELDS})]<0.{_LONGEST}>)"
_FOLD = re.compile(r"\r?\n(?=[ \t])")
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
    if box.maildir:
        return _in_maildir(Path(box.maildir), box.address, mark, now)
    return _by_imap(box, mark, trust or ssl.create_default_context())


def asked_in(head: bytes, address: str, arrived: datetime | None = None) -> Asked:
    """What a letter asks for, by its header; `address` is the mailbox's own, without a plus."""
    fields = _fields(head)
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


def _fields(head: bytes) -> list[tuple[str, str]]:
    """Names and values, unfolded; a byte is a sign, whatever it was meant to be."""
    text = _FOLD.sub("", head[:_LONGEST].decode("latin-1"))
    rows = (line.partition(":") for line in re.split(r"\r?\n", text))
    return [(name.strip().lower(), value.strip()) for name, colon, value in rows if colon]


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


# A maildir


def _in_maildir(folder: Path, address: str, mark: Mark, now: datetime) -> Iterator[tuple[Asked, Mark]]:
    new, cur = maildir_parts(folder)
    until, seen = _maildir_mark(mark)
    since, present = until - _OVERLAP, int(now.timestamp()) * _SECOND
    with legible(folder):
        there = {(at, name): path for at, name, path in (*_letters(new), *_letters(cur)) if at >= since}
        names = [digest for _, name in there if (digest := _digest(name)) in seen]
        fresh = sorted(key for key in there if _digest(key[1]) not in seen)
        for at, name in fresh[:_MOST]:
            head = _head(there[at, name], cur, name)
            if head is None:
                continue
            # A letter from the future must not make all others old.
            until = max(until, min(at, present))
            names.append(_digest(name))
            arrived = datetime.fromtimestamp(at / _SECOND, UTC)
            yield asked_in(head, address, arrived), json.dumps({"until": until, "names": names})


def _letters(part: Path) -> Iterator[tuple[int, str, Path]]:
    """When each letter was delivered (ns), its name without its flags, and where it is."""
    for entry in os.scandir(part):
        with suppress(FileNotFoundError):
            if entry.is_file():
                yield entry.stat().st_mtime_ns, entry.name.partition(":")[0], Path(entry.path)


def _head(path: Path, cur: Path, name: str) -> bytes | None:
    """A letter's header; None when it has been taken away. One that a reader has opened since is in `cur`."""
    for place in (path, *cur.glob(f"{escape(name)}:*")):
        with suppress(FileNotFoundError), place.open("rb") as file:
            with suppress(gzip.BadGzipFile, EOFError, zlib.error):  # one that is broken stops no others
                return re.split(rb"\r?\n\r?\n", unpacked(file).read(_LONGEST), maxsplit=1)[0]
            return b""
    return None


def _digest(name: str) -> str:
    return sha256(os.fsencode(name)).hexdigest()[:12]


def _maildir_mark(mark: Mark) -> tuple[int, frozenset[str]]:
    """To which time (ns) a maildir has been read, and which letters of the last hour before that."""
    with suppress(ValueError, KeyError, TypeError):
        kept = json.loads(mark)
        return int(kept["until"]), frozenset(kept["names"])
    return 0, frozenset()


# IMAP


def _by_imap(box: UnsubscribeBox, mark: Mark, trust: ssl.SSLContext) -> Iterator[tuple[Asked, Mark]]:
    mailbox = Mailbox(box.host, box.port, box.security, box.user, box.password, box.folder, _PATIENCE)
    with conversation(mailbox, trust) as imap:
        # Numbers hold as long as the mailbox's own number does (RFC 3501, 2.3.1.1).
        validity = (imap.response("UIDVALIDITY")[1] or [b""])[0] or b""
        last = _imap_mark(mark, validity.decode("ascii", "replace"))
        # Asked for so, the newest letter is told whatever its number is; each stands on a line of its own.
        rows = said(imap.uid("FETCH", f"{last + 1}:*", "(UID)"))
        for portion in portions([str(number) for number in _after(last, rows)[:_MOST]], _AT_ONCE):
            found = {
                int(uid[1]): (head, fields)
                for head, fields in fetched(imap, portion, _WHAT)
                if (uid := UID.search(head))
            }
            for number in sorted(number for number in found if str(number) in portion):
                head, fields = found[number]
                after = json.dumps({"validity": validity.decode("ascii", "replace"), "uid": number})
                yield asked_in(fields, box.address, arrived_at(head)), after


def _after(last: int, rows: Sequence[object]) -> list[int]:
    told = (UID.search(row) for row in rows if isinstance(row, bytes))
    return sorted({number for uid in told if uid and (number := int(uid[1])) > last})


def _imap_mark(mark: Mark, validity: str) -> int:
    with suppress(ValueError, KeyError, TypeError):
        kept = json.loads(mark)
        return int(kept["uid"]) if kept["validity"] == validity else 0
    return 0
