"""Looking without touching: who got an entry, how things stand, what a schedule would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from comms.app.house import House
from comms.app.planning import HORIZON, facts_without_touching, ledger, make_plan
from comms.errors import Text, UsageError, say
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import Entry, EntryKind, LedgerFacts, Plan
from comms.store import Slot


@dataclass(frozen=True)
class Who:
    """One entry's deliveries, and how many are in each state."""

    slot: Slot
    states: dict[DeliveryState, int]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Status:
    """How things stand: entries that are open or held, counts of each, and what comes next."""

    slots: tuple[tuple[Slot, dict[DeliveryState, int]], ...]
    upcoming: tuple[Entry, ...]
    last_run_at: datetime | None
    unsent_notices: int


def who(house: House, identity: str) -> Who:
    """Who got an entry and who did not. Raises `UsageError` when nothing has been planned under that id."""
    file = house.database_file
    if file is None or file.exists():
        with ledger(house) as store:
            slot = store.slot(identity)
            if slot is not None:
                return Who(slot, dict(store.counts(identity)), tuple(store.deliveries(identity)))
    raise UsageError(say("”{id}” har inte börjat sändas. Se planen med: comms plan {id}", id=identity))


def status(house: House, now: datetime) -> Status:
    """How things stand at `now`."""
    file = house.database_file
    if file is not None and not file.exists():
        return Status((), _upcoming(house, LedgerFacts(), now), None, 0)
    with ledger(house) as store:
        slots = tuple((slot, dict(store.counts(slot.id))) for slot in store.slots(*SlotState))
        last = store.last_run()
        upcoming = _upcoming(house, store.facts(), now)
        return Status(slots, upcoming, last.now if last else None, len(store.open_notices()))


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
