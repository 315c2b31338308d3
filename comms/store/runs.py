"""The runs that were made, and what each came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from comms.store.records import Run
from comms.store.schema import runs

if TYPE_CHECKING:
    from comms.store.database import Database


class Runs:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def begin(self, started_at: datetime, now: datetime) -> int:
        """Remember that a run began at `started_at` (the real time) with `now` as its clock; its number."""
        begun = insert(runs).values(started_at=started_at, now=now, outcome={}).returning(runs.c.id)
        with self._database.writing() as connection:
            return int(connection.execute(begun).scalar_one())

    def end(self, run_id: int, ended_at: datetime, outcome: Mapping[str, object]) -> None:
        """Remember how a run ended; `outcome` in values that JSON has."""
        ended = update(runs).where(runs.c.id == run_id).values(ended_at=ended_at, outcome=dict(outcome))
        with self._database.writing() as connection:
            connection.execute(ended)

    def last(self) -> Run | None:
        """The newest run, ended or not, or None."""
        with self._database.reading() as connection:
            row = connection.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).mappings().first()
        return None if row is None else Run(**row)
