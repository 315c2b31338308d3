"""Feeds and proposals in both databases: nothing is proposed twice, the same news stands under the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from comms.errors import say
from comms.model.feed import FeedEntry, FeedStanding, FeedState, Proposal, ProposalState, Suggestion
from comms.store import Store
from comms.store.database import Database
from comms.store.feeds import Candidate
from comms.store.schema import proposals
from comms.text.feed_keys import content_hash, digest, link_key, title_key

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
URL = "https://prov.example/flode"


def candidate(title: str, guid: str = "", link: str = "", text: str = "", near: int = 0) -> Candidate:
    hashed = content_hash(title, text, link)
    entry = FeedEntry(guid, link, title, text, text, date(2026, 11, 24), "sv", hashed)
    why = (say("”{word}” i rubriken: {about}", word="led", about="Leder"),)
    about = Suggestion("leder", ("offices",), ("eda",), why)
    return Candidate(entry, digest(guid or title), link_key(link), title_key(title), about, near)


def take(store: Store, feed: str, *new: Candidate, seen: tuple[Candidate, ...] = ()) -> list[str]:
    """The titles that were proposed."""
    ids = store.feeds.take_in(URL, FeedStanding(feed, URL, checked_at=NOW), new, seen, NOW)
    return sorted(one.entry.title for one in store.feeds.waiting() if one.id in ids.values())


def only(store: Store) -> Proposal:
    (one,) = store.feeds.waiting()
    return one


def test_a_feed_stands_as_it_was_kept_and_another_address_is_another_feed(store: Store) -> None:
    kept = FeedStanding(
        "r", "https://ny.example/", FeedState.ACTIVE, '"a"', "i går", NOW, NOW + timedelta(1), 2, "Nej."
    )
    store.feeds.keep(URL, kept)
    store.feeds.keep(URL, replace(kept, failures=3))
    assert store.feeds.standings({"r": URL}) == {"r": replace(kept, failures=3)}
    assert store.feeds.standings({"r": "https://annan.example/", "ny": URL}) == {
        "r": FeedStanding("r", "https://annan.example/"),
        "ny": FeedStanding("ny", URL),
    }


def test_what_a_person_stops_while_it_is_asked_stays_stopped(store: Store) -> None:
    asked = FeedStanding("regionen", URL, checked_at=NOW)
    store.feeds.keep(URL, asked)
    store.feeds.decide(URL, replace(asked, state=FeedState.STOPPED, reason="Stoppat."))
    assert not store.feeds.is_still(URL, asked)
    store.feeds.keep(URL, replace(asked, etag='"1"'))
    assert take(store, "regionen", candidate("Leden")) == ["Leden"]
    assert store.feeds.standings({"regionen": URL})["regionen"].state is FeedState.STOPPED
    store.feeds.decide(URL, asked)
    assert store.feeds.is_still(URL, asked)


def test_a_proposal_comes_back_as_it_went_in(store: Store) -> None:
    one = candidate("Leden öppnar", "1", "https://prov.example/leden", "Nu.")
    assert take(store, "r", one) == ["Leden öppnar"]
    found = only(store)
    assert (found.entry, found.suggestion) == (one.entry, one.suggestion)
    assert (found.feed, found.state, found.seen_at) == ("r", ProposalState.PROPOSED, NOW)
    assert str(found.suggestion.why[0]) == "”led” i rubriken: Leder"


def test_what_a_feed_has_said_is_known_by_identity_link_or_content(store: Store) -> None:
    take(store, "r", candidate("Leden", "1", "https://prov.example/leden", "Nu öppnar den."))
    by_identity = candidate("Ny rubrik", "1", "https://prov.example/ny", "Nya ord.")
    by_link = candidate("Ny rubrik", "2", "http://prov.example/leden/?utm_source=x", "Nya ord.")
    by_content = candidate("Leden", "3", "https://prov.example/ny", "Nu öppnar den.")
    other = candidate("Bryggan", "4", "https://prov.example/bryggan")
    assert store.feeds.unknown("r", [by_identity, by_link, by_content, other]) == [other]
    assert take(store, "r", by_identity, by_link, by_content) == []
    assert only(store).entry.title == "Leden"


def test_what_another_feed_says_of_the_same_stands_under_the_first(store: Store) -> None:
    take(store, "r", candidate("Leden", "1", "https://prov.example/leden"))
    first = only(store)
    assert take(store, "kommunen", candidate("Led klar", "a", "https://prov.example/leden")) == []
    assert take(store, "bladet", candidate("Led öppnad", "b", near=first.id)) == []
    under = store.feeds.same_as({first.id})[first.id]
    assert {(one.feed, one.state, one.same_as) for one in under} == {
        ("kommunen", ProposalState.SAME, first.id),
        ("bladet", ProposalState.SAME, first.id),
    }
    assert [one.id for one in store.feeds.waiting()] == [first.id]


def test_what_is_the_same_as_the_same_stands_under_the_first_of_all(store: Store) -> None:
    take(store, "r", candidate("Leden", "1", "https://prov.example/leden"))
    take(store, "kommunen", candidate("Led klar", "a", "https://prov.example/leden"))
    under = store.feeds.same_as({only(store).id})[only(store).id][0]
    take(store, "bladet", candidate("Led öppnad", "b", near=under.id))
    assert len(store.feeds.same_as({only(store).id})[only(store).id]) == 2


def test_what_was_only_seen_is_never_proposed_and_stands_in_no_other_feeds_way(store: Store) -> None:
    old = candidate("Leden", "1", "https://prov.example/leden", "Nu.")
    assert take(store, "r", seen=(old,)) == []
    assert store.feeds.waiting() == []
    assert store.feeds.has_said("r")
    assert not store.feeds.has_said("kommunen")
    assert take(store, "r", old) == []
    assert take(store, "kommunen", old) == ["Leden"]
    assert [row[1:] for row in store.feeds.titles(NOW)] == [("kommunen", "leden")]


def test_titles_are_those_of_late_that_were_proposed(store: Store) -> None:
    take(store, "r", candidate("Leden runt sjön", "1"))
    take(store, "b", candidate("Leden runt sjön öppnar", "1", near=only(store).id))
    late = store.feeds.titles(NOW - timedelta(days=14))
    assert late == [(only(store).id, "r", "leden runt sjön")]
    assert store.feeds.titles(NOW + timedelta(seconds=1)) == []


def test_a_proposal_is_taken_once_and_no_more_dismissed(store: Store) -> None:
    take(store, "r", candidate("Leden", "1"))
    number = only(store).id
    assert store.feeds.mark_taken(number, "content/items/leden.md")
    assert not store.feeds.mark_taken(number, "content/items/annan.md")
    assert not store.feeds.dismiss(number)
    found = store.feeds.find(number)
    assert found is not None
    assert (found.state, found.item) == (ProposalState.TAKEN, "content/items/leden.md")


def test_what_is_dismissed_is_not_proposed_again_and_may_still_be_taken(store: Store) -> None:
    one = candidate("Leden", "1")
    take(store, "r", one)
    number = only(store).id
    assert store.feeds.dismiss(number)
    assert not store.feeds.dismiss(number)
    assert take(store, "r", one) == []
    assert store.feeds.mark_taken(number, "content/items/leden.md")


def test_one_of_several_that_are_the_same_may_be_taken(store: Store) -> None:
    take(store, "r", candidate("Leden", "1", "https://prov.example/leden"))
    take(store, "b", candidate("Led", "1", "https://prov.example/leden"))
    ((under,),) = store.feeds.same_as({only(store).id}).values()
    assert store.feeds.mark_taken(under.id, "content/items/led.md")
    found = store.feeds.find(under.id)
    assert found is not None
    assert (found.state, found.same_as) == (ProposalState.TAKEN, 0)


def test_there_is_no_proposal_by_a_number_that_none_has(store: Store) -> None:
    assert store.feeds.find(7) is None
    assert not store.feeds.dismiss(7)


def test_clearing_takes_words_and_links_and_leaves_the_rows(store: Store, database: Database) -> None:
    one, taken = candidate("Leden", "1", "https://prov.example/leden", "Nu."), candidate("Bryggan", "2")
    take(store, "r", one, taken)
    number = next(found.id for found in store.feeds.waiting() if found.entry.title == "Bryggan")
    store.feeds.mark_taken(number, "content/items/bryggan.md")
    assert store.feeds.clearable(NOW) == 0
    later = NOW + timedelta(days=180)
    assert store.feeds.clearable(later) == 1
    assert store.feeds.clear(later) == 1
    assert store.feeds.clear(later) == 0
    assert store.feeds.waiting() == []
    with database.reading() as connection:
        rows = connection.execute(select(proposals).order_by(proposals.c.id)).mappings().all()
    said = [row for row in rows if "Leden" in str(dict(row)) or "leden" in str(dict(row))]
    assert (len(rows), said) == (2, [])
    assert store.feeds.unknown("r", [one]) == []
