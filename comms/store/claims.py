"""Claims: a worker takes copies that are due, within the rates, and nobody else can take them.

A claim is committed before anything is sent and leads to nothing by itself: a row that dies in it goes
out again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, case, func, literal, select, update

from comms.errors import say
from comms.model.ledger import Ask, Claimed, Delivery, DeliveryState
from comms.store import limits
from comms.store.columns import Instant, is_state
from comms.store.deliveries import COLUMNS, next_due, read, running
from comms.store.schema import deliveries, subscribers
from comms.store.suppressions import NO
from comms.store.turns import IN_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

SUPPRESSED = say("Adressen är spärrad: {reason}")
"""Why a copy is skipped: its address was suppressed after planning."""

PAUSED = (
    select(subscribers.c.paused_until)
    .where(subscribers.c.address_key == deliveries.c.address_key)
    .correlate(deliveries)
    .scalar_subquery()
)
"""Until when the subscriber behind a delivery has paused, as a column."""


def claim(connection: Connection, ask: Ask, now: datetime) -> Claimed:
    """Take the next due copies of a channel, oldest first; what was put back has come last.

    An address that was suppressed or paused after planning is skipped here, in the same transaction. The
    rates are taken from first, so a crash can only make the sending slower.
    """
    found = _due(connection, ask, now)
    share = limits.take(connection, f"channel:{ask.channel}", ask.rates, len(found), now)
    if found and not share.count:
        return Claimed([], now + share.wait)
    mine = []
    turns: dict[str, limits.Share] = {}
    for row in found[: share.count]:
        wait = timedelta(0)
        why = _why_not(row, ask, now)
        if not why:
            wait = _turn(connection, ask, row["address_key"].rpartition("@")[2], turns, now)
        if why:
            _skip(connection, row["id"], why, now)
        elif wait:
            connection.execute(
                update(deliveries).where(deliveries.c.id == row["id"]).values(not_before=now + wait)
            )
        else:
            mine.append(row["id"])
    return Claimed(_take(connection, mine, ask, now), None if mine else next_due(connection, ask.channel))


def _why_not(row: RowMapping, ask: Ask, now: datetime) -> str:
    """Why a copy that is due may not go out, or ""."""
    if row["no"] is not None:
        return SUPPRESSED.template.format(reason=row["no"])
    until: datetime | None = row["paused"]
    if until is None or until <= now:
        return ""
    return str(say("Pausad till {day}.", day=f"{until.astimezone(ask.zone):%Y-%m-%d}"))


def _due(connection: Connection, ask: Ask, now: datetime) -> list[RowMapping]:
    """The copies that are due, with the reason of the no that stops one, and the end of a pause, if any."""
    found: list[RowMapping] = []
    for slot_id in running(connection, ask.channel):
        wanted = ask.most - len(found)
        if not wanted:
            break
        found += (
            connection.execute(
                select(
                    deliveries.c.id,
                    deliveries.c.address_key,
                    NO.label("no"),
                    # Offices in audiences.yaml cannot pause: of them nothing is looked up.
                    case((deliveries.c.subscribes, PAUSED)).label("paused"),
                )
                .where(
                    deliveries.c.slot_id == slot_id,
                    is_state(deliveries.c.state, DeliveryState.PLANNED),
                    deliveries.c.not_before <= now,
                    IN_TURN,
                )
                .order_by(deliveries.c.not_before, deliveries.c.id)
                .limit(wanted)
                .with_for_update(of=deliveries, skip_locked=True)
            )
            .mappings()
            .all()
        )
    return found


def _take(connection: Connection, ids: Sequence[int], ask: Ask, now: datetime) -> list[Delivery]:
    if not ids:
        return []
    rows = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), is_state(deliveries.c.state, DeliveryState.PLANNED))
        .values(
            state=DeliveryState.CLAIMED.value,
            attempt=deliveries.c.attempt + 1,
            owner=ask.owner,
            lease_until=now + ask.lease,
            not_before=None,
            reason="",
            first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, literal(now, Instant())),
            updated_at=now,
        )
        .returning(*COLUMNS)
    )
    order = {number: place for place, number in enumerate(ids)}
    return sorted((read(row) for row in rows), key=lambda row: order[row.id])


def _skip(connection: Connection, row_id: int, reason: str, now: datetime) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == row_id)
        .values(
            state=DeliveryState.SKIPPED.value,
            reason=reason,
            not_before=None,
            updated_at=now,
        )
    )


def _turn(
    connection: Connection, ask: Ask, domain: str, turns: dict[str, limits.Share], now: datetime
) -> timedelta:
    """How long until a copy's turn at its domain: none, or one after the other behind those that wait."""
    if not ask.domain_rates:
        return timedelta(0)
    if domain not in turns:
        share = limits.take(connection, f"domain:{ask.channel}:{domain}", ask.domain_rates, 1, now)
        if share.count:
            return timedelta(0)
        turns[domain] = share
    behind = turns[domain]
    turns[domain] = replace(behind, wait=behind.wait + behind.apart)
    return behind.wait
