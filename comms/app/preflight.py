"""Before the first copy of an issue: how many, how that compares, to whom, and one copy to the officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest
from itertools import islice

from comms.app.house import House
from comms.app.outgoing import Outbox
from comms.channels.base import Channel
from comms.errors import ChannelDown, ChannelError, OutcomeUnknown, SenderRefused, TemporaryFailure, Text, say
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import EntryKind
from comms.store import Slot, Store
from comms.text.masking import masked

_SHOWN, _LOOKED_AT = 5, 5000
_ROOM = 2048
"""Bytes by which one recipient's letter may be longer than another's of the same edition."""


@dataclass(frozen=True)
class Preflight:
    """What was seen before the first copy. `before`: how many got the last issue, or None for the first."""

    slot: str
    recipients: int
    before: int | None
    sample: tuple[str, ...]

    @property
    def change(self) -> Text | None:
        """How the number of recipients has changed since the last issue."""
        if not self.before:
            return None
        percent = round(100 * (self.recipients - self.before) / self.before)
        return say("förra gången {before} ({percent:+d} %)", before=self.before, percent=percent)


def preflight(store: Store, slot: Slot) -> Preflight:
    """Count an issue's copies, compare with the last issue, and choose five addresses to show."""
    counts = store.counts(slot.id)
    recipients = sum(counts.values()) - counts.get(DeliveryState.SKIPPED, 0)
    earlier = [
        one
        for one in store.slots(SlotState.DONE)
        if one.newsletter == slot.newsletter and one.due_at < slot.due_at
    ]
    before = None
    if earlier:
        last = store.counts(earlier[-1].id)
        before = sum(last.values()) - last.get(DeliveryState.SKIPPED, 0)
    return Preflight(
        slot.id, recipients, before, tuple(masked(row.recipient) for row in _sampled(store, slot.id))
    )


def take_off(
    house: House, store: Store, slot: Slot, channel: Channel, now: datetime
) -> tuple[Preflight, Text | None]:
    """Look, ask the relay whether the letters fit, and send the officer a copy; why to pause, if so.

    The copy is the real letter of the first edition, marked, and never counted. Raises ChannelDown when
    the channel takes nothing just now: then it has not begun.
    """
    seen = preflight(store, slot)
    seeds = list(Outbox(house, store, now).seeds(slot.id, f"seed-{slot.id}"))
    try:
        channel.check(max(len(seed.content) for seed in seeds) + _ROOM)
    except SenderRefused as refused:
        return seen, refused.message
    try:
        channel.deliver(seeds[0], point_of_no_return=lambda: None)
    except ChannelDown:
        raise
    except (TemporaryFailure, OutcomeUnknown):
        pass  # the officer's own mailbox is no reason to keep the others waiting
    except ChannelError as refused:
        return seen, say("Provexemplaret till er togs inte emot: {why}", why=refused.message)
    store.remember_told(_seed(slot), seeds[0].message_id, now)
    return seen, None


def is_due(store: Store, slot: Slot) -> bool:
    """Whether an issue stands before its first copy."""
    return slot.kind is EntryKind.ISSUE and not (store.touched(slot.id) or store.was_told(_seed(slot)))


def _seed(slot: Slot) -> str:
    return f"seed:{slot.id}"


def _sampled(store: Store, slot_id: str) -> list[Delivery]:
    """Five of those who will get it, the same five each time, from anywhere in the list."""
    first = islice(store.deliveries(slot_id), _LOOKED_AT)
    waiting = (row for row in first if row.state is DeliveryState.PLANNED)
    return nsmallest(_SHOWN, waiting, key=lambda row: sha256(row.key.encode()).digest())
