"""The archive: what has been sent, gathered from ledger and files, laid in a folder for the web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from comms.app.folder import Folder, Written, open_folder
from comms.app.gathering import Gathered, gather
from comms.app.house import House
from comms.app.picturing import Media
from comms.app.rendering import quiet
from comms.app.spreading import Spreading
from comms.errors import StoreError, Text, UsageError, say
from comms.render.feeds import ATOM
from comms.render.site import site_pages
from comms.store import Store

FOLDER = "webb"
"""The archive's own folder in the output folder: what base_url shows."""


_ISSUES = "issues"


@dataclass(frozen=True)
class Archived:
    """What became of the archive: counts, and what is not as it should be.

    `missing`: pictures whose files could not be read, by path below base_url. `unreadable`: slugs of items
    whose files are broken or gone. `faults`: why some kits could not be made.
    """

    issues: int
    items: int
    pages: int
    feeds: int
    kits: int
    written: Written
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]
    faults: tuple[Text, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it should be."""
        return not (self.missing or self.unreadable or self.faults or self.written.left)


def archive(
    house: House,
    store: Store,
    out: Path,
    now: datetime,
    *,
    also: str = "",
    is_quick: bool = False,
    progress: Callable[[int, int], None] = quiet,
) -> Archived:
    """Lay the archive in a folder; only what changed is written, and what left is deleted.

    `also`: an issue whose run is about to begin. `is_quick`: kits that were made of the same things before
    stand as they are. Raises `StoreError` for an old copy of the ledger, `UsageError` when the folder is
    somebody else's, `ConfigError` when it cannot be
    written. What is wrong with single items is told, and stops nothing.
    """
    if not also:
        _refuse_if_old(store, now)
    found = gather(house, store, now, also=also)
    spread = [(shown, slug) for shown in found.site.items for slug in shown.kits]
    total = len(found.shown) + len(found.cards) + len(spread) + 1
    steps = count(1)
    with open_folder(out, is_own=out.resolve() == (house.out / FOLDER).resolve()) as folder:
        _same_ledger(folder, store, found, is_run=bool(also))
        media = Media(house, folder, found)
        kits = Spreading(house, found, folder, media, now, is_quick=is_quick)
        for path in sorted(found.shown):
            media.put(path)
            progress(next(steps), total)
        for path, card in found.cards.items():
            media.card(path, card)
            progress(next(steps), total)
        for shown, slug in spread:
            kits.lay(shown, slug)
            progress(next(steps), total)
        kits.finish()
        media.assets()
        names = _put_pages(folder, found)
        progress(total, total)
        written = folder.finish()
    return Archived(
        issues=len(found.site.issues),
        items=len(found.site.items),
        pages=sum(name.endswith(".html") for name in names),
        feeds=sum(name.endswith(ATOM) for name in names),
        kits=kits.done.kits,
        written=written,
        missing=tuple(sorted(media.missing)),
        unreadable=tuple(gone.slug for gone in found.site.gone if not gone.withdrawn),
        faults=tuple(dict.fromkeys(kits.done.faults)),
    )


def _refuse_if_old(store: Store, now: datetime) -> None:
    """A database that has forgotten letters would take their pages away."""
    reason = store.fence_if_old(now)
    if reason:
        raise StoreError(
            say("Arkivet skrivs inte. {reason} Ta över databasen först: comms adopt", reason=reason)
        )


def _same_ledger(folder: Folder, store: Store, found: Gathered, *, is_run: bool) -> None:
    """Know a ledger that has forgotten letters that this folder shows, before it takes their pages away.

    A run leaves them there and goes on; a person is asked.
    """
    before = folder.recall(_ISSUES).split()
    forgotten = sorted(set(before) - store.facts().frozen.keys())
    if forgotten and not is_run:
        raise UsageError(
            say(
                "Mappen {folder} visar {issue}, som liggaren inte vet något om. "
                "Kontrollera database_url. Är det rätt databas: skriv arkivet i en ny tom mapp.",
                folder=folder.root,
                issue=forgotten[0],
            )
        )
    if forgotten:
        folder.keep_all()
    folder.remember(_ISSUES, " ".join(sorted({*forgotten, *(issue.id for issue in found.site.issues)})))


def _put_pages(folder: Folder, found: Gathered) -> list[str]:
    """Write pages, feeds and calendars; their paths."""
    names = []
    for path, content in site_pages(found.site):
        folder.put(path, content)
        names.append(path)
    return names
