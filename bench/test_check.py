"""What the check costs: rules alone, whole, cold, warm, and how it grows. Figures are printed."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from bench.many import workspace_with
from comms.app.sooner import begin_work
from comms.check.context import context_of
from comms.check.engine import check_item
from comms.content.items import Known, load_item
from comms.content.workspace import Loaded, load_workspace
from comms.model.item import BrokenItem
from comms.settings.load import load_settings
from tests.unit.check.builder import CONTEXT, item_with

COUNTS = (100, 1_000, 10_000)
MOST_RULES, MOST_COLD, MOST_WARM = 10.0, 45.0, 3.0
"""Seconds for ten thousand items of 300 words on two cores."""

MOST_GROWTH = 1.2
"""How much more each item may cost among ten thousand than among a thousand."""

fork = multiprocessing.get_context("fork")

NOW = "2026-11-25T09:00"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A workspace for each number of items."""
    return {count: workspace_with(count, tmp_path_factory.mktemp(f"many{count}")) for count in COUNTS}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def checked(folder: Path, cache: Path) -> float:
    """One `comms check` as a person runs it: a process of its own."""
    command = [
        sys.executable,
        "-m",
        "comms",
        "check",
        "--jobs",
        "2",
        "--now",
        NOW,
        "--workspace",
        str(folder),
    ]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return time.perf_counter() - began


def test_rules_alone_take_ten_seconds_for_ten_thousand_items_and_grow_with_them(
    folders: dict[int, Path],
) -> None:
    each = {}
    for count, folder in folders.items():
        begin, end = fork.Barrier(3), fork.Barrier(3)
        halves = [fork.Process(target=_check_half, args=(folder, half, begin, end)) for half in (0, 1)]
        for worker in halves:
            worker.start()
        begin.wait()
        took = seconds(end.wait)
        for worker in halves:
            worker.join()
            assert worker.exitcode == 0
        each[count] = took / count
        print(f"\nrules alone, {count} items, two processes: {took:.2f} s, {each[count] * 1000:.2f} ms each")
    assert each[10_000] * 10_000 <= MOST_RULES
    assert each[10_000] / each[1_000] <= MOST_GROWTH


def _check_half(folder: Path, half: int, begin: Barrier, end: Barrier) -> None:
    """Read every second item, and check them when both are ready: nothing but the rules is measured."""
    settings, _problems = load_settings(folder)
    assert settings is not None
    workspace, _problems = load_workspace(folder, settings, partial(_every_second, half))
    context = context_of(workspace, settings)
    begin_work()
    begin.wait()
    for item in workspace.items.values():
        check_item(item, context=context)
    end.wait()


def _every_second(half: int, root: Path, paths: Sequence[str], known: Known) -> Iterator[Loaded]:
    """Read one half; the other half's files are told as unreadable, which nobody looks at here."""
    for number, path in enumerate(paths):
        unread = BrokenItem(Path(path).stem, path, None, None, None, None)
        yield load_item(root, path, known) if number % 2 == half else (unread, [])


def test_a_whole_check_takes_45_seconds_cold_and_3_warm(folders: dict[int, Path], tmp_path: Path) -> None:
    cold, warm = {}, {}
    for count, folder in folders.items():
        cold[count] = checked(folder, tmp_path)
        warm[count] = min(checked(folder, tmp_path) for _ in range(3))
        print(f"\nwhole check, {count} items: {cold[count]:.2f} s cold, {warm[count]:.2f} s warm")
    assert cold[10_000] <= MOST_COLD
    assert warm[10_000] <= MOST_WARM
    assert cold[10_000] / cold[1_000] <= 10 * MOST_GROWTH


HOSTILE = {
    "spaces": "en " * 50,
    "quotes": "” " * 50,
    "dashes": "– a - b – c – ",
    "figures": "9-17 50 000 10% 25/11 kl 9 ",
    "stops": "t.ex. m.m. kl. 1. A. ",
    "capitals": "LAG EJFLU (LAG) ",
    "man": "man han hon den sökande ",
    "passives": "föreslås inrättas byggas ",
    "one word": "a",
    "hyphens": "a-b-",
    "stars": "*a **b ",
    "brackets": "[a](b) [c ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_costs_more_than_its_length(name: str) -> None:
    costs = []
    for length in (20_000, 80_000):
        body = (HOSTILE[name] * (length // len(HOSTILE[name]) + 1))[:length]
        item = item_with(body)
        costs.append(min(seconds(partial(check_item, item, context=CONTEXT)) for _ in range(3)))
    ratio = costs[1] / costs[0]
    print(
        f"\n{name}: four times the text takes {ratio:.1f} times as long ({costs[1]:.2f} s for 80,000 signs)"
    )
    assert ratio <= 6
