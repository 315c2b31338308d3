"""What feeds have proposed, for a person to look at, to say no to, and feeds to stop and start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from comms.app.feeding import feed_named, standings
from comms.app.house import House
from comms.errors import Text, UsageError, say
from comms.model.feed import FeedSettings, FeedStanding, FeedState, Proposal, ProposalState
from comms.store import Store

STATE: dict[ProposalState, Text] = {
    ProposalState.PROPOSED: say("väntar"),
    ProposalState.TAKEN: say("intagen"),
    ProposalState.DISMISSED: say("avvisad"),
    ProposalState.SAME: say("samma som ett annat förslag"),
}
"""What people call the state of a proposal."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits, and what other feeds have said of the same thing."""

    first: Proposal
    same: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Inflow:
    """The feeds of comms.yaml with how they stand, and what waits for a person, newest first."""

    feeds: tuple[tuple[FeedSettings, FeedStanding], ...]
    waiting: tuple[Waiting, ...]


def inflow(house: House, store: Store) -> Inflow:
    """All there is to know of feeds."""
    found = standings(house, store)
    waiting = store.feeds.waiting()
    same = store.feeds.same_as({one.id for one in waiting})
    return Inflow(
        tuple((feed, found[slug]) for slug, feed in house.settings.feeds.items()),
        tuple(Waiting(one, tuple(same.get(one.id, ()))) for one in waiting),
    )


def proposal(store: Store, number: int) -> Proposal:
    """A proposal by its number. Raises `UsageError` when there is none."""
    found = store.feeds.find(number)
    if found is None:
        raise UsageError(
            say("Det finns inget förslag {number}. Se numren med: comms feeds list", number=number)
        )
    return found


def dismiss(store: Store, numbers: Sequence[int]) -> list[Proposal]:
    """Say no to proposals; gives those that waited. Raises `UsageError`, and then none is touched."""
    chosen = [proposal(store, number) for number in dict.fromkeys(numbers)]
    for one in chosen:
        if one.state is ProposalState.TAKEN:
            raise UsageError(say("{number} är redan intagen: {path}", number=one.id, path=one.item))
    return [one for one in chosen if store.feeds.dismiss(one.id)]


def stop(house: House, store: Store, slug: str, now: datetime, by: str) -> FeedStanding:
    """Ask a feed no more until somebody starts it again. Raises `UsageError` for one that is not there."""
    feed = feed_named(house, slug)
    reason = str(say("Stoppat av {by} {day}.", by=by, day=f"{now.astimezone(house.zone):%Y-%m-%d}"))
    before = standings(house, store)[slug]
    standing = replace(before, state=FeedState.STOPPED, next_at=None, reason=reason)
    store.feeds.decide(feed.url, standing)
    return standing


def start(house: House, store: Store, slug: str) -> FeedStanding:
    """Ask a feed again, at the next run, where comms.yaml says. Raises `UsageError`."""
    feed = feed_named(house, slug)
    before = standings(house, store)[slug]
    standing = replace(before, url=feed.url, state=FeedState.ACTIVE, next_at=None, failures=0, reason="")
    store.feeds.decide(feed.url, standing)
    return standing
