"""One hand at a time: every delivery ends in a named state, and one fault stops one copy."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from comms.channels.file import FileChannel
from comms.deliver import DrainReport, Work, drain
from comms.deliver.policy import WAITS
from comms.errors import (
    ChannelDown,
    ContentError,
    LeaseLost,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Delivery, DeliveryState, End, Outgoing, SlotState
from comms.store import Store
from tests.fakes.examples import ISSUE, approve, issue_entry, run_of
from tests.unit.deliver.scripted import Clock, Scripted, drained, make, office, overheard, rows

P = DeliveryState


def test_everything_due_is_handed_over_once(store: Store, clock: Clock) -> None:
    run_of(store, 30)
    channel = Scripted()
    report = drained(store, channel, clock=clock)
    assert report == DrainReport({P.ACCEPTED: 30}, {}, {}, 0, stopped=False)
    assert channel.sent == [office(n) for n in range(30)]
    assert drained(store, channel, clock=clock).counts == {}


def test_letters_reach_the_disk_by_the_default_channel(store: Store, clock: Clock, tmp_path: Path) -> None:
    run_of(store, 3)
    drain(store, {"mejl": FileChannel("mejl", tmp_path / "out")}, Work("a", make, clock))
    assert len(list(tmp_path.rglob("*.eml"))) == 3
    assert {row.receipt for row in store.deliveries(ISSUE)} == {
        f"sent/mejl/{ISSUE}/{office(n)}.eml" for n in range(3)
    }


def test_what_was_never_approved_is_never_handed_over(store: Store, clock: Clock) -> None:
    approve(store)
    assert drained(store, Scripted(), clock=clock) == DrainReport()


def test_results_are_told_as_they_come(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    told: list[tuple[str, DeliveryState, str]] = []
    drained(
        store,
        Scripted(),
        clock=clock,
        on_result=lambda row: told.append((row.recipient, row.state, row.receipt)),
    )
    assert told == [(office(0), P.ACCEPTED, "Q1"), (office(1), P.ACCEPTED, "Q2")]


def test_the_report_tells_where_every_copy_ended_and_what_stopped(store: Store, clock: Clock) -> None:
    run_of(store, 7)
    run_of(store, 2, issue_entry("annat-2026-12-02", channel="papper", day=2))
    run_of(store, 2, issue_entry("tredje-2026-12-03", channel="anslag", day=3))
    mail = Scripted(
        {
            office(1): TemporaryFailure(say("Senare.")),
            office(2): PermanentFailure(say("Okänd adress.")),
            office(3): OutcomeUnknown(say("Svaret uteblev.")),
            office(4): KeyError("x"),
            office(5): LeaseLost(say("Borta.")),
        },
        before=lambda _: store.suppress(office(6), "Avsade sig.", clock()),
    )
    paper = Scripted({office(0): ChannelDown(say("Slut på papper."))}, slug="papper")
    board = Scripted({office(0): SenderRefused(say("Fel lösenord."))}, slug="anslag")

    report = drained(store, mail, paper, board, clock=clock)

    assert report == DrainReport(
        counts={P.ACCEPTED: 1, P.PLANNED: 3, P.REJECTED: 1, P.UNKNOWN: 1, P.HELD: 1, P.SKIPPED: 1},
        down={"papper": say("Slut på papper.")},
        paused={"tredje-2026-12-03": say("Fel lösenord.")},
    )


# One fault, one copy


@pytest.mark.parametrize("after", [False, True], ids=["before the point of no return", "after it"])
@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (TemporaryFailure(say("Senare.")), P.PLANNED),
        (PermanentFailure(say("Okänd adress.")), P.REJECTED),
        (OutcomeUnknown(say("Svaret uteblev.")), P.UNKNOWN),
    ],
)
def test_a_fault_moves_one_copy_and_the_others_go_on(
    store: Store, clock: Clock, fault: Exception, state: DeliveryState, after: bool
) -> None:
    run_of(store, 3)
    report = drained(store, Scripted({office(1): fault}, after), clock=clock)
    assert report.counts == {P.ACCEPTED: 2, state: 1}
    row = rows(store)[office(1)]
    assert (row.state, row.reason) == (state, str(fault))


@pytest.mark.parametrize(
    ("after", "state", "reason"),
    [
        (False, P.HELD, "Kunde inte göras klart: KeyError: 'x'"),
        (True, P.UNKNOWN, "Ett oväntat fel: KeyError: 'x'"),
    ],
    ids=["before the point of no return", "after it"],
)
def test_a_mistake_of_ours_holds_a_copy_or_leaves_it_in_doubt(
    store: Store, clock: Clock, after: bool, state: DeliveryState, reason: str
) -> None:
    run_of(store, 3)
    report = drained(store, Scripted({office(1): KeyError("x")}, after), clock=clock)
    assert report.counts == {P.ACCEPTED: 2, state: 1}
    row = rows(store)[office(1)]
    assert (row.state, row.reason) == (state, reason)


def test_a_copy_that_cannot_be_made_is_held_with_its_reason(store: Store, clock: Clock) -> None:
    run_of(store, 3)

    def broken(delivery: Delivery) -> Outgoing:
        if delivery.recipient == office(1):
            message = "no such token"
            raise ValueError(message)
        return make(delivery)

    report = drained(store, Scripted(), clock=clock, make=broken)
    assert report.counts == {P.ACCEPTED: 2, P.HELD: 1}
    assert rows(store)[office(1)].reason == "Kunde inte göras klart: ValueError: no such token"


def test_a_fault_of_content_is_told_in_its_own_words(store: Store, clock: Clock) -> None:
    run_of(store, 1)

    def broken(delivery: Delivery) -> Outgoing:
        raise ContentError(say("Brevet till {name} är tomt.", name=delivery.recipient_name))

    drained(store, Scripted(), clock=clock, make=broken)
    assert rows(store)[office(0)].reason == "Kunde inte göras klart: Brevet till Kontor 0 är tomt."


def test_a_lost_lease_is_never_taken_for_a_fault_of_the_letter(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    report = drained(store, Scripted({office(0): LeaseLost(say("Borta."))}), clock=clock)
    assert report.counts == {P.ACCEPTED: 1}
    assert rows(store)[office(0)].state is P.CLAIMED


# Later


def test_the_wait_grows_with_each_failure_and_ends_after_two_days(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    channel = Scripted({office(0): TemporaryFailure(say("Upptagen."))})
    for wait in WAITS:
        assert drained(store, channel, clock=clock).counts == {P.PLANNED: 1}
        clock.now += wait - timedelta(minutes=1, seconds=1)
        assert drained(store, channel, clock=clock).counts == {}
        clock.now += timedelta(minutes=1, seconds=1)
    assert drained(store, channel, clock=clock).counts == {P.REJECTED: 1}
    assert rows(store)[office(0)].reason == "Gav upp efter 9 försök. Senaste svar: Upptagen."


def test_a_longer_wait_that_the_receiver_asks_for_is_kept(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    asked = TemporaryFailure(say("Vänta."), retry_after=timedelta(hours=3))
    drained(store, Scripted({office(0): asked}), clock=clock)
    clock.now += timedelta(hours=3) - timedelta(minutes=1, seconds=1)
    assert drained(store, Scripted(), clock=clock).counts == {}
    clock.now += timedelta(minutes=1, seconds=1)
    assert drained(store, Scripted(), clock=clock).counts == {P.ACCEPTED: 1}


def test_interruptions_do_not_count_as_failures(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    for _ in range(3):
        drained(store, Scripted({office(0): ChannelDown(say("Nere."))}), clock=clock)
    drained(store, Scripted({office(0): TemporaryFailure(say("Upptagen."))}), clock=clock)
    assert rows(store)[office(0)].not_before == clock.now + WAITS[0]


# Overtaken between claim and intent


def test_a_copy_that_another_run_took_over_is_not_sent(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    channel = Scripted()

    def taken_over(delivery: Delivery) -> Outgoing:
        store.suppress(delivery.recipient, "Avsade sig.", clock())
        store.recover(clock(), exclusive=True)
        return make(delivery)

    report = drained(store, channel, clock=clock, make=taken_over)
    assert (report.lost, channel.sent, report.counts) == (1, [], {})


def test_an_answer_that_comes_when_a_person_has_settled_the_copy_changes_nothing(
    store: Store, clock: Clock
) -> None:
    run_of(store, 1)

    def settled(_recipient: str) -> None:
        (row,) = store.recover(clock(), exclusive=True)
        store.resolve(row, End(P.REJECTED, "Finns i loggen."), "Anna", clock())

    report = drained(store, Scripted(within=settled), clock=clock)
    assert (report.lost, report.counts) == (1, {})
    assert (rows(store)[office(0)].state, rows(store)[office(0)].receipt) == (P.REJECTED, "")


def test_an_answer_that_comes_when_the_copy_was_thought_to_be_in_doubt_is_taken(
    store: Store, clock: Clock
) -> None:
    run_of(store, 1)
    channel = Scripted(within=lambda _: store.recover(clock(), exclusive=True))
    assert drained(store, channel, clock=clock).counts == {P.ACCEPTED: 1}
    assert rows(store)[office(0)].receipt == "Q1"


def test_one_who_unsubscribes_during_a_run_gets_nothing(store: Store, clock: Clock) -> None:
    run_of(store, 10)
    channel = Scripted()
    told: list[Delivery] = []

    def unsubscribing(row: Delivery) -> None:
        told.append(row)
        store.suppress(office(9), "Avsade sig.", clock())

    report = drained(store, channel, clock=clock, on_result=unsubscribing)
    assert office(9) not in channel.sent
    assert report.counts == store.counts(ISSUE) == {P.ACCEPTED: 9, P.SKIPPED: 1}
    assert [(row.recipient, row.reason) for row in told if row.state is P.SKIPPED] == [
        (office(9), "Adressen är spärrad: Avsade sig.")
    ]


def test_a_run_that_is_paused_sends_no_further_copy(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    channel = Scripted(before=lambda who: who == office(2) and store.pause(ISSUE, "Vänta.", clock()))
    report = drained(store, channel, clock=clock)
    assert channel.sent == [office(0), office(1)]
    assert store.counts(ISSUE) == {P.ACCEPTED: 2, P.PLANNED: 3}
    assert report.paused == {}

    store.resume(ISSUE, clock())
    assert drained(store, Scripted(), clock=clock).counts == {P.ACCEPTED: 3}


def test_a_run_that_is_cancelled_sends_no_further_copy(store: Store, clock: Clock) -> None:
    run_of(store, 5)

    def cancel(recipient: str) -> None:
        if recipient == office(2):
            store.set_slot_state(ISSUE, SlotState.CANCELLED, "Fel brev.", clock())

    channel = Scripted(before=cancel)
    report = drained(store, channel, clock=clock)
    assert channel.sent == [office(0), office(1)]
    assert report.counts == store.counts(ISSUE) == {P.ACCEPTED: 2, P.CANCELLED: 3}
    assert rows(store)[office(4)].reason == "Utskicket ställdes in."


def test_a_pause_that_comes_when_a_copy_is_on_its_way_does_not_stop_that_copy(
    store: Store, clock: Clock
) -> None:
    run_of(store, 3)
    channel = Scripted(within=lambda who: who == office(1) and store.pause(ISSUE, "Vänta.", clock()))
    drained(store, channel, clock=clock)
    assert channel.sent == [office(0), office(1)]
    assert store.counts(ISSUE) == {P.ACCEPTED: 2, P.PLANNED: 1}


# A call to stop


def test_a_call_to_stop_lets_the_copy_in_hand_be_finished(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    in_hand, heard = threading.Event(), threading.Event()

    def hold(recipient: str) -> None:
        if recipient == office(1):
            in_hand.set()
            assert heard.wait(20)

    def stop() -> bool:
        if in_hand.is_set():
            heard.set()
        return in_hand.is_set()

    channel = Scripted(within=hold)
    report = drained(store, channel, clock=clock, stop=stop)
    assert (report.stopped, report.counts) == (True, {P.ACCEPTED: 2})
    assert channel.tried == channel.sent == [office(0), office(1)]
    assert store.counts(ISSUE) == {P.ACCEPTED: 2, P.PLANNED: 3}

    assert drained(store, channel, clock=clock).counts == {P.ACCEPTED: 3}
    assert channel.sent == [office(n) for n in range(5)]


def test_a_call_to_stop_before_the_first_copy_touches_nothing(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    acts: list[str] = []
    ledger = overheard(store, before=lambda act, *_: acts.append(act))
    report = drained(ledger, Scripted(), clock=clock, stop=lambda: True)
    assert report == DrainReport(stopped=True)
    assert "claim" not in acts


def test_a_copy_that_is_made_when_the_stop_comes_is_still_sent(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    in_hand, heard = threading.Event(), threading.Event()

    def hold(_recipient: str) -> None:
        in_hand.set()
        assert heard.wait(20)

    def stop() -> bool:
        if in_hand.is_set():
            heard.set()
        return in_hand.is_set()

    channel = Scripted(before=hold)
    assert drained(store, channel, clock=clock, stop=stop).counts == {P.ACCEPTED: 1}
    assert channel.sent == [office(0)]
