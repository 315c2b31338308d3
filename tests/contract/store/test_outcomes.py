"""What has gone out, as the ledger tells it: posts and where they are, a person's word, letters by state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from comms.model.ledger import Ask, Delivery, DeliveryState, End, EventKind, SlotState, part_recipient
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.plan import Entry, EntryKind, Manifest, Recipient
from comms.store import Store
from tests.fakes.examples import ISSUE, LEASE, NOW, issue_entry, publication, run_of

POST = "bryggan.mastodon.1"
LINK = "https://social.example/@leader/71"
LATER = NOW + timedelta(hours=1)
BEFORE = NOW - timedelta(days=7)


def post(store: Store, identity: str = POST, parts: int = 2) -> None:
    """A post in so many parts, approved and running."""
    more = tuple(Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, f"Del {n}"),), 5) for n in range(1, parts))
    moment = replace(issue_entry().moment, at=NOW)
    entry = Entry(
        identity, EntryKind.POST, "Bryggan", f"mastodon:{identity}", "mastodon", moment, item="bryggan"
    )
    store.freeze(
        entry,
        fingerprint="f",
        manifest=Manifest({}),
        editions=[],
        post=replace(publication().post, id=identity, more=more),
        blobs={},
        by="Anna Öberg",
        now=NOW,
    )
    rows = (Recipient(part_recipient("mastodon", part), "mastodon", "", "") for part in range(parts))
    store.start_run(identity, ((row, None, DeliveryState.PLANNED, "") for row in rows), NOW)


def next_ends(store: Store, state: DeliveryState, receipt: str = "", detail: str = "") -> Delivery:
    """The next copy of the channel goes over the point of no return and ends so."""
    row = store.claim(Ask("w", "mastodon", 10, LEASE), NOW).rows[0]
    store.settle("w", [], [row], NOW)
    reason = "" if state is DeliveryState.ACCEPTED else "Nej."
    return store.settle("w", [(row, End(state, reason, receipt, detail=detail))], [], NOW).ended[0]


def test_a_thread_is_one_post_with_the_address_of_its_first_part(store: Store) -> None:
    post(store)
    next_ends(store, DeliveryState.ACCEPTED, "71", LINK)
    next_ends(store, DeliveryState.ACCEPTED, "72", "https://social.example/@leader/72")
    (found,) = store.outcomes.posts(BEFORE)
    assert (found.slot_id, found.title, found.channel, found.due_at) == (POST, "Bryggan", "mastodon", NOW)
    assert (found.receipt, found.link, found.taken_at, found.seen_at) == ("71", LINK, NOW, NOW)
    assert found.marked_at is None


def test_what_is_not_out_and_what_was_out_before_is_not_told(store: Store) -> None:
    post(store, "nej.mastodon.1", parts=1)
    next_ends(store, DeliveryState.REJECTED)
    post(store, "ja.mastodon.1", parts=1)
    next_ends(store, DeliveryState.ACCEPTED, "71", LINK)
    assert [one.slot_id for one in store.outcomes.posts(BEFORE)] == ["ja.mastodon.1"]
    assert store.outcomes.posts(NOW) == []
    assert store.outcomes.post("nej.mastodon.1") is None
    assert store.outcomes.post("ja.mastodon.1") == store.outcomes.posts(BEFORE)[0]


def test_an_issue_is_no_post(store: Store) -> None:
    run_of(store, 1)
    assert store.outcomes.post(ISSUE) is None


def test_a_post_that_was_found_later_has_the_address_that_was_found(store: Store) -> None:
    post(store, parts=1)
    row = next_ends(store, DeliveryState.UNKNOWN)
    store.resolve(row, End(DeliveryState.ACCEPTED, receipt="71", detail=LINK), "nätverket", LATER)
    found = store.outcomes.post(POST)
    assert found is not None
    assert (found.link, found.taken_at) == (LINK, LATER)


def test_a_persons_word_is_no_address(store: Store) -> None:
    post(store, parts=1)
    row = next_ends(store, DeliveryState.UNKNOWN)
    store.resolve(
        row, End(DeliveryState.ACCEPTED, receipt="Enligt Anna", detail="Enligt Anna"), "Anna", LATER
    )
    found = store.outcomes.post(POST)
    assert found is not None
    assert found.link == ""


def test_the_newest_word_of_who_published_it_stands(store: Store) -> None:
    post(store, parts=1)
    row = next_ends(store, DeliveryState.ACCEPTED, "manual/x", "Ligger klart.")
    store.event(row, EventKind.PUBLISHED, "Anna", LINK, LATER)
    store.event(row, EventKind.PUBLISHED, "Bo", f"{LINK}2", LATER)
    found = store.outcomes.post(POST)
    assert found is not None
    assert (found.marked_by, found.link, found.seen_at) == ("Bo", f"{LINK}2", LATER)


def test_an_old_post_is_told_while_its_slot_is_open_or_closed_lately(store: Store) -> None:
    post(store, parts=1)
    next_ends(store, DeliveryState.ACCEPTED, "71", LINK)
    store.close_finished_slots(NOW)
    assert [slot.state for slot in store.slots()] == [SlotState.DONE]
    assert len(store.outcomes.posts(NOW - timedelta(seconds=1))) == 1


def test_letters_are_counted_by_how_they_were_answered_and_when(store: Store) -> None:
    run_of(store, 3)
    for state in (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.REJECTED):
        row = store.claim(Ask("w", "mejl", 1, LEASE), NOW).rows[0]
        store.settle("w", [], [row], NOW)
        reason = "" if state is DeliveryState.ACCEPTED else "Nej."
        store.settle("w", [(row, End(state, reason))], [], NOW)
    counted = {ISSUE: {DeliveryState.ACCEPTED: 2, DeliveryState.REJECTED: 1}}
    assert store.outcomes.letters(BEFORE, NOW) == counted
    assert store.outcomes.letters(NOW, LATER) == {}
    assert store.outcomes.letters(BEFORE, NOW - timedelta(seconds=1)) == {}
