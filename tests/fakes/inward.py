"""Addresses that lead inwards (tests/data/ssrf.txt), a resolver that knows their names, a watch.

Python's own hook sees each connect() of the process, and stops all but those to the test's server.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comms.content.fetch import Fetcher
from tests.fakes.hostile import Hostile

LIST = Path(__file__).parent.parent / "data" / "ssrf.txt"
AGENT = "https://leader7-sam.example/"
PUBLIC = "93.184.216.34"
SITE = "webb.example"
"""A name that may be asked, and that the resolver says is this machine."""


@dataclass(frozen=True)
class Line:
    """One address, and what its name leads to, from one time to the next."""

    kind: str
    url: str
    answers: tuple[tuple[str, ...], ...]


def _lines() -> Iterator[Line]:
    kind = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            kind = line[2:]
            continue
        url, _, told = line.partition("\t")
        answers = tuple(tuple(each.split(",")) for each in told.split(";")) if told else ()
        yield Line(kind, url.encode("latin-1", "backslashreplace").decode("unicode_escape"), answers)


LINES = list(_lines())
KINDS = sorted({line.kind for line in LINES})


@dataclass
class Wire:
    """Every connect() while it listens; those to other than the server are noted and stopped."""

    server: Hostile
    others: list[object] = field(default_factory=list)
    listens: bool = True

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """See an event of Python's own (`sys.addaudithook`)."""
        if not self.listens or event != "socket.connect":
            return
        if arguments[1] != ("127.0.0.1", self.server.port):
            self.others.append(arguments[1])
            raise ConnectionRefusedError


class Resolver:
    """Says of each name what the list says; the last of its answers for ever."""

    def __init__(self, answers: Sequence[Sequence[str]] = ()) -> None:
        """Nobody has asked yet."""
        self.answers = answers
        self.asked: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        """Look a name up."""
        with self._lock:
            self.asked[host] += 1
            count = self.asked[host]
        if host == SITE:
            return ["127.0.0.1"]
        return self.answers[min(count, len(self.answers)) - 1] if self.answers else [PUBLIC]


@contextmanager
def watched() -> Iterator[Wire]:
    """A hostile server, and a watch over every connect() while it runs."""
    with Hostile() as server:
        wire = Wire(server)
        sys.addaudithook(wire.hook)  # Python never lets go of a hook
        try:
            yield wire
        finally:
            wire.listens = False


def fetcher_for(line: Line) -> Fetcher:
    """One whose resolver says of each name what the line says."""
    resolver = Resolver(line.answers)
    fetcher = Fetcher(AGENT, frozenset({SITE}), resolve=resolver)
    if len(line.answers) > 1:  # the name was fine when somebody looked before
        resolver.asked[line.url.partition("://")[2].partition("/")[0]] = 1
    return fetcher
