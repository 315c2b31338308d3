"""Forgetting: an address is taken out of every row that knows it, and what is counted stays counted.

A delivery whose address is gone is `raderad-` and its number: it keeps its state and its times. Its key was a
plain hash of the address, which anybody can guess, so that goes too. A trigger sees to that it is never
planned again (migration 0005).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from comms.errors import say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import EntryKind
from comms.model.subscriber import No, SubscriptionState
from comms.store import suppressions as noes_rows
from comms.store.locks import to_erase
from comms.store.schema import (
    attempts,
    consents,
    deliveries,
    events,
    exits,
    notices,
    rests,
    slots,
    subscribers,
    subscriptions,
    suppressions,
    tickets,
)
from comms.store.tickets import spent as is_spent
from comms.store.tickets import unanswered as is_unanswered
from comms.store.traces import cleaned, pattern, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime, timedelta
    from typing import Any

    from sqlalchemy.sql.elements import ColumnElement

    from comms.store.database import Database

PSEUDONYM = "raderad-"
"""What stands for an address that is gone, before the delivery's number."""

BLANK = "(raderad adress)"
"""What stands for an address that was in somebody's words."""

_GONE = say("Adressen är raderad.")
_BATCH = 500
_TAKEN = (DeliveryState.CLAIMED.value, DeliveryState.SENDING.value)
_OPEN = tuple(state.value for state in DeliveryState if state.is_open)
_WAITS = (DeliveryState.PLANNED.value, DeliveryState.HELD.value)
_OVER = (SlotState.DONE.value, SlotState.CANCELLED.value)

_ANY_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:/=@]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"[\w.+-]*[\w+-]")

_OF_COPIES = (
    (attempts.c.detail, attempts.c.delivery_id),
    (events.c.source, events.c.delivery_id),
    (events.c.detail, events.c.delivery_id),
    (deliveries.c.reason, deliveries.c.id),
    (deliveries.c.receipt, deliveries.c.id),
)
"""Words about a copy: servers repeat the address in their answers."""

_WORDS: tuple[Column[str], ...] = (
    *(words for words, _ in _OF_COPIES),
    notices.c.subject,
    notices.c.body,
    notices.c.calendar,
    slots.c.reason,
    rests.c.reason,
    suppressions.c.reason,
    subscriptions.c.reason,
)
"""Every column that may hold somebody's own words, and so an address. Content is not among them."""

_KEYS = (
    subscribers.c.address_key,
    consents.c.address_key,
    tickets.c.address_key,
    exits.c.address_key,
    suppressions.c.address_key,
)
"""Where addresses are known by an index."""

_IS_NAMED = or_(deliveries.c.address_key.not_like(f"{PSEUDONYM}%"), deliveries.c.address_key.like("%@%"))


def _nothing(_no: No) -> None:
    """No no stays."""


