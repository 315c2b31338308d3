"""Asking the feeds of others what is new: politely, a few at a time; one that fails never stops another.

What is new is proposed to a person (comms/app/proposing.py); nothing of it is sent.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from comms.app.house import House
from comms.content.feed_reading import FeedReader
from comms.content.fetch import Fetcher
from comms.content.suggestions import load_suggestions
from comms.errors import CommsError, StoreError, Text, UsageError, say
from comms.model.feed import FeedEntry, FeedSettings, FeedStanding, FeedState
from comms.model.fetch import FEED, Fetched, Limits, Outcome
from comms.store import Store
from comms.store.feeds import Candidate
from comms.text.feed_keys import Titles, digest, link_key, title_key
from comms.text.feed_suggestions import Keyword, suggest

BUDGET = timedelta(seconds=60)
"""How long a run asks, the last answer included; what is due then waits for the next one."""

LONGEST = timedelta(days=7)
"""The longest that a feed which fails is left alone, unless it is asked more seldom by itself."""

OLDEST = timedelta(days=60)
"""What is older is no news, and never proposed."""

ALIKE_WITHIN = timedelta(days=14)
"""Two feeds that say nearly the same within so long say one thing."""

_AT_ONCE, _AT_ONCE_OF_HOST = 4, 2
_MOST_DOUBLINGS = 12
_GONE = say("Flödet finns inte mer (410).")


class Asks(Protocol):
    """What fetches: `Fetcher`, or a stand-in."""

    def get(self, url: str, limits: Limits, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Fetch the whole; never raises for what the world does."""


@dataclass(frozen=True, slots=True)
class FeedPull:
    """How it went with one feed: how much it proposed; `failure` says why it could not be read."""

    slug: str
    proposed: int = 0
    unchanged: bool = False
    stopped: bool = False
    failure: Text | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """How it went with those that were asked; `waiting`: how many were due and were not reached."""

    feeds: tuple[FeedPull, ...] = ()
    waiting: int = 0


@dataclass
class _Desk:
    """What one pull works with; words and titles are read when the first feed has something new."""

    house: House
    store: Store
    now: datetime
    reader: FeedReader
    _keywords: tuple[Keyword, ...] | None = None
    _titles: Titles | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.house.zone).date()

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        if self._keywords is None:
            strategy, audiences = self.house.workspace.strategy, self.house.workspace.audiences
            self._keywords, _told_by_check = load_suggestions(self.house.root, strategy, audiences)
        return self._keywords

    @property
    def titles(self) -> Titles:
        if self._titles is None:
            self._titles = Titles()
            for number, feed, key in self.store.feeds.titles(self.now - ALIKE_WITHIN):
                self._titles.add(number, feed, key)
        return self._titles


def pull(  # noqa: PLR0913 - which feeds, and for how long; each is named where it is given
    house: House,
    store: Store,
    now: datetime,
    *,
    slug: str = "",
    is_everything: bool = False,
    budget: timedelta = BUDGET,
    stop: Callable[[], bool] = lambda: False,
    fetcher: Asks | None = None,
) -> Pulled:
    """Ask the feeds that are due, for at most about `budget` and until `stop`, and propose what is new.

    With `slug` that feed alone, due or not; `is_everything`: all, due or not. A stopped one is never asked,
    nor one that another run has asked meanwhile. Raises StoreError, and `UsageError` for a feed that is not
    there or is stopped.
    """
    due = list(_due(house, store, now, slug, is_everything=is_everything))
    if not due:
        return Pulled()
    asks = fetcher or Fetcher(house.settings.base_url, house.settings.private_hosts)
    until = time.monotonic() + budget.total_seconds() - FEED.seconds
    queue = deque(due)

    def is_over() -> bool:
        return time.monotonic() >= until or stop()

    def is_still(row: _Row) -> bool:
        return store.feeds.is_still(row[0].url, row[1])

    with FeedReader(house.zone) as reader:
        desk = _Desk(house, store, now, reader, names=_names(house))
        done = [_take(desk, *answer) for answer in _answers(asks, queue, is_over, is_still)]
    return Pulled(tuple(done), len(queue))


def pull_in_a_run(
    house: House, store: Store, now: datetime, stop: Callable[[], bool], fetcher: Asks | None = None
) -> Text | None:
    """Ask what is due when a run has done its own; gives why that could not be, None when it could.

    Never raises: what a run has sent is told, whatever becomes of others' news.
    """
    try:
        pull(house, store, now, stop=stop, fetcher=fetcher)
    except CommsError as refused:
        return say("Flödena hämtades inte i den här körningen. {why}", why=refused.message)
    except (OSError, RuntimeError) as refused:  # no more threads, no more open files
        return say("Flödena hämtades inte i den här körningen. {why}", why=refused)
    return None


