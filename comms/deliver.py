"""The outbox loop: claim, make, hand over, record, again. Knows the ledger and channels by their promises.

One copy is in flight at a time, so a crash leaves at most one whose fate is unknown. The loop takes what
is due by claiming it, never from a list, so it may be stopped and started at any moment.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from comms.channels.base import Channel
from comms.errors import (
    ChannelDown,
    ChannelError,
    CommsError,
    LeaseLost,
    PermanentFailure,
    StoreError,
    TemporaryFailure,
    Text,
    say,
)
from comms.model.ledger import Delivery, DeliveryState, Outgoing, Receipt

LEASE = timedelta(minutes=30)
"""How long a claim lasts: more than every wait of one letter together, the ten minutes at the dot too."""

WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=20),
)
"""The wait after each failure for now; together about 48 hours, then the copy is given up."""

_LOG = logging.getLogger(__name__)


class LedgerPort(Protocol):
    """What the loop needs of the ledger; every act is one durable transaction.

    All that take a delivery raise LeaseLost when it is no longer this owner's at this attempt.
    """

    def claim(
        self, owner: str, now: datetime, lease: timedelta, channels: Collection[str]
    ) -> Delivery | None:
        """Take the next due copy on `channels`."""
        ...

    def mark_sending(self, delivery: Delivery, now: datetime) -> Delivery:
        """Commit the intent."""
        ...

    def accept(self, delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
        """Record a yes."""
        ...

    def reject(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record a final no."""
        ...

    def retry_later(self, delivery: Delivery, not_before: datetime, reason: str, now: datetime) -> Delivery:
        """Record a no for now."""
        ...

    def put_back(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that the channel was down."""
        ...

    def unknown(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that it may have been sent."""
        ...

    def hold(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that a person must look."""
        ...

    def failures(self, delivery: Delivery) -> int:
        """How many of its attempts failed for now."""
        ...


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain came to: how many copies ended where, which channels stopped and why.

    `planned` counts attempts that will be repeated. `lost`: copies that another run took over.
    `stopped`: told to stop before the work was done.
    """

    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    down: Mapping[str, Text] = field(default_factory=dict)
    lost: int = 0
    stopped: bool = False


def drain(  # noqa: PLR0913 - what the loop works with, and what the caller may leave out
    store: LedgerPort,
    channels: Mapping[str, Channel],
    make_outgoing: Callable[[Delivery], Outgoing],
    clock: Callable[[], datetime],
    *,
    owner: str,
    stop: Callable[[], bool] = lambda: False,
    on_result: Callable[[Delivery], None] = lambda _: None,
    rates: Mapping[str, float] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> DrainReport:
    """Hand over everything that is due on `channels` (slug -> channel), until nothing is or `stop` says so.

    `make_outgoing` builds the letter or post of a delivery; a fault there holds that copy and no other.
    `rates`: deliveries a second, by channel; 0 or none is unlimited. Raises StoreError when the ledger
    fails: nothing may be sent that cannot be remembered.
    """
    counts: Counter[DeliveryState] = Counter()
    down: dict[str, Text] = {}
    lost = 0
    pace = _Pace(rates or {})
    while not (stopped := stop()):
        waits = {slug: pace.left(slug, clock()) for slug in channels if slug not in down}
        ready = [slug for slug, left in waits.items() if not left]
        delivery = store.claim(owner, clock(), LEASE, ready) if ready else None
        if delivery is None:
            if len(ready) == len(waits):
                break
            # In short pieces, so that a call to stop is heard.
            sleep(min([1.0, *(left.total_seconds() for left in waits.values() if left)]))
            continue
        pace.began(delivery.channel, clock())
        try:
            ended, why_down = _attempt(store, channels[delivery.channel], delivery, make_outgoing, clock)
        except LeaseLost:
            lost += 1
            continue
        if why_down is not None:
            down[delivery.channel] = why_down
        counts[ended.state] += 1
        on_result(ended)
    return DrainReport(counts, down, lost, stopped)


def _attempt(
    store: LedgerPort,
    channel: Channel,
    delivery: Delivery,
    make_outgoing: Callable[[Delivery], Outgoing],
    clock: Callable[[], datetime],
) -> tuple[Delivery, Text | None]:
    """Try once; the row as recorded, and why the channel must rest, if it must."""
    intended = False

    def point_of_no_return() -> None:
        nonlocal intended
        store.mark_sending(delivery, clock())
        intended = True

    try:
        receipt = channel.deliver(make_outgoing(delivery), point_of_no_return=point_of_no_return)
    except (LeaseLost, StoreError):
        raise
    except ChannelDown as fault:
        return store.put_back(delivery, str(fault), clock()), fault.message
    except ChannelError as fault:
        return _record(store, delivery, fault, clock()), None
    except Exception as fault:  # noqa: BLE001 - one copy that cannot be made must not stop the others
        _LOG.exception("Delivery %s failed.", delivery.key)
        reason = str(fault) if isinstance(fault, CommsError) else f"{type(fault).__name__}: {fault}"
        if intended:
            return store.unknown(
                delivery, str(say("Ett oväntat fel: {reason}", reason=reason)), clock()
            ), None
        return store.hold(
            delivery, str(say("Kunde inte göras klart: {reason}", reason=reason)), clock()
        ), None
    return store.accept(delivery, receipt, clock()), None


def _record(store: LedgerPort, delivery: Delivery, fault: ChannelError, now: datetime) -> Delivery:
    match fault:
        case TemporaryFailure():
            return _again(store, delivery, fault, now)
        case PermanentFailure():
            return store.reject(delivery, str(fault), now)
        case _:
            return store.unknown(delivery, str(fault), now)


def _again(store: LedgerPort, delivery: Delivery, fault: TemporaryFailure, now: datetime) -> Delivery:
    failures = store.failures(delivery)
    if failures >= len(WAITS):
        reason = say("Gav upp efter {tries} försök. Senaste svar: {fault}", tries=failures + 1, fault=fault)
        return store.reject(delivery, str(reason), now)
    wait = max(WAITS[failures], fault.retry_after or timedelta(0))
    return store.retry_later(delivery, now + wait, str(fault), now)


class _Pace:
    """Keeps to each channel's rate within this process."""

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._apart = {slug: timedelta(seconds=1 / rate) for slug, rate in rates.items() if rate > 0}
        self._last: dict[str, datetime] = {}

    def began(self, slug: str, now: datetime) -> None:
        """Remember a delivery."""
        self._last[slug] = now

    def left(self, slug: str, now: datetime) -> timedelta:
        """How long until the next may begin; never more than one interval, should the clock go back."""
        if slug not in self._last or slug not in self._apart:
            return timedelta(0)
        apart = self._apart[slug]
        return min(max(self._last[slug] + apart - now, timedelta(0)), apart)
