"""The ledger against a model of what left the house: two workers, crashes, silence, clocks, old copies.

Whatever happens and in whatever order, no letter leaves twice without a person's word and none is lost.
Ledgers with a planted mistake show that the search would find one.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Integer, String, Update, bindparam, exists, literal_column, update

from comms.errors import StoreError
from comms.model.ledger import Delivery, DeliveryState, End, SlotState
from comms.store import Reading, Store
from comms.store.columns import is_state
from comms.store.database import Database
from comms.store.mark import forget
from comms.store.schema import deliveries, slots, suppressions
from tests.fakes.examples import ISSUE, LEASE, NOW, run_of
from tests.fakes.ledger import File, Home, Server, accepted, ask, later, slot_state
from tests.fakes.postgres import database

pytestmark = pytest.mark.no_cover

S = DeliveryState
LETTERS = 4
REST = (S.HELD, S.REJECTED, S.CANCELLED)
OVER = {S.ACCEPTED, S.REJECTED, S.SKIPPED, S.CANCELLED, S.HELD}
OWNERS = itertools.count()

EVENTS = [
    *["claim", "commit", "hand_over"] * 5,
    *["recover", "look_for_evidence"] * 2,
    *["send_one", "die", "wait", "recover_alone", "decline", "stop_the_issue", "close_finished"],
    *["send_again", "send_to_the_rest", "copy", "restore"],
]
WAITS = [(1, 0), (10, 0), (31, 0), (31, 0), (130, -2), (1, 2), (1, 30)]
ANSWERS = [
    (True, accepted()),
    (True, accepted()),
    (False, End(S.REJECTED, "Okänd adress.")),
    (False, later(NOW)),
    (True, End(S.UNKNOWN, "Svaret uteblev.")),
    (False, End(S.UNKNOWN, "Förbindelsen bröts.")),
]
"""Whether the letter leaves, and what the worker hears."""


@dataclass
class Clock:
    """The wall clock, which may be set, and the time that has really gone."""

    now: datetime = NOW
    gone: timedelta = timedelta(0)

    def go(self, step: timedelta) -> None:
        """Time passes."""
        self.now += step
        self.gone += step


@dataclass
class Worker:
    """One process: what it has claimed, what it may send and since when, what it has not told yet."""

    owner: str
    store: Store
    taken: list[Delivery] = field(default_factory=list)
    sending: list[tuple[Delivery, timedelta]] = field(default_factory=list)
    told: list[tuple[Delivery, End]] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where every history begins anew; opened once, so that statements are put together once."""

    home: Home
    database: Database
    beside: Path
    clock: Clock

    @classmethod
    def begin(cls, home: File | Server, clock: Clock) -> Place:
        """With the issue about to go out."""
        with closing(home.open()) as store:
            run_of(store, LETTERS)
        home.copy("start")
        beside = home.path if isinstance(home, File) else home.beside
        return cls(home, Database(home.url), beside, clock)

    def begin_again(self) -> None:
        """As it was, for the next history."""
        self.clock.now, self.clock.gone = NOW, timedelta(0)
        forget(self.beside)
        self.restore("start")

    def open(self) -> Store:
        """A process's store."""
        return Store(self.database, self.beside)

    def copy(self) -> None:
        """Take a copy."""
        self.database.close()
        self.home.copy()

    def restore(self, name: str = "copy") -> None:
        """Put a copy in the database's place."""
        self.database.close()
        self.home.restore(name)


