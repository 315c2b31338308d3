"""The embedded clock: APScheduler calls `tick` and nothing else; what is due is the ledger's to say."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler


def run_every(seconds: int, tick: Callable[[], None], stopping: threading.Event) -> None:
    """Call `tick` now and then every `seconds` until SIGTERM or SIGINT; the call in hand is finished.

    Memory store, one instance, missed beats fold into one: APScheduler's own idea of lateness would
    drop them (docs/decisions/0007).
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    clock = BackgroundScheduler(timezone="UTC")
    clock.add_job(tick, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None)
    tick()
    clock.start()
    try:
        stopping.wait()
    finally:
        clock.shutdown(wait=True)
        for number, handler in before.items():
            signal.signal(number, handler)
