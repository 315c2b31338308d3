"""What somebody has said no to since it was rendered: items and pictures retracted, a yes taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from comms.app.house import House
from comms.errors import ContentError, Text, say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import LedgerFacts
from comms.store import Slot, Store
from comms.text.consents import Pictures, Told

_WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED)


@dataclass(frozen=True)
class Noes:
    """Every no that is known: in the ledger, and in the files."""

    facts: LedgerFacts
    taken_back: Mapping[str, Told]

    @classmethod
    def of(cls, house: House, facts: LedgerFacts) -> Noes:
        """Gather them."""
        workspace = house.workspace
        return cls(facts, Pictures.of((*workspace.items.values(), *workspace.broken.values())).taken_back)

    def against(self, items: Collection[str], parts: Mapping[str, str]) -> Iterator[Text]:
        """Each no to what carries these items and is made of these parts (see `Manifest`).

        The parts are as they were frozen: a file that has been mended since mends no letter.
        """
        for slug in items:
            if slug in self.facts.retracted:
                why = self.facts.retracted[slug]
                yield say("Nyheten ”{item}” är tillbakadragen: {why}", item=slug, why=why)
        for path, digest in parts.items():
            told = self.taken_back.get(path) or (self.taken_back.get(digest) if digest else None)
            if {path, digest} & self.facts.retracted.keys():
                yield say("Bilden {picture} är tillbakadragen.", picture=path)
            elif told:
                yield say(
                    "Samtycket för bilden {picture} är återkallat {day} (se {other}).",
                    picture=path,
                    day=told.withdrawn_on,
                    other=told.path,
                )


def refuse_forbidden(house: House, store: Store, identity: str) -> None:
    """Raise `ContentError` when the rest of what has begun holds something that may not go out."""
    facts = store.facts()
    reasons = noes_to(store, Noes.of(house, facts), identity)
    if reasons:
        raise ContentError(
            say(
                "{id} får inte gå ut till fler.\n{reasons}\nStäll in resten med: comms cancel {id}",
                id=identity,
                reasons="\n".join(f"  {reason}" for reason in reasons),
            )
        )


def forbidden_runs(house: House, store: Store) -> Iterator[tuple[Slot, Text]]:
    """What is being sent, has copies that wait, and holds something that may not go out any more."""
    running = store.slots(SlotState.RUNNING)
    noes = Noes.of(house, store.facts()) if running else None
    for slot in running:
        reasons = noes_to(store, noes, slot.id) if noes else ()
        if reasons and any(store.counts(slot.id).get(state) for state in _WAITING):
            yield slot, reasons[0]


def noes_to(store: Store, noes: Noes, identity: str) -> tuple[Text, ...]:
    """Each no to what an entry that has begun is made of, as it was approved."""
    frozen, approval = noes.facts.frozen.get(identity), store.approval(identity)
    if frozen is None or approval is None:
        return ()
    items = {frozen.item, *(pick.item for edition in frozen.editions for pick in edition.picks)} - {""}
    return tuple(noes.against(sorted(items), approval.manifest.parts))
