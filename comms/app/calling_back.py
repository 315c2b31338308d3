"""Calling back: a post that is handed over and that no reader has seen yet need not be seen at all.

A package waits for a person, and what a network was handed ahead of its time waits for the clock. No machine
can take either back, so who can is told, once; and what is called off stays called off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from comms.app import by_hand
from comms.app.forbidding import Noes, noes_to
from comms.app.house import House
from comms.errors import Text, say
from comms.model.ledger import SlotState
from comms.model.plan import EntryKind, Manifest
from comms.plan.fingerprint import changes
from comms.store import PostOut, Slot, Store
from comms.text.networks import network_name
from comms.text.times import short_time

STOP = "STOPP.txt"
"""The file in a package that says that it is not to be published."""

_SETTINGS = "comms.yaml: "


@dataclass(frozen=True)
class CalledOff:
    """A post that is called off, in words; `remains`: readers see it unless a person removes it."""

    slot_id: str
    words: Text
    remains: bool


def unseen(house: House, store: Store, slot: Slot, now: datetime) -> PostOut | None:
    """The post as it was handed over, while no reader can have seen it by our doing; else None."""
    out = store.outcomes.post(slot.id) if slot.kind is EntryKind.POST else None
    return out if out is not None and _is_unseen(house, store, out, now) else None


def call_off(house: House, store: Store, out: PostOut, reason: str, now: datetime) -> CalledOff:
    """Call off what nobody has seen: the package is marked, who can take it back is told, nothing reminds."""
    packed = by_hand.made_by_hand(out)
    if packed:
        with suppress(OSError):  # the ledger and the letter say it, whatever has become of the folder
            (house.out / out.receipt / STOP).write_text(f"Publicera inte.\n\n{reason}\n", encoding="utf-8")
    # The letter is the memory: it is what every later look asks for.
    subject = f"{'Publicera inte' if packed else 'Ta bort'}: {_named(house, store, out)}"
    store.notice(by_hand.CALLED_OFF + out.slot_id, subject, _body(house, store, out, reason), now)
    store.set_slot_state(out.slot_id, SlotState.CANCELLED, reason, now)
    return CalledOff(out.slot_id, _words(house, store, out), remains=not packed)


def look_back(house: House, store: Store, now: datetime) -> list[CalledOff]:
    """Call off what holds something that is said no to by now; tell once of what has been changed since."""
    waiting = [
        out for out in store.outcomes.posts(now - by_hand.LOOK_BACK) if _is_unseen(house, store, out, now)
    ]
    noes = Noes.of(house, store.facts()) if waiting else None
    found = []
    for out in waiting:
        reasons = noes_to(store, noes, out.slot_id) if noes else ()
        if reasons:
            found.append(call_off(house, store, out, str(reasons[0]), now))
        elif what := list(_changed(house, store, out)):
            store.notice(*_changed_letter(house, store, out, what), now)
    return found


def _is_unseen(house: House, store: Store, out: PostOut, now: datetime) -> bool:
    if by_hand.made_by_hand(out):
        waits = out.marked_at is None
    else:
        channel = house.settings.channels.get(out.channel)
        waits = channel is not None and bool(channel.ahead) and out.due_at > now
    return waits and not by_hand.is_called_off(store, out.slot_id)


def _changed(house: House, store: Store, out: PostOut) -> Iterator[Text]:
    """What in the content is not as it was approved; a setting that has moved changes no finished post."""
    approval = store.approval(out.slot_id)
    parts = approval.manifest.parts if approval else {}
    made_of = Manifest({path: digest for path, digest in parts.items() if not path.startswith(_SETTINGS)})
    yield from changes(made_of, house.workspace, house.settings)


def _named(house: House, store: Store, out: PostOut) -> str:
    return f"{out.title}, {_network(store, out)}, {short_time(out.due_at.astimezone(house.zone))}"


def _network(store: Store, out: PostOut) -> str:
    post = store.post(out.slot_id)
    return network_name(post.network) if post else out.channel


def _words(house: House, store: Store, out: PostOut) -> Text:
    if by_hand.made_by_hand(out):
        return say(
            "{id} är inställd, publiceras inte. Paketet i {folder} är märkt med {file}.",
            id=out.slot_id,
            folder=house.out / out.receipt,
            file=STOP,
        )
    return say(
        "Inlägget ligger schemalagt på {network}: ta bort det där, {link}",
        network=_network(store, out),
        link=out.link or out.receipt,
    )


def _body(house: House, store: Store, out: PostOut, reason: str) -> str:
    network = _network(store, out)
    if by_hand.made_by_hand(out):
        return (
            f"{out.title} ({out.slot_id}) är inställd och ska inte publiceras på {network}.\n\n"
            f"Varför:        {reason}\n"
            f"Paketet:       {house.out / out.receipt}, märkt med {STOP}\n\n"
            "Har du lagt tiden i kalendern: ta bort den där. Ligger inlägget redan ute: ta bort det på "
            "nätverket.\n"
        )
    return (
        f"{out.title} ({out.slot_id}) är inställd, men inlägget ligger schemalagt på {network}. Vi kan inte "
        f"ta tillbaka det. Tar ingen bort det publiceras det "
        f"{short_time(out.due_at.astimezone(house.zone))}.\n\n"
        f"Varför:        {reason}\n"
        f"Ta bort det:   {out.link or out.receipt}\n"
    )


def _changed_letter(house: House, store: Store, out: PostOut, what: list[Text]) -> tuple[str, str, str]:
    packed = by_hand.made_by_hand(out)
    since = "du fick paketet" if packed else "den lämnades över"
    where = house.out / out.receipt if packed else out.link or out.receipt
    body = (
        f"Det som {out.title} ({out.slot_id}) är gjord av har ändrats sedan {since}:\n\n"
        + "".join(f"  {change}\n" for change in what)
        + f"\n{'Paketet' if packed else 'Inlägget'} är som det godkändes, och ändras inte av sig självt.\n\n"
        f"Det ligger i:  {where}\n"
        f"Duger det:     gör som vanligt\n"
        f"Ska det inte ut: comms cancel {out.slot_id}\n"
    )
    return f"changed:{out.slot_id}", f"Ändrad sedan {since}: {_named(house, store, out)}", body
