"""Letters that came back and that nobody could read, kept as files beside the ledger until a person looks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

from comms.app.house import House
from comms.inbox.letters import fields_of
from comms.inbox.reading import harmless

MOST = 1000
"""Files that are kept: whoever can write to the mailbox must not be able to fill the disk."""

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter in quarantine; what it says of itself is harmless to print."""

    path: Path
    kept_at: datetime
    size: int
    sender: str
    subject: str


def quarantine(house: House) -> Path:
    """The folder, beside the ledger."""
    return house.beside / "quarantine"


def in_quarantine(house: House) -> int:
    """How many letters are in quarantine."""
    return sum(1 for _ in quarantine(house).glob("*.eml"))


def keep_unreadable(house: House, content: bytes, now: datetime) -> bool:
    """Keep a letter as it is, for the owner alone; once, whatever it is called. False when there is no room.

    Nothing is lost then: the mailbox still has it.
    """
    folder = quarantine(house)
    target = folder / f"{sha256(content).hexdigest()[:16]}.eml"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            return True
        if in_quarantine(house) >= MOST:
            return False
        handle, name = tempfile.mkstemp(dir=folder)  # readable by the owner alone
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.utime(name, (now.timestamp(), now.timestamp()))
        Path(name).replace(target)
    except OSError:  # a full disk must not get fuller
        Path(name).unlink(missing_ok=True)
        return False
    return True


def unreadable(house: House) -> list[Kept]:
    """What is in quarantine, oldest first."""
    return [told for _, file in sorted(_kept(house)) if (told := _told(file))]


def drop(house: House) -> int:
    """Throw away all that is in quarantine; how many letters."""
    files = list(quarantine(house).glob("*.eml"))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def clear_quarantine(house: House, now: datetime, *, dry: bool = False) -> int:
    """Throw away what has been kept for long enough (`Retention.returned`); how many letters."""
    before = (now - house.settings.retention.returned).timestamp()
    old = [file for at, file in _kept(house) if at < before]
    for file in old if not dry else ():
        file.unlink(missing_ok=True)
    return len(old)


def _kept(house: House) -> Iterator[tuple[float, Path]]:
    """When each letter was kept. One that somebody throws away meanwhile is none."""
    for file in quarantine(house).glob("*.eml"):
        with suppress(FileNotFoundError):
            yield file.stat().st_mtime, file


def _told(file: Path) -> Kept | None:
    try:
        with file.open("rb") as opened:
            head, stat = opened.read(_HEAD), os.fstat(opened.fileno())
    except FileNotFoundError:
        return None
    named = dict(reversed(fields_of(head)))
    sender, subject = (_decoded(named.get(name, "")) for name in ("from", "subject"))
    return Kept(file, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, sender, subject)


def _decoded(value: str) -> str:
    """A field as people read it, on one line; one that cannot be decoded stands as it is."""
    try:
        read = message_from_bytes(b"Subject: " + value.encode("latin-1"), policy=policy.default)["Subject"]
    except (ValueError, LookupError, AttributeError, TypeError):
        return harmless(value)
    return harmless(str(read))
