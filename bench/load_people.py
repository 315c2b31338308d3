"""A hundred thousand subscribers of one newsletter: seconds and peak memory of each step, against the bounds.

`python -m bench.load_people` prints a table; 1 when a bound is broken. The list is that of
`test_subscribers.py`; the issue is the repository's own, and `comms web` runs, so that letters name exits.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from bench.load import OWN, Town, ended, is_open, stopped, wait
from bench.sinks import slow_sink
from bench.test_subscribers import MANY, write_list
from tests.journey.workspaces import repositorys_own

MEMORY = 150
"""Megabytes of memory, all of the process."""

IMPORT, PLAN = 60, 15
"""Seconds."""

ISSUE, SLOT = OWN.before, OWN.before_at
WEEK_BEFORE = "2026-11-25T09:00"
GIVEN = ("--newsletter", OWN.newsletter, "--audience", OWN.audience)
CONSENT = ("--source", "Blanketter", "--consented", "2026-05-01", "--yes")
PATIENCE = 600


@dataclass(frozen=True)
class Step:
    """What was measured, and within what it must be; no bound on seconds is 0."""

    name: str
    seconds: float
    peak: float
    bound: float = 0

    @property
    def is_within(self) -> bool:
        """Whether both bounds are kept."""
        return self.peak <= MEMORY and (not self.bound or self.seconds <= self.bound)


def main(*arguments: str) -> int:
    """Measure each step and print it."""
    reader = ArgumentParser(prog="python -m bench.load_people", description=__doc__)
    reader.add_argument("--subscribers", type=int, default=MANY)
    asked = reader.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="people-") as folder, slow_sink(0.0) as sink:
        town = Town(repositorys_own(Path(folder)), OWN, sink, 0)
        web = town.start("web")
        with stopped(web):
            wait(lambda: is_open(town.port), 60, "comms web does not listen")
            steps = _measured(town, asked.subscribers)
    print(f"{asked.subscribers:,} subscribers; at most {MEMORY} MB")
    for step in steps:
        most = f" (at most {step.bound:g})" if step.bound else ""
        print(
            f"{'' if step.is_within else 'NO: '}{step.name}: {step.seconds:.1f} s{most}, {step.peak:.0f} MB"
        )
    return int(not all(step.is_within for step in steps))


def _measured(town: Town, count: int) -> list[Step]:
    folder = town.office.folder
    write_list(folder / "lista.csv", count)
    steps = [
        _step(
            town, "import", "subscribers", "import", str(folder / "lista.csv"), *GIVEN, *CONSENT, most=IMPORT
        ),
        _step(town, "plan", "plan", ISSUE, "--json", "--now", WEEK_BEFORE, most=PLAN),
    ]
    (entry,) = json.loads(town.log("plan").read_text(encoding="utf-8"))["entries"]
    assert entry["recipients"] >= count, "the issue has no edition for them"
    fingerprint = str(entry["fingerprint"])
    town.comms("answer", ISSUE, "--all", "Vi har talat om det.", "--by", "Anna", now=WEEK_BEFORE)
    approval = ("--plan", fingerprint, "--by", "Anna", "--yes", "--now", WEEK_BEFORE)
    steps.append(_step(town, "approve", "approve", ISSUE, *approval))
    steps.append(_start(town, fingerprint))
    exits = town.count("SELECT count(*) FROM deliveries WHERE exit_id <> ''")
    assert exits >= count, f"{exits} letters name an exit"
    steps.append(_step(town, "export", "subscribers", "export", "--out", str(folder / "ut.csv")))
    return steps


def _step(town: Town, name: str, *arguments: str, most: float = 0) -> Step:
    """One command in a process of its own, which must do its work."""
    began = time.monotonic()
    process = town.start(*arguments)
    with stopped(process):
        found = ended(process, patience=PATIENCE)
    took = time.monotonic() - began
    assert found.code == 0, town.log(arguments[0]).read_text(encoding="utf-8")
    return Step(name, took, found.peak, most)


def _start(town: Town, fingerprint: str) -> Step:
    """The run up to its first copies; then it is told to stop."""
    begun = "SELECT count(*) FROM deliveries WHERE state = 'accepted'"
    began = time.monotonic()
    process = town.start("send", ISSUE, "--plan", fingerprint, "--yes", "--now", SLOT)
    with stopped(process):
        wait(lambda: town.count(begun) > 0, PATIENCE, "comms send does not begin")
        took = time.monotonic() - began
        found = ended(process, patience=60, ask=True)
    return Step("start of the run", took, found.peak)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
