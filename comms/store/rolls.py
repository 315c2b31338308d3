"""Many subscribers at once: where addresses stand, taking a roll in, and what is known of one address."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, or_, select
from sqlalchemy import insert as plain_insert

from comms.model.subscriber import (
    Choices,
    Consent,
    ConsentKind,
    Subscriber,
    SubscriptionState,
    Ticket,
    TicketKind,
)
from comms.store import suppressions as noes
from comms.store.locks import without_erasures
from comms.store.schema import consents, deliveries, slots, subscribers, subscriptions, suppressions, tickets
from comms.store.subscribers import choices_out
from comms.store.tickets import ticket_in
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from comms.store.database import Database

    Piece = tuple[Sequence[str], Callable[[Mapping[str, "Standing"]], Sequence["Taken"]]]

PAGE = 1000
"""Addresses that are asked for or written at a time: a statement takes a few thousand values."""

_OWN_WORD = (ConsentKind.CONFIRMED.value, ConsentKind.CHANGED.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an address stands. `choices`: of a subscriber, with confirmed newsletters; None without one.

    `ended`: newsletters that a subscriber has ended. `noes`: newsletters with a no, "" for all of them.
    `has_chosen`: the person has said audience, municipality and focus here, by a form of ours.
    """

    choices: Choices | None = None
    ended: frozenset[str] = frozenset()
    noes: frozenset[str] = frozenset()
    has_chosen: bool = False


NOWHERE = Standing()


@dataclass(frozen=True, slots=True)
class Taken:
    """One address that is taken in: what it shall have after it, which newsletters are new, the evidence."""

    address: str
    address_key: str
    choices: Choices
    added: tuple[str, ...]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery, as the person whom it went to may ask for it."""

    slot_id: str
    title: str
    channel: str
    address: str
    state: str
    reason: str
    first_attempt_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A subscriber with the newsletters that a no stands before, and when they last said yes to something."""

    subscriber: Subscriber
    noes: frozenset[str] = frozenset()
    consented_at: datetime | None = None


@dataclass
class _Gathered:
    """A `Standing` while its rows are read."""

    noes: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    confirmed: list[str] = field(default_factory=list)


class Rolls:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def standings(self, keys: Sequence[str]) -> dict[str, Standing]:
        """Where each of at most `PAGE` address keys stands; unknown ones are left out."""
        with self._database.reading() as connection:
            return _standings(connection, keys)

    def erased(self) -> frozenset[str]:
        """The keys of erased addresses that said no: `erased:` and a keyed hash."""
        with self._database.reading() as connection:
            return _erased(connection)

    def take_in(
        self,
        decided: Callable[[frozenset[str]], Iterable[Piece]],
        now: datetime,
    ) -> int:
        """Take in a roll, all or nothing; how many. Nothing ends by it.

        Comes in pieces: at most `PAGE` address keys, and who decides what is taken when it is seen where
        they stand now, in the same transaction. `decided` is given who is erased, as `erased` tells: nobody
        more is until this is done.
        """
        count = counted = 0
        with self._database.writing() as connection:
            without_erasures(connection)
            for keys, decide in decided(_erased(connection)):
                taken = decide(_standings(connection, keys))
                if taken:
                    _write(connection, taken, now)
                count += len(taken)
                if count > 10 * counted:
                    _count(connection)
                    counted = count
                self._database.at("import.piece")
        self._database.at("import.committed")
        return count

    def on_roll(self, people: Iterable[Subscriber]) -> Iterator[OnRoll]:
        """Each subscriber with noes and the time of the last yes, a page at a time."""
        source = iter(people)
        while page := list(islice(source, PAGE)):
            keys = [one.address_key for one in page]
            with self._database.reading() as connection:
                stopped = _noes(connection, keys)
                said = _last_yes(connection, keys)
            for one in page:
                yield OnRoll(one, frozenset(stopped[one.address_key]), said.get(one.address_key))

    def pending(self, now: datetime) -> Iterator[Ticket]:
        """Sign-ups that nobody has answered yet and somebody still may, read a page at a time."""
        after = ""
        while True:
            with self._database.reading() as connection:
                found = (
                    connection.execute(
                        select(tickets)
                        .where(
                            tickets.c.kind == TicketKind.CONFIRM.value,
                            tickets.c.used_at.is_(None),
                            or_(tickets.c.expires_at.is_(None), tickets.c.expires_at > now),
                            tickets.c.id > after,
                        )
                        .order_by(tickets.c.id)
                        .limit(PAGE)
                    )
                    .mappings()
                    .all()
                )
            if not found:
                return
            yield from map(ticket_in, found)
            after = found[-1]["id"]

    def tickets(self, key: str) -> list[Ticket]:
        """Every mailed link of an address, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(tickets).where(tickets.c.address_key == key).order_by(tickets.c.asked_at)
            ).mappings()
            return [ticket_in(row) for row in rows]

    def sent(self, key: str) -> list[Sent]:
        """Every delivery to an address, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(
                    deliveries.c.slot_id,
                    slots.c.title,
                    deliveries.c.channel,
                    deliveries.c.recipient.label("address"),
                    deliveries.c.state,
                    deliveries.c.reason,
                    deliveries.c.first_attempt_at,
                    deliveries.c.updated_at,
                )
                .join(slots, slots.c.id == deliveries.c.slot_id)
                .where(deliveries.c.address_key == key)
                .order_by(deliveries.c.id)
            ).mappings()
            return [Sent(**row) for row in rows]


