"""`comms backup`: one file with all that is needed to go on elsewhere, but the keys. Made while others send.

The ledger is copied first, and what stands beside it after: so journals and erasures never know less than the
ledger that they lie with.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from pathlib import Path
from typing import Any

from comms import __version__
from comms.app.bundling import Bundle, Json, is_unsafe, of_file, pieces, reading, see_room, writing
from comms.app.clock import utc_now
from comms.app.exporting import see_free
from comms.app.house import House
from comms.app.keyrings import fingerprints
from comms.app.planning import ledger
from comms.errors import UsageError, say
from comms.model.ledger import DeliveryState, SlotState
from comms.store.copies import OpenSlot, Snapshot, is_newer, look_into, snapshot

FORMAT = 1
"""Raised when an older program could not put a backup back rightly."""

ALLOWED = re.compile(
    r"workspace/(?:(?:comms|audiences|strategy)\.yaml|(?:terms|abbreviations)\.csv|(?:content|templates)/.+)"
    r"|database/comms\.(?:db|dump)|beside/(?:erased\.tsv|journal/[^/]+\.tsv)"
)
"""What a backup may hold; all else is refused."""

KINDS = {"sqlite": "database/comms.db", "postgresql": "database/comms.dump"}
"""Where the ledger lies in it, by its kind."""

KEPT = 14

_FILES = ("comms.yaml", "audiences.yaml", "strategy.yaml", "terms.csv", "abbreviations.csv")
_FOLDERS = ("content", "templates")
_SECRET = frozenset({".key", ".pem", ".p12", ".pfx", ".env"})
_NAMED = re.compile(r"comms-\d{4}-\d\d-\d\dT\d{4}\.zip")
_LEFT = re.compile(r"\.comms-(?:\d{4}-\d\d-\d\dT\d{4}\.zip\.)?[a-z0-9_]{8}")
_ABANDONED = timedelta(days=1)
"""How old what a backup has left must be before nobody can be at work on it."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. `place`: the database's file, from the workspace's root ("" elsewhere).

    `keys`: fingerprints by variable. `left_out`: files of the workspace that are not in it.
    """

    made_at: datetime
    program: str
    office: str
    place: str
    ledger: Snapshot
    keys: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    files: int
    size: int


def back_up(
    house: House,
    out: Path | None,
    now: datetime,
    *,
    files: bool = True,
    force: bool = False,
    keep: int = KEPT,
) -> tuple[Path, Backup, int]:
    """Make a backup in `out`, or in the folder of backups, where the newest `keep` of them stay.

    Gives the file, what it says of itself, and how many older ones went. `files`: also content and templates,
    which an office may keep elsewhere. Raises `UsageError` when there is no ledger yet or the file is in the
    way, `StoreError` when the ledger cannot be copied.
    """
    if not house.has_ledger:
        raise UsageError(say("Det finns ingen liggare att kopiera än. Den skapas vid första godkännandet."))
    folder = house.beside / "backups"
    target = out or folder / f"comms-{now.astimezone(house.zone):%Y-%m-%dT%H%M}.zip"
    if out is not None:
        see_free(house, out, force=force)
    with ledger(house):  # at this program's version, or refused with a reason
        pass
    if folder.is_dir():
        _sweep(folder)
    seen: list[Backup] = []
    with writing(target, force=force, look=lambda file: seen.append(_read_through(file))) as bundle:
        counted = _put_ledger(house, bundle, target.parent)
        _put_beside(house, bundle)
        left_out = tuple(_put_workspace(house, bundle, files=files))
        bundle.seal(_told(house, counted, left_out, now))
    return target, seen[0], _rotate(folder, keep, target) if out is None else 0


def check(file: Path, folder: Path | None = None) -> Backup:
    """Read a backup whole and compare it with its manifest. Raises `UsageError`, `StoreError` for damage.

    `folder`: where the ledger in it is unpacked meanwhile.
    """
    with reading(file, ALLOWED) as (archive, told, held), _aside(folder) as beside:
        found = read_manifest(file, told, len(held), sum(one.size for one in held))
        copy = beside / "comms.db"
        for one in held:
            if one.path == KINDS["sqlite"]:
                see_room(beside, one.size)
                with copy.open("wb") as out:
                    out.writelines(pieces(file, archive, one))
                look_into(copy)
            else:
                for _ in pieces(file, archive, one):
                    pass
    return found


def read_manifest(file: Path, told: Json, files: int, size: int) -> Backup:
    """What a manifest says, as values. Raises `UsageError` for what is none, or is a newer program's."""
    try:
        if told["format"] > FORMAT or is_newer(str(told["database"]["version"])):
            raise UsageError(
                say(
                    "{file} är gjord av en nyare comms ({program}). Uppdatera comms först.",
                    file=file,
                    program=str(told["program"]),
                )
            )
        found: Backup | None = Backup(
            made_at=_instant(told["made_at"]),
            program=str(told["program"]),
            office=str(told["office"]),
            place=str(told["database"]["place"]),
            ledger=_ledger_in(told["database"], told["open"]),
            keys={str(name): tuple(map(str, ring)) for name, ring in told["keys"].items()},
            left_out=tuple(map(str, told["left_out"])),
            files=files,
            size=size,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        found = None
    if found is None or found.ledger.kind not in KINDS or not _is_below(found.place):
        raise UsageError(say("manifest.json i {file} går inte att läsa. Ta en annan kopia.", file=file))
    return found


def _put_ledger(house: House, bundle: Bundle, folder: Path) -> Snapshot:
    with _aside(folder) as beside:
        copy = beside / "comms.db"
        counted = snapshot(house.database_url, copy)
        bundle.put(KINDS[counted.kind], of_file(copy))
    return counted


def _put_beside(house: House, bundle: Bundle) -> None:
    erased = house.beside / "erased.tsv"
    if erased.is_file():
        bundle.put("beside/erased.tsv", of_file(erased))
    for journal in sorted(house.journal.glob("*.tsv")):
        with suppress(FileNotFoundError):  # a run has let go of it since it was listed
            bundle.put(f"beside/journal/{journal.name}", of_file(journal))


def _put_workspace(house: House, bundle: Bundle, *, files: bool) -> Iterator[str]:
    """The office's own files; the paths of those that are left out."""
    secret = set(_key_files(house))
    for path in _workspace(house, files=files):
        name = path.relative_to(house.root).as_posix()
        is_plain = path.is_file() and path.resolve().is_relative_to(house.root.resolve())
        if path.is_symlink() or not is_plain or is_unsafe(name):
            yield name.encode("utf-8", "replace").decode()
        elif path.suffix.lower() in _SECRET or path.resolve() in secret:
            yield name
        else:
            with suppress(FileNotFoundError):  # an editor's own, gone since it was listed
                bundle.put(f"workspace/{name}", of_file(path))


def _workspace(house: House, *, files: bool) -> Iterator[Path]:
    yield from (path for path in (house.root / name for name in _FILES) if path.exists())
    for folder in _FOLDERS if files else ():
        yield from sorted(
            path
            for path in (house.root / folder).rglob("*")
            if (not path.is_dir() or path.is_symlink()) and not _is_ledgers(house, path)
        )


def _is_ledgers(house: House, path: Path) -> bool:
    """Whether a file is of a ledger that was laid among the office's own: it has been copied already."""
    file = house.database_file
    if file is None or not path.is_relative_to(file.parent):
        return False
    below = path.relative_to(file.parent).parts[0]
    return below.startswith(file.name) or below in {"journal", "backups", "erased.tsv"}


def _key_files(house: House) -> Iterator[Path]:
    yield from ((house.root / one.key_file).resolve() for one in house.settings.dkim)
    for channel in house.settings.channels.values():
        if channel.media_host and channel.media_host.key_file:
            yield (house.root / channel.media_host.key_file).resolve()


def _told(house: House, counted: Snapshot, left_out: tuple[str, ...], now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "program": __version__,
        "office": house.settings.name,
        "made_at": now.isoformat(timespec="seconds"),
        "database": {
            "kind": counted.kind,
            "version": counted.version,
            "place": _place(house),
            "installation": counted.installation,
            "fence": counted.fence,
            "intents": counted.intents,
            "last_run_at": counted.last_run_at.isoformat() if counted.last_run_at else None,
        },
        "open": [
            {
                "id": slot.id,
                "title": slot.title,
                "state": slot.state,
                "due_at": slot.due_at.isoformat(),
                "deliveries": dict(slot.counts),
            }
            for slot in counted.open
        ],
        "keys": {name: list(ring) for name, ring in fingerprints(house.settings).items()},
        "left_out": list(left_out),
    }


def _place(house: House) -> str:
    """Where the database's file is from the workspace's root, "" when it is somewhere else."""
    place = Path(os.path.relpath(house.database_file or "/", house.root)).as_posix()
    return place if house.database_file is not None and _is_below(place) else ""


def _is_below(place: str) -> bool:
    """Whether a place is "", or leads to a file below a folder; it may be a hidden one."""
    return not place or not any(is_unsafe(part.removeprefix(".")) for part in place.split("/"))


def _instant(told: str) -> datetime:
    """A moment with its zone, that can be told in any. Raises ValueError."""
    found = datetime.fromisoformat(told)
    if found.tzinfo is None or found.year == MAXYEAR:
        raise ValueError(told)
    return found


def _ledger_in(database: Json, open_slots: Any) -> Snapshot:  # noqa: ANN401 - read from a file, whatever it is
    last = database["last_run_at"]
    return Snapshot(
        kind=str(database["kind"]),
        version=str(database["version"]),
        installation=str(database["installation"]),
        fence=str(database["fence"]),
        intents=int(database["intents"]),
        last_run_at=_instant(last) if last else None,
        open=tuple(
            OpenSlot(
                str(one["id"]),
                str(one["title"]),
                SlotState(one["state"]).value,
                _instant(one["due_at"]),
                {DeliveryState(state).value: int(number) for state, number in one["deliveries"].items()},
            )
            for one in open_slots
        ),
    )


def _rotate(folder: Path, keep: int, made: Path) -> int:
    """Take away the oldest backups of our own naming; never the one just made, nor anything else.

    Its name may be the oldest: a clock may have been far ahead once.
    """
    others = (path for path in folder.iterdir() if _NAMED.fullmatch(path.name) and path != made)
    old = sorted(path for path in others if path.is_file())[: -(keep - 1) or None]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _sweep(folder: Path) -> None:
    """Take away what backups that were killed have left: it has addresses in it, and nobody else would."""
    before = (utc_now() - _ABANDONED).timestamp()
    for path in folder.iterdir():
        if _LEFT.fullmatch(path.name) and before > path.lstat().st_mtime:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@contextmanager
def _aside(folder: Path | None) -> Iterator[Path]:
    """A folder of the owner's alone, for as long as it takes."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".comms-") as made:
        yield Path(made)


def _read_through(file: Path) -> Backup:
    """A backup as it was written. Raises `UsageError`, `StoreError` when it cannot be read back."""
    return check(file, file.parent)
