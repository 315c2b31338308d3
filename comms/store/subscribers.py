"""Subscribers as rows: who they are, what they subscribe to, and the evidence of it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, case, func, or_, select, update
from sqlalchemy import insert as plain_insert

from comms.model.subscriber import (
    ALL_NEWSLETTERS,
    Choices,
    Consent,
    ConsentKind,
    Reader,
    Subscriber,
    Subscription,
    SubscriptionState,
)
from comms.store.schema import consent_texts, consents, subscribers, subscriptions, suppressions
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import RowMapping

    from comms.store.database import Database

_PAGE = 2000


class Subscribers:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def find(self, key: str) -> Subscriber | None:
        """The subscriber with an address key, or None."""
        with self._database.reading() as connection:
            return find(connection, key)

    def all(self) -> Iterator[Subscriber]:
        """Every subscriber in order, read a page at a time, so that the caller may take its time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                found = _page(connection, after)
            if not found:
                return
            yield from found
            after = found[-1].id

    def readers(self, newsletter: str) -> Iterator[Reader]:
        """Everybody who subscribes to a newsletter or has ended it, read a page at a time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_readers(newsletter, after)).mappings().all()
            if not rows:
                return
            for row in rows:
                if row["state"] is not None:
                    yield _reader(row)
            after = rows[-1]["id"]

    def evidence(self, key: str) -> list[Consent]:
        """What an address has said, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(consents).where(consents.c.address_key == key).order_by(consents.c.id)
            ).mappings()
            return [consent_in(row) for row in rows]

    def consent_text(self, digest: str) -> str:
        """The words behind a hash in evidence, "" when there are none."""
        with self._database.reading() as connection:
            found = connection.execute(
                select(consent_texts.c.text).where(consent_texts.c.sha256 == digest)
            ).scalar()
        return found or ""


def find(connection: Connection, key: str) -> Subscriber | None:
    """The subscriber with an address key, or None."""
    row = connection.execute(select(subscribers).where(subscribers.c.address_key == key)).mappings().first()
    if row is None:
        return None
    owned = connection.execute(
        select(subscriptions)
        .where(subscriptions.c.subscriber_id == row["id"])
        .order_by(subscriptions.c.newsletter)
    ).mappings()
    return _subscriber(row, list(owned))


def put(  # noqa: PLR0913 - a person's choices are these things; each is named where it is given
    connection: Connection,
    *,
    address: str,
    key: str,
    choices: Choices,
    paused_until: datetime | None,
    source: str,
    ended: str,
    now: datetime,
) -> None:
    """Let a subscriber stand as `choices` say: made when new, and what is left out ends (`ended`: why).

    What stands already keeps its time. Noes and evidence are the caller's.
    """
    values = {
        "address": address,
        "audience": choices.audience,
        "municipality": choices.municipality,
        "focus": list(choices.focus),
        "paused_until": paused_until,
    }
    connection.execute(
        insert(connection, subscribers)
        .values(address_key=key, source=source, created_at=now, **values)
        .on_conflict_do_update(index_elements=["address_key"], set_=values)
    )
    number = connection.execute(select(subscribers.c.id).where(subscribers.c.address_key == key)).scalar_one()
    for newsletter in choices.newsletters:
        subscribe(connection, number, newsletter, now)
    connection.execute(
        update(subscriptions)
        .where(
            subscriptions.c.subscriber_id == number,
            subscriptions.c.newsletter.not_in(choices.newsletters),
            subscriptions.c.state == SubscriptionState.CONFIRMED.value,
        )
        .values(state=SubscriptionState.ENDED.value, since=now, reason=ended)
    )


def subscribe(connection: Connection, subscriber_id: int, newsletter: str, now: datetime) -> None:
    """Let a subscription be confirmed; one that is keeps its time."""
    connection.execute(
        insert(connection, subscriptions)
        .values(
            subscriber_id=subscriber_id,
            newsletter=newsletter,
            state=SubscriptionState.CONFIRMED.value,
            since=now,
            reason="",
        )
        .on_conflict_do_update(
            index_elements=["subscriber_id", "newsletter"],
            set_={"state": SubscriptionState.CONFIRMED.value, "since": now, "reason": ""},
            where=subscriptions.c.state == SubscriptionState.ENDED.value,
        )
    )


