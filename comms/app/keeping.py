"""How long what is known of persons is kept: the daily clearing, by comms.yaml's `subscribers.keep`.

Each part is a transaction of its own, so what is done is done, and the next day goes on. Twice is as once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from comms.app.erasing import offices
from comms.app.hashed import erased_keys, forgotten
from comms.app.house import House
from comms.errors import say
from comms.model.audience import address_key
from comms.model.settings import Secret
from comms.model.subscriber import ALL_NEWSLETTERS, No, NoKind
from comms.store import Store
from comms.store.traces import drop_journals, remembered

_AGAIN = say("Raderad innan säkerhetskopian lades tillbaka.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a clearing took away, or would (`dry`), by part; `decision` is the office's own number for it.

    `tickets`: sign-ups that nobody confirmed. `networks`: rows that said from which network somebody came.
    `people`: subscribers who ended everything long ago. `addresses`: deliveries. `notices`: what the officer
    was told with an address in it. `journals`: files. `again`: who was erased, and had come back with a
    backup.
    """

    decision: str
    dry: bool
    again: int = 0
    tickets: int = 0
    networks: int = 0
    people: int = 0
    addresses: int = 0
    notices: int = 0
    journals: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to take away."""
        return self == Kept(self.decision, self.dry)


def keep(house: House, store: Store, now: datetime, *, dry: bool) -> Kept:
    """Take away what has been kept for long enough; `dry` counts alone.

    Raises StoreError, and `ConfigError` when audiences.yaml cannot be read: whose addresses are an office's
    must be known first.
    """
    terms = house.settings.retention
    keys = house.settings.web.keys if house.settings.web else ()
    own = frozenset(address_key(address) for address, _ in offices(house.root))
    again = _erased_again(house, store, keys, own, now, dry=dry)
    forget = store.forgetting
    old = forget.old_slots(now - terms.addresses)
    return Kept(
        terms.decision,
        dry,
        again=again,
        tickets=_tickets(store, keys, now, terms.pending, dry=dry),
        networks=forget.networks(now - terms.network, dry=dry),
        people=_people(store, keys, own, now - terms.ended, dry=dry),
        addresses=sum(forget.addresses(slot, dry=dry) for slot in old),
        notices=forget.told(now - terms.addresses, dry=dry),
        journals=drop_journals(house.journal, old, dry=dry),
    )


def _tickets(store: Store, keys: tuple[Secret, ...], now: datetime, pending: timedelta, *, dry: bool) -> int:
    """Without a key there are no tickets: nobody could sign up."""
    if not keys:
        return 0
    if dry:
        return store.forgetting.unanswered(now, pending)
    return store.tickets.forget(now, pending, forgotten(keys))


def _people(
    store: Store, keys: tuple[Secret, ...], own: frozenset[str], before: datetime, *, dry: bool
) -> int:
    """Who ended everything long ago: their noes stand on, by keyed hashes where there is a key.

    An office's address in audiences.yaml is left as it is: its noes must be found by the plans.
    """
    done = 0
    for address, key in store.forgetting.ended(before):
        if key in own:
            continue
        if dry:
            done += 1
            continue
        noes = store.rolls.noes([key])
        if keys:
            noes = _hidden(noes, erased_keys(key, keys)[0], address)
        done += store.forgetting.erase(address, key, noes) is not None
    return done


def _hidden(noes: list[No], hashed: str, address: str) -> list[No]:
    """The same noes of somebody whom nobody knows any more; the person's own are theirs to take back."""
    return [
        No(
            hashed,
            no.newsletter,
            NoKind.ERASED if no.kind is NoKind.OWN else no.kind,
            no.reason.replace(address, "…"),
            no.created_at,
        )
        for no in noes
    ]


def _erased_again(
    house: House, store: Store, keys: tuple[Secret, ...], own: frozenset[str], now: datetime, *, dry: bool
) -> int:
    """Erase once more who was erased after the backup that is in use now was made.

    Who has said something since came back by themselves, and stays.
    """
    stands = store.rolls.erased() if keys else frozenset()
    noted = remembered(house.journal.parent) if keys else {}
    missing = {hashed: at for hashed, at in noted.items() if hashed not in stands}
    if not missing:
        return 0
    done = 0
    for key in store.forgetting.known_keys():
        hashed = next((one for one in erased_keys(key, keys) if one in missing), None)
        if hashed is None or key in own:
            continue
        at = missing.pop(hashed)
        if any(said.happened_at > at for said in store.subscribers.evidence(key)):
            continue
        done += 1
        if not dry:
            no = No(hashed, ALL_NEWSLETTERS, NoKind.ERASED, str(_AGAIN), now)
            store.forgetting.erase(key, key, [no])
    for hashed in missing if not dry else ():
        store.suppress(hashed, str(_AGAIN), now, kind=NoKind.ERASED)
    return done + len(missing)
