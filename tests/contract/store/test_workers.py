"""Who is at work, which channels rest, and that one run at a time begins what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from comms.errors import StoreError
from comms.store import Store, read_clocks
from comms.store.rests import WAITS
from tests.fakes.examples import NOW, run_of
from tests.fakes.ledger import Home, claimed, sending

SECOND = timedelta(seconds=1)
SILENT = timedelta(seconds=90)
DAY = timedelta(days=1)


# Workers


def test_a_worker_is_seen_from_its_beginning_to_its_end(store: Store) -> None:
    run_of(store, 2)
    store.begin_work("anna", NOW)
    sending(store, "anna", NOW + SECOND)
    (worker,) = store.workers(NOW + SECOND)
    assert (worker.owner, worker.started_at, worker.seen_at, worker.intents) == ("anna", NOW, NOW + SECOND, 1)
    store.end_work("anna", NOW + 2 * SECOND)
    assert store.workers(NOW + 2 * SECOND) == []


def test_only_intents_are_counted(store: Store) -> None:
    run_of(store, 3)
    store.begin_work("anna", NOW)
    sending(store, "anna")
    row = claimed(store, "anna")
    store.pause(row.slot_id, "x", NOW)
    store.settle("anna", (), [row], NOW)
    assert [worker.intents for worker in store.workers(NOW)] == [1]


def test_a_worker_that_is_silent_is_not_at_work_until_it_is_heard(store: Store) -> None:
    store.begin_work("anna", NOW)
    assert store.workers(NOW + SILENT + SECOND) == []
    store.beat("anna", NOW + SILENT)
    assert [worker.owner for worker in store.workers(NOW + SILENT + SECOND)] == ["anna"]


def test_workers_are_listed_the_oldest_first(store: Store, another: Callable[[], Store]) -> None:
    store.begin_work("bo", NOW)
    another().begin_work("anna", NOW + SECOND)
    assert [worker.owner for worker in store.workers(NOW + SECOND)] == ["bo", "anna"]


def test_the_last_sign_of_life_is_told(store: Store) -> None:
    assert store.last_seen() is None
    store.begin_work("anna", NOW)
    store.beat("anna", NOW + SECOND)
    assert store.last_seen() == NOW + SECOND


def test_a_worker_that_sent_nothing_leaves_no_trace_and_one_that_sent_is_never_forgotten(
    store: Store,
) -> None:
    run_of(store, 1)
    store.begin_work("anna", NOW)
    sending(store, "anna")
    store.end_work("anna", NOW)
    for later in (NOW + SECOND, NOW + 400 * DAY):
        store.begin_work("bo", later)
        store.end_work("bo", later)
        assert store.last_seen() == NOW


# Channels that rest


def test_a_channel_rests_longer_each_time_until_it_works(store: Store) -> None:
    waits = [store.rest("mejl", "Servern är nere.", None, NOW) - NOW for _ in range(len(WAITS) + 2)]
    assert waits == [*WAITS, WAITS[-1], WAITS[-1]]
    assert waits == sorted(waits)
    store.end_rest("mejl")
    assert store.resting(NOW) == {}
    assert store.rest("mejl", "Nere igen.", None, NOW) == NOW + WAITS[0]


def test_a_rest_is_over_at_its_time(store: Store) -> None:
    until = store.rest("mejl", "Servern är nere.", None, NOW)
    (rest,) = store.resting(until - SECOND).values()
    assert (rest.channel, rest.until, rest.failures, rest.reason) == ("mejl", until, 1, "Servern är nere.")
    assert store.resting(until) == {}


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), WAITS[0]),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=400), DAY),
    ],
)
def test_the_other_side_may_ask_for_a_longer_rest_of_at_most_a_day(
    store: Store, asked: timedelta, wait: timedelta
) -> None:
    assert store.rest("mejl", "Vänta.", asked, NOW) == NOW + wait


def test_a_rest_from_a_clock_that_went_wrong_is_none(store: Store) -> None:
    store.rest("mejl", "Servern är nere.", None, NOW + 365 * DAY)
    assert store.resting(NOW) == {}


# One at a time


def test_one_run_at_a_time_has_the_lock(store: Store, another: Callable[[], Store]) -> None:
    other = another()
    with store.alone() as first, other.alone() as second:
        assert (first, second) == (True, False)
    with other.alone() as again:
        assert again


def test_what_one_worker_does_at_a_time_stops_nothing_else(
    store: Store, another: Callable[[], Store]
) -> None:
    other = another()
    with store.only_one("notices") as first, other.only_one("notices") as second, other.alone() as alone:
        assert (first, second, alone) == (True, not store.shared, True)
    with other.only_one("notices") as again:
        assert again


def test_only_a_server_is_shared_by_machines(home: Home, store: Store) -> None:
    assert store.shared is not home.url.startswith("sqlite")


def test_a_clock_that_a_shared_database_does_not_agree_with_is_refused(store: Store) -> None:
    now = read_clocks().wall
    store.check_clock(now)
    wrong = now + timedelta(hours=1)
    if not store.shared:
        store.check_clock(wrong)
        return
    with pytest.raises(StoreError, match="3600 sekunder"):
        store.check_clock(wrong)
