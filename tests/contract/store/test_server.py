"""What is PostgreSQL's own: errors in our words, never a password, and a lock that dies with its holder."""

from __future__ import annotations

import multiprocessing
import socket
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from comms.errors import StoreError
from comms.store import Store, open_store
from comms.store.database import Database
from comms.store.postgres import place
from tests.fakes.examples import NOW, issue_entry, run_of
from tests.fakes.ledger import Server, empty

pytestmark = pytest.mark.servers

PASSWORD = "hemligt-losenord-4711"


@pytest.fixture
def home(migrated_server: str, tmp_path: Path) -> Server:
    """A migrated, empty database."""
    empty(migrated_server)
    return Server(migrated_server, tmp_path)


def told(url: str) -> str:
    with pytest.raises(StoreError) as refused:
        open_store(url)
    chain = [str(refused.value), repr(refused.value), str(refused.value.__cause__)]
    assert not any(PASSWORD in words for words in chain)
    return chain[0]


def test_a_server_that_is_not_there_is_named_without_the_password(home: Server) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = make_url(home.url).set(port=nobody.getsockname()[1], password=PASSWORD)
        assert "går inte att nå" in told(url.render_as_string(hide_password=False))


@pytest.mark.parametrize("change", [{"database": "finns_inte"}, {"username": "obekant"}])
def test_the_server_says_itself_why_it_does_not_let_us_in(home: Server, change: dict[str, str]) -> None:
    url = make_url(home.url).set(password=PASSWORD, **change)  # type: ignore[arg-type]  # names of its parts
    (name,) = change.values()
    assert f'"{name}" does not exist' in told(url.render_as_string(hide_password=False))


def test_a_place_is_named_without_the_password() -> None:
    assert place(make_url(f"postgresql://comms:{PASSWORD}@db.example/comms")) == (
        "postgresql://comms:***@db.example/comms"
    )


def test_a_server_that_was_stopped_in_between_is_told_and_then_used_again(
    store: Store, database: Database
) -> None:
    run_of(store, 1)
    with database.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(StoreError, match=r"stoppas|nå"):
        store.facts()
    assert len(store.facts().frozen) == 1


def test_a_table_that_is_locked_is_not_waited_for_for_ever(
    home: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.store.postgres._OPTIONS", ("SET lock_timeout = '50ms'",))
    with closing(home.open()) as hasty, database.writing() as connection:
        connection.execute(text("LOCK TABLE slots IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StoreError, match="upptagen"):
            hasty.add_slot(issue_entry(), NOW)


def test_commits_are_durable_and_no_wait_is_for_ever(database: Database) -> None:
    names = ("synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
    with database.reading() as connection:
        found = [connection.execute(text(f"SHOW {name}")).scalar() for name in names]
    assert found == ["on", "30s", "2min", "UTC"]


def test_a_server_that_is_too_old_is_refused(home: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.store.postgres.OLDEST", 990000)
    assert "minst 15 behövs" in told(home.url)


def test_the_same_lock_of_two_databases_is_two_locks(home: Server) -> None:
    home.copy("neighbour")
    neighbour = make_url(home.url).set(database=f"{make_url(home.url).database}_neighbour")
    store, other = home.open(), open_store(neighbour.render_as_string(hide_password=False))
    with closing(store), closing(other), store.alone() as first, other.alone() as second:
        assert (first, second) == (True, True)


def _hold(url: str, pipe: Pipe) -> None:
    with open_store(url).alone() as alone:
        pipe.send(alone)
        pipe.recv()


def test_a_killed_run_frees_the_lock(home: Server, store: Store) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(home.url, theirs))
    process.start()
    assert ours.recv() is True
    with store.alone() as alone:
        assert not alone
    process.kill()
    process.join()
    for _ in range(200):  # the server needs a moment to see that nobody is there
        with store.alone() as alone:
            if alone:
                return
    pytest.fail("the lock was never let go of")
