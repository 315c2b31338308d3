"""Who is at work: a row for each process that sends, its heartbeat, and how many intents it has committed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, or_, select, update

from comms.store.records import Worker
from comms.store.schema import workers
from comms.store.upsert import insert

SILENT = timedelta(seconds=90)
"""Without a heartbeat for so long a worker counts as dead. One is written at least every ten seconds."""


def begin(connection: Connection, owner: str, now: datetime) -> None:
    """A process says that it begins to send."""
    connection.execute(
        insert(connection, workers)
        .values(owner=owner, started_at=now, seen_at=now, intents=0)
        .on_conflict_do_nothing(index_elements=["owner"])
    )


def beat(connection: Connection, owner: str, now: datetime) -> None:
    """A sign of life while nothing is settled (`moves.settle` gives one too)."""
    connection.execute(update(workers).where(workers.c.owner == owner).values(seen_at=now))


def end(connection: Connection, owner: str, now: datetime) -> None:
    """A process says that it is done. One that has sent nothing leaves no trace.

    One that has sent is never forgotten: a mark may name it, however long ago that was.
    """
    connection.execute(update(workers).where(workers.c.owner == owner).values(seen_at=now, ended_at=now))
    connection.execute(delete(workers).where(workers.c.owner == owner, workers.c.intents == 0))


def dead(now: datetime) -> Select[tuple[str]]:
    """Owners that have ended, or have been silent for too long: a question, for they become very many."""
    gone = or_(workers.c.ended_at.is_not(None), workers.c.seen_at < now - SILENT)
    return select(workers.c.owner).where(gone)


def alive(connection: Connection, now: datetime) -> list[Worker]:
    """Those at work now, the oldest first."""
    rows = connection.execute(
        select(workers)
        .where(workers.c.ended_at.is_(None), workers.c.seen_at >= now - SILENT)
        .order_by(workers.c.started_at)
    )
    return [Worker(**row) for row in rows.mappings()]


def intents(connection: Connection, owner: str) -> int | None:
    """How many intents an owner has committed, or None for one that this database has never seen."""
    found: int | None = connection.execute(select(workers.c.intents).where(workers.c.owner == owner)).scalar()
    return found


def last_seen(connection: Connection) -> datetime | None:
    """When any process last gave a sign of life."""
    newest = select(workers.c.seen_at).order_by(workers.c.seen_at.desc()).limit(1)
    found: datetime | None = connection.execute(newest).scalar()
    return found


def left_open(connection: Connection) -> bool:
    """Whether the newest process that sent never said that it was done."""
    newest = select(workers.c.ended_at).order_by(workers.c.started_at.desc()).limit(1)
    row = connection.execute(newest).first()
    return row is not None and row.ended_at is None