class Forgetting:
    """Every method is one transaction if it does not say otherwise. All raise StoreError."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def erase(
        self,
        address: str,
        key: str,
        stays: Sequence[No],
        *,
        hide: Callable[[No], No | None] = _nothing,
        ended_before: datetime | None = None,
        silent_since: datetime | None = None,
    ) -> bool | None:
        """Take an address out of everything; of its noes only `stays`, and what `hide` makes of each.

        False when it was nowhere. None, with nothing done: a copy to it is with a worker now, or it is not
        (any more) one of those who `ended` before `ended_before`, or has said something after `silent_since`.
        """
        with self._database.writing() as connection:
            to_erase(connection)
            _forget_for_good(connection)
            if _in_hand(connection, key) or _is_back(connection, key, ended_before, silent_since):
                return None
            known = _is_known(connection, key)
            hidden = [hide(no) for no in noes_rows.noes(connection, [key])]
            connection.execute(delete(suppressions).where(suppressions.c.address_key == key))
            # Before the rest goes: their reasons may hold the address, however it is spelt.
            for no in (*stays, *hidden):
                if no is not None:
                    _stand(connection, no)
            _erase(connection, key, address)
            self._database.at("erase.uncommitted")
            return known

    def ended(self, before: datetime) -> Iterator[tuple[str, str]]:
        """Address and key of subscribers who have ended everything before a time, a page at a time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_page_of(_long_ended(before), after)).all()
            if not rows:
                return
            for row in rows:
                yield row.address, row.address_key
            after = rows[-1].id

    def networks(self, before: datetime, *, dry: bool = False) -> int:
        """Forget from which network people came, in what is older than a time; how many rows."""
        consent = and_(consents.c.network != "", consents.c.happened_at < before)
        ticket = and_(tickets.c.network != "", tickets.c.asked_at < before)
        with self._database.writing() as connection:
            if dry:
                return _count(connection, consents.c.id, consent) + _count(connection, tickets.c.id, ticket)
            _forget_for_good(connection)
            done = connection.execute(update(consents).where(consent).values(network=""))
            more = connection.execute(update(tickets).where(ticket).values(network=""))
            return int(done.rowcount) + int(more.rowcount)

    def unanswered(self, now: datetime, pending: timedelta) -> int:
        """How many tickets `store.tickets.forget` would forget."""
        forgettable = or_(is_unanswered(now, pending), is_spent(now))
        with self._database.reading() as connection:
            return _count(connection, tickets.c.id, forgettable)

    def old_slots(self, before: datetime, *, named: bool = False) -> list[str]:
        """Issues that were done or cancelled before a time; `named`: those that still have addresses."""
        old = select(slots.c.id).where(
            slots.c.kind == EntryKind.ISSUE.value, slots.c.state.in_(_OVER), slots.c.updated_at < before
        )
        if named:
            has = exists().where(
                deliveries.c.slot_id == slots.c.id, _IS_NAMED, deliveries.c.state.not_in(_OPEN)
            )
            old = old.where(has)
        with self._database.reading() as connection:
            return list(connection.execute(old.order_by(slots.c.id)).scalars())

    def addresses(self, slot_id: str, *, dry: bool = False) -> int:
        """Take the addresses out of an issue's deliveries, but for open ones; how many.

        A transaction for each few hundred, so that nobody waits long for the database.
        """
        named = and_(deliveries.c.slot_id == slot_id, _IS_NAMED, deliveries.c.state.not_in(_OPEN))
        if dry:
            with self._database.reading() as connection:
                return _count(connection, deliveries.c.id, named)
        done = after = 0
        while True:
            with self._database.writing() as connection:
                _forget_for_good(connection)
                ids = _numbers(connection, and_(named, deliveries.c.id > after))
                if not ids:
                    return done
                for words, owner in _OF_COPIES:
                    _blank(connection, words, and_(owner.in_(ids), words.like("%@%")), _without_any)
                _call_by_number(connection, deliveries.c.id.in_(ids))
            done, after = done + len(ids), ids[-1]

    def strangers(self, before: datetime, own: Collection[str], *, dry: bool = False) -> int:
        """Forget who is known by an exit or by evidence alone, since before a time; how many rows.

        That is an office's address that is in audiences.yaml (`own`) no longer, or whose no was lifted once.
        An exit that no letter since then has named leads to nobody, as that of an erased address.
        """
        people = select(subscribers.c.address_key)
        asks = select(tickets.c.address_key)
        said = and_(
            consents.c.happened_at < before,
            consents.c.address_key.not_in(people),
            consents.c.address_key.not_in(asks),
        )
        with self._database.writing() as connection:
            _forget_for_good(connection)
            evidence = _count(connection, consents.c.id, said)
            if evidence and not dry:
                connection.execute(delete(consents).where(said))
            ids = _unused_exits(connection, before, own)
            for start in range(0, len(ids) if not dry else 0, _BATCH):
                mine = exits.c.id.in_(ids[start : start + _BATCH])
                connection.execute(update(exits).where(mine).values(address_key=None))
        return evidence + len(ids)

    def told(self, before: datetime, *, dry: bool = False) -> int:
        """Take addresses out of what the officer was told before a time; how many notices."""
        done = 0
        with self._database.writing() as connection:
            old = and_(notices.c.created_at < before, notices.c.sent_at.is_not(None))
            for words in (notices.c.subject, notices.c.body, notices.c.calendar):
                done += _blank(connection, words, and_(old, words.like("%@%")), _without_any, dry=dry)
        return done

    def scrub(self, needle: str) -> bool:
        """Overwrite what a SQLite file still holds of rows that are gone; False when it must wait.

        `secure_delete` has zeroed the rows themselves. What is left is the write-ahead log, and at times a
        copy in a page that was split: then the file is packed (https://sqlite.org/pragma.html).
        PostgreSQL does the like by itself (autovacuum).
        """
        file = self._database.file
        if file is None:
            return True
        with self._database.border():
            return cleaned(file, needle)

    def known_keys(self) -> Iterator[str]:
        """Every address key that the database knows a person by, each at least once, a page at a time."""
        for column in _KEYS:
            last = ""
            while True:
                page = select(column).where(column > last).distinct().order_by(column).limit(_BATCH)
                with self._database.reading() as connection:
                    found = list(connection.execute(page).scalars())
                if not found:
                    break
                yield from found
                last = found[-1]


