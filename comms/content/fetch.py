"""The one way to others' addresses: feeds, links and pictures are fetched here, and never otherwise.

Every step is checked anew: the address as it is written, all that its name leads to, and where it leads on.
Nothing but what was checked is connected to (docs/decisions/0027).
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.response import BaseHTTPResponse

from comms import __version__
from comms.content.fetch_address import (
    Resolve,
    Stopped,
    Target,
    addresses_of,
    checked_addresses,
    target_of,
)
from comms.content.fetch_connection import asked, body_of
from comms.errors import Text, say
from comms.model.fetch import LINK, Fetched, Limits, Outcome

LONGEST_WAIT = timedelta(hours=24)
"""The most that a Retry-After is taken for."""

_ONWARD = {301: True, 302: False, 303: False, 307: False, 308: True}
"""Redirects, and whether they are for good (RFC 9110, 15.4)."""

_OUTCOMES = {304: Outcome.NOT_MODIFIED, 410: Outcome.GONE, 429: Outcome.BUSY, 503: Outcome.BUSY}
_GOOD = {"GET": frozenset({200, 203}), "HEAD": frozenset({*range(200, 300)})}
# A file of no bytes has no first one (416), and is there.
_GOOD_IN_PART = frozenset({*range(200, 300), 416})
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")
_CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since"})
_LONGEST_TAG = 1000
_CHARSET = re.compile(r"(?i);\s*charset\s*=\s*[\"']?([A-Za-z0-9_.:+-]{1,40})")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,80}/[a-z0-9.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of each address on the way, and which answers are good."""

    method: str
    limits: Limits
    until: float
    headers: Mapping[str, str]
    good: frozenset[int]
    keeps_body: bool = False


class Fetcher:
    """Fetches from the open internet. Safe to share between threads.

    `agent` is an address where those we ask find out who we are. `private_hosts`: names in the office's own
    network that may be asked, on any port. `resolve` looks names up. `trust`: a file of certificates to trust
    instead of the machine's own and Mozilla's.
    """

    def __init__(
        self,
        agent: str,
        private_hosts: frozenset[str] = frozenset(),
        *,
        resolve: Resolve = addresses_of,
        trust: Path | None = None,
    ) -> None:
        """Remember; nothing is opened."""
        contact = f" (+{agent})" if _is_plain(agent) else ""
        self._agent = f"comms/{__version__}{contact}"
        self._private_hosts = frozenset(host.lower().strip("[]").removesuffix(".") for host in private_hosts)
        self._resolve = resolve
        self._trust = trust

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Fetch the whole; never raises for what the world does.

        `etag` and `last_modified` are what the last answer said: then one that has not changed is told so.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if _is_plain(value)}
        until = time.monotonic() + limits.seconds
        return self._follow(url, _Request("GET", limits, until, headers, _GOOD["GET"], keeps_body=True))

    def look(self, url: str) -> Fetched:
        """Ask whether something is there, and where; nothing of it is read.

        A server that will not answer HEAD is asked for the first byte instead.
        """
        until = time.monotonic() + LINK.seconds
        told = self._follow(url, _Request("HEAD", LINK, until, {}, _GOOD["HEAD"]))
        if told.outcome not in {Outcome.HTTP, Outcome.BROKEN}:
            return told
        return self._follow(url, _Request("GET", LINK, until, {"Range": "bytes=0-0"}, _GOOD_IN_PART))

    def _follow(self, url: str, request: _Request) -> Fetched:
        """Ask, and go on as far as allowed. `moved` holds as long as every step is for good."""
        steps: list[bool] = []
        here = url
        try:
            target = target_of(url, self._private_hosts)
            while True:
                here = target.url
                with self._asked(target, request) as answer:
                    lasting = _ONWARD.get(answer.status)
                    if lasting is None:
                        found = _read(answer, target, request)
                        return replace(found, moved=bool(steps) and all(steps))
                    steps.append(lasting)
                    target = self._onward(target, answer, request.limits.redirects - len(steps))
        except Stopped as why:
            return Fetched(why.outcome, here, why.status, why=why.why)

    @contextmanager
    def _asked(self, target: Target, request: _Request) -> Iterator[BaseHTTPResponse]:
        headers = {
            "User-Agent": self._agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, identity",
            "Connection": "close",
            **request.headers,
        }
        addresses = checked_addresses(target, self._resolve, request.until)
        with asked(
            request.method,
            target,
            addresses,
            headers=headers,
            until=request.until,
            most=request.limits.size,
            trust=lambda: self._certificates,
        ) as answer:
            yield answer

    def _onward(self, target: Target, answer: BaseHTTPResponse, left: int) -> Target:
        """Where an answer leads, if we go there; `left` steps are allowed after it. Raises Stopped."""
        if left < 0:
            why = say("{host} leder vidare för många gånger.", host=target.host)
            raise Stopped(Outcome.BROKEN, why, answer.status)
        places = answer.headers.getlist("Location")
        if len(places) != 1 or not places[0]:
            why = say("{host} leder vidare utan att säga vart.", host=target.host)
            raise Stopped(Outcome.BROKEN, why, answer.status)
        onward = target_of(_joined(target, places[0]), self._private_hosts)
        if target.scheme == "https" and onward.scheme == "http":
            why = say("{host} leder vidare från https till http.", host=target.host)
            raise Stopped(Outcome.REFUSED, why)
        if onward.is_own and not target.is_own:
            # That a name may be asked is the office's word about its own links, and no stranger's.
            raise Stopped(Outcome.REFUSED, say("{host} leder in i ert eget nät.", host=target.host))
        return onward

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        """What is trusted: made once, for it takes longer than a fetch."""
        context = ssl.create_default_context(cafile=self._trust)
        if self._trust is None:
            context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
        context.set_alpn_protocols(["http/1.1"])
        return context


