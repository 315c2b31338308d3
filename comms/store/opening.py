"""Opening the ledger: made or migrated when needed, and in its place before anything asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comms.errors import StoreError
from comms.store.database import Database, nowhere
from comms.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def open_store(
    url: str, *, beside: Path | None = None, at: Callable[[str], None] = nowhere, urgent: bool = False
) -> Store:
    """Open the database at `url` (`sqlite:///…` or `postgresql://…`), made or migrated when needed.

    `beside`: the stem of the files in which this machine remembers its sending; beside the file itself for
    SQLite. `at` is told each point where a test may kill us. `urgent`: a no must be written, so a full disk
    is made room on by giving up the reserve. Raises StoreError when the database cannot be
    opened or belongs to a newer program.
    """
    database = Database(url, at)
    try:
        try:
            database.migrate()
        except StoreError as error:
            if not (urgent and database.makes_room_for(error)):
                raise
            database.migrate()
    except BaseException:
        database.close()
        raise
    return Store(database, database.file or beside)