def feed_named(house: House, slug: str) -> FeedSettings:
    """A feed of comms.yaml. Raises `UsageError` that names those there are."""
    feed = house.settings.feeds.get(slug)
    if feed is None:
        known = ", ".join(house.settings.feeds) or "–"
        raise UsageError(
            say("Inget flöde heter ”{slug}” i comms.yaml. De heter: {known}", slug=slug, known=known)
        )
    return feed


def standings(house: House, store: Store) -> dict[str, FeedStanding]:
    """How it goes with each feed of comms.yaml."""
    return store.feeds.standings({slug: feed.url for slug, feed in house.settings.feeds.items()})


def after(standing: FeedStanding, feed: FeedSettings, answer: Fetched, now: datetime) -> FeedStanding:
    """How a feed stands after an answer: when it is asked again, and what it is asked with."""
    if answer.outcome is Outcome.GONE:
        stopped = replace(standing, state=FeedState.STOPPED, checked_at=now, next_at=None)
        return replace(stopped, failures=0, reason=str(_GONE))
    why = _why(answer)
    if why is not None:
        return failed(standing, feed, why, now, answer.retry_after)
    url = answer.url if answer.moved else standing.url
    well = replace(standing, url=url, checked_at=now, next_at=now + feed.every, failures=0, reason="")
    if answer.outcome is Outcome.NOT_MODIFIED:
        return well
    return replace(well, etag=answer.etag, last_modified=answer.last_modified)


def _why(answer: Fetched) -> Text | None:
    """Why an answer is none, for people; None for one that is."""
    if answer.outcome is Outcome.GONE:
        return _GONE
    if answer.outcome in {Outcome.OK, Outcome.NOT_MODIFIED}:
        return None
    return answer.why or say("Flödet svarade inte.")


def failed(
    standing: FeedStanding,
    feed: FeedSettings,
    why: Text,
    now: datetime,
    retry_after: timedelta | None = None,
) -> FeedStanding:
    """How a feed stands that could not be read: left alone twice as long for each time in a row."""
    wait_for = feed.every * 2 ** min(standing.failures, _MOST_DOUBLINGS)
    longest = max(LONGEST, feed.every)
    next_at = now + min(longest, max(wait_for, retry_after or timedelta(0)))
    return replace(standing, checked_at=now, next_at=next_at, failures=standing.failures + 1, reason=str(why))


def _due(
    house: House, store: Store, now: datetime, slug: str, *, is_everything: bool
) -> Iterator[tuple[FeedSettings, FeedStanding]]:
    """Those to be asked, who has waited longest first."""
    chosen = [feed_named(house, slug)] if slug else list(house.settings.feeds.values())
    if not chosen:
        return
    found = standings(house, store)
    if slug and found[slug].state is FeedState.STOPPED:
        why = found[slug].reason
        raise UsageError(
            say("{slug} är stoppat. {why} Starta det: comms feeds start {slug}", slug=slug, why=why)
        )
    rows = [(feed, found[feed.slug]) for feed in chosen]
    for feed, standing in sorted(rows, key=lambda row: (row[1].next_at is not None, row[1].next_at or now)):
        is_time = slug or is_everything or standing.next_at is None or standing.next_at <= now
        if is_time and standing.state is FeedState.ACTIVE:
            yield feed, standing


_Row = tuple[FeedSettings, FeedStanding]


def _answers(
    asks: Asks, queue: deque[_Row], is_over: Callable[[], bool], is_still: Callable[[_Row], bool]
) -> Iterator[tuple[FeedSettings, FeedStanding, Fetched]]:
    """Answers as they come, a few feeds at a time and fewer of one host; what is left at the end stays."""
    running = dict[Future[Fetched], _Row]()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while True:
            while len(running) < _AT_ONCE and not is_over():
                row = _next(queue, running.values())
                if row is None:
                    break
                if is_still(row):
                    running[pool.submit(_ask, asks, row[1])] = row
            if not running:
                return
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                feed, standing = running.pop(one)
                yield feed, standing, one.result()


def _next(queue: deque[_Row], running: Iterable[_Row]) -> _Row | None:
    """Take the first whose host is not asked by as many as may at once; None when there is none."""
    busy = Counter(_host(row) for row in running)
    found = next((row for row in queue if busy[_host(row)] < _AT_ONCE_OF_HOST), None)
    if found is not None:
        queue.remove(found)
    return found


def _host(row: _Row) -> str:
    return "".join(row[1].url.lower().split("/")[2:3])


def _ask(asks: Asks, standing: FeedStanding) -> Fetched:
    try:
        return asks.get(standing.url, FEED, etag=standing.etag, last_modified=standing.last_modified)
    except Exception as unforeseen:  # noqa: BLE001 - one bad feed never stops another
        return Fetched(Outcome.BROKEN, standing.url, why=_unforeseen(unforeseen))


