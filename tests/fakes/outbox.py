"""A sender as a program of its own, to be killed: `python -m tests.fakes.outbox DATABASE PORT FOLDER`.

It does in each turn what `app` does in a tick: alone, recover, start, begin work, drain, end work.
"""

from __future__ import annotations

import os
import secrets
import ssl
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from comms.app.crashing import crash_points
from comms.channels.smtp import SmtpChannel
from comms.channels.smtp_session import Waits
from comms.deliver import LedgerPort, Work, drain
from comms.model.ledger import Delivery, DeliveryState, Letter, SlotState
from comms.model.settings import RelaySettings, Secret, Security
from comms.store import Store, open_store, workers
from tests.fakes.examples import ISSUE, NOW, approve, recipient

BEGINS = "begins\n"
"""What the program says when it is about to open the ledger."""

SLUG = "mejl"
PATIENT = Waits(command=4, dot=4, copy=8)
BEHIND = timedelta(days=1)
"""How far behind a fast clock begins: what is told by the machine's own clock is never older than it."""

_BREATH = 0.02
_TICK = 0.2


@dataclass(frozen=True)
class Clock:
    """A clock that runs fast, the same for every process: at the instant `began` it says `start`."""

    start: datetime
    began: float
    speed: float

    def __call__(self) -> datetime:
        """What time it is."""
        return self.start + timedelta(seconds=(time.time() - self.began) * self.speed)

    def sleep(self, seconds: float) -> None:
        """Wait until so many of its seconds are over."""
        time.sleep(seconds / self.speed)


def clock_since(began: float, speed: float) -> Clock:
    """The fast clock of all who were told the same."""
    return Clock(datetime.fromtimestamp(began, UTC) - BEHIND, began, speed)


@dataclass(frozen=True)
class Engine:
    """What a sender does about those that died before it, and which ledger its hands speak with."""

    recover: Callable[[Store, datetime], object]
    ledger: Callable[[Store], LedgerPort]


HONEST = Engine(lambda store, now: store.recover(now, exclusive=not store.shared), lambda store: store)
"""The engine as it is."""


def letter_of(delivery: Delivery) -> Letter:
    """A delivery's letter: the same bytes on every attempt."""
    message_id = f"<{delivery.key}@leader.example>"
    content = (
        f"Message-ID: {message_id}\r\nDate: {format_datetime(delivery.first_attempt_at or NOW)}\r\n"
        f"To: {delivery.recipient}\r\n\r\nHej\r\n"
    )
    return Letter(delivery.slot_id, "brev@leader.example", delivery.recipient, message_id, content.encode())


@dataclass
class Outbox:
    """One sender at its ledger. `ticked`: when it last recovered, on the machine's monotonic clock."""

    store: Store
    channel: SmtpChannel
    clock: Clock
    at: Callable[[str], None]
    engine: Engine
    recipients: int
    ticked: float = 0.0

    def turn(self) -> None:
        """What is due, once. On SQLite nobody else sends meanwhile; a file that is taken is left alone."""
        with self.store.alone() as alone:
            if alone:
                self._prepare()
                if not self.store.shared:
                    self._hand_over(stop=lambda: False)
        if self.store.shared:
            self._hand_over(stop=self._tick)

    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return any(state.is_open for state in self.store.counts(ISSUE))

    def _tick(self) -> bool:
        """Recover while others send, as the workers' clock does; never a reason to stop."""
        if time.monotonic() - self.ticked > _TICK:
            self.ticked = time.monotonic()
            with self.store.alone() as alone:
                if alone:
                    self._prepare()
        return False

    def _prepare(self) -> None:
        store, now = self.store, self.clock()
        if reason := store.fence_if_old(now):
            sys.exit(f"a crash was taken for an old copy: {reason}")
        store.verify()
        self.engine.recover(store, now)
        slot = store.slot(ISSUE)
        if slot is None or slot.state in {SlotState.PLANNED, SlotState.APPROVED}:
            approve(store)
            number = store.editions(ISSUE)[0][0]
            rows = ((recipient(n), number, DeliveryState.PLANNED, "") for n in range(self.recipients))
            store.start_run(ISSUE, rows, now)

    def _hand_over(self, stop: Callable[[], bool]) -> None:
        store, now = self.store, self.clock()
        if SLUG in store.resting(now):
            return
        owner = f"{os.getpid()}:{secrets.token_hex(6)}"
        store.begin_work(owner, now)
        work = Work(owner, letter_of, self.clock, stop=stop, at=self.at)
        drain(self.engine.ledger(store), {SLUG: self.channel}, work, sleep=self.clock.sleep)
        store.end_work(owner, self.clock())
        store.resume(ISSUE, self.clock())  # a person who always says: go on


def main(*arguments: str, engine: Engine = HONEST) -> None:
    """One turn; with `--to-the-end` turn after turn until no copy is open."""
    asked = _asked(arguments)
    sys.stdout.write(BEGINS)
    sys.stdout.flush()
    at = crash_points()
    store = open_store(asked.database, beside=Path(asked.folder) / "comms", at=at)
    relay = RelaySettings("relay", "127.0.0.1", asked.port, Security.NONE, "", Secret(""))
    channel = SmtpChannel(
        SLUG, [relay], ssl.create_default_context(), connections=asked.connections, waits=PATIENT
    )
    clock = clock_since(asked.began, asked.speed) if asked.began else Clock(NOW, time.time(), asked.speed)
    outbox = Outbox(store, channel, clock, at, engine, asked.recipients)
    outbox.turn()
    while asked.to_the_end and outbox.is_open():
        time.sleep(_BREATH)
        outbox.turn()
    channel.close()
    store.close()


def _asked(arguments: tuple[str, ...]) -> Namespace:
    reader = ArgumentParser()
    reader.add_argument("database")
    reader.add_argument("port", type=int)
    reader.add_argument("folder")
    reader.add_argument("--recipients", type=int, default=0, help="start the issue to so many, once")
    reader.add_argument("--connections", type=int, default=1)
    reader.add_argument("--to-the-end", action="store_true")
    reader.add_argument("--began", type=float, default=0.0, help="when the fast clock of all senders began")
    reader.add_argument("--speed", type=float, default=1.0)
    reader.add_argument(
        "--silent", type=float, default=0.0, help="real seconds until a worker counts as dead"
    )
    asked = reader.parse_args(arguments)
    if asked.silent:
        workers.SILENT = timedelta(seconds=asked.silent * asked.speed)
    return asked


if __name__ == "__main__":
    main(*sys.argv[1:])
