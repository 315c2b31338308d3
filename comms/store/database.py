"""The connection: what a transaction is on either database, its version, where driver errors become ours."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from comms.errors import StoreError, Text, say
from comms.store import postgres, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

VERSION = "0006"
"""The newest migration that this program knows."""

MIGRATIONS = Path(__file__).with_name("migrations")

_EXAMPLES = "sqlite:///var/comms.db, postgresql://comms@databas.example/comms"


def nowhere(_point: str) -> None:
    """No crash here: what production passes for `at` (see `Database`)."""


class Database:
    """One database, opened lazily and shared by threads; `reading` and `writing` are transactions."""

    def __init__(self, url: str, at: Callable[[str], None] = nowhere) -> None:
        """Prepare; nothing is opened yet. `at` is told the name of each point where a test may kill us.

        Raises StoreError for an address that is neither a SQLite file nor PostgreSQL.
        """
        self._url = _parsed(url)
        self.at = at
        self.file = Path(str(self._url.database)) if self._url.get_backend_name() == "sqlite" else None
        self.place = str(self._url.database) if self.file else postgres.place(self._url)
        self._engine = sqlite.engine(self._url) if self.file else postgres.engine(self._url)
        self._writer = self._engine.execution_options(writes=True)
        self._kept: Connection | None = None
        self._using = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing. Keep it short."""
        with self.border(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of which all happens or nothing. On SQLite it holds the only write lock."""
        with self.border(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def quickly(self) -> Iterator[Connection]:
        """The same as `writing`, on a connection that is kept for it: for what every group of letters needs.

        Begun and committed by the driver itself: SQLAlchemy's own way costs more than the statements
        between (docs/decisions/0016).
        """
        with self._using, self.border():
            kept, cursor = self._begun()
            try:
                yield kept
                cursor.execute("COMMIT")
            except BaseException:
                # The transaction ends with its connection, whatever state that is in.
                self._let_go(broken=True)
                raise
            if kept.in_transaction():  # what SQLAlchemy calls one: nothing of ours is open any more
                kept.rollback()

    @contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Hold a lock that all machines share, for the length of the block (PostgreSQL)."""
        with self.border(), postgres.session_lock(self._engine, name) as alone:
            yield alone

    def urgently(self, act: Callable[[Connection], None]) -> None:
        """Write what must be written even on a full disk: then the reserve is given up for it.

        Once more, too, when the server ended it because two waited for each other: nothing was written.
        """
        try:
            with self.writing() as connection:
                act(connection)
        except StoreError as error:
            if not (self.makes_room_for(error) or postgres.is_deadlock(error.__cause__)):
                raise
            with self.writing() as connection:
                act(connection)

    def makes_room_for(self, error: StoreError) -> bool:
        """Whether the error was a full disk, and the reserve was there to be given up."""
        full = isinstance(error.__cause__, Exception) and sqlite.is_full(error.__cause__)
        return bool(self.file and full and sqlite.spend_reserve(self.file))

    def migrate(self) -> None:
        """Bring the database to this program's version. Raises StoreError when it cannot be, or is newer."""
        if self.file:
            sqlite.make_folder(self.file)
            sqlite.make_private(self.file)
        with self.reading() as connection:
            found = _version(connection)
            if not self.file:
                postgres.refuse_old(connection, self.place)
        if found == VERSION:
            return
        self._refuse_newer(found)
        engine = sqlite.migrating(self._url) if self.file else self._engine
        try:
            with self.border(), engine.execution_options(writes=True).begin() as connection:
                self._upgrade(connection)
        finally:
            if engine is not self._engine:
                engine.dispose()

    def verify(self) -> None:
        """Read all of a SQLite file and compare its parts. Raises StoreError for damage."""
        if self.file:
            with self.reading() as connection:
                sqlite.verify(connection, self.place)

    def tend(self, day: str) -> None:
        """Daily care of a SQLite file: a backup, and the reserve for a full disk. Raises StoreError."""
        if self.file:
            with self.border():
                try:
                    sqlite.back_up_daily(self.file, day)
                    sqlite.keep_reserve(self.file)
                except OSError as error:
                    raise StoreError(
                        say(
                            "Dagens säkerhetskopia av databasen {path} gick inte att göra: {error}. "
                            "Kontrollera disken och mappen {folder}.",
                            path=self.place,
                            error=error.strerror or "",
                            folder=self.file.parent / "backups",
                        )
                    ) from error

    def close(self) -> None:
        """Let go of every connection."""
        self._let_go()
        self._engine.dispose()

    def _begun(self) -> tuple[Connection, Any]:
        """The kept connection in a transaction, and its cursor; a new one when the server had closed it."""
        begin = "BEGIN IMMEDIATE" if self.file else "BEGIN"
        if self._kept is not None:
            try:
                cursor = self._kept.connection.cursor()
                cursor.execute(begin)
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
                self._let_go(broken=True)
                if self.file:
                    raise
                # A server that was restarted: nothing had begun.
            else:
                return self._kept, cursor
        self._kept = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT", kept=True)
        cursor = self._kept.connection.cursor()
        cursor.execute(begin)
        return self._kept, cursor

    def _let_go(self, *, broken: bool = False) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            if broken:
                kept.invalidate()
            kept.close()

    @contextmanager
    def border(self) -> Iterator[None]:
        """Turn what drivers say into our own words."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, self._engine.dialect.loaded_dbapi.Error) as error:
            raise StoreError(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> Text:
        return sqlite.sentence(error, self.place) if self.file else postgres.sentence(error, self.place)

    def _refuse_newer(self, found: str) -> None:
        if found > VERSION:
            raise StoreError(
                say(
                    "Databasen {path} har version {found}, men det här programmet kan högst {known}. "
                    "Uppdatera comms innan du fortsätter.",
                    path=self.place,
                    found=found,
                    known=VERSION,
                )
            )

    def _back_up_before(self, found: str) -> None:
        assert self.file is not None  # noqa: S101 - asked for SQLite alone
        try:
            sqlite.back_up(self.file, f"{self.file.name}.before-{VERSION}")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                say(
                    "Databasen {path} ska höjas från version {found} till {known}, men säkerhetskopian före "
                    "det gick inte att göra: {error}. Ingenting är ändrat.",
                    path=self.place,
                    found=found,
                    known=VERSION,
                    error=error,
                )
            ) from error

    def _upgrade(self, connection: Connection) -> None:
        """All migrations in one transaction; another program may have made them since we looked."""
        if not self.file:
            postgres.lock_in_transaction(connection, "migrate")
        found = _version(connection)
        self._refuse_newer(found)
        if found < VERSION:
            if self.file and found:
                self._back_up_before(found)
            _run_alembic(connection)
            self.at("migrate.done")
            if self.file and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreError(say("Databasen {path} har rader som inte hör ihop.", path=self.place))
            self.at("migrate.checked")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError(
            say("database_url går inte att läsa. Skriv till exempel {example}.", example=_EXAMPLES)
        ) from error
    kind = parsed.get_backend_name()
    in_file = kind == "sqlite" and parsed.database and parsed.database != ":memory:"
    if not in_file and not (kind == "postgresql" and parsed.database):
        raise StoreError(
            say(
                "database_url ska peka på en SQLite-fil eller PostgreSQL. Skriv till exempel {example}.",
                example=_EXAMPLES,
            )
        )
    return parsed


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a database at its version need not pay for Alembic
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
