"""Many hands at once: they overlap, share commits, wait for nobody, and leave nothing in doubt."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from comms.deliver import LedgerPort, loop
from comms.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure, say
from comms.model.ledger import Delivery, DeliveryState
from comms.store import Store
from tests.fakes.examples import ISSUE, issue_entry, run_of
from tests.unit.deliver.scripted import Clock, Scripted, drained, office, overheard, rows

P = DeliveryState


@dataclass
class Commits:
    """What each group commit held, as recipients, and how many copies were being sent after it."""

    store: Store
    ends: list[set[str]] = field(default_factory=list)
    intents: list[set[str]] = field(default_factory=list)
    sending: list[int] = field(default_factory=list)

    def ledger(self) -> LedgerPort:
        """The store, its commits written down."""
        return overheard(self.store, after=self._note)

    def number(self, kind: list[set[str]], recipient: str) -> int:
        """Which commit held a recipient's end or intent; after all others when none did."""
        return next((number for number, held in enumerate(kind) if recipient in held), len(kind))

    def _note(self, act: str, _result: object, *arguments: Any) -> None:  # noqa: ANN401 - each act has its own
        if act == "settle":
            self.ends.append({row.recipient for row, _ in arguments[1]})
            self.intents.append({row.recipient for row in arguments[2]})
            self.sending.append(self.store.counts(ISSUE).get(P.SENDING, 0))


# Together


@pytest.mark.parametrize("connections", [2, 8])
def test_as_many_copies_are_on_their_way_at_once_as_there_are_connections(
    store: Store, clock: Clock, connections: int
) -> None:
    run_of(store, 3 * connections)
    all_in = threading.Barrier(connections)
    channel = Scripted(connections=connections, within=lambda _: all_in.wait(20))
    assert drained(store, channel, clock=clock).counts == {P.ACCEPTED: 3 * connections}
    assert len(set(channel.sent)) == 3 * connections


@pytest.mark.parametrize("connections", [1, 3])
def test_never_more_copies_are_in_flight_than_there_are_connections(
    store: Store, clock: Clock, connections: int
) -> None:
    run_of(store, 30)
    commits = Commits(store)
    hands: set[int] = set()
    channel = Scripted(connections=connections, before=lambda _: hands.add(threading.get_ident()))
    drained(commits.ledger(), channel, clock=clock)
    assert max(commits.sending) <= connections
    assert len(hands) == connections


def test_channels_work_at_the_same_time(store: Store, clock: Clock) -> None:
    run_of(store, 4)
    run_of(store, 4, issue_entry("annat-2026-12-02", channel="papper", day=2))
    both_in = threading.Barrier(2)
    channels = [Scripted(slug=slug, within=lambda _: both_in.wait(20)) for slug in ("mejl", "papper")]
    assert drained(store, *channels, clock=clock).counts == {P.ACCEPTED: 8}


def test_hands_that_come_to_the_point_of_no_return_together_share_a_commit(
    store: Store, clock: Clock
) -> None:
    run_of(store, 80)
    commits = Commits(store)
    all_in = threading.Barrier(8)
    channel = Scripted(connections=8, before=lambda _: all_in.wait(20))
    drained(commits.ledger(), channel, clock=clock)
    held = [len(intents) for intents in commits.intents if intents]
    assert sum(held) == len(channel.sent) == 80
    assert len(held) <= 40


# Nobody waits for another


