"""Who waits for whom: erasures beside runs, a person's word beside a no, and a server that ends a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from comms.errors import StoreError
from comms.model.ledger import DeliveryState
from comms.model.plan import Recipient
from comms.model.subscriber import ALL_NEWSLETTERS, Choices, Subscriber
from comms.store import Store, subscribers, suppressions
from comms.store.choosing import Voice
from comms.store.database import Database
from comms.store.locks import to_erase
from comms.store.schema import retractions, tickets
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry
from tests.fakes.leaving import ANNA, BO, subscribe
from tests.fakes.ledger import Home
from tests.fakes.old_ledger import contents

SERVER = pytest.mark.parametrize(
    "home", [pytest.param("postgresql", marks=pytest.mark.servers)], indirect=True
)
"""SQLite has one writer."""

Row = tuple[Recipient, int | None, DeliveryState, str]
THIS, TICKET = "kommunbrevet", "1" * 16
VOICE = Voice((ANNA,), (THIS,), (THIS,), "/p/", "")
A_WHILE = 0.3
"""Seconds in which whoever does not wait would be done."""


def row(address: str, number: int) -> Row:
    return Recipient(address, "", "public", "arvika"), number, DeliveryState.PLANNED, ""


def test_who_is_erased_while_a_run_begins_gets_no_letter_and_leaves_no_row(
    another: Callable[[], Store], home: Home
) -> None:
    store, other = another(), another()
    approve(store, issue_entry())
    number = store.editions(ISSUE)[0][0]
    eraser = threading.Thread(target=other.forgetting.erase, args=(ANNA, ANNA, ()))

    def rows() -> Iterator[Row]:
        eraser.start()
        eraser.join(A_WHILE)
        assert eraser.is_alive()
        yield row(ANNA, number)
        yield row(BO, number)

    store.start_run(ISSUE, rows(), NOW)
    eraser.join(30)
    assert [one.state for one in store.deliveries(ISSUE)] == [DeliveryState.SKIPPED, DeliveryState.PLANNED]
    assert ANNA not in str(contents(home.url))


@SERVER
def test_a_run_reads_its_readers_when_an_erasure_is_done(
    store: Store, database: Database, wait_for_lock: Callable[[Database], None]
) -> None:
    approve(store, issue_entry())
    number = store.editions(ISSUE)[0][0]
    read: list[str] = []

    def rows() -> Iterator[Row]:
        read.append("now")
        yield row(BO, number)

    runner = threading.Thread(target=store.start_run, args=(ISSUE, rows(), NOW))
    with database.writing() as connection:
        to_erase(connection)
        runner.start()
        wait_for_lock(database)
        assert read == []
    runner.join(30)
    assert read == ["now"]


def settings_ticket(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            tickets.insert().values(
                id=TICKET, kind="settings", address=ANNA, address_key=ANNA, domain="privat.example",
                choices=subscribers.choices_out(Choices((), "", "")), text="", source="s",
                network="", asked_at=NOW, mailed_at=NOW, expires_at=NOW + timedelta(days=1),
            )
        )  # fmt: skip


def without_any(before: Subscriber) -> Choices:
    return replace(before.choices, newsletters=())


@SERVER
@pytest.mark.parametrize("act", ["change", "pause", "erase"])
def test_a_persons_word_waits_for_a_no_before_it_holds_any_row(
    store: Store, database: Database, wait_for_lock: Callable[[Database], None], act: str
) -> None:
    subscribe(database, ANNA, THIS)
    settings_ticket(database)
    acts: dict[str, Callable[[], object]] = {
        "change": lambda: store.tickets.change(TICKET, without_any, lambda _key: VOICE, NOW),
        "pause": lambda: store.tickets.pause(TICKET, NOW + timedelta(days=9), lambda _key: VOICE, NOW),
        "erase": lambda: store.forgetting.erase(ANNA, ANNA, ()),
    }
    done: list[object] = []
    speaker = threading.Thread(target=lambda: done.append(acts[act]()))
    with database.writing() as connection:
        suppressions.alone(connection)
        speaker.start()
        wait_for_lock(database)
        # The other holds none of these, so it does not wait for us while we wait for it.
        subscribers.end(connection, ANNA, ALL_NEWSLETTERS, "Nej.", NOW)
    speaker.join(30)
    assert done not in ([], [None])


@SERVER
@pytest.mark.parametrize(("times", "written"), [(1, True), (2, False)])
def test_what_is_urgent_is_written_at_the_second_try_when_two_waited_for_each_other(
    database: Database, times: int, *, written: bool
) -> None:
    tries: list[int] = []

    def act(connection: Connection) -> None:
        suppressions.retract(connection, "nyhet", "Fel.", NOW)
        tries.append(1)
        if len(tries) <= times:
            connection.exec_driver_sql("DO $$ BEGIN RAISE deadlock_detected; END $$")

    if written:
        database.urgently(act)
    else:
        with pytest.raises(StoreError):
            database.urgently(act)
    assert len(tries) == 2
    with database.reading() as connection:
        assert bool(connection.execute(select(retractions.c.what)).all()) is written
