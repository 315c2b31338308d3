"""Channels that rest: a relay that takes nothing just now is left alone, longer each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from comms.store.records import Rest
from comms.store.schema import rests
from comms.store.upsert import insert

WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=15),
)
"""How long a channel rests after each failure in a row; the last one from then on."""


def begin(
    connection: Connection, channel: str, reason: str, asked: timedelta | None, now: datetime
) -> datetime:
    """A channel was down: when it is tried again. `asked` is how long the other side wants, at most a day."""
    row = connection.execute(select(rests.c.failures).where(rests.c.channel == channel)).first()
    failures = row.failures if row else 0
    wait = max(WAITS[min(failures, len(WAITS) - 1)], min(asked or timedelta(0), timedelta(days=1)))
    values = {"until": now + wait, "failures": failures + 1, "reason": reason}
    connection.execute(
        insert(connection, rests)
        .values(channel=channel, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )
    return now + wait


def end(connection: Connection, channel: str) -> None:
    """A channel works."""
    connection.execute(delete(rests).where(rests.c.channel == channel))


def current(connection: Connection, now: datetime) -> dict[str, Rest]:
    """Channels that rest at `now`. A rest that is longer than a day is from a clock that went wrong."""
    rows = connection.execute(select(rests).where(rests.c.until > now).order_by(rests.c.channel))
    return {
        row.channel: Rest(row.channel, row.until, row.failures, row.reason)
        for row in rows
        if row.until <= now + timedelta(days=1)
    }
