"""Feeds of others, and what they propose: nothing of it is sent before a person has taken it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from comms.errors import Text


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """A feed that the office follows: `title` is how its sender is named, `every` how often it is asked.

    At most `most` new entries are proposed at a time. `focus`, `audiences` and `municipalities` are what its
    entries are about when no word in them says otherwise.
    """

    slug: str
    title: str
    url: str
    every: timedelta = timedelta(hours=6)
    most: int = 5
    focus: str = ""
    audiences: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()


class FeedState(StrEnum):
    """Whether a feed is asked. `stopped`: it said that it is gone (410), or a person has stopped it."""

    ACTIVE = "active"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """How it goes with a feed: `failures` in a row, `reason` of the last one. Asked again from `next_at`.

    `url` is where it is now, after it has moved for good from what comms.yaml says.
    """

    slug: str
    url: str
    state: FeedState = FeedState.ACTIVE
    etag: str = ""
    last_modified: str = ""
    checked_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a feed says of one thing, cleaned: `title` and `summary` are text, `body` is Markdown.

    `identity` is its GUID, or its link. `published_on` is None when it says no day that can be true.
    """

    identity: str
    link: str
    title: str
    summary: str
    body: str
    published_on: date | None
    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an entry seems to be about, each with why: the office's own words decide, nobody guesses."""

    focus: str = ""
    audiences: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    why: tuple[Text, ...] = ()


class ProposalState(StrEnum):
    """What has become of a proposal. `dismissed` by a person; `same`: another feed had proposed it before."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that a person may take in. `same_as` is the proposal that said it first, 0 for none.

    `item` is the slug of what it became.
    """

    id: int
    feed: str
    entry: FeedEntry
    suggestion: Suggestion
    state: ProposalState
    seen_at: datetime
    same_as: int = 0
    item: str = ""
