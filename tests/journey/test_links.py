"""comms links: which links are dead, which have moved, and which nobody could ask."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from comms.app import feeding
from comms.app.house import open_house
from comms.app.links import ask_all
from comms.app.planning import ledger
from comms.model.feed import FeedSettings
from comms.model.fetch import Fetched, Limits, Outcome
from comms.text.feed_keys import digest
from tests.fakes.hostile import Hostile
from tests.fakes.inward import LINES, Line, fetcher_for, watched
from tests.journey.workspaces import ITEM, Office

pytestmark = pytest.mark.servers


@pytest.fixture
def server() -> Iterator[Hostile]:
    with Hostile() as hostile:
        yield hostile


@pytest.fixture
def linked(office: Office, server: Hostile) -> Office:
    """An office whose own page is the server, which it may ask; one item that links to more."""
    office.change("comms.yaml", "https://brev.leader.example", f"{server.url}/")
    office.change("comms.yaml", "officer:", "fetch: {private_hosts: [127.0.0.1]}\n\nofficer:")
    return office


def _write(office: Office, server: Hostile, *paths: str) -> None:
    body = "".join(f"\nLäs mer på [sidan {n}]({server.url}{path}).\n" for n, path in enumerate(paths))
    head = (
        "---\ntitle: Länkar\nkind: office\nfocus: [stark-och-stolt-bygd]\ngoals: [mal-1]\n"
        "activities: [motesplatser-och-forum]\nindicators: [motesplatser]\naudiences: [offices]\n"
        "date: 2026-11-20\npublish: {from: 2026-11-20}\nsummary: Vid sjön finns en ny plats.\n---\n"
    )
    for path in (office.folder / "content" / "items").glob("*.md"):
        path.unlink()
    office.write(ITEM, head + "Vid sjön finns en ny plats att mötas på." + "\n" + body)


def test_each_link_is_told_with_its_place_by_what_is_to_be_done(linked: Office, server: Hostile) -> None:
    _write(linked, server, "/", "/404", "/301?/page%20one#del-2", "/500", "/410")
    answer = linked.comms("links")
    assert answer.code == 1
    assert answer.out == (
        "Döda länkar: ta bort eller byt dem.\n"
        f"{ITEM}:17: {server.url}/404\n"
        "    127.0.0.1 svarade 404.\n"
        f"{ITEM}:23: {server.url}/410\n"
        "    Sidan är borttagen för gott (410).\n"
        "\n"
        "Sidor som har flyttat för gott: byt gärna till den nya adressen.\n"
        f"{ITEM}:19: {server.url}/301?/page%20one#del-2\n"
        f"    {server.url}/page%20one#del-2\n"
        "\n"
        "Gick inte att fråga nu: prova igen senare, eller öppna dem själv.\n"
        f"{ITEM}:21: {server.url}/500\n"
        "    127.0.0.1 svarade 500.\n"
        "\n"
        "Länkar: 6. Döda: 2. Flyttade: 1. Gick inte att fråga nu: 1.\n"
    )


def test_a_script_is_told_the_same_and_nothing_dead_is_no_fault(linked: Office, server: Hostile) -> None:
    _write(linked, server, "/500")
    answer = linked.comms("links", "--json")
    told = json.loads(answer.out)
    assert (answer.code, told["summary"]) == (0, {"good": 1, "moved": 0, "dead": 0, "unasked": 1})
    assert [row["state"] for row in told["links"]] == ["good", "unasked"]
    assert told["links"][1] == {
        "url": f"{server.url}/500",
        "file": ITEM,
        "line": 15,
        "state": "unasked",
        "status": 500,
        "to": "",
        "why": "127.0.0.1 svarade 500.",
    }


def test_an_address_is_asked_once_however_often_it_stands_and_two_at_most_at_a_time(
    linked: Office, server: Hostile
) -> None:
    _write(linked, server, "/slow#a", "/slow#b", *(f"/slow?{n}" for n in range(8)), "/slow?1")
    assert linked.comms("links").code == 0
    asked = Counter(one.target for one in server.asked)
    assert set(asked.values()) == {1}
    assert len(asked) == 10
    assert server.most_at_once == 2


def test_a_host_that_bids_us_wait_is_left_alone(linked: Office, server: Hostile) -> None:
    _write(linked, server, *(f"/429?{n}" for n in range(1, 9)))
    answer = linked.comms("links")
    assert "Länkar: 9. Döda: 0. Flyttade: 0. Gick inte att fråga nu: 8." in answer.out
    assert len(server.asked) == 3  # our own page, and one for each of the two that ask at a time


@dataclass
class Table:
    """What looks, by a table: an outcome by the path's first letter, from another host for capitals."""

    asked: list[str] = field(default_factory=list)

    def look(self, url: str) -> Fetched:
        """What the table says."""
        self.asked.append(url)
        letter = url.split("/")[3][:1]
        outcome = {"n": Outcome.NO_HOST, "t": Outcome.TIMEOUT}.get(letter.lower(), Outcome.OK)
        return Fetched(outcome, "https://bort.example/" if letter.isupper() else url)


