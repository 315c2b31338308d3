"""The ledger's rows: every move a delivery can make, each on the condition that it is still the mover's.

    planned -> claimed -> sending -> accepted | rejected | planned (later) | unknown

A claim, its intent and its result are three transactions: what is committed decides what a crash means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, func, literal, or_, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from comms.errors import LeaseLost, StoreError, say
from comms.model.audience import address_key
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import Recipient
from comms.store import approvals as approval_rows
from comms.store import slots as slot_rows
from comms.store.schema import Instant, attempts, deliveries, is_state, slots, suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_BATCH = 500

_COLUMNS = (
    deliveries.c.id,
    deliveries.c.slot_id,
    deliveries.c.channel,
    deliveries.c.recipient,
    deliveries.c.recipient_name,
    deliveries.c.edition_id,
    deliveries.c.state,
    deliveries.c.attempt,
    deliveries.c.owner,
    deliveries.c.key,
    deliveries.c.reason,
    deliveries.c.first_attempt_at,
    deliveries.c.updated_at,
    deliveries.c.receipt,
)

_TAKEN = (DeliveryState.CLAIMED, DeliveryState.SENDING)

INTERRUPTED = say("Programmet stoppades medan brevet eller inlägget lämnades över.")
"""Why a delivery is unknown after a crash."""

_SUPPRESSED = say("Adressen är spärrad: {reason}")

RETRIED = "temporary"
"""The outcome of an attempt that failed for now."""


@dataclass(frozen=True, slots=True)
class End:
    """How an attempt ended: the delivery's next state and why; `outcome` where the state does not say it."""

    state: DeliveryState
    reason: str = ""
    receipt: str = ""
    not_before: datetime | None = None
    outcome: str = ""
    detail: str = ""


_LEFT = {
    DeliveryState.CLAIMED: End(DeliveryState.PLANNED, outcome="interrupted"),
    DeliveryState.SENDING: End(DeliveryState.UNKNOWN, str(INTERRUPTED), outcome="interrupted"),
}


def start(
    connection: Connection,
    slot_id: str,
    recipients: Iterable[tuple[Recipient, int | None, DeliveryState, str]],
    now: datetime,
) -> int:
    """Freeze who gets it and let the slot run; the number of rows. A slot that runs or ran is left alone.

    Of two rows for one address the one that will be sent wins. Raises StoreError for a slot that is
    not approved.
    """
    slot = slot_rows.find(connection, slot_id)
    if slot is not None and slot.state in {SlotState.RUNNING, SlotState.DONE}:
        return 0
    approved = approval_rows.find(connection, slot_id) is not None
    if slot is None or slot.state is not SlotState.APPROVED or not approved:
        raise StoreError(say("{id} är inte godkänt och får inte skickas.", id=slot_id))
    slot_rows.set_state(connection, slot_id, SlotState.RUNNING, "", now)
    rows = (_planned(slot_id, slot.channel, entry, now) for entry in recipients)
    statement = insert(deliveries)
    statement = statement.on_conflict_do_update(
        index_elements=["slot_id", "channel", "address_key"],
        set_={
            name: statement.excluded[name]
            for name in ("recipient", "recipient_name", "edition_id", "state", "reason")
        },
        where=is_state(deliveries.c.state, DeliveryState.SKIPPED)
        & is_state(statement.excluded.state, DeliveryState.PLANNED),
    )
    while batch := list(islice(rows, _BATCH)):
        connection.execute(statement, batch)
    return sum(counts(connection, slot_id).values())


def claim(
    connection: Connection, owner: str, now: datetime, lease: timedelta, channels: Collection[str]
) -> Delivery | None:
    """Take the next due copy on `channels`, least tried first so that no bad copy blocks the others.

    An address that was suppressed after planning is skipped here, in the same transaction.
    """
    due = (
        select(deliveries.c.id, suppressions.c.reason.label("no"))
        .join(slots, slots.c.id == deliveries.c.slot_id)
        .outerjoin(suppressions, suppressions.c.address_key == deliveries.c.address_key)
        .where(
            is_state(deliveries.c.state, DeliveryState.PLANNED),
            is_state(slots.c.state, SlotState.RUNNING),
            deliveries.c.channel.in_(channels),
            or_(deliveries.c.not_before.is_(None), deliveries.c.not_before <= now),
        )
        .order_by(deliveries.c.attempt, deliveries.c.id)
        .limit(1)
    )
    while (found := connection.execute(due).first()) is not None:
        if found.no is None:
            return _take(connection, found.id, owner, now, now + lease)
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == found.id)
            .values(
                state=DeliveryState.SKIPPED.value,
                reason=_SUPPRESSED.template.format(reason=found.no),
                not_before=None,
                updated_at=now,
            )
        )
    return None


