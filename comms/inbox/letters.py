"""Letters in a mailbox, from where the last reading stopped: by IMAP or as a maildir.

Nothing is marked, moved or deleted. How much of each letter is read is the caller's to say; so much at a time
that memory stays flat however full the mailbox is.
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
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from comms.inbox.imap import UID, Mailbox, arrived_at, conversation, fetched, portions, said
from comms.inbox.reading import legible, maildir_parts, unpacked
from comms.model.settings import Letterbox, UnsubscribeBox

Mark: TypeAlias = str
"""How far a mailbox has been read; "" at first. What cannot be understood is as that."""

LetterRead: TypeAlias = tuple[bytes, datetime | None, Mark]
"""What was read of a letter, when it arrived, and the mark to go on from after it."""

MOST = 1000
"""Letters that are read at a time: the rest are the next run's."""

LONGEST_HEAD = 64 * 1024
"""Bytes of a header that are looked at."""

LONGEST = 1024 * 1024
"""Bytes of a whole letter that are looked at: what a report says stands before the letter it returns."""

_HEADS_AT_ONCE, _WHOLE_AT_ONCE = 50, 5
_PATIENCE = 20.0
_SECOND = 10**9
_OVERLAP = 3600 * _SECOND
"""How much later than its time stamp a letter may appear in a maildir, behind others that are newer."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MACHINES = frozenset({"mailer-daemon", "postmaster"})
_ADDRESS = re.compile(r"([\w.+-]+)@[\w.-]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """How much of each letter is read: what IMAP is asked for, the same of a file, how many at once."""

    what: str
    longest: int
    at_once: int
    is_head: bool


_WHOLE = _Part(f"(UID INTERNALDATE BODY.PEEK[]<0.{LONGEST}>)", LONGEST, _WHOLE_AT_ONCE, is_head=False)


def read_letters(
    box: Letterbox, mark: Mark, now: datetime, trust: ssl.SSLContext | None = None
) -> Iterator[LetterRead]:
    """Letters that came after `mark`, whole up to `LONGEST` bytes, oldest first, at most `MOST` of them.

    `trust` says which certificates are good. Raises ConfigError, then or while it is read.
    """
    return _read(box, mark, now, trust, _WHOLE)


def read_heads(
    box: Letterbox | UnsubscribeBox,
    mark: Mark,
    now: datetime,
    names: Sequence[str],
    trust: ssl.SSLContext | None = None,
) -> Iterator[LetterRead]:
    """The same of headers alone: at least the fields of some `names`, without what follows them."""
    fields = " ".join(sorted(names)).upper()
    what = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({fields})]<0.{LONGEST_HEAD}>)"
    return _read(box, mark, now, trust, _Part(what, LONGEST_HEAD, _HEADS_AT_ONCE, is_head=True))


def place_of(box: Letterbox | UnsubscribeBox) -> str:
    """What the mark of a mailbox is kept by: in another one it says nothing, and would hide its letters."""
    where = box.maildir or f"{box.user}@{box.host}:{box.port}/{box.folder}"
    return sha256(where.encode()).hexdigest()[:24]


def fields_of(content: bytes) -> list[tuple[str, str]]:
    """Names, in small letters, and values of a letter's header, unfolded; a byte is a sign (Latin-1)."""
    head = _END_OF_HEAD.split(content[:LONGEST_HEAD], maxsplit=1)[0]
    rows = (line.partition(":") for line in re.split(r"\r?\n", _FOLD.sub("", head.decode("latin-1"))))
    return [(name.strip().lower(), value.strip()) for name, colon, value in rows if colon]


def is_from_a_server(content: bytes) -> bool:
    """Whether a letter has the sender of a report: none (RFC 3464, 2), or a mail server's own name.

    What the server that delivered it wrote (Return-Path, the first there is) is asked before From, which
    anybody writes.
    """
    named: dict[str, str] = {}
    for name, value in fields_of(content):
        named.setdefault(name, value)
    path = named.get("return-path")
    if path is not None and re.fullmatch(r"<\s*>", path):
        return True
    found = _ADDRESS.findall(named.get("from", "") if path is None else path)
    if not found and path is None:  # `From: MAILER-DAEMON (Mail Delivery System)` of old servers
        found = re.findall(r"[\w-]+", named.get("from", ""))[:1]
    return bool(found) and found[-1].lower() in _MACHINES


