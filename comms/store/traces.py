"""Traces of an address in files: the database's own pages, the runs' journals, and who was erased when."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from comms.errors import StoreError, say
from comms.model.audience import address_key
from comms.store.journal import journal_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_CHUNK = 1 << 20
_PATIENCE = 5
"""Seconds to wait for others before the file is left as it is for now."""

_FIELDS, _KEY, _TO = 6, 3, 4
"""A line of a journal, and the places of a delivery's key and recipient in it."""

_ERASED = "erased.tsv"


def spellings(address: str, key: str) -> set[str]:
    """An address as typed, as compared, and with its domain in letters."""
    local, at, domain = key.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna")
    return {address, key, f"{local}{at}{domain}"}


def pattern(spelled: Collection[str]) -> re.Pattern[str]:
    """Finds an address in a text, in small letters or capitals, but not at the end of a longer one."""
    either = "|".join(re.escape(one) for one in sorted(spelled, key=len, reverse=True))
    return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-])(?!\.\w)", re.IGNORECASE)


def cleaned(file: Path, needle: str, *, patience: float = _PATIENCE) -> bool:
    """Rid a SQLite file of what it still holds of rows that are gone; False when others are in the way.

    `patience`: seconds to wait for them.

    `secure_delete` has zeroed the rows themselves. What is left is the write-ahead log, and at times a copy
    in a page that was split: then the file is packed (https://sqlite.org/pragma.html, secure_delete).
    """
    with closing(sqlite3.connect(file, isolation_level=None, timeout=patience)) as connection:
        clean = _emptied_log(connection)
        if not holds(file, needle):
            return clean
        with suppress(sqlite3.OperationalError):  # somebody reads or writes: another time
            connection.execute("VACUUM")
            return _emptied_log(connection)
    return False


def holds(file: Path, needle: str) -> bool:
    """Whether a file has some words in it, small or capital (of A to Z)."""
    wanted = needle.encode().lower()
    before = b""
    with suppress(FileNotFoundError), file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            seen = before + chunk.lower()
            if wanted in seen:
                return True
            before = seen[-len(wanted) :]
    return False


def blot(folder: Path, address: str, key: str) -> None:
    """Write over an address in the runs' journals, sign by sign, while others may add to them.

    The rest of its deliveries' keys goes too: they were plain hashes of it. Raises StoreError.
    """
    found = pattern(spellings(address, key))
    try:
        for file in sorted(folder.glob("*.tsv")):
            _blot(file, key, found)
    except OSError as error:
        raise _unwritable(folder, error) from error


def drop_journals(folder: Path, slot_ids: Collection[str], *, dry: bool = False) -> int:
    """Remove the journals of issues that are long done; how many. Raises StoreError."""
    files = [file for one in slot_ids if (file := journal_path(folder, one)).exists()]
    try:
        for file in files if not dry else ():
            file.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return len(files)


def remember_erased(folder: Path, hashed: str, now: datetime) -> None:
    """Note beside the database who was erased, by the keyed hash, for the day when a backup is put back.

    Raises StoreError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _ERASED).open("a", encoding="utf-8") as file:
            file.write(f"{now.isoformat()}\t{hashed}\n")
    except OSError as error:
        raise _unwritable(folder, error) from error


def remembered(folder: Path) -> dict[str, datetime]:
    """What was noted so: each keyed hash and when it was erased last. A line that was cut is passed over."""
    found: dict[str, datetime] = {}
    with suppress(FileNotFoundError), (folder / _ERASED).open(encoding="utf-8") as lines:
        for line in lines:
            at, _, hashed = line.rstrip("\n").partition("\t")
            with suppress(ValueError):
                if hashed and line.endswith("\n"):
                    found[hashed] = datetime.fromisoformat(at)
    return found


def _emptied_log(connection: sqlite3.Connection) -> bool:
    busy, _log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _blot(file: Path, key: str, found: re.Pattern[str]) -> None:
    place = 0
    with file.open("r+b") as journal:
        while line := journal.readline():
            plain = line.decode("utf-8", "surrogateescape")
            if found.search(plain):
                journal.seek(place)
                journal.write(_blotted(plain, key, found).encode("utf-8", "surrogateescape"))
            place += len(line)
            journal.seek(place)


def _blotted(line: str, key: str, found: re.Pattern[str]) -> str:
    """The line without the address, as many bytes as it was."""
    fields = line.split("\t")
    if len(fields) == _FIELDS and address_key(fields[_TO]) == key:
        stem, dot, digest = fields[_KEY].rpartition(".")
        fields[_KEY] = stem + dot + _dashes(digest)
        fields[_TO] = _dashes(fields[_TO])
    return found.sub(lambda match: _dashes(match[0]), "\t".join(fields))


def _dashes(text: str) -> str:
    return "-" * len(text.encode("utf-8", "surrogateescape"))


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        say(
            "Mappen {folder} går inte att ändra i: {error}. Ge dig själv skrivrätt och kör igen.",
            folder=folder,
            error=error.strerror or "",
        )
    )
