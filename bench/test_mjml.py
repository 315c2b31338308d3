"""Our guarded compiler against the official one: the same documents, both warm, in one run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median

from pytest_benchmark.fixture import BenchmarkFixture

from comms.render.mjml import compile_mjml, forget_parts

ROUNDS = 25
WARM = 5
WANTED = 8


def test_all_editions_compile_at_least_eight_times_faster_than_npm_mjml(
    benchmark: BenchmarkFixture, documents: list[str], node: str
) -> None:
    def all_editions() -> None:
        for document in documents:
            compile_mjml(document, template="bench")

    # Each round is an issue compiled for the first time: no part is remembered from the round before.
    benchmark.pedantic(all_editions, setup=forget_parts, rounds=ROUNDS, warmup_rounds=WARM)
    script = Path(__file__).with_name("compile.mjs")
    command = [node, script.as_posix(), str(ROUNDS), str(WARM)]
    done = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, check=True)
    theirs: dict[str, list[float]] = json.loads(done.stdout)
    ours = benchmark.stats.stats
    share = 1000 / len(documents)
    print(f"\n{len(documents)} editions, milliseconds each: median and least of {ROUNDS} rounds")
    print(f"comms: {ours.median * share:.2f} and {ours.min * share:.2f}")
    for name, seconds in theirs.items():
        print(
            f"npm mjml {name}: {median(seconds) * share:.2f} and {min(seconds) * share:.2f},"
            f" {median(seconds) / ours.median:.1f} and {min(seconds) / ours.min:.1f} times ours"
        )
    ratio = median(theirs["as it comes"]) / ours.median
    benchmark.extra_info["times faster than npm mjml"] = round(ratio, 1)
    assert len(documents) >= 21
    assert ratio >= WANTED
