"""An old or copied ledger sends nothing: it has forgotten letters, and this machine has not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comms.errors import StoreError
from comms.model.ledger import DeliveryState, SlotState
from comms.store import Reading, Store, open_store
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry, run_of
from tests.fakes.ledger import File, Home, Server, accepted, claim, claimed, ended, sending, states

S = DeliveryState
HOUR = timedelta(hours=1)
READING = Reading(NOW + HOUR + timedelta(minutes=1), 3600.0, "start")
SERVER = pytest.mark.parametrize(
    "home", [pytest.param("postgresql", marks=pytest.mark.servers)], indirect=True
)
FILE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time at which letters go out; marks are written a minute later."""
    monkeypatch.setattr("comms.store.mark.read_clocks", lambda: READING)
    return NOW + HOUR


def sent(store: Store, owner: str, now: datetime) -> None:
    """One letter, sent and accepted."""
    ended(store, sending(store, owner, now), accepted(), now)


def worked(home: Home, owner: str, now: datetime, letters: int = 1) -> None:
    """A process that sends some letters and ends."""
    with closing(home.open()) as store:
        assert store.fence_if_old(now) == ""
        store.begin_work(owner, now)
        for _ in range(letters):
            sent(store, owner, now)
        store.end_work(owner, now)


def planned(home: Home, count: int) -> None:
    with closing(home.open()) as store:
        run_of(store, count)


def copied(home: Home, store: Store) -> None:
    """A copy while a store is in use: a server cuts its connections, and they are made again."""
    home.copy()
    with suppress(StoreError):
        store.facts()
    with suppress(StoreError):
        store.settle("nobody", (), (), NOW)


# What is not old


def test_a_database_that_remembers_everything_may_send(home: Home, now: datetime) -> None:
    planned(home, 3)
    for owner in ("anna", "bo", "cia"):
        worked(home, owner, now)


def test_a_copy_that_is_put_back_before_anything_was_sent_may_send(home: Home, now: datetime) -> None:
    planned(home, 2)
    worked(home, "anna", now)
    home.copy()
    home.restore()
    worked(home, "bo", now)


@FILE
def test_a_file_that_was_never_sent_from_may_be_copied(home: File, tmp_path: Path, now: datetime) -> None:
    planned(home, 1)
    home.copy("elsewhere.db")
    elsewhere = File(tmp_path / "elsewhere")
    elsewhere.path.parent.mkdir()
    shutil.copy(tmp_path / "elsewhere.db", elsewhere.path)
    worked(elsewhere, "anna", now)


KILLED = """
import sys
from datetime import datetime
from comms.app.crashing import crash_points
from comms.store import open_store
from pathlib import Path
from tests.fakes.ledger import claimed, intend
store = open_store(sys.argv[1], beside=Path(sys.argv[2]), at=crash_points())
now = datetime.fromisoformat(sys.argv[3])
store.begin_work("killed", now)
intend(store, claimed(store, "killed", now), now=now)
"""


@pytest.mark.parametrize("point", ["settle.uncommitted", "settle.committed", "claim.committed"])
def test_a_process_that_is_killed_leaves_a_database_that_may_send(
    home: Home, tmp_path: Path, now: datetime, point: str, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, home.url, tmp_path / "comms.db", now.isoformat()],
        env={**os.environ, "COMMS_CRASH_AT": point},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    store = another()
    assert store.fence_if_old(now) == ""


# What is old


def test_a_restored_database_sends_nothing_and_holds_what_was_due(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 3)
    home.copy()
    worked(home, "anna", now, letters=2)
    home.restore()
    store = another()
    reason = store.fence_if_old(now)
    assert reason
    assert store.fence_reason == reason
    assert states(store) == [S.HELD] * 3
    assert claim(store, now=now) == []
    with pytest.raises(StoreError, match="comms adopt"):
        store.begin_work("bo", now)
    assert store.workers(now) == []
    assert store.fence_if_old(now + HOUR) == reason


def test_a_copy_from_the_middle_of_a_run_is_old(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 4)
    store = another()
    store.begin_work("anna", now)
    sent(store, "anna", now)
    sending(store, "anna", now)
    claimed(store, "anna", now)
    copied(home, store)
    sent(store, "anna", now)
    store.close()
    home.restore()
    store = another()
    assert "äldre kopia" in store.fence_if_old(now)
    assert states(store) == [S.ACCEPTED, S.UNKNOWN, S.HELD, S.HELD]
    assert len(store.unknown()) == 1


