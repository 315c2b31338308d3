"""The file: made, locked, checked, backed up, told what is wrong with it; and which addresses are taken."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest

from comms.errors import StoreError
from comms.store import Store, open_store, sqlite
from comms.store.database import Database
from comms.store.lock import single_sender
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry, run_of
from tests.fakes.ledger import sending


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be; its folder is not there yet."""
    return tmp_path / "var" / "comms.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def damage(path: Path) -> None:
    """Overwrite the middle of the file, as a bad disk would."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xa5" * 8192)


def test_a_database_is_made_with_its_folder_and_opened_again(path: Path) -> None:
    first = open_store(f"sqlite:///{path}")
    first.add_slot(issue_entry(), NOW)
    first.close()
    again = open_store(f"sqlite:///{path}")
    assert [slot.id for slot in again.slots()] == [ISSUE]
    again.close()


@pytest.mark.parametrize("how", ["reading", "writing"])
def test_commits_are_durable_and_rows_are_held_together(path: Path, how: str) -> None:
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with getattr(database, how)() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize(
    "address",
    ["sqlite://", "sqlite:///:memory:", "", "inget", "mysql://a:b@c/d", "postgresql://x", "http://x/y"],
)
def test_only_a_file_or_a_named_database_of_postgresql_is_taken(address: str) -> None:
    with pytest.raises(StoreError, match="database_url"):
        open_store(address)


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "comms.db").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StoreError, match="skadad"):
        open_store(f"sqlite:///{tmp_path}/comms.db")


def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "comms.db").mkdir()
    with pytest.raises(StoreError, match=r"comms\.db"):
        open_store(f"sqlite:///{tmp_path}/comms.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("en fil")
    with pytest.raises(StoreError, match="var"):
        open_store(f"sqlite:///{tmp_path}/var/comms.db")


def test_a_database_that_somebody_holds_is_said_to_be_busy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ("PRAGMA busy_timeout = 10",))
    store = open_store(f"sqlite:///{path}")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match="upptagen"):
            store.add_slot(issue_entry(), NOW)
    finally:
        holder.close()
        store.close()


# A full disk


@pytest.fixture
def full(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store whose file may not grow."""
    store.close()
    monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ("PRAGMA max_page_count = 1",))
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(full: Store) -> None:
    def fill() -> None:
        for number in range(28):
            approve(full, issue_entry(f"kommunbrevet-{number}", day=number + 1))

    with pytest.raises(StoreError, match="Disken är full"):
        fill()
    assert all(full.editions(slot.id) for slot in full.slots())


LONG = "Avsade sig." * 500


def fill_with_noes(store: Store) -> int:
    """Suppress until nothing more fits; how many fitted."""
    for number in range(5000):
        try:
            store.suppress(f"nummer{number}@kommun.example", "Avsade sig." * 20, NOW)
        except StoreError:
            return number
    pytest.fail("the disk was never full")


def test_a_no_is_written_even_on_a_full_disk_by_giving_up_the_reserve(
    full: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fill_with_noes(full)
    sqlite.keep_reserve(path)
    give_up = sqlite.spend_reserve

    def room_again(file: Path) -> bool:
        # There is no small disk to fill here, so giving up the reserve lets the file grow again.
        monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ())
        full.close()
        return give_up(file)

    monkeypatch.setattr("comms.store.sqlite.spend_reserve", room_again)
    full.suppress("sist@kommun.example", LONG, NOW)
    assert not path.with_name("comms.db.reserve").exists()
    assert len(full.facts().suppressed) == before + 1


def test_on_a_full_disk_a_file_is_opened_for_a_no_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    sqlite.keep_reserve(path)
    monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ("PRAGMA max_page_count = 1",))
    with pytest.raises(StoreError, match="Disken är full"):
        open_store(f"sqlite:///{path}")
    give_up = sqlite.spend_reserve

    def room_again(file: Path) -> bool:
        monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ())
        return give_up(file)

    monkeypatch.setattr("comms.store.sqlite.spend_reserve", room_again)
    open_store(f"sqlite:///{path}", urgent=True).close()
    assert not path.with_name("comms.db.reserve").exists()


def test_without_a_reserve_a_full_disk_is_told(full: Store) -> None:
    fill_with_noes(full)
    with pytest.raises(StoreError, match="Disken är full"):
        full.suppress("sist@kommun.example", LONG, NOW)


