"""Four hundred addresses that lead inwards: refused by every way in, and nobody else is ever connected to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from urllib3.response import HTTPResponse

from comms.content import fetch
from comms.content.fetch import Fetcher
from comms.content.fetch_address import Stopped, Target, addresses_of, checked_addresses
from comms.model.fetch import FEED, PICTURE, Fetched, Outcome
from tests.fakes.inward import AGENT, KINDS, LINES, PUBLIC, SITE, Resolver, Wire, fetcher_for, watched

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with watched() as found:
        yield found


@pytest.fixture(autouse=True)
def _nobody_else(wire: Wire) -> Iterator[None]:
    wire.others.clear()
    yield
    assert wire.others == []


WAYS: dict[str, Callable[[Fetcher, str], Fetched]] = {
    "feed": lambda fetcher, url: fetcher.get(url, FEED),
    "picture": lambda fetcher, url: fetcher.get(url, PICTURE),
    "link": lambda fetcher, url: fetcher.look(url),
}


def test_the_list_is_long_and_says_nothing_twice() -> None:
    urls = [(line.url, line.answers) for line in LINES]
    assert len(urls) == len(set(urls)) >= 400
    assert len(KINDS) >= 20


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_address_of_the_list_is_refused(wire: Wire, kind: str, way: str) -> None:
    for line in LINES:
        if line.kind == kind:
            url = (
                line.url.format(server=f"http://{SITE}:{wire.server.port}")
                if "{server}" in line.url
                else line.url
            )
            got = WAYS[way](fetcher_for(line), url)
            assert (got.outcome, got.body) == (Outcome.REFUSED, b""), (line, got)


@pytest.mark.parametrize("way", WAYS)
def test_no_address_of_the_list_is_gone_to_when_a_site_leads_there(wire: Wire, way: str) -> None:
    refused = 0
    for line in LINES:
        if "{server}" in line.url or "\n" in line.url:  # no header can hold the end of one
            continue
        asked = f"http://{SITE}:{wire.server.port}/302?{quote(line.url, safe='')}"
        got = WAYS[way](fetcher_for(line), asked)
        # What is no address of its own is one of the site's own pages, which it has not got, or nothing.
        assert got.outcome in {Outcome.REFUSED, Outcome.HTTP, Outcome.BROKEN}, (line, got)
        assert got.outcome is Outcome.REFUSED or got.url.startswith(f"http://{SITE}:"), (line, got)
        refused += got.outcome is Outcome.REFUSED
    assert refused > 350


def test_no_stranger_leads_into_the_offices_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office may link to its own pages; that is no leave for others to lead us there."""
    led: list[str] = []

    @contextmanager
    def leading(_method: str, target: Target, *_: object, **__: object) -> Iterator[HTTPResponse]:
        led.append(target.url)
        yield HTTPResponse(status=302, headers={"Location": f"http://{SITE}/hemligt"})

    monkeypatch.setattr(fetch, "asked", leading)
    fetcher = Fetcher(AGENT, frozenset({SITE}), resolve=Resolver())
    got = fetcher.get("http://frammande.example/", FEED)
    assert (got.outcome, led) == (Outcome.REFUSED, ["http://frammande.example/"])


def test_a_name_is_looked_up_once_and_what_was_checked_is_what_is_connected_to(wire: Wire) -> None:
    resolver = Resolver([[PUBLIC], ["127.0.0.1"]])
    got = Fetcher(AGENT, resolve=resolver).get("http://vrid.example/", FEED)
    assert got.outcome is Outcome.UNREACHABLE
    assert (wire.others, resolver.asked) == ([(PUBLIC, 80)], {"vrid.example": 1})
    wire.others.clear()


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "①②⑦.⓪.⓪.①"])
def test_what_the_systems_resolver_makes_of_figures_is_checked_too(host: str) -> None:
    """Were such a name to pass as a name, its address would not."""
    target = Target("http", host, 80, "/", is_own=False)
    with pytest.raises(Stopped) as stopped:
        checked_addresses(target, addresses_of, time.monotonic() + 5)
    assert stopped.value.outcome is Outcome.REFUSED
