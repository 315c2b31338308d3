"""What may have been published is looked for on the network: its yes settles, its no waits a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comms.app.finding import SETTLING, seek
from comms.errors import ChannelError, TemporaryFailure, say
from comms.model.ledger import (
    Absent,
    Ask,
    CannotTell,
    Delivery,
    DeliveryState,
    End,
    Found,
    Outgoing,
    Receipt,
    SlotState,
)
from comms.store import Store, open_store
from tests.contract.store.test_threads import POST, claimed, ends, thread
from tests.fakes.examples import LEASE, NOW, publication, run_of

LATER = NOW + SETTLING
GONE = say("Titta själv.")


@dataclass
class Network:
    """A channel that only answers whether something is there."""

    answer: Found | ChannelError
    asked: list[Outgoing] = field(default_factory=list)
    slug: str = "mastodon"
    connections: int = 1

    def check(self, size: int) -> None:
        """Not asked."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Nothing is published by looking."""
        raise AssertionError(outgoing, point_of_no_return)

    def find(self, outgoing: Outgoing) -> Found:
        """Answer as told."""
        self.asked.append(outgoing)
        if isinstance(self.answer, ChannelError):
            raise self.answer
        return self.answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/comms.db")
    thread(found, parts=1)
    (row,) = claimed(found)
    ends(found, row, DeliveryState.UNKNOWN)
    found.close_finished_slots(NOW)
    yield found
    found.close()


def make(_row: Delivery) -> Outgoing:
    return publication()


def sought(store: Store, network: Network, now: datetime = LATER) -> list[DeliveryState]:
    return [row.state for row in seek(store, {"mastodon": network}, make, now)]


def test_what_is_there_is_accepted_with_the_networks_name_for_it(store: Store) -> None:
    network = Network(Receipt("9001", "https://social.example/@leader/9001"))
    assert sought(store, network, NOW) == [DeliveryState.ACCEPTED]
    (row,) = store.deliveries(POST)
    assert (row.state, row.receipt) == (DeliveryState.ACCEPTED, "9001")


def test_what_is_certainly_not_there_goes_out_again(store: Store) -> None:
    assert sought(store, Network(Absent())) == [DeliveryState.PLANNED]
    slot = store.slot(POST)
    assert slot is not None
    assert slot.state is SlotState.RUNNING
    (again,) = claimed(store, LATER)
    assert again.attempt == 2


def test_a_no_is_not_believed_while_the_post_may_still_be_on_its_way(store: Store) -> None:
    assert sought(store, Network(Absent()), LATER - timedelta(seconds=1)) == []
    (row,) = store.unknown()
    assert row.state is DeliveryState.UNKNOWN


@pytest.mark.parametrize("answer", [CannotTell(GONE), TemporaryFailure(GONE)])
def test_what_nobody_can_tell_stays_for_a_person(store: Store, answer: Found | ChannelError) -> None:
    assert sought(store, Network(answer)) == []
    assert len(store.unknown()) == 1


def test_after_six_attempts_a_no_is_not_believed_any_more(store: Store) -> None:
    for _ in range(5):
        assert sought(store, Network(Absent())) == [DeliveryState.PLANNED]
        (row,) = claimed(store, LATER)
        store.settle("w", [], [row], NOW)
        store.settle("w", [(row, End(DeliveryState.UNKNOWN, "Inget svar."))], [], NOW)
    assert sought(store, Network(Absent())) == []
    (row,) = store.unknown()
    assert row.attempt == 6


def test_a_process_that_may_still_hear_its_answer_is_left_alone(store: Store) -> None:
    network = Network(Receipt("9001"))
    (row,) = store.unknown()
    assert seek(store, {"mastodon": network}, make, LATER, owners={row.owner}) == []
    assert network.asked == []


def test_a_channel_that_is_odd_stops_no_other(store: Store) -> None:
    def odd(row: Delivery) -> Outgoing:
        raise ZeroDivisionError(row.key)

    assert seek(store, {"mastodon": Network(Receipt("9001"))}, odd, LATER) == []
    assert len(store.unknown()) == 1


def test_what_nobody_can_tell_is_asked_for_ever_more_seldom_and_at_last_no_more(store: Store) -> None:
    network = Network(CannotTell(GONE))
    asked = []
    before = NOW
    for minute in range(1, 60 * 72):
        now = NOW + timedelta(minutes=minute)
        seek(store, {"mastodon": network}, make, now, before=before)
        if network.asked:
            asked.append(minute)
            network.asked.clear()
        before = now
    assert asked == [*range(1, 16), 30, 60, 120, 240, 480, 960, 1440, 2160, 2880]


def test_a_run_that_comes_seldom_misses_no_look(store: Store) -> None:
    network = Network(CannotTell(GONE))
    for hour in range(1, 60):
        now = NOW + timedelta(hours=hour)
        seek(store, {"mastodon": network}, make, now, before=now - timedelta(hours=1))
    assert len(network.asked) == 8


def test_letters_are_not_looked_for_on_any_network(store: Store) -> None:
    run_of(store, 1)
    row = store.claim(Ask("w", "mejl", 1, LEASE), NOW).rows[0]
    store.settle("w", [], [row], NOW)
    store.settle("w", [(row, End(DeliveryState.UNKNOWN, "Inget svar."))], [], NOW)
    letters = Network(Receipt("1"), slug="mejl")
    assert seek(store, {"mejl": letters}, make, LATER) == []
    assert letters.asked == []
