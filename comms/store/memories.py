"""What channels remember between runs: sessions, containers, when a key was first seen. Values as given."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from comms.store.records import Remembrance
from comms.store.schema import memories
from comms.store.upsert import insert

if TYPE_CHECKING:
    from comms.store.database import Database


class Memories:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def find(self, channel: str, name: str) -> Remembrance | None:
        """What a channel remembers by a name, or None."""
        wanted = select(memories).where(memories.c.channel == channel, memories.c.name == name)
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else Remembrance(**row)

    def all(self) -> list[Remembrance]:
        """All that channels remember."""
        with self._database.reading() as connection:
            rows = connection.execute(select(memories).order_by(memories.c.channel, memories.c.name))
            return [Remembrance(**row) for row in rows.mappings()]

    def keep(self, one: Remembrance) -> None:
        """Remember, in the place of what was remembered by that name."""
        values = asdict(one)
        with self._database.writing() as connection:
            connection.execute(
                insert(connection, memories)
                .values(**values)
                .on_conflict_do_update(index_elements=["channel", "name"], set_=values)
            )

    def forget(self, channel: str, name: str) -> None:
        """Remember it no more."""
        with self._database.writing() as connection:
            connection.execute(delete(memories).where(memories.c.channel == channel, memories.c.name == name))

    def forget_old(self, now: datetime) -> None:
        """Let go of what is of no use any more."""
        with self._database.writing() as connection:
            connection.execute(delete(memories).where(memories.c.until < now))