def test_a_copy_from_the_middle_of_a_run_after_its_last_intent_is_not_old(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    store = another()
    store.begin_work("anna", now)
    row = sending(store, "anna", now)
    copied(home, store)
    ended(store, row, accepted(), now)
    store.close()
    home.restore()
    store = another()
    assert store.fence_if_old(now) == ""
    assert states(store) == [S.SENDING, S.PLANNED]


def test_a_copy_from_before_the_first_letter_is_old(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    home.copy()
    planned(home, 1)
    worked(home, "anna", now)
    home.restore()
    store = another()
    assert "äldre" in store.fence_if_old(now)


def test_a_clock_that_was_wrong_when_the_database_was_made_hides_nothing(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 3)
    worked(home, "anna", now + timedelta(days=4000))
    home.copy()
    worked(home, "bo", now)
    home.restore()
    store = another()
    assert store.fence_if_old(now)


def test_entries_that_were_due_are_held_and_later_ones_are_not(
    home: Home, another: Callable[[], Store]
) -> None:
    store = another()
    approve(store, issue_entry("due", day=1))
    store.add_slot(issue_entry("unapproved", day=2), NOW)
    approve(store, issue_entry("later", day=20))
    run_of(store, 1, issue_entry("running", day=3))
    copied(home, store)
    store.begin_work("anna", NOW)
    sent(store, "anna", NOW)
    store.close()
    home.restore()
    store = another()
    store.fence_if_old(NOW + timedelta(days=7))
    assert {slot.id: slot.state for slot in store.slots()} == {
        "due": SlotState.HELD,
        "unapproved": SlotState.HELD,
        "running": SlotState.RUNNING,
        "later": SlotState.APPROVED,
    }


@FILE
def test_a_file_that_was_copied_without_its_mark_is_fenced(home: File, tmp_path: Path, now: datetime) -> None:
    planned(home, 2)
    worked(home, "anna", now)
    home.copy("elsewhere.db")
    store = open_store(f"sqlite:///{tmp_path}/elsewhere.db")
    assert "märket bredvid den saknas" in store.fence_if_old(now)


@FILE
def test_a_folder_that_was_copied_from_another_machine_is_fenced(
    home: File, now: datetime, monkeypatch: pytest.MonkeyPatch, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    monkeypatch.setattr("comms.store.mark.machine", lambda: "kansliet")
    worked_here = another()
    worked_here.begin_work("anna", now)
    sent(worked_here, "anna", now)
    worked_here.close()
    for name, fenced in (("kansliet", False), ("", False), ("hemma", True)):
        monkeypatch.setattr("comms.store.fencing.machine", lambda name=name: name)
        store = another()
        assert ("annan dator" in store.fence_if_old(now)) is fenced


@SERVER
def test_a_server_that_was_restored_is_fenced_for_all_by_the_machine_that_remembers(
    home: Server, tmp_path: Path, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 4)
    theirs = Server(home.url, tmp_path / "their machine")
    theirs.beside.parent.mkdir()
    worked(home, "ours", now)
    worked(theirs, "theirs", now)
    home.copy()
    worked(theirs, "theirs again", now)
    home.restore()
    ours, other = another(), theirs.open()
    assert ours.fence_if_old(now) == ""
    assert other.fence_if_old(now)
    assert ours.fence_if_old(now)
    with pytest.raises(StoreError):
        ours.begin_work("ours again", now)
    other.close()


@SERVER
def test_a_store_that_remembers_nothing_can_only_see_that_others_have_fenced_it(
    home: Server, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    home.copy()
    worked(home, "anna", now)
    home.restore()
    with closing(open_store(home.url)) as forgetful:
        assert forgetful.fence_if_old(now) == ""
        assert another().fence_if_old(now)
        assert forgetful.fence_if_old(now)


# Adoption


def test_an_adopted_database_sends_again_and_what_is_held_stays_held(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    home.copy()
    worked(home, "anna", now)
    home.restore()
    store = another()
    store.fence_if_old(now)
    store.adopt(now)
    assert (store.fence_if_old(now), store.fence_reason) == ("", "")
    store.begin_work("bo", now)
    assert states(store) == [S.HELD, S.HELD]
    assert claim(store, now=now) == []
    assert store.again(ISSUE, [S.HELD], now) == 2
    assert claimed(store, "bo", now).owner == "bo"


def test_after_adoption_a_copy_from_before_it_is_old(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 3)
    worked(home, "anna", now)
    home.copy()
    store = another()
    store.adopt(now)
    store.close()
    home.restore()
    assert "en annan än" in another().fence_if_old(now)


@SERVER
def test_marks_of_other_machines_from_before_adoption_say_nothing(
    home: Server, tmp_path: Path, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 2)
    theirs = Server(home.url, tmp_path / "their machine")
    theirs.beside.parent.mkdir()
    worked(theirs, "theirs", now)
    store = another()
    store.adopt(now + HOUR)
    store.close()
    worked(theirs, "theirs again", now)


def test_the_last_reading_of_the_clocks_is_remembered(
    home: Home, now: datetime, another: Callable[[], Store]
) -> None:
    planned(home, 1)
    assert another().last_reading() is None
    worked(home, "anna", now)
    assert another().last_reading() == READING
