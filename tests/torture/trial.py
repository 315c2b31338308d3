"""One trial: senders are started and killed again and again; the judge looks, and again after reconciling."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from comms.app.house import settings_alone
from comms.app.reconciling import Sources, by_evidence
from comms.model.ledger import Delivery, DeliveryState
from comms.store import Store, open_store
from tests.fakes import postgres
from tests.fakes.examples import ISSUE, recipient
from tests.fakes.outbox import clock_since
from tests.journey.workspaces import small
from tests.torture.judge import Deaths, Sight, look, look_again
from tests.torture.sink import Sink

POINTS = (
    "migrate.done",
    "migrate.checked",
    "start.batch",
    "recover.uncommitted",
    "claim.uncommitted",
    "claim.committed",
    "copy.made",
    "body.given",
    "settle.uncommitted",
    "settle.committed",
    "intent.answered",
    "answer.read",
)
"""Every point at which a test may have a sender die (`Work.at`, `open_store`)."""

SPEED = 600
"""How fast the senders' clock runs: five minutes of waiting are half a second."""

_NAMED = 0.25  # the share of senders that die at a named point, if they come so far
_AGAIN_AND_AGAIN = [point for point in POINTS if not point.startswith(("migrate", "start", "recover"))]
_PASSES = 3
_LONG = 3.0
_AT_ONCE = 0.3
_MOMENT = 0.02
_DEADLINE = 600.0


@dataclass(frozen=True)
class Trial:
    """What is done to so many copies, by so many kills at random.

    `points`: where senders die before that, one after the other. `share` of the relay's answers go wrong; so
    many of the readers are `dead`. A worker that is silent for `silent` real seconds is taken for dead.
    """

    database: str
    recipients: int
    kills: int
    seed: int = 0
    points: tuple[str, ...] = ()
    workers: int = 1
    connections: int = 4
    share: float = 0.0
    dead: int = 0
    pace: float = 0.02
    silent: float = 1.0
    program: tuple[str, ...] = ("tests.fakes.outbox",)


