"""Somebody leaves while their copy is on its way out: after the answer no intent is committed.

What was `sending` before the answer may have gone; nothing else may.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from comms.deliver import Work, drain
from comms.model.ledger import Delivery, DeliveryState, End
from comms.store import Store, open_store
from comms.store.database import Database
from tests.fakes.examples import NOW
from tests.fakes.leaving import exit_id, run_with_exits
from tests.fakes.ledger import Home, accepted, ask, later
from tests.unit.deliver.scripted import Clock, Scripted, make, overheard

pytestmark = pytest.mark.no_cover

S = DeliveryState
PEOPLE = tuple(f"person{number}@privat.example" for number in range(3))
WORKERS = ("a", "b")
STEPS = 8
ROUNDS = {"sqlite": 1000, "postgresql": 50}
ANSWERS = (accepted(), accepted(), later(NOW), End(S.REJECTED, "Okänd adress."))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug here, so the disk need not be waited for."""
    monkeypatch.setattr(
        "comms.store.postgres._OPTIONS", ("SET synchronous_commit = off", "SET TIME ZONE 'UTC'")
    )
    monkeypatch.setattr(
        "comms.store.sqlite._PRAGMAS",
        ("PRAGMA busy_timeout = 30000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"),
    )


@dataclass
class Town:
    """Workers and those who leave, all at one ledger, and what they have done."""

    store: Store
    exits: dict[str, str]
    chance: random.Random
    claimed: dict[str, list[Delivery]] = field(default_factory=lambda: {one: [] for one in WORKERS})
    sending: dict[str, list[Delivery]] = field(default_factory=lambda: {one: [] for one in WORKERS})
    ends: dict[str, list[tuple[Delivery, End]]] = field(default_factory=lambda: {one: [] for one in WORKERS})
    answered: set[str] = field(default_factory=set)
    handed: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def claim(self, worker: str) -> None:
        """Take one or two."""
        self.claimed[worker] += self.store.claim(ask(worker, self.chance.choice((1, 2))), NOW).rows

    def settle(self, worker: str, share: float = 0.7) -> None:
        """Commit to some of what is claimed, and tell how what was sent went."""
        intents = [row for row in self.claimed[worker] if self.chance.random() < share]
        ends, self.ends[worker] = self.ends[worker], []
        settled = self.store.settle(worker, ends, intents, NOW)
        self.claimed[worker] = [row for row in self.claimed[worker] if row not in intents]
        self.broken += [row.recipient for row in settled.sending if row.recipient in self.answered]
        self.sending[worker] += settled.sending

    def hand_over(self, worker: str) -> None:
        """The channel takes one, or says no for now or for ever."""
        if self.sending[worker]:
            row = self.sending[worker].pop(self.chance.randrange(len(self.sending[worker])))
            end = self.chance.choice(ANSWERS)
            self.handed[row.recipient] += end.state is S.ACCEPTED
            self.ends[worker].append((row, end))

    def leave(self, _worker: str) -> None:
        """Somebody leaves, from this newsletter or from all, and has the answer."""
        who = self.chance.choice(PEOPLE)
        everything = self.chance.random() < 0.3
        self.store.leaving.end(self.exits[who], everything=everything, source="ett klick", now=NOW)
        self.answered.add(who)

    def live(self) -> None:
        """Some steps at random; then what was claimed goes out, if it may."""
        steps = (self.claim, self.settle, self.settle, self.hand_over, self.hand_over, self.leave)
        for _ in range(STEPS):
            self.chance.choice(steps)(self.chance.choice(WORKERS))
        for worker in WORKERS:
            self.settle(worker, share=1)
            while self.sending[worker]:
                self.hand_over(worker)
            self.settle(worker)


@dataclass
class Beginning:
    """The issue before anything was done, to begin from again and again; each letter's exit by its reader."""

    database: Database
    exits: dict[str, str]

    def again(self) -> None:
        """Put it back."""
        with self.database.writing() as connection:
            for table in ("events", "attempts", "deliveries", "suppressions"):
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of tables
            connection.exec_driver_sql("INSERT INTO deliveries SELECT * FROM beginning")

    def stands(self) -> dict[str, DeliveryState]:
        """Where each reader's copy stands."""
        with self.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT recipient, state FROM deliveries").all()
        return {recipient: DeliveryState(state) for recipient, state in rows}


