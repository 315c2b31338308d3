"""The store as its callers see it: one method a question or act, one transaction each."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from comms.model.ledger import (
    Ask,
    Claimed,
    Course,
    Delivery,
    DeliveryState,
    End,
    EventKind,
    Settled,
    SlotState,
)
from comms.model.subscriber import NoKind
from comms.store import (
    answers,
    approvals,
    claims,
    deliveries,
    events,
    fencing,
    instance,
    moves,
    notices,
    postgres,
    rests,
    slots,
    suppressions,
    workers,
)
from comms.store.feeds import Feeds
from comms.store.forgetting import Forgetting
from comms.store.journal import Journal
from comms.store.leaving import Leaving
from comms.store.lock import single_sender
from comms.store.mark import Reading, Tally, is_marked, last_reading, marks, start_over
from comms.store.memories import Memories
from comms.store.outcomes import Outcomes
from comms.store.reach import Reaches
from comms.store.records import Approval, Notice, Rest, Slot, Worker
from comms.store.returns import Returns
from comms.store.rolls import Rolls
from comms.store.runs import Runs
from comms.store.subscribers import Subscribers
from comms.store.tickets import Tickets
from comms.store.witnesses import Witnesses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from comms.model.issue import Edition
    from comms.model.network import PostText
    from comms.model.plan import Entry, LedgerFacts, Manifest, Recipient
    from comms.model.question import Answer, AnswerKey
    from comms.store.database import Database
    from comms.store.exits import NameExit


class Store:
    """The ledger. Every method is one transaction and raises StoreError when the database fails."""

    def __init__(self, database: Database, beside: Path | None) -> None:
        """Stand in front of an open database; use `open_store`."""
        self.outcomes = Outcomes(database)
        self.memories = Memories(database)
        self.runs = Runs(database)
        self.subscribers = Subscribers(database)
        self.tickets = Tickets(database)
        self.forgetting = Forgetting(database)
        self.witnesses = Witnesses(database)
        self.leaving = Leaving(database)
        self.rolls = Rolls(database)
        self.feeds = Feeds(database)
        self.returns = Returns(database)
        self.reach = Reaches(database)
        self._database = database
        self._beside = beside
        self._journal = Journal(beside.parent / "journal" if beside else None)
        self._tally = Tally(beside)

    @property
    def lock_path(self) -> str:
        """Where `single_sender` keeps its lock: beside the database."""
        return f"{self._database.place}.lock"

    def close(self) -> None:
        """Let go of the database and of the files beside it."""
        self._journal.close()
        self._tally.close()
        self._database.close()

    # Slots and approvals

    def facts(self) -> LedgerFacts:
        """What planning needs to know of the past; `suppressed` holds address keys."""
        with self._database.reading() as connection:
            return replace(approvals.facts(connection), readers=self.subscribers.readers)

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

    def answers(self, subjects: Collection[str]) -> Mapping[AnswerKey, Answer]:
        """What people answered about items and issues, by what each answer holds for."""
        with self._database.reading() as connection:
            return answers.given(connection, subjects)

    def answer(self, answer: Answer) -> None:
        """Remember what a person answered. The first answer stands."""
        with self._database.writing() as connection:
            answers.keep(connection, answer)

    def start_run(
        self,
        slot_id: str,
        recipients: Iterable[tuple[Recipient, int | None, DeliveryState, str]],
        now: datetime,
        *,
        name_exit: NameExit | None = None,
    ) -> int:
        """Freeze who gets an approved entry and let it run; the number of rows, 0 when it ran before.

        `name_exit`: each copy of a letter names an exit, because a page answers for it.
        Each recipient comes with edition number (None for a post), `planned` or `skipped`, and the
        reason of a skip. The iterable is streamed inside the transaction: it must not write here.

        What the journal tells of was begun before this database was restored: it is held.
        """
        told = self._journal.begun(slot_id)
        with self._database.writing() as connection:
            at = self._database.at
            count = deliveries.start(connection, slot_id, recipients, now, at, name_exit=name_exit)
            if count:
                moves.hold_told(connection, slot_id, told, now)
            return count

    def recover(self, now: datetime, *, exclusive: bool) -> list[Delivery]:
        """Settle what dead workers left; the rows moved. `exclusive`: `alone` said True on SQLite."""
        with self._database.writing() as connection:
            moved = moves.recover(connection, now, exclusive=exclusive)
            self._database.at("recover.uncommitted")
        self._journal.write(moved, now)
        return moved

    def claim(self, ask: Ask, now: datetime) -> Claimed:
        """Take copies that are due; suppressed ones are skipped on the way."""
        with self._database.quickly() as connection:
            found = claims.claim(connection, ask, now)
            self._database.at("claim.uncommitted")
        self._database.at("claim.committed")
        return found

    def settle(
        self, owner: str, ends: Sequence[tuple[Delivery, End]], intents: Sequence[Delivery], now: datetime
    ) -> Settled:
        """Record ends and commit intents, in one durable transaction.

        Only what is in `sending` afterwards may be sent. Raises StoreError: then nothing may be.
        """
        with self._database.quickly() as connection:
            settled = moves.settle(connection, owner, ends, intents, now)
            self._database.at("settle.uncommitted")
        self._database.at("settle.committed")
        self._tally.add(owner, len(settled.sending))
        self._journal.write((*settled.ended, *settled.withdrawn), now)
        self._journal.write(settled.sending, now, DeliveryState.SENDING)
        return settled

    def failures(self, delivery: Delivery) -> int:
        """How many of its attempts ended in a no for now."""
        with self._database.reading() as connection:
            return deliveries.failures(connection, delivery.id)

    def due(self, now: datetime) -> dict[str, int]:
        """How many copies are due on each channel."""
        with self._database.reading() as connection:
            return deliveries.due(connection, now)

    def hold_late(self, channel: str, before: datetime, now: datetime) -> int:
        """Hold what should have gone on a channel before a time at which nobody was at work; how many."""
        with self._database.writing() as connection:
            return moves.hold_late(connection, channel, before, now)

    def hold_slot(self, slot_id: str, now: datetime) -> int:
        """Hold what waits in a slot that has been tried for too long; how many."""
        with self._database.writing() as connection:
            return moves.hold_slot(connection, slot_id, now)

    def again(self, slot_id: str, states: Sequence[DeliveryState], now: datetime) -> int:
        """Let a slot go on with its copies in `states`, by a person's word; how many."""
        with self._database.writing() as connection:
            return moves.again(connection, slot_id, states, now)

    def touched(self, slot_id: str) -> bool:
        """Whether any copy of a slot has been begun."""
        with self._database.reading() as connection:
            return deliveries.touched(connection, slot_id)

    def unknown(self) -> list[Delivery]:
        """Every delivery whose fate is unknown, oldest first."""
        with self._database.reading() as connection:
            return deliveries.unknown(connection)

    def resolve(self, delivery: Delivery, end: End, source: str, now: datetime) -> Delivery | None:
        """Settle an unknown delivery; `source` says by what evidence or whose word. None: settled before.

        One that is planned again makes its slot run again.
        """
        with self._database.writing() as connection:
            settled = moves.resolve(connection, delivery, end, now)
            if settled is None:
                return None
            events.add(connection, delivery.id, EventKind.RECONCILED, source, end.detail or end.reason, now)
            if end.state is DeliveryState.PLANNED:
                slots.move(connection, delivery.slot_id, (SlotState.DONE,), SlotState.RUNNING, now)
        self._journal.write([settled], now)
        return settled

    def event(self, delivery: Delivery, kind: EventKind, source: str, detail: str, now: datetime) -> None:
        """Remember a later fact about a delivery."""
        with self._database.writing() as connection:
            events.add(connection, delivery.id, kind, source, detail, now)

    def course(self, slot_id: str) -> Course:
        """How a slot goes: answers, dead addresses, complaints."""
        with self._database.reading() as connection:
            return events.course(connection, slot_id)

    def pause(self, slot_id: str, reason: str, now: datetime) -> bool:
        """Stop a running slot; False when it does not run. No copy gets an intent after this."""
        with self._database.writing() as connection:
            return slots.pause(connection, slot_id, reason, now)

    def resume(self, slot_id: str, now: datetime) -> bool:
        """Let a paused slot go on; False when it is not paused."""
        with self._database.writing() as connection:
            return slots.resume(connection, slot_id, now)

    # Channels that rest

    def rest(self, channel: str, reason: str, asked: timedelta | None, now: datetime) -> datetime:
        """A channel was down; when it is tried again."""
        with self._database.writing() as connection:
            return rests.begin(connection, channel, reason, asked, now)

    def end_rest(self, channel: str) -> None:
        """A channel works."""
        with self._database.writing() as connection:
            rests.end(connection, channel)

    def resting(self, now: datetime) -> Mapping[str, Rest]:
        """Channels that rest, with until when and why."""
        with self._database.reading() as connection:
            return rests.current(connection, now)

    # Who is at work, and whether this database may send

    def begin_work(self, owner: str, now: datetime) -> None:
        """A process begins to send. Raises StoreError when the database may not (see `fence_reason`)."""
        with self._database.writing() as connection:
            stands = instance.ensure(connection, secrets.token_hex(16), now)
            if stands.fenced_at is not None:
                raise fencing.refuse(stands.fence_reason)
            workers.begin(connection, owner, now)
        self._tally.begin(stands.installation)

    def beat(self, owner: str, now: datetime) -> None:
        """A sign of life while nothing is recorded."""
        with self._database.writing() as connection:
            workers.beat(connection, owner, now)

    def end_work(self, owner: str, now: datetime) -> None:
        """A process is done sending."""
        with self._database.writing() as connection:
            workers.end(connection, owner, now)

    def workers(self, now: datetime) -> list[Worker]:
        """The processes at work now."""
        with self._database.reading() as connection:
            return workers.alive(connection, now)

    def last_seen(self) -> datetime | None:
        """When any process last gave a sign of life, or None."""
        with self._database.reading() as connection:
            return workers.last_seen(connection)

    def fence_if_old(self, now: datetime) -> str:
        """Compare the database with what this machine remembers of its sending; why it is fenced, or "".

        A database that has forgotten what went out sends nothing until `adopt`, and holds what was due.
        """
        if self._beside is None:
            return self.fence_reason
        known, marked = marks(self._beside), is_marked(self._beside)
        with self._database.reading() as connection:
            fenced = fencing.fence_reason(connection)
            in_file = self._database.file is not None
            reason = fencing.disagreement(connection, known, marked=marked, in_file=in_file)
        if fenced:
            return fenced
        if reason is None:
            return ""
        with self._database.writing() as connection:
            instance.ensure(connection, secrets.token_hex(16), now)
            instance.fence(connection, str(reason), now)
        return str(reason)

    @property
    def fence_reason(self) -> str:
        """Why this database may not send; empty when it may."""
        with self._database.reading() as connection:
            return fencing.fence_reason(connection)

    def adopt(self, now: datetime) -> None:
        """A person says that this is the database now. What is held stays held."""
        with self._database.writing() as connection:
            instance.ensure(connection, secrets.token_hex(16), now)
            installation = secrets.token_hex(16)
            instance.adopt(connection, installation, now)
        if self._beside is not None:
            start_over(self._beside, installation)

    def last_reading(self) -> Reading | None:
        """Both clocks as they were when this machine last sent, the newest of its marks; None at first."""
        return last_reading(self._beside) if self._beside is not None else None

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the lock that only one run may have, on this machine or (PostgreSQL) on all of them."""
        if self._database.file is not None:
            with single_sender(self.lock_path) as got:
                yield got
            return
        with self._database.locked("tick") as got:
            yield got

    @contextmanager
    def only_one(self, name: str) -> Iterator[bool]:
        """Do something that of several workers one may do at a time. A file's only run is alone anyway."""
        if self._database.file is not None:
            yield True
            return
        with self._database.locked(name) as got:
            yield got

    @property
    def shared(self) -> bool:
        """Whether several machines may work on this database at once."""
        return self._database.file is None

    def check_clock(self, now: datetime) -> None:
        """Raise StoreError when this machine's clock and a shared database's are too far apart.

        Leases, rates and heartbeats are told by each worker's own clock.
        """
        if self.shared:
            with self._database.reading() as connection:
                postgres.compare_clocks(connection, now)

    def verify(self, *, always: bool = False) -> None:
        """Read the whole file and compare its parts, when it is asked for or the last run did not end.

        Raises StoreError for damage, with the backup to go back to.
        """
        with self._database.reading() as connection:
            needed = always or workers.left_open(connection)
        if needed:
            self._database.verify()

    def tend(self, day: str) -> None:
        """Daily care: a backup, and a reserve for the day when the disk is full."""
        self._database.tend(day)

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

    # Noes and notices

    def suppress(self, address: str, reason: str, now: datetime, *, kind: NoKind = NoKind.OFFICER) -> None:
        """Never send to an address again, even on a full disk. The first reason stands."""
        self._database.urgently(lambda one: suppressions.suppress_all(one, address, reason, now, kind))

    def retract(self, what: str, reason: str, now: datetime) -> None:
        """Take back an item (slug) or picture (path). The first reason stands."""
        with self._database.writing() as connection:
            suppressions.retract(connection, what, reason, now)

    def notice(self, key: str, subject: str, body: str, now: datetime, *, calendar: str = "") -> bool:
        """Something to tell the officer; False when told before. `calendar`: an iCalendar file with it."""
        with self._database.writing() as connection:
            return notices.add(connection, Notice(0, key, subject, body, now, None, calendar))

    def remember_told(self, key: str, subject: str, now: datetime) -> None:
        """Remember that the officer has been told something in another way than by a notice."""
        with self._database.writing() as connection:
            notices.add(connection, Notice(0, key, subject, "", now, now))

    def was_told(self, key: str) -> bool:
        """Whether the officer was told something, or will be."""
        with self._database.reading() as connection:
            return notices.known(connection, key)

    def open_notices(self) -> list[Notice]:
        """Notices not yet sent, oldest first."""
        with self._database.reading() as connection:
            return notices.waiting(connection)

    def notice_sent(self, notice_id: int, now: datetime) -> None:
        """Remember that a notice was sent."""
        with self._database.writing() as connection:
            notices.sent(connection, notice_id, now)
