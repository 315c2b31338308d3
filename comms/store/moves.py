"""Moves of claimed copies: intents, ends, and what becomes of those that dead workers left.

    planned -> claimed -> sending -> accepted | rejected | planned (later) | unknown

An intent and an end are committed: what is committed decides what a crash means. Many copies share a
commit; none shares a row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    String,
    bindparam,
    exists,
    literal_column,
    null,
    or_,
    select,
    update,
)

from comms.errors import say
from comms.model.ledger import Delivery, DeliveryState, End, Settled, SlotState
from comms.store import slots as slot_rows
from comms.store import workers as worker_rows
from comms.store.claims import SUPPRESSED
from comms.store.columns import is_state
from comms.store.deliveries import COLUMNS, read, running
from comms.store.postgres import NOES, shared_lock
from comms.store.prepared import Values, execute, instant
from comms.store.schema import attempts, deliveries, slots, workers
from comms.store.suppressions import CONCERNS, NO
from comms.store.upsert import Insert, insert_for

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAKEN = (DeliveryState.CLAIMED, DeliveryState.SENDING)

INTERRUPTED = say("Programmet stoppades medan brevet eller inlägget lämnades över.")
"""Why a delivery is unknown after a crash."""

LEASE = timedelta(minutes=30)
"""How long an intent lasts from its commit: longer than the ten minutes at the dot."""

_MAY_END = (*_TAKEN, DeliveryState.UNKNOWN)

_BATCH = 500
_GONE = (SlotState.RUNNING, SlotState.DONE, SlotState.HELD, SlotState.CANCELLED)
"""States from which a slot may go on with those who have not got it."""

_LATE = say("För sent: körningen var inte igång i tid.")
_TOO_LATE = say("För sent: den gick inte att publicera i tid.")
_TOLD = say("Körningens journal säger att det kan ha gått ut redan. Fråga den: comms reconcile --journal")

_LEFT = {
    DeliveryState.CLAIMED: End(DeliveryState.PLANNED, outcome="interrupted"),
    DeliveryState.SENDING: End(DeliveryState.UNKNOWN, str(INTERRUPTED), outcome="interrupted"),
}

_INTEND = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("row", type_=Integer),
        deliveries.c.attempt == bindparam("tries", type_=Integer),
        deliveries.c.owner == bindparam("mover", type_=String),
        is_state(deliveries.c.state, DeliveryState.CLAIMED),
        deliveries.c.lease_until > bindparam("moment", type_=String),
        exists().where(slots.c.id == deliveries.c.slot_id, is_state(slots.c.state, SlotState.RUNNING)),
        ~exists().where(CONCERNS),
    )
    .values(
        state=literal_column(f"'{DeliveryState.SENDING.value}'"),
        updated_at=bindparam("moment", type_=String),
        lease_until=bindparam("until", type_=String),
    )
)
_END = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("row", type_=Integer),
        deliveries.c.attempt == bindparam("tries", type_=Integer),
        deliveries.c.owner == bindparam("mover", type_=String),
        deliveries.c.state.in_([literal_column(f"'{state.value}'") for state in _MAY_END]),
    )
    .values(
        state=bindparam("after", type_=String),
        owner=bindparam("keeper", type_=String),
        lease_until=null(),
        not_before=bindparam("later", type_=String),
        reason=bindparam("words", type_=String),
        receipt=bindparam("proof", type_=String),
        updated_at=bindparam("moment", type_=String),
    )
)
_BEAT = (
    update(workers)
    .where(workers.c.owner == bindparam("mover", type_=String))
    .values(
        seen_at=bindparam("moment", type_=String),
        intents=workers.c.intents + bindparam("count", type_=Integer),
    )
)
_KEEP_SLOTS = (
    select(slots.c.id, shared_lock(NOES))
    .where(slots.c.id.in_(bindparam("slot_ids", expanding=True)))
    .order_by(slots.c.id)
    .with_for_update(read=True)
)


def settle(
    connection: Connection,
    owner: str,
    ends: Sequence[tuple[Delivery, End]],
    intents: Sequence[Delivery],
    now: datetime,
) -> Settled:
    """Record how attempts ended, and commit to those that come next: many copies, one transaction.

    An answer that comes after a recovery called the row unknown is proof, and is taken. An intent whose
    address was suppressed, or whose slot was paused or cancelled, is withdrawn: nothing may be sent.
    """
    _keep_slots(connection, intents)
    lost = _write_ends(connection, ends, now)
    planned = [row for row, end in ends if end.state is DeliveryState.PLANNED and _which(row) not in lost]
    _reopen(connection, planned, now)
    sending = _intend(connection, owner, intents, now)
    withdrawn = []
    if len(sending) < len(intents):
        withdrawn = _overtaken(connection, [row for row in intents if _which(row) not in sending])
        _write_ends(connection, withdrawn, now)
    execute(connection, _BEAT, [{"mover": owner, "count": len(sending), "moment": instant(now)}])
    return Settled(
        [row.ended(end, now) for row, end in ends if _which(row) not in lost],
        [row for row, _ in ends if _which(row) in lost],
        [row for row in intents if _which(row) in sending],
        [row.ended(end, now) for row, end in withdrawn],
    )


def recover(connection: Connection, now: datetime, *, exclusive: bool) -> list[Delivery]:
    """Settle what dead workers left: claimed goes out again, sending becomes unknown; the rows moved.

    `exclusive`: the caller holds the machine's only lock, so every owner is dead and leases say nothing.
    Otherwise a row is left when its lease is over, or its owner has given no sign of life.
    """
    left = select(*COLUMNS).where(deliveries.c.state.in_([state.value for state in _TAKEN]))
    if not exclusive:
        gone = deliveries.c.owner.in_(worker_rows.dead(now))
        left = left.where(or_(deliveries.c.lease_until <= now, gone))
    left = left.order_by(deliveries.c.id).with_for_update(of=deliveries, skip_locked=True)
    rows = [read(row) for row in connection.execute(left).all()]
    # Due since it was claimed, not since now: else what died long ago would never be late.
    ends = [(row, replace(_LEFT[row.state], not_before=row.updated_at)) for row in rows]
    _write_ends(connection, ends, now)
    slot_rows.cancel_waiting(connection, now)
    return [row.ended(end, now) for row, end in ends]


def hold_late(connection: Connection, channel: str, before: datetime, now: datetime) -> int:
    """Hold what should have gone on a channel before a time at which nobody was at work; how many."""
    held = connection.execute(
        update(deliveries)
        .where(
            is_state(deliveries.c.state, DeliveryState.PLANNED),
            deliveries.c.not_before < before,
            deliveries.c.slot_id.in_(running(connection, channel)),
        )
        .values(state=DeliveryState.HELD.value, reason=str(_LATE), not_before=None, updated_at=now)
    )
    return int(held.rowcount)


def hold_slot(connection: Connection, slot_id: str, now: datetime) -> int:
    """Hold what has been tried in a slot for longer than it may be late; how many."""
    held = connection.execute(
        update(deliveries)
        .where(deliveries.c.slot_id == slot_id, is_state(deliveries.c.state, DeliveryState.PLANNED))
        .values(state=DeliveryState.HELD.value, reason=str(_TOO_LATE), not_before=None, updated_at=now)
    )
    return int(held.rowcount)


def hold_told(connection: Connection, slot_id: str, keys: Sequence[str], now: datetime) -> None:
    """Hold the copies that the run's journal tells of, of a slot that begins in an old copy of the ledger."""
    for start in range(0, len(keys), _BATCH):
        connection.execute(
            update(deliveries)
            .where(
                deliveries.c.slot_id == slot_id,
                deliveries.c.key.in_(keys[start : start + _BATCH]),
                is_state(deliveries.c.state, DeliveryState.PLANNED),
            )
            .values(state=DeliveryState.HELD.value, reason=str(_TOLD), not_before=None, updated_at=now)
        )