def mark_sending(connection: Connection, delivery: Delivery, now: datetime) -> Delivery:
    """The intent: from here on a crash means unknown. Raises LeaseLost when it is not ours to send."""
    return _move(
        connection,
        delivery,
        (DeliveryState.CLAIMED,),
        {"state": DeliveryState.SENDING.value, "updated_at": now},
        lease_over=now,
    )


def finish(connection: Connection, delivery: Delivery, end: End, now: datetime) -> Delivery:
    """Record how an attempt ended. Raises LeaseLost when the row is not ours.

    An answer that comes after a recovery called the row unknown is proof, and is taken.
    """
    moved = _move(
        connection,
        delivery,
        (*_TAKEN, DeliveryState.UNKNOWN),
        {
            "state": end.state.value,
            # A late answer must still find its row, so an unknown one keeps its owner.
            "owner": delivery.owner if end.state is DeliveryState.UNKNOWN else "",
            "lease_until": None,
            "not_before": end.not_before,
            "reason": end.reason,
            "receipt": end.receipt,
            "updated_at": now,
        },
    )
    connection.execute(
        update(attempts)
        .where(attempts.c.delivery_id == delivery.id, attempts.c.number == delivery.attempt)
        .values(ended_at=now, outcome=end.outcome or end.state.value, detail=end.detail or end.reason)
    )
    return moved


def recover(connection: Connection, now: datetime, *, exclusive: bool) -> list[Delivery]:
    """Settle what dead workers left: claimed goes out again, sending becomes unknown; the rows moved.

    `exclusive`: the caller holds the machine's only lock, so every owner is dead and leases say nothing.
    """
    left = select(*_COLUMNS).where(deliveries.c.state.in_([state.value for state in _TAKEN]))
    if not exclusive:
        left = left.where(deliveries.c.lease_until <= now)
    moved = []
    for row in connection.execute(left.order_by(deliveries.c.id)).mappings().all():
        delivery = _delivery(row)
        moved.append(finish(connection, delivery, _LEFT[delivery.state], now))
    slot_rows.cancel_waiting(connection, now)
    return moved


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


def page(connection: Connection, slot_id: str, after: int) -> list[Delivery]:
    """The next deliveries of a slot after number `after`, a short read at a time."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(deliveries.c.slot_id == slot_id, deliveries.c.id > after)
        .order_by(deliveries.c.id)
        .limit(_BATCH)
    ).mappings()
    return [_delivery(row) for row in rows]


def _planned(
    slot_id: str, channel: str, entry: tuple[Recipient, int | None, DeliveryState, str], now: datetime
) -> dict[str, object]:
    recipient, edition_id, state, reason = entry
    key = address_key(recipient.address)
    digest = sha256(f"{slot_id}|{channel}|{key}".encode()).hexdigest()[:24]
    return {
        "slot_id": slot_id,
        "channel": channel,
        "recipient": recipient.address,
        "address_key": key,
        "recipient_name": recipient.name,
        "edition_id": edition_id,
        "state": state.value,
        "attempt": 0,
        "owner": "",
        "key": f"{slot_id}.{digest}",
        "reason": reason,
        "receipt": "",
        "updated_at": now,
    }


def _take(connection: Connection, row_id: int, owner: str, now: datetime, until: datetime) -> Delivery:
    row = (
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row_id, is_state(deliveries.c.state, DeliveryState.PLANNED))
            .values(
                state=DeliveryState.CLAIMED.value,
                attempt=deliveries.c.attempt + 1,
                owner=owner,
                lease_until=until,
                not_before=None,
                reason="",
                first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, literal(now, Instant())),
                updated_at=now,
            )
            .returning(*_COLUMNS)
        )
        .mappings()
        .one()
    )
    connection.execute(
        plain_insert(attempts).values(
            delivery_id=row["id"], number=row["attempt"], owner=owner, started_at=now, outcome="", detail=""
        )
    )
    return _delivery(row)


def _move(
    connection: Connection,
    delivery: Delivery,
    allowed: Collection[DeliveryState],
    values: Mapping[str, object],
    lease_over: datetime | None = None,
) -> Delivery:
    statement = update(deliveries).where(
        deliveries.c.id == delivery.id,
        deliveries.c.owner == delivery.owner,
        deliveries.c.attempt == delivery.attempt,
        deliveries.c.state.in_([state.value for state in allowed]),
    )
    if lease_over is not None:
        statement = statement.where(deliveries.c.lease_until > lease_over)
    row = connection.execute(statement.values(dict(values)).returning(*_COLUMNS)).mappings().first()
    if row is None:
        raise LeaseLost(say("Leveransen {key} tillhör inte längre den här körningen.", key=delivery.key))
    return _delivery(row)


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{**row, "state": DeliveryState(row["state"])})
