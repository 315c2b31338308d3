"""Who this database is, and whether it may send: an old copy is fenced until a person says otherwise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from comms.errors import say
from comms.model.ledger import DeliveryState, SlotState
from comms.store.columns import is_state
from comms.store.records import Instance
from comms.store.schema import deliveries, instance, slots
from comms.store.upsert import insert

HELD = say("Databasen är återställd eller kopierad: det kan redan ha gått ut.")
"""Why a row is held after a restore."""


def ensure(connection: Connection, installation: str, now: datetime) -> Instance:
    """The database's own row, made with the name `installation` when there is none."""
    connection.execute(
        insert(connection, instance)
        .values(id=1, installation=installation, created_at=now, fence_reason="")
        .on_conflict_do_nothing(index_elements=["id"])
    )
    row = connection.execute(select(instance)).mappings().one()
    return Instance(row["installation"], row["created_at"], row["fenced_at"], row["fence_reason"])


def fence(connection: Connection, reason: str, now: datetime) -> int:
    """Stop all sending, and hold everything that was due before `now`; how many copies are held.

    What stands as waiting in an old copy of the ledger may have gone out since the copy was taken. A copy
    that was on its way is unknown for the same reason as after a crash.
    """
    connection.execute(
        update(instance).where(instance.c.fenced_at.is_(None)).values(fenced_at=now, fence_reason=reason)
    )
    connection.execute(
        update(slots)
        .where(slots.c.state.in_([SlotState.PLANNED.value, SlotState.APPROVED.value]), slots.c.due_at <= now)
        .values(state=SlotState.HELD.value, reason=str(HELD), updated_at=now)
    )
    held = connection.execute(
        update(deliveries)
        .where(deliveries.c.state.in_([DeliveryState.PLANNED.value, DeliveryState.CLAIMED.value]))
        .values(
            state=DeliveryState.HELD.value,
            reason=str(HELD),
            owner="",
            lease_until=None,
            not_before=None,
            updated_at=now,
        )
    )
    connection.execute(
        update(deliveries)
        .where(is_state(deliveries.c.state, DeliveryState.SENDING))
        .values(state=DeliveryState.UNKNOWN.value, reason=str(HELD), lease_until=None, updated_at=now)
    )
    return int(held.rowcount)


def adopt(connection: Connection, installation: str, now: datetime) -> None:
    """A person says that this is the database now: sending is allowed again. What is held stays held.

    What has come due since it was fenced is held too: where it was copied from, that may have gone out.
    """
    if connection.execute(select(instance.c.fenced_at)).scalar() is not None:
        fence(connection, "", now)
    connection.execute(
        update(instance).values(installation=installation, created_at=now, fenced_at=None, fence_reason="")
    )