def test_where_one_page_leads_on_to_says_nothing_of_its_neighbours() -> None:
    urls = [f"https://prov.example/{path}" for path in ("N1", "a1", "a2", "a3")]
    answers = ask_all(Table(), urls, lambda _done, _all: None)
    assert [answers[url].outcome for url in urls] == [Outcome.NO_HOST, *[Outcome.OK] * 3]


def test_a_host_that_is_silent_three_times_in_a_row_is_left_alone() -> None:
    table = Table()
    slow = [f"https://prov.example/t{number}" for number in range(500)]
    answers = ask_all(table, slow, lambda _done, _all: None)
    assert {answers[url].outcome for url in slow} == {Outcome.TIMEOUT}
    assert len(table.asked) == 6  # three for each of the two that ask at a time


def test_links_in_texts_of_posts_leads_and_templates_are_asked_too(linked: Office, server: Hostile) -> None:
    _write(linked, server)
    post = f'posts:\n  mastodon:\n    text: "Se {server.url}/404?post. #Leader"\n---\nVid'
    linked.change(ITEM, "---\nVid", f"leads: {{offices: 'Se {server.url}/404?lead'}}\n{post}")
    linked.write("templates/newsletters/egen.txt.j2", f'Hej\n<a href="{server.url}/404?mall">mall</a>\n')
    out = linked.comms("links").out
    assert f"{server.url}/404?post\n" in out
    assert f"{ITEM}:12: {server.url}/404?lead\n" in out
    assert f"templates/newsletters/egen.txt.j2:2: {server.url}/404?mall\n" in out


class _ByLine:
    """A fetcher for the whole list, each line with a resolver of its own."""

    def __init__(self, lines: dict[str, Line]) -> None:
        self.lines = lines

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        return fetcher_for(self.lines[url]).get(url, limits, etag=etag, last_modified=last_modified)

    def look(self, url: str) -> Fetched:
        return fetcher_for(self.lines[url]).look(url)


def test_no_feed_and_no_link_leads_inwards(office: Office) -> None:
    house = open_house(office.folder)
    with watched() as wire:
        site = f"http://webb.example:{wire.server.port}"
        lines = {line.url.replace("{server}", site): line for line in LINES}
        links = [url for url in lines if url.lower().startswith(("http://", "https://"))]
        answers = ask_all(_ByLine(lines), links, lambda _done, _of: None)
        assert {one.outcome for one in answers.values()} == {Outcome.REFUSED}
        assert wire.others == []

        feeds = {digest(url): FeedSettings(digest(url), "Flöde", url) for url in lines}
        house = replace(house, settings=replace(house.settings, feeds=feeds))
        now = datetime(2026, 11, 26, 9, tzinfo=UTC)
        with ledger(house) as store:
            pulled = feeding.pull(
                house, store, now, is_everything=True, budget=timedelta(minutes=1), fetcher=_ByLine(lines)
            )
        assert len(pulled.feeds) == len(lines)
        assert [one.slug for one in pulled.feeds if one.failure is None or one.proposed] == []
        assert wire.others == []
