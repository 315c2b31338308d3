"""Named points at which a test may kill this process: off unless the environment asks, and then at once."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable

from comms.settings import environment


def crash_points() -> Callable[[str], None]:
    """What is told the name of each point. `COMMS_CRASH_AT=settle.committed:3` dies at the third pass."""
    wanted, _, passes = environment.crash_point().partition(":")
    if not wanted:
        return _nowhere
    number = itertools.count(1)
    last = int(passes or 1)

    def at(point: str) -> None:
        if point == wanted and next(number) >= last:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


def _nowhere(_point: str) -> None:
    """No crash here."""
