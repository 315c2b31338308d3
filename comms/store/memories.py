"""What channels remember between runs: sessions, containers, when a key was first seen. Values as given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from comms.store.records import Remembrance
from comms.store.schema import memories
from comms.store.upsert import insert


def find(connection: Connection, channel: str, name: str) -> Remembrance | None:
    """What a channel remembers by a name, or None."""
    row = (
        connection.execute(select(memories).where(memories.c.channel == channel, memories.c.name == name))
        .mappings()
        .first()
    )
    return None if row is None else Remembrance(**row)


def listed(connection: Connection) -> list[Remembrance]:
    """All that channels remember."""
    rows = connection.execute(select(memories).order_by(memories.c.channel, memories.c.name))
    return [Remembrance(**row) for row in rows.mappings()]


def keep(connection: Connection, one: Remembrance) -> None:
    """Remember, in the place of what was remembered by that name."""
    changes = {
        "value": one.value, "locked": one.locked, "until": one.until, "updated_at": one.updated_at
    }  # fmt: skip
    connection.execute(
        insert(connection, memories)
        .values(channel=one.channel, name=one.name, **changes)
        .on_conflict_do_update(index_elements=["channel", "name"], set_=changes)
    )


def forget(connection: Connection, channel: str, name: str) -> None:
    """Remember it no more."""
    connection.execute(delete(memories).where(memories.c.channel == channel, memories.c.name == name))


def forget_old(connection: Connection, now: datetime) -> None:
    """Let go of what is of no use any more."""
    connection.execute(delete(memories).where(memories.c.until < now))