def end(connection: Connection, key: str, newsletter: str, reason: str, now: datetime) -> None:
    """End an address's subscription to a newsletter, or to all (""). The no is the caller's."""
    whose = select(subscribers.c.id).where(subscribers.c.address_key == key).scalar_subquery()
    ending = update(subscriptions).where(
        subscriptions.c.subscriber_id == whose,
        subscriptions.c.state == SubscriptionState.CONFIRMED.value,
    )
    if newsletter != ALL_NEWSLETTERS:
        ending = ending.where(subscriptions.c.newsletter == newsletter)
    connection.execute(ending.values(state=SubscriptionState.ENDED.value, since=now, reason=reason))


def witness(connection: Connection, key: str, consent: Consent) -> None:
    """Keep a piece of evidence."""
    connection.execute(
        plain_insert(consents).values(
            address_key=key,
            kind=consent.kind.value,
            choices=choices_out(consent.choices),
            happened_at=consent.happened_at,
            source=consent.source,
            text=consent.text,
            network=consent.network,
            by=consent.by,
        )
    )


def keep_text(connection: Connection, digest: str, text: str, now: datetime) -> None:
    """Keep the words that people say yes to, once."""
    connection.execute(
        insert(connection, consent_texts)
        .values(sha256=digest, text=text, first_used_at=now)
        .on_conflict_do_nothing(index_elements=["sha256"])
    )


def choices_out(choices: Choices) -> dict[str, object]:
    """Choices as JSON."""
    return {
        "newsletters": list(choices.newsletters),
        "audience": choices.audience,
        "municipality": choices.municipality,
        "focus": list(choices.focus),
    }


def choices_in(payload: dict[str, Any]) -> Choices:
    """Choices from JSON."""
    return Choices(
        tuple(payload["newsletters"]), payload["audience"], payload["municipality"], tuple(payload["focus"])
    )


def _page(connection: Connection, after: int) -> list[Subscriber]:
    rows = connection.execute(
        select(subscribers).where(subscribers.c.id > after).order_by(subscribers.c.id).limit(_PAGE)
    ).mappings()
    people = list(rows)
    if not people:
        return []
    owned = connection.execute(
        select(subscriptions)
        .where(subscriptions.c.subscriber_id.between(people[0]["id"], people[-1]["id"]))
        .order_by(subscriptions.c.subscriber_id, subscriptions.c.newsletter)
    ).mappings()
    by_person = {number: list(group) for number, group in groupby(owned, lambda row: row["subscriber_id"])}
    return [_subscriber(row, by_person.get(row["id"], [])) for row in people]


def _readers(newsletter: str, after: int) -> Any:  # noqa: ANN401 - SQLAlchemy's own type names every column
    """A page of subscribers, with the no that stands before each: to all before to this newsletter.

    Those who have nothing to do with the newsletter come without `state`: as an inner join SQLite would
    read and sort every subscription of the newsletter anew for each page.
    """
    no = (
        select(func.min(suppressions.c.reason))
        .where(
            suppressions.c.address_key == subscribers.c.address_key,
            or_(suppressions.c.newsletter == ALL_NEWSLETTERS, suppressions.c.newsletter == newsletter),
        )
        .scalar_subquery()
    )
    ended = case((subscriptions.c.state == SubscriptionState.ENDED.value, subscriptions.c.reason), else_="")
    return (
        select(
            subscribers.c.id,
            subscribers.c.address,
            subscribers.c.address_key,
            subscribers.c.audience,
            subscribers.c.municipality,
            subscribers.c.focus,
            subscribers.c.paused_until,
            func.coalesce(no, ended).label("no"),
            subscriptions.c.state,
        )
        .outerjoin(
            subscriptions,
            and_(subscriptions.c.subscriber_id == subscribers.c.id, subscriptions.c.newsletter == newsletter),
        )
        .where(subscribers.c.id > after)
        .order_by(subscribers.c.id)
        .limit(_PAGE)
    )


def _reader(row: RowMapping) -> Reader:
    return Reader(
        row["address"],
        row["address_key"],
        row["audience"],
        row["municipality"],
        tuple(row["focus"]),
        row["paused_until"],
        row["no"],
    )


def _subscriber(row: RowMapping, owned: list[RowMapping]) -> Subscriber:
    return Subscriber(
        row["id"],
        row["address"],
        row["address_key"],
        row["audience"],
        row["municipality"],
        tuple(row["focus"]),
        row["paused_until"],
        row["source"],
        row["created_at"],
        tuple(
            Subscription(one["newsletter"], SubscriptionState(one["state"]), one["since"], one["reason"])
            for one in owned
        ),
    )


def consent_in(row: RowMapping) -> Consent:
    """A row as a piece of evidence."""
    return Consent(
        ConsentKind(row["kind"]),
        choices_in(row["choices"]),
        row["happened_at"],
        row["source"],
        row["text"],
        row["network"],
        row["by"],
    )
