"""The file: made, migrated, locked, refused when it is newer or broken, shared by processes."""

from __future__ import annotations

import multiprocessing
import re
import sqlite3
import threading
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from comms.errors import StoreError
from comms.model.ledger import DeliveryState, Receipt
from comms.store import open_store, single_sender
from comms.store.database import MIGRATIONS, VERSION, Database
from comms.store.schema import METADATA
from tests.fakes.examples import ISSUE, LEASE, NOW, approve, issue_entry, run_of


def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/var/comms.db"


def test_a_database_is_made_with_its_folder_and_opened_again(tmp_path: Path) -> None:
    first = open_store(url(tmp_path))
    first.add_slot(issue_entry(), NOW)
    first.close()
    again = open_store(url(tmp_path))
    assert [slot.id for slot in again.slots()] == [ISSUE]
    again.close()


def test_commits_are_durable_and_rows_are_held_together(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    database.migrate()
    with database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_the_migrations_make_exactly_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    open_store(url(tmp_path)).close()
    connection = sqlite3.connect(tmp_path / "var" / "comms.db")
    made = {
        _plain(sql)
        for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        if "alembic_version" not in sql
    }
    connection.close()
    engine = create_engine("sqlite://")
    wanted = {_plain(str(CreateTable(table).compile(engine))) for table in METADATA.sorted_tables}
    wanted |= {
        _plain(str(CreateIndex(index).compile(engine)))
        for table in METADATA.sorted_tables
        for index in table.indexes
    }
    assert made == wanted


def _plain(sql: str) -> str:
    """The statement with its lines in one order: constraints may be listed in any."""
    parts = re.split(r",\s*(?=CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN)|[\n\t]", sql)
    return "|".join(sorted(part.strip(" ,()") for part in parts if part.strip(" ,()")))


def test_the_newest_migration_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == VERSION


def test_a_newer_database_is_refused_with_both_versions_and_left_alone(tmp_path: Path) -> None:
    open_store(url(tmp_path)).close()
    path = tmp_path / "var" / "comms.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(StoreError) as refused:
        open_store(url(tmp_path))
    assert "0999" in str(refused.value)
    assert VERSION in str(refused.value)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0999",)]
    connection.close()


@pytest.mark.parametrize(
    "address", ["postgresql://x/y", "sqlite://", "sqlite:///:memory:", "", "inget", "mysql://a:b@c/d"]
)
def test_only_a_file_of_sqlite_is_taken(address: str) -> None:
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
        open_store(url(tmp_path))


def test_a_database_that_somebody_holds_is_said_to_be_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.store.database._PRAGMAS", ("PRAGMA busy_timeout = 10",))
    store = open_store(url(tmp_path))
    holder = sqlite3.connect(tmp_path / "var" / "comms.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match="upptagen"):
            store.add_slot(issue_entry(), NOW)
    finally:
        holder.close()
        store.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(url(tmp_path)).close()
    monkeypatch.setattr("comms.store.database._PRAGMAS", ("PRAGMA max_page_count = 1",))
    store = open_store(url(tmp_path))

    def fill() -> None:
        for number in range(28):
            approve(store, issue_entry(f"kommunbrevet-{number}", day=number + 1))

    with pytest.raises(StoreError, match="Disken är full"):
        fill()
    assert all(store.editions(slot.id) for slot in store.slots())
    store.close()


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


# Several at once


def _claim_all(address: str, owner: str, pipe: Pipe) -> None:
    store = open_store(address)
    pipe.send("ready")
    pipe.recv()
    taken = []
    while (row := store.claim(owner, NOW, LEASE, ["mejl"])) is not None:
        taken.append(row.id)
        store.accept(store.mark_sending(row, NOW), Receipt(owner), NOW)
    store.close()
    pipe.send(taken)


@pytest.mark.slow
def test_two_processes_never_claim_one_row(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    run_of(store, 2000)
    context = multiprocessing.get_context("spawn")
    pipes = []
    processes = []
    for owner in ("a", "b"):
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=_claim_all, args=(url(tmp_path), owner, theirs)))
        pipes.append(ours)
    for process in processes:
        process.start()
    for pipe in pipes:
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    taken = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    assert all(taken)
    assert sorted(taken[0] + taken[1]) == [row.id for row in store.deliveries(ISSUE)]
    assert store.counts(ISSUE) == {DeliveryState.ACCEPTED: 2000}
    store.close()


def test_two_programs_may_make_the_database_at_once(tmp_path: Path) -> None:
    faults: list[Exception] = []

    def start() -> None:
        try:
            open_store(url(tmp_path)).close()
        except StoreError as error:
            faults.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
