"""What went out, as reports count it: by edition, issue and post, alike in both databases."""

from __future__ import annotations

from comms.model.ledger import DeliveryState, SlotState
from comms.plan.recipients import _OTHER_FOCUS
from comms.report.delivery import SKIPS
from comms.store import Store
from comms.store.claims import SUPPRESSED
from comms.store.database import Database
from comms.store.forgetting import _GONE
from comms.store.reach import REASON
from tests.fakes import told
from tests.fakes.ledger import accepted, ended, run_to, sending

ACCEPTED, REJECTED, SKIPPED = DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.SKIPPED


def test_an_empty_ledger_knows_of_nothing(store: Store) -> None:
    assert (store.reach.editions(), store.reach.issues(), store.reach.posts()) == ([], [], [])
    assert store.reach.began() is None


def test_an_edition_counts_when_a_copy_was_accepted_and_all_of_an_issue_has_its_first_letters_time(
    store: Store, database: Database
) -> None:
    told.write(database)
    # Editions 4 (rejected), 8 (unknown) and 12 (held) reached nobody.
    assert [one.id for one in store.reach.editions()] == [1, 2, 3, 5, 6, 7, 9, 10, 11]
    assert tuple(store.reach.editions()) == told.EDITIONS


def test_an_edition_that_a_real_run_sent_is_told_with_its_items(store: Store) -> None:
    run_to(store, "a@kommun.example", "b@kommun.example")
    ended(store, sending(store), accepted())
    (one,) = store.reach.editions()
    assert (one.audience, one.municipality, one.items, one.accepted) == ("public", "arvika", ("bryggan",), 1)
    assert store.reach.began() is not None


def test_every_copy_of_an_issue_is_in_one_state(store: Store, database: Database) -> None:
    told.write(database)
    first, second, correction = store.reach.issues()
    # AAAA AA AAASSS RR: 4 + 2 + 3 accepted, 3 skipped, 2 rejected.
    assert dict(first.states) == {ACCEPTED: 9, SKIPPED: 3, REJECTED: 2}
    # AAC A AAAS UU: 2 + 1 + 3 accepted.
    assert dict(second.states) == {
        ACCEPTED: 6,
        SKIPPED: 1,
        DeliveryState.UNKNOWN: 2,
        DeliveryState.CANCELLED: 1,
    }
    # AAAAAPLN A AAAAS HH: 5 + 1 + 4 accepted.
    assert dict(correction.states) == {
        ACCEPTED: 10,
        SKIPPED: 1,
        DeliveryState.PLANNED: 1,
        DeliveryState.CLAIMED: 1,
        DeliveryState.SENDING: 1,
        DeliveryState.HELD: 2,
    }
    assert sum(sum(one.states.values()) for one in (first, second, correction)) == 40


def test_a_copy_that_came_back_counts_once_by_the_heaviest_and_only_if_it_was_accepted(
    store: Store, database: Database
) -> None:
    told.write(database)
    first, second, correction = store.reach.issues()
    assert (first.dead, first.trouble, first.ours, first.complaints, first.left) == (1, 1, 1, 1, 2)
    assert (second.dead, second.trouble, second.ours, second.complaints, second.left) == (0, 0, 0, 0, 0)
    assert (correction.dead, correction.left) == (2, 0)


def test_of_a_skips_reason_only_the_beginning_is_read(store: Store, database: Database) -> None:
    told.write(database)
    first, second, correction = store.reach.issues()
    assert dict(first.skips) == {"Adressen är spär": 2, "Pausad till 2026": 1}
    assert dict(second.skips) == {"Får brevet som A": 1}
    assert dict(correction.skips) == {"Inget i de insat": 1}


def test_the_kinds_of_skips_are_known_by_what_is_really_written() -> None:
    written = {
        "no": SUPPRESSED.template,
        "focus": str(_OTHER_FOCUS),
        "erased": str(_GONE),
    }
    kinds = {kind: begin for begin, kind in SKIPS.items()}
    assert all(said[:REASON] == kinds[kind] for kind, said in written.items())
    assert all(len(begin) <= REASON for begin in SKIPS)


def test_posts_come_in_order_of_time_with_how_each_part_stands(store: Store, database: Database) -> None:
    told.write(database)
    assert [(one.id, one.item, one.state, one.parts) for one in store.reach.posts()] == [
        (told.THREAD, "brygga", SlotState.DONE, (ACCEPTED, ACCEPTED)),
        (told.BY_HAND, "led", SlotState.DONE, (ACCEPTED,)),
        (told.UNSURE, "kurs", SlotState.DONE, (DeliveryState.UNKNOWN,)),
        (told.LYING, "brygga", SlotState.DONE, (ACCEPTED,)),
        (told.CALLED_OFF, "led", SlotState.CANCELLED, (ACCEPTED,)),
        (told.HALF, "led", SlotState.DONE, (ACCEPTED, REJECTED)),
        ("kurs.mastodon.2", "kurs", SlotState.APPROVED, ()),
    ]


def test_the_ledger_began_with_its_first_letter_where_nothing_says_otherwise(
    store: Store, database: Database
) -> None:
    told.write(database)
    assert store.reach.began() == told.at(3, 3, 6, 59)  # it was rejected
