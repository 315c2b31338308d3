"""The embedded clock: it beats, a clock that is set is noticed at once, and a call to stop is heard."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from comms.app.clockwork import run_every
from comms.app.stopping import told_to_stop
from comms.store import Reading

HOUR = 3600
START = datetime(2026, 12, 1, 8, tzinfo=UTC)


@dataclass
class Clocks:
    """A machine's two clocks: after the first look the wall's is set by `by`, and it sleeps for `slept`."""

    by: timedelta = timedelta(0)
    slept: timedelta = timedelta(0)
    looks: int = 0

    def __call__(self) -> Reading:
        """One look."""
        self.looks += 1
        set_by, slept = (self.by, self.slept) if self.looks > 1 else (timedelta(0), timedelta(0))
        awake = time.monotonic()
        return Reading(
            START + timedelta(seconds=awake) + slept + set_by, awake + slept.total_seconds(), "boot"
        )


def beats(clocks: Callable[[], Reading], wanted: int, *, seconds: int = HOUR) -> int:
    """Run the clock until so many beats have come, or it has looked for half a second; how many came."""
    stopping = threading.Event()
    came = 0

    def tick() -> None:
        nonlocal came
        came += 1
        if came >= wanted:
            stopping.set()

    over = threading.Timer(1.5, stopping.set)
    over.start()
    run_every(seconds, tick, stopping, clocks=clocks, glance=0.02)
    over.cancel()
    return came


@pytest.mark.parametrize("by", [timedelta(hours=-2), timedelta(hours=8)], ids=["back", "forward"])
def test_a_wall_clock_that_is_set_calls_the_next_beat_at_once(by: timedelta) -> None:
    assert beats(Clocks(by), 2) == 2


def test_a_machine_that_slept_has_not_had_its_clock_set() -> None:
    assert beats(Clocks(slept=timedelta(hours=9)), 2) == 1


def test_the_clock_beats_at_once_and_then_at_its_interval() -> None:
    assert beats(Clocks(), 3, seconds=1) >= 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_clock_and_its_handler_is_put_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with told_to_stop() as stopping:
        run_every(HOUR, lambda: os.kill(os.getpid(), number), stopping, clocks=Clocks(), glance=0.01)
        assert stopping.is_set()
    assert signal.getsignal(number) == before


def test_a_clock_that_is_told_to_stop_before_it_has_begun_beats_never() -> None:
    came: list[None] = []
    with told_to_stop() as stopping:
        os.kill(os.getpid(), signal.SIGTERM)
        run_every(HOUR, lambda: came.append(None), stopping, clocks=Clocks(), glance=0.01)
    assert came == []
