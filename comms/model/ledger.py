"""Rows of the ledger: slots, deliveries, receipts, and what is handed to a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from comms.errors import Text
from comms.model.network import Part, PostText
from comms.model.settings import Rate

_PART = "#"


def part_recipient(channel: str, part: int) -> str:
    """Who gets a part of a post: the channel's account; each further part of a thread is a row of its own."""
    return f"{channel}{_PART}{part + 1}" if part else channel


def part_of(recipient: str) -> int:
    """Which part of a post a row is, counted from 0."""
    _, _, number = recipient.partition(_PART)
    return int(number) - 1 if number.isdecimal() else 0


class SlotState(StrEnum):
    """Where an entry stands.

    `held` has not begun and waits for a person; `paused` has begun and waits for one; `done` has no open
    delivery left.
    """

    PLANNED = "planned"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    HELD = "held"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where one delivery stands (docs/decisions/0006).

    `claimed`: a worker has it, nothing can have been sent. `sending`: committed just before the
    first byte that could make it accepted. `unknown`: died or lost the answer while sending.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    HELD = "held"

    @property
    def is_open(self) -> bool:
        """Whether a run still has something to do with it."""
        return self in {DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry to one recipient by one channel: the row that is claimed, sent, followed.

    `key` is the Message-ID's or idempotency key's stem: the same on every attempt.
    `first_attempt_at` freezes the letter's Date. `exit_id` is what the letter's unsubscribe link names, ""
    when unsubscribing is by mail to a person. `subscribes`: the recipient has asked for it by themselves.
    """

    id: int
    slot_id: str
    channel: str
    recipient: str
    recipient_name: str
    edition_id: int | None
    attempt: int
    owner: str
    key: str
    reason: str
    first_attempt_at: datetime | None
    updated_at: datetime
    receipt: str
    not_before: datetime | None
    lease_until: datetime | None
    state: DeliveryState
    exit_id: str = ""
    subscribes: bool = False

    def ended(self, end: End, now: datetime) -> Delivery:
        """The row after an attempt that ended so."""
        return Delivery(
            self.id, self.slot_id, self.channel, self.recipient, self.recipient_name, self.edition_id,
            self.attempt, self.owner, self.key, end.reason, self.first_attempt_at, now, end.receipt,
            end.not_before, None, end.state, self.exit_id, self.subscribes,
        )  # fmt: skip


RETRIED = "temporary"
"""The outcome of an attempt that failed for now."""


@dataclass(frozen=True, slots=True)
class End:
    """How an attempt ended: the delivery's next state and why; `outcome` where the state does not say it."""

    state: DeliveryState
    reason: str = ""
    receipt: str = ""
    not_before: datetime | None = None
    outcome: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """How a slot goes: copies to be sent in all, answered so far, dead addresses and complaints among them.

    `cleared`: a person has let it go on after a pause.
    """

    total: int
    answered: int
    dead: int
    complaints: int
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a worker asks for: up to `most` copies on a channel, leased so long, within these rates.

    Days in what is told of a copy are those of `zone`.
    """

    owner: str
    channel: str
    most: int
    lease: timedelta
    rates: Sequence[Rate] = ()
    domain_rates: Sequence[Rate] = ()
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim gave; `next_at` is when it is worth asking again, or None when nothing is planned."""

    rows: list[Delivery]
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a group commit did. `lost`: ends whose rows belong to somebody else by now.

    `sending`: intents that hold; each must be sent now. `withdrawn`: intents that were overtaken by a
    suppression, a pause or a cancellation, as they stand now. Intents that are in neither are lost.
    """

    ended: list[Delivery]
    lost: list[Delivery]
    sending: list[Delivery]
    withdrawn: list[Delivery]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's acceptance: its own id for the delivery, and its answer as it came."""

    id: str
    answer: str = ""


class EventKind(StrEnum):
    """A fact that was learned about a delivery after its attempt."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCE_HARD = "bounce-hard"
    BOUNCE_SOFT = "bounce-soft"
    BOUNCE_OURS = "bounce-ours"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    PUBLISHED = "published"
    RECONCILED = "reconciled"


class Verdict(StrEnum):
    """What evidence says of a delivery whose fate is unknown."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a source outside the ledger knows of one message, by its Message-ID (with angle brackets).

    `source` names where it was found, for people (`postfix: /var/log/mail.log`); `detail` is its own words,
    harmless to print; `at` when it happened, if the source says.
    """

    message_id: str
    verdict: Verdict
    source: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A complete e-mail for one recipient: envelope addresses and the bytes, CRLF, ready for SMTP.

    `folder` is the entry's id, for channels that keep files. `proved`: its maker answers for that lines end
    with CRLF alone and none begins with a dot, so a channel need not read all of it once more.
    """

    folder: str
    sender: str
    recipient: str
    message_id: str
    content: bytes
    proved: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """One part of a post with its pictures' bytes, in the order of `post.media`.

    `key` is the idempotency key: the same on every attempt, as is `created_at`, when the first attempt
    began. `attempt` counts from 1. `part` is its place in `post.parts`; pictures and card go with the first.
    `root` and `parent` are the network's own ids of the first part and of the one before. `publish_at` is
    when readers shall see it, in the office's own zone, for a channel that is handed posts ahead of their
    time. `calendar`: that time as an iCalendar file, for who publishes by hand; b"" for none.
    """

    post: PostText
    pictures: tuple[bytes, ...]
    key: str
    created_at: datetime
    publish_at: datetime
    attempt: int = 1
    part: int = 0
    root: str = ""
    parent: str = ""
    thumb: bytes = b""
    calendar: bytes = b""

    @property
    def what(self) -> Part:
        """The text of this part."""
        return self.post.parts[self.part]


Outgoing = Letter | Publication


@dataclass(frozen=True, slots=True)
class Absent:
    """The network has looked, and certainly does not have it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Nobody can tell from here whether it is there, and why."""

    reason: Text


Found = Receipt | Absent | CannotTell
"""What a channel finds when it looks for something that may have gone out."""
