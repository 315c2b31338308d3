"""Rates that hold for all workers together: one row a rate, taken from before a copy is claimed.

The generic cell rate algorithm (ITU-T I.371, annex A): a row holds the time at which the rate is free
again. Within any period of a rate no more than its count is let through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from comms.model.settings import Rate
from comms.store.schema import limits
from comms.store.upsert import insert

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 4
"""A quarter of a count may go at once; the rest is spread, so that no period can see more than the count."""

_WITHIN_A_SECOND = 16
"""The same for rates of a second and less: one in sixteen, so that who wakes a little late loses no turn."""

_NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Share:
    """What a rate gives now: how many, or else how long until the next; `apart` between those that follow."""

    count: int
    wait: timedelta
    apart: timedelta


def shape(rate: Rate) -> tuple[int, timedelta]:
    """How many may go at once, and the time from one to the next after that."""
    share = _WITHIN_A_SECOND if rate.period <= timedelta(seconds=1) else _AT_ONCE
    burst = max(1, rate.count // share)
    # Rounded up: a microsecond too little between them would let one too many into a period.
    return burst, -(-rate.period // (rate.count - burst + 1))


def take(connection: Connection, key: str, rates: Sequence[Rate], wanted: int, now: datetime) -> Share:
    """Take up to `wanted` from every rate of `key` at once; nothing is taken when one of them is spent."""
    if not rates or wanted < 1:
        return Share(wanted, _NOW, _NOW)
    names = [f"{key}|{rate.count}/{rate.period.total_seconds():g}s" for rate in rates]
    connection.execute(
        insert(connection, limits).on_conflict_do_nothing(index_elements=["key"]),
        [{"key": name, "free_at": now} for name in sorted(names)],
    )
    rows = connection.execute(
        select(limits.c.key, limits.c.free_at)
        .where(limits.c.key.in_(names))
        .order_by(limits.c.key)
        .with_for_update()
    )
    kept = {row.key: row.free_at for row in rows}
    # A row from a clock that went wrong cannot hold a rate for longer than its period.
    free = [min(max(kept[name], now), now + rate.period) for name, rate in zip(names, rates, strict=True)]
    shapes = [shape(rate) for rate in rates]
    room = [
        (now + (burst - 1) * apart - at) // apart + 1 for at, (burst, apart) in zip(free, shapes, strict=True)
    ]
    apart = max(apart for _, apart in shapes)
    count = min([wanted, *room])
    if count < 1:
        for name, at in zip(names, free, strict=True):
            if at < kept[name]:
                connection.execute(update(limits).where(limits.c.key == name).values(free_at=at))
        waits = [at - now - (burst - 1) * step for at, (burst, step) in zip(free, shapes, strict=True)]
        return Share(0, max(waits), apart)
    for name, at, (_, step) in zip(names, free, shapes, strict=True):
        connection.execute(update(limits).where(limits.c.key == name).values(free_at=at + count * step))
    return Share(count, _NOW, apart)
