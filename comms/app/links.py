"""Whether links still lead somewhere: those of items, of issues' own words, of templates and of the office.

Each address is asked once, two at most of one host at a time, and a host that cannot answer is left alone.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from comms.app.house import House
from comms.content.fetch import Fetcher
from comms.errors import Location, Text
from comms.model.document import Document, SpanKind
from comms.model.fetch import Fetched, Outcome
from comms.model.item import Item
from comms.model.network import SegmentKind
from comms.settings.faults import FILE
from comms.text.hosts import ascii_domain
from comms.text.segments import parse_segments

_AT_ONCE, _AT_ONCE_OF_HOST = 8, 2
_IN_TEMPLATE = re.compile(r"""(?i)\b(?:href|src)\s*=\s*["'](https?://[^"'{}\s<>]+)["']""")
_DEAD = frozenset({404, 410})
# What one of its addresses says of a host holds for the rest of them as well.
_OF_HOST = frozenset({Outcome.BUSY, Outcome.NO_HOST, Outcome.UNREACHABLE})
# One page may be slow; after so many in a row it is the host.
_LATE_IN_A_ROW = 3


class LinkState(StrEnum):
    """What is known of a link. `unasked`: nobody could tell now whether it leads somewhere."""

    GOOD = "good"
    MOVED = "moved"
    DEAD = "dead"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class Link:
    """An address as it is written, and where."""

    url: str
    location: Location


@dataclass(frozen=True, slots=True)
class LinkFound:
    """What came of a link: `to` is where it has moved for good, `why` a sentence when it is not good."""

    link: Link
    state: LinkState
    status: int = 0
    to: str = ""
    why: Text | None = None


class Looks(Protocol):
    """What looks: `Fetcher`, or a stand-in."""

    def look(self, url: str) -> Fetched:
        """Ask whether something is there; never raises for what the world does."""


Progress = Callable[[int, int], None]
"""Told how many addresses of how many have been asked."""


def check_links(house: House, progress: Progress, looks: Looks | None = None) -> list[LinkFound]:
    """Ask every address that the workspace links to, once; what came of each link, in reading order."""
    links = links_of(house)
    looks = looks or Fetcher(house.settings.base_url, house.settings.private_hosts)
    answers = ask_all(looks, sorted({_asked(link.url) for link in links}), progress)
    return [_found(link, answers[_asked(link.url)]) for link in links]


def links_of(house: House) -> list[Link]:
    """All links to the web, in reading order; each once a place."""
    found = {Link(house.settings.base_url, Location(FILE, house.settings.lines.get("workspace.base_url", 0)))}
    for item in house.workspace.items.values():
        found |= set(_of_item(item))
    for notes in house.workspace.notes.values():
        found |= set(_of_body(notes.greeting, notes.path))
    templates = house.workspace.templates
    for name, source in templates.sources.items():
        for match in _IN_TEMPLATE.finditer(source):
            line = source.count("\n", 0, match.start()) + 1
            found.add(Link(match[1], Location(templates.paths[name], line)))
    return sorted(
        (link for link in found if link.url.lower().startswith(("http://", "https://"))),
        key=lambda link: (link.location, link.url),
    )


def _of_item(item: Item) -> Iterator[Link]:
    lines = item.lines
    yield Link(item.link, Location(item.path, lines.get("link", 0)))
    if item.event:
        yield Link(item.event.online, Location(item.path, lines.get("event.online", lines.get("event", 0))))
    yield from _of_body(item.body, item.path)
    texts = [(item.summary, lines.get("summary", 0))]
    texts += [(lead, lines.get(f"leads.{name}", lines.get("leads", 0))) for name, lead in item.leads.items()]
    texts += [(text, post.line) for post in item.posts for text in (post.text, post.comment)]
    for text, line in texts:
        for part in parse_segments(text):
            if part.kind is SegmentKind.LINK:
                yield Link(part.href, Location(item.path, line))


def _of_body(body: Document, path: str) -> Iterator[Link]:
    for span in body.spans():
        if span.kind is SpanKind.LINK:
            yield Link(span.href, Location(path, span.line))


def ask_all(looks: Looks, urls: Sequence[str], progress: Progress) -> Mapping[str, Fetched]:
    """Ask each address once, several hosts at a time. Gives the answers by address."""
    hosts = defaultdict[str, list[str]](list)
    for url in urls:
        hosts[_host(url)].append(url)
    rounds = [_Round(looks, lane) for mine in hosts.values() for lane in _lanes(mine)]
    done, lock, stopped = [0], threading.Lock(), threading.Event()

    def tell() -> None:
        with lock:
            done[0] += 1
            progress(done[0], len(urls))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            walked = list(pool.map(lambda each: each.walk(tell, stopped), rounds))
        finally:
            stopped.set()  # who breaks off waits for what has been asked, and for no more
    return {url: answer for answers in walked for url, answer in answers.items()}


def _lanes(urls: Sequence[str]) -> Iterator[Sequence[str]]:
    """The addresses of one host, for so many as may ask it at once."""
    lanes = (urls[start::_AT_ONCE_OF_HOST] for start in range(_AT_ONCE_OF_HOST))
    return (lane for lane in lanes if lane)


@dataclass(frozen=True)
class _Round:
    """Addresses of one host, asked one after the other."""

    looks: Looks
    urls: Sequence[str]

    def walk(self, tell: Callable[[], None], stopped: threading.Event) -> dict[str, Fetched]:
        """Ask them; what is true of the whole host is not asked again."""
        answers: dict[str, Fetched] = {}
        of_all: Fetched | None = None
        late = 0
        for url in self.urls:
            if stopped.is_set():
                break
            answer = replace(of_all, url=url) if of_all else self.looks.look(url)
            answers[url] = answer
            tell()
            if _host(answer.url) != _host(url):
                late = 0  # what it leads on to is another host, and says nothing of this one
                continue
            late = late + 1 if answer.outcome is Outcome.TIMEOUT else 0
            if answer.outcome in _OF_HOST or late == _LATE_IN_A_ROW:
                of_all = answer
        return answers


def _host(url: str) -> str:
    """Whom an address asks, host and port, in the letters that names are looked up with."""
    written = re.split(r"[/?#]", url.lower())[2]
    with suppress(ValueError):
        return ascii_domain(written)
    return written


def _asked(url: str) -> str:
    """What is asked for: the address without its place in the page."""
    return url.partition("#")[0]


def _found(link: Link, answer: Fetched) -> LinkFound:
    if answer.is_good:
        if not answer.moved or answer.url == _asked(link.url):
            return LinkFound(link, LinkState.GOOD, answer.status)
        place = link.url.partition("#")
        return LinkFound(link, LinkState.MOVED, answer.status, to=answer.url + place[1] + place[2])
    is_dead = answer.outcome in {Outcome.GONE, Outcome.NO_HOST} or answer.status in _DEAD
    state = LinkState.DEAD if is_dead else LinkState.UNASKED
    return LinkFound(link, state, answer.status, why=answer.why)
