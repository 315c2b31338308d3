"""Feeds from a real server to a real ledger: new, again, moved, gone, hostile; one never stops another."""

from __future__ import annotations

import gzip
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from comms.app import feeding
from comms.app.feeding import LONGEST, Pulled, after, failed, pull
from comms.app.house import House, open_house
from comms.app.proposing import stop
from comms.content.fetch import Fetcher
from comms.errors import UsageError, say
from comms.model.feed import FeedEntry, FeedSettings, FeedStanding, FeedState, ProposalState, Suggestion
from comms.model.fetch import Fetched, Limits, Outcome
from comms.store import Store, open_store
from comms.text.feed_suggestions import suggest
from tests.fakes.feeds import NOW, Answers, Entry, FeedSite, answered, rss
from tests.fakes.network import Fault
from tests.journey.workspaces import small

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = FeedSettings("regionen", "Regionen", "https://prov.example/flode")
LOCAL = Fetcher("https://leader.example/", frozenset({"127.0.0.1"}))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("feeds")
    small(folder)
    return open_house(folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


@pytest.fixture
def site() -> Iterator[FeedSite]:
    with FeedSite() as opened:
        yield opened


def with_feeds(house: House, *feeds: FeedSettings) -> House:
    return replace(house, settings=replace(house.settings, feeds={feed.slug: feed for feed in feeds}))


def of(slug: str, url: str) -> FeedSettings:
    return FeedSettings(slug, slug.capitalize(), url)


def titles(store: Store) -> list[str]:
    return [one.entry.title for one in store.feeds.waiting()]


def told(done: Pulled) -> dict[str, object]:
    return {one.slug: str(one.failure) if one.failure else one.proposed for one in done.feeds}


def standing(house: House, store: Store, slug: str = "regionen") -> FeedStanding:
    given = {name: feed.url for name, feed in house.settings.feeds.items()}
    return store.feeds.standings(given)[slug]


# Asking


def test_a_feed_is_asked_when_it_is_due_with_what_it_said_last(
    base: House, store: Store, site: FeedSite
) -> None:
    house = with_feeds(base, of("regionen", site.put("/a", rss(Entry("Leden", guid="1")))))
    assert told(pull(house, store, NOW, fetcher=LOCAL)) == {"regionen": 1}
    assert told(pull(house, store, NOW + HOUR, fetcher=LOCAL)) == {}
    again = pull(house, store, NOW + 6 * HOUR, fetcher=LOCAL)
    assert [(one.slug, one.unchanged) for one in again.feeds] == [("regionen", True)]
    assert len(site.server.lines()) == 2
    assert standing(house, store).next_at == NOW + 12 * HOUR


def test_one_that_is_named_is_asked_at_once_and_all_of_them_when_a_person_says_so(
    base: House, store: Store, site: FeedSite
) -> None:
    house = with_feeds(base, of("regionen", site.put("/a", rss())), of("sunne", site.put("/b", rss())))
    pull(house, store, NOW, fetcher=LOCAL)
    assert list(told(pull(house, store, NOW, slug="sunne", fetcher=LOCAL))) == ["sunne"]
    assert sorted(told(pull(house, store, NOW, is_everything=True, fetcher=LOCAL))) == ["regionen", "sunne"]
    with pytest.raises(UsageError, match="Inget flöde heter ”edda”"):
        pull(house, store, NOW, slug="edda", fetcher=LOCAL)


def test_when_time_is_out_the_rest_waits_for_the_next_run(base: House, store: Store) -> None:
    house = with_feeds(base, of("a", "https://a.example/"), of("b", "https://b.example/"))
    done = pull(house, store, NOW, budget=timedelta(0), fetcher=Answers({}))
    assert (done.feeds, done.waiting) == ((), 2)


def test_what_has_moved_for_good_is_asked_where_it_is_now(base: House, store: Store) -> None:
    house = with_feeds(base, FEED)
    new = "https://ny.example/flode"
    answers = Answers({FEED.url: replace(answered(rss(), new), moved=True), new: answered(rss(), new)})
    pull(house, store, NOW, fetcher=answers)
    pull(house, store, NOW + DAY, fetcher=answers)
    assert [url for url, _, _ in answers.asked] == [FEED.url, new]


# What is new


def test_the_first_time_the_newest_are_proposed_and_the_rest_never(base: House, store: Store) -> None:
    entries = [Entry(f"Nytt {number}", guid=f"{number}", days=number) for number in range(1, 21)]
    house = with_feeds(base, replace(FEED, most=3))
    pull(house, store, NOW, fetcher=Answers({FEED.url: answered(rss(*entries))}))
    assert titles(store) == ["Nytt 1", "Nytt 2", "Nytt 3"]
    news = Entry("Nyast", guid="ny", days=0)
    pull(house, store, NOW + DAY, fetcher=Answers({FEED.url: answered(rss(news, *entries))}))
    assert titles(store) == ["Nyast", "Nytt 1", "Nytt 2", "Nytt 3"]


def test_more_than_may_be_proposed_at_a_time_waits_for_the_next_time(base: House, store: Store) -> None:
    house = with_feeds(base, replace(FEED, most=2))
    pull(house, store, NOW, fetcher=Answers({FEED.url: answered(rss(Entry("Först", guid="0")))}))
    entries = [Entry(f"Nytt {number}", guid=f"{number}", days=number) for number in range(1, 6)]
    answers = Answers({FEED.url: replace(answered(rss(*entries)), etag='"a"')})
    for day in range(1, 5):
        pull(house, store, NOW + day * DAY, fetcher=answers)
    assert sorted(titles(store)) == ["Först", "Nytt 1", "Nytt 2", "Nytt 3", "Nytt 4", "Nytt 5"]
    assert [etag for _, etag, _ in answers.asked] == [
        "",
        "",
        "",
        '"a"',
    ]  # all is asked for while some is left


def test_what_is_old_is_never_proposed_and_what_has_no_day_is_of_today(base: House, store: Store) -> None:
    entries = (
        Entry("Gammal", days=61),
        Entry("Nyss", days=59),
        Entry("Utan dag", days=None),
        Entry("Sen", days=-9),
    )
    pull(with_feeds(base, FEED), store, NOW, fetcher=Answers({FEED.url: answered(rss(*entries))}))
    found = {one.entry.title: one.entry.published_on for one in store.feeds.waiting()}
    assert found == {
        "Nyss": (NOW - 59 * DAY).date(),
        "Utan dag": None,
        "Sen": NOW.date(),
    }


def test_identities_that_change_each_time_propose_nothing_again(base: House, store: Store) -> None:
    house = with_feeds(base, FEED)
    for day in range(4):
        entries = [
            Entry("Leden", "Den öppnar.", f"leden-{day}", f"https://prov.example/leden?utm_id={day}"),
            Entry("Bryggan", "Den är klar.", f"bryggan-{day}", f"https://prov.example/{day}"),
        ]
        pull(house, store, NOW + day * DAY, fetcher=Answers({FEED.url: answered(rss(*entries))}))
    assert sorted(titles(store)) == ["Bryggan", "Leden"]


def test_a_link_that_all_entries_share_tells_none_of_them(base: House, store: Store) -> None:
    house, link = with_feeds(base, FEED), "https://prov.example/nyheter"
    entries = [Entry(f"Nytt {number}", link=link, guid=f"{number}", text=f"{number}") for number in range(4)]
    for count in (3, 4):
        answers = Answers({FEED.url: answered(rss(*entries[:count]))})
        pull(house, store, NOW + count * DAY, fetcher=answers)
    assert len(titles(store)) == 4


def test_the_same_news_of_another_feed_stands_under_the_first(base: House, store: Store) -> None:
    other, third = of("sunne", "https://sunne.example/"), of("bladet", "https://bladet.example/")
    house = with_feeds(base, FEED, other, third)
    leden = "Leden runt sjön öppnar i Sunne"
    answers = Answers(
        {
            FEED.url: answered(rss(Entry(leden, "Ett.", "1", "https://prov.example/leden"))),
            other.url: answered(rss(Entry("Ny led", "Två.", "a", "http://www.prov.example/leden/"))),
            third.url: answered(rss(Entry(f"Nu: {leden.lower()}", "Tre.", "x", "https://bladet.example/9"))),
        }
    )
    for feed in house.settings.feeds:
        pull(house, store, NOW, slug=feed, fetcher=answers)
    assert titles(store) == [leden]
    assert {one.feed for one in store.feeds.same_as({1})[1]} == {"sunne", "bladet"}


def test_nearly_the_same_title_is_other_news_after_a_fortnight(base: House, store: Store) -> None:
    other = of("bladet", "https://bladet.example/")
    house = with_feeds(base, FEED, other)
    leden = "Leden runt sjön öppnar i Sunne"
    pull(house, store, NOW, slug="regionen", fetcher=Answers({FEED.url: answered(rss(Entry(leden, "Ett.")))}))
    answers = Answers({other.url: answered(rss(Entry(f"{leden} nu", "Två.", days=0)))})
    pull(house, store, NOW + 15 * DAY, slug="bladet", fetcher=answers)
    assert len(titles(store)) == 2


def test_suggestions_are_by_the_offices_own_words(base: House, store: Store, tmp_path: Path) -> None:
    (tmp_path / "suggestions.csv").write_text(
        "ord;insatsområde;målgrupper;kommuner\nbrygg…;stark-och-stolt-bygd;offices;\n", encoding="utf-8"
    )
    answers = Answers({FEED.url: answered(rss(Entry("Bryggan i Sunne är klar")))})
    pull(with_feeds(replace(base, root=tmp_path), FEED), store, NOW, fetcher=answers)
    about = store.feeds.waiting()[0].suggestion
    assert (about.focus, about.audiences, about.municipalities) == (
        "stark-och-stolt-bygd",
        ("offices",),
        ("sunne",),
    )
    assert [str(why) for why in about.why] == [
        "”brygg…” i rubriken: Stark och stolt bygd, Kommunala kontor",
        "”Sunne” i rubriken: Sunne",
    ]


# What goes wrong


def test_one_bad_feed_never_stops_another(base: House, store: Store, site: FeedSite) -> None:
    attack = gzip.compress(b"<rss>" + b" " * 20_000_000)
    feeds = {
        "html": site.put("/html", b"<!doctype html><p>Hej"),
        "passwd": site.put("/passwd", b"/etc/passwd"),
        "tomt": site.put("/tomt", b""),
        "trasigt": site.put("/trasigt", rss(Entry("Leden"))[:90]),
        "borta": f"{site.url}/borta",
        "bomb": site.put("/bomb", attack),
        "inne": site.put("/inne", b""),
        "regionen": site.put("/a", rss(Entry("Leden"))),
    }
    site.server.faults += [
        Fault("/bomb", 200, body=attack, headers={"Content-Encoding": "gzip", "Content-Type": "text/xml"}),
        Fault("/inne", 302, headers={"Location": "http://169.254.169.254/latest/"}),
    ]
    house = with_feeds(base, *(of(slug, url) for slug, url in feeds.items()))
    done = told(pull(house, store, NOW, fetcher=LOCAL))
    assert done.pop("regionen") == 1
    assert done["html"] == done["passwd"] == "Svaret är inget flöde (RSS eller Atom)."
    assert done["tomt"] == "Svaret var tomt."
    assert done["trasigt"] == "Flödet är trasigt: inget i det gick att läsa."
    assert "404" in str(done["borta"])
    assert all(isinstance(why, str) and why for why in done.values())
    assert len(done) == 7
    assert standing(house, store, "html").failures == 1


def test_what_cannot_be_read_is_asked_for_whole_the_next_time(base: House, store: Store) -> None:
    house = with_feeds(base, FEED)
    answers = Answers({FEED.url: replace(answered(b"<p>Vi bygger om"), etag='"a"', last_modified="nyss")})
    pull(house, store, NOW, fetcher=answers)
    pull(house, store, NOW + DAY, fetcher=answers)
    assert answers.asked == [(FEED.url, "", ""), (FEED.url, "", "")]


def test_one_that_fails_is_left_alone_twice_as_long_each_time_and_never_more_than_a_week() -> None:
    found, waits = FeedStanding("regionen", FEED.url), []
    for _ in range(8):
        found = failed(found, FEED, say("Nej."), NOW)
        assert found.next_at is not None
        waits.append((found.next_at - NOW) / HOUR)
    assert waits == [6, 12, 24, 48, 96, 168, 168, 168]
    seldom = failed(found, replace(FEED, every=30 * DAY), say("Nej."), NOW)
    assert seldom.next_at == NOW + 30 * DAY


def test_a_server_that_says_when_is_not_asked_before() -> None:
    busy = Fetched(Outcome.BUSY, FEED.url, 503, retry_after=9 * HOUR)
    found = after(FeedStanding("regionen", FEED.url), FEED, busy, NOW)
    assert (found.next_at, found.failures) == (NOW + 9 * HOUR, 1)
    assert found.reason == "Flödet svarade inte."
    forever = after(found, FEED, replace(busy, retry_after=timedelta(days=4000)), NOW)
    assert forever.next_at == NOW + LONGEST


def test_a_good_answer_forgets_all_failures() -> None:
    bad = failed(FeedStanding("regionen", FEED.url, etag='"a"'), FEED, say("Nej."), NOW)
    well = after(bad, FEED, Fetched(Outcome.NOT_MODIFIED, FEED.url, 304), NOW)
    assert (well.failures, well.reason, well.next_at, well.etag) == (0, "", NOW + 6 * HOUR, '"a"')


def test_a_feed_that_is_gone_is_asked_no_more_and_the_officer_is_told_once(
    base: House, store: Store, site: FeedSite
) -> None:
    site.server.faults.append(Fault("/borta", 410, times=9))
    house = with_feeds(base, of("regionen", f"{site.url}/borta"))
    done = pull(house, store, NOW, fetcher=LOCAL)
    assert [(one.stopped, str(one.failure)) for one in done.feeds] == [(True, "Flödet finns inte mer (410).")]
    assert pull(house, store, NOW + 30 * DAY, is_everything=True, fetcher=LOCAL) == Pulled()
    assert len(site.server.lines()) == 1
    assert standing(house, store).state is FeedState.STOPPED
    (notice,) = store.open_notices()
    assert notice.subject == "Flödet Regionen finns inte mer"
    with pytest.raises(UsageError, match="är stoppat"):
        pull(house, store, NOW, slug="regionen", fetcher=LOCAL)


@dataclass
class Crowd(Answers):
    """Counts how many ask at once; each stays long enough for others to come."""

    inside: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """An empty feed, after a while."""
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        threading.Event().wait(0.01)
        with self.lock:
            self.inside -= 1
        return super().get(url, limits, etag=etag, last_modified=last_modified)


@pytest.mark.parametrize(("host", "most"), [("prov.example", 2), ("f{number}.example", 4)])
def test_no_more_than_two_at_a_time_are_asked_of_one_host(
    base: House, store: Store, host: str, most: int
) -> None:
    answers = Crowd({})
    urls = [f"https://{host.format(number=number)}/{number}" for number in range(12)]
    house = with_feeds(base, *(of(f"f{number}", url) for number, url in enumerate(urls)))
    assert len(pull(house, store, NOW, fetcher=answers).feeds) == 12
    assert answers.most == most


@dataclass
class Broken(Answers):
    """A fetcher that fails itself, for one address."""

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What the table says, else an error."""
        if "trasig" in url:
            raise KeyError(url)
        return super().get(url, limits, etag=etag, last_modified=last_modified)


def test_what_nobody_foresaw_is_a_failure_of_one_feed(
    base: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = {slug: f"https://{slug}.example/" for slug in ("trasig", "odd", "hel")}
    house = with_feeds(base, *(of(slug, url) for slug, url in urls.items()))
    monkeypatch.setattr(feeding, "suggest", _odd(suggest))
    good = {url: answered(rss(Entry(f"Leden vid {slug}"))) for slug, url in urls.items()}
    done = told(pull(house, store, NOW, fetcher=Broken(good)))
    assert done == {
        "trasig": "Flödet gick inte att hämta (KeyError).",
        "odd": "Flödet gick inte att hämta (ZeroDivisionError).",
        "hel": 1,
    }
    assert standing(house, store, "odd").failures == 1


def _odd(real: Callable[..., Suggestion]) -> Callable[..., Suggestion]:
    def found(entry: FeedEntry, *about: object) -> Suggestion:
        if "odd" in entry.title:
            raise ZeroDivisionError
        return real(entry, *about)

    return found


def test_a_run_ends_whatever_becomes_of_feeds(base: House, store: Store, tmp_path: Path) -> None:
    house = with_feeds(base, FEED)
    answers = Answers({FEED.url: answered(rss(Entry("Leden")))})
    assert feeding.pull_in_a_run(house, store, NOW, lambda: True, answers) is None
    assert answers.asked == []  # told to stop
    connection = sqlite3.connect(tmp_path / "comms.db", timeout=0)
    connection.execute("DROP TABLE feeds")
    connection.close()
    why = feeding.pull_in_a_run(house, store, NOW, lambda: False, answers)
    assert str(why).startswith("Flödena hämtades inte i den här körningen. ")


@dataclass
class Meanwhile(Answers):
    """A fetcher while which somebody does something else."""

    does: Callable[[], object] = lambda: None
    alone: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What the table says, when all that was to be done is done."""
        with self.alone:
            self.does()
        return super().get(url, limits, etag=etag, last_modified=last_modified)


def test_what_another_run_has_asked_meanwhile_is_not_asked_again(base: House, store: Store) -> None:
    urls = [f"https://prov.example/{number}" for number in range(6)]
    house = with_feeds(base, *(of(f"f{number}", url) for number, url in enumerate(urls)))
    other = Answers({})

    def pull_first() -> None:
        if not other.asked:
            pull(house, store, NOW, fetcher=other)

    mine = Meanwhile({}, does=pull_first)
    assert pull(house, store, NOW, fetcher=mine).waiting == 0
    assert len(other.asked) == 6
    assert len(mine.asked) == 2  # what was on its way


def test_a_feed_that_is_stopped_while_it_is_asked_stays_stopped(base: House, store: Store) -> None:
    house = with_feeds(base, FEED)
    says = {FEED.url: answered(rss(Entry("Leden")))}
    pull(house, store, NOW, fetcher=Meanwhile(says, does=lambda: stop(house, store, FEED.slug, NOW, "Anna")))
    assert standing(house, store).state is FeedState.STOPPED


def test_what_is_known_of_no_state_is_never_sent(base: House, store: Store) -> None:
    pull(with_feeds(base, FEED), store, NOW, fetcher=Answers({FEED.url: answered(rss(Entry("Leden")))}))
    assert [one.state for one in store.feeds.waiting()] == [ProposalState.PROPOSED]
    assert not (base.root / "content/items/leden.md").exists()
