"""What came back of what was sent: the copy a return path names, and what one returned letter changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, func, literal, or_, select, update

from comms.model.ledger import DeliveryState, EventKind, SlotState
from comms.model.plan import EntryKind
from comms.model.subscriber import ALL_NEWSLETTERS, ConsentKind, NoKind
from comms.store import events as event_rows
from comms.store import exits, notices, subscribers, suppressions
from comms.store.columns import is_state
from comms.store.records import Notice
from comms.store.schema import attempts, consents, deliveries, editions, events, slots
from comms.store.schema import suppressions as noes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import RowMapping

    from comms.store.database import Database

_PAGE = 500
_HISTORY = 20
"""Issues that are looked back on when a mailbox gives trouble: the newest."""

_CAME_BACK = (
    EventKind.BOUNCE_HARD.value,
    EventKind.BOUNCE_SOFT.value,
    EventKind.BOUNCE_OURS.value,
    EventKind.COMPLAINT.value,
)
_HANDED_OVER = tuple(
    state.value
    for state in (
        DeliveryState.SENDING,
        DeliveryState.ACCEPTED,
        DeliveryState.REJECTED,
        DeliveryState.UNKNOWN,
    )
)
_PROOFS = (ConsentKind.CONFIRMED.value, ConsentKind.CHANGED.value)
"""Evidence that says that an address works: a mailed link was used, or the office lifted its no."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of an issue that something came back of.

    `id` is 0 when the delivery is not known any more, only whose it was. `attempted_at`: the last attempt.
    `municipality`: of its edition. `subscribes`: the recipient has asked for it by themselves.
    """

    id: int
    slot_id: str
    title: str
    recipient: str
    address_key: str
    municipality: str
    subscribes: bool
    attempted_at: datetime | None

    @property
    def domain(self) -> str:
        """Who received it."""
        return self.address_key.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Refused:
    """A copy that was refused in the conversation itself; `words`: why, as the delivery tells it; when."""

    copy: Copy
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a copy now: `source` and `detail` as of an event."""

    kind: EventKind
    source: str
    detail: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """How an issue went to an address: taken and not come back, or not; whether its mailbox gave trouble."""

    attempted_at: datetime
    is_accepted: bool
    is_trouble: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """A no to all newsletters, whose and why; what the officer is told when it is new."""

    kind: NoKind
    reason: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What a returned letter changed: whether it was news, and whether the address gets nothing more."""

    is_new: bool
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How a domain takes an issue: copies handed over, refused because of us, not handed over yet."""

    sent: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CameBack:
    """A line of the list of what has come back; `no`: the no that stands because of it, if any."""

    id: int
    kind: EventKind
    happened_at: datetime
    source: str
    detail: str
    slot_id: str
    title: str
    recipient: str
    municipality: str
    subscribes: bool
    no: NoKind | None


