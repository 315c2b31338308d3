"""A thousand feeds with a hundred entries each, from a server on loopback: time, memory, and a second pull.

`python -m bench.feeds` starts the server as a process of its own, pulls everything, and then again, when
nothing has changed. 1 when the first pull takes more than ten minutes, the second costs more than a tenth of
it, or memory grows from the first hundred feeds to the last by more than a fifth.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from comms.app.feeding import Pulled, pull
from comms.app.house import open_house
from comms.content.fetch import Fetcher
from comms.model.feed import FeedSettings
from comms.model.fetch import Fetched, Limits
from comms.store import open_store
from tests.fakes.feeds import NOW, Entry, FeedSite, rss
from tests.journey.workspaces import small

FEEDS, ENTRIES, HUNDRED = 1000, 100, 100
TEN_MINUTES = 600.0
_FLAT, _FREE = 1.2, 0.1
_SUBJECTS = (
    "leden bryggan badet biblioteket bygdegården affären skolan spåret torget slussen kvarnen ängen".split()
)
_PLACES = "Arvika Eda Hagfors Munkfors Sunne Säffle Torsby".split()


def feed(number: int, entries: int) -> bytes:
    """A feed as a municipality's: titles, two paragraphs, links and days of its own."""
    return rss(*(_entry(number, at) for at in range(entries)))


def _entry(number: int, at: int) -> Entry:
    subject, place = _SUBJECTS[(number + at) % len(_SUBJECTS)], _PLACES[(number * 3 + at) % len(_PLACES)]
    text = f"Nu är {subject} i {place} klar för alla. " * 6
    return Entry(
        f"Nyhet {number} {at}: {subject} i {place} har fått en ny ordning sak{number}",
        f"<p>{text}</p><p>Hälsningar från föreningen {number}.</p>",
        f"f{number}-{at}",
        f"https://f{number}.example/nyheter/{at}?utm_source=rss",
        days=at / 4,
    )


@dataclass
class Watched:
    """A fetcher that notes how much memory the process and its child have had, by how many were asked."""

    fetcher: Fetcher
    server: str
    asked: int = 0
    peaks: list[tuple[int, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Fetch."""
        with self.lock:
            self.asked += 1
            if self.asked % 50 == 0:
                self.peaks.append((peak("self"), max(map(peak, self.readers()), default=0)))
        return self.fetcher.get(url, limits, etag=etag, last_modified=last_modified)

    def readers(self) -> list[str]:
        """The processes that read feeds for us."""
        return [one for one in children() if one != self.server]


def peak(pid: str) -> int:
    """The most memory that a process has had (VmHWM), in kB; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def children() -> Iterator[str]:
    """The processes that this one has begun, whichever thread did."""
    for task in Path("/proc/self/task").iterdir():
        yield from (task / "children").read_text(encoding="ascii").split()


def serve(feeds: int, entries: int) -> None:
    """Be the server until our parent closes its end."""
    with FeedSite() as site:
        for number in range(feeds):
            site.put(f"/{number}", feed(number, entries))
        print(site.url, flush=True)
        sys.stdin.read()


def measured(
    root: Path, feeds: Mapping[str, FeedSettings], now: datetime, server: int
) -> tuple[float, Pulled, Watched]:
    """One pull of all that is due."""
    house = open_house(root)
    house = replace(house, settings=replace(house.settings, feeds=feeds))
    watched = Watched(Fetcher("https://leader.example/", frozenset({"127.0.0.1"})), str(server))
    store = open_store(f"sqlite:///{root}/feeds.db")
    began = time.monotonic()
    done = pull(house, store, now, budget=timedelta(hours=1), fetcher=watched)
    took = time.monotonic() - began
    store.close()
    return took, done, watched


def run(feeds: int, entries: int) -> int:
    """Measure and say; gives the exit code."""
    mine = (sys.executable, "-m", "bench.feeds", "--serve", "--feeds", str(feeds), "--entries", str(entries))
    server = subprocess.Popen(mine, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        wanted = {f"f{n}": FeedSettings(f"f{n}", f"Flöde {n}", f"{url}/{n}") for n in range(feeds)}
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            small(root)
            first, done, watched = measured(root, wanted, NOW, server.pid)
            second, again, _ = measured(root, wanted, NOW + timedelta(hours=7), server.pid)
    finally:
        server.communicate()
    return verdict(first, done, watched, second, again)


def verdict(first: float, done: Pulled, watched: Watched, second: float, again: Pulled) -> int:
    """Say what was seen; 1 when it is worse than it may be."""
    proposed = sum(one.proposed for one in done.feeds)
    early, late = watched.peaks[HUNDRED // 50 - 1], watched.peaks[-1]
    unchanged = sum(one.unchanged for one in again.feeds)
    failed = [one for one in (*done.feeds, *again.feeds) if one.failure]
    print(f"first pull: {first:.1f} s, {len(done.feeds)} feeds, {proposed} proposals, {len(failed)} failures")
    print(f"second pull: {second:.1f} s, {unchanged} unchanged")
    print(f"memory (VmHWM) after the first hundred: {early[0]} kB, child {early[1]} kB")
    print(f"memory (VmHWM) after the last hundred: {late[0]} kB, child {late[1]} kB")
    sound = first < TEN_MINUTES and second < first * _FREE and late[0] < early[0] * _FLAT and not failed
    return 0 if sound and unchanged == len(again.feeds) else 1


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--feeds", type=int, default=FEEDS)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    given = parser.parse_args()
    if given.serve:
        serve(given.feeds, given.entries)
    else:
        sys.exit(run(given.feeds, given.entries))
