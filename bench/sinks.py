"""Where benches send letters, on loopback: Postfix's smtp-sink, and a slow sink of our own."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SMTP_SINK = shutil.which("smtp-sink", path=f"{os.defpath}:/usr/sbin:/sbin")
WHY_NOT = "" if SMTP_SINK else "smtp-sink is not installed: apt-get install postfix"
"""Why `smtp_sink` cannot run here, with what to do; empty when it can."""

_COUNTERS = re.compile(rb"mesg=(\d+)\r")
_TAIL = 200
"""Octets that hold at least one whole line of smtp-sink's counters."""


@dataclass(frozen=True)
class Sink:
    """A running sink: where it listens, and how many letters it has taken."""

    port: int
    counted: Callable[[], int]

    def wait_for(self, letters: int, *, seconds: float = 120) -> float:
        """Wait until it has counted so many letters; the instant by `time.perf_counter`."""
        until = time.perf_counter() + seconds
        while (counted := self.counted()) < letters:
            if time.perf_counter() > until:
                raise TimeoutError(f"{counted} of {letters} letters after {seconds:.0f} seconds")
            time.sleep(0.002)
        return time.perf_counter()


@dataclass(frozen=True)
class SlowSink(Sink):
    """A sink that also knows how many letters each recipient got."""

    by_recipient: Callable[[], dict[str, int]]


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Postfix's own sink, faster than any sender here. As root it has to become somebody else."""
    assert SMTP_SINK, WHY_NOT
    port = _free_port()
    nobody = ["-u", "nobody"] if os.getuid() == 0 else []
    with tempfile.TemporaryFile() as counts:
        process = subprocess.Popen([SMTP_SINK, *nobody, "-c", f"127.0.0.1:{port}", "256"], stdout=counts)
        with ended(process):
            _wait_until_it_listens(process, port)
            # A file, not a pipe: the sender that is measured does not have to read it.
            yield Sink(port, lambda: _last_count(counts.fileno()))


@contextmanager
def slow_sink(delay: float = 0.02) -> Iterator[SlowSink]:
    """A sink that answers each dot after `delay` seconds, on as many connections at once as it is given."""
    program = Path(__file__).with_name("slow_sink.py")
    process = subprocess.Popen(
        [sys.executable, program, str(delay)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with ended(process):
        assert process.stdin
        assert process.stdout
        given, answers = process.stdin, process.stdout

        def ask(question: str) -> str:
            given.write(f"{question}\n")
            given.flush()
            return answers.readline()

        yield SlowSink(
            int(answers.readline()),
            counted=lambda: int(ask("count")),
            by_recipient=lambda: dict(json.loads(ask("letters"))),
        )


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """End a process when the block ends, if it has not ended by itself, and close its pipes."""
    with process:
        try:
            yield
        finally:
            process.terminate()


def _last_count(file: int) -> int:
    """The last of smtp-sink's counters in the file that it writes."""
    written = os.pread(file, _TAIL, max(0, os.fstat(file).st_size - _TAIL))
    counters = _COUNTERS.findall(written)
    return int(counters[-1]) if counters else 0


def _free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    """Knock until somebody answers."""
    for _ in range(100):
        if process.poll() is not None:
            break
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"smtp-sink does not listen on port {port}")
