"""What the outbox works with in tests: a clock to move, a channel with a script, a ledger overheard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from comms.deliver import DrainReport, LedgerPort, Work, drain
from comms.errors import say
from comms.model.ledger import CannotTell, Delivery, Found, Outgoing, Receipt
from comms.store import Store
from tests.fakes.examples import ISSUE, NOW, letter

Act = Callable[..., object]


@dataclass
class Clock:
    """A clock that stands still until it is moved; `step` moves it at each look."""

    now: datetime = NOW
    step: timedelta = timedelta(0)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        """What time it is."""
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on, and remember by how much."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def _nothing(_recipient: str) -> None:
    """Go on."""


@dataclass
class Scripted:
    """A channel that does what the script says for each recipient, else accepts; for several hands at once.

    `before` and `within` are told the recipient before and after the point of no return.
    """

    script: Mapping[str, Exception] = field(default_factory=dict)
    after: bool = False
    slug: str = "mejl"
    connections: int = 1
    before: Callable[[str], object] = _nothing
    within: Callable[[str], object] = _nothing
    tried: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def check(self, size: int) -> None:
        """Take letters of any size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Follow the script."""
        recipient = getattr(outgoing, "recipient", "")
        self.tried.append(recipient)
        fault = self.script.get(recipient)
        self.before(recipient)
        if fault is not None and not self.after:
            raise fault
        point_of_no_return()
        self.within(recipient)
        if fault is not None:
            raise fault
        with self._counting:
            self.sent.append(recipient)
            return Receipt(f"Q{len(self.sent)}")

    def find(self, outgoing: Outgoing) -> Found:
        """Nobody knows."""
        del outgoing
        return CannotTell(say("Ingen vet."))

    def close(self) -> None:
        """Nothing to close."""


class _Overheard:
    """The store, with one who listens."""

    def __init__(self, store: Store, before: Act, after: Act) -> None:
        self._store = store
        self._before = before
        self._after = after

    def __getattr__(self, act: str) -> Act:
        def told(*arguments: object) -> object:
            self._before(act, *arguments)
            result = getattr(self._store, act)(*arguments)
            self._after(act, result, *arguments)
            return result

        return told


def overheard(store: Store, before: Act = lambda *_: None, after: Act = lambda *_: None) -> LedgerPort:
    """The store as a ledger; `before` is told each act and its arguments, `after` also its result.

    What `before` raises, the act raises.
    """
    return cast("LedgerPort", _Overheard(store, before, after))


def office(number: int) -> str:
    """The address of one of the offices of `run_of`."""
    return f"kontor{number}@kommun.example"


def make(delivery: Delivery) -> Outgoing:
    """A letter to a delivery's recipient."""
    return letter(delivery.recipient)


def drained(
    ledger: Store | LedgerPort,
    *channels: Scripted,
    clock: Clock,
    **changes: Any,  # noqa: ANN401 - any of the fields of `Work`
) -> DrainReport:
    """Drain all that is due on `channels`."""
    work = Work("a", changes.pop("make", make), clock, **changes)
    return drain(ledger, {channel.slug: channel for channel in channels}, work, sleep=clock.sleep)


def rows(store: Store, slot: str = ISSUE) -> dict[str, Delivery]:
    """The deliveries of a slot by their recipients."""
    return {row.recipient: row for row in store.deliveries(slot)}
