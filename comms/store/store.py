"""The store as its callers see it: one method a question or act, one transaction each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from comms.model.ledger import Delivery, DeliveryState, Receipt, SlotState
from comms.store import approvals, deliveries, notices, slots, suppressions
from comms.store.database import Database
from comms.store.deliveries import RETRIED, End
from comms.store.records import Approval, Notice, Run, Slot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from comms.model.issue import Edition
    from comms.model.network import PostText
    from comms.model.plan import Entry, LedgerFacts, Manifest, Recipient


def open_store(url: str) -> Store:
    """Open the database at `url` (`sqlite:///…`), made or migrated when needed.

    Raises StoreError when it cannot be opened or belongs to a newer program.
    """
    database = Database(url)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """The ledger. Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database) -> None:
        """Stand in front of an open database; use `open_store`."""
        self._database = database

    @property
    def lock_path(self) -> str:
        """Where `single_sender` keeps its lock: beside the database."""
        return f"{self._database.path}.lock"

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # Slots and approvals

    def facts(self) -> LedgerFacts:
        """What planning needs to know of the past; `suppressed` holds address keys."""
        with self._database.reading() as connection:
            return approvals.facts(connection)

    def add_slot(self, entry: Entry, now: datetime) -> bool:
        """Remember a planned entry; False when known. StoreError when another entry has its time."""
        with self._database.writing() as connection:
            return slots.add(connection, entry, now)

    def set_slot_state(self, slot_id: str, state: SlotState, reason: str, now: datetime) -> None:
        """Move a slot and say why; cancelling it cancels what waits in it."""
        with self._database.writing() as connection:
            slots.set_state(connection, slot_id, state, reason, now)

    def slot(self, slot_id: str) -> Slot | None:
        """The slot, or None."""
        with self._database.reading() as connection:
            return slots.find(connection, slot_id)

    def slots(self, *states: SlotState) -> list[Slot]:
        """Slots in `states` (all when none is given), in order of time."""
        with self._database.reading() as connection:
            return slots.listed(connection, states)

    def freeze(  # noqa: PLR0913 - an approval is these seven things; each is named where it is given
        self,
        entry: Entry,
        *,
        fingerprint: str,
        manifest: Manifest,
        editions: Sequence[Edition],
        post: PostText | None,
        blobs: Mapping[str, tuple[str, bytes]],
        by: str,
        now: datetime,
    ) -> None:
        """Approve an entry as rendered, all or nothing; an approval that has not begun is replaced.

        `blobs`: sha256 -> media type and bytes. Raises StoreError when the entry has begun to go out, or
        when an edition's items are not its plan's.
        """
        approval = Approval(fingerprint, manifest, now, by)
        with self._database.writing() as connection:
            approvals.freeze(connection, entry, approval, (editions, post), blobs)

    def approval(self, slot_id: str) -> Approval | None:
        """The approval in force, or None."""
        with self._database.reading() as connection:
            return approvals.find(connection, slot_id)

    def void_approval(self, slot_id: str, reason: str, now: datetime) -> None:
        """Take an approval back; the slot is planned again. Too late once it runs: then nothing happens."""
        with self._database.writing() as connection:
            approvals.void(connection, slot_id, reason, now)

    def editions(self, slot_id: str) -> list[tuple[int, Edition]]:
        """The frozen editions with their numbers."""
        with self._database.reading() as connection:
            return approvals.frozen_editions(connection, slot_id)

    def post(self, slot_id: str) -> PostText | None:
        """The frozen post, or None."""
        with self._database.reading() as connection:
            return approvals.frozen_post(connection, slot_id)

    def blob(self, sha256: str) -> bytes:
        """A frozen picture's bytes. Raises UsageError when there are none of that hash."""
        with self._database.reading() as connection:
            return approvals.blob(connection, sha256)

    # Deliveries

    def start_run(
        self,
        slot_id: str,
        recipients: Iterable[tuple[Recipient, int | None, DeliveryState, str]],
        now: datetime,
    ) -> int:
        """Freeze who gets an approved entry and let it run; the number of rows, 0 when it ran before.

        Each recipient comes with edition number (None for a post), `planned` or `skipped`, and the
        reason of a skip. The iterable is streamed inside the transaction: it must not write here.
        """
        with self._database.writing() as connection:
            return deliveries.start(connection, slot_id, recipients, now)

    def recover(self, now: datetime, *, exclusive: bool) -> list[Delivery]:
        """Settle what dead workers left; the rows moved. `exclusive`: `single_sender` said True."""
        with self._database.writing() as connection:
            return deliveries.recover(connection, now, exclusive=exclusive)

    def claim(
        self, owner: str, now: datetime, lease: timedelta, channels: Collection[str]
    ) -> Delivery | None:
        """Take the next due copy on `channels`, or None; suppressed ones are skipped on the way."""
        with self._database.writing() as connection:
            return deliveries.claim(connection, owner, now, lease, channels)

    def mark_sending(self, delivery: Delivery, now: datetime) -> Delivery:
        """Commit the intent durably. Raises LeaseLost: then nothing may be sent."""
        with self._database.writing() as connection:
            return deliveries.mark_sending(connection, delivery, now)

    def accept(self, delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
        """Record a channel's yes. Raises LeaseLost when the row is no longer ours."""
        return self._finish(
            delivery, End(DeliveryState.ACCEPTED, receipt=receipt.id, detail=receipt.answer), now
        )

    def reject(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record a proven and final no."""
        return self._finish(delivery, End(DeliveryState.REJECTED, reason), now)

    def retry_later(self, delivery: Delivery, not_before: datetime, reason: str, now: datetime) -> Delivery:
        """Record a proven no for now, and when to try again."""
        end = End(DeliveryState.PLANNED, reason, not_before=not_before, outcome=RETRIED)
        return self._finish(delivery, end, now)

    def put_back(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that the channel was down: the copy waits, untouched by the fault."""
        return self._finish(delivery, End(DeliveryState.PLANNED, reason, outcome="channel-down"), now)

    def unknown(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that it may have been sent: only evidence or a person moves it again."""
        return self._finish(delivery, End(DeliveryState.UNKNOWN, reason), now)

    def hold(self, delivery: Delivery, reason: str, now: datetime) -> Delivery:
        """Record that it could not be made ready: a person must look."""
        return self._finish(delivery, End(DeliveryState.HELD, reason), now)

    def _finish(self, delivery: Delivery, end: End, now: datetime) -> Delivery:
        with self._database.writing() as connection:
            return deliveries.finish(connection, delivery, end, now)

    def failures(self, delivery: Delivery) -> int:
        """How many of its attempts ended in `retry_later`."""
        with self._database.reading() as connection:
            return deliveries.failures(connection, delivery.id)

    def close_finished_slots(self, now: datetime) -> None:
        """Mark running slots without an open delivery as done."""
        with self._database.writing() as connection:
            slots.close_finished(connection, now)

    def counts(self, slot_id: str) -> Mapping[DeliveryState, int]:
        """How many deliveries of a slot stand where; states without any are left out."""
        with self._database.reading() as connection:
            return deliveries.counts(connection, slot_id)

    def deliveries(self, slot_id: str) -> Iterator[Delivery]:
        """Every delivery of a slot, in order; read in short pieces, so the caller may take its time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                found = deliveries.page(connection, slot_id, after)
            if not found:
                return
            yield from found
            after = found[-1].id

    # Standing noes

    def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Never send to an address again. The first reason stands."""
        with self._database.writing() as connection:
            suppressions.suppress(connection, address, reason, now)

    def retract(self, what: str, reason: str, now: datetime) -> None:
        """Take back an item (slug) or picture (path). The first reason stands."""
        with self._database.writing() as connection:
            suppressions.retract(connection, what, reason, now)

    # Notices and runs

    def notice(self, key: str, subject: str, body: str, now: datetime) -> bool:
        """Something to tell the officer; False when told before."""
        with self._database.writing() as connection:
            return notices.add(connection, key, subject, body, now)

    def open_notices(self) -> list[Notice]:
        """Notices not yet sent, oldest first."""
        with self._database.reading() as connection:
            return notices.waiting(connection)

    def notice_sent(self, notice_id: int, now: datetime) -> None:
        """Remember that a notice was sent."""
        with self._database.writing() as connection:
            notices.sent(connection, notice_id, now)

    def begin_run(self, started_at: datetime, now: datetime) -> int:
        """Remember that a run began at `started_at` (the real time) with `now` as its clock; its number."""
        with self._database.writing() as connection:
            return notices.begin_run(connection, started_at, now)

    def end_run(self, run_id: int, ended_at: datetime, outcome: Mapping[str, object]) -> None:
        """Remember how a run ended; `outcome` in values that JSON has."""
        with self._database.writing() as connection:
            notices.end_run(connection, run_id, ended_at, outcome)

    def last_run(self) -> Run | None:
        """The newest run, or None."""
        with self._database.reading() as connection:
            return notices.last_run(connection)