def _forget_for_good(connection: Connection) -> None:
    """Let SQLite zero what is deleted (builds differ in whether they do)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _in_hand(connection: Connection, key: str) -> bool:
    taken = select(deliveries.c.id).where(deliveries.c.state.in_(_TAKEN), deliveries.c.address_key == key)
    return connection.execute(taken.limit(1)).first() is not None


def _is_known(connection: Connection, key: str) -> bool:
    """Whether an address is anywhere but among the noes."""
    return any(
        connection.execute(select(column).where(column == key).limit(1)).first() is not None
        for column in (
            subscribers.c.address_key,
            consents.c.address_key,
            tickets.c.address_key,
            exits.c.address_key,
            deliveries.c.address_key,
        )
    )


def _erase(connection: Connection, key: str, address: str) -> None:
    """Everything but the noes: rows about the person go, rows that are counted lose the address."""
    spelled = {*spellings(address, key), *_typed(connection, key)}
    whose = select(subscribers.c.id).where(subscribers.c.address_key == key)
    connection.execute(delete(subscriptions).where(subscriptions.c.subscriber_id.in_(whose)))
    for table in (subscribers, consents, tickets):
        connection.execute(delete(table).where(table.c.address_key == key))
    connection.execute(update(exits).where(exits.c.address_key == key).values(address_key=None))
    ids = list(connection.execute(select(deliveries.c.id).where(deliveries.c.address_key == key)).scalars())
    likes = [_like(one) for one in spelled]
    without = _without(spelled)
    for words in _WORDS:
        holding = or_(*(words.ilike(like, escape="\\") for like in likes))
        _blank(connection, words, holding, without)
    locally = _without_local(key)
    for start in range(0, len(ids), _BATCH):
        mine = ids[start : start + _BATCH]
        for words, owner in _OF_COPIES:
            _blank(connection, words, owner.in_(mine), locally)
        _call_by_number(connection, deliveries.c.id.in_(mine))


def _typed(connection: Connection, key: str) -> Iterator[str]:
    """An address as people have typed it."""
    for column, of in (
        (subscribers.c.address, subscribers.c.address_key),
        (tickets.c.address, tickets.c.address_key),
        (deliveries.c.recipient, deliveries.c.address_key),
    ):
        yield from connection.execute(select(column).where(of == key).distinct()).scalars()


def _call_by_number(connection: Connection, which: ColumnElement[bool]) -> None:
    """Let deliveries be known by their numbers alone; what waits never goes out."""
    connection.execute(
        update(deliveries)
        .where(which, deliveries.c.state.in_(_WAITS))
        .values(state=DeliveryState.SKIPPED.value, reason=str(_GONE), not_before=None)
    )
    number = literal(PSEUDONYM) + cast(deliveries.c.id, String)
    connection.execute(
        update(deliveries)
        .where(which)
        .values(
            recipient=number,
            address_key=number,
            recipient_name=number,
            key=deliveries.c.slot_id + literal(".") + number,
        )
    )


def _numbers(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    """The next deliveries of some kind."""
    found = select(deliveries.c.id).where(which).order_by(deliveries.c.id).limit(_BATCH)
    return list(connection.execute(found).scalars())


def _blank(
    connection: Connection,
    words: Column[str],
    which: ColumnElement[bool],
    without: Callable[[str], str],
    *,
    dry: bool = False,
) -> int:
    """Take something out of people's words; in how many rows it was."""
    keys = list(words.table.primary_key)
    found = [
        {"plain": plain, **{f"key_{n}": value for n, value in enumerate(row[1:])}}
        for row in connection.execute(select(words.label("words"), *keys).where(which)).all()
        if (plain := without(row.words)) != row.words
    ]
    if found and not dry:
        mine = and_(*(key == bindparam(f"key_{n}", type_=key.type) for n, key in enumerate(keys)))
        connection.execute(
            update(words.table).where(mine).values({words.name: bindparam("plain", type_=words.type)}), found
        )
    return len(found)


