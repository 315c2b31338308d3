"""The outbox loop on a real ledger: every delivery ends in a named state, and one fault stops one copy."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comms.channels.file import FileChannel
from comms.deliver import WAITS, DrainReport, drain
from comms.errors import (
    ChannelDown,
    ContentError,
    LeaseLost,
    OutcomeUnknown,
    PermanentFailure,
    StoreError,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Delivery, DeliveryState, Outgoing, Receipt
from comms.store import Store, open_store
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry, letter, run_of
from tests.fakes.outbox import letter_of
from tests.fakes.smtp import HANG, Relay

P = DeliveryState


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on, and remember by how much."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Scripted:
    """A channel that does what the script says for each recipient, else accepts."""

    script: dict[str, Exception] = field(default_factory=dict)
    after: bool = False
    slug: str = "mejl"
    sent: list[str] = field(default_factory=list)

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Follow the script."""
        recipient = getattr(outgoing, "recipient", "")
        fault = self.script.get(recipient)
        if fault is not None and not self.after:
            raise fault
        point_of_no_return()
        if fault is not None:
            raise fault
        self.sent.append(recipient)
        return Receipt(f"Q{len(self.sent)}")

    def close(self) -> None:
        """Nothing to close."""


def office(number: int) -> str:
    return f"kontor{number}@kommun.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(delivery: Delivery) -> Outgoing:
    return letter(delivery.recipient)


def drained(store: Store, channel: Scripted, clock: Clock) -> DrainReport:
    return drain(store, {"mejl": channel}, make, clock, owner="a", sleep=clock.sleep)


def test_everything_due_is_handed_over_once(store: Store, clock: Clock) -> None:
    run_of(store, 30)
    channel = Scripted()
    report = drained(store, channel, clock)
    assert report == DrainReport({P.ACCEPTED: 30}, {}, 0, stopped=False)
    assert sorted(channel.sent) == sorted(office(n) for n in range(30))
    assert drained(store, channel, clock).counts == {}


def test_letters_reach_the_disk_by_the_default_channel(store: Store, clock: Clock, tmp_path: Path) -> None:
    run_of(store, 3)
    channel = FileChannel("mejl", tmp_path / "out")
    drain(store, {"mejl": channel}, make, clock, owner="a")
    assert len(list(tmp_path.rglob("*.eml"))) == 3
    assert {row.receipt for row in store.deliveries(ISSUE)} == {
        f"sent/mejl/{ISSUE}/{office(n)}.eml" for n in range(3)
    }


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
    report = drained(store, Scripted({office(1): fault}, after), clock)
    assert report.counts == {P.ACCEPTED: 2, state: 1}
    (row,) = [row for row in store.deliveries(ISSUE) if row.recipient == office(1)]
    assert (row.state, row.reason) == (state, str(fault))