@dataclass(frozen=True)
class Verdict:
    """What came of a trial. `found` is before reconciling, `after` when all is settled and sent."""

    trial: Trial
    deaths: Deaths
    found: Sight
    settled: int
    after: Sight

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every promise that was broken."""
        return self.found.wrong + self.after.wrong

    @property
    def lost(self) -> int:
        """Letters that were said to have arrived and had not, or that nobody ever got."""
        return max(self.found.lost, self.after.lost)


@dataclass
class Sender:
    """One process that sends."""

    process: subprocess.Popen[bytes]
    log: Path
    point: str = ""
    was_shot: bool = False

    @property
    def has_begun(self) -> bool:
        """Whether it is past its imports."""
        return self.begins_within(0)

    def begins_within(self, seconds: float) -> bool:
        """Wait until it says that it begins, or is dead."""
        assert self.process.stdout
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    @property
    def died(self) -> bool:
        """Whether it was killed. Raises AssertionError when it failed by itself."""
        code = self.process.poll()
        assert code in {None, 0, -signal.SIGKILL}, self.words
        return code == -signal.SIGKILL

    @property
    def is_done(self) -> bool:
        """Whether it ended because nothing was left."""
        return self.process.poll() == 0

    @property
    def words(self) -> str:
        """The last that was said by it or its fellows."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def kill(self) -> None:
        """Kill it, and wait until it is dead."""
        self.was_shot = True
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Leave nothing behind."""
        self.kill()
        if self.process.stdout:
            self.process.stdout.close()


@dataclass(frozen=True)
class Stage:
    """Where a trial takes place: a workspace, its database, a sink, and a clock that all senders share."""

    trial: Trial
    folder: Path
    url: str
    sink: Sink
    began: float

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The ledger, opened for a moment: senders must find it as the dead left it."""
        with closing(open_store(self.url, beside=self.folder / "var" / "judge")) as store:
            yield store

    def start(self, point: str = "") -> Sender:
        """A sender that goes on until nothing is left, or dies at `point` (`name:pass`)."""
        log = self.folder / "senders.log"
        command = [
            *(sys.executable, "-m", *self.trial.program, self.url, str(self.sink.port)),
            *(str(self.folder / "var"), "--to-the-end", "--recipients", str(self.trial.recipients)),
            *("--connections", str(self.trial.connections), "--began", str(self.began)),
            *("--speed", str(SPEED), "--silent", str(self.trial.silent)),
        ]
        with log.open("ab") as errors:
            process = subprocess.Popen(
                command,
                env={**os.environ, "COMMS_CRASH_AT": point},
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        return Sender(process, log, point)

    def die_at(self, point: str) -> None:
        """Let a sender die at a point."""
        sender = self.start(point)
        try:
            sender.process.wait(_DEADLINE)
            assert sender.died, f"nobody comes to {point}"
        finally:
            sender.close()

    def run_to_the_end(self) -> None:
        """Let a sender do what is left."""
        sender = self.start()
        try:
            sender.process.wait(_DEADLINE)
            assert not sender.died
        finally:
            sender.close()

    def rows(self) -> list[Delivery]:
        """Every delivery as the ledger has it."""
        with self.store() as store:
            return list(store.deliveries(ISSUE))

    def reconcile(self) -> int:
        """Settle what is unknown by the sink's list of Message-IDs, which is complete; how many were."""
        taken = self.folder / "taken.txt"
        taken.write_text("".join(f"{kept.message_id}\n" for kept in self.sink.kept), encoding="utf-8")
        now = clock_since(self.began, SPEED)() + timedelta(minutes=2)
        with self.store() as store:
            found = by_evidence(
                settings_alone(self.folder), store, ISSUE, Sources(id_lists=(taken,), complete=True), now
            )
        assert not found.early
        return len(found.settled)


@contextmanager
def staged(trial: Trial, folder: Path) -> Iterator[Stage]:
    """Make the stage."""
    small(folder)
    url = f"sqlite:///{folder}/var/comms.db"
    if trial.database == "postgresql":
        url = postgres.database(f"torture{trial.seed}")
    (folder / "var").mkdir()
    dead = [recipient(number).address for number in range(trial.dead)]
    with Sink(seed=trial.seed, share=trial.share, pace=trial.pace, dead=dead) as sink:
        yield Stage(trial, folder, url, sink, time.time())


def torture(trial: Trial, folder: Path) -> Verdict:
    """Kill, recover, look, reconcile, send the rest, look again."""
    with staged(trial, folder) as stage:
        for point in trial.points:
            stage.die_at(point)
        deaths = _kill_again_and_again(stage)
        deaths = replace(deaths, named=deaths.named + len(trial.points))
        addresses = [recipient(number).address for number in range(trial.recipients)]
        found = look(stage.sink, stage.rows(), addresses, deaths, trial.connections)
        stage.sink.calm()
        settled = stage.reconcile() if found.unknown else 0
        stage.run_to_the_end()
        return Verdict(trial, deaths, found, settled, look_again(stage.sink, stage.rows()))


def _kill_again_and_again(stage: Stage) -> Deaths:
    """Kill senders at random until they have been killed often enough, then let them end."""
    chance = random.Random(stage.trial.seed)  # noqa: S311 - moments to kill at, not secrets
    deaths = Deaths()
    until = time.monotonic() + _DEADLINE
    senders = [stage.start(_somewhere(chance)) for _ in range(stage.trial.workers)]
    try:
        while not all(sender.is_done for sender in senders):
            assert time.monotonic() < until, "the senders get nowhere"
            deaths = _bury(stage, senders, deaths, chance)
            left = stage.trial.recipients - len(stage.sink.kept)
            wanted = stage.trial.kills - deaths.random
            victims = [
                one for one in senders if one.has_begun and not one.is_done and not (one.point and left)
            ]
            if wanted and victims:
                _wait(stage.sink, left, wanted, chance)
                chance.choice(victims).kill()
            else:
                time.sleep(_MOMENT)
    finally:
        for sender in senders:
            sender.close()
    return deaths


def _wait(sink: Sink, left: int, wanted: int, chance: random.Random) -> None:
    """Until the next kill: some letters, so many that all of them have their share, and a moment more.

    Some kills come at once instead, to meet a sender that has only begun.
    """
    if left > 0 and chance.random() > _AT_ONCE:
        sink.wait_for(len(sink.kept) + chance.randint(1, 1 + 2 * left // wanted), _LONG)
    time.sleep(chance.uniform(0, _MOMENT))


def _bury(stage: Stage, senders: list[Sender], deaths: Deaths, chance: random.Random) -> Deaths:
    """Count the dead, and put others in their place."""
    for place, sender in enumerate(senders):
        if sender.died:
            if stage.trial.workers > 1 or chance.random() < 1 / 2:
                # Else the next sender is the first to open the file that this one left.
                deaths = replace(deaths, most=max(deaths.most, left_by(stage.rows(), sender)))
            shot, by_itself = int(sender.was_shot), int(not sender.was_shot)
            deaths = replace(deaths, random=deaths.random + shot, named=deaths.named + by_itself)
            sender.close()
            senders[place] = stage.start(_somewhere(chance) if deaths.random < stage.trial.kills else "")
    return deaths


def left_by(rows: Sequence[Delivery], sender: Sender) -> int:
    """How many rows a dead sender left in `sending`."""
    owned = f":{sender.process.pid}:"
    return sum(row.state is DeliveryState.SENDING and owned in f":{row.owner}" for row in rows)


def _somewhere(chance: random.Random) -> str:
    """For some, a point to die at and the pass; for most, nothing."""
    if chance.random() > _NAMED:
        return ""
    return f"{chance.choice(_AGAIN_AND_AGAIN)}:{chance.randint(1, _PASSES)}"
