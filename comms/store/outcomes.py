"""What has gone out, and how it was answered: read, never changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, exists, func, or_, select

from comms.model.ledger import DeliveryState, EventKind, SlotState
from comms.model.plan import EntryKind
from comms.store.columns import is_state
from comms.store.records import PostOut
from comms.store.schema import attempts, deliveries, events, slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.sql.elements import ColumnElement

    from comms.store.database import Database

_ANSWERED = (DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.UNKNOWN, DeliveryState.HELD)
_OPEN = (SlotState.RUNNING.value, SlotState.PAUSED.value)
_SLACK = timedelta(days=1)
"""A slot is closed with its run's time, which may be a little before the answer's."""


class Outcomes:
    """Questions about what has gone out. Every method raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def posts(self, since: datetime) -> list[PostOut]:
        """Posts whose channel has taken them after `since`, in the order of their times.

        A thread is one post: its first part counts.
        """
        recent = or_(slots.c.updated_at >= since - _SLACK, slots.c.state.in_(_OPEN))
        with self._database.reading() as connection:
            return _posts(connection, recent, since)

    def post(self, slot_id: str) -> PostOut | None:
        """The post, when its channel has taken it."""
        with self._database.reading() as connection:
            return next(iter(_posts(connection, slots.c.id == slot_id, None)), None)

    def letters(self, since: datetime, until: datetime) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Copies of issues that were answered after `since` and not after `until`: slot -> state -> how many.

        Reads every copy in the ledger: for once a week.
        """
        with self._database.reading() as connection:
            return _letters(connection, since, until)


def _posts(connection: Connection, which: ColumnElement[bool], since: datetime | None) -> list[PostOut]:
    before = deliveries.alias()
    first = ~exists().where(before.c.slot_id == deliveries.c.slot_id, before.c.id < deliveries.c.id)
    wanted = select(slots.c.id).where(slots.c.kind == EntryKind.POST.value, which)
    statement = (
        select(
            deliveries.c.id.label("delivery_id"),
            deliveries.c.slot_id,
            slots.c.title,
            deliveries.c.channel,
            slots.c.due_at,
            deliveries.c.updated_at.label("taken_at"),
            deliveries.c.first_attempt_at.label("created_at"),
            deliveries.c.key,
            deliveries.c.receipt,
            func.coalesce(attempts.c.detail, "").label("answer"),
        )
        .join(slots, slots.c.id == deliveries.c.slot_id)
        .outerjoin(
            attempts,
            and_(
                attempts.c.delivery_id == deliveries.c.id,
                attempts.c.number == deliveries.c.attempt,
                attempts.c.outcome == DeliveryState.ACCEPTED.value,
            ),
        )
        .where(deliveries.c.slot_id.in_(wanted), is_state(deliveries.c.state, DeliveryState.ACCEPTED), first)
        .order_by(slots.c.due_at, slots.c.id)
    )
    if since is not None:
        statement = statement.where(deliveries.c.updated_at > since)
    found = {row["delivery_id"]: PostOut(**row) for row in connection.execute(statement).mappings()}
    return list(_with_words(connection, found).values())


def _with_words(connection: Connection, found: dict[int, PostOut]) -> dict[int, PostOut]:
    """What people, or a network that was asked, have said since: the newest word stands."""
    said = connection.execute(
        select(events)
        .where(
            events.c.delivery_id.in_(found),
            events.c.kind.in_([EventKind.PUBLISHED.value, EventKind.RECONCILED.value]),
        )
        .order_by(events.c.id)
    )
    for row in said:
        post = found[row.delivery_id]
        if row.kind == EventKind.RECONCILED.value:
            found[row.delivery_id] = replace(post, answer=post.answer or row.detail)
        else:
            found[row.delivery_id] = replace(
                post, marked_at=row.happened_at, marked_by=row.source, marked_link=row.detail
            )
    return found


def _letters(
    connection: Connection, since: datetime, until: datetime
) -> Mapping[str, Mapping[DeliveryState, int]]:
    rows = connection.execute(
        select(deliveries.c.slot_id, deliveries.c.state, func.count().label("number"))
        .where(
            deliveries.c.edition_id.is_not(None),
            deliveries.c.state.in_([state.value for state in _ANSWERED]),
            deliveries.c.updated_at > since,
            deliveries.c.updated_at <= until,
        )
        .group_by(deliveries.c.slot_id, deliveries.c.state)
        .order_by(deliveries.c.slot_id)
    )
    found: dict[str, dict[DeliveryState, int]] = defaultdict(dict)
    for row in rows:
        found[row.slot_id][DeliveryState(row.state)] = row.number
    return found
