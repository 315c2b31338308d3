"""What went out, as the ledger knows it: the ground that reports of reach and of deliveries count from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from comms.model.ledger import DeliveryState, SlotState


@dataclass(frozen=True, slots=True)
class SentEdition:
    """An edition of which at least one copy was accepted: its items (slugs) and how many copies were.

    `municipality` "" is the whole area. `at`: the first accepted letter of its issue, by the letter's own
    date, so that all of an issue belongs to one day.
    """

    id: int
    issue: str
    channel: str
    audience: str
    municipality: str
    items: tuple[str, ...]
    accepted: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post that is published, a thread as one. `at`: when readers came to see it."""

    id: str
    item: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """All that the ledger knows went out, since it began.

    `channels` are those of comms.yaml: a report tells of each, also of those that carried nothing.
    """

    editions: tuple[SentEdition, ...] = ()
    posts: tuple[SentPost, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentIssue:
    """How the copies of an issue stand, counted; an issue without a copy has not begun and is none.

    `first_at`: its first accepted letter, None without one. What came back is of accepted copies, each copy
    counted once by the heaviest: `dead`, then `trouble`, then `ours`. `complaints` and `left` count copies
    too. `skips`: how the reason of a skip begins -> how many.
    """

    id: str
    title: str
    newsletter: str
    due_at: datetime
    first_at: datetime | None
    states: Mapping[DeliveryState, int]
    dead: int = 0
    trouble: int = 0
    ours: int = 0
    complaints: int = 0
    left: int = 0
    skips: Mapping[str, int] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The time that it belongs to: its first accepted letter's, or its own while there is none."""
        return self.first_at or self.due_at


@dataclass(frozen=True, slots=True)
class PostSlot:
    """A post's slot and how each of its parts stands, in order; no part before its run has begun."""

    id: str
    title: str
    item: str
    channel: str
    due_at: datetime
    state: SlotState
    parts: tuple[DeliveryState, ...] = ()
