"""Rows of the ledger: slots, deliveries, receipts, and what is handed to a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comms.model.network import PostText


class SlotState(StrEnum):
    """Where an entry stands. `held` waits for a person; `done` has no open delivery left."""

    PLANNED = "planned"
    APPROVED = "approved"
    RUNNING = "running"
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
    `first_attempt_at` freezes the letter's Date.
    """

    id: int
    slot_id: str
    channel: str
    recipient: str
    recipient_name: str
    edition_id: int | None
    state: DeliveryState
    attempt: int
    owner: str
    key: str
    reason: str
    first_attempt_at: datetime | None
    updated_at: datetime
    receipt: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's acceptance: its own id for the delivery, and its answer as it came."""

    id: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A complete e-mail for one recipient: envelope addresses and the bytes, CRLF, ready for SMTP.

    `folder` is the entry's id, for channels that keep files.
    """

    folder: str
    sender: str
    recipient: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Publication:
    """A post with its pictures' bytes, in the order of `post.media`; `key` is the idempotency key."""

    post: PostText
    pictures: tuple[bytes, ...]
    key: str


Outgoing = Letter | Publication
