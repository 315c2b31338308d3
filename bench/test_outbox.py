"""What the strict ledger costs: letters over SMTP against the same channel without it, and smtp-source."""

from __future__ import annotations

import shutil
import subprocess
import time
from statistics import median

import pytest

from bench.outbox_rate import letters_per_second, without_a_ledger
from bench.sinks import WHY_NOT, smtp_sink

COPIES = 3000
CONNECTIONS = 8
ROUNDS = 5
SOURCE = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")


def smtp_source(port: int, copies: int) -> float:
    """Postfix's own sender: the same size, the same sessions."""
    assert SOURCE
    command = [SOURCE, "-s", str(CONNECTIONS), "-m", str(copies), "-l", "60000"]
    addresses = ["-f", "brev@office.test", "-t", "kontor@office.test"]
    began = time.perf_counter()
    subprocess.run([*command, *addresses, f"127.0.0.1:{port}"], check=True)
    return copies / (time.perf_counter() - began)


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_the_ledger_costs_little_of_the_speed_of_the_same_hands_without_it() -> None:
    strict, loose, source = [], [], []
    with smtp_sink() as sink:
        for _ in range(ROUNDS):  # by turns, so that what else the machine does falls on all
            strict.append(letters_per_second(sink.port, COPIES, CONNECTIONS))
            loose.append(without_a_ledger(sink.port, COPIES, CONNECTIONS))
            source.append(smtp_source(sink.port, COPIES))
    against_loose = median(strict) / median(loose)
    against_source = median(strict) / median(source)
    print(
        f"\n{COPIES} letters of 60 kB over {CONNECTIONS} connections, medians of {ROUNDS}: strict ledger "
        f"{median(strict):.0f} a second, the same without a ledger {median(loose):.0f} "
        f"({against_loose:.2f}), smtp-source {median(source):.0f} ({against_source:.2f})"
    )
    assert against_source >= 0.5
    assert against_loose >= 0.8
