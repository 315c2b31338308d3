"""`comms check` on two thousand items, and how the cost grows."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from comms.app.house import open_house

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 2000


def workspace_with(count: int, folder: Path) -> Path:
    """A copy of this folder's workspace with `count` items: its own, over and over under new names."""
    for name in ("comms.yaml", "audiences.yaml", "strategy.yaml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "content" / "pictures", folder / "content" / "pictures")
    items = sorted((ROOT / "content" / "items").glob("*.md"))
    (folder / "content" / "items").mkdir()
    for number in range(count):
        source = items[number % len(items)]
        shutil.copy(source, folder / "content" / "items" / f"{source.stem[:60]}-{number}.md")
    return folder


def seconds_for(folder: Path) -> float:
    """One check of a workspace."""
    began = time.perf_counter()
    open_house(folder)
    return time.perf_counter() - began


def test_check_of_two_thousand_items_costs_no_more_each_than_of_two_hundred(
    benchmark: BenchmarkFixture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    few = workspace_with(ITEMS // 10, tmp_path_factory.mktemp("few"))
    many = workspace_with(ITEMS, tmp_path_factory.mktemp("many"))
    seconds_for(few)
    each_of_few = min(seconds_for(few) for _ in range(3)) / (ITEMS // 10)
    benchmark.pedantic(open_house, args=(many,), rounds=1)
    each_of_many = benchmark.stats.stats.median / ITEMS
    ratio = each_of_many / each_of_few
    print(
        f"\n{ITEMS} items: {each_of_many * 1000:.2f} ms each, {ratio:.2f} of the cost each of {ITEMS // 10}"
    )
    benchmark.extra_info["cost each against a tenth of the items"] = round(ratio, 2)
    assert ratio <= 1.3