def _like(address: str) -> str:
    """A pattern for LIKE, which knows capitals of A to Z alone: any sign may stand for another letter."""
    escaped = re.sub(r"([\\%_])", r"\\\1", address)
    return "%" + re.sub(r"[^\x00-\x7f]", "_", escaped) + "%"


def _without(spelled: Collection[str]) -> Callable[[str], str]:
    """Takes an address out of a text, however it is spelt, and leaves longer addresses alone."""
    found = pattern(spelled)
    return lambda text: found.sub(BLANK, text)


def _without_local(key: str) -> Callable[[str], str]:
    """Takes the part before the at sign out of what a server said of its own copy."""
    return _without([key.rpartition("@")[0] or key])


def _without_any(text: str) -> str:
    """Takes every address out of a text, and what stands before their at signs wherever it stands alone."""
    named = {one.partition("@")[0].casefold() for one in _ANY_ADDRESS.findall(text)}
    plain = _ANY_ADDRESS.sub(BLANK, text)
    return (
        _WORD.sub(lambda found: BLANK if found[0].casefold() in named else found[0], plain)
        if named
        else plain
    )


def _stand(connection: Connection, no: No) -> None:
    noes_rows.suppress(
        connection, no.address_key, no.reason, no.created_at, newsletter=no.newsletter, kind=no.kind
    )


def _count(connection: Connection, column: Column[Any], which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(column)).where(which)).scalar_one())


def _unused_exits(connection: Connection, before: datetime, own: Collection[str]) -> list[str]:
    """Exits of nobody who subscribes, which no letter has named since a time."""
    people = select(subscribers.c.address_key)
    found = select(exits.c.id, exits.c.address_key).where(
        exits.c.address_key.is_not(None), exits.c.address_key.not_in(people)
    )
    ids = {row.id for row in connection.execute(found) if row.address_key not in own}
    if not ids:  # all deliveries need not be read
        return []
    lately = (
        select(deliveries.c.exit_id)
        .join(slots, slots.c.id == deliveries.c.slot_id)
        .where(slots.c.updated_at >= before, deliveries.c.exit_id != "")
        .distinct()
    )
    return sorted(ids - set(connection.execute(lately).scalars()))


def _is_back(
    connection: Connection, key: str, ended_before: datetime | None, silent_since: datetime | None
) -> bool:
    """Whether somebody who was to be forgotten has come back meanwhile."""
    if ended_before is not None:
        gone = _long_ended(ended_before).where(subscribers.c.address_key == key)
        if connection.execute(gone).first() is None:
            return True
    if silent_since is not None:
        said = and_(consents.c.address_key == key, consents.c.happened_at > silent_since)
        return _count(connection, consents.c.id, said) > 0
    return False


def _page_of(people: Any, after: int) -> Any:  # noqa: ANN401 - as below
    return people.where(subscribers.c.id > after).order_by(subscribers.c.id).limit(_BATCH)


def _long_ended(before: datetime) -> Any:  # noqa: ANN401 - SQLAlchemy's own type names every column
    """People who subscribe to nothing, and came to do so before a time."""
    own = subscriptions.c.subscriber_id == subscribers.c.id
    lately = or_(subscriptions.c.state == SubscriptionState.CONFIRMED.value, subscriptions.c.since >= before)
    # Who asks again has not left, though nothing is confirmed yet.
    asks = and_(tickets.c.address_key == subscribers.c.address_key, tickets.c.asked_at >= before)
    return select(subscribers.c.id, subscribers.c.address, subscribers.c.address_key).where(
        subscribers.c.created_at < before,
        ~exists().where(own, lately),
        ~exists().where(asks),
    )
