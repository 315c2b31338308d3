"""Our sender against two newsletter senders that are in use: one letter, one sink, one run."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from bench.letter import letter
from bench.outbox_rate import letters_per_second
from bench.sinks import WHY_NOT, Sink, ended, smtp_sink

PEERS = Path(__file__).with_name("peers")
COPIES = 500
ROUNDS = 3
WANTED = 5


@dataclass(frozen=True)
class Peer:
    """Another sender: its environment, the script that makes it, and the program that runs in it."""

    name: str
    venv: str
    script: str
    program: str

    @property
    def python(self) -> Path:
        """Its own interpreter."""
        return PEERS / self.venv / "bin" / "python"

    def letters_per_second(self, sink: Sink, copies: int, folder: Path) -> float:
        """Let it hand over the letter to so many: from the word go until the sink has counted them."""
        folder.mkdir()
        file = folder / "letter.eml"
        file.write_bytes(letter().as_bytes())
        arguments = [folder.as_posix(), str(sink.port), str(copies), file.as_posix()]
        command = [self.python.as_posix(), (PEERS / self.program).as_posix(), *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with ended(process):
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == "ready\n", f"{self.name} did not start"
            before = sink.counted()
            began = time.perf_counter()
            process.stdin.write("go\n")
            process.stdin.flush()
            took = sink.wait_for(before + copies) - began
            process.wait(30)
        return copies / took


MAILMAN = Peer("Mailman 3", ".venv-mailman", "mailman.sh", "mailman_peer.py")
DJANGO = Peer("django-newsletter", ".venv-django", "django.sh", "django_peer.py")


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("peer", [MAILMAN, DJANGO], ids=lambda peer: peer.name)
def test_letters_leave_at_least_five_times_faster_than_by(peer: Peer, tmp_path: Path) -> None:
    if not peer.python.exists():
        pytest.skip(f"{peer.name} is not installed: bench/peers/{peer.script}")
    ours, theirs = [], []
    with smtp_sink() as sink:
        # By turns, so that what else the machine does falls on both.
        for turn in range(ROUNDS):
            ours.append(letters_per_second(sink.port, COPIES))
            theirs.append(peer.letters_per_second(sink, COPIES, tmp_path / str(turn)))
    ratio = median(ours) / median(theirs)
    print(
        f"\n{COPIES} letters, median of {ROUNDS}: comms {median(ours):.0f} a second,"
        f" {peer.name} {median(theirs):.0f}: {ratio:.1f} times"
    )
    assert ratio >= WANTED
