"""A ledger of its own and a clock that stands still, for each test of the outbox."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from comms.store import Store, open_store
from tests.unit.deliver.scripted import Clock


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger: to copy one is faster than to make one."""
    file = tmp_path_factory.mktemp("ledger") / "comms.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    """A ledger in a file; when the test is over no hand may be left."""
    opened = open_store(f"sqlite:///{shutil.copy(empty, tmp_path)}")
    yield opened
    opened.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.endswith("-hand")] == []


@pytest.fixture
def clock() -> Clock:
    """It is NOW."""
    return Clock()
