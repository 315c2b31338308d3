"""Slots: each planned time once, and where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, exists, select, update

from comms.errors import StoreError, say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import Entry, EntryKind
from comms.store.columns import is_state
from comms.store.records import Slot
from comms.store.schema import deliveries, slots
from comms.store.turns import end_followers
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Collection

BEGUN = (SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE)
"""States of a slot that has frozen its recipients."""

_SETTLED = (*BEGUN, SlotState.SKIPPED, SlotState.CANCELLED)

CANCELLED_WITH_SLOT = say("Utskicket ställdes in.")
"""Why a delivery was cancelled: its slot was."""


def add(connection: Connection, entry: Entry, now: datetime) -> bool:
    """Remember that `entry` is planned; False when it already was.

    A slot that nobody has approved follows the plan when its time or title changes. Raises StoreError
    when another entry already has that schedule and wall time.
    """
    taken = connection.execute(
        select(slots.c.id).where(
            slots.c.schedule == entry.schedule,
            slots.c.wall == entry.moment.wall,
            slots.c.id != entry.id,
        )
    ).scalar()
    if taken is not None:
        raise StoreError(
            say(
                "{id} kan inte planeras: {taken} har redan tiden {wall:%Y-%m-%d %H:%M} i {schedule}.",
                id=entry.id,
                taken=taken,
                wall=entry.moment.wall,
                schedule=entry.schedule,
            )
        )
    known = _known(entry) | {"updated_at": now}
    added = connection.execute(
        insert(connection, slots)
        .values(id=entry.id, state=SlotState.PLANNED.value, reason="", **known)
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(slots.c.id)
    )
    if added.first() is not None:
        return True
    connection.execute(
        update(slots).where(slots.c.id == entry.id, is_state(slots.c.state, SlotState.PLANNED)).values(known)
    )
    return False


def follow(connection: Connection, entry: Entry, now: datetime) -> None:
    """Make an open slot say what `entry` says, approved. Raises StoreError when it is past that."""
    add(connection, entry, now)
    changed = connection.execute(
        update(slots)
        .where(slots.c.id == entry.id, slots.c.state.not_in([state.value for state in _SETTLED]))
        .where(~exists().where(deliveries.c.slot_id == entry.id))
        .values(state=SlotState.APPROVED.value, reason="", **_known(entry), updated_at=now)
    )
    if not changed.rowcount:
        raise StoreError(
            say("{id} går inte att godkänna: utskicket har redan börjat eller är avslutat.", id=entry.id)
        )


def set_state(connection: Connection, slot_id: str, state: SlotState, reason: str, now: datetime) -> None:
    """Move a slot; cancelling it cancels what waits in it. Raises StoreError for an unknown slot."""
    changed = connection.execute(
        update(slots).where(slots.c.id == slot_id).values(state=state.value, reason=reason, updated_at=now)
    )
    if not changed.rowcount:
        raise StoreError(say("Det finns inget utskick som heter {id}.", id=slot_id))
    if state is SlotState.CANCELLED:
        cancel_waiting(connection, now)


def cancel_waiting(connection: Connection, now: datetime) -> None:
    """Cancel what waits in cancelled slots, also what came back after the slot was cancelled."""
    cancelled = select(slots.c.id).where(is_state(slots.c.state, SlotState.CANCELLED))
    connection.execute(
        update(deliveries)
        .where(is_state(deliveries.c.state, DeliveryState.PLANNED), deliveries.c.slot_id.in_(cancelled))
        .values(
            state=DeliveryState.CANCELLED.value,
            reason=str(CANCELLED_WITH_SLOT),
            not_before=None,
            updated_at=now,
        )
    )


def close_finished(connection: Connection, now: datetime) -> None:
    """Mark begun slots without an open delivery as done."""
    cancel_waiting(connection, now)
    end_followers(connection, now)
    open_states = [state.value for state in DeliveryState if state.is_open]
    still_open = exists().where(deliveries.c.slot_id == slots.c.id, deliveries.c.state.in_(open_states))
    connection.execute(
        update(slots)
        .where(slots.c.state.in_([SlotState.RUNNING.value, SlotState.PAUSED.value]), ~still_open)
        .values(state=SlotState.DONE.value, reason="", updated_at=now)
    )


def move(
    connection: Connection, slot_id: str, before: Collection[SlotState], after: SlotState, now: datetime
) -> bool:
    """Move a slot if it stands in `before`; False when it does not. Its reason is cleared."""
    changed = connection.execute(
        update(slots)
        .where(slots.c.id == slot_id, slots.c.state.in_([state.value for state in before]))
        .values(state=after.value, reason="", updated_at=now)
    )
    return bool(changed.rowcount)


def pause(connection: Connection, slot_id: str, reason: str, now: datetime) -> bool:
    """Stop a running slot until a person lets it go on; False when it does not run.

    When this is committed no further copy gets an intent: what is in flight is what was in flight.
    """
    changed = connection.execute(
        update(slots)
        .where(slots.c.id == slot_id, is_state(slots.c.state, SlotState.RUNNING))
        .values(state=SlotState.PAUSED.value, reason=reason, updated_at=now)
    )
    return bool(changed.rowcount)


def resume(connection: Connection, slot_id: str, now: datetime) -> bool:
    """Let a paused slot go on, by a person's word; False when it is not paused.

    What stopped it has been seen by a person, so the early alarm does not stop it again.
    """
    changed = connection.execute(
        update(slots)
        .where(slots.c.id == slot_id, is_state(slots.c.state, SlotState.PAUSED))
        .values(state=SlotState.RUNNING.value, reason="", cleared_at=now, updated_at=now)
    )
    return bool(changed.rowcount)


def find(connection: Connection, slot_id: str, *, lock: bool = False) -> Slot | None:
    """The slot, or None when there is none of that name; `lock` keeps it as it is until the end."""
    query = select(slots).where(slots.c.id == slot_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _slot(row)


def listed(connection: Connection, states: Collection[SlotState]) -> list[Slot]:
    """Slots in `states` (all when empty), in order of time."""
    query = select(slots).order_by(slots.c.due_at, slots.c.id)
    if states:
        query = query.where(slots.c.state.in_([state.value for state in states]))
    return [_slot(row) for row in connection.execute(query)]


def _known(entry: Entry) -> dict[str, object]:
    return {
        "schedule": entry.schedule,
        "wall": entry.moment.wall,
        "due_at": entry.moment.at,
        "kind": entry.kind.value,
        "channel": entry.channel,
        "newsletter": entry.newsletter,
        "item": entry.item,
        "title": entry.title,
    }


def _slot(row: Row[Any]) -> Slot:
    return Slot(
        id=row.id,
        schedule=row.schedule,
        wall=row.wall,
        due_at=row.due_at,
        kind=EntryKind(row.kind),
        channel=row.channel,
        newsletter=row.newsletter,
        item=row.item,
        title=row.title,
        state=SlotState(row.state),
        reason=row.reason,
        cleared_at=row.cleared_at,
    )
