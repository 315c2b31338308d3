"""Who waits for whom where people are read and written at once; one order, so that nobody waits in a ring.

First erasures, then tickets ("tickets"), then noes (`suppressions.alone`), then rows. SQLite has one writer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from comms.store.postgres import NOES, lock_in_transaction, shared_lock

if TYPE_CHECKING:
    from sqlalchemy import Connection

TICKETS = "tickets"
"""The lock that whoever asks for a ticket or answers one holds alone."""

_ERASURES = "erasures"


def without_erasures(connection: Connection) -> None:
    """Let nobody be erased until this transaction ends: what it reads of people it also writes.

    Many may hold it so at once. It comes first in its transaction, before anybody is read.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(shared_lock(_ERASURES)))


def to_erase(connection: Connection) -> None:
    """Wait for all who read people to write them, for tickets and noes; none follows until we are done."""
    if connection.dialect.name == "postgresql":
        for name in (_ERASURES, TICKETS, NOES):
            lock_in_transaction(connection, name)