@pytest.fixture
def beginning(store: Store, database: Database) -> Iterator[Beginning]:
    """An issue that runs to a few people."""
    run_with_exits(store, *PEOPLE)
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE beginning AS SELECT * FROM deliveries")
    yield Beginning(database, {who: exit_id(store, who) for who in PEOPLE})
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE beginning")


def test_whoever_has_had_the_answer_gets_nothing_more_in_a_thousand_orders(
    store: Store, database: Database, beginning: Beginning
) -> None:
    outcomes: Counter[tuple[DeliveryState, bool]] = Counter()
    for seed in range(ROUNDS["sqlite" if database.file else "postgresql"]):
        beginning.again()
        town = Town(store, beginning.exits, random.Random(seed))  # noqa: S311 - to be repeated
        town.live()
        assert town.broken == [], f"seed {seed}"
        assert max(town.handed.values(), default=0) <= 1, f"seed {seed}"
        for who, state in beginning.stands().items():
            outcomes[state, who in town.answered] += 1
            assert (state is S.ACCEPTED) == bool(town.handed[who]), f"seed {seed}"
            assert state is not S.SKIPPED or who in town.answered, f"seed {seed}"
    # What may happen did: the search is no show. (A few rounds do not see all of it.)
    assert {(S.ACCEPTED, False), (S.REJECTED, False), (S.SKIPPED, True)} <= set(outcomes)
    assert (S.ACCEPTED, True) in outcomes or not database.file


# The real outbox, in threads


@dataclass
class Commits:
    """When each group of intents was about to be committed, and for whom."""

    moment: float = 0.0
    sending: dict[str, float] = field(default_factory=dict)

    def at(self, point: str) -> None:
        """A point of the ledger has been reached."""
        if point == "settle.uncommitted":
            self.moment = time.perf_counter()

    def after(self, act: str, result: object, *_arguments: object) -> None:
        """An act of the ledger is done."""
        if act == "settle":
            self.sending |= {row.recipient: self.moment for row in getattr(result, "sending", ())}


@dataclass
class Leaver:
    """Somebody who leaves after a while, in a thread of their own; when they had the answer."""

    store: Store
    exit_id: str
    wait: float
    answered: float = float("inf")

    def __call__(self) -> None:
        """Leave."""
        time.sleep(self.wait)
        self.store.leaving.end(self.exit_id, everything=False, source="ett klick", now=NOW)
        self.answered = time.perf_counter()


def test_the_outbox_itself_commits_to_nothing_after_the_answer(
    home: Home, beginning: Beginning, store: Store
) -> None:
    outcomes: Counter[DeliveryState] = Counter()
    with ExitStack() as opened:
        commits = Commits()
        sender = open_store(home.url, at=commits.at)
        opened.callback(sender.close)
        for seed in range(20):
            chance = random.Random(seed)  # noqa: S311 - to be repeated
            beginning.again()
            commits.sending.clear()
            leavers = {
                who: Leaver(store, beginning.exits[who], chance.random() * 0.02)
                for who in chance.sample(PEOPLE, 2)
            }
            threads = [threading.Thread(target=leaver) for leaver in leavers.values()]
            waits = {who: chance.random() * 0.01 for who in PEOPLE}
            channel = Scripted(connections=2, before=lambda who, waits=waits: time.sleep(waits[who]))  # type: ignore[misc]  # bound now
            for thread in threads:
                thread.start()
            drain(overheard(sender, after=commits.after), {"mejl": channel}, Work(f"w{seed}", make, Clock()))
            for thread in threads:
                thread.join()
            assert [
                who
                for who, leaver in leavers.items()
                if who in commits.sending and leaver.answered < commits.sending[who]
            ] == [], f"seed {seed}"
            assert sorted(channel.sent) == sorted(commits.sending)
            outcomes.update(beginning.stands().values())
    assert set(outcomes) == {S.ACCEPTED, S.SKIPPED}
