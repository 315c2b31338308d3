"""Standing noes: addresses that get nothing, or not one newsletter; items and pictures taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, literal_column, or_, select

from comms.model.audience import address_key
from comms.model.subscriber import ALL_NEWSLETTERS, No, NoKind
from comms.store import subscribers
from comms.store.postgres import NOES, lock_in_transaction
from comms.store.schema import deliveries, retractions, slots, suppressions
from comms.store.upsert import insert

ERASED = "erased:"
"""What the key of an erased address begins with, before its keyed hash."""

CONCERNS = (suppressions.c.address_key == deliveries.c.address_key) & or_(
    suppressions.c.newsletter == literal_column("''"),
    suppressions.c.newsletter
    # Said outright: left to itself, a query two levels down asks for every delivery there is.
    == select(slots.c.newsletter)
    .where(slots.c.id == deliveries.c.slot_id)
    .correlate(deliveries)
    .scalar_subquery(),
)
"""Whether a no stands before a delivery: to all, or to the newsletter of its issue."""

NO = select(func.min(suppressions.c.reason)).where(CONCERNS).correlate(deliveries).scalar_subquery()
"""The reason of the no that stands before a delivery, as a column; NULL without one."""


def suppress(
    connection: Connection,
    address: str,
    reason: str,
    now: datetime,
    *,
    newsletter: str = ALL_NEWSLETTERS,
    kind: NoKind = NoKind.OFFICER,
) -> bool:
    """Never send to `address` again, whatever any file says; False when it stood. The first reason stands.

    Each kind stands for itself: what the office lifts leaves the person's own, and the other way round. It
    comes first in its transaction (see `alone`).
    """
    alone(connection)
    key = address if address.startswith(ERASED) else address_key(address)
    added = connection.execute(
        insert(connection, suppressions)
        .values(address_key=key, newsletter=newsletter, kind=kind.value, reason=reason, created_at=now)
        .on_conflict_do_nothing(index_elements=["address_key", "newsletter", "kind"])
        .returning(suppressions.c.address_key)  # a count of rows is not told by every driver
    )
    return added.first() is not None


def alone(connection: Connection) -> None:
    """Wait for the intents that are being committed, and for other noes; none follows until we are done.

    Else a no could be answered while an intent that has not seen it is committed. (SQLite has one writer.)
    """
    if connection.dialect.name == "postgresql":
        lock_in_transaction(connection, NOES)


def suppress_all(connection: Connection, address: str, reason: str, now: datetime, kind: NoKind) -> None:
    """Never send to `address` again: every subscription ends with it."""
    suppress(connection, address, reason, now, kind=kind)
    subscribers.end(connection, address_key(address), ALL_NEWSLETTERS, reason, now)


def noes(connection: Connection, keys: Collection[str]) -> list[No]:
    """Every no that stands for any of some keys."""
    rows = connection.execute(
        select(suppressions)
        .where(suppressions.c.address_key.in_(keys))
        .order_by(suppressions.c.newsletter, suppressions.c.kind)
    ).mappings()
    return [
        No(row["address_key"], row["newsletter"], NoKind(row["kind"]), row["reason"], row["created_at"])
        for row in rows
    ]


def lift(
    connection: Connection, keys: Collection[str], newsletters: Collection[str], kinds: Collection[NoKind]
) -> int:
    """Take back noes of some kinds to some newsletters, for an address by its keys; how many."""
    gone = connection.execute(
        delete(suppressions).where(
            suppressions.c.address_key.in_(keys),
            suppressions.c.newsletter.in_(newsletters),
            suppressions.c.kind.in_([kind.value for kind in kinds]),
        )
    )
    return int(gone.rowcount)


def retract(connection: Connection, what: str, reason: str, now: datetime) -> None:
    """Remember that an item (slug) or picture (path) is taken back. The first reason stands."""
    connection.execute(
        insert(connection, retractions)
        .values(what=what, reason=reason, retracted_at=now)
        .on_conflict_do_nothing(index_elements=["what"])
    )