class Returns:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def find(self, key_end: str) -> Copy | None:
        """The copy whose key ends so (see `render.envelope`); None when there is none any more."""
        # A key is asked for in each issue: an index knows whole keys alone.
        whole = deliveries.c.key == slots.c.id + literal(f".{key_end}")
        with self._database.reading() as connection:
            row = connection.execute(_copies().where(whole)).mappings().first()
        return None if row is None else _copy(row)

    def behind(self, exit_id: str) -> Copy | None:
        """The newest copy that names an exit; None when the address has been erased, or there is no exit."""
        with self._database.reading() as connection:
            named = exits.find(connection, exit_id)
            if named is None or not named[0]:
                return None
            key, newsletter = named
            newest = (
                _copies()
                .where(slots.c.newsletter == newsletter, deliveries.c.address_key == key)
                .order_by(slots.c.due_at.desc(), deliveries.c.id.desc())
                .limit(1)
            )
            row = connection.execute(newest).mappings().first()
        if row is None:
            return Copy(0, "", "", key, key, "", subscribes=True, attempted_at=None)
        return _copy(row)

    def refused(self, since: datetime) -> list[Refused]:
        """Copies that have been refused since a time, and of which nothing has been noted.

        Those of issues that are paused or cancelled wait: a person is asked first whether the list is right.
        """
        judged = select(events.c.id).where(
            events.c.delivery_id == deliveries.c.id, events.c.kind.in_(_CAME_BACK)
        )
        rows = (
            _copies()
            .add_columns(deliveries.c.reason, deliveries.c.updated_at)
            .where(
                slots.c.state.in_([SlotState.RUNNING.value, SlotState.DONE.value]),
                slots.c.updated_at >= since,  # few: no other issue's copies are looked at
                is_state(deliveries.c.state, DeliveryState.REJECTED),
                deliveries.c.updated_at >= since,
                deliveries.c.recipient.contains("@"),
                ~judged.exists(),
            )
            .order_by(deliveries.c.id)
        )
        with self._database.reading() as connection:
            found = connection.execute(rows).mappings().all()
        return [Refused(_copy(row), row["reason"], row["updated_at"]) for row in found]

    def note(
        self,
        copy: Copy,
        fact: Fact,
        now: datetime,
        judge: Callable[[Sequence[Tried]], Consequence | None] = lambda _tried: None,
    ) -> Noted:
        """Remember a fact of a copy, and let it have its consequence: all of it or nothing, and once.

        `judge` decides by how issues went to the address since its owner, or the office, last said that it
        works; newest first. A copy from before that says nothing about the address as it is now.
        """
        with self._database.writing() as connection:
            suppressions.alone(connection)
            if copy.id and not _is_news(connection, copy.id, fact.kind):
                return Noted(is_new=False)
            if copy.id:
                event_rows.add(connection, copy.id, fact.kind, fact.source, fact.detail, fact.happened_at)
            proved_at = _proved_at(connection, copy.address_key)
            meant = judge(_history(connection, copy.address_key, proved_at))
            outdated = proved_at is not None and (copy.attempted_at or now) < proved_at
            if meant is None or (outdated and meant.kind is NoKind.BOUNCE):
                return Noted(is_new=True)
            is_ended = suppressions.suppress(connection, copy.address_key, meant.reason, now, kind=meant.kind)
            if is_ended:
                subscribers.end(connection, copy.address_key, ALL_NEWSLETTERS, meant.reason, now)
                if meant.notice is not None:
                    notices.add(connection, meant.notice)
            self._database.at("returned.uncommitted")
            return Noted(is_new=bool(copy.id) or is_ended, is_ended=is_ended)

    def hold_domain(
        self,
        slot_id: str,
        domain: str,
        judge: Callable[[Share], str],
        tell: Callable[[Share], Notice],
        now: datetime,
    ) -> int:
        """Hold what waits for a domain in an issue when `judge` gives a reason; how many. Told and done once.

        What a person lets go later is not held again.
        """
        own = and_(
            deliveries.c.slot_id == slot_id,
            deliveries.c.address_key.endswith(f"@{domain}", autoescape=True),
        )
        with self._database.writing() as connection:
            share = _share(connection, own)
            reason, notice = judge(share), tell(share)
            if not reason or not notices.add(connection, notice):
                return 0
            held = connection.execute(
                update(deliveries)
                .where(own, is_state(deliveries.c.state, DeliveryState.PLANNED))
                .values(state=DeliveryState.HELD.value, reason=reason, not_before=None, updated_at=now)
            )
            return int(held.rowcount)

    def listed(self, since: datetime) -> Iterator[CameBack]:
        """What has come back since a time, oldest first, read a page at a time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_list(since, after)).mappings().all()
            if not rows:
                return
            yield from map(_came_back, rows)
            after = rows[-1]["id"]


def _copies() -> Any:  # noqa: ANN401 - SQLAlchemy's own type names every column
    last = (
        select(func.max(attempts.c.started_at))
        .where(attempts.c.delivery_id == deliveries.c.id)
        .scalar_subquery()
    )
    return (
        select(
            deliveries.c.id,
            deliveries.c.slot_id,
            slots.c.title,
            deliveries.c.recipient,
            deliveries.c.address_key,
            func.coalesce(editions.c.municipality, "").label("municipality"),
            deliveries.c.subscribes,
            func.coalesce(last, deliveries.c.first_attempt_at).label("attempted_at"),
        )
        .select_from(slots)
        .join(deliveries, and_(deliveries.c.slot_id == slots.c.id, deliveries.c.channel == slots.c.channel))
        .outerjoin(editions, editions.c.id == deliveries.c.edition_id)
        .where(slots.c.kind == EntryKind.ISSUE.value)
    )


def _copy(row: RowMapping) -> Copy:
    return Copy(
        row["id"],
        row["slot_id"],
        row["title"],
        row["recipient"],
        row["address_key"],
        row["municipality"],
        row["subscribes"],
        row["attempted_at"],
    )


def _is_news(connection: Connection, delivery_id: int, kind: EventKind) -> bool:
    """Whether nothing of that kind is known of a copy. Nobody else says so until we are done."""
    connection.execute(select(deliveries.c.id).where(deliveries.c.id == delivery_id).with_for_update())
    known = select(events.c.id).where(events.c.delivery_id == delivery_id, events.c.kind == kind.value)
    return connection.execute(known.limit(1)).first() is None


def _proved_at(connection: Connection, key: str) -> datetime | None:
    """When it was last said, by whoever owns an address or by the office, that it works."""
    found: datetime | None = connection.execute(
        select(func.max(consents.c.happened_at)).where(
            consents.c.address_key == key, consents.c.kind.in_(_PROOFS)
        )
    ).scalar()
    return found


def _history(connection: Connection, key: str, since: datetime | None) -> list[Tried]:
    """How the last issues went to an address, newest first."""

    def known(*kinds: EventKind) -> Any:  # noqa: ANN401 - SQLAlchemy's own type names every column
        counts = or_(event_rows.AFTERWARDS, ~is_state(deliveries.c.state, DeliveryState.ACCEPTED))
        of = (events.c.delivery_id == deliveries.c.id, events.c.kind.in_([kind.value for kind in kinds]))
        return select(func.count()).where(*of, counts).scalar_subquery()

    rows = connection.execute(
        select(
            deliveries.c.first_attempt_at,
            deliveries.c.state,
            known(EventKind.BOUNCE_SOFT).label("trouble"),
            known(EventKind.BOUNCE_HARD, EventKind.BOUNCE_OURS).label("refused"),
        )
        .select_from(slots)
        .join(deliveries, and_(deliveries.c.slot_id == slots.c.id, deliveries.c.channel == slots.c.channel))
        .where(
            slots.c.kind == EntryKind.ISSUE.value,
            deliveries.c.address_key == key,
            deliveries.c.first_attempt_at.is_not(None),
        )
        .order_by(deliveries.c.first_attempt_at.desc())
        .limit(_HISTORY)
    )
    return [
        Tried(
            row.first_attempt_at,
            row.state == DeliveryState.ACCEPTED.value and not row.refused,
            row.trouble > 0,
        )
        for row in rows
        if since is None or row.first_attempt_at >= since
    ]


def _share(connection: Connection, own: Any) -> Share:  # noqa: ANN401 - as above
    states = {
        row.state: row.number
        for row in connection.execute(
            select(deliveries.c.state, func.count().label("number")).where(own).group_by(deliveries.c.state)
        )
    }
    refused = connection.execute(
        select(func.count(events.c.delivery_id.distinct()))
        .join(deliveries, deliveries.c.id == events.c.delivery_id)
        .where(own, events.c.kind == EventKind.BOUNCE_OURS.value)
    ).scalar_one()
    sent = sum(states.get(state, 0) for state in _HANDED_OVER)
    return Share(sent, refused, states.get(DeliveryState.PLANNED.value, 0))


def _list(since: datetime, after: int) -> Any:  # noqa: ANN401 - as above
    no = (
        select(func.min(noes.c.kind))
        .where(
            noes.c.address_key == deliveries.c.address_key,
            noes.c.newsletter == ALL_NEWSLETTERS,
            noes.c.kind.in_([NoKind.BOUNCE.value, NoKind.COMPLAINT.value]),
        )
        .scalar_subquery()
    )
    return (
        select(
            events.c.id,
            events.c.kind,
            events.c.happened_at,
            events.c.source,
            events.c.detail,
            deliveries.c.slot_id,
            slots.c.title,
            deliveries.c.recipient,
            func.coalesce(editions.c.municipality, "").label("municipality"),
            deliveries.c.subscribes,
            no.label("no"),
        )
        .join(deliveries, deliveries.c.id == events.c.delivery_id)
        .join(slots, slots.c.id == deliveries.c.slot_id)
        .outerjoin(editions, editions.c.id == deliveries.c.edition_id)
        .where(events.c.kind.in_(_CAME_BACK), events.c.happened_at >= since, events.c.id > after)
        .order_by(events.c.id)
        .limit(_PAGE)
    )


def _came_back(row: RowMapping) -> CameBack:
    return CameBack(
        row["id"],
        EventKind(row["kind"]),
        row["happened_at"],
        row["source"],
        row["detail"],
        row["slot_id"],
        row["title"],
        row["recipient"],
        row["municipality"],
        row["subscribes"],
        NoKind(row["no"]) if row["no"] else None,
    )