def _read(answer: BaseHTTPResponse, target: Target, request: _Request) -> Fetched:
    """An answer that leads no further, as a value. Raises Stopped for a body that cannot be taken."""
    status = answer.status
    outcome = Outcome.OK if status in request.good else _OUTCOMES.get(status, Outcome.HTTP)
    if outcome is Outcome.NOT_MODIFIED and not request.headers.keys() & _CONDITIONS:
        outcome = Outcome.HTTP  # nobody had asked whether it has changed
    kept = outcome is Outcome.OK and request.keeps_body
    said = answer.headers.get("Content-Type", "")
    media_type, charset = said.partition(";")[0].strip().lower(), _CHARSET.search(said)
    return Fetched(
        outcome,
        target.url,
        status,
        body=body_of(answer, target.host, request.limits.size) if kept else b"",
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "",
        charset=charset[1].lower() if charset else "",
        etag=_plain(answer, "ETag"),
        last_modified=_plain(answer, "Last-Modified"),
        retry_after=wait_asked(answer.headers.get("Retry-After", ""), datetime.now(UTC)),
        why=None if outcome in {Outcome.OK, Outcome.NOT_MODIFIED} else _why(outcome, target, status),
    )


_WHYS = {
    Outcome.GONE: say("Sidan är borttagen för gott (410)."),
    Outcome.BUSY: say("Webbplatsen ber oss vänta."),
}


def _why(outcome: Outcome, target: Target, status: int) -> Text:
    return _WHYS.get(outcome) or say("{host} svarade {status}.", host=target.host, status=status)


def _joined(target: Target, place: str) -> str:
    """A Location against the address that gave it; headers are bytes, and those of today are UTF-8."""
    with suppress(UnicodeError):
        place = place.encode("latin-1").decode("utf-8")
    place = place.replace(" ", "%20")
    # Control characters would be gone after joining, and `http:` with less than two strokes would be a path.
    if not place.isprintable() or _SCHEME.match(place):
        return place
    try:
        return urljoin(target.url, place)
    except ValueError:
        return place


def wait_asked(said: str, now: datetime) -> timedelta | None:
    """A Retry-After, in seconds or as a date (RFC 9110, 10.2.3): never more than a day, None when unsaid."""
    try:
        wait = _seconds(said) if said.isdecimal() else parsedate_to_datetime(said) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _seconds(said: str) -> timedelta:
    return timedelta(seconds=min(int(said), LONGEST_WAIT.total_seconds()))


def _plain(answer: BaseHTTPResponse, name: str) -> str:
    """A header that may be kept and said again, else nothing."""
    said = answer.headers.get(name, "")
    return said if _is_plain(said) else ""


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_TAG and text.isascii() and text.isprintable()
