"""A copy of the ledger is whole while others write, on SQLite and on PostgreSQL, and comes back fenced."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url

from comms.app.backing_up import back_up
from comms.app.house import settings_alone
from comms.app.restoring import restore
from comms.errors import StoreError, UsageError, say
from comms.model.ledger import DeliveryState
from comms.store import Store, open_store
from comms.store.copies import Snapshot, conninfo, fence, load_dump, look_into, refuse_unless_empty, snapshot
from tests.fakes.examples import ISSUE
from tests.fakes.ledger import accepted, ended, run_to, sending
from tests.fakes.postgres import database as fresh_database
from tests.journey.workspaces import small

NOW = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
FIFTY = tuple(f"kontor{number}@eda.example" for number in range(50))
REASON = say("Databasen är återställd från kopian {when}.", when="i går")

BOTH = (
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.servers),
)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A ledger with an issue on its way to fifty."""
    if request.param == "postgresql":
        if shutil.which("pg_dump") is None:
            pytest.skip("pg_dump is not installed: apt-get install postgresql-client")
        found = fresh_database("backups_from")
    else:
        found = f"sqlite:///{tmp_path}/comms.db"
    with_store(found, lambda store: run_to(store, *FIFTY))
    return found


def with_store(url: str, act: Callable[[Store], None]) -> None:
    store = open_store(url)
    try:
        act(store)
    finally:
        store.close()


def put_back(url: str, copy: Path) -> str:
    """The copy as a database of its own, fenced."""
    other = f"sqlite:///{copy}"
    if url.startswith("postgresql"):
        other = fresh_database("backups_to")
        refuse_unless_empty(other)
        load_dump(other, copy, REASON, NOW)
    fence(other, REASON, NOW)
    return other


def test_a_copy_taken_while_letters_go_out_is_of_one_moment(url: str, tmp_path: Path) -> None:
    began = threading.Event()

    def send(store: Store) -> None:
        store.begin_work("a", NOW)
        for number in range(40):
            if number == 5:
                began.set()
            ended(store, sending(store), accepted(f"Q{number}"))

    sender = threading.Thread(target=with_store, args=(url, send))
    sender.start()
    assert began.wait(30)
    seen = snapshot(url, tmp_path / "copy")
    sender.join()

    (slot,) = seen.open
    other = put_back(url, tmp_path / "copy")

    def compare(store: Store) -> None:
        counts = store.counts(ISSUE)
        assert counts.get(DeliveryState.HELD, 0) == slot.counts["planned"] + slot.counts.get("claimed", 0)
        assert counts.get(DeliveryState.UNKNOWN, 0) == slot.counts.get("sending", 0)
        assert sum(counts.values()) == len(FIFTY)
        assert seen.intents == counts.get(DeliveryState.ACCEPTED, 0) + counts.get(DeliveryState.UNKNOWN, 0)

    with_store(other, compare)


def test_a_copy_is_private_and_sends_nothing_where_it_is_put_back_until_it_is_adopted(
    url: str, tmp_path: Path
) -> None:
    seen = snapshot(url, tmp_path / "copy")

    def refuse(store: Store) -> None:
        assert store.fence_if_old(NOW) == str(REASON)
        with pytest.raises(StoreError, match="Inget sänds"):
            store.begin_work("b", NOW)
        store.adopt(NOW)
        store.begin_work("b", NOW)
        assert store.due(NOW) == {}

    with_store(put_back(url, tmp_path / "copy"), refuse)
    assert seen.kind == url.partition(":")[0]
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


@pytest.mark.servers
def test_a_database_with_anything_in_it_is_never_written_over() -> None:
    url = fresh_database("backups_to")
    refuse_unless_empty(url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE annat (x int)")
    with pytest.raises(UsageError, match="är inte tom"):
        refuse_unless_empty(url)


@pytest.mark.servers
def test_a_dump_that_is_none_leaves_the_database_empty(tmp_path: Path) -> None:
    url = fresh_database("backups_to")
    (tmp_path / "dump").write_bytes(b"inte en dump")
    with pytest.raises(StoreError, match="pg_restore gick inte"):
        load_dump(url, tmp_path / "dump", REASON, NOW)
    refuse_unless_empty(url)


@pytest.mark.servers
def test_a_restore_that_is_cut_short_leaves_a_database_that_nothing_uses(tmp_path: Path) -> None:
    first, second = fresh_database("backups_from"), fresh_database("backups_to")
    with_store(first, lambda store: run_to(store, *FIFTY))
    snapshot(first, tmp_path / "copy")
    with pytest.raises(StoreError):  # between the rows and the fence, as if the power went
        load_dump(second, tmp_path / "copy", REASON, datetime.min)  # noqa: DTZ901 - which no database takes
    with pytest.raises(StoreError):
        open_store(second)


def test_no_password_is_told_where_everybody_on_the_machine_can_read_it() -> None:
    for url in (
        "postgresql://an%40na:hem%3Alig%5C%20%25@db.example/comms",
        "postgresql://an%40na@db.example/comms?password=hem%3Alig%5C%20%25",
    ):
        with conninfo(make_url(url)) as told:
            parts = conninfo_to_dict(told)
            assert "hem" not in told
            assert (parts["user"], parts["dbname"]) == ("an@na", "comms")
            file = Path(str(parts["passfile"]))
            assert (file.read_text(), file.stat().st_mode & 0o777) == ("*:*:*:*:hem\\:lig\\\\ %\n", 0o600)
        assert not file.exists()


def test_a_damaged_copy_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/comms.db"
    with_store(url, lambda store: run_to(store, *FIFTY))
    snapshot(url, tmp_path / "copy")
    content = bytearray((tmp_path / "copy").read_bytes())
    content[4096:-4096] = bytes(len(content) - 8192)
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(StoreError, match="skadad"):
        look_into(tmp_path / "copy")


def test_a_copy_has_nothing_of_what_was_erased_before(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/comms.db"
    seen: list[Snapshot] = []

    def erase(store: Store) -> None:
        store.suppress("ada@by.example", "Ada Bergs eget nej.", NOW)
        store.forgetting.erase("ada@by.example", "ada@by.example", ())
        seen.append(snapshot(url, tmp_path / "copy"))

    with_store(url, erase)
    assert seen[0].open == ()
    assert b"ada@by.example" not in (tmp_path / "copy").read_bytes()


@pytest.mark.servers
def test_a_workspace_on_postgresql_comes_back_whole_where_its_settings_lead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = fresh_database("backups_from"), fresh_database("backups_to")
    (tmp_path / "w").mkdir()
    small(tmp_path / "w")
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", first)
    with_store(first, lambda store: run_to(store, *FIFTY))
    file, made, _ = back_up(settings_alone(tmp_path / "w"), None, NOW)
    assert (made.ledger.kind, made.place) == ("postgresql", "")
    with pytest.raises(UsageError, match="--database-url"):
        restore(file, tmp_path / "ny", NOW)
    with pytest.raises(UsageError, match="COMMS_WORKSPACE__DATABASE_URL"):
        restore(file, tmp_path / "ny", NOW, url=second)
    refuse_unless_empty(second)
    monkeypatch.setenv("COMMS_WORKSPACE__DATABASE_URL", second)
    found = restore(file, tmp_path / "ny", NOW, url=second)
    assert [(held, unknown) for _, held, unknown in found.held] == [(50, 0)]
    assert sorted(path.name for path in (tmp_path / "ny" / "var").iterdir()) == []
    with_store(second, _refused)


def _refused(store: Store) -> None:
    assert store.fence_if_old(NOW) == "Databasen är återställd från kopian 2026-12-02 08:00 UTC."