def _unforeseen(error: Exception) -> Text:
    return say("Flödet gick inte att hämta ({kind}).", kind=type(error).__name__)


def _take(desk: _Desk, feed: FeedSettings, standing: FeedStanding, answer: Fetched) -> FeedPull:
    """What one answer changes; what nobody foresaw is a failure of that feed. Raises StoreError."""
    try:
        return _taken(desk, feed, standing, answer)
    except StoreError:
        raise
    except Exception as unforeseen:  # noqa: BLE001 - one bad feed never stops another
        return _failed(desk, feed, standing, _unforeseen(unforeseen))


def _failed(desk: _Desk, feed: FeedSettings, standing: FeedStanding, why: Text) -> FeedPull:
    # Without its mark, or the next answer would be that nothing has changed.
    bare = replace(standing, etag="", last_modified="")
    desk.store.feeds.keep(feed.url, failed(bare, feed, why, desk.now))
    return FeedPull(feed.slug, failure=why)


def _taken(desk: _Desk, feed: FeedSettings, standing: FeedStanding, answer: Fetched) -> FeedPull:
    then = after(standing, feed, answer, desk.now)
    if answer.outcome is not Outcome.OK:
        desk.store.feeds.keep(feed.url, then)
        if then.state is FeedState.STOPPED:
            desk.store.notice(*_gone(feed, standing), desk.now)
        return FeedPull(
            feed.slug,
            unchanged=answer.outcome is Outcome.NOT_MODIFIED,
            stopped=then.state is FeedState.STOPPED,
            failure=_why(answer),
        )
    found = desk.reader.read(answer, desk.today)
    if found.failure is not None:
        return _failed(desk, feed, standing, found.failure)
    return FeedPull(feed.slug, _propose(desk, feed, standing, then, found.entries))


def _propose(
    desk: _Desk,
    feed: FeedSettings,
    before: FeedStanding,
    then: FeedStanding,
    entries: Sequence[FeedEntry],
) -> int:
    """Propose the newest of what is new; gives how many."""
    feeds = desk.store.feeds
    new = feeds.unknown(feed.slug, _candidates(entries, desk.today))
    new.sort(key=lambda one: one.entry.published_on or desk.today, reverse=True)
    chosen, rest = new[: feed.most], new[feed.most :]
    is_first = bool(rest) and (before.checked_at is None or not feeds.has_said(feed.slug))
    if rest and not is_first:  # asked for all of it again next time: what is left comes then
        then = replace(then, etag="", last_modified="")
    known = [_known(desk, feed, one) for one in chosen]
    ids = feeds.take_in(feed.url, then, known, rest if is_first else [], desk.now)
    for one in known:
        if one.identity in ids:
            desk.titles.add(ids[one.identity], feed.slug, one.title_key)
    return len(ids)


def _known(desk: _Desk, feed: FeedSettings, one: Candidate) -> Candidate:
    """A candidate with what it seems to be about, and who said it before."""
    suggestion = suggest(one.entry, desk.keywords, feed, desk.names)
    return replace(one, suggestion=suggestion, near=desk.titles.like(feed.slug, one.title_key))


def _candidates(entries: Sequence[FeedEntry], today: date) -> list[Candidate]:
    """What is not old, each once. A link that several share is the page's of all, and tells none of them."""
    links = Counter(link_key(entry.link) for entry in entries)
    found: dict[str, Candidate] = {}
    contents = set[str]()
    for entry in entries:
        key = link_key(entry.link)
        is_old = entry.published_on is not None and today - entry.published_on > OLDEST
        if is_old or entry.sha256 in contents:
            continue
        contents.add(entry.sha256)
        identity = digest(entry.identity)
        found.setdefault(
            identity,
            Candidate(entry, identity, key if links[key] == 1 else "", title_key(entry.title)),
        )
    return list(found.values())


def _names(house: House) -> dict[str, str]:
    """What each slug is called."""
    strategy, audiences = house.workspace.strategy, house.workspace.audiences
    return {
        **{slug: area.name for slug, area in strategy.focus_areas.items()},
        **{slug: one.title for slug, one in audiences.audiences.items()},
        **audiences.municipalities,
    }


def _gone(feed: FeedSettings, standing: FeedStanding) -> tuple[str, str, str]:
    """Key, subject and body: a feed has said that it is gone, and is asked no more."""
    subject = say("Flödet {title} finns inte mer", title=feed.title)
    body = say(
        "Flödet {title} ({slug}) finns inte mer. Servern svarade 410 på {url}.\n\n"
        "Vi frågar inte där igen. Ta bort flödet ur comms.yaml, eller skriv den nya adressen där.",
        title=feed.title,
        slug=feed.slug,
        url=standing.url,
    )
    return f"feed-gone:{feed.slug}:{standing.url}", str(subject), f"{body}\n"