def again(connection: Connection, slot_id: str, states: Sequence[DeliveryState], now: datetime) -> int:
    """Plan those of a slot again that certainly have not got it, and let it run: a person says so; how many.

    A pause that came meanwhile stands.
    """
    slot = slot_rows.find(connection, slot_id, lock=True)
    if slot is None or slot.state not in _GONE:
        return 0
    moved = connection.execute(
        update(deliveries)
        .where(deliveries.c.slot_id == slot_id, deliveries.c.state.in_([state.value for state in states]))
        .values(state=DeliveryState.PLANNED.value, reason="", not_before=now, owner="", updated_at=now)
    )
    if moved.rowcount:
        slot_rows.move(connection, slot_id, _GONE, SlotState.RUNNING, now)
    return int(moved.rowcount)


def resolve(connection: Connection, delivery: Delivery, end: End, now: datetime) -> Delivery | None:
    """Settle a row that is unknown, or held, by evidence or a person's word; None when it was settled before.

    What is held in an old copy of the ledger may have gone out since: then it has been tried, after all.
    """
    tried = end.state in {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}
    row = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.id == delivery.id,
            deliveries.c.attempt == delivery.attempt,
            deliveries.c.state.in_([DeliveryState.UNKNOWN.value, DeliveryState.HELD.value]),
        )
        .values(
            state=end.state.value,
            attempt=max(delivery.attempt, int(tried)),
            first_attempt_at=(delivery.first_attempt_at or now) if tried else delivery.first_attempt_at,
            owner="",
            reason=end.reason,
            receipt=end.receipt,
            not_before=(end.not_before or now) if end.state is DeliveryState.PLANNED else None,
            updated_at=now,
        )
        .returning(*COLUMNS)
    ).first()
    return None if row is None else read(row)


