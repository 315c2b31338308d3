"""What the database itself refuses, whatever a program asks: impossible rows, and moves no row may make."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from sqlalchemy import CheckConstraint, text
from sqlalchemy.exc import IntegrityError

from comms.errors import StoreError
from comms.model.ledger import DeliveryState, EventKind
from comms.model.question import Answer
from comms.model.subscriber import Choices, Consent, ConsentKind
from comms.store import Store, events, subscribers, suppressions
from comms.store.columns import METADATA
from comms.store.database import Database
from comms.store.schema import attempts, deliveries, feeds, proposals, tickets
from tests.fakes.examples import ISSUE, NOW, approve, run_of

S = DeliveryState
AT = "2026-12-01T08:00:00.000000+00:00"

HELD_BY_A = f"owner = 'a', lease_until = '{AT}', not_before = NULL"
TRIED = f"attempt = 1, first_attempt_at = '{AT}', not_before = NULL"

CHECKS = [
    ("deliveries_state", "deliveries SET state = 'sent', not_before = NULL"),
    ("deliveries_owned", f"deliveries SET state = 'claimed', {TRIED}, owner = 'a'"),
    ("deliveries_owned", f"deliveries SET state = 'claimed', {TRIED}, lease_until = '{AT}'"),
    ("deliveries_owned", f"deliveries SET lease_until = '{AT}'"),
    ("deliveries_owned", f"deliveries SET state = 'held', reason = 'x', {HELD_BY_A}"),
    ("deliveries_free", "deliveries SET owner = 'a'"),
    ("deliveries_waits", "deliveries SET not_before = NULL"),
    ("deliveries_waits", "deliveries SET state = 'held', reason = 'x'"),
    ("deliveries_explained", "deliveries SET state = 'rejected', not_before = NULL"),
    ("deliveries_explained", f"deliveries SET state = 'unknown', {TRIED}"),
    ("deliveries_explained", "deliveries SET state = 'skipped', not_before = NULL"),
    ("deliveries_explained", "deliveries SET state = 'cancelled', not_before = NULL"),
    ("deliveries_explained", "deliveries SET state = 'held', not_before = NULL"),
    ("deliveries_tried", "deliveries SET state = 'accepted', not_before = NULL"),
    ("deliveries_tried", "deliveries SET state = 'accepted', not_before = NULL, attempt = 1"),
    ("deliveries_tried", "deliveries SET state = 'unknown', reason = 'x', not_before = NULL"),
    ("deliveries_tried", f"deliveries SET state = 'claimed', {HELD_BY_A}, attempt = 1"),
    ("deliveries_tried", f"deliveries SET state = 'claimed', {HELD_BY_A}, first_attempt_at = '{AT}'"),
    ("deliveries_received", "deliveries SET receipt = 'r'"),
    ("slots_state", "slots SET state = 'klar'"),
    ("slots_kind", "slots SET kind = 'brev'"),
    ("approvals_voided", "approvals SET void_reason = 'x'"),
    ("approvals_voided", f"approvals SET voided_at = '{AT}'"),
    ("attempts_ended", "attempts SET outcome = ''"),
    ("events_kind", "events SET kind = 'öppnad'"),
    ("instance_one", "instance SET id = 2"),
    ("instance_fenced", "instance SET fence_reason = 'x'"),
    ("instance_fenced", f"instance SET fenced_at = '{AT}'"),
    ("workers_intents", "workers SET intents = -1"),
    ("answers_said", "answers SET words = ''"),
    ("answers_said", "answers SET answered_by = ''"),
    ("suppressions_kind", "suppressions SET kind = 'alla'"),
    ("subscriptions_state", "subscriptions SET state = 'pending'"),
    ("subscriptions_explained", "subscriptions SET state = 'ended'"),
    ("consents_kind", "consents SET kind = 'opened'"),
    ("tickets_kind", "tickets SET kind = 'login'"),
    ("tickets_mailed", f"tickets SET mailed_at = '{AT}'"),
    ("feeds_state", "feeds SET state = 'trasig'"),
    ("feeds_explained", "feeds SET state = 'stopped'"),
    ("feeds_failures", "feeds SET failures = -1"),
    ("proposals_state", "proposals SET state = 'sänd'"),
    ("proposals_taken", "proposals SET state = 'taken'"),
    ("proposals_taken", "proposals SET item = 'bryggan'"),
    ("proposals_same", "proposals SET state = 'same'"),
    ("proposals_same", "proposals SET same_as = 1"),
]

LINKS = [
    ("deliveries SET slot_id = 'finns-inte'", "foreign key"),
    ("deliveries SET edition_id = 1000000", "foreign key"),
    ("attempts SET delivery_id = 1000000", "foreign key"),
    ("events SET delivery_id = 1000000", "foreign key"),
    ("approvals SET slot_id = 'finns-inte'", "foreign key"),
    ("editions SET slot_id = 'finns-inte'", "foreign key"),
    ("deliveries SET address_key = 'samma@kommun.example'", "unique"),
    ("workers SET owner = 'samma'", "unique"),
    ("answers SET question = 'F101'", "unique"),
]

COLUMNS: dict[DeliveryState, Mapping[str, object]] = {
    S.PLANNED: {"not_before": NOW},
    S.CLAIMED: {"owner": "a", "lease_until": NOW},
    S.SENDING: {"owner": "a", "lease_until": NOW},
    S.ACCEPTED: {},
    S.REJECTED: {"reason": "x"},
    S.UNKNOWN: {"reason": "x", "owner": "a"},
    S.SKIPPED: {"reason": "x"},
    S.CANCELLED: {"reason": "x"},
    S.HELD: {"reason": "x"},
}
"""What a row has besides its state, so that only the move itself can be wrong."""


TICKET = {
    "id": "0" * 16,
    "kind": "confirm",
    "address": "anna@kommun.example",
    "address_key": "anna@kommun.example",
    "domain": "kommun.example",
    "choices": {},
    "text": "",
    "source": "prov",
    "network": "",
    "asked_at": NOW,
}

FEED: dict[str, object] = {
    "slug": "region",
    "given": "https://region.example/feed",
    "url": "https://region.example/feed",
    "state": "active",
    "etag": "",
    "last_modified": "",
    "failures": 0,
    "reason": "",
}

PROPOSAL: dict[str, object] = {
    "feed": "region",
    "identity": "0" * 64,
    "link": "https://region.example/1",
    "link_key": "1" * 64,
    "sha256": "2" * 64,
    "title_key": "brygga eda ny",
    "entry": {},
    "suggestion": {},
    "state": "proposed",
    "seen_at": NOW,
}

IDENTITY = {
    "slot_id": ISSUE,
    "channel": "mejl",
    "recipient": "kontor@kommun.example",
    "address_key": "kontor@kommun.example",
    "recipient_name": "Kontor",
    "key": "nyckel",
    "updated_at": NOW,
}


def columns_of(state: DeliveryState) -> dict[str, object]:
    empty = {"owner": "", "lease_until": None, "not_before": None, "reason": "", "receipt": ""}
    return {**empty, "state": state.value, "attempt": 2, "first_attempt_at": NOW, **COLUMNS[state]}


@pytest.fixture
def full(store: Store, database: Database) -> Database:
    """A database with two planned copies, and a row in every table that has rules."""
    run_of(store, 2)
    for owner in ("a", "b"):
        store.begin_work(owner, NOW)
    for question in ("F101", "F102"):
        store.answer(Answer(question, "bryggan", "a" * 64, "Ja.", "Anna Öberg", NOW))
    first = next(store.deliveries(ISSUE)).id
    with database.writing() as connection:
        connection.execute(
            attempts.insert().values(
                delivery_id=first,
                number=1,
                owner="a",
                started_at=NOW,
                ended_at=NOW,
                outcome="temporary",
                detail="",
            )
        )
        events.add(connection, first, EventKind.DELIVERED, "x", "x", NOW)
        suppressions.suppress(connection, "nej@kommun.example", "Nej.", NOW)
        choices = Choices(("kommunbrevet",), "public", "arvika")
        subscribers.put(
            connection,
            address="anna@kommun.example",
            key="anna@kommun.example",
            choices=choices,
            paused_until=None,
            source="prov",
            ended="",
            now=NOW,
        )
        subscribers.witness(
            connection, "anna@kommun.example", Consent(ConsentKind.CONFIRMED, choices, NOW, "prov")
        )
        connection.execute(tickets.insert().values(TICKET))
        connection.execute(feeds.insert().values(FEED))
        connection.execute(proposals.insert().values(PROPOSAL))
    return database


def refusal(database: Database, change: str) -> str:
    """What the database says no with."""
    with pytest.raises(StoreError) as refused, database.writing() as connection:
        connection.execute(text(f"UPDATE {change}"))
    assert isinstance(refused.value.__cause__, IntegrityError)
    return str(refused.value)


@pytest.mark.parametrize(("rule", "change"), CHECKS)
def test_a_row_that_cannot_be_is_refused_by_the_rule_for_it(full: Database, rule: str, change: str) -> None:
    assert f"ck_{rule}" in refusal(full, change)


def test_every_rule_is_tried() -> None:
    named = {
        str(rule.name).removeprefix("ck_")
        for table in METADATA.sorted_tables
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    assert {rule for rule, _ in CHECKS} == named


@pytest.mark.parametrize(("change", "kind"), LINKS)
def test_rows_belong_together_and_are_told_apart(full: Database, change: str, kind: str) -> None:
    assert f"{kind} constraint" in refusal(full, change).lower()


def test_a_slot_has_one_live_approval(full: Database) -> None:
    columns = "slot_id, fingerprint, manifest, approved_at, approved_by, voided_at, void_reason"
    with pytest.raises(StoreError), full.writing() as connection:
        connection.execute(text(f"INSERT INTO approvals ({columns}) SELECT {columns} FROM approvals"))  # noqa: S608 - the test's own words


@pytest.mark.parametrize("before", DeliveryState)
def test_a_row_makes_no_move_that_no_row_may_make(
    store: Store, database: Database, before: DeliveryState
) -> None:
    approve(store)
    possible = set()
    for after in DeliveryState:
        with database.writing() as connection:
            connection.execute(deliveries.delete())
            connection.execute(deliveries.insert().values(**IDENTITY, **columns_of(before)))
        with suppress(StoreError), database.writing() as connection:
            connection.execute(deliveries.update().values(columns_of(after)))
            possible.add(after)
    if before is S.ACCEPTED:
        assert possible == {S.ACCEPTED}
    else:
        assert (S.CLAIMED in possible) is (before in {S.PLANNED, S.CLAIMED})
        assert (S.SENDING in possible) is (before in {S.CLAIMED, S.SENDING})
        assert possible | {S.CLAIMED, S.SENDING} == set(S)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (S.ACCEPTED, S.PLANNED, "accepted is final"),
        (S.UNKNOWN, S.CLAIMED, "only what is planned is claimed"),
        (S.PLANNED, S.SENDING, "only what is claimed is sent"),
    ],
)
def test_a_move_that_is_refused_says_why(
    store: Store, database: Database, before: DeliveryState, after: DeliveryState, sentence: str
) -> None:
    approve(store)
    with database.writing() as connection:
        connection.execute(deliveries.insert().values(**IDENTITY, **columns_of(before)))
    with pytest.raises(StoreError, match=sentence), database.writing() as connection:
        connection.execute(deliveries.update().values(columns_of(after)))


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("change", ["key = 'en-annan'", "attempt = 1"])
def test_a_row_keeps_its_key_and_its_attempts(
    store: Store, database: Database, state: DeliveryState, change: str
) -> None:
    approve(store)
    with database.writing() as connection:
        connection.execute(deliveries.insert().values(**IDENTITY, **columns_of(state)))
    assert "a delivery keeps its key and its attempts" in refusal(database, f"deliveries SET {change}")
