"""How long what is known of persons is kept: the daily clearing, by comms.yaml's `subscribers.keep`.

Each part is a transaction of its own, so what is done is done, and the next time goes on. Twice is as once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comms.app.erasing import hidden, offices
from comms.app.hashed import erased_keys, forgotten
from comms.app.house import House
from comms.app.quarantining import clear_quarantine
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
    was told with an address in it. `journals`: files. `returned`: letters in quarantine. `proposals`:
    what feeds said and nobody took. `again`: who was erased, and had come back with a backup. `strangers`:
    rows of who is known by an exit or by evidence alone. `more`: some is left, because so much was not asked
    for at a time.
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
    returned: int = 0
    proposals: int = 0
    strangers: int = 0
    more: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to take away."""
        return self == Kept(self.decision, self.dry)


@dataclass(frozen=True, slots=True)
class Most:
    """How much is taken away at a time; None is all of it. A run takes little, so that no letter waits."""

    people: int | None = None
    issues: int | None = None


ALL = Most()
A_TURN = Most(200, 20)
"""What a run takes between letters."""


def keep(house: House, store: Store, now: datetime, *, dry: bool, most: Most = ALL) -> Kept:
    """Take away what has been kept for long enough; `dry` counts alone, all there is.

    With `most` and no more than it: `more` of what comes back says that some is left for another time.
    Raises StoreError, and `ConfigError` when audiences.yaml cannot be read: whose addresses are an office's
    must be known first.
    """
    terms = house.settings.retention
    keys = house.settings.web.keys if house.settings.web else ()
    own = frozenset(address_key(address) for address, _ in offices(house.root))
    most = ALL if dry else most
    again, more_again = erased_again(house, store, keys, own, now, most.people, dry=dry)
    tickets = _tickets(store, keys, now, terms.pending, dry=dry)
    networks = store.forgetting.networks(now - terms.network, dry=dry)
    people, more_people = _people(store, keys, own, now - terms.ended, most.people, dry=dry)
    forget = store.forgetting
    named = forget.old_slots(now - terms.addresses, named=True)
    clear_proposals = store.feeds.clearable if dry else store.feeds.clear
    return Kept(
        terms.decision,
        dry,
        again=again,
        tickets=tickets,
        networks=networks,
        people=people,
        addresses=sum(forget.addresses(slot, dry=dry) for slot in named[: most.issues]),
        notices=forget.told(now - terms.addresses, dry=dry),
        journals=drop_journals(house.journal, forget.old_slots(now - terms.addresses), dry=dry),
        returned=clear_quarantine(house, now, dry=dry),
        proposals=clear_proposals(now - terms.proposals),
        strangers=forget.strangers(now - terms.ended, own, dry=dry),
        more=more_again or more_people or len(named) > len(named[: most.issues]),
    )


def _tickets(store: Store, keys: tuple[Secret, ...], now: datetime, pending: timedelta, *, dry: bool) -> int:
    """Without a key there are no tickets: nobody could sign up."""
    if not keys:
        return 0
    if dry:
        return store.forgetting.unanswered(now, pending)
    return store.tickets.forget(now, pending, forgotten(keys))


def _people(
    store: Store,
    keys: tuple[Secret, ...],
    own: frozenset[str],
    before: datetime,
    most: int | None,
    *,
    dry: bool,
) -> tuple[int, bool]:
    """Who ended everything long ago: their noes stand on, by keyed hashes where there is a key.

    An office's address in audiences.yaml is left as it is: its noes must be found by the plans. How many,
    and whether some are left.
    """
    done = 0
    for address, key in store.forgetting.ended(before):
        if key in own:
            continue
        if done == most:
            return done, True
        if dry:
            done += 1
            continue
        hide = _hidden(erased_keys(key, keys)[0] if keys else key)
        done += store.forgetting.erase(address, key, (), hide=hide, ended_before=before) is not None
    return done, False


def _hidden(hashed: str) -> Callable[[No], No]:
    """The noes of somebody whom nobody knows any more; hashed, the person's own are theirs to take back."""

    def hide(no: No) -> No:
        is_own = no.kind is NoKind.OWN and no.address_key != hashed
        return replace(no, address_key=hashed, kind=NoKind.ERASED if is_own else no.kind)

    return hide


def erased_again(
    house: House,
    store: Store,
    keys: tuple[Secret, ...],
    own: frozenset[str],
    now: datetime,
    most: int | None,
    *,
    dry: bool,
) -> tuple[int, bool]:
    """Erase once more who was erased after the backup that is in use now was made.

    Who has said something since came back by themselves, and stays. How many, and whether some are left.
    """
    stands = store.rolls.erased() if keys else frozenset()
    noted = remembered(house.beside) if keys else {}
    missing = {hashed: at for hashed, at in noted.items() if hashed not in stands}
    if not missing:
        return 0, False
    done = 0
    for key in store.forgetting.known_keys():
        hashed = next((one for one in erased_keys(key, keys) if one in missing), None)
        if hashed is None or key in own:
            continue
        if done == most:
            return done, True
        at = missing.pop(hashed)
        if any(said.happened_at > at for said in store.subscribers.evidence(key)):
            continue
        if not dry:
            no = No(hashed, ALL_NEWSLETTERS, NoKind.ERASED, str(_AGAIN), now)
            erased = store.forgetting.erase(key, key, [no], hide=hidden(hashed), silent_since=at)
            if erased is None:  # in a worker's hands, or back this very moment: another time
                continue
        done += 1
    for hashed in missing if not dry else ():
        store.suppress(hashed, str(_AGAIN), now, kind=NoKind.ERASED)
    return done + len(missing), False
