"""Whole copies of the ledger while others write: taken at one moment, counted, put back, and fenced.

SQLite: `VACUUM INTO` reads one moment, waits for nobody, and leaves out what was erased in between
(https://sqlite.org/lang_vacuum.html). PostgreSQL: pg_dump's own format, read at the same exported moment as
what is counted (https://www.postgresql.org/docs/15/app-pgdump.html).
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.engine import URL, make_url

from comms.errors import StoreError, Text, UsageError, say
from comms.model.ledger import DeliveryState, SlotState
from comms.store import fencing, instance, sqlite
from comms.store.database import VERSION, Database
from comms.store.schema import deliveries, runs, slots, workers
from comms.store.schema import instance as instances

_DEBIAN = Path("/usr/lib/postgresql")
_SETTLED = {SlotState.DONE, SlotState.SKIPPED, SlotState.CANCELLED}
_WAITS = [state.value for state in SlotState if state not in _SETTLED]
_OPEN = [
    state.value
    for state in DeliveryState
    if state.is_open or state in {DeliveryState.UNKNOWN, DeliveryState.HELD}
]
# What the queue knows are pointers at copies: those that a restored ledger wants are made anew.
_DUMP = ("--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=procrastinate_*")
_VERSIONS = " TABLE DATA public alembic_version "
_RESTORE = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot that was not done when a copy was taken, and how many of its copies stood where."""

    id: str
    title: str
    state: str
    due_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a copy of the ledger holds. `kind` is "sqlite" or "postgresql"; `fence`: why it may not send."""

    kind: str
    version: str
    installation: str
    fence: str
    intents: int
    last_run_at: datetime | None
    open: tuple[OpenSlot, ...]


def snapshot(url: str, target: Path) -> Snapshot:
    """Copy the database at `url`, as it stands at one moment, to a new file of its owner's alone (0600).

    Others may write meanwhile. The copy of a SQLite file has been read through. Raises StoreError.
    """
    with closing(Database(url)) as database:
        if database.file is None:
            return _dumped(database, make_url(url), target)
        try:
            _copy_file(database.file, target)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(_not_copied(database.place, error)) from error
        return look_into(target)


def look_into(file: Path) -> Snapshot:
    """Read a copy of a SQLite ledger through, and count what it holds. Raises StoreError for damage."""
    reading = create_engine(f"sqlite:///{file}")
    try:
        with Database(f"sqlite:///{file}").border(), reading.connect() as connection:
            sqlite.verify(connection, str(file))
            return _counted(connection, "sqlite")
    finally:
        reading.dispose()


def refuse_unless_empty(url: str) -> None:
    """Raise UsageError when anything is in the PostgreSQL database at `url`; StoreError without a way in."""
    mine = (
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    )
    with closing(Database(url)) as database, database.reading() as connection:
        found = connection.execute(
            text(f"{mine} WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'")
        ).scalar()
        if found:
            raise UsageError(
                say(
                    "Databasen {place} är inte tom. En kopia läggs bara i en tom databas: createdb NAMN",
                    place=database.place,
                )
            )


def load_dump(url: str, dump: Path, reason: Text, now: datetime) -> None:
    """Put a dump into the empty PostgreSQL database at `url`, fenced. Raises StoreError.

    Its version comes last: no program uses a database without one, so whenever this is stopped, what is
    there sends nothing.
    """
    with conninfo(make_url(url)) as address, tempfile.NamedTemporaryFile("w", encoding="utf-8") as wanted:
        listed = _run("pg_restore", "--list", str(dump)).splitlines(keepends=True)
        wanted.writelines(line for line in listed if _VERSIONS not in line)
        wanted.flush()
        _run("pg_restore", *_RESTORE, f"--use-list={wanted.name}", f"--dbname={address}", str(dump))
        with closing(Database(url)) as database:
            _fence(database, reason, now)
        last = ("--data-only", "--table=alembic_version")
        _run("pg_restore", *_RESTORE, *last, f"--dbname={address}", str(dump))


def fence(url: str, reason: Text, now: datetime) -> None:
    """Let a database that was put back send nothing until a person adopts it; what was due is held.

    It is brought to this program's version first. Raises StoreError.
    """
    with closing(Database(url)) as database:
        database.migrate()
        _fence(database, reason, now)


def _fence(database: Database, reason: Text, now: datetime) -> None:
    with database.writing() as connection:
        instance.ensure(connection, secrets.token_hex(16), now)
        instance.fence(connection, str(reason), now)


def is_newer(version: str) -> bool:
    """Whether a database of that version belongs to a newer program than this."""
    return version > VERSION


def _copy_file(file: Path, target: Path) -> None:
    sqlite.make_private(target)
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as source:
        source.execute("VACUUM INTO ?", (str(target),))


def _dumped(database: Database, url: URL, target: Path) -> Snapshot:
    with database.reading() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql(
            "SET LOCAL idle_in_transaction_session_timeout = 0"
        )  # a dump takes its time
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        sqlite.make_private(target)
        with conninfo(url) as address:
            _run("pg_dump", *_DUMP, f"--snapshot={moment}", f"--file={target}", f"--dbname={address}")
        return _counted(connection, "postgresql")


def _counted(connection: Connection, kind: str) -> Snapshot:
    who = connection.execute(select(instances.c.installation)).scalar()
    return Snapshot(
        kind=kind,
        version=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""),
        installation=who or "",
        fence=fencing.fence_reason(connection),
        intents=connection.execute(select(func.sum(workers.c.intents))).scalar() or 0,
        last_run_at=connection.execute(select(runs.c.now).order_by(runs.c.id.desc()).limit(1)).scalar(),
        open=tuple(_open(connection)),
    )


def _open(connection: Connection) -> Iterator[OpenSlot]:
    """Slots that wait for their time or a person, and those with copies that are not settled."""
    number = func.count().label("number")
    counts: dict[str, dict[str, int]] = {}
    for row in connection.execute(
        select(deliveries.c.slot_id, deliveries.c.state, number)
        .where(deliveries.c.state.in_(_OPEN))
        .group_by(deliveries.c.slot_id, deliveries.c.state)
        .order_by(deliveries.c.slot_id, deliveries.c.state)
    ):
        counts.setdefault(row.slot_id, {})[row.state] = row.number
    unsettled = select(deliveries.c.slot_id).where(deliveries.c.state.in_(_OPEN))
    wanted = select(slots).where(slots.c.state.in_(_WAITS) | slots.c.id.in_(unsettled))
    for row in connection.execute(wanted.order_by(slots.c.due_at, slots.c.id)):
        yield OpenSlot(row.id, row.title, row.state, row.due_at, counts.get(row.id, {}))


@contextmanager
def conninfo(url: URL) -> Iterator[str]:
    """The database's address as PostgreSQL's programs take it; the password in a file for the owner alone.

    What a program is started with everybody on the machine can read.
    """
    dialect = url.set(drivername="postgresql+psycopg").get_dialect()()
    told: dict[str, Any] = dict(dialect.create_connect_args(url)[1])
    password = str(told.pop("password", ""))
    if not password:
        yield make_conninfo(**told)
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield make_conninfo(**told | {"passfile": file.name})


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with arguments of ours
        [_found(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        words = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise StoreError(say("{program} gick inte: {error}", program=program, error=words))
    return done.stdout.decode("utf-8", "replace")


def _found(program: str) -> str:
    """The newest of Debian's, which can read every older server, else the one on the PATH."""
    debian = [folder for folder in _DEBIAN.glob("*/bin") if (folder / program).exists()]
    newest = max(debian, key=lambda folder: float(folder.parent.name), default=None)
    path = str(newest / program) if newest else shutil.which(program)
    if path is None:
        raise StoreError(
            say(
                "Programmet {program} saknas. Installera det: apt-get install postgresql-client",
                program=program,
            )
        )
    return path


def _not_copied(place: str, error: Exception) -> Text:
    words = (error.strerror if isinstance(error, OSError) else None) or error
    return say(
        "Databasen {path} gick inte att kopiera: {error}. Kontrollera disken. Ingenting är ändrat.",
        path=place,
        error=words,
    )
