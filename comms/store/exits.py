"""Exits: what an unsubscribe link names instead of an address. One for each address and newsletter."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from comms.store.schema import exits
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Sequence


def of(connection: Connection, keys: Sequence[str], newsletter: str) -> dict[str, str]:
    """The exit of each address key for a newsletter, made where there is none."""
    wanted = [{"id": secrets.token_hex(8), "address_key": key, "newsletter": newsletter} for key in keys]
    if not wanted:
        return {}
    statement = insert(connection, exits).on_conflict_do_nothing(index_elements=["address_key", "newsletter"])
    connection.execute(statement, wanted)
    rows = connection.execute(
        select(exits.c.address_key, exits.c.id).where(
            exits.c.newsletter == newsletter, exits.c.address_key.in_(keys)
        )
    )
    return {row.address_key: row.id for row in rows}


def find(connection: Connection, exit_id: str) -> tuple[str, str] | None:
    """Address key and newsletter behind an exit; the key is "" when the address has been erased."""
    row = connection.execute(
        select(exits.c.address_key, exits.c.newsletter).where(exits.c.id == exit_id)
    ).first()
    return None if row is None else (row.address_key or "", row.newsletter)
