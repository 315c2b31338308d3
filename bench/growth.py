"""One measurement in a process of its own: plan so many recipients, deliver so many; seconds and peak memory.

`python -m bench.growth PLAN DELIVER FOLDER` prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

from bench.outbox_rate import planned
from comms.deliver import Work, drain
from comms.model.ledger import Absent, Delivery, DeliveryState, Found, Letter, Outgoing, Receipt
from comms.store import open_store
from tests.fakes.examples import ISSUE, NOW

CONNECTIONS = 8


class Nowhere:
    """A channel that takes everything at once: what is left is the ledger's own work."""

    slug = "mejl"
    connections = CONNECTIONS

    def check(self, size: int) -> None:
        """Anything fits."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Take it."""
        del outgoing
        point_of_no_return()
        return Receipt("Q1")

    def find(self, outgoing: Outgoing) -> Found:
        """Nothing is kept."""
        del outgoing
        return Absent()

    def close(self) -> None:
        """Nothing is open."""


def letter_to(delivery: Delivery) -> Letter:
    """The smallest letter."""
    return Letter(ISSUE, "brev@office.test", delivery.recipient, f"<{delivery.key}@office.test>", b"\r\n")


def main(plan: int, deliver: int, folder: str) -> None:
    """Plan, deliver up to so many, tell."""
    store = open_store(f"sqlite:///{folder}/comms.db")
    began = time.perf_counter()
    planned(store, plan)
    plan_took = time.perf_counter() - began
    done = 0

    def count(_delivery: Delivery) -> None:
        nonlocal done
        done += 1

    began = time.perf_counter()
    if deliver:
        store.begin_work("bench", NOW)
        work = Work("bench", letter_to, lambda: NOW, stop=lambda: done >= deliver, on_result=count)
        drain(store, {"mejl": Nowhere()}, work)
    deliver_took = time.perf_counter() - began
    assert sum(store.counts(ISSUE).values()) == plan
    assert store.counts(ISSUE).get(DeliveryState.ACCEPTED, 0) >= deliver
    store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"plan": plan_took, "deliver": deliver_took, "done": done, "peak": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
