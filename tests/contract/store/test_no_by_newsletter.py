"""A no to one newsletter, and a no to all: what each stops, when it is planned, claimed and sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from comms.model.audience import Audience, Audiences, FunctionalAddress
from comms.model.ledger import DeliveryState
from comms.model.subscriber import NoKind
from comms.plan.recipients import assign
from comms.store import Store, open_store, suppressions
from comms.store.database import Database
from tests.fakes.examples import ISSUE, NOW, issue_entry
from tests.fakes.leaving import ANNA, BO, exit_id, run_with_exits, subscribe
from tests.fakes.ledger import Home, claim, claimed, intend, states

S = DeliveryState
THIS, OTHER, ALL = "kommunbrevet", "landsbygdsbrevet", ""
STOPS = pytest.mark.parametrize(
    "newsletters", [(THIS,), (ALL,), (ALL, THIS), (THIS, OTHER, ALL)], ids=["this", "all", "both", "every"]
)


def say_no(database: Database, address: str, *newsletters: str) -> None:
    """A person's own noes, each in a row of its own."""
    with database.writing() as connection:
        for newsletter in newsletters:
            suppressions.suppress(
                connection, address, f"Nej {newsletter}", NOW, newsletter=newsletter, kind=NoKind.OWN
            )


# Planned


@STOPS
def test_a_plan_has_no_copy_for_who_said_no_to_its_newsletter_or_to_all(
    store: Store, database: Database, newsletters: tuple[str, ...]
) -> None:
    subscribe(database, ANNA, THIS)
    subscribe(database, BO, THIS)
    say_no(database, ANNA, *newsletters)
    assert [(one.address, bool(one.no)) for one in store.facts().readers(THIS)] == [(ANNA, True), (BO, False)]


def test_a_plan_has_a_copy_for_who_said_no_to_another_newsletter(store: Store, database: Database) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    say_no(database, ANNA, OTHER)
    assert [one.no for one in store.facts().readers(THIS)] == [""]
    assert [one.no for one in store.facts().readers(OTHER)] == [f"Nej {OTHER}"]


def test_an_office_that_said_no_to_one_newsletter_is_planned_for_the_others(
    store: Store, database: Database
) -> None:
    say_no(database, "KANSLI@arvika.example", THIS)
    office = FunctionalAddress("kansli@arvika.example", "Kansliet", "public", "arvika")
    audiences = Audiences({"public": Audience("public", "Allmänheten", "")}, {"arvika": "Arvika"}, (office,))
    facts = store.facts()
    assert facts.left == {(THIS, "kansli@arvika.example")}
    for newsletter, stopped in ((THIS, True), (OTHER, False)):
        silent = facts.suppressed | {key for slug, key in facts.left if slug == newsletter}
        assert [bool(skip) for _, skip in assign(audiences, [("public", "arvika")], silent)] == [stopped]


# Claimed


@STOPS
def test_a_no_after_planning_stops_the_claim_with_its_reason(
    store: Store, database: Database, newsletters: tuple[str, ...]
) -> None:
    run_with_exits(store, ANNA, BO)
    say_no(database, ANNA, *newsletters)
    assert [row.recipient for row in claim(store, most=9)] == [BO]
    rows = list(store.deliveries(ISSUE))
    assert [(row.recipient, row.state) for row in rows] == [(ANNA, S.SKIPPED), (BO, S.CLAIMED)]
    assert rows[0].reason.startswith("Adressen är spärrad: Nej ")


def test_a_no_to_another_newsletter_stops_no_claim(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    say_no(database, ANNA, OTHER)
    assert [row.recipient for row in claim(store, most=9)] == [ANNA]


def test_each_issue_heeds_the_noes_to_its_own_newsletter(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA, BO)
    other = issue_entry("landsbygdsbrevet-2026-12-02", day=2)
    object.__setattr__(other, "newsletter", OTHER)
    run_with_exits(store, ANNA, BO, entry=other)
    say_no(database, ANNA, THIS)
    say_no(database, BO, OTHER)
    assert [(row.slot_id, row.recipient) for row in claim(store, most=9)] == [(ISSUE, BO), (other.id, ANNA)]


# Sent


@STOPS
def test_a_no_after_the_claim_withdraws_the_intent(
    store: Store, database: Database, newsletters: tuple[str, ...]
) -> None:
    run_with_exits(store, ANNA, BO)
    rows = claim(store, most=2)
    say_no(database, ANNA, *newsletters)
    settled = intend(store, *rows)
    assert [row.recipient for row in settled.sending] == [BO]
    assert [(row.recipient, row.state) for row in settled.withdrawn] == [(ANNA, S.SKIPPED)]
    assert settled.withdrawn[0].reason.startswith("Adressen är spärrad: Nej ")
    assert states(store) == [S.SKIPPED, S.SENDING]


def test_a_no_to_another_newsletter_withdraws_nothing(store: Store, database: Database) -> None:
    run_with_exits(store, ANNA)
    row = claimed(store)
    say_no(database, ANNA, OTHER)
    assert [one.recipient for one in intend(store, row).sending] == [ANNA]


def test_a_no_of_the_offices_stands_beside_the_persons_own_and_ends_every_subscription(
    store: Store, database: Database
) -> None:
    subscribe(database, ANNA, THIS, OTHER)
    run_with_exits(store, ANNA)
    row = claimed(store)
    say_no(database, ANNA, ALL)
    store.suppress(ANNA, "Studsar.", NOW, kind=NoKind.BOUNCE)
    assert intend(store, row).withdrawn[0].reason.startswith("Adressen är spärrad: ")
    assert [no.kind for no in store.leaving.noes([ANNA])] == [NoKind.BOUNCE, NoKind.OWN]
    found = store.subscribers.find(ANNA)
    assert found is not None
    assert found.newsletters == ()


def end(store: Store, exit_id: str) -> None:
    store.leaving.end(exit_id, everything=False, source="ett klick", now=NOW)


def test_a_no_waits_for_the_intents_that_are_being_committed_and_none_follows_it(
    home: Home, store: Store, wait_for_lock: Callable[[Database], None], database: Database
) -> None:
    """A server lets many write at once: there a no that has been answered could miss an intent in hand."""
    run_with_exits(store, ANNA)
    row = claimed(store)
    leaving = threading.Thread(target=end, args=(store, exit_id(store, ANNA)))
    answered_before_commit: list[bool] = []

    def meanwhile(point: str) -> None:
        if point == "settle.uncommitted":
            leaving.start()
            if not database.file:
                wait_for_lock(database)
            leaving.join(0.05)
            answered_before_commit.append(not leaving.is_alive())

    with ExitStack() as opened:
        worker = open_store(home.url, at=meanwhile)
        opened.callback(worker.close)
        assert [one.id for one in intend(worker, row).sending] == [row.id]
        leaving.join()
    assert answered_before_commit == [False]


def test_an_intent_waits_for_a_no_that_is_being_committed(
    home: Home, store: Store, database: Database, wait_for_lock: Callable[[Database], None]
) -> None:
    run_with_exits(store, ANNA)
    row = claimed(store)
    settled = []
    worker = threading.Thread(target=lambda: settled.append(intend(store, row)))
    with database.writing() as connection:
        suppressions.suppress(connection, ANNA, "Nej", NOW, newsletter=THIS, kind=NoKind.OWN)
        worker.start()
        if not database.file:
            with ExitStack() as opened:
                onlooker = Database(home.url)
                opened.callback(onlooker.close)
                wait_for_lock(onlooker)
    worker.join()
    assert [(one.id, one.state) for one in settled[0].withdrawn] == [(row.id, S.SKIPPED)]
