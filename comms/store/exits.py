"""Exits: what an unsubscribe link names instead of an address. One for each address and newsletter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update

from comms.store.schema import exits
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Sequence

NameExit = Callable[[str, str], str]
"""Gives the id (16 hex digits) of the exit of an address key and a newsletter: always the same one, so that
a restored ledger comes to know links that were mailed after the copy was made."""


def of(connection: Connection, keys: Sequence[str], newsletter: str, name: NameExit) -> dict[str, str]:
    """The exit of each address key for a newsletter, made where there is none.

    Who was erased and has come back has the same one again.
    """
    wanted = [{"id": name(key, newsletter), "address_key": key, "newsletter": newsletter} for key in keys]
    if not wanted:
        return {}
    connection.execute(insert(connection, exits).on_conflict_do_nothing(), wanted)
    nobodys = update(exits).where(exits.c.id == bindparam("exit"), exits.c.address_key.is_(None))
    connection.execute(
        nobodys.values(address_key=bindparam("whose")),
        [{"exit": row["id"], "whose": row["address_key"]} for row in wanted],
    )
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
