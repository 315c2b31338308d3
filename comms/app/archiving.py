"""The archive: what has been sent, gathered from ledger and files, laid in a folder for the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from comms.app.folder import Folder, Written, open_folder
from comms.app.gathering import Gathered, gather
from comms.app.house import House
from comms.app.picturing import PictureFiles
from comms.app.publishing import FOLDER
from comms.app.rendering import quiet
from comms.app.spreading import Spreading
from comms.content.files import sha256
from comms.errors import ConfigError, StoreError, Text, UsageError, say
from comms.model.ledger import SlotState
from comms.render.addresses import item_path
from comms.render.feeds import ATOM
from comms.render.site import site_pages
from comms.store import Store

_MEDIA = re.compile(r"media/[\w.-]+")
_ISSUES, _ABOUT, _OFFICE = "issues", "about", "office"
"""What the folder remembers: issues that had begun, those laid for a run to come, whose it is."""


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
    is_forgiving: bool = False,
    progress: Callable[[int, int], None] = quiet,
) -> Archived:
    """Lay the archive in a folder; only what changed is written, and what left is deleted.

    `also`: an issue whose run is about to begin: its pictures come first, for without them it does not; kits
    that were made of the same things before stand as they are. `is_forgiving`: letters that this ledger does
    not know stay where they are, where a person is asked otherwise. Raises `StoreError` for an old copy of
    the ledger, `UsageError` when the folder is somebody else's, `ConfigError` when it cannot be written, a
    picture of `also` cannot be had, or there is no address to show it at. What is wrong with single items
    is told, and stops nothing.
    """
    if not house.settings.base_url:
        raise ConfigError(say("Arkivet behöver sin adress: skriv workspace.base_url i comms.yaml."))
    if not also:
        _refuse_if_old(store, now)
    with open_folder(out, is_own=out.resolve() == (house.out / FOLDER).resolve()) as folder:
        about = {*filter(None, [also]), *_about_to_go(folder, house, store)}
        found = gather(house, store, now, also=about)
        spread = [(shown, slug) for shown in found.site.items for slug in shown.kits]
        total = len(found.shown) + len(found.cards) + len(spread) + 1
        steps = count(1)
        _same_ledger(folder, house, found, about, is_forgiving=is_forgiving or bool(also))
        media = PictureFiles(house, folder, found)
        _have_first(media, found.letters.get(also, ()))
        kits = Spreading(house, found, folder, media, now, is_quick=bool(also))
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
        names = _put_pages(folder, found.with_cards(media.instead))
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


def _about_to_go(folder: Folder, house: House, store: Store) -> list[str]:
    """Issues whose pages a run of ours has laid here and not begun yet: it may do so at any moment."""
    frozen = store.facts().frozen
    whose, laid = _laid(folder)
    if whose != _workspace(house):
        return []
    return [one for one in laid if one in frozen and frozen[one].state is SlotState.APPROVED]


def _laid(folder: Folder) -> tuple[str, list[str]]:
    """Which workspace laid issues here for a run to come, and which issues."""
    whose, *issues = folder.recall(_ABOUT).split() or [""]
    return whose, issues


def _workspace(house: House) -> str:
    """What tells a workspace from its copies; the folder's memory may be read by anybody."""
    return sha256(str(house.root.resolve()).encode())[:16]


def _have_first(media: PictureFiles, paths: Sequence[str]) -> None:
    """Lay the pictures of the issue that is about to go; raises `ConfigError` before all else is seen."""
    missing = [path for path in paths if not media.put(path)]
    if missing:
        raise ConfigError(
            say(
                "{picture} i brevet går inte att läsa, eller är någon annans fil i {folder}. "
                "Lägg tillbaka bilden, eller flytta filen.",
                picture=missing[0],
                folder=media.folder.root,
            )
        )


def _same_ledger(
    folder: Folder, house: House, found: Gathered, about: set[str], *, is_forgiving: bool
) -> None:
    """Know a ledger that has not sent what this folder shows, before it takes those pages away.

    A run, and a retraction, leave them there and go on; a person is asked. Another office's ledger may have
    issues of the same names, so the folder remembers whose it is; an office may change its name, or move.
    Raises `UsageError`.
    """
    owner = folder.recall(_OFFICE)
    whose, laid = _laid(folder)
    is_other = whose != _workspace(house)
    if owner not in {"", house.settings.name} and is_other and not is_forgiving:
        raise UsageError(
            say("Mappen {folder} är {office}s arkiv. Välj en annan mapp.", folder=folder.root, office=owner)
        )
    begun = {issue.id for issue in found.site.issues} - about
    shown = set(folder.recall(_ISSUES).split())
    if is_other:  # what another workspace laid here, it may have sent since
        shown |= set(laid)
    forgotten = sorted(shown - begun - about)
    if forgotten and not is_forgiving:
        raise UsageError(
            say(
                "Mappen {folder} visar {issue}, som liggaren inte vet något om. "
                "Kontrollera database_url. Är det rätt databas: skriv arkivet i en ny tom mapp.",
                folder=folder.root,
                issue=forgotten[0],
            )
        )
    if forgotten:
        letters = [path for issue in forgotten for path in folder.below(f"brev/{issue}/")]
        pictures = [path for path in folder.below("media/") if Path(path).stem not in found.forbidden]
        for path in (*letters, *pictures):
            folder.keep(path)
    folder.remember(_OFFICE, house.settings.name)
    folder.remember(_ISSUES, " ".join(sorted({*forgotten, *begun})))
    folder.remember(_ABOUT, " ".join([_workspace(house), *sorted(about)]))


def _as_they_lie(folder: Folder, found: Gathered) -> set[str]:
    """The pages and kits of items whose files cannot be read just now: they stay as they were.

    A file with an error is no withdrawal. But a page that shows what nobody may show any more does not stay.
    """
    stay: set[str] = set()
    for gone in found.site.gone:
        kits = [path for path in folder.below("sprid/") if path.split("/")[2:3] == [gone.slug]]
        own = [*folder.below(item_path(gone.slug)), *kits]
        pages = [path for path in own if path.endswith(".html")]
        shown = {name for path in pages for name in _MEDIA.findall(folder.read(path))}
        if not gone.withdrawn and not {Path(name).stem for name in shown} & found.forbidden:
            stay |= {*own, *shown}
    return stay


def _put_pages(folder: Folder, found: Gathered) -> list[str]:
    """Write pages, feeds and calendars; their paths."""
    stay = _as_they_lie(folder, found)
    for path in stay:
        folder.keep(path)
    names = []
    for path, content in site_pages(found.site):
        names.append(path)
        if path not in stay or not folder.has(path):
            folder.put(path, content)
    return names
