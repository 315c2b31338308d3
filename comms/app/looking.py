"""Looking without touching: who got an entry, how things stand, what a schedule would do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from comms.app.by_hand import made_by_hand, packages
from comms.app.house import House
from comms.app.planning import HORIZON, facts_without_touching, ledger, make_plan
from comms.errors import StoreError, Text, UsageError, say
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import Entry, EntryKind, LedgerFacts, Plan
from comms.store import PostOut, Rest, Slot, Worker

_SILENT = 30.0
"""Seconds without a heartbeat after which a worker of the queue counts as gone."""

_LOOPS = 2
"""Loops of the queue in one process of `comms worker`: one for ticks, one for drains."""


@dataclass(frozen=True)
class Who:
    """One entry's deliveries, and how many are in each state; the package, if a person publishes it."""

    slot: Slot
    states: dict[DeliveryState, int]
    deliveries: tuple[Delivery, ...]
    by_hand: PostOut | None = None


@dataclass(frozen=True)
class Queue:
    """How the queue of several workers stands: jobs that wait, jobs in hand, processes that take them."""

    waiting: int
    doing: int
    workers: int


@dataclass(frozen=True)
class Status:
    """How things stand: entries with counts of each, and what comes next.

    `fence`: why nothing is sent, or empty. `workers`: who sends just now. `resting`: channels that are left
    alone for a while. `queue`: with PostgreSQL, when a worker has ever been there.
    """

    slots: tuple[tuple[Slot, dict[DeliveryState, int]], ...]
    upcoming: tuple[Entry, ...]
    last_run_at: datetime | None
    unsent_notices: int
    fence: str = ""
    workers: tuple[Worker, ...] = ()
    resting: tuple[Rest, ...] = ()
    queue: Queue | None = None
    by_hand: Mapping[str, PostOut] = field(default_factory=dict)


def who(house: House, identity: str) -> Who:
    """Who got an entry and who did not. Raises `UsageError` when nothing has been planned under that id."""
    if house.has_ledger:
        with ledger(house) as store:
            slot = store.slot(identity)
            if slot is not None:
                out = store.outcomes.post(identity)
                package = out if out is not None and made_by_hand(out) else None
                return Who(slot, dict(store.counts(identity)), tuple(store.deliveries(identity)), package)
    raise UsageError(say("”{id}” har inte börjat sändas. Se planen med: comms plan {id}", id=identity))


def status(house: House, now: datetime) -> Status:
    """How things stand at `now`."""
    if not house.has_ledger:
        return Status((), _upcoming(house, LedgerFacts(), now), None, 0)
    with ledger(house) as store:
        slots = tuple((slot, dict(store.counts(slot.id))) for slot in store.slots(*SlotState))
        last = store.runs.last()
        upcoming = _upcoming(house, store.facts(), now)
        return Status(
            slots,
            upcoming,
            last.now if last else None,
            len(store.open_notices()),
            store.fence_reason,
            tuple(store.workers(now)),
            tuple(store.resting(now).values()),
            _queue(house),
            {post.slot_id: post for post in packages(store)},
        )


def _queue(house: House) -> Queue | None:
    if house.database_file is not None:
        return None
    from comms.queue.procrastinate import WorkQueue  # noqa: PLC0415 - a ledger in a file need not pay for it

    with suppress(StoreError):  # the ledger has just answered: there is no queue until a worker makes it
        found = WorkQueue(house.database_url).state()
        alive = sum(seconds < _SILENT for _worker, seconds in found.workers)
        return Queue(found.waiting, found.doing, math.ceil(alive / _LOOPS))
    return None


def pace(worker: Worker) -> float:
    """Copies a second that a worker has begun, since it started."""
    return worker.intents / max(1.0, (worker.seen_at - worker.started_at).total_seconds())


def to_do(slot: Slot, counts: Mapping[DeliveryState, int]) -> list[Text]:
    """What a person does about an entry that waits for one."""
    found = []
    if slot.state is SlotState.PAUSED:
        found.append(say("fortsätt: comms resume {id}, avbryt: comms cancel {id}", id=slot.id))
    if slot.state is SlotState.HELD:
        found.append(say("se planen: comms plan {id}", id=slot.id))
    if counts.get(DeliveryState.UNKNOWN):
        found.append(say("red ut det ovissa: comms reconcile {id}", id=slot.id))
    if counts.get(DeliveryState.HELD):
        found.append(say("sänd det som hålls kvar: comms send {id} --rest --plan FINGERAVTRYCK", id=slot.id))
    return found


def _upcoming(house: House, facts: LedgerFacts, now: datetime) -> tuple[Entry, ...]:
    return make_plan(house, facts, now, now + timedelta(days=14)).entries


def simulate(house: House, since: datetime, until: datetime) -> Plan:
    """Run the schedule in memory: every slot in the span as it would be if each were approved.

    Nothing is written and no channel is opened.
    """
    if until <= since:
        raise UsageError(say("Slutet på tiden ligger före början."))
    just_before = since - timedelta(minutes=1)  # a plan's first moment is not in it; a simulation's is
    return make_plan(house, facts_without_touching(house), just_before, until)


def what_would_happen(entry: Entry) -> Text:
    """One line of a simulation."""
    if entry.blocked:
        return say("blockeras: {reason}", reason=entry.blocked[0])
    if entry.nothing_to_send:
        return say("hoppas över: inget nytt att berätta")
    if entry.kind is EntryKind.ISSUE:
        return say(
            "sänds i {editions} utgåvor till {count} mottagare",
            editions=len(entry.editions),
            count=entry.recipients,
        )
    return say("publiceras på {channel}", channel=entry.channel)


def span(now: datetime, until: datetime | None) -> tuple[datetime, datetime]:
    """The span of a plan: from now, sixty days or until a day."""
    return now, until or now + HORIZON
