"""The connection: how SQLite is opened, what a transaction is, and where driver errors become ours."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from comms.errors import StoreError, Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "0001"
"""The newest migration that this program knows."""

MIGRATIONS = Path(__file__).with_name("migrations")

_EXAMPLE = "sqlite:///var/comms.db"

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
    "Filen {path} är skadad eller är ingen databas. Behåll den och lägg tillbaka en säkerhetskopia."
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


class Database:
    """One SQLite file, opened lazily and shared by threads; `reading` and `writing` are transactions."""

    def __init__(self, url: str) -> None:
        """Prepare; nothing is opened yet. Raises StoreError for anything but a SQLite file."""
        parsed = _parsed(url)
        self.path = str(parsed.database)
        self._engine = create_engine(
            parsed, json_serializer=lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True)
        )
        self._writer = self._engine.execution_options(writes=True)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing. Keep it short."""
        with self._border(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the only write lock from its start: all of it happens, or none."""
        with self._border(), self._writer.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the file to this program's version. Raises StoreError when it cannot be made or is newer."""
        folder = Path(self.path).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                say(
                    "Mappen {folder} för databasen gick inte att skapa: {error}. Välj en annan plats.",
                    folder=folder,
                    error=error.strerror or "",
                )
            ) from error
        with self.reading() as connection:
            found = _version(connection)
        if found == VERSION:
            return
        with self.writing() as connection:
            # Another program may have migrated between the look and the lock.
            found = _version(connection)
            if found > VERSION:
                raise StoreError(
                    say(
                        "Databasen {path} har version {found}, men det här programmet kan högst {known}. "
                        "Uppdatera comms innan du fortsätter.",
                        path=self.path,
                        found=found,
                        known=VERSION,
                    )
                )
            if found < VERSION:
                _upgrade(connection)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(_sentence(error, self.path)) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError(
            say("database_url går inte att läsa. Skriv till exempel {example}.", example=_EXAMPLE)
        ) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError(
            say("database_url ska peka på en SQLite-fil. Skriv till exempel {example}.", example=_EXAMPLE)
        )
    return parsed


def _configure(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    del entry
    # The driver's own transactions begin late and skip DDL; ours begin where they are written.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A deferred transaction that writes after reading can fail at once however long one would wait.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a database at its version need not pay for Alembic
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sentence(error: Exception, path: str) -> Text:
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    known = _SENTENCES.get(code)
    if known is not None:
        return replace(known, values=(("path", path),))
    return replace(_UNEXPECTED, values=(("path", path), ("error", str(cause))))
