"""Leaving: what an exit leads to, and the one transaction by which a person ends or pauses it.

The no is written before all else, even on a full disk, and it is the person's own: only they take it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from comms.errors import say
from comms.model.audience import address_key
from comms.model.ledger import EventKind
from comms.model.subscriber import (
    ALL_NEWSLETTERS,
    OWN_NOES,
    Choices,
    Consent,
    ConsentKind,
    Exit,
    No,
    NoKind,
    SubscriptionState,
)
from comms.store import events, exits, subscribers, suppressions
from comms.store.schema import deliveries, slots
from comms.store.schema import subscribers as people
from comms.text.masking import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from comms.model.subscriber import Subscriber
    from comms.store.database import Database


@dataclass(frozen=True, slots=True)
class Left:
    """How an exit stands after somebody used it. `is_new`: something was ended or paused by that."""

    exit: Exit
    is_new: bool


class Leaving:
    """Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database."""
        self._database = database

    def find(self, exit_id: str) -> Exit | None:
        """What an exit leads to, its title the newsletter's slug; None when there is no such exit."""
        with self._database.reading() as connection:
            behind = _behind(connection, exit_id)
        return behind.shown() if behind else None

    def end(
        self, exit_id: str, *, everything: bool, source: str, now: datetime, said_at: datetime | None = None
    ) -> Left | None:
        """Write the person's own no to the exit's newsletter, or to all; even on a full disk.

        `said_at`: when it was said, if that was before `now`; what they said yes to after it stands. Twice
        leaves no more traces than once. None when there is no such exit.
        """
        left: list[Left | None] = []

        def act(connection: Connection) -> None:
            suppressions.alone(connection)
            behind = _behind(connection, exit_id)
            if behind is None or not behind.key:  # an erased address has a no that this link does not know
                left[:] = [Left(behind.shown(), is_new=False) if behind else None]
                return
            wanted = ALL_NEWSLETTERS if everything else behind.newsletter
            is_new = _end(connection, behind, wanted, source=source, now=now, said_at=said_at or now)
            shown = behind.shown()
            left[:] = [Left(replace(shown, is_over=shown.is_over or is_new), is_new)]

        self._database.urgently(act)
        return left[0]

    def pause(self, exit_id: str, until: datetime | None, *, source: str, now: datetime) -> Left | None:
        """Let the subscriber behind an exit have nothing until a time; None lets letters come again.

        Nothing happens when it stands so already, or nobody subscribes. None when there is no such exit.
        """
        with self._database.writing() as connection:
            suppressions.alone(connection)
            behind = _behind(connection, exit_id)
            if behind is None:
                return None
            found, person = behind.shown(), behind.person
            if person is None or found.is_over or not found.is_subscriber or person.paused_until == until:
                return Left(found, is_new=False)
            connection.execute(update(people).where(people.c.id == person.id).values(paused_until=until))
            kind = ConsentKind.RESUMED if until is None else ConsentKind.PAUSED
            subscribers.witness(connection, behind.key, Consent(kind, person.choices, now, source))
            return Left(replace(found, paused_until=until), is_new=True)

    def refuse(self, address: str, newsletter: str, reason: str, now: datetime) -> None:
        """The office says no for an address to one newsletter, even on a full disk (all: Store.suppress)."""

        def act(connection: Connection) -> None:
            suppressions.suppress(connection, address, reason, now, newsletter=newsletter)
            subscribers.end(connection, address_key(address), newsletter, reason, now)

        self._database.urgently(act)

    def noes(self, keys: Collection[str]) -> list[No]:
        """Every no that stands for an address, by its keys."""
        with self._database.reading() as connection:
            return suppressions.noes(connection, keys)

    def lift(self, noes: Sequence[No], *, reason: str, by: str, now: datetime) -> int:
        """Take back noes of the office's, with evidence of who did and why; how many stood still.

        A person's own stay whatever is asked. What had ended does not begin again.
        """
        kinds = [kind for kind in NoKind if kind not in OWN_NOES]
        source = str(say("spärren hävd: {reason}", reason=reason))
        count = 0
        with self._database.writing() as connection:
            for key in dict.fromkeys(no.address_key for no in noes):
                wanted = [no.newsletter for no in noes if no.address_key == key]
                lifted = suppressions.lift(connection, [key], wanted, kinds)
                if lifted:
                    person = subscribers.find(connection, key)
                    choices = person.choices if person else Choices((), "", "")
                    changed = Consent(ConsentKind.CHANGED, choices, now, source, by=by)
                    subscribers.witness(connection, key, changed)
                count += lifted
        return count


