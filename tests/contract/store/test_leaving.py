"""Leaving: the no comes first, once, with its traces; a pause; what an office takes back."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from comms.errors import StoreError
from comms.model.ledger import EventKind
from comms.model.subscriber import ConsentKind, No, NoKind, SubscriptionState
from comms.store import Store, open_store, sqlite
from comms.store.database import Database
from comms.store.schema import consents, events, exits
from tests.fakes.examples import NOW, issue_entry
from tests.fakes.leaving import ANNA, BO, exit_id, run_with_exits, subscribe
from tests.fakes.ledger import Home, claim, sending

THIS, OTHER, ALL = "kommunbrevet", "landsbygdsbrevet", ""
LATER = NOW + timedelta(hours=1)
NOWHERE = "0" * 16


def end(store: Store, address: str = ANNA, *, everything: bool = False, source: str = "ett klick") -> bool:
    """Leave by the link in an address's letter; whether anything ended by it."""
    left = store.leaving.end(exit_id(store, address), everything=everything, source=source, now=LATER)
    assert left is not None
    return left.is_new


def noes(store: Store, address: str = ANNA) -> list[tuple[str, NoKind, str]]:
    return [(no.newsletter, no.kind, no.reason) for no in store.leaving.noes([address])]


def told(database: Database) -> list[tuple[int, str, str]]:
    """Every event: of which delivery, what, from where."""
    with database.reading() as connection:
        rows = connection.execute(select(events.c.delivery_id, events.c.kind, events.c.source))
        return [tuple(row) for row in rows]


def subscribed(store: Store, address: str = ANNA) -> tuple[str, ...]:
    found = store.subscribers.find(address)
    assert found is not None
    return found.newsletters


# What an exit shows


