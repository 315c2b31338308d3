"""A migrated, empty database of each kind, and stores on it that are closed at the end."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from comms.store import Store, open_store
from comms.store.database import Database
from tests.fakes.ledger import File, Home, Server, empty
from tests.fakes.postgres import database as fresh_database

BOTH = (
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.servers),
)

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file, to be copied: migrating takes longer than most tests."""
    file = File(tmp_path_factory.mktemp("migrated"))
    file.open().close()
    file.copy()
    return file.path.with_name("copy")


@pytest.fixture(scope="session")
def migrated_server() -> str:
    """The URL of a migrated database, emptied before each test."""
    url = fresh_database("contract_store")
    open_store(url).close()
    return url


@pytest.fixture(params=BOTH)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A migrated, empty database of one kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "comms.db")
        return File(tmp_path)
    found = Server(request.getfixturevalue("migrated_server"), tmp_path)
    empty(found.url)
    return found


@pytest.fixture(params=BOTH)
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of one kind in which there is nothing."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/comms.db"
    return fresh_database(f"contract_store_{next(_NUMBERS)}")


@pytest.fixture
def other(nothing: str, tmp_path: Path) -> str:
    """One more of the same kind as `nothing`."""
    if nothing.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/other.db"
    return fresh_database(f"contract_store_{next(_NUMBERS)}")


@pytest.fixture
def another(home: Home) -> Iterator[Callable[[], Store]]:
    """Opens one more store on the database, as another process would."""
    with ExitStack() as opened:

        def make() -> Store:
            store = home.open()
            opened.callback(store.close)
            return store

        yield make


@pytest.fixture
def store(another: Callable[[], Store]) -> Store:
    """A store on the database."""
    return another()


@pytest.fixture
def wait_for_lock() -> Callable[[Database], None]:
    """Waits until somebody at a server waits for a lock that somebody else holds."""

    def wait(database: Database) -> None:
        for _ in range(2000):
            with database.reading() as connection:
                if connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first():
                    return
            time.sleep(0.005)
        pytest.fail("nobody waits for a lock")

    return wait


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    """The database itself, for what the store would never do."""
    opened = Database(home.url)
    yield opened
    opened.close()
