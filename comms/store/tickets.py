"""Tickets: links that were asked for, wait to be mailed, and are answered; the limits are counted here.

What is asked for by many at once is decided by one at a time: SQLite has one writer, PostgreSQL takes a lock
for the transaction. So each count is exact.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, delete, func, or_, select, true, update
from sqlalchemy import insert as plain_insert

from comms.model.subscriber import (
    ALL_NEWSLETTERS,
    PROVABLE_NOES,
    Consent,
    ConsentKind,
    Ticket,
    TicketKind,
)
from comms.store import choosing, postgres, subscribers, suppressions
from comms.store.locks import TICKETS
from comms.store.schema import consents, forms, tickets
from comms.store.schema import subscribers as people
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.sql.elements import ColumnElement

    from comms.model.settings import Rate, Signups
    from comms.model.subscriber import Choices, Subscriber
    from comms.store.choosing import Voice
    from comms.store.database import Database

HASHED = "hash:"
"""What the key of a ticket begins with whose address is forgotten, before a keyed hash: it still counts."""

NETWORK_WAITS, SITE_WAITS = 100, 5000
"""How many tickets may wait for their mail: of one network, in all. Above, nothing more is taken in."""

KEPT = timedelta(days=30)
"""How long a ticket counts for its address, and so how long its row stays."""

_NONCES = timedelta(days=2)
"""Twice as long as a form lives."""

_SETTINGS = frozenset({TicketKind.SETTINGS})
_SIGNUPS = frozenset({TicketKind.CONFIRM, TicketKind.ALREADY})
_OPENING = frozenset({TicketKind.SETTINGS, TicketKind.ALREADY})


class Outcome(StrEnum):
    """What became of somebody's asking. `crowded`: too many wait already, which the officer should know."""

    TAKEN = "taken"
    NOTHING = "nothing"
    CROWDED = "crowded"


@dataclass(frozen=True, slots=True)
class Asking:
    """A ticket that somebody asks for, by a form that acts once (`nonce`).

    `keys`: by which noes know the address, its own first, then of the erased. `counted`: by which tickets
    do, its own and of those whose address is forgotten. `words`: what the person says yes to, "" for none.
    """

    ticket: Ticket
    nonce: str
    keys: tuple[str, ...]
    counted: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Tickets that may be mailed now, oldest first. `is_full`: others wait for the whole site's turn."""

    tickets: tuple[Ticket, ...]
    is_full: bool


