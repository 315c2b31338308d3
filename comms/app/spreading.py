"""The spread kits in the archive: one for each item and municipality, and lists for those who fetch them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from comms import __version__
from comms.app.folder import Folder
from comms.app.gathering import Gathered
from comms.app.house import House
from comms.app.picturing import PictureFiles
from comms.errors import ContentError, TemplateError, Text, say
from comms.model.item import Picture
from comms.model.kit import Kit
from comms.model.site import SiteItem
from comms.render.addresses import kit_path, kits_path, media_path
from comms.render.feeds import RSS
from comms.render.kit import spread_kit, why_not_passed_on
from comms.render.kit_files import kit_files, kits_json, kits_rss
from comms.render.kit_pages import KIT_ASSETS, kits_page
from comms.render.kit_texts import usual_tag
from comms.render.site_parts import name_of, picture_of
from comms.render.unfilled import taken_in

MOST_LISTED = 30
"""How many kits a municipality's list has: what is older is found by its own page."""


@dataclass
class Spread:
    """How the laying of kits went: how many there are, and what could not be made and why."""

    kits: int = 0
    faults: list[Text] = field(default_factory=list)


class Spreading:
    """The kits of one archive on one day. `is_quick`: what was made of the same things before may stand."""

    def __init__(
        self,
        house: House,
        gathered: Gathered,
        folder: Folder,
        media: PictureFiles,
        now: datetime,
        *,
        is_quick: bool,
    ) -> None:
        """Begin; nothing is made yet."""
        self.house, self.gathered, self.folder, self.media = house, gathered, folder, media
        self.is_quick = is_quick
        self.day = now.astimezone(house.zone).date()
        self.done = Spread()
        self._made: dict[tuple[str, str], Kit | None] = {}
        self._items: dict[str, str] = {}
        self._pictures: dict[str, tuple[Picture, ...]] = {}
        self._bytes: tuple[str, dict[str, bytes]] = ("", {})

    def lay(self, shown: SiteItem, municipality: str) -> None:
        """Lay an item's kit for a municipality, with the pictures that may be passed on and can be had."""
        path = kit_path(municipality, shown.item.slug)
        mark = _mark(self._key(shown, municipality), self._seen(shown))
        old = [file for file in self.folder.below(path) if self.folder.has(file)]
        if self.is_quick and self.folder.recall(path) == mark and self._keep(path, old):
            self.done.kits += 1
            return
        kit = self._kit(shown, municipality)
        if kit is None:
            self._spare(path, old, mark)
            return
        pictures = self._read(shown.item.slug)
        for name, content in kit_files(kit, settings=self.house.settings, pictures=pictures):
            self.folder.put(path + name, content)
        self.folder.remember(path, mark)
        self.done.kits += 1

    def _list(self, municipality: str) -> None:
        """Write what a municipality's web can fetch: all its newest kits as a page, JSON and RSS."""
        site, settings = self.gathered.site, self.house.settings
        listed = [each for each in site.items if municipality in each.kits][:MOST_LISTED]
        path = kits_path(municipality)
        names = [path + name for name in ("index.html", "kits.json", RSS)]
        focus = {slug: area.name for slug, area in site.workspace.strategy.focus_areas.items()}
        key = _digest(repr(focus), *(self._key(shown, municipality) for shown in listed))
        mark = _mark(key, *(self._seen(shown) for shown in listed))
        if self.is_quick and self.folder.recall(path) == mark and self._keep(path, names):
            return
        made = [self._kit(shown, municipality) for shown in listed]
        kits = [kit for kit in made if kit]
        if None in made and self._spare(path, names, mark):
            return
        place = name_of(site, municipality) if municipality else ""
        own = {each.item.slug for each in listed if municipality in each.item.municipalities}
        page = kits_page(kits, settings=settings, municipality=municipality, place=place, own=own)
        self.folder.put(names[0], page.encode())
        told = kits_json(kits, settings=settings, municipality=municipality, place=place)
        self.folder.put(names[1], told)
        title = str(say("Att sprida vidare: {place}", place=name_of(site, municipality)))
        feed = kits_rss(kits, settings=settings, municipality=municipality, title=title, focus=focus)
        self.folder.put(names[2], feed)
        if None not in made:
            self.folder.remember(path, mark)

    def finish(self) -> None:
        """Write every municipality's list, and what the kits' pages load."""
        for municipality in (*self.house.workspace.audiences.municipalities, ""):
            self._list(municipality)
        for path, content in KIT_ASSETS.items():
            self.folder.put(path, content)

    def _keep(self, path: str, files: Collection[str]) -> bool:
        """Let what lies at a path stand as it is, if all of it is there; what is known of it stands too."""
        if not files or not all(map(self.folder.has, files)):
            return False
        for file in files:
            self.folder.keep(file)
        self.folder.remember(path, self.folder.recall(path))
        return True

    def _spare(self, path: str, files: Collection[str], mark: str) -> bool:
        """Let what cannot be made anew stand, unless it has other pictures than may be passed on today."""
        return _pictures_of(self.folder.recall(path)) == _pictures_of(mark) and self._keep(path, files)

    def _kit(self, shown: SiteItem, municipality: str) -> Kit | None:
        """The kit, made once; None when a template of the workspace is wrong, which is told."""
        place = (shown.item.slug, municipality)
        if place not in self._made:
            self._made[place] = self._make(shown, municipality)
        return self._made[place]

    def _make(self, shown: SiteItem, municipality: str) -> Kit | None:
        slug = shown.item.slug
        item = self.house.workspace.items[slug]  # with all its pictures: a kit has its own consents
        try:
            kit = spread_kit(
                item,
                municipality=municipality,
                settings=self.house.settings,
                workspace=self.house.workspace,
                published_at=shown.published_at,
                on=self.day,
                told=self.gathered.told,
                sizes={each.path: _size(each) for each in item.pictures},
                retracted=self.gathered.retracted,
            )
        except (TemplateError, ContentError) as refused:
            self.done.faults.append(refused.message)
            return None
        there = {picture.path for picture in self._had(slug)}
        return replace(kit, pictures=tuple(each for each in kit.pictures if each.path in there))

    def _key(self, shown: SiteItem, municipality: str) -> str:
        """What a kit is made of beside its pictures, as one word. Its own day counts, today does not."""
        slug = shown.item.slug
        if slug not in self._items:
            self._items[slug] = _digest(repr(self.house.workspace.items[slug]))
        return _digest(self._items[slug], municipality, repr(shown.published_at), self._shared)

    def _seen(self, shown: SiteItem) -> str:
        """The pictures that an item's kits have today."""
        return repr((shown.item.slug, [(each.path, each.sha256) for each in self._had(shown.item.slug)]))

    def _had(self, slug: str) -> tuple[Picture, ...]:
        """The pictures of an item that may be passed on and can be had; the pages of kits show them too."""
        if slug not in self._pictures:
            item = self.house.workspace.items[slug]
            on, told, retracted = self.day, self.gathered.told, self.gathered.retracted
            self._pictures[slug] = tuple(
                each
                for each in item.pictures
                if why_not_passed_on(item, each, on=on, told=told, retracted=retracted) is None
                and self.media.put(media_path(each))
            )
        return self._pictures[slug]

    def _read(self, slug: str) -> dict[str, bytes]:
        """Prepared bytes by path in the workspace, read once: an item's kits are laid one after another."""
        if self._bytes[0] != slug:
            found = {each.path: self.media.content(media_path(each)) for each in self._had(slug)}
            self._bytes = slug, {path: content for path, content in found.items() if content is not None}
        return self._bytes[1]

    @cached_property
    def _shared(self) -> str:
        """What every kit is made of."""
        settings, workspace = self.house.settings, self.house.workspace
        names = (name for name in workspace.templates.sources if name.startswith("spread/"))
        parts = sorted(taken_in(workspace.templates, *names))
        told = (
            __version__, settings.name, settings.base_url, settings.eu_statement, settings.sender,
            settings.timezone, settings.language, usual_tag(settings, workspace),
            workspace.audiences.municipalities, [workspace.templates.sources.get(name) for name in parts],
        )  # fmt: skip
        return _digest(repr(told))


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height in px as prepared."""
    shown = picture_of(picture)
    return shown.width, shown.height


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _mark(key: str, *pictures: str) -> str:
    """What is remembered of a kit or a list: what it is made of, and which pictures it has."""
    return f"{key} {_digest(*pictures)}"


def _pictures_of(mark: str) -> str:
    return mark.partition(" ")[2]
