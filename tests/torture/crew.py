"""The trial of `comms worker` itself: real commands on a real workspace, Procrastinate's jobs and all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from comms.model.ledger import Delivery
from comms.store import open_store
from tests.fakes import postgres
from tests.journey.workspaces import small
from tests.torture.judge import Deaths, look, look_again
from tests.torture.sink import AT_THE_DOT, Sink
from tests.torture.trial import Sender, Trial, Verdict, left_by

_PROGRAM = (sys.executable, "-m", "tests.torture.worker")
_AGO = timedelta(minutes=2)
_MOMENT = 0.1
_DEADLINE = 300.0


@dataclass(frozen=True)
class Office:
    """A workspace whose issue is due now, in a database of its own."""

    folder: Path
    url: str
    environment: dict[str, str]
    slot: datetime

    @property
    def issue(self) -> str:
        """The issue's name."""
        return f"brevet-{self.slot:%Y-%m-%d}"

    def comms(self, *arguments: str) -> Any:  # noqa: ANN401 - as a script reads it
        """Run a command; what it says, as JSON if it is that."""
        done = subprocess.run(
            [*_PROGRAM, *arguments, "--workspace", self.folder],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    def worker(self) -> Sender:
        """One worker."""
        log = self.folder / "workers.log"
        with log.open("ab") as errors:
            command = [*_PROGRAM, "worker", "--workspace", str(self.folder)]
            process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=errors)
        return Sender(process, log)

    def approve(self) -> None:
        """Approve the issue, as of an hour before it is due."""
        before = f"{self.slot - timedelta(hours=1):%Y-%m-%dT%H:%M}"
        (entry,) = self.comms("plan", self.issue, "--json", "--now", before)["entries"]
        self.comms("answer", self.issue, "--all", "Vi har talat om det.", "--by", "Anna", "--now", before)
        self.comms("approve", self.issue, "--plan", entry["fingerprint"], "--by", "Anna", "--now", before)

    def rows(self) -> list[Delivery]:
        """Every delivery of the issue."""
        with closing(open_store(self.url)) as store:
            return list(store.deliveries(self.issue))

    def is_open(self) -> bool:
        """Whether anything is left to do, or has not begun."""
        with closing(open_store(self.url)) as store:
            counts = store.counts(self.issue)
        return not counts or any(state.is_open for state in counts)


def torture_workers(trial: Trial, folder: Path) -> Verdict:
    """Kill workers at random, let others end what they left; reconcile, send the rest, look again."""
    with _office(trial, folder) as (office, sink):
        office.approve()
        deaths = _kill_again_and_again(trial, office, sink)
        addresses = [f"kontor{number}@eda.example" for number in range(1, trial.recipients + 1)]
        found = look(sink, office.rows(), addresses, deaths, trial.connections)
        sink.calm()
        settled = _reconcile(office, sink) if found.unknown else 0
        with _crew(office, 1) as crew:
            _until_done(office, crew[0])
        return Verdict(trial, deaths, found, settled, look_again(sink, office.rows()))


@contextmanager
def _office(trial: Trial, folder: Path) -> Iterator[tuple[Office, Sink]]:
    small(folder).write_audiences(trial.recipients)
    slot = datetime.now(ZoneInfo("Europe/Stockholm")) - _AGO
    office = small(folder)
    office.write_audiences(trial.recipients)
    office.write_item("bryggan", since=f"{slot - timedelta(days=3):%Y-%m-%d}")
    office.change("comms.yaml", "first tuesday 08:00", f"day {slot.day} {slot:%H:%M}")
    url = postgres.database(f"crew{trial.seed}")
    with Sink(trial.seed, AT_THE_DOT, trial.share, trial.pace) as sink:
        mail = {"KIND": "smtp", "HOST": "127.0.0.1", "PORT": str(sink.port), "SECURITY": "none"}
        mail |= {"CONNECTIONS": str(trial.connections)}
        environment = {f"COMMS_CHANNELS__MAIL__{key}": value for key, value in mail.items()}
        environment |= {"COMMS_WORKSPACE__DATABASE_URL": url}
        yield Office(folder, url, {**os.environ, **environment}, slot), sink


def _kill_again_and_again(trial: Trial, office: Office, sink: Sink) -> Deaths:
    chance = random.Random(trial.seed)  # noqa: S311 - moments to kill at, not secrets
    deaths = Deaths()
    with _crew(office, trial.workers) as crew:
        while deaths.random < trial.kills and len(sink.kept) < trial.recipients:
            wanted = trial.kills - deaths.random
            left = trial.recipients - len(sink.kept)
            sink.wait_for(len(sink.kept) + chance.randint(1, 2 * left // (wanted + 1)), 5)
            time.sleep(chance.uniform(0, _MOMENT))
            place = chance.choice([n for n, worker in enumerate(crew) if worker.has_begun] or [0])
            crew[place].kill()
            most = max(deaths.most, left_by(office.rows(), crew[place]))
            deaths = replace(deaths, random=deaths.random + 1, most=most)
            crew[place].close()
            crew[place] = office.worker()
        _until_done(office, crew[0])
    return deaths


@contextmanager
def _crew(office: Office, count: int) -> Iterator[list[Sender]]:
    """So many workers; those that live at the end are asked to stop."""
    crew = [office.worker() for _ in range(count)]
    try:
        yield crew
        for worker in crew:
            assert worker.begins_within(_DEADLINE)  # before that a polite word is not understood
            worker.process.send_signal(signal.SIGTERM)
        for worker in crew:
            worker.process.wait(_DEADLINE)
            assert worker.is_done, worker.words
    finally:
        for worker in crew:
            worker.close()


def _until_done(office: Office, worker: Sender) -> None:
    until = time.monotonic() + _DEADLINE
    while office.is_open():
        assert time.monotonic() < until, worker.words
        time.sleep(_MOMENT)


def _reconcile(office: Office, sink: Sink) -> int:
    """Settle what is unknown by the command, with the sink's list; how many were."""
    taken = office.folder / "taken.txt"
    taken.write_text("".join(f"{kept.message_id}\n" for kept in sink.kept), encoding="utf-8")
    said = office.comms("reconcile", office.issue, "--message-ids", str(taken), "--complete", "--yes")
    return len(said.splitlines())
