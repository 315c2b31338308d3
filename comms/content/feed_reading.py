"""A feed's bytes -> entries, in a child process that may fail in every way: all of them end as a value."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from comms.errors import Text, say
from comms.text.feed_entry import entry_of

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from comms.model.feed import FeedEntry
    from comms.model.fetch import Fetched


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one feed may take: seconds of work and in all, bytes of memory above what the child begins with.

    `life`: how many feeds one child reads. What it may have gathered in memory goes with it.
    """

    work: int = 5
    wall: float = 10.0
    memory: int = 300_000_000
    life: int = 250


_USUAL = Bounds()
_LONGEST_ANSWER = 20_000_000
_GRACE = 2.0
_CHILD = (sys.executable, "-I", "-m", "comms.content.feed_child")
_TOO_MUCH = say("Flödet tog för mycket tid att läsa.")
_FAILURES = {
    "nothing": say("Svaret var tomt."),
    "no-feed": say("Svaret är inget flöde (RSS eller Atom)."),
    "broken": say("Flödet är trasigt: inget i det gick att läsa."),
    "memory": say("Flödet tog för mycket minne att läsa."),
}
_DIED = say("Flödet gick inte att läsa.")
_NO_CHILD = say("Datorn har inte plats för programmet som läser flöden. Nästa försök görs senare.")


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """What a feed's bytes gave: entries, newest first, or a sentence that says why there are none."""

    entries: tuple[FeedEntry, ...] = ()
    failure: Text | None = None


class FeedReader:
    """Reads feeds one after another. Use it in a `with`: at the end its child is gone."""

    def __init__(self, zone: ZoneInfo, bounds: Bounds = _USUAL) -> None:
        """Prepare; `zone` decides which day an instant is. The child begins with the first feed."""
        self._zone = zone
        self._bounds = bounds
        self._child: subprocess.Popen[bytes] | None = None
        self._done = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the child go."""
        self._let_go()

    def read(self, fetched: Fetched, today: date) -> ReadFeed:
        """The entries of an answer. Never raises for what a feed does."""
        header = {"size": len(fetched.body), "url": fetched.url, "charset": fetched.charset}
        late = threading.Event()
        try:
            child = self._running()
            killer = threading.Timer(self._bounds.wall, _kill, (child, late))
            killer.start()
        except (OSError, RuntimeError):  # no more processes, no more threads: the machine's own limits
            return ReadFeed(failure=_NO_CHILD)
        try:
            line = _exchange(child, json.dumps(header).encode("ascii") + b"\n" + fetched.body)
        finally:
            killer.cancel()
        self._done += 1
        answer = _parsed(line)
        if answer is None:
            spent = _end(child) == -signal.SIGXCPU or late.is_set()
            self._child = None
            return ReadFeed(failure=_TOO_MUCH if spent else _DIED)
        if answer.get("failure") == "memory":
            self._let_go()
        if "entries" not in answer:
            return ReadFeed(failure=_FAILURES.get(str(answer.get("failure")), _DIED))
        return ReadFeed(
            tuple(entry_of(one, one["published"], self._zone, today) for one in answer["entries"])
        )

    @property
    def child(self) -> int | None:
        """The process id of the child, None when there is none."""
        return self._child.pid if self._child else None

    def _running(self) -> subprocess.Popen[bytes]:
        # One that has died while it waited was killed from outside, which is not the next feed's fault.
        has_died = self._child is not None and self._child.poll() is not None
        if has_died or self._done >= self._bounds.life:
            self._let_go()
        if self._child is None:
            self._done = 0
            # No environment: it holds the office's secrets, and the child needs none.
            bounds = (str(self._bounds.work), str(self._bounds.memory))
            self._child = subprocess.Popen(  # noqa: S603 - our own program, in our own interpreter
                (*_CHILD, *bounds),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        return self._child

    def _let_go(self) -> None:
        if self._child is not None:
            _end(self._child)
        self._child = None


def _exchange(child: subprocess.Popen[bytes], request: bytes) -> bytes:
    """Ask and hear; b"" when the child is no more."""
    if child.stdin is None or child.stdout is None:
        return b""
    try:
        child.stdin.write(request)
        child.stdin.flush()
    except OSError:  # it ended while it was told
        return b""
    return child.stdout.readline(_LONGEST_ANSWER)


def _parsed(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _kill(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _end(child: subprocess.Popen[bytes]) -> int:
    """See that a child is gone, with its pipes; gives how it ended (negative: by which signal)."""
    if child.stdin is not None:
        with suppress(OSError):  # what it was not told before it ended is lost
            child.stdin.close()  # this alone ends one that waits
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
    return child.returncode