def test_an_exit_shows_a_masked_address_and_the_newsletter(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    found = store.leaving.find(exit_id(store, ANNA))
    assert found is not None
    assert (found.masked, found.newsletter, found.is_over, found.is_subscriber, found.paused_until) == (
        "a•••@privat.example",
        THIS,
        False,
        True,
        None,
    )


def test_an_offices_address_is_no_subscriber(store: Store) -> None:
    run_with_exits(store, "kansli@arvika.example")
    found = store.leaving.find(exit_id(store, "kansli@arvika.example"))
    assert found is not None
    assert (found.masked, found.is_subscriber, found.is_over) == ("k•••@arvika.example", False, False)


def test_there_is_nobody_behind_an_exit_that_was_never_made(store: Store) -> None:
    assert store.leaving.find(NOWHERE) is None
    assert store.leaving.end(NOWHERE, everything=True, source="ett klick", now=NOW) is None
    assert store.leaving.pause(NOWHERE, LATER, source="u/", now=NOW) is None
    assert store.facts().suppressed == frozenset()


def test_an_exit_of_an_erased_address_shows_nobody_and_does_nothing(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    identity = exit_id(store, ANNA)
    with database.writing() as connection:
        connection.execute(update(exits).values(address_key=None))
    found = store.leaving.find(identity)
    assert found is not None
    assert (found.masked, found.is_over, found.is_subscriber) == ("", True, False)
    left = store.leaving.end(identity, everything=True, source="ett klick", now=NOW)
    assert left is not None
    assert (left.exit, left.is_new) == (found, False)
    assert store.facts().suppressed == frozenset()


# Ending


def test_leaving_writes_the_no_ends_the_subscription_and_keeps_evidence(
    store: Store, database: Database
) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    run_with_exits(store, ANNA, BO)
    assert end(store)
    assert noes(store) == [(THIS, NoKind.OWN, "Avslutade själv (ett klick)")]
    assert subscribed(store) == (OTHER,)
    (kept,) = store.subscribers.evidence(ANNA)
    assert (kept.kind, kept.source, kept.happened_at, kept.choices.newsletters) == (
        ConsentKind.ENDED,
        "ett klick",
        LATER,
        (OTHER,),
    )
    assert noes(store, BO) == []


def test_leaving_all_ends_every_subscription_by_one_no(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    run_with_exits(store, ANNA)
    assert end(store, everything=True, source="https://leader.example/u/")
    assert noes(store) == [(ALL, NoKind.OWN, "Avslutade själv (https://leader.example/u/)")]
    assert subscribed(store) == ()
    found = store.subscribers.find(ANNA)
    assert found is not None
    assert {one.state for one in found.subscriptions} == {SubscriptionState.ENDED}


@pytest.mark.parametrize("everything", [False, True])
def test_leaving_twice_is_as_once(store: Store, database: Database, everything: bool) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    run_with_exits(store, ANNA)
    assert [end(store, everything=everything) for _ in range(3)] == [True, False, False]
    assert len(store.subscribers.evidence(ANNA)) == 1
    assert len(noes(store)) == 1
    assert len(told(database)) == 1


def test_leaving_one_after_all_changes_nothing_and_all_after_one_ends_the_rest(
    store: Store, database: Database
) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    run_with_exits(store, ANNA)
    assert [end(store), end(store, everything=True), end(store)] == [True, True, False]
    assert [newsletter for newsletter, _, _ in noes(store)] == [ALL, THIS]
    assert [one.choices.newsletters for one in store.subscribers.evidence(ANNA)] == [(OTHER,), ()]


def test_an_offices_address_leaves_by_the_no_alone(store: Store, database: Database) -> None:
    office = "kansli@arvika.example"
    run_with_exits(store, office)
    assert [end(store, office), end(store, office)] == [True, False]
    assert noes(store, office) == [(THIS, NoKind.OWN, "Avslutade själv (ett klick)")]
    with database.reading() as connection:
        assert connection.execute(select(consents)).all() == []


def test_the_newest_letter_of_that_newsletter_is_marked(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    newer = issue_entry("kommunbrevet-2026-12-08", day=8)
    run_with_exits(store, BO, ANNA, entry=newer)
    identity = exit_id(store, ANNA, newer.id)
    assert identity == exit_id(store, ANNA)
    assert end(store)
    (newest,) = [row.id for row in store.deliveries(newer.id) if row.recipient == ANNA]
    assert told(database) == [(newest, EventKind.UNSUBSCRIBED.value, "ett klick")]


def test_a_person_can_leave_although_the_office_has_said_no(store: Store) -> None:
    run_with_exits(store, ANNA)
    store.suppress(ANNA, "Studsar.", NOW, kind=NoKind.BOUNCE)
    assert [end(store, everything=True), end(store, everything=True)] == [True, False]
    assert [(newsletter, kind) for newsletter, kind, _ in noes(store)] == [
        (ALL, NoKind.BOUNCE),
        (ALL, NoKind.OWN),
    ]


@pytest.mark.parametrize("own_first", [True, False])
@pytest.mark.parametrize("everything", [True, False])
def test_a_persons_own_no_stands_when_the_office_takes_back_its_own(
    store: Store, everything: bool, own_first: bool
) -> None:
    """Whoever said it first, and although both said no to the same."""
    run_with_exits(store, ANNA)
    if own_first:
        end(store, everything=everything)
    store.suppress(ANNA, "Studsar.", NOW, kind=NoKind.BOUNCE)
    store.leaving.refuse(ANNA, THIS, "Ringde.", NOW)
    if not own_first:
        end(store, everything=everything)
    assert store.leaving.lift(store.leaving.noes([ANNA]), reason="Lagad.", by="Åsa", now=LATER) == 2
    assert noes(store) == [(ALL if everything else THIS, NoKind.OWN, "Avslutade själv (ett klick)")]


def test_what_was_said_before_a_new_yes_ends_nothing(store: Store, database: Database) -> None:
    """A letter may be read long after it was written, or once more."""
    subscribe(database, ANNA, THIS, now=LATER)
    run_with_exits(store, ANNA)
    identity = exit_id(store, ANNA)
    old = store.leaving.end(identity, everything=False, source="mejl", now=LATER, said_at=NOW)
    assert old is not None
    assert not old.is_new
    assert subscribed(store) == (THIS,)
    new = store.leaving.end(identity, everything=False, source="mejl", now=LATER, said_at=LATER)
    assert new is not None
    assert new.is_new


def test_a_copy_on_its_way_is_not_called_back_and_no_other_begins(store: Store) -> None:
    run_with_exits(store, ANNA)
    sending(store)
    assert end(store)
    run_with_exits(store, ANNA, BO, entry=issue_entry("kommunbrevet-2026-12-08", day=8))
    assert [row.recipient for row in claim(store, most=9)] == [BO]


# Whatever else is wrong


def test_many_who_leave_by_one_link_at_once_leave_once(
    another: Callable[[], Store], store: Store, database: Database
) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    identity = exit_id(store, ANNA)
    stores = [another() for _ in range(4)]
    ready = threading.Barrier(8)

    def leave(number: int) -> None:
        ready.wait()
        stores[number % 4].leaving.end(identity, everything=True, source="ett klick", now=NOW)

    threads = [threading.Thread(target=leave, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.subscribers.evidence(ANNA)) == 1
    assert len(told(database)) == 1


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_leaving_waits_for_a_database_that_is_busy(home: Home, store: Store) -> None:
    run_with_exits(store, ANNA)
    identity = exit_id(store, ANNA)
    leaving = threading.Thread(
        target=lambda: store.leaving.end(identity, everything=False, source="ett klick", now=NOW)
    )
    with closing(sqlite3.connect(home.url.removeprefix("sqlite:///"), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        leaving.start()
        time.sleep(0.2)
        assert leaving.is_alive()
        holder.execute("COMMIT")
    leaving.join()
    assert len(noes(store)) == 1


def fill(store: Store) -> None:
    for number in range(5000):
        store.suppress(f"nummer{number}@kommun.example", "Avsade sig." * 20, NOW)


@pytest.fixture
def full(home: Home, store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A ledger in a file that may grow no more, with a reserve beside it."""
    run_with_exits(store, ANNA)
    store.close()
    monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ("PRAGMA max_page_count = 1",))
    path = Path(home.url.removeprefix("sqlite:///"))
    opened = open_store(home.url)
    with pytest.raises(StoreError, match="Disken är full"):
        fill(opened)
    sqlite.keep_reserve(path)
    return opened


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_leaving_works_on_a_full_disk_by_giving_up_the_reserve(
    full: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up = sqlite.spend_reserve

    def room_again(file: Path) -> bool:
        # There is no small disk to fill here, so giving up the reserve lets the file grow again.
        monkeypatch.setattr("comms.store.sqlite._PRAGMAS", ())
        full.close()
        return give_up(file)

    monkeypatch.setattr("comms.store.sqlite.spend_reserve", room_again)
    left = full.leaving.end(exit_id(full, ANNA), everything=True, source="ett klick" * 900, now=NOW)
    assert left is not None
    assert left.is_new
    assert not Path(f"{home.url.removeprefix('sqlite:///')}.reserve").exists()
    assert noes(full)[0][:2] == (ALL, NoKind.OWN)
    full.close()


# A pause


def test_a_pause_is_kept_with_its_evidence_and_ends_as_it_began(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    identity = exit_id(store, ANNA)
    until = NOW + timedelta(days=90)
    for wanted in (until, until, None, None):
        left = store.leaving.pause(identity, wanted, source="u/", now=LATER)
        assert left is not None
        assert left.exit.paused_until == wanted
        assert left.exit == store.leaving.find(identity)
    kinds = [one.kind for one in store.subscribers.evidence(ANNA)]
    assert kinds == [ConsentKind.PAUSED, ConsentKind.RESUMED]
    assert subscribed(store) == (THIS,)


def test_who_does_not_subscribe_or_has_left_cannot_pause(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA, "kansli@arvika.example")
    end(store)
    for address in (ANNA, "kansli@arvika.example"):
        left = store.leaving.pause(exit_id(store, address), LATER, source="u/", now=NOW)
        assert left is not None
        assert (left.exit.paused_until, left.is_new) == (None, False)


# The office


def test_the_office_can_say_no_to_one_newsletter(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    store.leaving.refuse("Anna@Privat.example", THIS, "Bad om det.", NOW)
    assert noes(store) == [(THIS, NoKind.OFFICER, "Bad om det.")]
    assert subscribed(store) == (OTHER,)


def test_what_the_office_takes_back_is_its_own_and_leaves_evidence(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS)
    run_with_exits(store, ANNA)
    end(store)
    store.suppress(ANNA, "Studsar.", NOW, kind=NoKind.BOUNCE)
    stands: list[No] = store.leaving.noes([ANNA])
    assert store.leaving.lift(stands, reason="Adressen är lagad.", by="Åsa", now=LATER) == 1
    assert store.leaving.lift(stands, reason="Adressen är lagad.", by="Åsa", now=LATER) == 0
    assert [(newsletter, kind) for newsletter, kind, _ in noes(store)] == [(THIS, NoKind.OWN)]
    last = store.subscribers.evidence(ANNA)[-1]
    assert (last.kind, last.source, last.by) == (
        ConsentKind.CHANGED,
        "spärren hävd: Adressen är lagad.",
        "Åsa",
    )
    assert subscribed(store) == ()


def test_an_exit_that_is_lost_with_a_restored_ledger_is_the_same_one_when_it_is_made_again(
    store: Store, database: Database
) -> None:
    run_with_exits(store, ANNA)
    mailed = exit_id(store, ANNA)
    with database.writing() as connection:
        connection.execute(exits.delete())
    assert store.leaving.find(mailed) is None
    run_with_exits(store, ANNA, entry=issue_entry("kommunbrevet-2026-12-08", day=8))
    found = store.leaving.find(mailed)
    assert found is not None
    assert found.masked == "a•••@privat.example"


def test_who_was_erased_and_comes_back_has_the_same_exit_again(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    mailed = exit_id(store, ANNA)
    with database.writing() as connection:
        connection.execute(update(exits).values(address_key=None))
    run_with_exits(store, ANNA, entry=issue_entry("kommunbrevet-2026-12-08", day=8))
    found = store.leaving.find(mailed)
    assert found is not None
    assert found.masked == "a•••@privat.example"
