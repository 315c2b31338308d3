"""Claims: what is due, in order, within the rates, and each copy to one worker."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from zoneinfo import ZoneInfo

import pytest

from comms.model.ledger import Delivery, DeliveryState, End, SlotState
from comms.model.plan import Recipient
from comms.model.settings import Rate
from comms.store import Store, open_store
from comms.store.database import Database
from tests.fakes.examples import ISSUE, LEASE, NOW, approve, issue_entry, run_of
from tests.fakes.leaving import ANNA, subscribe
from tests.fakes.ledger import (
    Home,
    accepted,
    ask,
    claim,
    claimed,
    ended,
    later,
    run_to,
    sending,
    states,
)

MINUTE = timedelta(minutes=1)
ONE_A_MINUTE = (Rate(1, MINUTE),)
P, S = DeliveryState.PLANNED, DeliveryState.SKIPPED


def test_a_claim_takes_the_row_for_its_owner(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store, "anna")
    assert (row.state, row.owner, row.attempt, row.first_attempt_at, row.lease_until) == (
        DeliveryState.CLAIMED,
        "anna",
        1,
        NOW,
        NOW + LEASE,
    )
    assert claim(store, "bo") == []


def test_every_field_of_a_delivery_comes_from_its_row(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store)
    assert list(store.deliveries(ISSUE)) == [row]
    assert {field.name for field in fields(Delivery)} == {field.name for field in fields(row)}
    assert (row.slot_id, row.channel, row.recipient_name) == (ISSUE, "mejl", "Kontor 0")


def run_to_subscriber(store: Store, address: str, *, subscribes: bool = True) -> None:
    approve(store)
    number = store.editions(ISSUE)[0][0]
    reader = Recipient(address, "", "public", "arvika", subscribes=subscribes)
    store.start_run(ISSUE, [(reader, number, P, "")], NOW)


def test_a_copy_that_waits_heeds_a_pause_and_says_until_which_day_of_the_offices(
    store: Store, database: Database
) -> None:
    run_to_subscriber(store, ANNA)
    stockholm = ZoneInfo("Europe/Stockholm")
    subscribe(database, ANNA, "kommunbrevet", paused=datetime(2027, 3, 1, tzinfo=stockholm))
    assert store.claim(replace(ask(most=9), zone=stockholm), NOW).rows == []
    (row,) = store.deliveries(ISSUE)
    assert (row.state, row.reason) == (S, "Pausad till 2027-03-01.")


def test_a_pause_that_is_over_stops_no_copy(store: Store, database: Database) -> None:
    run_to_subscriber(store, ANNA)
    subscribe(database, ANNA, "kommunbrevet", paused=NOW)
    assert [row.recipient for row in claim(store)] == [ANNA]


def test_the_copy_of_an_address_that_the_office_has_written_in_does_not_pause(
    store: Store, database: Database
) -> None:
    run_to_subscriber(store, ANNA, subscribes=False)
    subscribe(database, ANNA, "kommunbrevet", paused=NOW + MINUTE)
    assert [row.recipient for row in claim(store)] == [ANNA]


def test_only_the_channel_that_is_asked_for_is_claimed(store: Store) -> None:
    run_of(store, 1)
    assert store.claim(ask(channel="mastodon"), NOW).rows == []


def test_no_more_are_claimed_than_were_asked_for(store: Store) -> None:
    run_of(store, 5)
    assert [row.recipient for row in claim(store, most=3)] == [f"kontor{n}@kommun.example" for n in range(3)]
    assert [row.recipient for row in claim(store, most=3)] == [f"kontor{n}@kommun.example" for n in (3, 4)]


def test_the_oldest_issue_goes_first(store: Store) -> None:
    run_of(store, 2, issue_entry("kommunbrevet-b", day=2))
    run_of(store, 2, issue_entry("kommunbrevet-a", day=1))
    assert [row.slot_id for row in claim(store, most=3)] == ["kommunbrevet-a"] * 2 + ["kommunbrevet-b"]


def test_what_was_put_back_comes_last(store: Store) -> None:
    run_of(store, 2)
    first = claimed(store)
    ended(store, first, End(P, "Servern är nere."), NOW + MINUTE)
    assert [row.id for row in claim(store, most=2, now=NOW + MINUTE)] == [first.id + 1, first.id]


def test_a_copy_that_waits_is_not_claimed_before_its_time_and_the_time_is_told(store: Store) -> None:
    run_of(store, 1)
    ended(store, claimed(store), later(NOW + MINUTE))
    found = store.claim(ask(), NOW)
    assert (found.rows, found.next_at) == ([], NOW + MINUTE)
    assert claimed(store, now=NOW + MINUTE).attempt == 2


def test_when_nothing_is_planned_there_is_no_time_to_ask_again(store: Store) -> None:
    assert store.claim(ask(), NOW).next_at is None
    run_of(store, 1)
    sending(store)
    assert store.claim(ask(), NOW).next_at is None


def test_the_first_attempts_time_is_kept(store: Store) -> None:
    run_of(store, 1)
    ended(store, claimed(store), later(NOW + MINUTE))
    assert claimed(store, now=NOW + MINUTE).first_attempt_at == NOW


@pytest.mark.parametrize("state", [SlotState.HELD, SlotState.PAUSED, SlotState.DONE, SlotState.CANCELLED])
def test_only_what_runs_is_claimed(store: Store, state: SlotState) -> None:
    run_of(store, 1)
    store.set_slot_state(ISSUE, state, "Paus.", NOW)
    assert claim(store) == []
    assert store.due(NOW) == {}


@pytest.mark.parametrize("end", [End(DeliveryState.UNKNOWN, "x"), End(DeliveryState.HELD, "x"), accepted()])
def test_what_is_not_planned_is_never_claimed(store: Store, end: End) -> None:
    run_of(store, 1)
    ended(store, sending(store), end)
    assert claim(store, now=NOW + LEASE) == []


# Rates


def test_no_more_are_claimed_than_the_channels_rate_allows(store: Store) -> None:
    run_of(store, 5)
    slowly = ask(most=5, rates=(Rate(2, MINUTE),))
    assert len(store.claim(slowly, NOW).rows) == 1
    found = store.claim(slowly, NOW)
    assert (found.rows, found.next_at) == ([], NOW + MINUTE / 2)
    assert len(store.claim(slowly, NOW + MINUTE / 2).rows) == 1


def test_all_workers_together_keep_a_rate(store: Store, another: Callable[[], Store]) -> None:
    run_of(store, 2)
    assert len(store.claim(ask("a", rates=ONE_A_MINUTE), NOW).rows) == 1
    assert another().claim(ask("b", rates=ONE_A_MINUTE), NOW).rows == []


def test_a_copy_whose_domain_must_wait_is_parked_and_the_others_go(store: Store) -> None:
    run_to(store, "a@stor.example", "b@stor.example", "c@stor.example", "d@liten.example")
    slowly = ask(most=4, domain_rates=ONE_A_MINUTE)
    assert [row.recipient for row in store.claim(slowly, NOW).rows] == ["a@stor.example", "d@liten.example"]
    waits = {row.recipient: row.not_before for row in store.deliveries(ISSUE) if row.state is P}
    assert waits == {"b@stor.example": NOW + MINUTE, "c@stor.example": NOW + 2 * MINUTE}
    assert [row.recipient for row in store.claim(slowly, NOW + MINUTE).rows] == ["b@stor.example"]


def test_when_all_are_parked_the_first_turn_is_told(store: Store) -> None:
    run_to(store, "a@stor.example", "b@stor.example", "c@stor.example")
    slowly = ask(domain_rates=ONE_A_MINUTE)
    store.claim(slowly, NOW)
    store.claim(slowly, NOW)
    found = store.claim(ask(most=3, domain_rates=ONE_A_MINUTE), NOW)
    assert (found.rows, found.next_at) == ([], NOW + MINUTE)


# Standing noes


def test_a_suppression_after_planning_wins_at_the_claim(store: Store) -> None:
    run_of(store, 3)
    store.suppress("KONTOR0@kommun.example", "Avsade sig.", NOW)
    assert [row.recipient for row in claim(store, most=2)] == ["kontor1@kommun.example"]
    (skipped,) = [row for row in store.deliveries(ISSUE) if row.state is S]
    assert (skipped.recipient, skipped.reason, skipped.attempt) == (
        "kontor0@kommun.example",
        "Adressen är spärrad: Avsade sig.",
        0,
    )


def test_everybody_may_be_suppressed(store: Store) -> None:
    run_of(store, 3)
    for number in range(3):
        store.suppress(f"kontor{number}@kommun.example", "Avsade sig {allt}.", NOW)
    assert claim(store, most=9) == []
    assert store.counts(ISSUE) == {S: 3}


def test_a_suppressed_copy_takes_no_turn_of_its_domain(store: Store) -> None:
    run_to(store, "a@stor.example", "b@stor.example")
    store.suppress("a@stor.example", "Avsade sig.", NOW)
    found = store.claim(ask(most=2, domain_rates=ONE_A_MINUTE), NOW)
    assert [row.recipient for row in found.rows] == ["b@stor.example"]


# Several at once


@pytest.mark.servers
@pytest.mark.parametrize("home", ["postgresql"], indirect=True)
def test_a_claim_does_not_wait_for_another_and_takes_other_rows(home: Home) -> None:
    first, second = [], []

    def meanwhile(point: str) -> None:
        if point == "claim.uncommitted":
            second.extend(claim(other, "b", most=2))

    with ExitStack() as opened:
        other = home.open()
        opened.callback(other.close)
        store = open_store(home.url, at=meanwhile)
        opened.callback(store.close)
        run_of(store, 4)
        first.extend(claim(store, "a", most=2))
        assert len({row.id for row in first + second}) == 4
        assert [row.owner for row in store.deliveries(ISSUE)] == ["a", "a", "b", "b"]


def claim_all(url: str, owner: str, pipe: Pipe) -> None:
    """A worker in a process of its own, that sends all it gets."""
    store = open_store(url)
    taken: list[int] = []
    while rows := claim(store, owner, most=7):
        if not taken:
            pipe.send("begun")
            pipe.recv()
        settled = store.settle(owner, (), rows, NOW)
        store.settle(owner, [(row, accepted(owner)) for row in settled.sending], (), NOW)
        taken += [row.id for row in settled.sending]
    store.close()
    pipe.send(taken)


@pytest.mark.slow
def test_two_processes_never_claim_one_row(store: Store, home: Home) -> None:
    run_of(store, 1000)
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for owner in ("a", "b"):
        ours, theirs = spawn.Pipe()
        processes.append(spawn.Process(target=claim_all, args=(home.url, owner, theirs)))
        pipes.append(ours)
    for process in processes:
        process.start()
    assert [pipe.recv() for pipe in pipes] == ["begun", "begun"]
    for pipe in pipes:
        pipe.send("go")
    taken = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    assert sorted(taken[0] + taken[1]) == [row.id for row in store.deliveries(ISSUE)]
    assert set(states(store)) == {DeliveryState.ACCEPTED}
