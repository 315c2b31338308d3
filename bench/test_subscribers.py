"""A hundred thousand subscribers through the command line: time as a ratio, and peak memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journey.workspaces import small

ROOT = Path(__file__).resolve().parent.parent
MANY, FEW = 100_000, 10_000
STEEPEST = 13
"""Ten times as many may take so many times as long."""

LARGEST = 150
"""Megabytes of memory, all of the process."""

GIVEN = ("--source", "Blanketter", "--consented", "2026-05-01", "--yes")


def write_list(file: Path, count: int) -> None:
    """A list as Excel saves it: Windows-1252, semicolons, CRLF."""
    chance = random.Random(7)
    rows = (f"Person.{chance.randrange(10**6)}.{n}@ort{n % 500}.example;Eda\r\n" for n in range(count))
    with file.open("w", encoding="cp1252", newline="") as out:
        out.write("E-post;Kommun\r\n")
        out.writelines(rows)


def measured(folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one command in a process of its own, which must do its work."""
    command = [sys.executable, "-m", "comms", "subscribers", *arguments, "--workspace", str(folder)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.monotonic() - began, usage.ru_maxrss / 1024


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A workspace for few and one for many, empty."""
    return {count: small(tmp_path_factory.mktemp(f"of-{count}")).folder for count in (FEW, MANY)}


def test_an_import_grows_as_the_list_does_and_stays_small(taken: dict[int, Path], tmp_path: Path) -> None:
    found = {}
    for count, folder in taken.items():
        write_list(tmp_path / "lista.csv", count)
        found[count] = measured(folder, "import", str(tmp_path / "lista.csv"), *GIVEN)
    (few, _), (many, peak) = found[FEW], found[MANY]
    print(f"\nimported: {FEW:,} in {few:.1f} s, {MANY:,} in {many:.1f} s ({peak:.0f} MB)")
    assert many / few <= STEEPEST
    assert peak <= LARGEST


def test_lists_and_exports_are_read_a_page_at_a_time(taken: dict[int, Path], tmp_path: Path) -> None:
    out = tmp_path / "ut.csv"
    for arguments in (("list",), ("list", "--json"), ("export", "--out", str(out)), ("export", "--json")):
        (few, small_peak), (many, peak) = (
            measured(taken[count], *_fresh(arguments)) for count in (FEW, MANY)
        )
        told = " ".join(arguments[:2])
        print(f"\n{told}: {FEW:,} in {few:.1f} s, {MANY:,} in {many:.1f} s ({peak:.0f} MB)")
        assert many / few <= STEEPEST
        assert peak <= small_peak + 10


def test_what_was_exported_changes_nothing_when_it_comes_back(taken: dict[int, Path], tmp_path: Path) -> None:
    out = tmp_path / "ut.csv"
    measured(taken[MANY], "export", "--out", str(out))
    seconds, peak = measured(taken[MANY], "import", str(out), "--yes")
    print(f"\nread again: {MANY:,} in {seconds:.1f} s ({peak:.0f} MB)")
    assert peak <= LARGEST


def _fresh(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (*arguments, "--force") if "--out" in arguments else arguments
