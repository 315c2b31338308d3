"""What a report of consents is made of: people with what they have said, words, and noes by kind."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from comms.model.subscriber import ALL_NEWSLETTERS, NoKind, SubscriptionState
from comms.store import subscribers
from comms.store.schema import consent_texts, consents, subscriptions, suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from comms.model.subscriber import Consent, Subscriber
    from comms.store.database import Database

_PAGE = 1000


class Witnesses:
    """Every method reads, a page at a time, and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def of(self, people: Iterable[Subscriber]) -> Iterator[tuple[Subscriber, Sequence[Consent]]]:
        """Each subscriber with the evidence, oldest first."""
        source = iter(people)
        while page := list(islice(source, _PAGE)):
            said = defaultdict(list)
            keys = [one.address_key for one in page]
            with self._database.reading() as connection:
                rows = connection.execute(
                    select(consents).where(consents.c.address_key.in_(keys)).order_by(consents.c.id)
                ).mappings()
                for row in rows:
                    said[row["address_key"]].append(subscribers.consent_in(row))
            for one in page:
                yield one, said[one.address_key]

    def texts(self) -> Mapping[str, datetime]:
        """The words that people have said yes to, by their hash: when they were used first, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(consent_texts.c.sha256, consent_texts.c.first_used_at).order_by(
                    consent_texts.c.first_used_at
                )
            )
            return {row.sha256: row.first_used_at for row in rows}

    def noes(self) -> Mapping[NoKind, int]:
        """How many noes stand, by whose they are."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(suppressions.c.kind, func.count().label("number")).group_by(suppressions.c.kind)
            )
            return {NoKind(row.kind): row.number for row in rows}

    def newsletters(self) -> Mapping[str, tuple[int, int]]:
        """How many subscriptions and how many noes each newsletter has, by slug; a no to all is to none."""
        subscribed = (
            select(subscriptions.c.newsletter, func.count().label("number"))
            .where(subscriptions.c.state == SubscriptionState.CONFIRMED)
            .group_by(subscriptions.c.newsletter)
        )
        refused = (
            select(suppressions.c.newsletter, func.count().label("number"))
            .where(suppressions.c.newsletter != ALL_NEWSLETTERS)
            .group_by(suppressions.c.newsletter)
        )
        with self._database.reading() as connection:
            yes = {row.newsletter: row.number for row in connection.execute(subscribed)}
            no = {row.newsletter: row.number for row in connection.execute(refused)}
        return {slug: (yes.get(slug, 0), no.get(slug, 0)) for slug in sorted({*yes, *no})}
