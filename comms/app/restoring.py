"""`comms restore`: a backup becomes a workspace in a new folder, that sends nothing until it is adopted.

Everything is made beside the folder and gets its name last: what exists is whole, fenced, and without those
who have been erased since.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from comms.app.adopting import remember_restored
from comms.app.backing_up import ALLOWED, KINDS, Backup, read_manifest
from comms.app.bundling import Held, pieces, reading, see_room
from comms.app.erasing import hidden, offices
from comms.app.hashed import erased_keys
from comms.app.house import House, settings_alone
from comms.app.keeping import erased_again
from comms.app.keyrings import gone
from comms.app.running import BACKWARD
from comms.errors import ConfigError, Text, UsageError, say
from comms.model.audience import address_key
from comms.model.ledger import DeliveryState, SlotState
from comms.store import Slot, Store, open_store
from comms.store.copies import fence, load_dump, look_into, refuse_unless_empty
from comms.store.suppressions import ERASED
from comms.store.traces import blot, remembered

PLACE = "var/comms.db"
"""Where the ledger lies when a backup does not say."""

_ERASED, _DUMP = "erased.tsv", "comms.dump"
_ERASURE = re.compile(rb"\d{4}-\d\d-\d\dT[^\t]+\t" + ERASED.encode())
_SPARE = 50_000_000
"""Bytes of the disk that a restore leaves free."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. `held`: what waits for a person, with its copies that are held or unknown.

    `erased`: how many were forgotten again. `keys`: variables without a key that was in use. `trouble`: why
    the settings cannot be used yet, or those erased could not be sought.
    """

    backup: Backup
    held: tuple[tuple[Slot, int, int], ...]
    erased: int
    keys: tuple[str, ...]
    trouble: Text | None


def restore(file: Path, into: Path, now: datetime, *, url: str = "", erased: Path | None = None) -> Restored:
    """Put a backup into a folder that is empty or not there; `url`: an empty PostgreSQL database for it.

    `erased`: the erased.tsv of the machine that the backup is from, if it is still there. Raises `UsageError`
    for a backup or a place that will not do, `StoreError` when the database cannot be put back.
    """
    into = into.absolute()
    try:
        _refuse_taken(into)
        with reading(file, ALLOWED) as (archive, told, held):
            backup = read_manifest(file, told, len(held), sum(one.size for one in held))
            _refuse_wrong_kind(backup, held, file, url)
            _refuse_wrong_clock(backup, now)
            into.parent.mkdir(parents=True, exist_ok=True)
            see_room(into.parent, backup.size, _SPARE)
            made = Path(tempfile.mkdtemp(dir=into.parent, prefix=f".{into.name}."))
            try:
                database = made / (backup.place or PLACE)
                for one in held:
                    _write(_target(one.path, made, database), pieces(file, archive, one))
                if erased is not None:
                    _add_erased(database.parent / _ERASED, erased)
                found = _put_back(made, database, backup, url, now)
                made.rename(into)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as refused:
        raise UsageError(
            say("Mappen {folder} går inte att fylla: {why}.", folder=into, why=refused.strerror or refused)
        ) from refused
    return found


def _put_back(made: Path, database: Path, backup: Backup, url: str, now: datetime) -> Restored:
    """Put the database where the workspace looks for it, fence it, and forget again who was erased."""
    place = url or f"sqlite:///{database.as_posix()}"
    house, trouble = _house(made, place, must=bool(url))
    when = f"{backup.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    reason = say("Databasen är återställd från kopian {when}.", when=when)
    if url:
        refuse_unless_empty(url)
        dump = database.with_name(_DUMP)
        load_dump(url, dump, reason, now)
        dump.unlink()
    else:
        look_into(database)
    fence(place, reason, now)
    with closing(open_store(place, beside=made / "var" / "comms")) as store:
        remember_restored(store, now)
        again = 0
        if house is not None:
            try:
                again = _forget(house, store, now)
            except ConfigError as refused:
                trouble = refused.message
        held = tuple(_held(store))
    missing = tuple(gone(house.settings, backup.keys)) if house else ()
    return Restored(backup, held, again, missing, trouble)


def _house(made: Path, place: str, *, must: bool) -> tuple[House | None, Text | None]:
    """The settings as they are here, if they can be used; they must look for the database at `place`.

    Else what is run next in the folder would meet another database, perhaps the one that still sends.
    """
    try:
        house = settings_alone(made)
    except ConfigError as refused:
        if must:
            raise
        return None, refused.message
    if house.database_url != place and os.path.normpath(house.database_file or "/") != os.path.normpath(
        place.removeprefix("sqlite:///")
    ):
        raise UsageError(
            say(
                "Arbetsytan i kopian har sin databas på en annan plats än dit kopian läggs. Sätt {name}, kör "
                "samma sak igen, och låt den stå för allt som körs i den nya mappen: {value}",
                name="COMMS_WORKSPACE__DATABASE_URL",
                value=place if must else f"sqlite:///{PLACE}",
            )
        )
    return house, None


def _forget(house: House, store: Store, now: datetime) -> int:
    """Erase once more who was erased since the copy: in the ledger, in its file and in the journals."""
    keys = house.settings.web.keys if house.settings.web else ()
    own = frozenset(address_key(address) for address, _ in offices(house.root))
    noted = remembered(house.beside) if keys else {}
    if not noted:
        return 0
    known = {key: hashed for key in _addresses(store) for hashed in erased_keys(key, keys) if hashed in noted}
    done, _ = erased_again(house, store, keys, own, now, None, dry=False)
    people = set(store.forgetting.known_keys())
    for key, hashed in known.items():
        if key not in own and key not in people:  # who has come back since stays
            store.forgetting.erase(key, key, (), hide=hidden(hashed))
            blot(house.journal, key, key)
            store.forgetting.scrub(key)
    return done


def _addresses(store: Store) -> Iterator[str]:
    """Every address key that is anywhere: also of who was only written to, long ago."""
    yield from store.forgetting.known_keys()
    yield from {address_key(row.recipient) for slot in store.slots() for row in store.deliveries(slot.id)}


def _held(store: Store) -> Iterator[tuple[Slot, int, int]]:
    for slot in store.slots():
        counts = store.counts(slot.id)
        held, unknown = counts.get(DeliveryState.HELD, 0), counts.get(DeliveryState.UNKNOWN, 0)
        if held or unknown or slot.state is SlotState.HELD:
            yield slot, held, unknown


def _refuse_taken(into: Path) -> None:
    if into.is_symlink() or (into.exists() and (not into.is_dir() or any(into.iterdir()))):
        raise UsageError(say("{folder} är inte tom. Välj en ny mapp.", folder=into))


def _refuse_wrong_kind(backup: Backup, held: tuple[Held, ...], file: Path, url: str) -> None:
    if KINDS[backup.ledger.kind] not in {one.path for one in held}:
        raise UsageError(say("{file} har ingen databas i sig. Ta en annan kopia.", file=file))
    if backup.ledger.kind == "postgresql" and not url:
        raise UsageError(
            say("Kopian är av en PostgreSQL-databas. Ange en tom databas: --database-url postgresql://…")
        )
    if backup.ledger.kind == "sqlite" and url:
        raise UsageError(say("Kopian har sin databas i en fil. Ta bort --database-url."))


def _refuse_wrong_clock(backup: Backup, now: datetime) -> None:
    """By a clock that is behind, what has gone out since would seem to be still to come."""
    if backup.made_at - now > BACKWARD:
        raise UsageError(
            say(
                "Klockan är {now}, men kopian gjordes {made} (UTC). Ställ klockan rätt först.",
                now=f"{now.astimezone(UTC):%Y-%m-%d %H:%M}",
                made=f"{backup.made_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            )
        )


def _target(path: str, made: Path, database: Path) -> Path:
    room, _, below = path.partition("/")
    if room == "workspace":
        return made / below
    if room == "beside":
        return database.parent / below
    return database if path == KINDS["sqlite"] else database.with_name(_DUMP)


def _write(target: Path, content: Iterator[bytes]) -> None:
    """A new file for its owner alone; nothing that is there already is written over or followed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.writelines(content)
        out.flush()
        os.fsync(out.fileno())


def _add_erased(journal: Path, more: Path) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    try:
        content = more.read_bytes()
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att läsa: {why}.", file=more, why=refused.strerror or refused)
        ) from refused
    if not any(_ERASURE.match(line) for line in content.splitlines()):
        raise UsageError(say("{file} är ingen erased.tsv. Ange den gamla datorns var/erased.tsv.", file=more))
    with journal.open("ab") as out:
        out.write(b"\n" + content)
