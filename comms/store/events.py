"""Later facts about deliveries: what bounced, who complained, what evidence settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy import insert as plain_insert

from comms.model.ledger import Course, DeliveryState, EventKind
from comms.store import deliveries as deliveries_rows
from comms.store import slots as slot_rows
from comms.store.schema import deliveries, events

ANSWERED = "svar: "
"""What the source of a fact begins with that a server told at once, when it was handed a copy."""

AFTERWARDS = ~events.c.source.startswith(ANSWERED)
"""Whether a fact was learned later. What was told at once is the copy's own state, until it is sent again."""


def add(
    connection: Connection, delivery_id: int, kind: EventKind, source: str, detail: str, happened_at: datetime
) -> None:
    """Remember a fact; `source` names where it is known from, `detail` is its own words."""
    connection.execute(
        plain_insert(events).values(
            delivery_id=delivery_id,
            kind=kind.value,
            source=source,
            detail=detail,
            happened_at=happened_at,
        )
    )


def course(connection: Connection, slot_id: str) -> Course:
    """How a slot goes: counted, so that the answer is true whoever sends. A copy counts once as dead."""
    states = deliveries_rows.counts(connection, slot_id)
    reported = (
        select(events.c.kind, func.count(events.c.delivery_id.distinct()).label("number"))
        .join(deliveries, deliveries.c.id == events.c.delivery_id)
        .where(
            deliveries.c.slot_id == slot_id,
            events.c.kind.in_([EventKind.BOUNCE_HARD.value, EventKind.COMPLAINT.value]),
            AFTERWARDS,
        )
        .group_by(events.c.kind)
    )
    kinds = {row.kind: row.number for row in connection.execute(reported)}
    rejected = states.get(DeliveryState.REJECTED, 0)
    slot = slot_rows.find(connection, slot_id)
    return Course(
        total=sum(states.values()) - states.get(DeliveryState.SKIPPED, 0),
        answered=states.get(DeliveryState.ACCEPTED, 0) + rejected,
        dead=rejected + kinds.get(EventKind.BOUNCE_HARD.value, 0),
        complaints=kinds.get(EventKind.COMPLAINT.value, 0),
        cleared=slot is not None and slot.cleared_at is not None,
    )
