"""What the store hands back that is not a noun of the plan: slots, approvals, notices, runs, workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from comms.model.ledger import SlotState
from comms.model.plan import EntryKind, Manifest


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned time: `wall` is local and naive, `due_at` the instant.

    `cleared_at`: a person has let it go on after a pause.
    """

    id: str
    schedule: str
    wall: datetime
    due_at: datetime
    kind: EntryKind
    channel: str
    newsletter: str
    item: str
    title: str
    state: SlotState
    reason: str
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to a fingerprint, with what the entry was made of."""

    fingerprint: str
    manifest: Manifest
    approved_at: datetime
    approved_by: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to the officer; `key` says what it is about, so that each thing is told once.

    `calendar`: an iCalendar file that comes with it, "" for none.
    """

    id: int
    key: str
    subject: str
    body: str
    created_at: datetime
    sent_at: datetime | None
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class PostOut:
    """A post that its channel has taken: published, or as a package that a person publishes.

    `receipt` is what the channel calls it, `answer` what it answered: a network's is the post's address.
    `marked_at`, `marked_by` and `marked_link`: when, who and where, by the word of who published it by hand.
    """

    delivery_id: int
    slot_id: str
    title: str
    channel: str
    due_at: datetime
    taken_at: datetime
    created_at: datetime
    key: str
    receipt: str
    answer: str
    marked_at: datetime | None = None
    marked_by: str = ""
    marked_link: str = ""

    @property
    def link(self) -> str:
        """Where readers find it, when anybody has said."""
        answered = self.answer if self.answer.startswith(("https://", "http://")) else ""
        return self.marked_link or answered

    @property
    def seen_at(self) -> datetime:
        """When readers see it: a network may have been handed it ahead of its time."""
        return self.marked_at or max(self.taken_at, self.due_at)


@dataclass(frozen=True, slots=True)
class Remembrance:
    """What a channel remembers; `value` may be `locked`. `until`: when it stops being of use."""

    channel: str
    name: str
    value: str
    locked: bool
    until: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One execution: real time of start and end, the `now` it was given, what it came to."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    now: datetime
    outcome: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that sends: its last sign of life, and how many intents it has committed."""

    owner: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    intents: int


@dataclass(frozen=True, slots=True)
class Rest:
    """A channel that is left alone until a time, after so many failures in a row."""

    channel: str
    until: datetime
    failures: int
    reason: str


@dataclass(frozen=True, slots=True)
class Instance:
    """Who a database is; fenced when it may be an old copy, and then nothing is sent."""

    installation: str
    created_at: datetime
    fenced_at: datetime | None
    fence_reason: str
