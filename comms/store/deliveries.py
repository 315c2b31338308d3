"""The ledger's rows as they stand: freezing who gets what, and looking without touching."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, func, select

from comms.errors import StoreError, say
from comms.model.audience import address_key
from comms.model.ledger import RETRIED, Delivery, DeliveryState, SlotState, part_of
from comms.model.plan import Recipient
from comms.store import approvals as approval_rows
from comms.store import exits
from comms.store import slots as slot_rows
from comms.store.columns import is_state
from comms.store.locks import without_erasures
from comms.store.schema import attempts, deliveries, slots
from comms.store.turns import IN_TURN
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Any

    from comms.store.exits import NameExit
    from comms.store.records import Slot

_BATCH = 500
_STATES = {state.value: state for state in DeliveryState}

COLUMNS = tuple(
    deliveries.c[name]
    for name in (
        "id", "slot_id", "channel", "recipient", "recipient_name", "edition_id", "attempt", "owner", "key",
        "reason", "first_attempt_at", "updated_at", "receipt", "not_before", "lease_until", "state",
        "exit_id", "subscribes",
    )
)  # fmt: skip
"""What `read` needs of a row, in the order of `Delivery`'s fields."""

_STATE = 15
"""The place of `state` among them."""

_SEEN = timedelta(minutes=2)
"""How long after its time a post that a network publishes itself is sure to be there."""


def start(
    connection: Connection,
    slot_id: str,
    recipients: Iterable[tuple[Recipient, int | None, DeliveryState, str]],
    now: datetime,
    at: Callable[[str], None],
    *,
    name_exit: NameExit | None = None,
) -> int:
    """Freeze who gets it and let the slot run; the number of rows. A slot that runs or ran is left alone.

    Of two rows for one address the one that will be sent wins. Raises StoreError for a slot that is
    not approved.
    """
    # `recipients` is read from here on: who is erased meanwhile would come back with its rows.
    without_erasures(connection)
    slot = slot_rows.find(connection, slot_id, lock=True)
    if slot is not None and slot.state in slot_rows.BEGUN:
        return 0
    approved = approval_rows.find(connection, slot_id) is not None
    if slot is None or slot.state is not SlotState.APPROVED or not approved:
        raise StoreError(say("{id} är inte godkänt och får inte skickas.", id=slot_id))
    slot_rows.set_state(connection, slot_id, SlotState.RUNNING, "", now)
    rows = (_planned(slot, entry, now) for entry in recipients)
    statement = insert(connection, deliveries)
    statement = statement.on_conflict_do_update(
        index_elements=["slot_id", "channel", "address_key"],
        set_={
            name: statement.excluded[name]
            for name in (
                "recipient",
                "recipient_name",
                "edition_id",
                "state",
                "reason",
                "not_before",
                "exit_id",
                "subscribes",
            )
        },
        where=is_state(deliveries.c.state, DeliveryState.SKIPPED)
        & is_state(statement.excluded.state, DeliveryState.PLANNED),
    )
    while batch := list(islice(rows, _BATCH)):
        if name_exit and slot.newsletter:
            _name_exits(connection, batch, slot.newsletter, name_exit)
        connection.execute(statement, batch)
        at("start.batch")
    return sum(counts(connection, slot_id).values())


def unknown(connection: Connection) -> list[Delivery]:
    """Every delivery whose fate is unknown."""
    rows = connection.execute(
        select(*COLUMNS).where(is_state(deliveries.c.state, DeliveryState.UNKNOWN)).order_by(deliveries.c.id)
    )
    return [read(row) for row in rows]


def touched(connection: Connection, slot_id: str) -> bool:
    """Whether any copy of a slot has been begun."""
    begun = select(deliveries.c.id).where(deliveries.c.slot_id == slot_id, deliveries.c.attempt > 0).limit(1)
    return connection.execute(begun).first() is not None


