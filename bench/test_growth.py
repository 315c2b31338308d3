"""How cost and memory grow with the number of recipients, and what a second worker gives on PostgreSQL."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from bench.outbox_rate import planned
from bench.sinks import slow_sink
from comms.model.ledger import DeliveryState
from comms.store import open_store
from tests.fakes.examples import ISSUE
from tests.fakes.postgres import Postgres, why_not

ROOT = Path(__file__).resolve().parent.parent
STEEPEST = 1.05
COPIES = 1200
CONNECTIONS = 8
DELAY = 0.02


def measured(plan: int, deliver: int) -> dict[str, Any]:
    """One measurement in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.growth", str(plan), str(deliver), folder]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def exponent(few: tuple[int, float], many: tuple[int, float]) -> float:
    """The power of N by which the cost grows from few to many."""
    return math.log(many[1] / few[1]) / math.log(many[0] / few[0])


def told(found: dict[int, dict[str, Any]], what: str) -> str:
    """Each size with its seconds and peak memory."""
    return ", ".join(f"{size:,} in {one[what]:.2f} s ({one['peak']:.0f} MB)" for size, one in found.items())


def test_planning_grows_as_the_recipients_do_and_stays_small() -> None:
    sizes = (1_000, 10_000, 100_000, 1_000_000)
    found = {size: min((measured(size, 0) for _ in range(3)), key=lambda one: one["plan"]) for size in sizes}
    steep = exponent((sizes[0], found[sizes[0]]["plan"]), (sizes[-1], found[sizes[-1]]["plan"]))
    print(f"\nplanned: {told(found, 'plan')}; N^{steep:.3f}")
    assert steep <= STEEPEST
    assert found[100_000]["peak"] <= 80
    assert found[1_000_000]["peak"] <= 120


def test_delivery_grows_as_the_recipients_do_and_stays_small() -> None:
    sizes = (1_000, 10_000, 100_000)
    found = {
        size: min((measured(size, size) for _ in range(2)), key=lambda one: one["deliver"]) for size in sizes
    }
    steep = exponent((sizes[0], found[sizes[0]]["deliver"]), (sizes[-1], found[sizes[-1]]["deliver"]))
    print(f"\ndelivered: {told(found, 'deliver')}; N^{steep:.3f}")
    assert steep <= STEEPEST
    assert found[100_000]["peak"] <= 80


def drained_by(workers: int, url: str, port: int) -> float:
    """Letters a second by so many worker processes, from the word go until all are done."""
    store = open_store(url)
    planned(store, COPIES)
    command = [sys.executable, "-m", "bench.outbox_rate", url, str(port), str(CONNECTIONS)]
    with ExitStack() as started:
        processes = [
            started.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(workers)
        ]
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        began = time.perf_counter()
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        codes = [process.wait(120) for process in processes]
        took = time.perf_counter() - began
    assert codes == [0] * workers
    assert store.counts(ISSUE) == {DeliveryState.ACCEPTED: COPIES}
    store.close()
    return COPIES / took


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_two_workers_on_postgresql_are_faster_than_one() -> None:
    rates: dict[int, list[float]] = {1: [], 2: []}
    with Postgres() as server, slow_sink(DELAY) as sink:
        for turn in range(3):
            for workers, found in rates.items():
                found.append(drained_by(workers, server.url(f"b{turn}{workers}"), sink.port))
    ratio = median(rates[2]) / median(rates[1])
    print(
        f"\n{COPIES} letters to a sink that answers after {DELAY * 1000:.0f} ms, medians of 3: one worker "
        f"{median(rates[1]):.0f} a second, two {median(rates[2]):.0f}: {ratio:.2f} times"
    )
    assert ratio >= 1.6