def _erased(connection: Connection) -> frozenset[str]:
    found = connection.execute(
        select(suppressions.c.address_key).where(suppressions.c.address_key.startswith(noes.ERASED))
    )
    return frozenset(found.scalars())


def _standings(connection: Connection, keys: Sequence[str]) -> dict[str, Standing]:
    gathered: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    for key, newsletters in _noes(connection, keys).items():
        gathered[key].noes |= newsletters
    people = connection.execute(
        select(
            subscribers.c.id,
            subscribers.c.address_key,
            subscribers.c.audience,
            subscribers.c.municipality,
            subscribers.c.focus,
        ).where(subscribers.c.address_key.in_(keys))
    ).all()
    names = {row.id: row.address_key for row in people}
    owned = connection.execute(
        select(subscriptions.c.subscriber_id, subscriptions.c.newsletter, subscriptions.c.state)
        .where(subscriptions.c.subscriber_id.in_(list(names)))
        .order_by(subscriptions.c.newsletter)
    )
    for row in owned:
        one = gathered[names[row.subscriber_id]]
        if row.state == SubscriptionState.CONFIRMED.value:
            one.confirmed.append(row.newsletter)
        else:
            one.ended.add(row.newsletter)
    chosen = _who_chose(connection, list(names.values()))
    found = {
        row.address_key: Choices(
            tuple(gathered[row.address_key].confirmed), row.audience, row.municipality, tuple(row.focus)
        )
        for row in people
    }
    return {
        key: Standing(found.get(key), frozenset(one.ended), frozenset(one.noes), key in chosen)
        for key, one in ((key, gathered[key]) for key in {*gathered, *found})
    }


def _who_chose(connection: Connection, keys: Sequence[str]) -> set[str]:
    if not keys:
        return set()
    said = select(consents.c.address_key).where(
        consents.c.address_key.in_(keys), consents.c.kind.in_(_OWN_WORD)
    )
    return set(connection.execute(said.distinct()).scalars())


def _noes(connection: Connection, keys: Sequence[str]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = connection.execute(
        select(suppressions.c.address_key, suppressions.c.newsletter).where(
            suppressions.c.address_key.in_(keys)
        )
    )
    for row in rows:
        found[row.address_key].add(row.newsletter)
    return found


def _last_yes(connection: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    kinds = (*_OWN_WORD, ConsentKind.IMPORTED.value)
    rows = connection.execute(
        select(consents.c.address_key, func.max(consents.c.happened_at).label("at"))
        .where(consents.c.address_key.in_(keys), consents.c.kind.in_(kinds))
        .group_by(consents.c.address_key)
    )
    return {row.address_key: row.at for row in rows}


def _write(connection: Connection, taken: Sequence[Taken], now: datetime) -> None:
    """Make or change subscribers, add their subscriptions, keep the evidence: a statement each."""
    made = insert(connection, subscribers)
    connection.execute(
        made.on_conflict_do_update(
            index_elements=["address_key"],
            set_={name: made.excluded[name] for name in ("audience", "municipality", "focus")},
        ),
        [
            {
                "address": one.address,
                "address_key": one.address_key,
                "audience": one.choices.audience,
                "municipality": one.choices.municipality,
                "focus": list(one.choices.focus),
                "paused_until": None,
                "source": one.consent.source,
                "created_at": now,
            }
            for one in taken
        ],
    )
    numbers = _numbers(connection, [one.address_key for one in taken])
    added = [
        {
            "subscriber_id": numbers[one.address_key],
            "newsletter": newsletter,
            "state": SubscriptionState.CONFIRMED.value,
            "since": now,
            "reason": "",
        }
        for one in taken
        for newsletter in one.added
    ]
    if added:
        # What somebody ended meanwhile stays ended.
        connection.execute(
            insert(connection, subscriptions).on_conflict_do_nothing(
                index_elements=["subscriber_id", "newsletter"]
            ),
            added,
        )
    connection.execute(plain_insert(consents), [_evidence(one) for one in taken])


def _count(connection: Connection) -> None:
    """Let PostgreSQL see that tables have grown: its plans for small ones read all of them for each row."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE subscribers, subscriptions, consents")


def _numbers(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        select(subscribers.c.address_key, subscribers.c.id).where(subscribers.c.address_key.in_(keys))
    )
    return {row.address_key: row.id for row in rows}


def _evidence(one: Taken) -> dict[str, object]:
    consent = one.consent
    return {
        "address_key": one.address_key,
        "kind": consent.kind.value,
        "choices": choices_out(consent.choices),
        "happened_at": consent.happened_at,
        "source": consent.source,
        "text": consent.text,
        "network": consent.network,
        "by": consent.by,
    }