@dataclass(frozen=True, slots=True)
class _Behind:
    """What stands behind an exit: an address key ("" when it is erased), who it is, and their noes."""

    key: str
    newsletter: str
    person: Subscriber | None
    noes: Sequence[No]

    def shown(self) -> Exit:
        """As it may be shown to whoever has the link."""
        person = self.person
        subscribes = person is not None and any(
            one.newsletter == self.newsletter for one in person.subscriptions
        )
        return Exit(
            masked=masked(person.address if person else self.key) if self.key else "",
            newsletter=self.newsletter,
            title=self.newsletter,
            is_over=not self.key
            or any(no.newsletter in {ALL_NEWSLETTERS, self.newsletter} for no in self.noes),
            is_subscriber=subscribes,
            paused_until=person.paused_until if person and subscribes else None,
        )


def _behind(connection: Connection, exit_id: str) -> _Behind | None:
    named = exits.find(connection, exit_id)
    if named is None:
        return None
    key, newsletter = named
    person = subscribers.find(connection, key)
    return _Behind(key, newsletter, person, suppressions.noes(connection, [key]))


def _end(
    connection: Connection, behind: _Behind, wanted: str, *, source: str, now: datetime, said_at: datetime
) -> bool:
    """End it; False when there was nothing to end."""
    key, person = behind.key, behind.person
    going = _going(person, wanted)
    own = {no.newsletter for no in behind.noes if no.kind in OWN_NOES}
    if (own & {wanted, ALL_NEWSLETTERS} and not going) or _came_back(person, going, said_at):
        return False
    reason = str(say("Avslutade själv ({source})", source=source))
    # Where a no of the office's stands, the person's own is written beside it: it outlives that.
    made = suppressions.suppress(connection, key, reason, now, newsletter=wanted, kind=NoKind.OWN)
    if not (made or going):
        return False
    if person is not None:
        subscribers.end(connection, key, wanted, reason, now)
        stays = tuple(slug for slug in person.newsletters if slug not in going)
        choices = replace(person.choices, newsletters=stays)
        subscribers.witness(connection, key, Consent(ConsentKind.ENDED, choices, now, source))
    row = _newest_delivery(connection, key, behind.newsletter)
    if row is not None:
        events.add(connection, row, EventKind.UNSUBSCRIBED, source, reason, now)
    return True


def _going(person: Subscriber | None, wanted: str) -> frozenset[str]:
    """The newsletters that a person subscribes to and a no to `wanted` ends."""
    standing = person.newsletters if person else ()
    return frozenset(slug for slug in standing if wanted in {ALL_NEWSLETTERS, slug})


def _came_back(person: Subscriber | None, going: frozenset[str], said_at: datetime) -> bool:
    """Whether any of what would end was confirmed after the no was said: an old letter is read late."""
    return person is not None and any(
        one.newsletter in going and one.state is SubscriptionState.CONFIRMED and one.since > said_at
        for one in person.subscriptions
    )


def _newest_delivery(connection: Connection, key: str, newsletter: str) -> int | None:
    """The number of the newest delivery of a newsletter to an address: by its slots, which are few."""
    found: int | None = connection.execute(
        select(deliveries.c.id)
        .join(slots, (slots.c.id == deliveries.c.slot_id) & (slots.c.channel == deliveries.c.channel))
        .where(slots.c.newsletter == newsletter, deliveries.c.address_key == key)
        .order_by(slots.c.due_at.desc(), deliveries.c.id.desc())
        .limit(1)
    ).scalar()
    return found
