"""What went out, for reports: counted in the database, so that a report is small whatever was sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Row, and_, case, func, select

from comms.model.ledger import DeliveryState, EventKind, SlotState
from comms.model.plan import EntryKind
from comms.model.sent import PostSlot, SentEdition, SentIssue
from comms.store.columns import is_state
from comms.store.events import AFTERWARDS
from comms.store.payloads import picks_in
from comms.store.schema import deliveries, editions, events, instance, retractions, slots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from comms.store.database import Database

REASON = 16
"""How many signs of a skip's reason tell which kind it is: the rest may be of one person alone."""

_BACK = (EventKind.BOUNCE_HARD, EventKind.BOUNCE_SOFT, EventKind.BOUNCE_OURS)
_LATER = (*_BACK, EventKind.COMPLAINT, EventKind.UNSUBSCRIBED)


class _Back(NamedTuple):
    """How many accepted copies are dead, in trouble, ours; complained of; left by."""

    dead: int = 0
    trouble: int = 0
    ours: int = 0
    complaints: int = 0
    left: int = 0


class Reaches:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def editions(self) -> list[SentEdition]:
        """Every edition of which a copy was accepted, in order of time. Reads every copy, gives few rows."""
        with self._database.reading() as connection:
            return _editions(connection)

    def issues(self) -> list[SentIssue]:
        """Every issue that has begun, with how its copies stand, in order of time."""
        with self._database.reading() as connection:
            return _issues(connection)

    def posts(self) -> list[PostSlot]:
        """Every post that the ledger knows, in order of time."""
        with self._database.reading() as connection:
            return _posts(connection)

    def retracted(self) -> frozenset[str]:
        """What no longer may go out: slugs of items, and paths of pictures."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(retractions.c.what)).scalars())

    def began(self) -> datetime | None:
        """Since when the ledger knows what went out; None when it knows of nothing."""
        with self._database.reading() as connection:
            first = connection.execute(select(func.min(deliveries.c.first_attempt_at))).scalar()
            made = connection.execute(select(func.min(instance.c.created_at))).scalar()
            return min((at for at in (first, made) if at is not None), default=None)


def _editions(connection: Connection) -> list[SentEdition]:
    copies = (
        select(
            deliveries.c.edition_id,
            func.count().label("accepted"),
            func.min(deliveries.c.first_attempt_at).label("first_at"),
        )
        .where(is_state(deliveries.c.state, DeliveryState.ACCEPTED), deliveries.c.edition_id.is_not(None))
        .group_by(deliveries.c.edition_id)
        .subquery()
    )
    # Never the letters themselves: html and text are the largest columns that there are.
    columns = (editions.c[name] for name in ("id", "slot_id", "audience", "municipality", "items"))
    rows: Sequence[Any] = connection.execute(
        select(*columns, slots.c.channel, copies.c.accepted, copies.c.first_at)
        .join(copies, copies.c.edition_id == editions.c.id)
        .join(slots, slots.c.id == editions.c.slot_id)
    ).all()
    first: dict[str, datetime] = {}
    for row in rows:
        first[row.slot_id] = min(row.first_at, first.get(row.slot_id, row.first_at))
    found = [_edition(row, first[row.slot_id]) for row in rows]
    return sorted(found, key=lambda one: (one.at, one.issue, one.id))


def _edition(row: Row[Any], at: datetime) -> SentEdition:
    items = tuple(pick.item for pick in picks_in(row.items))
    return SentEdition(
        row.id, row.slot_id, row.channel, row.audience, row.municipality, items, row.accepted, at
    )


def _issues(connection: Connection) -> list[SentIssue]:
    states: dict[str, dict[DeliveryState, int]] = defaultdict(dict)
    first: dict[str, datetime] = {}
    counted = connection.execute(
        select(
            deliveries.c.slot_id,
            deliveries.c.state,
            func.count().label("number"),
            func.min(deliveries.c.first_attempt_at).label("first_at"),
        )
        .where(deliveries.c.edition_id.is_not(None))
        .group_by(deliveries.c.slot_id, deliveries.c.state)
    )
    for row in counted:
        state = DeliveryState(row.state)
        states[row.slot_id][state] = row.number
        if state is DeliveryState.ACCEPTED:
            first[row.slot_id] = row.first_at
    back, skips = _back(connection), _skips(connection)
    known = connection.execute(
        select(slots.c.id, slots.c.title, slots.c.newsletter, slots.c.due_at).where(
            slots.c.kind == EntryKind.ISSUE.value
        )
    )
    found = [
        SentIssue(
            row.id,
            row.title,
            row.newsletter,
            row.due_at,
            first.get(row.id),
            states[row.id],
            **back.get(row.id, _Back())._asdict(),
            skips=skips.get(row.id, {}),
        )
        for row in known
        if row.id in states
    ]
    return sorted(found, key=lambda one: (one.at, one.id))


def _back(connection: Connection) -> Mapping[str, _Back]:
    """By issue: what has become of accepted copies, each copy once."""
    said = (
        select(
            deliveries.c.slot_id,
            *(
                func.max(case((events.c.kind == kind.value, 1), else_=0)).label(kind.name.lower())
                for kind in _LATER
            ),
        )
        .join(deliveries, deliveries.c.id == events.c.delivery_id)
        .where(
            is_state(deliveries.c.state, DeliveryState.ACCEPTED),
            deliveries.c.edition_id.is_not(None),
            events.c.kind.in_([kind.value for kind in _LATER]),
            AFTERWARDS,
        )
        .group_by(deliveries.c.slot_id, deliveries.c.id)
        .subquery()
    )
    hard, soft, ours, complaint, left = (said.c[kind.name.lower()] for kind in _LATER)
    rows = connection.execute(
        select(
            said.c.slot_id,
            func.sum(hard),
            func.sum(case((and_(soft == 1, hard == 0), 1), else_=0)),
            func.sum(case((and_(ours == 1, soft == 0, hard == 0), 1), else_=0)),
            func.sum(complaint),
            func.sum(left),
        ).group_by(said.c.slot_id)
    )
    return {row[0]: _Back(*(int(number) for number in row[1:])) for row in rows}


def _skips(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """By issue: how the reasons of skips begin, and how many."""
    begins = func.substr(deliveries.c.reason, 1, REASON)
    rows = connection.execute(
        select(deliveries.c.slot_id, begins.label("begins"), func.count().label("number"))
        .where(is_state(deliveries.c.state, DeliveryState.SKIPPED), deliveries.c.edition_id.is_not(None))
        .group_by(deliveries.c.slot_id, begins)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.slot_id][row.begins] = row.number
    return found


def _posts(connection: Connection) -> list[PostSlot]:
    columns = ("id", "title", "item", "channel", "due_at", "state")
    rows = connection.execute(
        select(*(slots.c[name] for name in columns), deliveries.c.state.label("part"))
        .outerjoin(deliveries, deliveries.c.slot_id == slots.c.id)
        .where(slots.c.kind == EntryKind.POST.value)
        .order_by(slots.c.due_at, slots.c.id, deliveries.c.id)
    )
    known: dict[str, Any] = {}
    parts: dict[str, list[DeliveryState]] = defaultdict(list)
    for row in rows:
        known.setdefault(row.id, row)
        if row.part is not None:
            parts[row.id].append(DeliveryState(row.part))
    return [
        PostSlot(
            row.id, row.title, row.item, row.channel, row.due_at, SlotState(row.state), tuple(parts[row.id])
        )
        for row in known.values()
    ]