def _keep_slots(connection: Connection, intents: Sequence[Delivery]) -> None:
    """A pause, and a no, waits until the intents in hand are committed, and none follows it.

    Slots come before deliveries, as wherever both are locked. (SQLite has one writer at a time.)
    """
    if intents and connection.dialect.name == "postgresql":
        connection.execute(_KEEP_SLOTS, {"slot_ids": sorted({row.slot_id for row in intents})})


def _reopen(connection: Connection, planned: Sequence[Delivery], now: datetime) -> None:
    """A late answer may plan a copy again whose slot was done, because its fate was unknown until then."""
    for slot_id in sorted({row.slot_id for row in planned}):
        slot_rows.move(connection, slot_id, (SlotState.DONE,), SlotState.RUNNING, now)


def _which(row: Delivery) -> tuple[int, int]:
    """A row and its attempt: a worker that was silent may come with two attempts of one row."""
    return row.id, row.attempt


def _intend(
    connection: Connection, owner: str, intents: Sequence[Delivery], now: datetime
) -> frozenset[tuple[int, int]]:
    """Mark what may be sent, and nothing else; which it is."""
    if not intents:
        return frozenset()
    moment = instant(now)
    until = instant(now + LEASE)
    values = [
        {"row": row.id, "tries": row.attempt, "mover": owner, "moment": moment, "until": until}
        for row in intents
    ]
    wanted = frozenset(_which(row) for row in intents)
    if execute(connection, _INTEND, values) == len(intents):
        return wanted
    sending = select(deliveries.c.id, deliveries.c.attempt).where(
        deliveries.c.id.in_([row.id for row in intents]),
        deliveries.c.owner == owner,
        is_state(deliveries.c.state, DeliveryState.SENDING),
        deliveries.c.updated_at == now,
    )
    return wanted & {(row.id, row.attempt) for row in connection.execute(sending)}


