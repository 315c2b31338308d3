"""What the outbox needs of the ledger, and what it tells of its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from comms.errors import Text
from comms.model.ledger import Ask, Claimed, Course, Delivery, DeliveryState, End, Outgoing, Settled
from comms.model.settings import Rate


class LedgerPort(Protocol):
    """The ledger. Every act is one durable transaction, and raises StoreError when it cannot be."""

    def claim(self, ask: Ask, now: datetime) -> Claimed:
        """Take copies that are due."""
        ...

    def settle(
        self, owner: str, ends: Sequence[tuple[Delivery, End]], intents: Sequence[Delivery], now: datetime
    ) -> Settled:
        """Record ends and commit intents together."""
        ...

    def failures(self, delivery: Delivery) -> int:
        """How many of its attempts failed for now."""
        ...

    def course(self, slot_id: str) -> Course:
        """How a slot goes."""
        ...

    def pause(self, slot_id: str, reason: str, now: datetime) -> bool:
        """Stop a slot until a person lets it go on."""
        ...

    def rest(self, channel: str, reason: str, asked: timedelta | None, now: datetime) -> datetime:
        """Leave a channel alone for a while."""
        ...

    def end_rest(self, channel: str) -> None:
        """A channel works."""
        ...

    def beat(self, owner: str, now: datetime) -> None:
        """A sign of life."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a channel may be used."""

    rates: Sequence[Rate] = ()
    domain_rates: Sequence[Rate] = ()


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain came to: how many copies ended where, which channels and slots stopped and why.

    `planned` counts attempts that will be repeated. `lost`: copies that another run took over.
    `stopped`: told to stop before the work was done.
    """

    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    down: Mapping[str, Text] = field(default_factory=dict)
    paused: Mapping[str, Text] = field(default_factory=dict)
    lost: int = 0
    stopped: bool = False


def _nothing(_point: str) -> None:
    """No crash here."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a drain works with.

    `make` builds the letter or post of a delivery; a fault there holds that copy and no other. `at` is
    told the name of each point where a test may kill the process. `zone`: as of `Ask`.
    """

    owner: str
    make: Callable[[Delivery], Outgoing]
    clock: Callable[[], datetime]
    limits: Mapping[str, Limits] = field(default_factory=dict)
    stop: Callable[[], bool] = lambda: False
    on_result: Callable[[Delivery], None] = lambda _: None
    at: Callable[[str], None] = _nothing
    zone: tzinfo = UTC
