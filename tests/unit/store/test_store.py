"""The ledger: what is approved is frozen, each slot happens once, each delivery has one owner."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from comms.errors import LeaseLost, StoreError, UsageError
from comms.model.ledger import Delivery, DeliveryState, Receipt, SlotState
from comms.model.plan import EntryKind, Manifest, Moment, Recipient
from comms.store import Store, open_store
from tests.fakes.examples import (
    ISSUE,
    LEASE,
    NOW,
    PICTURE,
    approve,
    edition,
    issue_entry,
    publication,
    recipient,
    run_of,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


def claimed(store: Store, owner: str = "a", now: datetime = NOW) -> Delivery:
    found = store.claim(owner, now, LEASE, ["mejl"])
    assert found is not None
    return found


# Slots


def test_a_slot_is_remembered_once(store: Store) -> None:
    assert store.add_slot(issue_entry(), NOW)
    assert not store.add_slot(issue_entry(), NOW)
    (slot,) = store.slots()
    assert (slot.id, slot.kind, slot.state) == (ISSUE, EntryKind.ISSUE, SlotState.PLANNED)


def test_two_entries_cannot_have_one_time_of_one_schedule(store: Store) -> None:
    store.add_slot(issue_entry(), NOW)
    with pytest.raises(StoreError, match="kommunbrevet-annan"):
        store.add_slot(issue_entry("kommunbrevet-annan"), NOW)
    assert [slot.id for slot in store.slots()] == [ISSUE]


def test_a_slot_that_nobody_approved_follows_the_plan(store: Store) -> None:
    store.add_slot(issue_entry(), NOW)
    store.add_slot(issue_entry(day=2), NOW)
    assert store.slots()[0].wall == datetime(2026, 12, 2, 9)  # noqa: DTZ001 - wall time


def test_an_approved_slot_stays_where_it_is(store: Store) -> None:
    approve(store)
    store.add_slot(issue_entry(day=2), NOW)
    assert store.slots()[0].wall == datetime(2026, 12, 1, 9)  # noqa: DTZ001 - wall time


def test_times_come_back_aware_in_utc_and_wall_times_naive(store: Store) -> None:
    stockholm = datetime.fromisoformat("2026-12-01T09:00:00+01:00")
    entry = issue_entry()
    store.add_slot(replace(entry, moment=Moment(entry.moment.wall, stockholm)), NOW)
    slot = store.slots()[0]
    assert (slot.due_at, slot.due_at.tzinfo, slot.wall.tzinfo) == (stockholm, UTC, None)


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.add_slot(issue_entry(), datetime(2026, 12, 1))  # noqa: DTZ001 - the mistake itself


def test_a_slot_moves_with_a_reason(store: Store) -> None:
    store.add_slot(issue_entry(), NOW)
    store.set_slot_state(ISSUE, SlotState.HELD, "Inte godkänt.", NOW)
    slot = store.slot(ISSUE)
    assert slot is not None
    assert (slot.state, slot.reason) == (SlotState.HELD, "Inte godkänt.")
    assert store.slots(SlotState.PLANNED) == []


def test_a_slot_that_does_not_exist_is_named(store: Store) -> None:
    assert store.slot("finns-inte") is None
    with pytest.raises(StoreError, match="finns-inte"):
        store.set_slot_state("finns-inte", SlotState.HELD, "x", NOW)


# Approval


def test_approval_freezes_what_will_be_sent(store: Store) -> None:
    approve(store)
    approval = store.approval(ISSUE)
    assert approval is not None
    assert (approval.fingerprint, approval.approved_by, approval.approved_at) == ("f1", "Anna Öberg", NOW)
    assert approval.manifest == Manifest({"content/items/bryggan.md": "a" * 64})
    assert [kept for _, kept in store.editions(ISSUE)] == [edition()]


def test_planning_gets_back_what_was_approved_with_why(store: Store) -> None:
    approve(store)
    frozen = store.facts().frozen[ISSUE]
    assert frozen.editions == issue_entry().editions
    assert (frozen.approved, frozen.fingerprint, frozen.state) == (True, "f1", SlotState.APPROVED)


def test_a_new_approval_replaces_one_that_has_not_begun(store: Store) -> None:
    approve(store)
    store.freeze(
        issue_entry(),
        fingerprint="f2",
        manifest=Manifest({}),
        editions=[edition(subject="Nytt ämne")],
        post=None,
        blobs={},
        by="Bo",
        now=LATER,
    )
    approval = store.approval(ISSUE)
    assert approval is not None
    assert approval.fingerprint == "f2"
    assert [kept.subject for _, kept in store.editions(ISSUE)] == ["Nytt ämne"]


@pytest.mark.parametrize("state", [SlotState.RUNNING, SlotState.DONE, SlotState.HELD])
def test_what_has_begun_cannot_be_approved_again(store: Store, state: SlotState) -> None:
    run_of(store, 1)
    store.set_slot_state(ISSUE, state, "", NOW)
    with pytest.raises(StoreError, match=ISSUE):
        approve(store)


def test_an_edition_that_is_not_the_plans_is_refused_and_nothing_is_kept(store: Store) -> None:
    strange = replace(edition(), items=("annan",))
    with pytest.raises(StoreError):
        store.freeze(
            issue_entry(),
            fingerprint="f",
            manifest=Manifest({}),
            editions=[strange],
            post=None,
            blobs={},
            by="Bo",
            now=NOW,
        )
    assert store.slots() == []


def test_a_post_and_its_pictures_are_frozen(store: Store) -> None:
    digest = sha256(PICTURE).hexdigest()
    post = publication(pictures=1).post
    entry = replace(issue_entry(), kind=EntryKind.POST, editions=())
    for now in (NOW, LATER):
        store.freeze(
            entry,
            fingerprint="f",
            manifest=Manifest({}),
            editions=[],
            post=post,
            blobs={digest: ("image/png", PICTURE)},
            by="Bo",
            now=now,
        )
    assert store.post(ISSUE) == post
    assert store.blob(digest) == PICTURE


def test_a_picture_that_changed_on_the_way_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.freeze(
            issue_entry(),
            fingerprint="f",
            manifest=Manifest({}),
            editions=[edition()],
            post=None,
            blobs={"0" * 64: ("image/png", PICTURE)},
            by="Bo",
            now=NOW,
        )
    assert store.approval(ISSUE) is None


def test_a_picture_that_was_never_frozen_is_named(store: Store) -> None:
    with pytest.raises(UsageError, match="abc"):
        store.blob("abc")


def test_a_voided_approval_leaves_the_slot_planned(store: Store) -> None:
    approve(store)
    store.void_approval(ISSUE, "content/items/bryggan.md har ändrats.", LATER)
    frozen = store.facts().frozen[ISSUE]
    assert store.approval(ISSUE) is None
    assert (frozen.state, frozen.approved, frozen.editions) == (SlotState.PLANNED, False, ())
    assert frozen.reason == "content/items/bryggan.md har ändrats."


def test_an_approval_cannot_be_voided_once_it_runs(store: Store) -> None:
    run_of(store, 1)
    store.void_approval(ISSUE, "För sent.", LATER)
    assert store.approval(ISSUE) is not None
    assert store.slots()[0].state is SlotState.RUNNING


# A run


def test_a_run_freezes_its_recipients(store: Store) -> None:
    run_of(store, 1203)
    assert store.counts(ISSUE) == {DeliveryState.PLANNED: 1203}
    assert store.slots()[0].state is SlotState.RUNNING
    assert [row.recipient for row in store.deliveries(ISSUE)][1202] == "kontor1202@kommun.example"


def test_a_run_starts_once(store: Store) -> None:
    run_of(store, 3)
    again = ((recipient(n), None, DeliveryState.PLANNED, "") for n in range(9))
    assert store.start_run(ISSUE, again, LATER) == 0
    assert store.counts(ISSUE) == {DeliveryState.PLANNED: 3}


def test_what_is_not_approved_does_not_start(store: Store) -> None:
    store.add_slot(issue_entry(), NOW)
    with pytest.raises(StoreError, match="inte godkänt"):
        store.start_run(ISSUE, [(recipient(1), None, DeliveryState.PLANNED, "")], NOW)
    assert store.counts(ISSUE) == {}


def test_a_run_that_breaks_while_starting_has_not_started(store: Store) -> None:
    approve(store)

    def broken() -> Iterator[tuple[Recipient, int | None, DeliveryState, str]]:
        for number in range(1200):
            yield recipient(number), None, DeliveryState.PLANNED, ""
        raise UsageError(StoreError.__doc__)  # type: ignore[arg-type]  # any error of a caller

    with pytest.raises(UsageError):
        store.start_run(ISSUE, broken(), NOW)
    assert store.counts(ISSUE) == {}
    assert store.slots()[0].state is SlotState.APPROVED


@pytest.mark.parametrize("first", [DeliveryState.PLANNED, DeliveryState.SKIPPED])
def test_one_address_gets_one_copy_however_it_is_written(store: Store, first: DeliveryState) -> None:
    approve(store)
    second = DeliveryState.SKIPPED if first is DeliveryState.PLANNED else DeliveryState.PLANNED
    spellings = [
        (Recipient("Kansli@Räksmörgås.example", "A", "public", "arvika"), first),
        (Recipient("kansli@xn--rksmrgs-5wao1o.example", "B", "public", ""), second),
    ]
    store.start_run(
        ISSUE,
        (
            (who, None, state, "Får redan ett exemplar." if state is DeliveryState.SKIPPED else "")
            for who, state in spellings
        ),
        NOW,
    )
    assert store.counts(ISSUE) == {DeliveryState.PLANNED: 1}


def test_a_delivery_key_is_the_same_every_time_and_tells_no_address(tmp_path: Path) -> None:
    keys = []
    for name in ("a", "b"):
        store = open_store(f"sqlite:///{tmp_path}/{name}.db")
        run_of(store, 1)
        keys += [row.key for row in store.deliveries(ISSUE)]
        store.close()
    assert keys[0] == keys[1]
    assert keys[0].startswith(f"{ISSUE}.")
    assert "kontor" not in keys[0]


def test_a_slot_without_open_deliveries_is_done(store: Store) -> None:
    run_of(store, 2)
    store.accept(claimed(store), Receipt("r"), NOW)
    store.close_finished_slots(NOW)
    assert store.slots()[0].state is SlotState.RUNNING
    store.unknown(claimed(store), "Förbindelsen bröts.", NOW)
    store.close_finished_slots(NOW)
    assert store.slots()[0].state is SlotState.DONE


def test_a_cancelled_slot_cancels_what_waits_and_what_comes_back(store: Store) -> None:
    run_of(store, 3)
    away = claimed(store)
    store.set_slot_state(ISSUE, SlotState.CANCELLED, "Ställdes in av Anna.", NOW)
    assert store.counts(ISSUE) == {DeliveryState.CLAIMED: 1, DeliveryState.CANCELLED: 2}
    store.put_back(away, "Servern är nere.", NOW)
    store.close_finished_slots(NOW)
    assert store.counts(ISSUE) == {DeliveryState.CANCELLED: 3}
    assert store.claim("a", LATER, LEASE, ["mejl"]) is None


def test_a_held_slot_waits(store: Store) -> None:
    run_of(store, 1)
    store.set_slot_state(ISSUE, SlotState.HELD, "Paus.", NOW)
    assert store.claim("a", NOW, LEASE, ["mejl"]) is None
    store.set_slot_state(ISSUE, SlotState.RUNNING, "", NOW)
    assert claimed(store).attempt == 1


# Moves


def test_a_claim_takes_the_row_for_its_owner(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store, "anna")
    assert (row.state, row.owner, row.attempt, row.first_attempt_at) == (
        DeliveryState.CLAIMED,
        "anna",
        1,
        NOW,
    )
    assert store.claim("bo", NOW, LEASE, ["mejl"]) is None


def test_only_the_channels_that_are_asked_for_are_claimed(store: Store) -> None:
    run_of(store, 1)
    assert store.claim("a", NOW, LEASE, ["mastodon"]) is None
    assert store.claim("a", NOW, LEASE, []) is None


def test_the_least_tried_copy_goes_first(store: Store) -> None:
    run_of(store, 2)
    first = claimed(store)
    store.put_back(first, "Servern är nere.", NOW)
    assert claimed(store).id != first.id


def test_a_copy_that_waits_is_not_claimed_before_its_time(store: Store) -> None:
    run_of(store, 1)
    store.retry_later(claimed(store), LATER, "Senare.", NOW)
    assert store.claim("a", NOW, LEASE, ["mejl"]) is None
    assert claimed(store, now=LATER).attempt == 2


def test_the_first_attempts_time_is_kept(store: Store) -> None:
    run_of(store, 1)
    store.retry_later(claimed(store), LATER, "Senare.", NOW)
    assert claimed(store, now=LATER).first_attempt_at == NOW


def test_an_accepted_delivery_keeps_its_receipt(store: Store) -> None:
    run_of(store, 1)
    sending = store.mark_sending(claimed(store), NOW)
    done = store.accept(sending, Receipt("Q1", "250 Ok"), NOW)
    assert (done.state, done.receipt, done.owner) == (DeliveryState.ACCEPTED, "Q1", "")


@pytest.mark.parametrize("sending", [False, True], ids=["from claimed", "from sending"])
@pytest.mark.parametrize(
    ("move", "state", "reason"),
    [
        ("reject", DeliveryState.REJECTED, "Okänd adress."),
        ("put_back", DeliveryState.PLANNED, "Servern är nere."),
        ("unknown", DeliveryState.UNKNOWN, "Svaret uteblev."),
        ("hold", DeliveryState.HELD, "Kunde inte göras klart."),
    ],
)
def test_every_end_is_recorded_with_its_reason(
    store: Store, move: str, state: DeliveryState, reason: str, sending: bool
) -> None:
    run_of(store, 1)
    row = claimed(store)
    if sending:
        row = store.mark_sending(row, NOW)
    ended = getattr(store, move)(row, reason, LATER)
    assert (ended.state, ended.reason, ended.updated_at) == (state, reason, LATER)


def test_failures_for_now_are_counted_and_a_channel_that_was_down_is_not(store: Store) -> None:
    run_of(store, 1)
    store.put_back(claimed(store), "Servern är nere.", NOW)
    store.retry_later(claimed(store), NOW, "Senare.", NOW)
    assert store.failures(claimed(store)) == 1


@pytest.mark.parametrize("change", [{"owner": "bo"}, {"attempt": 2}, {"id": 99}])
@pytest.mark.parametrize("move", ["mark_sending", "accept", "reject", "retry_later", "unknown", "hold"])
def test_who_does_not_own_a_row_moves_nothing(store: Store, move: str, change: dict[str, object]) -> None:
    run_of(store, 1)
    other = replace(claimed(store), **change)  # type: ignore[arg-type]  # one field at a time
    arguments: dict[str, tuple[object, ...]] = {
        "mark_sending": (NOW,),
        "accept": (Receipt("r"), NOW),
        "retry_later": (LATER, "x", NOW),
    }
    with pytest.raises(LeaseLost):
        getattr(store, move)(other, *arguments.get(move, ("x", NOW)))
    assert store.counts(ISSUE) == {DeliveryState.CLAIMED: 1}


def test_who_let_the_lease_run_out_must_not_send(store: Store) -> None:
    run_of(store, 1)
    with pytest.raises(LeaseLost):
        store.mark_sending(claimed(store), NOW + LEASE)


def test_an_intent_is_made_once(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store)
    store.mark_sending(row, NOW)
    with pytest.raises(LeaseLost):
        store.mark_sending(row, NOW)


# Recovery


def test_after_a_crash_what_was_claimed_goes_again_and_what_was_sending_is_unknown(store: Store) -> None:
    run_of(store, 3)
    store.mark_sending(claimed(store, "dead"), NOW)
    claimed(store, "dead")
    moved = store.recover(NOW, exclusive=True)
    assert [row.state for row in moved] == [DeliveryState.UNKNOWN, DeliveryState.PLANNED]
    assert "stoppades" in moved[0].reason
    assert store.counts(ISSUE) == {DeliveryState.PLANNED: 2, DeliveryState.UNKNOWN: 1}


def test_without_the_lock_a_living_lease_is_left_alone(store: Store) -> None:
    run_of(store, 2)
    claimed(store, "alive")
    assert store.recover(NOW + LEASE - timedelta(seconds=1), exclusive=False) == []
    assert [row.state for row in store.recover(NOW + LEASE, exclusive=False)] == [DeliveryState.PLANNED]


def test_one_who_was_recovered_from_must_not_send(store: Store) -> None:
    run_of(store, 1)
    late = claimed(store, "late")
    store.recover(NOW, exclusive=True)
    with pytest.raises(LeaseLost):
        store.mark_sending(late, NOW)


def test_a_late_yes_is_proof(store: Store) -> None:
    run_of(store, 1)
    sending = store.mark_sending(claimed(store), NOW)
    store.recover(NOW + LEASE, exclusive=False)
    assert store.accept(sending, Receipt("Q1"), LATER).state is DeliveryState.ACCEPTED


def test_a_row_that_is_unknown_is_never_claimed(store: Store) -> None:
    run_of(store, 1)
    store.mark_sending(claimed(store), NOW)
    store.recover(NOW, exclusive=True)
    assert store.claim("a", LATER, LEASE, ["mejl"]) is None


# Standing noes


def test_a_suppression_after_planning_wins_at_the_claim(store: Store) -> None:
    run_of(store, 3)
    store.suppress("KONTOR0@kommun.example", "Avsade sig.", NOW)
    assert claimed(store).recipient == "kontor1@kommun.example"
    (skipped,) = [row for row in store.deliveries(ISSUE) if row.state is DeliveryState.SKIPPED]
    assert (skipped.recipient, skipped.reason) == (
        "kontor0@kommun.example",
        "Adressen är spärrad: Avsade sig.",
    )


def test_everybody_may_be_suppressed(store: Store) -> None:
    run_of(store, 3)
    for number in range(3):
        store.suppress(f"kontor{number}@kommun.example", "Avsade sig {allt}.", NOW)
    assert store.claim("a", NOW, LEASE, ["mejl"]) is None
    assert store.counts(ISSUE) == {DeliveryState.SKIPPED: 3}


def test_planning_hears_of_standing_noes(store: Store) -> None:
    for reason in ("Avsade sig.", "Igen."):
        store.suppress("Anna@Räksmörgås.example", reason, NOW)
        store.retract("bryggan", reason, NOW)
    facts = store.facts()
    assert facts.suppressed == {"anna@xn--rksmrgs-5wao1o.example"}
    assert facts.retracted == {"bryggan": "Avsade sig."}


# Notices and runs


def test_each_thing_is_told_once(store: Store) -> None:
    assert store.notice("held:a", "Hålls", "Text med åäö", NOW)
    assert not store.notice("held:a", "Hålls igen", "…", NOW)
    (notice,) = store.open_notices()
    assert (notice.subject, notice.created_at) == ("Hålls", NOW)
    store.notice_sent(notice.id, NOW)
    assert store.open_notices() == []
    assert not store.notice("held:a", "Hålls", "…", LATER)


def test_runs_are_remembered(store: Store) -> None:
    assert store.last_run() is None
    number = store.begin_run(LATER, NOW)
    begun = store.last_run()
    assert begun is not None
    assert (begun.started_at, begun.now, begun.ended_at) == (LATER, NOW, None)
    store.end_run(number, LATER, {"accepted": 3, "nere": ["mejl"]})
    ended = store.last_run()
    assert ended is not None
    assert (ended.ended_at, ended.outcome) == (LATER, {"accepted": 3, "nere": ["mejl"]})


# The rows themselves


@pytest.mark.parametrize(
    "change",
    [
        "state = 'sent'",
        "state = 'claimed'",
        "state = 'claimed', owner = 'a', attempt = 1",
        "state = 'sending', lease_until = '2026'",
        "owner = 'a'",
        "state = 'unknown'",
        "state = 'accepted'",
        "state = 'rejected'",
        "state = 'held', reason = 'x', not_before = '2026'",
        "receipt = 'r'",
        "lease_until = '2026'",
        "slot_id = 'finns-inte'",
    ],
)
def test_the_database_itself_refuses_rows_that_cannot_be(store: Store, tmp_path: Path, change: str) -> None:
    run_of(store, 1)
    connection = sqlite3.connect(tmp_path / "comms.db")
    connection.execute("PRAGMA foreign_keys = ON")
    try:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE deliveries SET {change}")  # noqa: S608 - the test's own words
    finally:
        connection.close()


def test_every_field_of_a_delivery_comes_from_its_row(store: Store) -> None:
    run_of(store, 1)
    row = claimed(store)
    assert {field.name for field in fields(Delivery)} == {field.name for field in fields(row)}
    assert (row.slot_id, row.channel, row.recipient_name) == (ISSUE, "mejl", "Kontor 0")
