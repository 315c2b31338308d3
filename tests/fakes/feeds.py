"""A web site on loopback with feeds, and feeds as text: entries by their words, everything else invented."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from comms.model.fetch import Fetched, Limits, Outcome
from tests.fakes.network import Network, Published, Reply, Request, Routes

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One thing in a feed, `days` days before `NOW`; None: it says no day."""

    title: str
    text: str = ""
    guid: str = ""
    link: str = ""
    days: float | None = 1

    @property
    def xml(self) -> str:
        """As in RSS 2.0."""
        dated = NOW - timedelta(days=self.days) if self.days is not None else None
        parts = {
            "title": self.title,
            "description": self.text,
            "guid": self.guid,
            "link": self.link,
            "pubDate": format_datetime(dated) if dated else "",
        }
        return f"<item>{''.join(f'<{k}>{escape(v)}</{k}>' for k, v in parts.items() if v)}</item>"


def rss(*entries: Entry, title: str = "Provflödet") -> bytes:
    """A feed in RSS 2.0."""
    items = "".join(entry.xml for entry in entries)
    channel = f"<title>{title}</title><link>https://prov.example/</link>{items}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def answered(body: bytes, url: str = "https://prov.example/flode", charset: str = "") -> Fetched:
    """A good answer with a body."""
    return Fetched(Outcome.OK, url, 200, body, charset=charset)


@dataclass
class Answers:
    """A fetcher that answers by a table, without a network; `asked` is what it was asked with."""

    by_url: dict[str, Fetched]
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What the table says; nobody answers where it says nothing."""
        del limits
        self.asked.append((url, etag, last_modified))
        return self.by_url.get(url, Fetched(Outcome.UNREACHABLE, url))


class FeedSite(Network):
    """The site: what lies at each path, with a mark by which it is known to be unchanged."""

    def __init__(self) -> None:
        """Listen; nothing lies there."""
        super().__init__()
        self.bodies: dict[str, bytes] = {}
        self.media_type = "application/rss+xml"

    def put(self, path: str, body: bytes) -> str:
        """Lay something at a path; gives its address."""
        self.bodies[path] = body
        return f"{self.url}{path}"

    def routes(self) -> Routes:
        """Every path is a feed."""
        return {("GET", "(/.*)"): self._show}

    def refusal(self, request: Request) -> Reply | None:
        """Nobody is refused."""
        del request
        return None

    def posts(self) -> list[Published]:
        """A web site has none."""
        return []

    def _show(self, request: Request) -> Reply:
        body = self.bodies.get(request.found[0])
        if body is None:
            return 404, {"Content-Type": "text/html"}, b"<h1>Sidan finns inte</h1>"
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": self.media_type, "ETag": mark}
        if request.headers.get("If-None-Match") == mark:
            return 304, headers, None
        return 200, headers, body
