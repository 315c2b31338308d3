"""What a worker does at the ledger, in few words; and a database that can be copied and put back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.engine import make_url

from comms.model.ledger import Ask, Delivery, DeliveryState, End, Settled, SlotState
from comms.model.plan import Recipient
from comms.model.settings import Rate
from comms.store import Store, open_store
from comms.store.columns import METADATA
from comms.store.database import Database
from comms.store.schema import attempts
from tests.fakes.examples import ISSUE, LEASE, NOW, approve


def run_to(store: Store, *addresses: str) -> None:
    """Let the example issue run to these addresses."""
    approve(store)
    number = store.editions(ISSUE)[0][0]
    rows = ((Recipient(one, one, "public", "arvika"), number, DeliveryState.PLANNED, "") for one in addresses)
    store.start_run(ISSUE, rows, NOW)


def ask(
    owner: str = "a",
    most: int = 1,
    channel: str = "mejl",
    *,
    rates: tuple[Rate, ...] = (),
    domain_rates: tuple[Rate, ...] = (),
) -> Ask:
    """What a worker asks for: one copy on the example issue's channel, when nothing else is said."""
    return Ask(owner, channel, most, LEASE, rates, domain_rates)


def claim(store: Store, owner: str = "a", most: int = 1, now: datetime = NOW) -> list[Delivery]:
    """Up to `most` copies that are due."""
    return store.claim(ask(owner, most), now).rows


def claimed(store: Store, owner: str = "a", now: datetime = NOW) -> Delivery:
    """The next copy, which must be there."""
    (row,) = claim(store, owner, now=now)
    return row


def intend(store: Store, *rows: Delivery, now: datetime = NOW) -> Settled:
    """Commit to sending rows of one owner."""
    return store.settle(rows[0].owner, (), rows, now)


def sending(store: Store, owner: str = "a", now: datetime = NOW) -> Delivery:
    """The next copy with its intent committed."""
    row = claimed(store, owner, now)
    assert [one.id for one in intend(store, row, now=now).sending] == [row.id]
    return row


def ended(store: Store, row: Delivery, end: End, now: datetime = NOW) -> Delivery:
    """A copy with its end recorded; the end must be taken."""
    (after,) = store.settle(row.owner, [(row, end)], (), now).ended
    return after


def accepted(receipt: str = "Q1") -> End:
    """The other side took it."""
    return End(DeliveryState.ACCEPTED, receipt=receipt, detail="250 Ok")


def later(at: datetime = NOW + timedelta(minutes=5)) -> End:
    """The other side refused for now."""
    return End(DeliveryState.PLANNED, "Senare.", not_before=at, outcome="temporary")


def states(store: Store) -> list[DeliveryState]:
    """Where the example issue's copies stand, in order."""
    return [row.state for row in store.deliveries(ISSUE)]


def state_of(store: Store) -> DeliveryState:
    """Where the example issue's only copy stands."""
    (state,) = states(store)
    return state


def slot_state(store: Store) -> SlotState:
    """Where the example issue stands."""
    slot = store.slot(ISSUE)
    assert slot is not None
    return slot.state


def done_by(settled: Settled) -> dict[str, list[int]]:
    """The numbers of the rows that a settling moved or lost, without what is empty."""
    parts = {
        "ended": settled.ended,
        "lost": settled.lost,
        "sending": settled.sending,
        "withdrawn": settled.withdrawn,
    }
    return {name: [row.id for row in rows] for name, rows in parts.items() if rows}


def tried(database: Database) -> list[tuple[int, str, str, datetime]]:
    """Number, outcome, words and end of every attempt."""
    columns = (attempts.c.number, attempts.c.outcome, attempts.c.detail, attempts.c.ended_at)
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(attempts.c.number))]


def empty(url: str) -> None:
    """Remove every row of every table."""
    database = Database(url)
    with database.writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    database.close()


class Home(Protocol):
    """Where a database lives: it can be copied, and the copy put back in its place."""

    url: str

    def open(self) -> Store:
        """The store, with the marks and the journal of this machine."""
        ...

    def copy(self, name: str = "copy") -> None:
        """Take a whole copy."""
        ...

    def restore(self, name: str = "copy") -> None:
        """Put a copy back; every store should be closed."""
        ...


class File:
    """A SQLite file with what stands beside it."""

    def __init__(self, folder: Path) -> None:
        """The file need not be there yet."""
        self.path = folder / "comms.db"
        self.url = f"sqlite:///{self.path}"

    def open(self) -> Store:
        """The store; its marks and journal are beside the file."""
        return open_store(self.url)

    def copy(self, name: str = "copy") -> None:
        """Take a copy while others may write."""
        target = self.path.with_name(name)
        target.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))

    def restore(self, name: str = "copy") -> None:
        """Put a copy in the file's place, as a person would."""
        for rest in ("-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{rest}").unlink(missing_ok=True)
        shutil.copy(self.path.with_name(name), self.path)


class Server:
    """A database of PostgreSQL, and the folder where this machine remembers its sending."""

    def __init__(self, url: str, folder: Path) -> None:
        """The database must be there; it may be empty."""
        self.url = url
        self.beside = folder / "comms.db"

    def open(self) -> Store:
        """The store, as a worker on this machine opens it."""
        return open_store(self.url, beside=self.beside)

    def copy(self, name: str = "copy") -> None:
        """Take a copy. Whoever is connected is cut off: what comes next fails, and then goes on."""
        self._make(self._name(name), self._own)

    def restore(self, name: str = "copy") -> None:
        """Put a copy in the database's place."""
        self._make(self._own, self._name(name))

    @property
    def _own(self) -> str:
        return str(make_url(self.url).database)

    def _name(self, copy: str) -> str:
        return f"{self._own}_{copy}"

    def _make(self, name: str, template: str) -> None:
        server = make_url(self.url).set(database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as connection:
            names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template]
            )
            connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
