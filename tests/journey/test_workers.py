"""Several workers on one PostgreSQL: an issue goes out once, whoever starts, dies or is told to stop.

Time is the real one, for workers have no other: the newsletter is due two minutes before the test.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fakes import postgres
from tests.journey.workspaces import (
    DAY_BEFORE,
    ITEM,
    SLOT,
    Answer,
    Office,
    Watched,
    addresses,
    ended,
)

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PASSWORD = "hemligt-losenord-4711"
BEGAN = "Arbetaren går. Avbryt med Ctrl-C.\n"
ENDED = "Arbetaren har stannat. Det som väntar ligger kvar.\n"

_HASTY = """\
import sys
from datetime import timedelta
from functools import partial
from comms.app import working
from comms.cli import run
from comms.deliver import loop
from comms.store import workers
workers.SILENT, loop._BEAT, working.SHARD = timedelta(seconds=3), 0.5, 15
hasty = {"heartbeat": timedelta(seconds=0.5), "cron": "* * * * * */2"}
working.WorkQueue = partial(working.WorkQueue, **hasty)
sys.exit(run(sys.argv[1:]))
"""
"""`comms` as it is, but with short waits, and jobs so small that every worker gets some."""


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback that counts."""
    with Watched() as listening:
        yield listening


@pytest.fixture
def shared(office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose ledger is on PostgreSQL, where everybody may have a password."""
    url = postgres.database("journey").replace("postgres@", f"postgres:{PASSWORD}@")
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", url)
    office.sends_through(relay)
    return office


def test_a_whole_issue_goes_from_approval_to_everybody_with_the_ledger_on_postgresql(
    shared: Office, relay: Watched
) -> None:
    shared.write_audiences(20)
    shared.approve(now=DAY_BEFORE)
    answer = shared.comms("tick", now=SLOT)
    assert answer.code == 0
    assert answer.out.endswith("Leveranser: mottagen 20.\n")
    assert shared.comms("tick", now="2026-12-01T08:02") == Answer(0, "Leveranser: inga.\n", "")
    assert (relay.got, shared.states()) == (addresses(20), {"accepted": 20})
    status = shared.comms("status", "--json", now=SLOT)
    assert (status.json["queue"], status.json["workers"]) == (None, [])
    assert not shared.database.exists()
    assert PASSWORD not in answer.said + status.said + shared.comms("doctor", now=SLOT).said


def test_a_database_that_does_not_answer_is_named_without_its_password(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://comms:{PASSWORD}@127.0.0.1:1/comms"
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", url)
    for command in ("tick", "status", "worker"):
        answer = office.comms(command)
        assert answer.code == 4
        assert answer.err.startswith("Databasen postgresql://comms:***@127.0.0.1:1/comms går inte att nå")
        assert PASSWORD not in answer.said


def test_a_worker_beside_a_file_is_refused_with_what_to_do(office: Office) -> None:
    answer = office.comms("worker")
    assert (answer.code, answer.err) == (
        4,
        "comms worker behöver PostgreSQL: sätt workspace.database_url. Med en SQLite-fil räcker comms run.\n",
    )


# Many at once


@dataclass
class Crew:
    """Workers of one office, and the issue that they send."""

    office: Office
    issue: str
    workers: list[subprocess.Popen[str]]

    def states(self) -> dict[str, int]:
        """How many copies stand where; none before the issue has begun."""
        answer = self.office.comms("who", self.issue, "--json")
        return dict(answer.json["states"]) if answer.out else {}

    def hands(self) -> int:
        """How many workers the queue knows of."""
        return int(self.office.comms("status", "--json").json["queue"]["workers"])

    def until_nothing_is_open(self) -> None:
        """Wait until every copy has its end."""

        def is_done() -> bool:
            return bool(states := self.states()) and not set(states) & {"planned", "claimed", "sending"}

        wait_for(is_done)

    def stop(self) -> list[Answer]:
        """Ask all that live to stop; what each has said."""
        for worker in self.workers:
            worker.terminate()
        return [ended(worker) for worker in self.workers]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.1)


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due_now(office: Office, offices: int) -> str:
    """Approve an issue that was due two minutes ago; its name."""
    due = datetime.now(ZoneInfo("Europe/Stockholm")) - timedelta(minutes=2)
    weekday, other = (DAYS[(due.weekday() + later) % 7] for later in (0, 3))
    office.change("comms.yaml", "schedule: first tuesday 08:00", f"schedule: {weekday} {due:%H:%M}")
    # The post has a time of its own, which may be now as well.
    office.change("comms.yaml", "slots: [thu 12:00]", f"slots: [{other} 12:00]")
    for written in ("2026-11-20", "2026-11-27"):
        office.change(ITEM, written, f"{due - timedelta(days=3):%Y-%m-%d}")
    office.write_audiences(offices)
    issue = f"brevet-{due:%Y-%m-%d}"
    office.approve(issue, now=f"{due - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    return issue


def hired(office: Office, count: int) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", _HASTY, "worker", "--workspace", str(office.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]


@pytest.fixture
def crew(shared: Office) -> Iterator[Crew]:
    """Four workers that start at once, when an issue to a hundred and twenty is due."""
    issue = due_now(shared, 120)
    made = Crew(shared, issue, hired(shared, 4))
    yield made
    for worker in made.workers:
        if worker.poll() is None:
            worker.kill()
        worker.communicate()


class Pause:
    """Holds every letter from a number on at its dot, until it is let go."""

    def __init__(self, at: int) -> None:
        """Let the first ones through."""
        self._at = at
        self.reached = threading.Event()
        self.over = threading.Event()

    def __call__(self, dot: int) -> None:
        """Hold a letter."""
        if dot >= self._at:
            self.reached.set()
            self.over.wait(60)


def test_four_workers_that_start_at_once_send_once_and_status_shows_them(crew: Crew, relay: Watched) -> None:
    relay.at_dot = middle = Pause(40)
    assert middle.reached.wait(60)
    wait_for(lambda: crew.hands() == 4)
    status = crew.office.comms("status")
    assert re.search(rf"^  {crew.issue} +sänds  +.*mottagen \d", status.out, re.MULTILINE), status.out
    assert "\nSänder just nu\n" in status.out
    assert " pågår, 4 arbetare.\n" in status.out
    middle.over.set()
    crew.until_nothing_is_open()
    answers = crew.stop()
    for answer in answers:
        assert answer.code == 0, answer.said
        assert answer.out.startswith(BEGAN)
        assert answer.out.endswith(ENDED)
    assert sum(f"Sänds: {crew.issue}\n" in answer.out for answer in answers) == 1
    assert relay.got == addresses(120)
    assert crew.states() == {"accepted": 120}
    assert PASSWORD not in status.said + "".join(answer.said for answer in answers)


def test_what_a_killed_worker_had_in_hand_is_named_and_the_others_send_the_rest_once(
    crew: Crew, relay: Watched
) -> None:
    relay.at_dot = middle = Pause(40)
    assert middle.reached.wait(60)
    at_work = crew.office.comms("status", "--json").json["workers"]
    pid = int(at_work[0]["owner"].split(":")[1])
    victim = next(worker for worker in crew.workers if worker.pid == pid)
    victim.kill()
    middle.over.set()
    crew.until_nothing_is_open()
    killed, *others = sorted(crew.stop(), key=lambda answer: answer.code)
    assert killed.code == -signal.SIGKILL
    assert [answer.code for answer in others] == [0, 0, 0]
    rows = crew.office.comms("who", crew.issue, "--json").json["deliveries"]
    unknown = {row["recipient"] for row in rows if row["state"] == "unknown"}
    assert len(unknown) <= 4
    assert set(relay.got) | unknown == set(addresses(120))
    assert max(relay.got.values()) == 1
    assert crew.states() == Counter({"accepted": 120 - len(unknown), "unknown": len(unknown)}) + Counter()


def test_workers_that_are_told_to_stop_finish_what_is_in_hand_and_new_ones_send_the_rest(
    crew: Crew, relay: Watched
) -> None:
    relay.at_dot = middle = Pause(40)
    assert middle.reached.wait(60)
    wait_for(lambda: crew.hands() == 4)  # before that they do not understand a polite word
    for worker in crew.workers:
        worker.terminate()
    middle.over.set()
    assert [answer.code for answer in crew.stop()] == [0, 0, 0, 0]
    handed_over = sum(relay.got.values())
    assert crew.states() == {"accepted": handed_over, "planned": 120 - handed_over}
    crew.workers[:] = hired(crew.office, 2)
    crew.until_nothing_is_open()
    assert [answer.out.endswith(ENDED) for answer in crew.stop()] == [True, True]
    assert (relay.got, crew.states()) == (addresses(120), {"accepted": 120})


def test_the_officer_is_told_of_an_issue_that_was_not_approved_though_no_letter_is_due(
    shared: Office, relay: Watched
) -> None:
    issue = due_now(shared, 5)
    shared.change(ITEM, "En ny brygga i Eda", "En nyare brygga i Eda")
    crew = Crew(shared, issue, hired(shared, 2))
    wait_for(lambda: len(relay.told) > 0)
    time.sleep(1)
    assert [answer.code for answer in crew.stop()] == [0, 0]
    assert [subject for subject in relay.told if subject.startswith("Hålls kvar: Brevet, ")] == relay.told[:1]
    assert shared.slot(issue)["state"] == "held"
    assert relay.got == Counter()
