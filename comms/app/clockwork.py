"""The embedded clock: APScheduler calls `tick` and nothing else; what is due is the ledger's to say."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from comms.app.clock import utc_now
from comms.store import Reading, read_clocks

GLANCE = 5.0
"""Seconds between looks at the two clocks."""

_SET = timedelta(seconds=2)


def run_every(
    seconds: int,
    tick: Callable[[], None],
    stopping: threading.Event,
    *,
    clocks: Callable[[], Reading] = read_clocks,
    glance: float = GLANCE,
) -> None:
    """Call `tick` now and then every `seconds` until `stopping`; the call in hand is finished.

    Memory store, one instance, missed beats fold into one: APScheduler's own idea of lateness would
    drop them. It waits by the wall clock, so a clock that is set back would silence it for as long: the
    wall is compared with the time since the machine started, and a jump calls `tick` at once
    (docs/decisions/0007).
    """
    if stopping.is_set():
        return
    clock = BackgroundScheduler(timezone="UTC")
    beat = clock.add_job(
        tick, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    tick()
    clock.start()
    last = clocks()
    try:
        while not stopping.wait(glance):
            now = clocks()
            if abs(last.jump(now)) > _SET:
                beat.reschedule("interval", seconds=seconds)
                beat.modify(next_run_time=utc_now())
            last = now
    finally:
        clock.shutdown(wait=True)
