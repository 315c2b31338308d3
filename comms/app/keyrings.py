"""Which keys are in use, told without telling them: so that wrong or lost ones are noticed.

Without the ring of `web.keys` links in old letters end nothing, and the noes of erased people are nobody's. A
key's fingerprint is a hash that only its holder can make, and from which nobody finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from comms.app.house import House
from comms.errors import Text, UsageError, say
from comms.model.settings import Secret, Settings
from comms.store import Remembrance, Store
from comms.text.tokens import keyed_hash

WEB = "COMMS_WEB__KEYS"
MEMORY = "COMMS_MEMORY__KEYS"
BOUNCES = "COMMS_BOUNCES__KEY"

_OURSELVES, _RING = "comms", "web.keys"
_LENGTH = 16


def fingerprints(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The fingerprint of each key, by the name of its variable; a ring without keys is left out."""
    rings: dict[str, Sequence[Secret]] = {
        WEB: settings.web.keys if settings.web else (),
        MEMORY: settings.memory_keys,
        BOUNCES: (settings.bounces.key,) if settings.bounces and settings.bounces.key else (),
    }
    return {name: tuple(map(_fingerprint, ring)) for name, ring in rings.items() if ring}


def gone(settings: Settings, before: Mapping[str, Sequence[str]]) -> list[str]:
    """The variables that lack a key that was in use before, by its fingerprint."""
    here = fingerprints(settings)
    return [name for name, ring in before.items() if not set(ring) <= set(here.get(name, ()))]


def keys_match(house: House, store: Store) -> Text | None:
    """What is wrong when the ring lacks a key that this ledger has been used with, else None."""
    known = _known(store)
    if not gone(house.settings, {WEB: known}):
        return None
    return say(
        "{name} saknar en nyckel som har använts förut. Länkar i gamla brev fungerar inte, och nej från "
        "raderade personer känns inte igen. Lägg tillbaka den gamla nyckeln, sist i {name}.",
        name=WEB,
    )


def watch_keys(house: House, store: Store, now: datetime) -> None:
    """Remember new keys of the ring; tell the officer, once, when one is gone that was in use."""
    known, here = _known(store), fingerprints(house.settings).get(WEB, ())
    wrong = keys_match(house, store)
    if wrong is not None:
        missing = "+".join(sorted(set(known) - set(here)))
        store.notice(f"keys:{missing}:{'+'.join(here)}"[:300], str(say("En nyckel saknas")), str(wrong), now)
    elif set(here) - set(known):
        accept_keys(house, store, now)


def accept_keys(house: House, store: Store, now: datetime) -> None:
    """The ring as it is now is the right one: for new keys, and when a person says that old ones are lost.

    Raises `UsageError` when there is none.
    """
    if not fingerprints(house.settings).get(WEB):
        raise UsageError(say("{name} är inte satt. Sätt den först.", name=WEB))
    ring = " ".join(fingerprints(house.settings).get(WEB, ()))
    store.memories.keep(Remembrance(_OURSELVES, _RING, ring, locked=False, until=None, updated_at=now))


def _known(store: Store) -> tuple[str, ...]:
    found = store.memories.find(_OURSELVES, _RING)
    return tuple(found.value.split()) if found else ()


def _fingerprint(key: Secret) -> str:
    return keyed_hash("ring", "fingerprint", (key,))[0][:_LENGTH]
