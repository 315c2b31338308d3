"""SQLite as the ledger needs it: one file, durable commits, damage found, a backup that is whole."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event

from comms.errors import StoreError, Text, say
from comms.store.payloads import as_json

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import ConnectionPoolEntry

RESERVE = 4 * 1024 * 1024
"""Bytes that are kept back on the disk, so that a no can still be written down when it is full."""

_PRIVATE = 0o600
KEPT = 7
"""How many daily backups are kept."""

_PRAGMAS = (
    # Said on every connection: builds of SQLite differ in their defaults.
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    # An intent that a power cut takes back would be a second letter.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

# By SQLite's primary result codes (https://sqlite.org/rescode.html).
_BUSY = say("Databasen {path} är upptagen av ett annat program. Vänta en stund och försök igen.")
_DAMAGED = say(
    "Filen {path} är skadad eller är ingen databas. Behåll den och lägg tillbaka en säkerhetskopia. {backup}"
)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: say(
        "Databasen {path} går inte att skriva till. Ge dig själv skrivrätt till filen och mappen."
    ),
    sqlite3.SQLITE_IOERR: say(
        "Disken svarade med ett fel för databasen {path}. Kontrollera disken innan du fortsätter."
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FULL: say(
        "Disken är full, så databasen {path} kunde inte sparas. Frigör utrymme och försök igen."
    ),
    sqlite3.SQLITE_CANTOPEN: say(
        "Databasen {path} gick inte att öppna. Kontrollera att mappen finns och att du får skriva i den."
    ),
}
_UNEXPECTED = say("Databasen {path} svarade med ett oväntat fel: {error}.")


def engine(url: URL) -> Engine:
    """An engine whose connections commit durably; `writes` in its options begins with the write lock."""
    made = create_engine(url, json_serializer=as_json)
    event.listen(made, "connect", _configure)
    event.listen(made, "begin", _begin)
    return made


def migrating(url: URL) -> Engine:
    """An engine for migrations: tables are rebuilt, so references are compared at the end instead."""
    made = engine(url)
    event.listen(made, "connect", lambda raw, _entry: raw.execute("PRAGMA foreign_keys = OFF"))
    return made


def make_folder(path: Path) -> None:
    """Make the folder of the file. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            say(
                "Mappen {folder} för databasen gick inte att skapa: {error}. Välj en annan plats.",
                folder=path.parent,
                error=error.strerror or "",
            )
        ) from error


def make_private(path: Path) -> None:
    """Begin a new file for its owner alone; SQLite gives its -wal and -shm the same mode.

    What cannot be made here SQLite says in its own words.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))


def sentence(error: Exception, path: str) -> Text:
    """What the driver said, to a person."""
    cause = getattr(error, "orig", None) or error
    code = sqlite3.SQLITE_FULL if is_full(error) else getattr(cause, "sqlite_errorcode", 0) & 0xFF
    # All that was written was UTF-8; the driver has no code for what it cannot decode.
    known = _DAMAGED if "Could not decode to UTF-8" in str(cause) else _SENTENCES.get(code)
    if known is _DAMAGED:
        return replace(known, values=(("path", path), ("backup", _newest_backup(Path(path)))))
    if known is not None:
        return replace(known, values=(("path", path),))
    return replace(_UNEXPECTED, values=(("path", path), ("error", str(cause))))


def is_full(error: Exception) -> bool:
    """Whether the disk is full."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", 0)
    # The index of the log is grown before anything is written, and there "full" has another name.
    return code & 0xFF == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE


def verify(connection: Connection, path: str) -> None:
    """Read the whole file and compare its parts. Raises StoreError for damage, naming the last backup."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise StoreError(replace(_DAMAGED, values=(("path", path), ("backup", _newest_backup(Path(path))))))


def back_up(path: Path, name: str) -> Path:
    """A whole copy of the file in the folder `backups` beside it, checked before it gets its name.

    `VACUUM INTO` sees one moment and lets others write meanwhile. Raises sqlite3.Error and OSError.
    """
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    target, unfinished = folder / name, folder / f"{name}.unfinished"
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as source:
        make_private(unfinished)
        source.execute("VACUUM INTO ?", (str(unfinished),))
    with closing(sqlite3.connect(unfinished)) as copy:
        if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            message = "the copy is damaged"
            raise sqlite3.DatabaseError(message)
    _flush(unfinished)
    unfinished.replace(target)
    _flush(folder)
    return target


def back_up_daily(path: Path, day: str) -> Path | None:
    """The day's backup, made once; the oldest beyond `KEPT` go. None when it is there already."""
    name = f"{path.name}.{day}"
    if (path.parent / "backups" / name).exists():
        return None
    made = back_up(path, name)
    dated = sorted((path.parent / "backups").glob(f"{path.name}.????-??-??"))
    for old in dated[:-KEPT]:
        old.unlink()
    return made


def keep_reserve(path: Path) -> None:
    """Set some bytes of the disk aside, when there is room for them."""
    reserve = _reserve(path)
    if reserve.exists() and reserve.stat().st_size == RESERVE:
        return
    with suppress(OSError):
        descriptor = os.open(reserve, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, RESERVE)
        except OSError:
            reserve.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def spend_reserve(path: Path) -> bool:
    """Give the reserve up; False when there was none."""
    reserve = _reserve(path)
    try:
        reserve.unlink()
    except OSError:
        return False
    return True


def _reserve(path: Path) -> Path:
    return path.with_name(f"{path.name}.reserve")


def _newest_backup(path: Path) -> Text:
    made = sorted((path.parent / "backups").glob(f"{path.name}.*"), key=lambda copy: copy.stat().st_mtime)
    if not made:
        return say("Ingen säkerhetskopia finns i {folder}.", folder=path.parent / "backups")
    return say("Den senaste är {copy}.", copy=made[-1])


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _configure(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    del entry
    # The driver's own transactions begin late and skip DDL; ours begin where they are written.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A deferred transaction that writes after reading can fail at once however long one would wait.
    options = connection.get_execution_options()
    if options.get("kept", False):
        return  # begun by hand (`Database.quickly`)
    writes = options.get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
