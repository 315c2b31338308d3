"""Ends and intents: many in one transaction, each for its own row, and only for the row's owner."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from comms.model.ledger import Delivery, DeliveryState, End, Settled, SlotState
from comms.store import Store, open_store
from comms.store.database import Database
from comms.store.schema import slots
from tests.fakes.examples import ISSUE, LEASE, NOW, run_of
from tests.fakes.ledger import (
    Home,
    accepted,
    claim,
    claimed,
    done_by,
    ended,
    intend,
    later,
    sending,
    state_of,
    states,
    tried,
)

S = DeliveryState
LATER = NOW + timedelta(hours=1)
SECOND = timedelta(seconds=1)
UNKNOWN = End(S.UNKNOWN, "Svaret uteblev.")


# Ends


def test_an_accepted_delivery_keeps_its_receipt(store: Store, database: Database) -> None:
    run_of(store, 1)
    after = ended(store, sending(store), accepted("Q1"), LATER)
    assert (after.state, after.receipt, after.updated_at) == (S.ACCEPTED, "Q1", LATER)
    (kept,) = store.deliveries(ISSUE)
    assert (kept.state, kept.receipt, kept.owner, kept.lease_until) == (S.ACCEPTED, "Q1", "", None)
    assert tried(database) == [(1, "accepted", "250 Ok", LATER)]


@pytest.mark.parametrize("begin", [claimed, sending])
@pytest.mark.parametrize(
    "end",
    [
        End(S.REJECTED, "Okänd adress."),
        End(S.PLANNED, "Servern är nere.", outcome="channel-down"),
        End(S.UNKNOWN, "Svaret uteblev."),
        End(S.HELD, "Kunde inte göras klart."),
    ],
    ids=lambda end: end.state.value,
)
def test_every_end_is_recorded_with_its_reason(
    store: Store, database: Database, end: End, begin: Callable[[Store], Delivery]
) -> None:
    run_of(store, 1)
    ended(store, begin(store), end, LATER)
    (row,) = store.deliveries(ISSUE)
    assert (row.state, row.reason, row.updated_at, row.lease_until) == (end.state, end.reason, LATER, None)
    assert tried(database) == [(1, end.outcome or end.state.value, end.reason, LATER)]


def test_a_copy_that_is_to_wait_waits(store: Store) -> None:
    run_of(store, 2)
    ended(store, sending(store), later(LATER))
    ended(store, sending(store), End(S.PLANNED))
    assert [row.not_before for row in store.deliveries(ISSUE)] == [LATER, NOW]


def test_failures_for_now_are_counted_and_a_channel_that_was_down_is_not(store: Store) -> None:
    run_of(store, 1)
    ended(store, claimed(store), End(S.PLANNED, "Servern är nere.", outcome="channel-down"))
    ended(store, claimed(store), later(NOW))
    ended(store, claimed(store), later(NOW))
    assert store.failures(claimed(store)) == 2


@pytest.mark.parametrize("change", [{"owner": "bo"}, {"attempt": 2}, {"id": 10**6}])
@pytest.mark.parametrize("end", [accepted(), End(S.REJECTED, "x"), later(), UNKNOWN, End(S.HELD, "x")])
def test_who_does_not_own_a_row_ends_nothing(store: Store, end: End, change: dict[str, object]) -> None:
    run_of(store, 1)
    other = replace(sending(store, "anna"), **change)  # type: ignore[arg-type]  # one field at a time
    settled = store.settle(other.owner, [(other, end)], (), NOW)
    assert done_by(settled) == {"lost": [other.id]}
    assert state_of(store) is S.SENDING


# Intents


@pytest.mark.parametrize("change", [{"owner": "bo"}, {"attempt": 2}, {"attempt": 0}, {"id": 10**6}])
def test_who_does_not_own_a_row_must_not_send(store: Store, change: dict[str, object]) -> None:
    run_of(store, 1)
    other = replace(claimed(store, "anna"), **change)  # type: ignore[arg-type]  # one field at a time
    assert done_by(intend(store, other)) == {}
    assert state_of(store) is S.CLAIMED


def test_who_let_the_lease_run_out_must_not_send(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store)
    assert done_by(intend(store, row, now=NOW + LEASE)) == {"withdrawn": [row.id]}
    assert state_of(store) is S.PLANNED


def test_up_to_the_end_of_the_lease_a_copy_may_be_sent(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store)
    assert done_by(intend(store, row, now=NOW + LEASE - SECOND)) == {"sending": [row.id]}
    assert state_of(store) is S.SENDING


def test_an_intent_is_made_once(store: Store) -> None:
    run_of(store, 1)
    row = sending(store)
    assert done_by(intend(store, row, now=NOW + SECOND)) == {}
    assert state_of(store) is S.SENDING


def test_an_intent_of_an_earlier_attempt_is_nothing_while_the_next_one_sends(store: Store) -> None:
    run_of(store, 1)
    stale = claimed(store)
    ended(store, stale, End(S.PLANNED))
    sending(store)
    assert done_by(intend(store, stale)) == {}


def test_of_two_attempts_of_one_row_only_the_last_is_sent_and_ended(store: Store, database: Database) -> None:
    run_of(store, 1)
    stale = claimed(store)
    store.recover(NOW + LEASE, exclusive=False)
    fresh = claimed(store, now=NOW + LEASE)
    (sent,) = store.settle("a", (), [stale, fresh], NOW + LEASE).sending
    assert sent == fresh
    settled = store.settle("a", [(stale, UNKNOWN), (fresh, accepted())], (), LATER)
    assert (settled.lost, [row.attempt for row in settled.ended]) == ([stale], [2])
    assert [outcome for _, outcome, _, _ in tried(database)] == ["interrupted", "accepted"]


def test_an_owner_sees_nothing_of_what_others_send(store: Store) -> None:
    run_of(store, 2)
    theirs = sending(store, "anna")
    mine = claimed(store, "bo")
    settled = store.settle("bo", (), [replace(theirs, owner="bo"), mine], NOW)
    assert done_by(settled) == {"sending": [mine.id]}


@pytest.mark.parametrize(
    ("overtake", "state", "reason"),
    [
        (
            lambda store: store.suppress("KONTOR0@kommun.example", "Avsade sig.", NOW),
            S.SKIPPED,
            "Adressen är spärrad: Avsade sig.",
        ),
        (lambda store: store.pause(ISSUE, "Fel länk.", NOW), S.PLANNED, ""),
        (lambda store: store.set_slot_state(ISSUE, SlotState.HELD, "Vänta.", NOW), S.PLANNED, ""),
        (
            lambda store: store.set_slot_state(ISSUE, SlotState.CANCELLED, "Inställt.", NOW),
            S.CANCELLED,
            "Utskicket ställdes in.",
        ),
    ],
    ids=["suppressed", "paused", "held", "cancelled"],
)
def test_an_intent_that_was_overtaken_is_withdrawn(
    store: Store, overtake: Callable[[Store], object], state: DeliveryState, reason: str
) -> None:
    run_of(store, 1)
    row = claimed(store)
    overtake(store)
    (withdrawn,) = intend(store, row, now=LATER - LEASE - SECOND).withdrawn
    (kept,) = store.deliveries(ISSUE)
    assert (withdrawn.state, withdrawn.reason) == (kept.state, kept.reason) == (state, reason)


def test_what_is_in_flight_at_a_pause_may_end(store: Store) -> None:
    run_of(store, 1)
    row = sending(store)
    store.pause(ISSUE, "Fel länk.", NOW)
    assert ended(store, row, accepted()).state is S.ACCEPTED


# Many together


def test_ends_and_intents_of_many_share_a_transaction_and_none_shares_a_row(store: Store) -> None:
    run_of(store, 6)
    first, second, third, fourth, fifth = claim(store, most=5)
    intend(store, first, second)
    store.suppress(fifth.recipient, "Avsade sig.", NOW)
    stale = replace(second, attempt=7)
    settled = store.settle(
        "a", [(first, accepted()), (stale, UNKNOWN)], [third, fourth, fifth, replace(fourth, id=10**6)], NOW
    )
    assert done_by(settled) == {
        "ended": [first.id],
        "lost": [stale.id],
        "sending": [third.id, fourth.id],
        "withdrawn": [fifth.id],
    }
    assert states(store) == [S.ACCEPTED, S.SENDING, S.SENDING, S.SENDING, S.SKIPPED, S.PLANNED]


@pytest.mark.parametrize("point", ["settle.uncommitted", "settle.committed"])
def test_a_transaction_that_breaks_has_done_all_of_it_or_nothing(
    home: Home, store: Store, point: str
) -> None:
    def break_at(here: str) -> None:
        if here == point:
            raise RuntimeError

    run_of(store, 2)
    first, second = sending(store), claimed(store)
    breaking = open_store(home.url, at=break_at)
    with pytest.raises(RuntimeError):
        breaking.settle("a", [(first, accepted())], [second], NOW)
    breaking.close()
    done = point == "settle.committed"
    assert states(store) == ([S.ACCEPTED, S.SENDING] if done else [S.SENDING, S.CLAIMED])


def test_nothing_to_settle_is_nothing(store: Store) -> None:
    assert done_by(store.settle("a", (), (), NOW)) == {}


# At the same moment, on a server


@pytest.mark.servers
@pytest.mark.parametrize("home", ["postgresql"], indirect=True)
def test_a_pause_waits_for_the_intents_in_hand_and_none_follows_it(
    home: Home, store: Store, database: Database, wait_for_lock: Callable[[Database], None]
) -> None:
    paused: list[bool] = []
    thread = threading.Thread(target=lambda: paused.append(store.pause(ISSUE, "Fel länk.", NOW)))

    def meanwhile(point: str) -> None:
        if point == "settle.uncommitted" and not thread.is_alive() and not paused:
            thread.start()
            wait_for_lock(database)

    worker = open_store(home.url, at=meanwhile)
    run_of(worker, 2)
    first, second = claim(worker, most=2)
    assert done_by(intend(worker, first)) == {"sending": [first.id]}
    thread.join()
    assert paused == [True]
    assert done_by(intend(worker, second)) == {"withdrawn": [second.id]}
    worker.close()


@pytest.mark.servers
@pytest.mark.parametrize("home", ["postgresql"], indirect=True)
@pytest.mark.parametrize("state", [SlotState.PAUSED, SlotState.CANCELLED])
def test_an_intent_waits_for_a_pause_that_is_being_committed(
    store: Store, database: Database, wait_for_lock: Callable[[Database], None], state: SlotState
) -> None:
    run_of(store, 1)
    row = claimed(store)
    done: list[Settled] = []
    thread = threading.Thread(target=lambda: done.append(intend(store, row)))
    with database.writing() as connection:
        connection.execute(update(slots).values(state=state.value, reason="x"))
        thread.start()
        wait_for_lock(database)
    thread.join()
    assert [done_by(settled) for settled in done] == [{"withdrawn": [row.id]}]
