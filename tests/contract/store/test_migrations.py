"""Migrations: a ledger of any age becomes this program's with all that was in it, or stays as it was."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from comms.errors import StoreError
from comms.model.ledger import DeliveryState, End
from comms.store import open_store
from comms.store.columns import METADATA
from comms.store.database import MIGRATIONS, VERSION, Database
from tests.fakes.examples import NOW, recipient
from tests.fakes.ledger import ask
from tests.fakes.old_ledger import AT, RELEASED, contents, make_old

S = DeliveryState


EACH_RELEASED = pytest.mark.parametrize("released", RELEASED)


def version(url: str) -> str:
    return str(contents(url)["alembic_version"][0]["version_num"])


def shape(url: str) -> set[str]:
    """Everything that the database says of its tables, indexes, rules and triggers."""
    database = Database(url)
    with database.reading() as connection:
        if url.startswith("sqlite"):
            rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
            found = {_plain(sql) for (sql,) in rows}
        else:
            found = {row[0] for query in _CATALOGUE for row in connection.execute(text(query))}
    database.close()
    return {one for one in found if "alembic_version" not in one}


_CATALOGUE = [
    """
    SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable)
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
]


def _plain(sql: str) -> str:
    """The statement with its lines in one order: constraints may be listed in any."""
    parts = re.split(r",\s*(?=CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN|[a-z_]+ [A-Z])|[\n\t]", sql)
    return "|".join(sorted(part.strip(" ,()\"'") for part in parts if part.strip(" ,()"))).replace('"', "")


def is_trigger(part: str) -> bool:
    """Whether it is a trigger, or the function that a trigger of PostgreSQL calls."""
    return "TRIGGER" in part or "RAISE" in part


def brought_up(url: str) -> None:
    open_store(url).close()


# What they make


def test_the_newest_migration_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == VERSION


def test_the_migrations_make_exactly_the_tables_that_the_program_uses(nothing: str, other: str) -> None:
    brought_up(nothing)
    database = Database(other)
    with database.writing() as connection:
        METADATA.create_all(connection)
    database.close()
    assert {part for part in shape(nothing) if not is_trigger(part)} == shape(other)


@EACH_RELEASED
def test_an_old_ledger_becomes_exactly_as_a_new_one(nothing: str, other: str, released: str) -> None:
    make_old(nothing, released)
    brought_up(nothing)
    brought_up(other)
    assert shape(nothing) == shape(other)
    assert sum(map(is_trigger, shape(nothing))) in {5, 10}


# What they keep


@EACH_RELEASED
def test_everything_in_an_old_ledger_is_there_afterwards(nothing: str, released: str) -> None:
    make_old(nothing, released)
    before = contents(nothing)
    brought_up(nothing)
    after = contents(nothing)
    assert after.pop("alembic_version") == [{"version_num": VERSION}]
    for slot in before["slots"]:
        slot["cleared_at"] = None
    for notice in before["notices"]:
        notice["calendar"] = ""
    for no in before["suppressions"]:
        no |= {"newsletter": "", "kind": "officer"}
    for row in before["deliveries"]:
        row |= {"exit_id": "", "subscribes": False}
        if row["state"] == "planned":
            row["not_before"] = row["not_before"] or AT
    before["attempts"] = [row for row in before["attempts"] if row["ended_at"]]
    assert {name: after[name] for name in before if name != "alembic_version"} == {
        name: rows for name, rows in before.items() if name != "alembic_version"
    }
    assert all(not rows for name, rows in after.items() if name not in before)


@EACH_RELEASED
def test_an_old_run_goes_on_where_it_was(nothing: str, released: str) -> None:
    make_old(nothing, released)
    store = open_store(nothing)
    taken = store.recover(NOW, exclusive=True)
    assert [row.state for row in taken] == [S.PLANNED, S.UNKNOWN]
    rows = store.claim(ask(most=9), NOW).rows
    assert [row.recipient for row in rows] == [recipient(0).address, recipient(1).address]
    assert [row.attempt for row in rows] == [1, 2]
    settled = store.settle("a", [(rows[0], End(S.ACCEPTED))], rows[1:], NOW)
    assert (len(settled.ended), len(settled.sending)) == (1, 1)
    store.close()


@EACH_RELEASED
def test_an_old_ledger_that_does_not_hang_together_is_left_as_it_is(tmp_path: Path, released: str) -> None:
    url = f"sqlite:///{tmp_path}/comms.db"
    make_old(url, released)
    with closing(sqlite3.connect(tmp_path / "comms.db")) as connection, connection:
        connection.execute("UPDATE deliveries SET slot_id = 'finns-inte' WHERE state = 'held'")
    with pytest.raises(StoreError, match="inte hör ihop"):
        open_store(url)
    assert version(url) == released


@EACH_RELEASED
def test_an_old_file_is_copied_before_it_is_changed(tmp_path: Path, released: str) -> None:
    url = f"sqlite:///{tmp_path}/comms.db"
    make_old(url, released)
    before = contents(url)
    brought_up(url)
    assert contents(f"sqlite:///{tmp_path}/backups/comms.db.before-{VERSION}") == before
    brought_up(url)
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_without_a_copy_an_old_file_is_not_changed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/comms.db"
    make_old(url)
    (tmp_path / "backups").write_text("en fil där mappen skulle vara")
    with pytest.raises(StoreError, match="Ingenting är ändrat"):
        open_store(url)
    assert version(url) == "0001"


def test_a_new_file_needs_no_copy(tmp_path: Path) -> None:
    brought_up(f"sqlite:///{tmp_path}/comms.db")
    assert not (tmp_path / "backups").exists()


@EACH_RELEASED
def test_what_was_approved_before_there_were_questions_stays_approved(nothing: str, released: str) -> None:
    make_old(nothing, released)
    store = open_store(nothing)
    assert {one.id for one in store.facts().frozen.values() if one.approved} == {"approved", "running"}
    assert store.answers(["approved", "running"]) == {}
    store.close()


# When they are interrupted, or have company

KILLED = """
import sys
from comms.app.crashing import crash_points
from comms.store import open_store
open_store(sys.argv[1], at=crash_points())
"""


@pytest.mark.parametrize("point", ["migrate.done", "migrate.checked"])
def test_a_migration_that_is_killed_has_changed_nothing_and_is_made_at_the_next_start(
    nothing: str, point: str
) -> None:
    make_old(nothing)
    before = contents(nothing)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, nothing], env={**os.environ, "COMMS_CRASH_AT": point}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert contents(nothing) == before
    brought_up(nothing)
    assert version(nothing) == VERSION
    assert len(contents(nothing)["deliveries"]) == len(before["deliveries"])


@pytest.mark.parametrize("make", [make_old, lambda _: None], ids=["old", "new"])
def test_several_programs_may_start_at_once(nothing: str, make: Callable[[str], None]) -> None:
    make(nothing)
    faults: list[Exception] = []

    def start() -> None:
        try:
            brought_up(nothing)
        except StoreError as error:
            faults.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert version(nothing) == VERSION


def test_a_newer_database_is_refused_with_both_versions_and_left_alone(nothing: str) -> None:
    brought_up(nothing)
    database = Database(nothing)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    database.close()
    before = contents(nothing)
    with pytest.raises(StoreError) as refused:
        open_store(nothing)
    assert "0999" in str(refused.value)
    assert VERSION in str(refused.value)
    assert contents(nothing) == before