def test_another_fault_does_not_cost_the_reserve(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ("PRAGMA busy_timeout = 10",))
    store = open_store(f"sqlite:///{path}")
    sqlite.keep_reserve(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="upptagen"):
            store.suppress("a@kommun.example", "Avsade sig.", NOW)
    assert path.with_name("comms.db.reserve").stat().st_size == sqlite.RESERVE
    store.close()


# Care


def test_each_day_has_one_backup_and_a_week_of_them_is_kept(store: Store, path: Path) -> None:
    days = [f"2026-12-{day:02}" for day in range(1, 11)]
    for day in days:
        store.tend(day)
    first = (path.parent / "backups" / "comms.db.2026-12-10").stat()
    store.tend("2026-12-10")
    assert (path.parent / "backups" / "comms.db.2026-12-10").stat() == first
    assert sorted(copy.name for copy in (path.parent / "backups").iterdir()) == [
        f"comms.db.{day}" for day in days[-sqlite.KEPT :]
    ]


def test_a_backup_before_a_migration_is_not_among_those_that_go(store: Store, path: Path) -> None:
    sqlite.back_up(path, "comms.db.before-0002")
    for day in range(1, 11):
        store.tend(f"2026-12-{day:02}")
    assert (path.parent / "backups" / "comms.db.before-0002").exists()


def test_a_backup_holds_everything_that_was_committed(store: Store, path: Path) -> None:
    run_of(store, 3)
    sending(store)
    store.tend("2026-12-01")
    copy = open_store(f"sqlite:///{path.parent}/backups/comms.db.2026-12-01")
    assert list(copy.deliveries(ISSUE)) == list(store.deliveries(ISSUE))
    copy.close()


def test_a_backup_that_was_cut_short_is_made_anew(store: Store, path: Path) -> None:
    (path.parent / "backups").mkdir()
    (path.parent / "backups" / "comms.db.2026-12-01.unfinished").write_bytes(b"half of a copy")
    store.tend("2026-12-01")
    assert [copy.name for copy in (path.parent / "backups").iterdir()] == ["comms.db.2026-12-01"]


def test_a_backup_that_cannot_be_made_is_told(store: Store, path: Path) -> None:
    (path.parent / "backups").mkdir()
    (path.parent / "backups" / "comms.db.2026-12-01.unfinished").mkdir()
    with pytest.raises(StoreError, match=r"comms\.db"):
        store.tend("2026-12-01")


def test_damage_is_found_and_the_newest_backup_is_named(store: Store, path: Path) -> None:
    run_of(store, 200)
    store.tend("2026-12-01")
    store.verify(always=True)
    store.close()
    damage(path)
    with pytest.raises(StoreError, match=r"skadad.*backups/comms\.db\.2026-12-01"):
        store.verify(always=True)


def test_the_file_is_read_only_when_the_last_run_did_not_end(store: Store, path: Path) -> None:
    run_of(store, 400)  # so many that the middle of the file is full of copies, and of nothing else
    store.begin_work("anna", NOW)
    sending(store, "anna")
    store.end_work("anna", NOW)
    store.close()
    damage(path)
    store.verify()
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE workers SET ended_at = NULL")
    with pytest.raises(StoreError, match=r"skadad.*Ingen säkerhetskopia finns"):
        store.verify()


# The lock


def test_only_one_run_sends(tmp_path: Path) -> None:
    path = str(tmp_path / "comms.db.lock")
    with single_sender(path) as first, single_sender(path) as second:
        assert (first, second) == (True, False)
    with single_sender(path) as again:
        assert again


def test_a_lock_in_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="saknas"), single_sender(str(tmp_path / "saknas" / "x.lock")):
        pass


def _hold(path: str, pipe: Pipe) -> None:
    with single_sender(path) as alone:
        pipe.send(alone)
        pipe.recv()


def test_a_killed_run_frees_the_lock(tmp_path: Path) -> None:
    path = str(tmp_path / "comms.db.lock")
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(path, theirs))
    process.start()
    assert ours.recv() is True
    with single_sender(path) as alone:
        assert not alone
    process.kill()
    process.join()
    with single_sender(path) as alone:
        assert alone


def test_what_the_ledger_knows_is_for_its_owner_alone_to_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = open_store(f"sqlite:///{tmp_path}/comms.db")
        store.tend("2026-12-01")
        store.close()
    finally:
        os.umask(before)
    made = [tmp_path / "comms.db", tmp_path / "backups" / "comms.db.2026-12-01"]
    assert [oct(file.stat().st_mode & 0o777) for file in made] == ["0o600", "0o600"]