class Tickets:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def ask(self, asking: Asking, rates: Sequence[Rate]) -> Outcome:
        """Take in a ticket, or nothing: the same questions are asked of the database whatever is known.

        A `confirm` becomes `already` for who has all of it.
        """
        ticket, now = asking.ticket, asking.ticket.asked_at
        with self._alone() as connection:
            if not _is_first(connection, asking.nonce, now):
                return Outcome.NOTHING
            if asking.words:
                subscribers.keep_text(connection, ticket.text, asking.words, now)
            kind = _kind(connection, asking)
            crowded = _is_crowded(connection, ticket.network)
            has_had = _is_spent(connection, asking, rates)
            if crowded:
                return Outcome.CROWDED
            if kind is None or has_had:
                return Outcome.NOTHING
            _keep(connection, replace(ticket, kind=kind))
            if kind is TicketKind.CONFIRM:
                asked = Consent(
                    ConsentKind.ASKED, ticket.choices, now, ticket.source, ticket.text, ticket.network
                )
                subscribers.witness(connection, ticket.address_key, asked)
            return Outcome.TAKEN

    def is_waiting(self) -> bool:
        """Whether any ticket waits to be mailed; cheap."""
        with self._database.reading() as connection:
            row = connection.execute(select(tickets.c.id).where(tickets.c.mailed_at.is_(None)).limit(1))
            return row.first() is not None

    def queue(self, limits: Signups, now: datetime, without: Collection[str] = ()) -> Queue:
        """Those that wait and may be mailed now; one that must wait for its turn is passed over.

        So are those whose ids are in `without`, which take nobody's place.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                select(tickets)
                .where(tickets.c.mailed_at.is_(None))
                .order_by(tickets.c.asked_at, tickets.c.id)
            ).mappings()
            waiting = [(row["domain"], ticket_in(row)) for row in rows if row["id"] not in without]
            networks = _mailed(connection, tickets.c.network, limits.network, now)
            domains = _mailed(connection, tickets.c.domain, limits.domain, now)
            site = _count(connection, tickets.c.mailed_at > now - limits.site.period)
        taken: list[Ticket] = []
        for domain, ticket in waiting:
            if networks[ticket.network] >= limits.network.count or domains[domain] >= limits.domain.count:
                continue
            if site >= limits.site.count:
                return Queue(tuple(taken), is_full=True)
            taken.append(ticket)
            networks[ticket.network] += 1
            domains[domain] += 1
            site += 1
        return Queue(tuple(taken), is_full=False)

    def mark(self, ticket: Ticket, limits: Signups, expires_at: datetime, now: datetime) -> bool:
        """Commit to mailing a ticket; False when another process has, or a limit is reached: then do not.

        Durable when it returns. Whoever dies after this has mailed it, or has not: it is never tried again.
        """
        domain = _domain(ticket)
        counted = (
            (tickets.c.network == ticket.network, limits.network),
            (tickets.c.domain == domain, limits.domain),
            (true(), limits.site),
        )
        with self._alone() as connection:
            if any(
                _count(connection, whose, tickets.c.mailed_at > now - rate.period) >= rate.count
                for whose, rate in counted
            ):
                return False
            done = connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket.id, tickets.c.mailed_at.is_(None))
                .values(mailed_at=now, expires_at=expires_at)
            )
            self._database.at("ticket.uncommitted")
        self._database.at("ticket.marked")
        return bool(done.rowcount)

    def give_back(self, ticket_id: str) -> None:
        """Let a marked ticket wait again: by its channel's word it was certainly not mailed."""
        with self._alone() as connection:
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id, tickets.c.used_at.is_(None))
                .values(mailed_at=None, expires_at=None)
            )

    def end(self, ticket_id: str, now: datetime) -> None:
        """Mail a waiting ticket never: nobody can take it. It counts as mailed, and its link is too old."""
        with self._alone() as connection:
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id, tickets.c.mailed_at.is_(None))
                .values(mailed_at=now, expires_at=now)
            )

    def find(self, ticket_id: str, now: datetime) -> Ticket | None:
        """The mailed `confirm` of an id that is not too old; `used_at` when it was answered."""
        with self._database.reading() as connection:
            return _open(connection, ticket_id, {TicketKind.CONFIRM}, now)

    def owner(self, ticket_id: str, now: datetime) -> Subscriber | None:
        """Whose choices a link to settings opens."""
        with self._database.reading() as connection:
            ticket = _open(connection, ticket_id, _OPENING, now)
            return subscribers.find(connection, ticket.address_key) if ticket else None

    def confirm(self, ticket_id: str, voice_of: Callable[[str], Voice], now: datetime) -> Subscriber | None:
        """The yes to a ticket, once; how the person stands after it. None: too old, or refused by others.

        `voice_of` gives the speaker for an address key.
        """
        with self._alone_to_speak() as connection:
            ticket = _open(connection, ticket_id, {TicketKind.CONFIRM}, now)
            if ticket is None:
                return None
            voice = replace(voice_of(ticket.address_key), mailed_at=ticket.mailed_at)
            if ticket.used_at is None:
                granted = choosing.grantable(connection, ticket, voice)
                if not granted:
                    return None
                connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(used_at=now))
                choosing.add(connection, ticket, granted, voice, now)
            return subscribers.find(connection, ticket.address_key)

    def change(
        self,
        ticket_id: str,
        wanted: Callable[[Subscriber], Choices],
        voice_of: Callable[[str], Voice],
        now: datetime,
    ) -> Subscriber | None:
        """New choices by a link to settings; how the person stands after it. None: the link is too old.

        `wanted` gives the choices that shall stand, of how the person stands.
        """
        with self._alone_to_speak() as connection:
            ticket = _open(connection, ticket_id, _OPENING, now)
            before = choosing.locked(connection, ticket.address_key) if ticket else None
            if ticket is None or before is None:
                return None
            voice = replace(voice_of(before.address_key), mailed_at=ticket.mailed_at)
            choosing.change(connection, before, wanted(before), voice, now)
            return subscribers.find(connection, before.address_key)

    def pause(
        self,
        ticket_id: str,
        until: datetime | None,
        voice_of: Callable[[str], Voice],
        now: datetime,
    ) -> Subscriber | None:
        """Pause by a link to settings; None lets letters come again. None back: the link is too old."""
        with self._alone_to_speak() as connection:
            before = _owner(connection, ticket_id, now)
            if before is None:
                return None
            choosing.pause(connection, before, until, voice_of(before.address_key), now)
            return subscribers.find(connection, before.address_key)

    def forget(self, now: datetime, pending: timedelta, hashed: Callable[[str], str]) -> int:
        """Forget who never answered, after `pending`, and rows that no longer count; how many tickets.

        `hashed` gives the keyed hash by which an address still counts. Evidence that somebody asked goes too
        when nobody has answered; so do forms that acted long ago. Twice is as once.
        """
        with self._alone() as connection:
            gone = connection.execute(delete(tickets).where(spent(now)))
            rows = connection.execute(
                select(tickets.c.id, tickets.c.address_key, tickets.c.mailed_at, tickets.c.asked_at).where(
                    unanswered(now, pending)
                )
            ).all()
            for row in rows:
                key = f"{HASHED}{hashed(row.address_key)}"
                _forget(connection, row.id, key, row.mailed_at or row.asked_at)
            known = select(people.c.address_key).union(
                select(tickets.c.address_key).where(tickets.c.address != "")
            )
            connection.execute(
                delete(consents).where(
                    consents.c.kind == ConsentKind.ASKED.value,
                    consents.c.happened_at <= now - pending,
                    consents.c.address_key.not_in(known),
                )
            )
            connection.execute(delete(forms).where(forms.c.used_at <= now - _NONCES))
            return int(gone.rowcount) + len(rows)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A writing transaction that no other of this room runs beside."""
        with self._database.writing() as connection:
            if self._database.file is None:
                postgres.lock_in_transaction(connection, TICKETS)
            yield connection

    @contextmanager
    def _alone_to_speak(self) -> Iterator[Connection]:
        """The same for a person's own word, which may be a no: those wait before they hold any row."""
        with self._alone() as connection:
            suppressions.alone(connection)
            yield connection


