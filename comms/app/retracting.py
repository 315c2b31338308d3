"""Retraction: an item or picture leaves everything that has not gone out, and the log says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from comms.app import calling_back
from comms.app.by_hand import is_called_off
from comms.app.house import House
from comms.errors import UsageError, say
from comms.model.ledger import SlotState
from comms.store import Store


@dataclass(frozen=True)
class Retracted:
    """What a retraction touched: entries that lost their approval, issues already sent, posts published.

    `called_off`: posts that were handed over, and that nobody has seen.
    """

    voided: tuple[str, ...]
    sent: tuple[str, ...]
    published: tuple[str, ...]
    called_off: tuple[calling_back.CalledOff, ...] = ()


def retract(house: House, store: Store, what: str, *, reason: str, now: datetime) -> Retracted:
    """Retract an item (slug) or a picture (`content/…`) for good. Raises `UsageError`.

    Approved entries that carry it are voided and planned anew without it. What was sent stays sent:
    write a correction (`comms new --corrects`).
    """
    items = _items_with(house, what)
    made_of = _frozen_with(store, what)
    if not items and not made_of:
        raise UsageError(say("Varken en nyhet eller en bild heter ”{what}”.", what=what))
    if not reason.strip():
        raise UsageError(say("Ange varför med --reason: det står kvar i liggaren."))
    store.retract(what, reason.strip(), now)
    digest = house.workspace.digests.get(what)
    if digest:  # the picture itself, whatever its file is called tomorrow
        store.retract(digest, reason.strip(), now)
    voided: list[str] = []
    sent: list[str] = []
    published: list[str] = []
    called_off: list[calling_back.CalledOff] = []
    for frozen in store.facts().frozen.values():
        carried = {frozen.item, *(pick.item for edition in frozen.editions for pick in edition.picks)}
        if not carried & items and frozen.id not in made_of:
            continue
        slot = store.slot(frozen.id)
        if slot is not None and (out := calling_back.unseen(house, store, slot, now)):
            called_off.append(calling_back.call_off(house, store, out, f"{what}: {reason.strip()}", now))
        elif is_called_off(store, frozen.id):
            continue
        elif frozen.state in {SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE}:
            (sent if frozen.newsletter else published).append(frozen.id)
        elif frozen.approved:
            store.void_approval(frozen.id, f"{what}: {reason.strip()}", now)
            voided.append(frozen.id)
    return Retracted(tuple(voided), tuple(sent), tuple(published), tuple(called_off))


def _frozen_with(store: Store, what: str) -> set[str]:
    """What is approved or sent with that picture, also when no item shows it any more."""
    if not what.startswith("content/") or what.endswith(".md"):
        return set()
    approvals = ((slot.id, store.approval(slot.id)) for slot in store.slots())
    return {slot for slot, approval in approvals if approval and what in approval.manifest.parts}


def _items_with(house: House, what: str) -> set[str]:
    """The item of that slug, or every item that shows that picture."""
    if what in house.workspace.items or what in house.workspace.broken:
        return {what}
    return {slug for slug, item in house.workspace.items.items() if what in {p.path for p in item.pictures}}
