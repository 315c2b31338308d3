"""Our guarded compiler against the official one: the same documents, both warm, in one run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median

from pytest_benchmark.fixture import BenchmarkFixture

from comms.render.mjml import compile_mjml

ROUNDS = 15
WANTED = 8


def test_all_editions_compile_at_least_eight_times_faster_than_npm_mjml(
    benchmark: BenchmarkFixture, documents: list[str], node: str
) -> None:
    def all_editions() -> None:
        for document in documents:
            compile_mjml(document, template="bench")

    benchmark.pedantic(all_editions, rounds=ROUNDS, warmup_rounds=3)
    script = Path(__file__).with_name("compile.mjs")
    done = subprocess.run(
        [node, script, str(ROUNDS)], input=json.dumps(documents), capture_output=True, text=True, check=True
    )
    theirs, ours = median(json.loads(done.stdout)), benchmark.stats.stats.median
    ratio = theirs / ours
    print(
        f"\n{len(documents)} editions: ours {ours:.4f} s, npm mjml {theirs:.4f} s, {ratio:.1f} times faster"
    )
    benchmark.extra_info["times faster than npm mjml"] = round(ratio, 1)
    assert len(documents) >= 21
    assert ratio >= WANTED