def unanswered(now: datetime, pending: timedelta) -> ColumnElement[bool]:
    """Whether a ticket is to be forgotten: nobody can answer it any more, or its mail never went."""
    confirms = and_(tickets.c.kind == TicketKind.CONFIRM.value, tickets.c.used_at.is_(None))
    return and_(
        or_(and_(confirms, tickets.c.expires_at <= now), tickets.c.mailed_at.is_(None)),
        tickets.c.address != "",
        tickets.c.asked_at <= now - pending,
    )


def spent(now: datetime) -> ColumnElement[bool]:
    """Whether a ticket counts no more, so that its row goes."""
    return func.coalesce(tickets.c.mailed_at, tickets.c.asked_at) <= now - KEPT


def _is_first(connection: Connection, nonce: str, now: datetime) -> bool:
    """Whether a form acts for the first time."""
    made = connection.execute(
        insert(connection, forms)
        .values(nonce=nonce, used_at=now)
        .on_conflict_do_nothing(index_elements=["nonce"])
        .returning(forms.c.nonce)
    )
    return made.first() is not None


def _kind(connection: Connection, asking: Asking) -> TicketKind | None:
    """What is mailed to who asks, or None: somebody else has said no for them, or nobody is there."""
    ticket = asking.ticket
    noes = suppressions.noes(connection, asking.keys)
    person = subscribers.find(connection, ticket.address_key)
    concerned = {ALL_NEWSLETTERS, *ticket.choices.newsletters}
    if any(no.kind not in PROVABLE_NOES and no.newsletter in concerned for no in noes):
        return None
    if ticket.kind is TicketKind.SETTINGS:
        return TicketKind.SETTINGS if person else None
    has_all = (
        person is not None
        and (person.paused_until is None or person.paused_until <= ticket.asked_at)
        and replace(ticket.choices, newsletters=person.newsletters) == person.choices
        and set(ticket.choices.newsletters) <= set(person.newsletters)
        and not any(no.newsletter in concerned for no in noes)
    )
    return TicketKind.ALREADY if has_all else TicketKind.CONFIRM


