"""After a crash, late answers, evidence and a person's word: who may move what when nobody is sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from comms.errors import StoreError
from comms.model.ledger import Course, Delivery, DeliveryState, End, EventKind, SlotState
from comms.store import Store
from comms.store.database import Database
from comms.store.schema import events
from tests.fakes.examples import ISSUE, LEASE, NOW, run_of
from tests.fakes.ledger import (
    accepted,
    claim,
    claimed,
    done_by,
    ended,
    intend,
    later,
    sending,
    slot_state,
    state_of,
    states,
    tried,
)

S = DeliveryState
LATER = NOW + timedelta(hours=1)
SECOND = timedelta(seconds=1)
UNKNOWN = End(S.UNKNOWN, "Svaret uteblev.")


# Recovery


def test_after_a_crash_what_was_claimed_goes_again_and_what_was_sending_is_unknown(store: Store) -> None:
    run_of(store, 3)
    sending(store, "dead")
    claimed(store, "dead")
    moved = store.recover(NOW, exclusive=True)
    assert [row.state for row in moved] == [S.UNKNOWN, S.PLANNED]
    assert "stoppades" in moved[0].reason
    assert states(store) == [S.UNKNOWN, S.PLANNED, S.PLANNED]
    assert [row.id for row in store.unknown()] == [moved[0].id]


@pytest.mark.parametrize("begin", [claimed, sending])
def test_without_the_lock_a_living_lease_is_left_alone(
    store: Store, begin: Callable[[Store], Delivery]
) -> None:
    run_of(store, 1)
    row = begin(store)
    assert store.recover(NOW + LEASE - SECOND, exclusive=False) == []
    assert [one.id for one in store.recover(NOW + LEASE, exclusive=False)] == [row.id]


def test_without_the_lock_a_silent_worker_is_dead_before_its_lease_is_over(store: Store) -> None:
    run_of(store, 2)
    store.begin_work("silent", NOW)
    silent = claimed(store, "silent")
    assert store.recover(NOW + timedelta(seconds=90), exclusive=False) == []
    assert [row.id for row in store.recover(NOW + timedelta(seconds=91), exclusive=False)] == [silent.id]


@pytest.mark.parametrize("sign", [Store.beat, lambda store, owner, now: store.settle(owner, (), (), now)])
def test_a_sign_of_life_keeps_what_a_worker_has(
    store: Store, sign: Callable[[Store, str, datetime], object]
) -> None:
    run_of(store, 1)
    store.begin_work("alive", NOW)
    claimed(store, "alive")
    sign(store, "alive", NOW + timedelta(seconds=60))
    assert store.recover(NOW + timedelta(seconds=120), exclusive=False) == []


def test_what_a_worker_left_when_it_ended_is_recovered_at_once(store: Store) -> None:
    run_of(store, 2)
    store.begin_work("done", NOW)
    sending(store, "done")
    claimed(store, "done")
    store.end_work("done", NOW)
    assert [row.state for row in store.recover(NOW, exclusive=False)] == [S.UNKNOWN, S.PLANNED]


def test_recovery_cancels_what_comes_back_to_a_cancelled_slot(store: Store) -> None:
    run_of(store, 1)
    claimed(store)
    store.set_slot_state(ISSUE, SlotState.CANCELLED, "Inställt.", NOW)
    store.recover(NOW, exclusive=True)
    assert state_of(store) is S.CANCELLED


def test_one_who_was_recovered_from_must_not_send(store: Store) -> None:
    run_of(store, 1)
    late = claimed(store, "late")
    store.recover(NOW, exclusive=True)
    assert done_by(intend(store, late)) == {}
    claimed(store, "next")
    assert done_by(intend(store, late)) == {}
    assert state_of(store) is S.CLAIMED


# Late answers


@pytest.mark.parametrize("end", [accepted(), End(S.REJECTED, "Okänd adress.")], ids=["yes", "no"])
def test_a_late_answer_is_proof(store: Store, database: Database, end: End) -> None:
    run_of(store, 1)
    row = sending(store)
    store.recover(NOW + LEASE, exclusive=False)
    assert tried(database) == [(1, "interrupted", store.unknown()[0].reason, NOW + LEASE)]
    assert ended(store, row, end, LATER).state is end.state
    assert tried(database) == [(1, end.state.value, end.detail or end.reason, LATER)]


def test_a_late_no_for_now_lets_a_slot_that_was_done_go_on(store: Store) -> None:
    run_of(store, 1)
    row = sending(store)
    store.recover(NOW + LEASE, exclusive=False)
    store.close_finished_slots(NOW + LEASE)
    assert slot_state(store) is SlotState.DONE
    ended(store, row, later(LATER), LATER)
    assert slot_state(store) is SlotState.RUNNING
    assert claimed(store, now=LATER).id == row.id


def test_an_answer_that_comes_after_a_persons_word_is_too_late(store: Store) -> None:
    run_of(store, 1)
    row = sending(store)
    store.recover(NOW, exclusive=True)
    store.resolve(store.unknown()[0], later(NOW), "Enligt Anna", NOW)
    assert done_by(store.settle("a", [(row, accepted())], (), NOW)) == {"lost": [row.id]}
    claimed(store)
    assert done_by(store.settle("a", [(row, accepted())], (), NOW)) == {"lost": [row.id]}


# A person's word


def test_evidence_settles_what_is_unknown_and_is_remembered(store: Store, database: Database) -> None:
    run_of(store, 1)
    ended(store, sending(store), UNKNOWN)
    (unknown,) = store.unknown()
    settled = store.resolve(unknown, accepted("Q7"), "postfix: /var/log/mail.log", LATER)
    assert settled is not None
    assert (settled.state, settled.receipt, settled.reason, settled.owner) == (S.ACCEPTED, "Q7", "", "")
    columns = (events.c.kind, events.c.source, events.c.detail, events.c.happened_at)
    with database.reading() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns))]
    assert found == [("reconciled", "postfix: /var/log/mail.log", "250 Ok", LATER)]


@pytest.mark.parametrize(
    "end", [End(S.REJECTED, "Okänd adress."), accepted(), End(S.PLANNED)], ids=lambda end: end.state.value
)
@pytest.mark.parametrize(
    "begin",
    [
        claimed,
        sending,
        lambda store: ended(store, sending(store), accepted()),
        lambda store: ended(store, sending(store), later()),
    ],
    ids=["claimed", "sending", "accepted", "planned"],
)
def test_only_what_is_unknown_is_resolved(store: Store, begin: Callable[[Store], Delivery], end: End) -> None:
    run_of(store, 1)
    row = begin(store)
    before = list(store.deliveries(ISSUE))
    assert store.resolve(row, end, "Enligt Anna", LATER) is None
    assert list(store.deliveries(ISSUE)) == before


def test_evidence_of_another_attempt_settles_nothing(store: Store) -> None:
    run_of(store, 1)
    ended(store, sending(store), UNKNOWN)
    (first,) = store.unknown()
    store.resolve(first, later(NOW), "Enligt Anna", NOW)
    ended(store, sending(store), UNKNOWN)
    assert store.resolve(first, accepted(), "postfix", NOW) is None
    assert state_of(store) is S.UNKNOWN


def test_a_copy_that_is_to_go_again_lets_its_slot_go_on(store: Store) -> None:
    run_of(store, 1)
    ended(store, sending(store), UNKNOWN)
    store.close_finished_slots(NOW)
    store.resolve(store.unknown()[0], End(S.PLANNED), "Enligt Anna", LATER)
    assert slot_state(store) is SlotState.RUNNING
    assert claimed(store, now=LATER).attempt == 2


def test_those_who_have_not_got_it_are_planned_again(store: Store) -> None:
    run_of(store, 5)
    for end in (accepted(), End(S.REJECTED, "Full."), End(S.HELD, "x"), UNKNOWN, End(S.CANCELLED, "x")):
        ended(store, sending(store), end)
    store.close_finished_slots(NOW)
    assert store.again(ISSUE, [S.REJECTED, S.HELD, S.CANCELLED], LATER) == 3
    assert states(store) == [S.ACCEPTED, S.PLANNED, S.PLANNED, S.UNKNOWN, S.PLANNED]
    assert slot_state(store) is SlotState.RUNNING
    assert len(claim(store, most=9, now=LATER)) == 3


def test_a_pause_stands_when_the_rest_is_asked_for(store: Store) -> None:
    run_of(store, 1)
    ended(store, sending(store), End(S.HELD, "x"))
    store.set_slot_state(ISSUE, SlotState.PAUSED, "x", NOW)
    assert store.again(ISSUE, [S.HELD], NOW) == 0
    assert (slot_state(store), states(store)) == (SlotState.PAUSED, [S.HELD])


@pytest.mark.parametrize("slot", [SlotState.HELD, SlotState.CANCELLED, SlotState.DONE])
def test_a_slot_goes_on_with_those_who_have_not_got_it(store: Store, slot: SlotState) -> None:
    run_of(store, 1)
    ended(store, sending(store), End(S.HELD, "x"))
    store.set_slot_state(ISSUE, slot, "x", NOW)
    store.again(ISSUE, [S.HELD], NOW)
    assert slot_state(store) is SlotState.RUNNING


def test_a_slot_where_nobody_is_left_stays_as_it_is(store: Store) -> None:
    run_of(store, 1)
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    assert store.again(ISSUE, [S.HELD], NOW) == 0
    assert slot_state(store) is SlotState.DONE


@pytest.mark.parametrize("state", [S.ACCEPTED, S.SENDING, S.CLAIMED])
def test_what_has_been_taken_or_is_on_its_way_cannot_be_planned_again(
    store: Store, state: DeliveryState
) -> None:
    run_of(store, 3)
    ended(store, sending(store), accepted())
    sending(store)
    claimed(store)
    with pytest.raises(StoreError):
        store.again(ISSUE, [state], NOW)
    assert states(store) == [S.ACCEPTED, S.SENDING, S.CLAIMED]


def test_what_is_late_is_held_and_the_rest_is_not(store: Store) -> None:
    run_of(store, 3)
    ended(store, claimed(store), later(LATER))
    claimed(store)
    assert store.hold_late("mastodon", LATER, LATER) == 0
    assert store.hold_late("mejl", NOW, LATER) == 0
    assert store.hold_late("mejl", LATER, LATER) == 1
    assert states(store) == [S.PLANNED, S.CLAIMED, S.HELD]


# Pause


def test_a_paused_slot_goes_on_by_a_persons_word(store: Store) -> None:
    run_of(store, 1)
    assert store.pause(ISSUE, "Fel länk.", NOW)
    slot = store.slot(ISSUE)
    assert slot is not None
    assert (slot.state, slot.reason, slot.cleared_at) == (SlotState.PAUSED, "Fel länk.", None)
    assert store.resume(ISSUE, LATER)
    slot = store.slot(ISSUE)
    assert slot is not None
    assert (slot.state, slot.reason, slot.cleared_at) == (SlotState.RUNNING, "", LATER)


def test_only_what_runs_is_paused_and_only_what_is_paused_goes_on(store: Store) -> None:
    run_of(store, 1)
    assert not store.resume(ISSUE, NOW)
    store.pause(ISSUE, "Fel länk.", NOW)
    assert not store.pause(ISSUE, "Igen.", NOW)
    assert not store.pause("finns-inte", "x", NOW)
    slot = store.slot(ISSUE)
    assert slot is not None
    assert slot.reason == "Fel länk."


# How it goes


def test_how_a_slot_goes_is_counted(store: Store) -> None:
    run_of(store, 7)
    store.suppress("kontor0@kommun.example", "Avsade sig.", NOW)
    first, second, third, fourth = claim(store, most=5)
    for row, end in (
        (first, accepted()),
        (second, accepted()),
        (third, End(S.REJECTED, "Finns inte.")),
        (fourth, UNKNOWN),
    ):
        ended(store, row, end)
    for kind in (EventKind.COMPLAINT, EventKind.COMPLAINT, EventKind.BOUNCE_SOFT, EventKind.DELIVERED):
        store.event(first, kind, "arf", "…", NOW)
    store.event(second, EventKind.BOUNCE_HARD, "dsn", "5.1.1", NOW)
    assert store.course(ISSUE) == Course(total=6, answered=3, dead=2, complaints=1)
    store.pause(ISSUE, "x", NOW)
    store.resume(ISSUE, NOW)
    assert store.course(ISSUE).cleared
