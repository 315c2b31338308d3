"""The plan: what goes out when, to whom and why, what does not, and the fingerprint of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from comms.errors import Text
from comms.model.ledger import SlotState
from comms.model.subscriber import Reader


class EntryKind(StrEnum):
    """An entry of the plan is an issue of a newsletter or a post."""

    ISSUE = "issue"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Pick:
    """An item chosen for an edition, and why."""

    item: str
    why: Text


@dataclass(frozen=True, slots=True)
class Skip:
    """Something left out of a plan (an item, an edition, an address, a slot), and why."""

    what: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets one copy: frozen into a plan when its run starts."""

    address: str
    name: str
    audience: str
    municipality: str
    subscribes: bool = False


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """One edition of an issue: its items in reading order, its skips, how many get it."""

    audience: str
    municipality: str
    picks: tuple[Pick, ...]
    skips: tuple[Skip, ...] = ()
    recipients: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Audience and municipality: what tells editions of one issue apart."""
        return (self.audience, self.municipality)


@dataclass(frozen=True, slots=True)
class Moment:
    """A slot's time: local wall time as written (naive), the instant in UTC, and what was adjusted."""

    wall: datetime
    at: datetime
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One issue or post in the plan.

    `schedule` and `moment.wall` make the slot's unique key. `blocked` holds reasons why it cannot go
    out; `waiting` items that would fit but came after approval. `voided`: it was approved, and what it
    is made of has changed since.
    """

    id: str
    kind: EntryKind
    title: str
    schedule: str
    channel: str
    moment: Moment
    editions: tuple[EditionPlan, ...] = ()
    skips: tuple[Skip, ...] = ()
    item: str = ""
    newsletter: str = ""
    corrects: str = ""
    blocked: tuple[Text, ...] = ()
    waiting: tuple[Skip, ...] = ()
    state: SlotState = SlotState.PLANNED
    state_reason: str = ""
    fingerprint: str = ""
    approved: bool = False
    voided: bool = False

    @property
    def recipients(self) -> int:
        """How many copies: a post goes to one account."""
        return sum(e.recipients for e in self.editions) if self.kind is EntryKind.ISSUE else 1

    @property
    def nothing_to_send(self) -> bool:
        """Whether the entry is an issue in which no edition has anything to tell, and nothing is wrong."""
        return self.kind is EntryKind.ISSUE and not self.editions and not self.blocked

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the entry carries, once, in order."""
        if self.item:
            return (self.item,)
        return tuple(dict.fromkeys(p.item for e in self.editions for p in e.picks))


@dataclass(frozen=True, slots=True)
class Plan:
    """All entries in a span of time, in order, and the slots that came to nothing."""

    entries: tuple[Entry, ...]
    skips: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a post says, as posts are compared: its words without regard to looks, and where it leads."""

    words: str
    links: frozenset[str]

    def repeats(self, other: Said) -> bool:
        """Whether it says or leads to the same."""
        return bool(self.words and self.words == other.words) or bool(self.links & other.links)


@dataclass(frozen=True, slots=True)
class Posted:
    """A post in the ledger that is out or on its way: on which channel, when readers see it, what it says.

    `network` is known also when the channel is not in comms.yaml any more.
    """

    id: str
    channel: str
    network: str
    at: datetime
    said: Said


@dataclass(frozen=True, slots=True)
class FrozenEntry:
    """What the ledger remembers of an entry: planning must not change it."""

    id: str
    schedule: str
    newsletter: str
    item: str
    channel: str
    wall: datetime
    at: datetime
    state: SlotState
    reason: str
    fingerprint: str
    approved: bool
    editions: tuple[EditionPlan, ...]


def _nobody(_newsletter: str) -> Iterable[Reader]:
    return ()


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What planning needs to know of the past: frozen entries, retracted things, suppressed addresses.

    `retracted`: an item's slug, a picture's path or the hash of its bytes -> why. `left`: newsletters that
    addresses have said no to. `readers` gives a newsletter's subscribers, anew each time: they are many.
    """

    frozen: Mapping[str, FrozenEntry] = field(default_factory=dict)
    retracted: Mapping[str, str] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()
    posted: tuple[Posted, ...] = ()
    left: frozenset[tuple[str, str]] = frozenset()
    readers: Callable[[str], Iterable[Reader]] = _nobody


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an entry is made of: path (or part of comms.yaml) -> sha256, "" for a file that is absent."""

    parts: Mapping[str, str]