def _is_crowded(connection: Connection, network: str) -> bool:
    waits = tickets.c.mailed_at.is_(None)
    alike = _count(connection, waits, tickets.c.network == network)
    return alike >= NETWORK_WAITS or _count(connection, waits) >= SITE_WAITS


def _is_spent(connection: Connection, asking: Asking, rates: Sequence[Rate]) -> bool:
    """Whether the address has had its mails. What waits counts until it is mailed, and then from that."""
    kinds = _SETTINGS if asking.ticket.kind is TicketKind.SETTINGS else _SIGNUPS
    now = asking.ticket.asked_at
    found = connection.execute(
        select(tickets.c.mailed_at).where(
            tickets.c.address_key.in_(asking.counted), tickets.c.kind.in_([kind.value for kind in kinds])
        )
    ).scalars()
    mailed = [at or now for at in found]
    return any(sum(at > now - rate.period for at in mailed) >= rate.count for rate in rates)


def _keep(connection: Connection, ticket: Ticket) -> None:
    connection.execute(
        plain_insert(tickets).values(
            id=ticket.id,
            kind=ticket.kind.value,
            address=ticket.address,
            address_key=ticket.address_key,
            domain=_domain(ticket),
            choices=subscribers.choices_out(ticket.choices),
            text=ticket.text,
            source=ticket.source,
            network=ticket.network,
            asked_at=ticket.asked_at,
        )
    )


def _owner(connection: Connection, ticket_id: str, now: datetime) -> Subscriber | None:
    ticket = _open(connection, ticket_id, _OPENING, now)
    return choosing.locked(connection, ticket.address_key) if ticket else None


def _open(
    connection: Connection, ticket_id: str, kinds: Collection[TicketKind], now: datetime
) -> Ticket | None:
    """The ticket of an id, if it has been mailed, is of one of some kinds, and is not too old."""
    row = (
        connection.execute(
            select(tickets).where(
                tickets.c.id == ticket_id,
                tickets.c.kind.in_([kind.value for kind in kinds]),
                tickets.c.expires_at > now,
                tickets.c.address != "",
            )
        )
        .mappings()
        .first()
    )
    return None if row is None else ticket_in(row)


def _forget(connection: Connection, ticket_id: str, key: str, mailed_at: datetime) -> None:
    """Take out of a ticket who asked, and for what; it counts from `mailed_at`, if it was mailed or not."""
    nothing = {"newsletters": [], "audience": "", "municipality": "", "focus": []}
    connection.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(
            address="",
            address_key=key,
            domain="",
            choices=nothing,
            network="",
            mailed_at=mailed_at,
            expires_at=mailed_at,
        )
    )


def _mailed(connection: Connection, column: ColumnElement[str], rate: Rate, now: datetime) -> Counter[str]:
    """How many were mailed within a rate's period, by network or by domain."""
    rows = connection.execute(
        select(column, func.count()).where(tickets.c.mailed_at > now - rate.period).group_by(column)
    )
    return Counter({row[0]: row[1] for row in rows})


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(tickets).where(*where)).scalar_one())


def _domain(ticket: Ticket) -> str:
    return ticket.address_key.rpartition("@")[2][:255]


def ticket_in(row: RowMapping) -> Ticket:
    """A row as a ticket."""
    return Ticket(
        row["id"],
        TicketKind(row["kind"]),
        row["address"],
        row["address_key"],
        subscribers.choices_in(row["choices"]),
        row["text"],
        row["source"],
        row["network"],
        row["asked_at"],
        row["mailed_at"],
        row["expires_at"],
        row["used_at"],
    )