def test_a_copy_that_takes_long_holds_no_other_back_and_their_ends_are_kept_within_a_second(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of(store, 30)
    seconds, others_are_kept = [0.0], threading.Event()
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    kept: set[str] = set()

    def keep(row: Delivery) -> None:
        kept.add(row.recipient)
        if len(kept) == 29:
            others_are_kept.set()

    def within(recipient: str) -> None:
        if recipient == office(0):
            for _ in range(4):
                others_are_kept.wait(0.5)
                seconds[0] += 0.25
            assert others_are_kept.wait(20)
            assert store.counts(ISSUE) == {P.ACCEPTED: 29, P.SENDING: 1}

    channel = Scripted(connections=2, within=within)
    assert drained(store, channel, clock=clock, on_result=keep).counts == {P.ACCEPTED: 30}
    assert channel.sent[-1] == office(0)


def test_a_letter_that_takes_long_to_make_holds_no_other_back(store: Store, clock: Clock) -> None:
    run_of(store, 30)
    others_are_sent = threading.Event()

    def before(recipient: str) -> None:
        if recipient == office(0):
            assert others_are_sent.wait(20)

    def count(_row: Delivery) -> None:
        if len(channel.sent) == 29:
            others_are_sent.set()

    channel = Scripted(connections=2, before=before)
    assert drained(store, channel, clock=clock, on_result=count).counts == {P.ACCEPTED: 30}


# What a crash would find


def test_what_is_being_sent_is_kept_as_being_sent(store: Store, clock: Clock) -> None:
    run_of(store, 20)
    found: list[DeliveryState] = []
    channel = Scripted(connections=4, within=lambda recipient: found.append(rows(store)[recipient].state))
    drained(store, channel, clock=clock)
    assert found == [P.SENDING] * 20


@pytest.mark.parametrize("seed", range(6))
def test_the_end_of_a_hands_copy_is_kept_before_or_with_its_next_intent(
    store: Store, clock: Clock, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - schedules, not secrets
    connections = chance.randint(1, 8)
    run_of(store, 80)
    carried: dict[int, list[str]] = defaultdict(list)

    def before(recipient: str) -> None:
        carried[threading.get_ident()].append(recipient)
        time.sleep(chance.choice([0, 0, 0.001, 0.004]))

    faults = [TemporaryFailure(say("Senare.")), PermanentFailure(say("Nej.")), OutcomeUnknown(say("Vet ej."))]
    script = {office(n): chance.choice(faults) for n in chance.sample(range(80), 4)}
    channel = Scripted(
        script,
        after=chance.random() < 0.5,
        connections=connections,
        before=before,
        within=lambda _: time.sleep(chance.choice([0, 0, 0.001, 0.004])),
    )
    commits = Commits(store)
    report = drained(commits.ledger(), channel, clock=clock)

    assert sum(report.counts.values()) == 80
    assert max(commits.sending) <= connections
    assert [
        (earlier, later)
        for copies in carried.values()
        for earlier, later in itertools.pairwise(copies)
        if commits.number(commits.ends, earlier) > commits.number(commits.intents, later)
    ] == []


def test_one_who_unsubscribes_at_any_moment_of_a_run_gets_no_letter_after_that(
    store: Store, clock: Clock
) -> None:
    """A thousand noes, each at a moment of its own, between all that the hands do."""
    run_of(store, 1200)
    chance = random.Random(1)  # noqa: S311 - moments, not secrets
    steps = itertools.count()
    said_no: dict[str, int] = {}
    intended: dict[str, int] = {}

    def unsubscribe(_point: str) -> None:
        # Somebody whose copy has gone, is in hand, is claimed, or waits.
        address = office(len(channel.tried) + chance.randint(-10, 60))
        if len(said_no) < 1000 and address not in said_no:
            store.suppress(address, "Avsade sig.", clock())
            said_no.setdefault(address, next(steps))

    def note(act: str, *arguments: Any) -> None:  # noqa: ANN401 - each act has its own
        if act == "settle":
            intended.update((row.recipient, next(steps)) for row in arguments[2])

    channel = Scripted(connections=4)
    report = drained(overheard(store, before=note), channel, clock=clock, at=unsubscribe)

    assert [who for who in channel.sent if who in said_no and said_no[who] < intended[who]] == []
    assert {who for who, row in rows(store).items() if row.state is P.ACCEPTED} == set(channel.sent)
    assert store.counts(ISSUE) == {P.ACCEPTED: len(channel.sent), P.SKIPPED: 1200 - len(channel.sent)}
    assert (report.lost, report.counts[P.ACCEPTED]) == (0, len(channel.sent))
    assert report.counts[P.SKIPPED] > 20  # overtaken between claim and intent