def test_a_channel_that_is_down_rests_and_says_why_and_the_copy_waits(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    channel = Scripted({office(0): ChannelDown(say("Servern är nere."))})
    report = drained(store, channel, clock)
    assert report.counts == {P.PLANNED: 1}
    assert {slug: str(why) for slug, why in report.down.items()} == {"mejl": "Servern är nere."}
    assert store.counts(ISSUE) == {P.PLANNED: 3}


def test_another_channel_goes_on_when_one_is_down(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    run_of(store, 2, issue_entry("annat-2026-12-02", channel="papper", day=2))
    down = Scripted({office(0): ChannelDown(say("Servern är nere."))})
    paper = Scripted(slug="papper")
    report = drain(store, {"mejl": down, "papper": paper}, make, clock, owner="a")
    assert (len(paper.sent), set(report.down)) == (2, {"mejl"})


def test_a_copy_that_brings_the_channel_down_does_not_block_the_others_for_ever(
    store: Store, clock: Clock
) -> None:
    run_of(store, 3)
    channel = Scripted({office(0): ChannelDown(say("Vägras."))})
    drained(store, channel, clock)
    drained(store, channel, clock)
    assert channel.sent == [office(1), office(2)]


def test_a_copy_that_cannot_be_made_is_held_with_its_reason(store: Store, clock: Clock) -> None:
    run_of(store, 3)

    def broken(delivery: Delivery) -> Outgoing:
        if delivery.recipient == office(1):
            message = "no such token"
            raise ValueError(message)
        return make(delivery)

    report = drain(store, {"mejl": Scripted()}, broken, clock, owner="a")
    assert report.counts == {P.ACCEPTED: 2, P.HELD: 1}
    (row,) = [row for row in store.deliveries(ISSUE) if row.state is P.HELD]
    assert row.reason == "Kunde inte göras klart: ValueError: no such token"


def test_a_fault_of_content_is_told_in_its_own_words(store: Store, clock: Clock) -> None:
    run_of(store, 1)

    def broken(delivery: Delivery) -> Outgoing:
        raise ContentError(say("Brevet till {name} är tomt.", name=delivery.recipient_name))

    drain(store, {"mejl": Scripted()}, broken, clock, owner="a")
    assert [row.reason for row in store.deliveries(ISSUE)] == [
        "Kunde inte göras klart: Brevet till Kontor 0 är tomt."
    ]


def test_a_mistake_of_ours_after_the_point_of_no_return_is_unknown(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    report = drained(store, Scripted({office(0): KeyError("x")}, after=True), clock)
    assert report.counts == {P.UNKNOWN: 1}


def test_the_wait_grows_with_each_failure_and_ends_after_two_days(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    channel = Scripted({office(0): TemporaryFailure(say("Upptagen."))})
    for wait in WAITS:
        assert drained(store, channel, clock).counts == {P.PLANNED: 1}
        clock.now += wait - timedelta(seconds=1)
        assert drained(store, channel, clock).counts == {}
        clock.now += timedelta(seconds=1)
    assert timedelta(hours=47) < sum(WAITS, timedelta()) <= timedelta(hours=48)
    assert drained(store, channel, clock).counts == {P.REJECTED: 1}
    assert "Upptagen." in next(store.deliveries(ISSUE)).reason


def test_a_longer_wait_that_the_receiver_asks_for_is_kept(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    asked = TemporaryFailure(say("Vänta."), retry_after=timedelta(hours=3))
    drained(store, Scripted({office(0): asked}), clock)
    clock.now += timedelta(hours=3) - timedelta(seconds=1)
    assert drained(store, Scripted(), clock).counts == {}
    clock.now += timedelta(seconds=1)
    assert drained(store, Scripted(), clock).counts == {P.ACCEPTED: 1}


def test_a_copy_that_another_run_took_over_is_not_sent(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    channel = Scripted()

    def taken_over(delivery: Delivery) -> Outgoing:
        store.recover(clock(), exclusive=True)
        store.suppress(delivery.recipient, "Avsade sig.", clock())
        return make(delivery)

    report = drain(store, {"mejl": channel}, taken_over, clock, owner="a")
    assert (report.lost, channel.sent, report.counts) == (1, [], {})


def test_one_who_unsubscribes_during_a_run_gets_nothing(store: Store, clock: Clock) -> None:
    run_of(store, 10)
    channel = Scripted()

    def unsubscribing(_: Delivery) -> None:
        store.suppress(office(9), "Avsade sig.", clock())

    drain(store, {"mejl": channel}, make, clock, owner="a", on_result=unsubscribing)
    assert office(9) not in channel.sent
    assert store.counts(ISSUE) == {P.ACCEPTED: 9, P.SKIPPED: 1}


def test_a_call_to_stop_is_heard_between_two_copies(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    channel = Scripted()
    report = drain(store, {"mejl": channel}, make, clock, owner="a", stop=lambda: len(channel.sent) == 2)
    assert (report.stopped, report.counts) == (True, {P.ACCEPTED: 2})
    assert store.counts(ISSUE) == {P.ACCEPTED: 2, P.PLANNED: 3}


def test_results_are_told_as_they_come(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    told: list[tuple[str, DeliveryState, str]] = []
    drain(
        store,
        {"mejl": Scripted()},
        make,
        clock,
        owner="a",
        on_result=lambda row: told.append((row.recipient, row.state, row.receipt)),
    )
    assert told == [(office(0), P.ACCEPTED, "Q1"), (office(1), P.ACCEPTED, "Q2")]


def test_a_channels_rate_is_kept(store: Store, clock: Clock) -> None:
    run_of(store, 5)
    times: list[datetime] = []
    drain(
        store,
        {"mejl": Scripted()},
        make,
        clock,
        owner="a",
        rates={"mejl": 0.5},
        sleep=clock.sleep,
        on_result=lambda _: times.append(clock.now),
    )
    assert times == [NOW + timedelta(seconds=2 * n) for n in range(5)]
    assert max(clock.slept) <= 1


def test_a_ledger_that_fails_stops_everything_before_the_letter_is_sent(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    channel = Scripted()

    class Failing:
        """The ledger on a full disk: the intent cannot be kept."""

        def __getattr__(self, name: str) -> object:
            if name == "mark_sending":
                return self.fail
            return getattr(store, name)

        def fail(self, *_: object) -> None:
            raise StoreError(say("Disken är full."))

    with pytest.raises(StoreError):
        drain(Failing(), {"mejl": channel}, make, clock, owner="a")  # type: ignore[arg-type]  # by __getattr__
    assert channel.sent == []
    store.recover(clock(), exclusive=True)
    assert store.counts(ISSUE) == {P.PLANNED: 3}


def test_a_lost_lease_is_never_taken_for_a_fault_of_the_letter(store: Store, clock: Clock) -> None:
    run_of(store, 1)
    report = drained(store, Scripted({office(0): LeaseLost(say("Borta."))}), clock)
    assert (report.lost, report.counts) == (1, {})


@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.parametrize("seed", range(10))
def test_a_run_that_is_killed_again_and_again_sends_every_copy_once(seed: int, tmp_path: Path) -> None:
    """Every copy arrives; none twice; at most one a kill is unknown, and that one may have arrived."""
    copies = 60
    address = f"sqlite:///{tmp_path}/comms.db"
    store = open_store(address)
    run_of(store, copies)
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
    kills = 0
    with Relay() as relay:
        while store.counts(ISSUE).get(P.PLANNED, 0) + store.counts(ISSUE).get(P.CLAIMED, 0):
            command = [sys.executable, "-m", "tests.fakes.outbox", address, str(relay.port), str(tmp_path)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(chance.random() * 0.15)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.wait()
            process.stdout.close()
            if kills > 200:
                pytest.fail("the run gets nowhere")
    store.recover(NOW, exclusive=True)
    arrived = Counter(kept.message_id for kept in relay.letters)
    rows = list(store.deliveries(ISSUE))
    sure = {letter_of(row).message_id for row in rows if row.state is P.ACCEPTED}
    unknown = {letter_of(row).message_id for row in rows if row.state is P.UNKNOWN}
    store.close()
    assert kills
    assert len(sure) + len(unknown) == copies
    assert sure <= set(arrived) <= sure | unknown
    assert max(arrived.values()) == 1
    assert len(unknown) <= kills


@pytest.mark.servers
@pytest.mark.parametrize(
    ("verb", "unknown"), [("connect", 0), ("mail", 0), ("rcpt", 0), ("data", 0), ("dot", 1)]
)
def test_only_a_kill_after_the_dot_leaves_a_doubt(verb: str, unknown: int, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/comms.db"
    store = open_store(address)
    run_of(store, 2)
    with Relay(script={verb: [HANG]}) as relay:
        command = [sys.executable, "-m", "tests.fakes.outbox", address, str(relay.port), str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert relay.hanging.wait(20)
            process.kill()
        subprocess.run(command, check=True, stdout=subprocess.PIPE)
    ended = store.counts(ISSUE)
    store.close()
    assert ended == ({P.ACCEPTED: 1, P.UNKNOWN: 1} if unknown else {P.ACCEPTED: 2})
    assert len(relay.letters) == 2 - unknown


def test_what_was_never_approved_is_never_handed_over(store: Store, clock: Clock) -> None:
    approve(store)
    assert drained(store, Scripted(), clock).counts == {}
