"""`comms subscribers erase`: somebody asks to be forgotten (GDPR, article 17). All that is left is a no.

The no is a keyed hash: who holds the key can tell that an address must not be written to, and nobody can read
the address out of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from comms.app.hashed import erased_keys
from comms.app.house import House
from comms.app.office import read_office
from comms.app.suppressing import understood
from comms.errors import ConfigError, StoreError, Text, UsageError, say
from comms.model.audience import address_key
from comms.model.settings import Secret, Settings
from comms.model.subscriber import ALL_NEWSLETTERS, OWN_NOES, No, NoKind
from comms.store import Store
from comms.store.traces import blot, remember_erased

ASKED: Text = say("Personen bad att få bli raderad.")
"""The reason when none is given."""

_TRIES, _BETWEEN = 10, 0.5
_UNDER_WAY = say(
    "Ett brev till adressen är på väg just nu. Pröva igen om en stund. Inget mer sänds dit under tiden."
)


def _a_moment() -> None:
    time.sleep(_BETWEEN)


@dataclass(frozen=True, slots=True)
class Erased:
    """How an erasure ended. `was_here`: anything was known. `stood`: the hashed no stood before.

    `is_clean`: nothing is left in the database's file itself. `copies`: files that have it still.
    """

    address: str
    was_here: bool
    stood: bool
    is_clean: bool
    copies: tuple[Path, ...] = ()


def erase(
    house: House,
    store: Store,
    address: str,
    reason: str,
    now: datetime,
    *,
    wait: Callable[[], None] = _a_moment,
) -> Erased:
    """Forget an address, and keep a no that only a keyed hash remembers. Twice changes nothing.

    `wait` is called between looks at whether a letter is on its way. Raises `UsageError` for what is no
    address or is an office's in audiences.yaml, and while a letter is on its way (then a plain no stands);
    `ConfigError` without keys, or when audiences.yaml cannot be read.
    """
    meant = understood(address)
    keys = keys_of_noes(house.settings)
    refuse_office(house.root, meant)
    key = address_key(meant)
    hashed = erased_keys(key, keys)
    before = store.leaving.noes([key, *hashed])
    stood = any(no.address_key in hashed for no in before)
    why = _without(reason.strip(), meant) or str(ASKED)
    # First of all nothing more is handed over, whatever becomes of the rest.
    store.suppress(meant, why, now, kind=NoKind.OWN)
    is_erased = any(no.address_key in hashed and no.kind is NoKind.ERASED for no in before)
    stays = [] if is_erased else [No(hashed[0], ALL_NEWSLETTERS, NoKind.ERASED, why, now)]
    hide = hidden(hashed[0])
    known = _when_nothing_is_on_its_way(lambda: store.forgetting.erase(meant, key, stays, hide=hide), wait)
    had_no = any(no.address_key == key for no in before)
    remember_erased(house.beside, hashed[0], now)
    is_clean = _scrubbed(store, key)
    blot(house.journal, meant, key)
    return Erased(meant, known or had_no, stood, is_clean, copies(house))


def hidden(hashed: str) -> Callable[[No], No | None]:
    """What becomes of an erased person's noes: those that only the office lifts stand on."""
    return lambda no: None if no.kind in OWN_NOES else replace(no, address_key=hashed)


def keys_of_noes(settings: Settings) -> tuple[Secret, ...]:
    """The ring that erased addresses are known again by. Raises `ConfigError` when there is none."""
    if settings.web is None or not settings.web.keys:
        raise ConfigError(
            say(
                "Av en raderad adress blir ett nej kvar, och det behöver en nyckel som saknas. "
                "Gör en med comms doctor --new-key och sätt den i {name}. "
                "Skriv också web: {{listen: 127.0.0.1:8080}} i comms.yaml om det saknas.",
                name="COMMS_WEB__KEYS",
            )
        )
    return settings.web.keys


def refuse_office(root: Path, address: str) -> None:
    """Raise `UsageError` for an address in audiences.yaml: it would come back with the next issue."""
    found = next((one for one in offices(root) if address_key(one[0]) == address_key(address)), None)
    if found is not None:
        raise UsageError(
            say(
                "{address} står i {path}, rad {line}. Ta bort den där först och kör sedan samma sak igen.",
                address=found[0],
                path="audiences.yaml",
                line=found[1],
            )
        )


def offices(root: Path) -> list[tuple[str, int]]:
    """The addresses in audiences.yaml with their lines. Raises `ConfigError` when it cannot be read."""
    return [(one.address, one.line) for one in read_office(root).audiences.recipients]


def copies(house: House) -> tuple[Path, ...]:
    """Copies of the database, which have what has been erased until they are gone; backups of all, too."""
    file, folder = house.database_file, house.beside / "backups"
    of_file = folder.glob(f"{file.name}.*") if file is not None else ()
    return tuple(sorted((*of_file, *folder.glob("comms-*.zip"))))


def _when_nothing_is_on_its_way(act: Callable[[], bool | None], wait: Callable[[], None]) -> bool:
    for _ in range(_TRIES):
        done = act()
        if done is not None:
            return done
        wait()
    raise UsageError(_UNDER_WAY)


def _scrubbed(store: Store, key: str) -> bool:
    """The rows are gone in any case; what the file still holds goes at the next occasion."""
    try:
        return store.forgetting.scrub(key)
    except StoreError:
        return False


def _without(reason: str, address: str) -> str:
    """A reason that does not name who was erased."""
    place = reason.casefold().find(address.casefold())
    while place >= 0:
        reason = f"{reason[:place]}…{reason[place + len(address) :]}"
        place = reason.casefold().find(address.casefold())
    return reason