def failures(connection: Connection, delivery_id: int) -> int:
    """How many attempts have failed for now: what the wait before the next one depends on."""
    found = connection.execute(
        select(func.count()).where(attempts.c.delivery_id == delivery_id, attempts.c.outcome == RETRIED)
    )
    return found.scalar_one()


def counts(connection: Connection, slot_id: str) -> Mapping[DeliveryState, int]:
    """How many deliveries stand where; they sum to the plan."""
    rows = connection.execute(
        select(deliveries.c.state, func.count().label("number"))
        .where(deliveries.c.slot_id == slot_id)
        .group_by(deliveries.c.state)
    )
    return {DeliveryState(row.state): row.number for row in rows}


def due(connection: Connection, now: datetime) -> dict[str, int]:
    """How many copies are due on each channel."""
    rows = connection.execute(
        select(deliveries.c.channel, func.count().label("number"))
        .join(slots, slots.c.id == deliveries.c.slot_id)
        .where(
            is_state(deliveries.c.state, DeliveryState.PLANNED),
            is_state(slots.c.state, SlotState.RUNNING),
            deliveries.c.not_before <= now,
        )
        .group_by(deliveries.c.channel)
    )
    return {row.channel: row.number for row in rows}


def next_due(connection: Connection, channel: str) -> datetime | None:
    """When the next planned copy of a channel may go, or None when none is planned."""
    waiting = select(func.min(deliveries.c.not_before)).where(
        is_state(deliveries.c.state, DeliveryState.PLANNED),
        deliveries.c.slot_id.in_(running(connection, channel)),
        IN_TURN,
    )
    found: datetime | None = connection.execute(waiting).scalar()
    return found


def page(connection: Connection, slot_id: str, after: int) -> list[Delivery]:
    """The next deliveries of a slot after number `after`, a short read at a time."""
    rows = connection.execute(
        select(*COLUMNS)
        .where(deliveries.c.slot_id == slot_id, deliveries.c.id > after)
        .order_by(deliveries.c.id)
        .limit(_BATCH)
    )
    return [read(row) for row in rows]


def running(connection: Connection, channel: str) -> list[str]:
    """The slots that run on a channel, oldest first: few, so that each is a walk along one index."""
    found = select(slots.c.id).where(is_state(slots.c.state, SlotState.RUNNING), slots.c.channel == channel)
    return list(connection.execute(found.order_by(slots.c.due_at, slots.c.id)).scalars())


def read(row: Row[Any]) -> Delivery:
    """A row as a value."""
    values: list[Any] = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    return Delivery(*values)


def _planned(
    slot: Slot, entry: tuple[Recipient, int | None, DeliveryState, str], now: datetime
) -> dict[str, object]:
    """A row; what follows a post that was handed over ahead of its time waits until readers see it."""
    recipient, edition_id, state, reason = entry
    key = address_key(recipient.address)
    digest = sha256(f"{slot.id}|{slot.channel}|{key}".encode()).hexdigest()[:24]
    follows = edition_id is None and part_of(recipient.address) > 0
    begins = max(now, slot.due_at + _SEEN) if follows and slot.due_at > now else now
    return {
        "slot_id": slot.id,
        "channel": slot.channel,
        "recipient": recipient.address,
        "address_key": key,
        "recipient_name": recipient.name,
        "edition_id": edition_id,
        "state": state.value,
        "attempt": 0,
        "owner": "",
        "not_before": begins if state is DeliveryState.PLANNED else None,
        "key": f"{slot.id}.{digest}",
        "reason": reason,
        "receipt": "",
        "updated_at": now,
        "exit_id": "",
        "subscribes": recipient.subscribes,
    }


def _name_exits(
    connection: Connection, rows: list[dict[str, object]], newsletter: str, name: NameExit
) -> None:
    """Give each row the exit that its letter names."""
    found = exits.of(connection, [str(row["address_key"]) for row in rows], newsletter, name)
    for row in rows:
        row["exit_id"] = found[str(row["address_key"])]
