"""What stops more than one copy: a channel down, a relay that refuses us, the early alarm, the ledger."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from comms.deliver import LedgerPort
from comms.errors import (
    ChannelDown,
    PermanentFailure,
    SenderRefused,
    StoreError,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Delivery, DeliveryState, Outgoing, SlotState
from comms.store import Store
from tests.fakes.examples import ISSUE, NOW, issue_entry, run_of
from tests.unit.deliver.scripted import Clock, Scripted, drained, make, office, overheard, rows

P = DeliveryState
OTHER = "annat-2026-12-02"
DOWN = ChannelDown(say("Servern är nere."))
DEAD = PermanentFailure(say("Okänd adress."))
LOCKED_OUT = SenderRefused(say("Fel lösenord."))
SUSPECTED = SenderRefused(say("Ser ut som skräppost."), decisive=False)


def run_of_other(store: Store, count: int, channel: str = "mejl") -> None:
    """Another issue that runs beside the example issue."""
    run_of(store, count, issue_entry(OTHER, channel=channel, day=2))


def state_and_reason(store: Store, slot_id: str = ISSUE) -> tuple[SlotState, str]:
    """How a slot stands."""
    slot = store.slot(slot_id)
    assert slot is not None
    return slot.state, slot.reason


# A channel that is down


def test_a_channel_that_is_down_rests_and_says_why_and_every_copy_waits(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    channel = Scripted({office(0): DOWN})
    report = drained(store, channel, clock=clock)
    assert report.counts == {P.PLANNED: 1}
    assert {slug: str(why) for slug, why in report.down.items()} == {"mejl": "Servern är nere."}
    assert channel.tried == [office(0)]
    assert store.counts(ISSUE) == {P.PLANNED: 3}
    assert rows(store)[office(0)].reason == "Servern är nere."
    rest = store.resting(clock())["mejl"]
    assert (rest.until, rest.reason) == (NOW + timedelta(seconds=30), "Servern är nere.")


def test_a_channel_rests_as_long_as_the_other_side_asks(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    asked = ChannelDown(say("Kom igen."), retry_after=timedelta(hours=2))
    drained(store, Scripted({office(0): asked}), clock=clock)
    assert store.resting(clock())["mejl"].until == NOW + timedelta(hours=2)


def test_a_channel_rests_longer_each_time_until_it_has_said_yes(store: Store, clock: Clock) -> None:
    run_of(store, 4)

    def rest_after(script: Mapping[str, Exception]) -> timedelta:
        drained(store, Scripted(script), clock=clock)
        return store.resting(clock())["mejl"].until - clock()

    assert rest_after({office(0): DOWN}) == timedelta(seconds=30)
    assert rest_after({office(0): DOWN}) == timedelta(minutes=1)
    assert rest_after({office(2): DOWN}) == timedelta(seconds=30)


def test_a_yes_ends_the_rest_of_a_channel(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    store.rest("mejl", "Nere.", None, clock())
    drained(store, Scripted(), clock=clock)
    assert store.resting(clock()) == {}


def test_many_hands_that_find_a_channel_down_make_it_rest_once(store: Store, clock: Clock) -> None:
    run_of(store, 8)
    all_in = threading.Barrier(4)
    channel = Scripted({office(n): DOWN for n in range(8)}, connections=4, before=lambda _: all_in.wait(20))
    report = drained(store, channel, clock=clock)
    assert report.counts == {P.PLANNED: 4}
    assert store.resting(clock())["mejl"].until == NOW + timedelta(seconds=30)
    assert store.counts(ISSUE) == {P.PLANNED: 8}


def test_another_channel_goes_on_when_one_is_down(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    run_of_other(store, 5, channel="papper")
    paper = Scripted(slug="papper")
    report = drained(store, Scripted({office(0): DOWN}), paper, clock=clock)
    assert (len(paper.sent), set(report.down)) == (5, {"mejl"})
    assert [row.attempt for row in store.deliveries(OTHER)] == [1] * 5


def test_a_copy_that_brings_the_channel_down_does_not_block_the_others_for_ever(store: Store) -> None:
    run_of(store, 3)
    clock = Clock(step=timedelta(microseconds=1))
    channel = Scripted({office(0): DOWN})
    drained(store, channel, clock=clock)
    drained(store, channel, clock=clock)
    assert channel.sent == [office(1), office(2)]


def test_copies_that_were_returned_go_out_next_time_each_once(store: Store, clock: Clock) -> None:
    run_of(store, 40)
    drained(store, Scripted({office(3): DOWN}, connections=2), clock=clock)
    assert set(store.counts(ISSUE)) == {P.ACCEPTED, P.PLANNED}

    first = store.counts(ISSUE)[P.ACCEPTED]
    channel = Scripted(connections=2)
    report = drained(store, channel, clock=clock)
    assert report.counts == {P.ACCEPTED: 40 - first}
    assert len(set(channel.sent)) == len(channel.sent) == 40 - first


# A relay that refuses us


def test_a_refusal_that_holds_for_every_letter_pauses_the_run_at_once(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    channel = Scripted({office(1): LOCKED_OUT})
    report = drained(store, channel, clock=clock)
    assert channel.tried == [office(0), office(1)]
    assert report.counts == {P.ACCEPTED: 1, P.PLANNED: 1}
    assert {slot: str(why) for slot, why in report.paused.items()} == {ISSUE: "Fel lösenord."}
    assert state_and_reason(store) == (SlotState.PAUSED, "Fel lösenord.")
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 4}


def test_a_paused_run_waits_for_a_person_and_then_everybody_gets_it_once(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    drained(store, Scripted({office(1): LOCKED_OUT}), clock=clock)
    clock.now += timedelta(days=1)
    assert drained(store, Scripted(), clock=clock).counts == {}

    store.resume(ISSUE, clock())
    channel = Scripted()
    assert drained(store, channel, clock=clock).counts == {P.ACCEPTED: 4}
    assert sorted(channel.sent) == [office(n) for n in range(1, 5)]


def test_refusals_of_single_letters_pause_the_run_at_the_third_in_a_row(store: Store, clock: Clock) -> None:
    run_of(store, 8)
    channel = Scripted({office(n): SUSPECTED for n in range(1, 8)})
    report = drained(store, channel, clock=clock)
    assert channel.tried == [office(n) for n in range(4)]
    assert report.counts == {P.ACCEPTED: 1, P.PLANNED: 3}
    assert {slot: str(why) for slot, why in report.paused.items()} == {ISSUE: "Ser ut som skräppost."}
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 7}


def test_a_yes_between_refusals_lets_the_run_go_on(store: Store, clock: Clock) -> None:
    run_of(store, 9)
    channel = Scripted({office(n): SUSPECTED for n in (0, 1, 3, 4, 6, 7)})
    report = drained(store, channel, clock=clock)
    assert report.paused == {}
    assert report.counts == {P.ACCEPTED: 3, P.PLANNED: 6}
    assert rows(store)[office(0)].not_before == NOW + timedelta(hours=1)


def test_neither_a_final_no_nor_a_doubt_is_a_yes_between_refusals(store: Store, clock: Clock) -> None:
    run_of(store, 8)
    channel = Scripted(
        {office(n): SUSPECTED for n in (0, 2, 4)} | {office(1): DEAD, office(3): KeyError("x")}
    )
    report = drained(store, channel, clock=clock)
    assert set(report.paused) == {ISSUE}
    assert channel.tried == [office(n) for n in range(5)]


def test_another_issue_on_the_same_channel_goes_on_when_one_is_paused(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    run_of_other(store, 3)

    def made(delivery: Delivery) -> Outgoing:
        if delivery.slot_id == ISSUE:
            raise LOCKED_OUT
        return make(delivery)

    report = drained(store, Scripted(), clock=clock, make=made)
    assert set(report.paused) == {ISSUE}
    assert report.counts == {P.PLANNED: 1, P.ACCEPTED: 3}
    assert state_and_reason(store, OTHER) == (SlotState.RUNNING, "")
    assert [row.attempt for row in store.deliveries(OTHER)] == [1] * 3


def test_hands_that_hear_the_same_refusal_pause_the_run_once(store: Store, clock: Clock) -> None:
    run_of(store, 8)
    all_in = threading.Barrier(4)
    script = {office(n): SenderRefused(say("Nej {n}.", n=n)) for n in range(8)}
    channel = Scripted(script, connections=4, before=lambda _: all_in.wait(20))
    report = drained(store, channel, clock=clock)
    assert report.counts == {P.PLANNED: 4}
    assert [str(why) for why in report.paused.values()] == [state_and_reason(store)[1]]


# The early alarm


def dead(*numbers: int) -> Mapping[str, Exception]:
    """Offices that do not exist."""
    return {office(n): DEAD for n in numbers}


def test_the_eleventh_dead_address_of_two_hundred_pauses_the_run(store: Store, clock: Clock) -> None:
    run_of(store, 200)
    channel = Scripted(dead(*range(0, 30, 2)))
    report = drained(store, channel, clock=clock)
    # The eleventh no is number 21; its end is committed with the next copy's intent.
    assert channel.tried == [office(n) for n in range(22)]
    reason = "11 av de första 21 adresserna finns inte. Är listan rätt?"
    assert {slot: str(why) for slot, why in report.paused.items()} == {ISSUE: reason}
    assert state_and_reason(store) == (SlotState.PAUSED, reason)
    assert store.counts(ISSUE) == {P.REJECTED: 11, P.ACCEPTED: 11, P.PLANNED: 178}


def test_the_alarm_is_silent_when_a_person_has_let_the_run_go_on(store: Store, clock: Clock) -> None:
    run_of(store, 200)
    script = dead(*range(0, 40, 2))
    assert set(drained(store, Scripted(script), clock=clock).paused) == {ISSUE}
    store.resume(ISSUE, clock())
    assert drained(store, Scripted(script, connections=4), clock=clock).paused == {}
    assert store.counts(ISSUE) == {P.REJECTED: 20, P.ACCEPTED: 180}


def test_ten_dead_addresses_of_two_hundred_pause_nothing(store: Store, clock: Clock) -> None:
    run_of(store, 200)
    report = drained(store, Scripted(dead(*range(10)), connections=4), clock=clock)
    assert report.paused == {}
    assert report.counts == {P.REJECTED: 10, P.ACCEPTED: 190}


def test_the_third_dead_address_of_a_short_run_pauses_it(store: Store, clock: Clock) -> None:
    run_of(store, 12)
    channel = Scripted(dead(0, 2, 4, 6, 8))
    report = drained(store, channel, clock=clock)
    assert set(report.paused) == {ISSUE}
    assert channel.tried == [office(n) for n in range(6)]
    assert store.counts(ISSUE) == {P.REJECTED: 3, P.ACCEPTED: 3, P.PLANNED: 6}


def test_dead_addresses_after_the_first_two_hundred_answers_pause_nothing(store: Store, clock: Clock) -> None:
    run_of(store, 240)
    report = drained(store, Scripted(dead(*range(215, 240))), clock=clock)
    assert report.paused == {}
    assert report.counts == {P.ACCEPTED: 215, P.REJECTED: 25}


# A ledger that fails


def breaking(store: Store, broken: str, times: int) -> tuple[LedgerPort, set[str]]:
    """A ledger of which one act works so many times and then never; and whose intents it has kept."""
    kept: set[str] = set()
    turns = itertools.count()

    def before(act: str, *_: object) -> None:
        if act == broken and next(turns) >= times:
            raise StoreError(say("Disken är full."))

    def after(act: str, result: Any, *_: object) -> None:  # noqa: ANN401 - each act has its own result
        if act == "settle":
            kept.update(row.recipient for row in result.sending)

    return overheard(store, before, after), kept


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize(
    ("act", "times"),
    [
        *(("claim", times) for times in (0, 1, 2)),
        *(("settle", times) for times in (0, 1, 2, 5)),
        *((act, 0) for act in ("beat", "failures", "course", "end_rest")),
    ],
)
def test_a_ledger_that_fails_stops_everything_and_nothing_is_sent_that_it_has_not_kept(
    store: Store, clock: Clock, act: str, times: int, connections: int
) -> None:
    run_of(store, 60)
    channel = Scripted(
        {office(2): TemporaryFailure(say("Senare.")), office(4): DEAD}, connections=connections
    )
    ledger, kept = breaking(store, act, times)

    with pytest.raises(StoreError, match="Disken är full"):
        drained(ledger, channel, clock=clock)

    # The fixture sees that no hand is left, so what is sent now is all that will be.
    assert set(channel.sent) <= kept
    store.recover(clock(), exclusive=True)
    counts = store.counts(ISSUE)
    assert set(counts) <= {P.PLANNED, P.ACCEPTED, P.REJECTED, P.UNKNOWN}
    assert counts.get(P.UNKNOWN, 0) <= connections
    reached = {who for who, row in rows(store).items() if row.state in {P.ACCEPTED, P.UNKNOWN}}
    assert set(channel.sent) <= reached <= kept

    drained(store, channel, clock=clock)
    assert len(set(channel.sent)) == len(channel.sent) >= 60 - 2 - connections


@pytest.mark.parametrize(("act", "fault"), [("rest", DOWN), ("pause", LOCKED_OUT)])
def test_a_ledger_that_cannot_remember_why_a_channel_or_run_stops_stops_everything(
    store: Store, clock: Clock, act: str, fault: Exception
) -> None:
    run_of(store, 5)
    channel = Scripted({office(1): fault})
    with pytest.raises(StoreError, match="Disken är full"):
        drained(breaking(store, act, 0)[0], channel, clock=clock)
    assert channel.tried == [office(0), office(1)]
    store.recover(clock(), exclusive=True)
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 4}


def test_an_intent_that_cannot_be_kept_is_not_followed_by_a_letter(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    channel = Scripted(connections=3)
    with pytest.raises(StoreError):
        drained(breaking(store, "settle", 0)[0], channel, clock=clock)
    assert channel.sent == []
    store.recover(clock(), exclusive=True)
    assert store.counts(ISSUE) == {P.PLANNED: 3}


def test_a_ledger_that_cannot_be_read_for_a_letter_stops_everything(store: Store, clock: Clock) -> None:
    run_of(store, 3)

    def unreadable(delivery: Delivery) -> Outgoing:
        if delivery.recipient == office(1):
            raise StoreError(say("Databasen är trasig."))
        return make(delivery)

    channel = Scripted()
    with pytest.raises(StoreError, match="Databasen är trasig"):
        drained(store, channel, clock=clock, make=unreadable)
    assert channel.sent == [office(0)]
    store.recover(clock(), exclusive=True)
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 2}


def test_the_answer_of_a_copy_on_its_way_is_remembered_when_the_ledger_works_again(
    store: Store, clock: Clock
) -> None:
    run_of(store, 20)
    on_its_way, failed = threading.Event(), threading.Event()

    def within(recipient: str) -> None:
        if recipient == office(0):
            on_its_way.set()
            assert failed.wait(20)

    def before(act: str, *_: object) -> None:
        if act == "settle" and on_its_way.is_set() and not failed.is_set():
            failed.set()
            raise StoreError(say("Databasen är upptagen."))

    channel = Scripted(connections=4, within=within)
    with pytest.raises(StoreError, match="upptagen"):
        drained(overheard(store, before), channel, clock=clock)
    assert office(0) in channel.sent
    assert {who for who, row in rows(store).items() if row.state is P.ACCEPTED} == set(channel.sent)
    assert P.SENDING not in store.counts(ISSUE)


def test_what_a_listener_raises_does_not_leave_copies_in_doubt(store: Store, clock: Clock) -> None:
    run_of(store, 20)

    def listen(_row: Delivery) -> None:
        raise BrokenPipeError

    channel = Scripted(connections=4)
    with pytest.raises(BrokenPipeError):
        drained(store, channel, clock=clock, on_result=listen)
    store.recover(clock(), exclusive=True)
    assert store.counts(ISSUE)[P.ACCEPTED] == len(channel.sent)
    assert set(store.counts(ISSUE)) == {P.ACCEPTED, P.PLANNED}