def _overtaken(connection: Connection, intents: Sequence[Delivery]) -> list[tuple[Delivery, End]]:
    """Intents that are still their owner's but must not be sent, with what becomes of them."""
    stands = {
        row["id"]: row
        for row in connection.execute(
            select(
                deliveries.c.id,
                deliveries.c.owner,
                deliveries.c.attempt,
                deliveries.c.state,
                slots.c.state.label("slot_state"),
                NO.label("no"),
            )
            .join(slots, slots.c.id == deliveries.c.slot_id)
            .where(deliveries.c.id.in_([row.id for row in intents]))
        ).mappings()
    }
    return [(row, end) for row in intents if (end := _why_not(stands.get(row.id), row)) is not None]


def _why_not(stands: RowMapping | None, row: Delivery) -> End | None:
    """What becomes of an intent that was overtaken; None when the row is somebody else's by now."""
    if stands is None or stands["state"] != DeliveryState.CLAIMED.value:
        return None
    if (stands["owner"], stands["attempt"]) != (row.owner, row.attempt):
        return None
    if stands["no"] is not None:
        return End(
            DeliveryState.SKIPPED, SUPPRESSED.template.format(reason=stands["no"]), outcome="withdrawn"
        )
    if stands["slot_state"] == SlotState.CANCELLED.value:
        return End(DeliveryState.CANCELLED, str(slot_rows.CANCELLED_WITH_SLOT), outcome="withdrawn")
    return End(DeliveryState.PLANNED, outcome="withdrawn")


def _write_ends(
    connection: Connection, ends: Sequence[tuple[Delivery, End]], now: datetime
) -> frozenset[tuple[int, int]]:
    """Write ends of rows that are still their owner's; the numbers of those that are not."""
    if not ends:
        return frozenset()
    moment = instant(now)
    lost: frozenset[tuple[int, int]] = frozenset()
    if execute(connection, _END, [_end_values(row, end, moment) for row, end in ends]) != len(ends):
        lost = frozenset(_which(row) for row, end in ends if not _stands(connection, row, end, now))
    mine = [_attempt_values(row, end, moment) for row, end in ends if _which(row) not in lost]
    if mine:
        execute(connection, _attempted(connection.dialect.name), mine)
    return lost


def _stands(connection: Connection, row: Delivery, end: End, now: datetime) -> bool:
    """Whether the end that was just written is there: else the row has another owner or attempt by now."""
    query = select(deliveries.c.id).where(
        deliveries.c.id == row.id,
        deliveries.c.attempt == row.attempt,
        deliveries.c.state == end.state.value,
        deliveries.c.updated_at == now,
    )
    return connection.execute(query).first() is not None


def _end_values(row: Delivery, end: End, moment: str | None) -> Values:
    waits = end.state is DeliveryState.PLANNED
    return {
        "row": row.id,
        "tries": row.attempt,
        "mover": row.owner,
        "after": end.state.value,
        # A late answer must still find its row, so an unknown one keeps its owner.
        "keeper": row.owner if end.state is DeliveryState.UNKNOWN else "",
        "later": (instant(end.not_before) or moment) if waits else None,
        "words": end.reason,
        "proof": end.receipt,
        "moment": moment,
    }


def _attempt_values(row: Delivery, end: End, moment: str | None) -> Values:
    return {
        "row": row.id,
        "tries": row.attempt,
        "mover": row.owner,
        "began": instant(row.updated_at),
        "moment": moment,
        "became": end.outcome or end.state.value,
        "words": end.detail or end.reason,
    }


@cache
def _attempted(dialect: str) -> Insert:
    """Write an attempt; a late answer replaces what a recovery wrote of it."""
    ended = insert_for(dialect, attempts).values(
        delivery_id=bindparam("row", type_=Integer),
        number=bindparam("tries", type_=Integer),
        owner=bindparam("mover", type_=String),
        started_at=bindparam("began", type_=String),
        ended_at=bindparam("moment", type_=String),
        outcome=bindparam("became", type_=String),
        detail=bindparam("words", type_=String),
    )
    return ended.on_conflict_do_update(
        index_elements=["delivery_id", "number"],
        set_={name: ended.excluded[name] for name in ("ended_at", "outcome", "detail")},
    )
