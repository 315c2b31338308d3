"""Standing noes: addresses that get nothing, items and pictures that are taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from comms.model.audience import address_key
from comms.store.schema import retractions, suppressions
from comms.store.upsert import insert


def suppress(connection: Connection, address: str, reason: str, now: datetime) -> None:
    """Never send to `address` again, whatever any file says. The first reason stands."""
    connection.execute(
        insert(connection, suppressions)
        .values(address_key=address_key(address), reason=reason, created_at=now)
        .on_conflict_do_nothing(index_elements=["address_key"])
    )


def retract(connection: Connection, what: str, reason: str, now: datetime) -> None:
    """Remember that an item (slug) or picture (path) is taken back. The first reason stands."""
    connection.execute(
        insert(connection, retractions)
        .values(what=what, reason=reason, retracted_at=now)
        .on_conflict_do_nothing(index_elements=["what"])
    )
