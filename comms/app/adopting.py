"""Adoption: a person says that a restored or copied database is the one to send from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from comms.app.house import House
from comms.model.ledger import DeliveryState, SlotState
from comms.store import RESTORED, Remembrance, Slot, Store

_OURSELVES, _RESTORED = "comms", "restored"


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of it. `held`: entries that are held, with how many of their copies; none: it had not begun.

    `coming`: entries of a database that was an old copy, that go out at their time all the same.
    """

    held: tuple[tuple[Slot, int], ...]
    coming: tuple[Slot, ...]


def adopt(house: House, store: Store, now: datetime) -> Adopted:
    """Let the database send again. What may have gone out from another, or been handed over, is held."""
    was_old = bool(store.fence_if_old(now))
    if was_old:
        for slot in _handed_over(house, store, now):
            store.set_slot_state(slot.id, SlotState.HELD, str(RESTORED), now)
    store.adopt(now)
    store.memories.forget(_OURSELVES, _RESTORED)
    last = store.runs.last()
    if last is not None and last.now > now:  # of a clock that was wrong: time is counted from here again
        store.runs.end(store.runs.begin(now, now), now, {"adopted": True})
    counted = ((slot, store.counts(slot.id).get(DeliveryState.HELD, 0)) for slot in store.slots())
    return Adopted(
        tuple((slot, held) for slot, held in counted if held or slot.state is SlotState.HELD),
        tuple(store.slots(SlotState.APPROVED)) if was_old else (),
    )


def remember_restored(store: Store, now: datetime) -> None:
    """A backup was put back here: until it is adopted not even the officer gets mail from it."""
    store.memories.keep(Remembrance(_OURSELVES, _RESTORED, "", locked=False, until=None, updated_at=now))


def is_restored(store: Store) -> bool:
    """Whether a backup was put back here, and nobody has adopted it yet."""
    return store.memories.find(_OURSELVES, _RESTORED) is not None


def _handed_over(house: House, store: Store, now: datetime) -> Iterator[Slot]:
    """Approved posts that another machine may have given to their network already, ahead of their time."""
    for slot in store.slots(SlotState.APPROVED):
        channel = house.settings.channels.get(slot.channel)
        if channel is not None and channel.ahead and slot.due_at - channel.ahead <= now:
            yield slot