class _Letters(RuleBasedStateMachine):
    """Everything that can happen to the letters of one issue."""

    def __init__(self, place: Place, *, hasty: bool = False) -> None:
        """`hasty`: evidence is taken while a worker may still send."""
        super().__init__()
        place.begin_again()
        self.place = place
        self.clock = place.clock
        self.hasty = hasty
        self.left: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        self.intended: set[tuple[str, int]] = set()
        self.final: set[str] = set()
        self.suppressed: set[str] = set()
        self.intents_since_copy: int | None = None
        self.restored = False
        self.workers: list[Worker] = []
        self.opened = ExitStack()

    @initialize()
    def begin(self) -> None:
        self.workers = [self.started(), self.started()]

    def teardown(self) -> None:
        with self.opened:
            if self.workers:
                self.finish()

    @rule(what=st.sampled_from(EVENTS), who=st.integers(0, 1), number=st.integers(0, 6))
    def happens(self, what: str, who: int, number: int) -> None:
        """Something happens, to one of the workers or to both. Not a rule for each: the usual is usual."""
        getattr(self, what)(who, number)

    # What workers do

    def claim(self, who: int, number: int) -> None:
        worker = self.workers[who]
        worker.taken += worker.store.claim(ask(worker.owner, number % 2 + 1), self.clock.now).rows

    def commit(self, who: int, number: int) -> None:
        """The desk: some ends, and the intents of what was claimed."""
        worker = self.workers[who]
        done, worker.told = worker.told[:number], worker.told[number:]
        asked, worker.taken = worker.taken[: 6 - number], worker.taken[6 - number :]
        settled = worker.store.settle(worker.owner, done, asked, self.clock.now)
        for row in settled.sending:
            self.check_intent(worker, row)
            worker.sending.append((row, self.clock.gone))

    def hand_over(self, who: int, number: int) -> None:
        worker = self.workers[who]
        if worker.sending:
            row, since = worker.sending.pop(0)
            # No other side waits longer than a lease for the end of a letter.
            gone = self.clock.gone > since + LEASE
            leaves, end = ANSWERS[-1 if gone else number % len(ANSWERS)]
            self.left[row.key] += leaves
            worker.told.append((row, end))

    def send_one(self, who: int, _number: int) -> None:
        """The usual: claimed, committed, taken, told."""
        self.claim(who, 0)
        self.commit(who, 0)
        self.hand_over(who, 0)
        self.commit(who, 6)

    def die(self, who: int, number: int) -> None:
        """A worker is killed; what it was sending has left or not."""
        self.stop(self.workers[who], leaves=number > 2)
        self.workers[who] = self.started()

    # What comes from outside

    def wait(self, _who: int, number: int) -> None:
        """So many minutes pass, and the clock is set by so many hours."""
        minutes, hours = WAITS[number]
        self.clock.now += timedelta(hours=hours)
        self.clock.go(timedelta(minutes=minutes))

    def recover(self, who: int, number: int) -> None:
        """A worker looks for what others left; after two minutes of silence they count as dead."""
        self.clock.go(timedelta(minutes=min(number, 2)))
        self.workers[who].store.recover(self.clock.now, exclusive=False)
        if number > 3:
            self.look_for_evidence(who, number)

    def recover_alone(self, who: int, number: int) -> None:
        """The lock says that every other process is dead."""
        self.die(0, number)
        self.die(1, number)
        self.workers[who].store.recover(self.clock.now, exclusive=True)

    def decline(self, who: int, _number: int) -> None:
        """Somebody wants no more letters, just when a worker has got theirs."""
        if self.workers[who].taken and not self.suppressed:
            address = self.workers[who].taken[0].recipient
            self.store.suppress(address, "Avsade sig.", self.clock.now)
            self.suppressed.add(address)
            self.commit(who, 0)

    def stop_the_issue(self, who: int, number: int) -> None:
        """A person stops it, a worker goes on for a moment, and the person thinks better of it."""
        if number > 2:
            self.store.set_slot_state(ISSUE, SlotState.CANCELLED, "Inställt.", self.clock.now)
        else:
            self.store.pause(ISSUE, "Fel länk.", self.clock.now)
        self.commit(who, 1)
        self.send_to_the_rest(who, number)
        self.store.resume(ISSUE, self.clock.now)

    def close_finished(self, _who: int, _number: int) -> None:
        self.store.close_finished_slots(self.clock.now)

    def look_for_evidence(self, _who: int, _number: int) -> None:
        """Evidence from outside, which is complete: what it does not have has not left."""
        for row in self.store.unknown():
            if self.hasty or not self.may_still_leave(row):
                there = self.left[row.key] > 0
                end = accepted("journal") if there else End(S.PLANNED, not_before=self.clock.now)
                self.store.resolve(row, end, "journal", self.clock.now)

    def send_again(self, _who: int, number: int) -> None:
        """A person wants the uncertain sent again, whatever comes of it."""
        for row in self.store.unknown()[: number % 2]:
            self.allowed[row.key] += 1
            self.store.resolve(row, End(S.PLANNED), "Enligt Anna", self.clock.now)

    def send_to_the_rest(self, _who: int, _number: int) -> None:
        """A person wants it sent to those who have certainly not got it."""
        for row in self.rows():
            # What an old copy says may be wrong: that is what the person answers for.
            self.allowed[row.key] += self.restored and row.state in REST and self.left[row.key] > 0
        self.store.again(ISSUE, REST, self.clock.now)

    def copy(self, _who: int, _number: int) -> None:
        self.place.copy()
        self.intents_since_copy = 0

    def restore(self, who: int, number: int) -> None:
        """All processes are stopped and the copy is put back; a person adopts it when it is fenced."""
        if self.intents_since_copy is None:
            return
        for worker in self.workers:
            self.stop(worker, leaves=number > 2)
        self.place.restore()
        self.restored = True
        store = self.open()
        fenced = store.fence_if_old(self.clock.now)
        assert fenced or not self.intents_since_copy
        if fenced:
            assert {row.state for row in store.deliveries(ISSUE)} <= OVER | {S.UNKNOWN}
            with pytest.raises(StoreError):
                store.begin_work("hasty", self.clock.now)
            store.adopt(self.clock.now)
        # What was said after the copy was taken is forgotten: the noes too.
        self.final = {row.key for row in store.deliveries(ISSUE) if row.state is S.ACCEPTED}
        self.suppressed = set(store.facts().suppressed)
        store.close()
        self.workers = [self.started(), self.started()]
        self.send_to_the_rest(who, number)

    # What must hold

    @invariant()
    def nothing_leaves_twice(self) -> None:
        for key, times in self.left.items():
            assert times <= 1 + self.allowed[key], f"{key} left {times} times"

    @invariant()
    def the_books_are_true(self) -> None:
        """Nothing is lost, what is being sent was intended, what is accepted left and stays accepted."""
        if not self.workers:
            return
        rows = self.rows()
        assert len(rows) == LETTERS
        assert {(row.key, row.attempt) for row in rows if row.state is S.SENDING} <= self.intended
        final = {row.key for row in rows if row.state is S.ACCEPTED}
        assert self.final <= final
        assert all(self.left[key] for key in final)
        self.final = final

    def check_intent(self, worker: Worker, row: Delivery) -> None:
        """What the ledger says may be sent is its owner's, wanted and not stopped."""
        (stands,) = (one for one in self.rows() if one.id == row.id)
        assert (stands.state, stands.owner, stands.attempt) == (S.SENDING, worker.owner, row.attempt)
        assert stands.lease_until is not None
        assert stands.lease_until > self.clock.now
        assert row.recipient not in self.suppressed
        assert slot_state(self.store) is SlotState.RUNNING
        self.intended.add((row.key, row.attempt))
        if self.intents_since_copy is not None:
            self.intents_since_copy += 1

    def stop(self, worker: Worker, *, leaves: bool) -> None:
        """The end of a process; what it was sending has left at the last moment, or not."""
        for row, since in worker.sending:
            self.left[row.key] += leaves and self.clock.gone <= since + LEASE
        worker.store.close()

    def may_still_leave(self, row: Delivery) -> bool:
        held = (one for worker in self.workers for one in worker.sending)
        return any(one.id == row.id and self.clock.gone <= since + LEASE for one, since in held)

    @property
    def store(self) -> Store:
        return self.workers[0].store

    def open(self) -> Store:
        store = self.place.open()
        self.opened.callback(store.close)
        return store

    def rows(self) -> list[Delivery]:
        return list(itertools.islice(self.store.deliveries(ISSUE), LETTERS))

    def started(self) -> Worker:
        worker = Worker(f"worker-{next(OWNERS)}", self.open())
        assert worker.store.fence_if_old(self.clock.now) == ""
        worker.store.begin_work(worker.owner, self.clock.now)
        return worker

    def finish(self) -> None:
        """Let all of it come to its end: everybody has it, or is where a person can see them."""
        self.wait_for_all()
        self.claim(1, 1)
        self.commit(1, 0)
        late, self.workers[1] = self.workers[1], self.started()
        self.recover(0, 2)
        self.send_all()
        refused = [(row, later(NOW)) for row, _ in late.sending]
        late.store.settle(late.owner, [*late.told, *refused], (), self.clock.now)
        self.recover_alone(0, 6)
        self.look_for_evidence(0, 0)
        self.send_all()
        assert sum(self.store.counts(ISSUE).values()) == LETTERS
        assert {row.state for row in self.rows()} <= OVER
        assert slot_state(self.store) in {SlotState.DONE, SlotState.CANCELLED}
        self.nothing_leaves_twice()
        self.the_books_are_true()

    def wait_for_all(self) -> None:
        waits = [row.not_before for row in self.rows() if row.not_before]
        self.clock.now = max([self.clock.now, *waits])

    def send_all(self) -> None:
        """Everything that is due or will be."""
        self.wait_for_all()
        while self.store.due(self.clock.now):
            self.send_one(0, 0)
        self.close_finished(0, 0)