def _read(
    box: Letterbox | UnsubscribeBox, mark: Mark, now: datetime, trust: ssl.SSLContext | None, part: _Part
) -> Iterator[LetterRead]:
    if box.maildir:
        return _in_maildir(Path(box.maildir), mark, now, part)
    return _by_imap(box, mark, trust or ssl.create_default_context(), part)


# A maildir


def _in_maildir(folder: Path, mark: Mark, now: datetime, part: _Part) -> Iterator[LetterRead]:
    new, cur = maildir_parts(folder)
    until, seen = _maildir_mark(mark)
    since, present = until - _OVERLAP, int(now.timestamp()) * _SECOND
    with legible(folder):
        there = {(at, name): path for at, name, path in (*_letters(new), *_letters(cur)) if at >= since}
        names = [digest for _, name in there if (digest := _digest(name)) in seen]
        fresh = sorted(key for key in there if _digest(key[1]) not in seen)
        for at, name in fresh[:MOST]:
            content = _content(there[at, name], cur, name, part)
            if content is None:
                continue
            # A letter from the future must not make all others old.
            until = max(until, min(at, present))
            names.append(_digest(name))
            arrived = datetime.fromtimestamp(at / _SECOND, UTC)
            yield content, arrived, json.dumps({"until": until, "names": names})


def _letters(part: Path) -> Iterator[tuple[int, str, Path]]:
    """When each letter was delivered (ns), its name without its flags, and where it is."""
    for entry in os.scandir(part):
        with suppress(FileNotFoundError):
            if entry.is_file(follow_symlinks=False):  # else whoever may write here shows us any file of ours
                yield entry.stat().st_mtime_ns, entry.name.partition(":")[0], Path(entry.path)


def _content(path: Path, cur: Path, name: str, part: _Part) -> bytes | None:
    """A letter, or its header; None when it has been taken away. One that a reader has opened is in `cur`."""
    for place in (path, *cur.glob(f"{escape(name)}:*")):
        with suppress(FileNotFoundError), place.open("rb") as file:
            with suppress(gzip.BadGzipFile, EOFError, zlib.error):  # one that is broken stops no others
                read = unpacked(file).read(part.longest)
                return _END_OF_HEAD.split(read, maxsplit=1)[0] if part.is_head else read
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


def _by_imap(
    box: Letterbox | UnsubscribeBox, mark: Mark, trust: ssl.SSLContext, part: _Part
) -> Iterator[LetterRead]:
    mailbox = Mailbox(box.host, box.port, box.security, box.user, box.password, box.folder, _PATIENCE)
    with conversation(mailbox, trust) as imap:
        # Numbers hold as long as the mailbox's own number does (RFC 3501, 2.3.1.1).
        named = (imap.response("UIDVALIDITY")[1] or [b""])[0] or b""
        validity = named.decode("ascii", "replace")
        last = _imap_mark(mark, validity)
        # Asked for so, the newest letter is told whatever its number is; each stands on a line of its own.
        rows = said(imap.uid("FETCH", f"{last + 1}:*", "(UID)"))
        for portion in portions([str(number) for number in _after(last, rows)[:MOST]], part.at_once):
            found = {
                int(uid[1]): (head, content)
                for head, content in fetched(imap, portion, part.what)
                if (uid := UID.search(head))
            }
            for number in sorted(number for number in found if str(number) in portion):
                head, content = found[number]
                yield content, arrived_at(head), json.dumps({"validity": validity, "uid": number})


def _after(last: int, rows: Sequence[object]) -> list[int]:
    told = (UID.search(row) for row in rows if isinstance(row, bytes))
    return sorted({number for uid in told if uid and (number := int(uid[1])) > last})


def _imap_mark(mark: Mark, validity: str) -> int:
    with suppress(ValueError, KeyError, TypeError):
        kept = json.loads(mark)
        return int(kept["uid"]) if kept["validity"] == validity else 0
    return 0
