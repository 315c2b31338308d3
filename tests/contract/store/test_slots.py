"""What is planned and approved: each slot once, each approval whole, each run begun once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from comms.errors import StoreError, UsageError
from comms.model.ledger import DeliveryState, End, SlotState
from comms.model.plan import EntryKind, Manifest, Moment, Recipient
from comms.store import Store
from tests.fakes.examples import (
    ISSUE,
    NOW,
    PICTURE,
    approve,
    edition,
    issue_entry,
    publication,
    recipient,
    run_of,
)
from tests.fakes.ledger import Home, accepted, claim, empty, ended, sending, slot_state

LATER = NOW + timedelta(hours=1)
P = DeliveryState.PLANNED


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


@pytest.mark.parametrize(
    "state", [SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE, SlotState.HELD, SlotState.CANCELLED]
)
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


def test_an_issue_has_no_post(store: Store) -> None:
    approve(store)
    assert store.post(ISSUE) is None


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
    assert slot_state(store) is SlotState.RUNNING


# A run


def test_a_run_freezes_its_recipients(store: Store) -> None:
    run_of(store, 1203)
    assert store.counts(ISSUE) == {P: 1203}
    assert store.due(NOW) == {"mejl": 1203}
    assert slot_state(store) is SlotState.RUNNING
    assert [row.recipient for row in store.deliveries(ISSUE)][1202] == "kontor1202@kommun.example"


def test_a_run_starts_once(store: Store) -> None:
    run_of(store, 3)
    again = ((recipient(n), None, P, "") for n in range(9))
    assert store.start_run(ISSUE, again, LATER) == 0
    assert store.counts(ISSUE) == {P: 3}


def test_what_is_not_approved_does_not_start(store: Store) -> None:
    store.add_slot(issue_entry(), NOW)
    with pytest.raises(StoreError, match="inte godkänt"):
        store.start_run(ISSUE, [(recipient(1), None, P, "")], NOW)
    assert store.counts(ISSUE) == {}


def test_a_run_that_breaks_while_starting_has_not_started(store: Store) -> None:
    approve(store)

    def broken() -> Iterator[tuple[Recipient, int | None, DeliveryState, str]]:
        for number in range(1200):
            yield recipient(number), None, P, ""
        raise UsageError(StoreError.__doc__)  # type: ignore[arg-type]  # any error of a caller

    with pytest.raises(UsageError):
        store.start_run(ISSUE, broken(), NOW)
    assert store.counts(ISSUE) == {}
    assert slot_state(store) is SlotState.APPROVED


@pytest.mark.parametrize("first", [P, DeliveryState.SKIPPED])
def test_one_address_gets_one_copy_however_it_is_written(store: Store, first: DeliveryState) -> None:
    approve(store)
    second = DeliveryState.SKIPPED if first is P else P
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
    assert store.counts(ISSUE) == {P: 1}


def test_a_delivery_key_is_the_same_every_time_and_tells_no_address(home: Home) -> None:
    keys = []
    for _ in range(2):
        store = home.open()
        run_of(store, 1)
        keys += [row.key for row in store.deliveries(ISSUE)]
        store.close()
        empty(home.url)
    assert keys[0] == keys[1]
    assert keys[0].startswith(f"{ISSUE}.")
    assert "kontor" not in keys[0]


def test_a_slot_without_open_deliveries_is_done(store: Store) -> None:
    run_of(store, 2)
    ended(store, sending(store), accepted())
    store.close_finished_slots(NOW)
    assert slot_state(store) is SlotState.RUNNING
    ended(store, sending(store), End(DeliveryState.UNKNOWN, "Förbindelsen bröts."))
    store.close_finished_slots(NOW)
    assert slot_state(store) is SlotState.DONE


def test_a_paused_slot_that_has_nothing_left_is_done(store: Store) -> None:
    run_of(store, 1)
    last = sending(store)
    store.pause(ISSUE, "Paus.", NOW)
    ended(store, last, accepted())
    store.close_finished_slots(NOW)
    assert slot_state(store) is SlotState.DONE


def test_a_cancelled_slot_cancels_what_waits_and_what_comes_back(store: Store) -> None:
    run_of(store, 3)
    (away,) = claim(store)
    store.set_slot_state(ISSUE, SlotState.CANCELLED, "Ställdes in av Anna.", NOW)
    assert store.counts(ISSUE) == {DeliveryState.CLAIMED: 1, DeliveryState.CANCELLED: 2}
    ended(store, away, End(P, "Servern är nere."))
    store.close_finished_slots(NOW)
    assert store.counts(ISSUE) == {DeliveryState.CANCELLED: 3}
    assert claim(store, now=LATER) == []


@pytest.mark.parametrize(
    ("end", "seen"),
    [
        (accepted(), SlotState.DONE),
        (End(DeliveryState.UNKNOWN, "Svaret uteblev."), SlotState.DONE),
        (End(DeliveryState.REJECTED, "Okänd adress."), SlotState.CANCELLED),
    ],
)
def test_a_cancelled_slot_that_reached_somebody_is_done_to_planning(
    store: Store, end: End, seen: SlotState
) -> None:
    run_of(store, 2)
    ended(store, sending(store), end)
    store.set_slot_state(ISSUE, SlotState.CANCELLED, "Ställdes in av Anna.", NOW)
    assert store.facts().frozen[ISSUE].state is seen
    assert slot_state(store) is SlotState.CANCELLED


def test_a_slot_is_touched_by_its_first_attempt(store: Store) -> None:
    run_of(store, 2)
    assert not store.touched(ISSUE)
    claim(store)
    assert store.touched(ISSUE)


# Standing noes


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
    assert store.runs.last() is None
    number = store.runs.begin(LATER, NOW)
    begun = store.runs.last()
    assert begun is not None
    assert (begun.started_at, begun.now, begun.ended_at) == (LATER, NOW, None)
    store.runs.end(number, LATER, {"accepted": 3, "nere": ["mejl"]})
    after = store.runs.last()
    assert after is not None
    assert (after.ended_at, after.outcome) == (LATER, {"accepted": 3, "nere": ["mejl"]})
