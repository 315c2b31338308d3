"""A thread in the ledger: each part is a row, and none goes before the one that it goes on from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from comms.model.ledger import Ask, Delivery, DeliveryState, End, SlotState, part_of, part_recipient
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.plan import Entry, EntryKind, Manifest, Recipient
from comms.store import Store
from tests.fakes.examples import LEASE, NOW, issue_entry, publication, run_of

POST = "bryggan.mastodon.1"


def thread(store: Store, parts: int = 3, now: datetime = NOW) -> None:
    """A post in so many parts, approved and running."""
    more = tuple(Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, f"Del {n}"),), 5) for n in range(1, parts))
    post = replace(publication().post, more=more)
    entry = Entry(
        POST, EntryKind.POST, "Bryggan", f"mastodon:{POST}", "mastodon", issue_entry().moment, item="bryggan"
    )
    store.freeze(
        entry,
        fingerprint="f",
        manifest=Manifest({}),
        editions=[],
        post=post,
        blobs={},
        by="Anna Öberg",
        now=NOW,
    )
    rows = (Recipient(part_recipient("mastodon", part), "mastodon", "", "") for part in range(parts))
    store.start_run(POST, ((row, None, DeliveryState.PLANNED, "") for row in rows), now)


def claimed(store: Store, now: datetime = NOW) -> list[Delivery]:
    """What a worker gets now."""
    return store.claim(Ask("w", "mastodon", 10, LEASE), now).rows


def ends(store: Store, row: Delivery, state: DeliveryState, receipt: str = "") -> None:
    """An attempt that went over the point of no return and ended so."""
    store.settle("w", [], [row], NOW)
    reason = "" if state is DeliveryState.ACCEPTED else "Nej."
    store.settle("w", [(row, End(state, reason, receipt))], [], NOW)


def test_a_frozen_thread_comes_back_as_it_was(store: Store) -> None:
    thread(store)
    found = store.post(POST)
    assert found is not None
    assert [part.text for part in found.parts] == [publication().post.text, "Del 1", "Del 2"]


def test_each_part_is_claimed_when_the_one_before_it_is_out(store: Store) -> None:
    thread(store)
    seen = []
    for number in range(3):
        (row,) = claimed(store)
        assert claimed(store) == []
        ends(store, row, DeliveryState.ACCEPTED, f"10{number}")
        seen.append(part_of(row.recipient))
    assert seen == [0, 1, 2]


def test_while_the_first_part_is_unknown_nothing_waits_for_a_turn(store: Store) -> None:
    thread(store)
    (row,) = claimed(store)
    ends(store, row, DeliveryState.UNKNOWN)
    found = store.claim(Ask("w", "mastodon", 10, LEASE), NOW + timedelta(hours=1))
    assert (found.rows, found.next_at) == ([], None)


def test_a_part_that_is_found_lets_the_next_one_go(store: Store) -> None:
    thread(store)
    (row,) = claimed(store)
    ends(store, row, DeliveryState.UNKNOWN)
    store.resolve(store.unknown()[0], End(DeliveryState.ACCEPTED, receipt="100"), "nätverket", NOW)
    assert [part_of(each.recipient) for each in claimed(store)] == [1]


@pytest.mark.parametrize(
    ("first", "rest"),
    [(DeliveryState.REJECTED, DeliveryState.CANCELLED), (DeliveryState.HELD, DeliveryState.HELD)],
)
def test_what_goes_on_from_a_part_that_is_not_out_says_why_and_the_slot_ends(
    store: Store, first: DeliveryState, rest: DeliveryState
) -> None:
    thread(store)
    (row,) = claimed(store)
    if first is DeliveryState.HELD:
        store.settle("w", [(row, End(first, "Nej."))], [], NOW)
    else:
        ends(store, row, first)
    store.close_finished_slots(NOW)
    rows = list(store.deliveries(POST))
    assert [each.state for each in rows] == [first, rest, rest]
    assert {each.reason for each in rows[1:]} == {"Delen före den gick inte ut."}
    slot = store.slot(POST)
    assert slot is not None
    assert slot.state is SlotState.DONE


def test_what_follows_a_post_that_was_handed_over_ahead_waits_until_readers_see_it(store: Store) -> None:
    seen_at = issue_entry().moment.at
    early = seen_at - timedelta(hours=2)
    thread(store, 2, now=early)
    (row,) = claimed(store, early)
    store.settle("w", [], [row], early)
    store.settle("w", [(row, End(DeliveryState.ACCEPTED, receipt="100"))], [], early)
    assert claimed(store, seen_at) == []
    assert [part_of(each.recipient) for each in claimed(store, seen_at + timedelta(minutes=2))] == [1]


def test_a_post_that_nobody_took_is_not_what_the_channel_has_said(store: Store) -> None:
    thread(store, 1)
    assert [one.id for one in store.facts().posted] == [POST]
    (row,) = claimed(store)
    ends(store, row, DeliveryState.REJECTED)
    assert store.facts().posted == ()


def test_a_slot_that_was_tried_for_too_long_is_held_with_what_waits_in_it(store: Store) -> None:
    thread(store, 2)
    assert store.hold_slot(POST, NOW) == 2
    assert {(each.state, each.reason) for each in store.deliveries(POST)} == {
        (DeliveryState.HELD, "För sent: den gick inte att publicera i tid.")
    }


def test_letters_of_one_issue_wait_for_nobody(store: Store) -> None:
    run_of(store, 5)
    assert len(store.claim(Ask("w", "mejl", 10, LEASE), NOW).rows) == 5
