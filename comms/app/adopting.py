"""Adoption: a person says that a restored or copied database is the one to send from."""

from __future__ import annotations

from datetime import datetime

from comms.model.ledger import DeliveryState, SlotState
from comms.store import Slot, Store


def adopt(store: Store, now: datetime) -> list[tuple[Slot, int]]:
    """Let the database send again; gives the entries that are held, and how many of their copies.

    None of its copies: the entry had not begun when the database was copied.
    """
    store.adopt(now)
    last = store.runs.last()
    if last is not None and last.now > now:  # of a clock that was wrong: time is counted from here again
        store.runs.end(store.runs.begin(now, now), now, {"adopted": True})
    counted = ((slot, store.counts(slot.id).get(DeliveryState.HELD, 0)) for slot in store.slots())
    return [(slot, held) for slot, held in counted if held or slot.state is SlotState.HELD]
