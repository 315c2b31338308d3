"""Pause, resume, cancel, and sending to the rest: a person's word about a run that has begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from comms.app import calling_back
from comms.app.approving import SHORTEST, same
from comms.app.forbidding import refuse_forbidden
from comms.app.house import House
from comms.app.planning import find_entry
from comms.app.reconciling import recall
from comms.app.rendering import refuse_without_consent
from comms.app.wording import SLOT
from comms.errors import PlanChanged, Text, UsageError, say
from comms.model.ledger import DeliveryState, End, SlotState
from comms.model.plan import EntryKind
from comms.store import RESTORED, Slot, Store

REST = (DeliveryState.HELD, DeliveryState.CANCELLED, DeliveryState.REJECTED)
"""States of copies that `send --rest` sends to: they have not arrived, as far as anything here knows."""

_ENDED = frozenset({SlotState.DONE, SlotState.CANCELLED, SlotState.SKIPPED})
_UNDECIDED = frozenset({DeliveryState.HELD, DeliveryState.UNKNOWN})
_BY_HAND = say("Pausad för hand.")


@dataclass(frozen=True)
class Standing:
    """Where an entry stands after a person's word: its copies by state.

    `called_off`: what it takes to keep readers from a post that was handed over already.
    """

    slot: Slot
    states: dict[DeliveryState, int]
    called_off: calling_back.CalledOff | None = None

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


def cancel(house: House, store: Store, identity: str, reason: str, now: datetime) -> Standing:
    """Call an entry off: what has not gone out will not. Raises `UsageError`.

    Also a post that is handed over and not seen, and one whose end nobody knows or that is held.
    """
    before = standing(store, identity)
    out = calling_back.unseen(house, store, before.slot, now)
    if before.slot.state in _ENDED and out is None and not _undecided(before):
        raise _not_possible(before.slot, say("ställas in"))
    why = reason.strip() or str(say("Inställd för hand."))
    store.set_slot_state(identity, SlotState.CANCELLED, why, now)
    if before.slot.kind is EntryKind.POST:
        for row in store.deliveries(identity):
            if row.state is DeliveryState.HELD:  # else it would wait for ever
                store.resolve(row, End(DeliveryState.CANCELLED, why), why, now)
    called_off = calling_back.call_off(house, store, out, why, now) if out else None
    return replace(standing(store, identity), called_off=called_off)


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


def _undecided(stands: Standing) -> bool:
    """Whether an ended post has parts that a person may still decide about."""
    waits = _UNDECIDED & stands.states.keys()
    return stands.slot.kind is EntryKind.POST and stands.slot.state is SlotState.DONE and bool(waits)


def _not_possible(slot: Slot, what: Text) -> UsageError:
    return UsageError(
        say("{id} kan inte {what}. Läge: {state}.", id=slot.id, state=SLOT[slot.state], what=what)
    )
