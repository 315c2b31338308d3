"""How the ledger stands, in figures: counts for a monitor, without an address; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, func, select

from comms.model.feed import FeedState
from comms.store import rests
from comms.store.database import Database
from comms.store.schema import (
    deliveries,
    events,
    feeds,
    instance,
    notices,
    proposals,
    runs,
    slots,
    subscriptions,
    tickets,
    workers,
)

if TYPE_CHECKING:
    from sqlalchemy import Table

_RUNS = 100
"""Of how many runs the longest is sought."""

Counts = Mapping[tuple[str, ...], int]
"""How many rows there are, by the values of some columns."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts at one moment.

    `deliveries` by channel, newsletter and state, `subscriptions` by newsletter and state, the others by
    state or kind. `began_at`: the last run's real time of start. `last_took` and `longest_took`: seconds, of
    runs that have ended. `seen_at`: the last sign of life of any sender. `resting`: failures in a row by
    channel. `failing`: feeds that could not be read the last time.
    """

    slots: Counts
    deliveries: Counts
    events: Counts
    subscriptions: Counts
    feeds: Counts
    proposals: Counts
    failing: int
    tickets: int
    notices: int
    resting: Mapping[str, int]
    is_fenced: bool
    began_at: datetime | None
    seen_at: datetime | None
    last_took: float | None
    longest_took: float | None


def read_figures(url: str, now: datetime) -> Figures:
    """The figures of the ledger at `url`, which must be there. Raises StoreError when it cannot be read."""
    database = Database(url)
    try:
        with database.reading() as connection:
            return _figures(connection, now)
    finally:
        database.close()


def _figures(connection: Connection, now: datetime) -> Figures:
    last = select(runs.c.started_at, runs.c.ended_at).order_by(runs.c.id.desc()).limit(_RUNS)
    made = connection.execute(last).all()
    took = [(row.ended_at - row.started_at).total_seconds() for row in made if row.ended_at is not None]
    return Figures(
        slots=_counts(connection, slots.c.state),
        deliveries=_deliveries(connection),
        events=_counts(connection, events.c.kind),
        subscriptions=_counts(connection, subscriptions.c.newsletter, subscriptions.c.state),
        feeds=_counts(connection, feeds.c.state),
        proposals=_counts(connection, proposals.c.state),
        failing=_count(connection, feeds, (feeds.c.failures > 0) & (feeds.c.state == FeedState.ACTIVE)),
        tickets=_count(connection, tickets, tickets.c.mailed_at.is_(None)),
        notices=_count(connection, notices, notices.c.sent_at.is_(None)),
        resting={slug: rest.failures for slug, rest in rests.current(connection, now).items()},
        is_fenced=_count(connection, instance, instance.c.fenced_at.is_not(None)) > 0,
        began_at=made[0].started_at if made else None,
        seen_at=connection.execute(
            select(func.max(workers.c.seen_at, type_=workers.c.seen_at.type))
        ).scalar(),
        last_took=took[0] if took else None,
        longest_took=max(took, default=None),
    )


def _deliveries(connection: Connection) -> Counts:
    by = (deliveries.c.channel, slots.c.newsletter, deliveries.c.state)
    rows = connection.execute(
        select(*by, func.count()).join(slots, slots.c.id == deliveries.c.slot_id).group_by(*by)
    )
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in rows}


def _counts(connection: Connection, *by: ColumnElement[str]) -> Counts:
    rows = connection.execute(select(*by, func.count()).group_by(*by))
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in rows}


def _count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())
