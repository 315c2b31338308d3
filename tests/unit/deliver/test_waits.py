"""Rates, turns and silence: what a drain waits for, what it leaves to the next run, and its signs of life."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from comms.deliver import Limits, loop
from comms.errors import TemporaryFailure, say
from comms.model.ledger import DeliveryState
from comms.model.plan import Recipient
from comms.model.settings import Rate
from comms.store import Store
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry, run_of
from tests.unit.deliver.scripted import Clock, Scripted, drained, office, overheard, rows

P = DeliveryState
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def run_to(store: Store, *addresses: str) -> None:
    """Let the example issue run to these addresses."""
    approve(store)
    number = store.editions(ISSUE)[0][0]
    people = [Recipient(address, "Kontoret", "public", "arvika") for address in addresses]
    store.start_run(ISSUE, [(one, number, P.PLANNED, "") for one in people], NOW)


def at_most(*rates: Rate, each_domain: Rate | None = None) -> dict[str, Limits]:
    """Limits of the channel."""
    return {"mejl": Limits(rates, [each_domain] if each_domain else [])}


# Rates


@pytest.mark.parametrize(
    ("rates", "seconds"),
    [
        ([Rate(1, 2 * SECOND)], [0, 2, 4, 6, 8]),
        ([Rate(60, HOUR)], [0, 0, 0, 0, 0]),
        ([Rate(1, SECOND), Rate(600, HOUR)], [0, 1, 2, 3, 4]),
        ([Rate(10, SECOND), Rate(1, 20 * SECOND)], [0, 20, 40, 60, 80]),
        ([Rate(1, MINUTE)], [0, 60, 120, 180, 240]),
    ],
)
def test_the_rates_of_a_channel_are_kept(
    store: Store, clock: Clock, rates: list[Rate], seconds: list[int]
) -> None:
    run_of(store, 5)
    times: list[datetime] = []
    drained(
        store,
        Scripted(),
        clock=clock,
        limits=at_most(*rates),
        on_result=lambda _: times.append(clock.now),
    )
    assert times == [NOW + timedelta(seconds=number) for number in seconds]
    assert max(clock.slept, default=0) <= 1


def test_a_wait_of_more_than_a_minute_is_left_to_the_next_run(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    channel = Scripted()
    limits = at_most(Rate(1, 61 * SECOND))
    report = drained(store, channel, clock=clock, limits=limits)
    assert (report.counts, report.stopped, clock.slept) == ({P.ACCEPTED: 1}, False, [])
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 2}

    assert drained(store, channel, clock=clock, limits=at_most(Rate(1, HOUR))).counts == {P.ACCEPTED: 1}
    clock.now += 61 * SECOND
    assert drained(store, channel, clock=clock, limits=limits).counts == {P.ACCEPTED: 1}
    assert len(channel.sent) == 3


def test_a_rate_holds_over_several_runs(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    limits = at_most(Rate(1, HOUR))
    counts = [drained(store, Scripted(), clock=clock, limits=limits).counts for _ in range(3)]
    assert counts == [{P.ACCEPTED: 1}, {}, {}]


def test_a_channel_that_must_wait_holds_no_other_back(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    run_of(store, 3, issue_entry("annat-2026-12-02", channel="papper", day=2))
    times: dict[str, list[datetime]] = {"mejl": [], "papper": []}
    drained(
        store,
        Scripted(),
        Scripted(slug="papper"),
        clock=clock,
        limits=at_most(Rate(1, 30 * SECOND)),
        on_result=lambda row: times[row.channel].append(clock.now),
    )
    assert times == {"mejl": [NOW, NOW + 30 * SECOND, NOW + MINUTE], "papper": [NOW] * 3}


def test_each_receiving_domain_has_its_own_rate(store: Store, clock: Clock) -> None:
    run_to(store, "a@x.example", "b@x.example", "c@y.example", "d@x.example", "e@y.example")
    times: dict[str, float] = {}
    drained(
        store,
        Scripted(),
        clock=clock,
        limits=at_most(each_domain=Rate(1, 2 * SECOND)),
        on_result=lambda row: times.update({row.recipient[0]: (clock.now - NOW).total_seconds()}),
    )
    assert times == {"a": 0, "c": 0, "b": 2, "e": 2, "d": 4}


def test_a_domain_that_must_wait_long_is_left_to_the_next_run_and_holds_no_other_back(
    store: Store, clock: Clock
) -> None:
    run_to(store, "a@x.example", "b@x.example", "c@y.example", "d@x.example", "e@z.example")
    channel = Scripted()
    drained(store, channel, clock=clock, limits=at_most(each_domain=Rate(1, HOUR)))
    assert channel.sent == ["a@x.example", "c@y.example", "e@z.example"]
    assert clock.slept == []
    assert {who: row.not_before for who, row in rows(store).items() if row.state is P.PLANNED} == {
        "b@x.example": NOW + HOUR,
        "d@x.example": NOW + 2 * HOUR,
    }


def test_nobody_waits_for_a_copy_that_is_to_be_tried_again(store: Store, clock: Clock) -> None:
    run_of(store, 2)
    drained(store, Scripted({office(0): TemporaryFailure(say("Senare."))}), clock=clock)
    assert clock.slept == []


# A call to stop


def test_a_call_to_stop_is_heard_while_a_rate_is_waited_for(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    report = drained(
        store,
        Scripted(),
        clock=clock,
        limits=at_most(Rate(1, 30 * SECOND)),
        stop=lambda: len(clock.slept) == 3,
    )
    assert (report.stopped, report.counts) == (True, {P.ACCEPTED: 1})
    assert clock.slept == [1.0, 1.0, 1.0]
    assert store.counts(ISSUE) == {P.ACCEPTED: 1, P.PLANNED: 2}


# Signs of life


def test_a_sign_of_life_is_given_every_ten_seconds_while_a_copy_takes_long(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of(store, 1)
    store.begin_work("a", clock())
    seconds, beaten, turned = [0.0], threading.Event(), threading.Event()
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: seconds[0]))

    def within(_recipient: str) -> None:
        for _ in range(2):
            turned.clear()
            assert turned.wait(20)  # so that the desk is done with what it did before
            beaten.clear()
            clock.now += 10 * SECOND
            seconds[0] += 10
            assert beaten.wait(20)
            assert store.workers(clock())[0].seen_at == clock.now

    def after(act: str, *_: object) -> None:
        if act == "beat":
            beaten.set()

    def look() -> bool:
        turned.set()
        return False

    ledger, channel = overheard(store, after=after), Scripted(within=within)
    assert drained(ledger, channel, clock=clock, stop=look).counts == {P.ACCEPTED: 1}


def test_a_sign_of_life_is_given_while_a_rate_is_waited_for(store: Store, clock: Clock) -> None:
    run_of(store, 3)
    signs: list[datetime] = []

    def before(act: str, *_: object) -> None:
        if act in {"beat", "settle"}:
            signs.append(clock.now)

    drained(overheard(store, before), Scripted(), clock=clock, limits=at_most(Rate(1, MINUTE)))
    assert max(later - earlier for earlier, later in itertools.pairwise(signs)) <= 10 * SECOND
    assert signs[-1] == NOW + 2 * MINUTE
