"""Pause, resume, cancel, and sending to the rest: a person's word about a run that has begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from comms.app.approving import SHORTEST, same
from comms.app.forbidding import refuse_forbidden
from comms.app.house import House
from comms.app.planning import find_entry
from comms.app.reconciling import recall
from comms.app.rendering import refuse_without_consent
from comms.app.wording import SLOT
from comms.errors import PlanChanged, Text, UsageError, say
from comms.model.ledger import DeliveryState, SlotState
from comms.store import RESTORED, Slot, Store

REST = (DeliveryState.HELD, DeliveryState.CANCELLED, DeliveryState.REJECTED)
"""States of copies that `send --rest` sends to: they have not arrived, as far as anything here knows."""

_BY_HAND = say("Pausad för hand.")


@dataclass(frozen=True)
class Standing:
    """Where an entry stands after a person's word: its copies by state."""

    slot: Slot
    states: dict[DeliveryState, int]

    @property
    def in_flight(self) -> int:
        """Copies that were being handed over at that moment: they may still arrive."""
        return self.states.get(DeliveryState.SENDING, 0)

    @property
    def waiting(self) -> int:
        """Copies that wait."""
        return sum(self.states.get(state, 0) for state in (DeliveryState.PLANNED, DeliveryState.CLAIMED))


def standing(store: Store, identity: str) -> Standing:
    """Where an entry stands. Raises `UsageError` when it is not in the ledger."""
    slot = store.slot(identity)
    if slot is None:
        raise UsageError(say("Ingenting i liggaren heter ”{id}”. Se läget med: comms status", id=identity))
    return Standing(slot, dict(store.counts(identity)))


def pause(store: Store, identity: str, reason: str, now: datetime) -> Standing:
    """Stop an entry that is being sent. No copy is begun after this. Raises `UsageError`."""
    before = standing(store, identity)
    if before.slot.state is SlotState.PAUSED:
        return before
    if not store.pause(identity, reason.strip() or str(_BY_HAND), now):
        raise _not_possible(before.slot, say("pausas"))
    return standing(store, identity)


def resume(house: House, store: Store, identity: str, now: datetime) -> Standing:
    """Let a paused entry go on. Raises `UsageError`, or `ContentError` when somebody has said no to it."""
    before = standing(store, identity)
    if before.slot.state is SlotState.PAUSED:
        refuse_forbidden(house, store, identity)
    if not store.resume(identity, now):
        raise _not_possible(before.slot, say("återupptas"))
    store.end_rest(before.slot.channel)
    return standing(store, identity)


def cancel(store: Store, identity: str, reason: str, now: datetime) -> Standing:
    """Call an entry off: what has not gone out will not. Raises `UsageError`."""
    before = standing(store, identity)
    if before.slot.state in {SlotState.DONE, SlotState.CANCELLED, SlotState.SKIPPED}:
        raise _not_possible(before.slot, say("ställas in"))
    store.set_slot_state(identity, SlotState.CANCELLED, reason.strip() or str(say("Inställd för hand.")), now)
    return standing(store, identity)


def left_over(house: House, store: Store, identity: str, now: datetime) -> tuple[int, int]:
    """How many have not got an entry, after the run's journal was asked; how many of them may have, even so.

    Those are copies of a restored database that the journal knows nothing of.
    """
    recall(house, store, identity, now)
    left = [row for row in store.deliveries(identity) if row.state in REST]
    return len(left), sum(row.reason == str(RESTORED) for row in left)


def rest(house: House, store: Store, identity: str, fingerprint: str, now: datetime) -> int:
    """Plan again those who have not got an entry that has begun; how many. The run's journal is asked first.

    Raises `UsageError` when it has not begun or all have it, `PlanChanged` for another fingerprint,
    `ContentError` when something in it may not go out today.
    """
    before = standing(store, identity)
    if before.slot.state not in {SlotState.DONE, SlotState.RUNNING, SlotState.CANCELLED}:
        raise _not_possible(before.slot, say("sändas till resten"))
    entry = find_entry(house, store.facts(), identity, now)
    approval = store.approval(identity)
    as_sent = approval.fingerprint if approval and len(fingerprint) >= SHORTEST else ""
    if not same(entry, fingerprint) and not (as_sent and as_sent.startswith(fingerprint)):
        raise PlanChanged(
            say("{id} sändes med ett annat fingeravtryck än {given}.", id=identity, given=fingerprint)
        )
    refuse_forbidden(house, store, identity)
    refuse_without_consent(house, entry, now)
    recall(house, store, identity, now)
    count = store.again(identity, REST, now)
    if not count:
        unknown = store.counts(identity).get(DeliveryState.UNKNOWN, 0)
        raise UsageError(
            say("{id}: ingen är kvar att sända till. Ovissa: {unknown}.", id=identity, unknown=unknown)
        )
    return count


def _not_possible(slot: Slot, what: Text) -> UsageError:
    return UsageError(
        say("{id} kan inte {what}. Läge: {state}.", id=slot.id, state=SLOT[slot.state], what=what)
    )
