"""`comms` as it is, but with short waits: `python -m tests.torture.worker worker --workspace DIR`.

Ticks come every few seconds, and who is silent for three seconds counts as dead.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial

import pytest

from comms.app import working
from comms.cli import run
from comms.queue.procrastinate import WorkQueue
from comms.store import workers

EACH_OTHER_SECOND = "* * * * * */2"


def main(*arguments: str) -> int:
    """Run a command."""
    workers.SILENT = timedelta(seconds=3)
    hasty = partial(WorkQueue, heartbeat=timedelta(seconds=0.5), cron=EACH_OTHER_SECOND)
    pytest.MonkeyPatch().setattr(working, "WorkQueue", hasty)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
