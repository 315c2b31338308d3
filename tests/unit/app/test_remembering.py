"""What channels remember: locked when it is secret, opened only by a key that is not in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.remembering import LedgerMemory, lock, new_key
from comms.errors import ConfigError
from comms.model.settings import Secret
from comms.store import Store, open_store

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
OLD, NEW = Secret(new_key()), Secret(new_key())
TOKEN = "hemlig-nyckel-4711"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield found
    found.close()


def memory(store: Store, *keys: Secret, now: datetime = NOW, channel: str = "bluesky") -> LedgerMemory:
    return LedgerMemory(store, channel, lock(keys), now)


def test_what_is_kept_is_there_in_the_next_run_and_for_no_other_channel(store: Store) -> None:
    memory(store).keep("container:1", "178")
    assert memory(store).recall("container:1") == "178"
    assert memory(store, channel="threads").recall("container:1") == ""


def test_a_secret_is_unreadable_in_the_file_and_readable_with_the_key(store: Store, tmp_path: Path) -> None:
    assert memory(store, NEW).keep("session", TOKEN, secret=True)
    assert memory(store, NEW).recall("session") == TOKEN
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"session" in files
    assert TOKEN.encode() not in files


def test_without_a_key_a_secret_is_not_kept_at_all(store: Store) -> None:
    assert not memory(store).keep("session", TOKEN, secret=True)
    assert store.memories.all() == []


def test_an_old_key_still_opens_and_the_new_one_locks(store: Store) -> None:
    memory(store, OLD).keep("session", TOKEN, secret=True)
    assert memory(store, NEW, OLD).recall("session") == TOKEN
    memory(store, NEW, OLD).keep("session", TOKEN, secret=True)
    assert memory(store, NEW).recall("session") == TOKEN


def test_a_secret_whose_key_is_gone_is_as_if_it_were_forgotten(store: Store) -> None:
    memory(store, OLD).keep("session", TOKEN, secret=True)
    assert memory(store, NEW).recall("session") == ""
    assert memory(store).recall("session") == ""


def test_what_is_over_is_forgotten(store: Store) -> None:
    memory(store).keep("container:1", "178", until=NOW + timedelta(hours=23))
    assert memory(store, now=NOW + timedelta(hours=22)).recall("container:1") == "178"
    assert memory(store, now=NOW + timedelta(hours=23)).recall("container:1") == ""


def test_what_is_no_key_is_refused_without_being_shown(store: Store) -> None:
    with pytest.raises(ConfigError) as refused:
        memory(store, Secret("inte-en-nyckel")).keep("session", TOKEN, secret=True)
    assert "inte-en-nyckel" not in str(refused.value)


def test_a_memory_can_be_let_go(store: Store) -> None:
    memory(store).keep("container:1", "178")
    memory(store).forget("container:1")
    assert memory(store).recall("container:1") == ""
