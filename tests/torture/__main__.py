"""`python -m tests.torture`: the whole proof, as a table; with `--database`, one trial of one's own."""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from tests.fakes.postgres import why_not
from tests.torture.plan import Part, one, whole
from tests.torture.trial import Trial

_WIDTHS = {
    "trial": 20, "database": 10, "workers": 7, "kills": 5, "at points": 9, "recipients": 10,
    "in the sink": 11, "rejected": 8, "doubled": 7, "lost": 4, "unknown": 7, "settled": 7, "seconds": 7,
    "verdict": 0,
}  # fmt: skip


def main(*arguments: str) -> int:
    """Print a row as each trial ends; 1 when a promise was broken, or a control survived."""
    reader = ArgumentParser(prog="python -m tests.torture", description=__doc__)
    reader.add_argument("--database", choices=["sqlite", "postgresql"])
    reader.add_argument("--workers", type=int, default=3, help="processes at once (PostgreSQL)")
    reader.add_argument("--kills", type=int, default=60)
    reader.add_argument("--recipients", type=int, default=1200)
    reader.add_argument("--share", type=float, default=0.02, help="of the relay's answers that go wrong")
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args(arguments)
    parts = whole(asked.seed)
    if asked.database:
        workers = asked.workers if asked.database == "postgresql" else 1
        trial = Trial(
            asked.database, asked.recipients, asked.kills, asked.seed, workers=workers, share=asked.share
        )
        parts = [one(trial)]
    if why_not() and any(part.trial.database == "postgresql" for part in parts):
        sys.exit(why_not())
    _say(*_WIDTHS)
    held = [_came_out(part) for part in parts]
    return int(not all(held))


def _came_out(part: Part) -> bool:
    """Whether a part came out as it must, after saying how: a control must fail."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        verdict = part.act(part.trial, Path(folder))
    _say(
        part.name,
        *(part.trial.database, part.trial.workers, verdict.deaths.random, verdict.deaths.named),
        *(part.trial.recipients, verdict.after.in_sink, verdict.after.rejected, verdict.after.doubled),
        *(verdict.lost, verdict.found.unknown, verdict.settled, round(time.monotonic() - began)),
        "; ".join(dict.fromkeys(verdict.wrong)) or "held",
    )
    return bool(verdict.wrong) == part.is_control


def _say(*cells: object) -> None:
    line = "  ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, _WIDTHS.values(), strict=True))
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
