"""One worker of several: the clock's ticks and the deliveries come as jobs, and the ledger decides.

A job is a pointer: drain this channel for a while. Lost, repeated or late it does no harm, for what may be
sent is claimed in the ledger, copy by copy (docs/decisions/0014).
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from comms.app.clock import utc_now
from comms.app.delivering import Hands, RunReport, deliver
from comms.app.house import open_house, settings_alone
from comms.app.planning import ledger
from comms.app.running import may_not, tick
from comms.app.telling import way_to_the_officer
from comms.errors import ConfigError, say
from comms.model.ledger import Delivery
from comms.queue.procrastinate import WorkQueue

SHARD = 500
"""How many copies one job hands over before it lets others have their turn."""

_MOST_JOBS = 50


def work(
    root: Path,
    stop: threading.Event,
    say_report: Callable[[RunReport], None],
    ready: Callable[[], None],
    *,
    concurrency: int,
) -> None:
    """Take jobs until `stop`; `ready` is told when it begins.

    Raises `ConfigError` when the ledger is a file: that has one sender.
    """
    house = settings_alone(root)
    if house.database_file is not None:
        raise ConfigError(
            say(
                "comms worker behöver PostgreSQL: sätt workspace.database_url. "
                "Med en SQLite-fil räcker comms run."
            )
        )
    with ledger(house) as store:
        reason = may_not(store, utc_now())
        if reason is not None:
            raise ConfigError(reason)
        store.check_clock(utc_now())
    queue = WorkQueue(house.database_url)
    busy: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def beat() -> None:
        now = utc_now()
        whole = open_house(root)
        with ledger(whole) as store:

            def hand_over(_report: RunReport) -> None:
                wanted = _shards(store.due(now))
                if store.open_notices():  # the officer is told by who drains the channel for e-mail
                    wanted.setdefault(way_to_the_officer(whole), 1)
                queue.defer_drains(wanted)

            say_report(tick(whole, store, now, hand_over=hand_over))

    def drain_channel(channel: str) -> None:
        # A second job for a channel that this process already serves has nothing to add.
        if not busy[channel].acquire(blocking=False):
            return
        try:
            left = _drain(root, channel, stop, say_report)
        finally:
            busy[channel].release()
        if left:  # else those whose jobs were the ones above would wait for the next tick
            queue.defer_drains({channel: left})

    ready()
    queue.run(beat, drain_channel, concurrency=concurrency, stop=stop)


def _drain(root: Path, channel: str, stop: threading.Event, say_report: Callable[[RunReport], None]) -> int:
    """Hand over up to a shard of what is due on a channel; after a whole one, how many more there are."""
    house = settings_alone(root)
    done = 0

    def count(_delivery: Delivery) -> None:
        nonlocal done
        done += 1

    report = RunReport()
    with ledger(house) as store:
        hands = Hands(lambda: stop.is_set() or done >= SHARD, count)
        deliver(house, store, utc_now(), hands, report, only={channel})
        left = _shards(store.due(utc_now())).get(channel, 0) if done >= SHARD and not stop.is_set() else 0
    say_report(report)
    return left


def _shards(due: dict[str, int]) -> dict[str, int]:
    return {channel: min(_MOST_JOBS, math.ceil(count / SHARD)) for channel, count in due.items()}
