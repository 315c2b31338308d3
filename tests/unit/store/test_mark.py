"""The mark beside the database: one for each process that sends, and what two clocks tell."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest

from comms.errors import StoreError
from comms.store.mark import MOST, Known, Mark, Reading, forget, is_marked, machine, marks, read_clocks
from tests.fakes.examples import NOW

HOUR = timedelta(hours=1)


def known(owner: str, intents: int = 0) -> Known:
    return Known("i" * 32, "kansliet", owner, intents, Reading(NOW, 12.5, "start"))


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def open_mark(stem: Path, opened: ExitStack) -> Mark:
    mark = Mark.open(stem)
    opened.callback(mark.close)
    return mark


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_mark_says_what_was_written_last(tmp_path: Path, opened: ExitStack) -> None:
    mark = open_mark(tmp_path / "comms.db", opened)
    mark.write(known("en-ganska-lång-ägare" * 5, 10**9))
    mark.write(known("anna", 7))
    assert marks(tmp_path / "comms.db") == [known("anna", 7)]


def test_each_living_process_has_a_mark_of_its_own(tmp_path: Path, opened: ExitStack) -> None:
    stem = tmp_path / "comms.db"
    for owner in ("anna", "bo"):
        open_mark(stem, opened).write(known(owner))
    assert [one.owner for one in marks(stem)] == ["anna", "bo"]
    assert names(tmp_path) == ["comms.db.mark", "comms.db.mark1"]


def test_the_next_process_takes_the_mark_of_one_that_has_ended(tmp_path: Path) -> None:
    stem = tmp_path / "comms.db"
    for owner in ("anna", "bo"):
        mark = Mark.open(stem)
        mark.write(known(owner))
        mark.close()
    assert [one.owner for one in marks(stem)] == ["bo"]


def _hold(stem: Path, pipe: Pipe) -> None:
    Mark.open(stem).write(known("killed", 3))
    pipe.send("marked")
    pipe.recv()


def test_the_mark_of_a_killed_process_stays_and_is_free(tmp_path: Path, opened: ExitStack) -> None:
    stem = tmp_path / "comms.db"
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(stem, theirs))
    process.start()
    assert ours.recv() == "marked"
    process.kill()
    process.join()
    assert marks(stem) == [known("killed", 3)]
    open_mark(stem, opened)
    assert names(tmp_path) == ["comms.db.mark"]


def test_a_mark_that_cannot_be_read_is_passed_over_but_is_there(tmp_path: Path, opened: ExitStack) -> None:
    stem = tmp_path / "comms.db"
    assert not is_marked(stem)
    mark = open_mark(stem, opened)
    assert (marks(stem), is_marked(stem)) == ([], True)
    for damaged in (b"{", b'{"wall": 1}', b"\xff\xfe", b"[]"):
        (tmp_path / "comms.db.mark").write_bytes(damaged)
        assert marks(stem) == []
    mark.write(known("anna"))
    assert marks(stem) == [known("anna")]


def test_all_marks_are_forgotten_together(tmp_path: Path, opened: ExitStack) -> None:
    stem = tmp_path / "comms.db"
    for owner in ("anna", "bo"):
        open_mark(stem, opened).write(known(owner))
    forget(stem)
    assert (marks(stem), names(tmp_path)) == ([], [])


def test_there_is_an_end_to_how_many_may_send_from_one_folder(tmp_path: Path, opened: ExitStack) -> None:
    for _ in range(MOST):
        open_mark(tmp_path / "comms.db", opened)
    with pytest.raises(StoreError, match=str(MOST)):
        Mark.open(tmp_path / "comms.db")


def test_a_place_where_no_mark_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("en fil")
    with pytest.raises(StoreError, match=r"comms\.db\.mark"):
        Mark.open(tmp_path / "var" / "comms.db")


# Clocks


@pytest.mark.parametrize(
    ("wall", "since_boot", "boot", "jump"),
    [
        (HOUR, 3600.0, "a", timedelta(0)),
        (3 * HOUR, 3600.0, "a", 2 * HOUR),
        (timedelta(0), 3600.0, "a", -HOUR),
        (3 * HOUR, 10.0, "b", timedelta(0)),
    ],
    ids=["time went", "set forward", "set back", "restarted"],
)
def test_a_clock_that_was_set_is_told_from_time_that_went(
    wall: timedelta, since_boot: float, boot: str, jump: timedelta
) -> None:
    assert Reading(NOW, 0.0, "a").jump(Reading(NOW + wall, since_boot, boot)) == jump


def test_where_a_start_has_no_name_no_jump_is_seen() -> None:
    assert Reading(NOW, 0.0, "").jump(Reading(NOW + HOUR, 0.0, "")) == timedelta(0)


def test_the_clocks_of_this_machine_go_together() -> None:
    first, second = read_clocks(), read_clocks()
    assert abs(first.jump(second)) < HOUR
    assert second.since_boot >= first.since_boot
    assert first.wall.utcoffset() == timedelta(0)


def test_a_machine_without_a_name_is_nothing_special(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.cache_clear()
    monkeypatch.setattr("comms.store.mark._MACHINE", tmp_path / "saknas")
    assert machine() == ""
    machine.cache_clear()
    (tmp_path / "machine-id").write_text("kansliet\n")
    monkeypatch.setattr("comms.store.mark._MACHINE", tmp_path / "machine-id")
    assert machine() == "kansliet"
    machine.cache_clear()


def test_a_mark_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "mark").write_bytes(b"")
    descriptor = os.open(tmp_path / "mark", os.O_RDONLY)
    mark = Mark(descriptor)
    mark.write(known("anna"))
    mark.close()
    assert (tmp_path / "mark").read_bytes() == b""