def search(place: Place, examples: int, *, hasty: bool = False, explain: bool = True) -> None:
    """Try so many histories, the same every time; `explain`: make one that fails as short as can be."""
    run_state_machine_as_test(
        lambda: _Letters(place, hasty=hasty),  # type: ignore[arg-type]  # whatever makes a machine will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            print_blob=False,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink] if explain else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of everything, the marks too."""
    made = Clock()
    monkeypatch.setattr("comms.store.mark.read_clocks", lambda: Reading(made.now, 0.0, "start"))
    return made


@pytest.fixture
def file(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A ledger in a file. Nothing here cuts the power, so nothing need wait for the disk."""
    monkeypatch.setattr(
        "comms.store.sqlite._PRAGMAS", ("PRAGMA synchronous = OFF", "PRAGMA foreign_keys = ON")
    )
    place = Place.begin(File(tmp_path), clock)
    yield place
    place.database.close()


def test_in_every_history_each_letter_leaves_once(file: Place) -> None:
    search(file, 80)


@pytest.mark.servers
@pytest.mark.slow
def test_in_every_history_on_a_server_each_letter_leaves_once(tmp_path: Path, clock: Clock) -> None:
    place = Place.begin(Server(database("ledger_model"), tmp_path), clock)
    with closing(place.database):
        search(place, 10)


# Ledgers with a mistake in them: the search must find each.


ASKED = {
    "state": is_state(deliveries.c.state, S.CLAIMED),
    "attempt": deliveries.c.attempt == bindparam("tries", type_=Integer),
    "owner": deliveries.c.owner == bindparam("mover", type_=String),
    "lease": deliveries.c.lease_until > bindparam("moment", type_=String),
    "slot": exists().where(slots.c.id == deliveries.c.slot_id, is_state(slots.c.state, SlotState.RUNNING)),
    "no": ~exists().where(suppressions.c.address_key == deliveries.c.address_key),
}


def intend_without(*forgotten: str) -> Update:
    """What commits intents in `comms.store.moves`, with conditions forgotten."""
    asked = [condition for name, condition in ASKED.items() if name not in forgotten]
    return (
        update(deliveries)
        .where(deliveries.c.id == bindparam("row", type_=Integer), *asked)
        .values(state=literal_column("'sending'"), updated_at=bindparam("moment", type_=String))
    )


MISTAKES = {
    "what was being sent goes again": ("moves._LEFT", dict.fromkeys((S.CLAIMED, S.SENDING), End(S.PLANNED))),
    "owner and attempt are not asked for": ("moves._INTEND", intend_without("owner", "attempt")),
    "the lease is not asked for": ("moves._INTEND", intend_without("lease")),
    "a pause is not asked for": ("moves._INTEND", intend_without("slot")),
    "a no is not asked for": ("moves._INTEND", intend_without("no")),
    "an old copy is not noticed": ("fencing.disagreement", lambda *_, **__: None),
    "a late answer waits in a slot that is done": ("moves._reopen", lambda *_: None),
    "two attempts of a row are taken for one": ("moves._which", lambda row: (row.id, 1)),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_ledger_with_a_mistake_is_found_out(
    file: Place, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    place, wrong = MISTAKES[mistake]
    monkeypatch.setattr(f"comms.store.{place}", wrong)
    with pytest.raises(AssertionError):
        search(file, 400, explain=False)


@pytest.mark.slow
def test_evidence_that_is_taken_in_haste_is_found_out(file: Place) -> None:
    with pytest.raises(AssertionError, match="left 2 times"):
        search(file, 400, hasty=True, explain=False)
