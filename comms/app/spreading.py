"""The spread kits in the archive: one for each item and municipality, and lists for those who fetch them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from comms import __version__
from comms.app.folder import Folder
from comms.app.gathering import Gathered
from comms.app.house import House
from comms.app.picturing import Media
from comms.errors import ContentError, TemplateError, Text, say
from comms.model.item import Picture
from comms.model.kit import Kit
from comms.model.site import SiteItem
from comms.render.addresses import kit_path, kits_path, media_path
from comms.render.feeds import RSS
from comms.render.kit import spread_kit
from comms.render.kit_files import kit_files, kits_json
from comms.render.kit_pages import KIT_ASSETS, kits_page
from comms.render.site_feeds import items_feed
from comms.render.site_parts import name_of, picture_of
from comms.text.consents import SPREAD_KIT, why_not

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
        self, house: House, gathered: Gathered, folder: Folder, media: Media, now: datetime, *, is_quick: bool
    ) -> None:
        """Begin; nothing is made yet."""
        self.house, self.gathered, self.folder, self.media = house, gathered, folder, media
        self.is_quick = is_quick
        self.day = now.astimezone(house.zone).date()
        self.done = Spread()
        self._made: dict[tuple[str, str], Kit | None] = {}
        self._items: dict[str, str] = {}

    def lay(self, shown: SiteItem, municipality: str) -> None:
        """Lay an item's kit for a municipality, with the pictures that may be passed on and can be had."""
        path = kit_path(municipality, shown.item.slug)
        key = self._key(shown, municipality)
        self.folder.remember(path, key)
        pictures = self._pictures(shown.item.slug)
        if self.is_quick and self.folder.recall(path) == key and self._keep(path):
            self.done.kits += 1
            return
        kit = self._kit(shown, municipality)
        if kit is None:
            self._keep(path)
            return
        whole = replace(kit, pictures=tuple(each for each in kit.pictures if each.path in pictures))
        for name, content in kit_files(whole, settings=self.house.settings, pictures=pictures):
            self.folder.put(path + name, content)
        self.done.kits += 1

    def _list(self, municipality: str) -> None:
        """Write what a municipality's web can fetch: all its newest kits as a page, JSON and RSS."""
        site, settings = self.gathered.site, self.house.settings
        listed = [each for each in site.items if municipality in each.kits][:MOST_LISTED]
        path = kits_path(municipality)
        key = _digest(*(self._key(shown, municipality) for shown in listed))
        self.folder.remember(path, key)
        names = [path + name for name in ("index.html", "kits.json", RSS)]
        if self.is_quick and self.folder.recall(path) == key and all(map(self.folder.has, names)):
            for name in names:
                self.folder.keep(name)
            return
        kits = [kit for kit in (self._kit(shown, municipality) for shown in listed) if kit]
        place = name_of(site, municipality) if municipality else ""
        page = kits_page(kits, settings=settings, municipality=municipality, place=place)
        self.folder.put(names[0], page.encode())
        told = kits_json(kits, settings=settings, municipality=municipality, place=place)
        self.folder.put(names[1], told)
        title = say("Att sprida vidare: {place}", place=name_of(site, municipality))
        for name, content in items_feed(site, path, str(title), listed):
            if name == names[2]:
                self.folder.put(name, content)

    def finish(self) -> None:
        """Write every municipality's list, and what the kits' pages load."""
        for municipality in (*self.house.workspace.audiences.municipalities, ""):
            self._list(municipality)
        for path, content in KIT_ASSETS.items():
            self.folder.put(path, content)

    def _keep(self, path: str) -> bool:
        """Let a kit stand as it is; False when there is none."""
        files = [file for file in self.folder.below(path) if self.folder.has(file)]
        for file in files:
            self.folder.keep(file)
        return bool(files)

    def _kit(self, shown: SiteItem, municipality: str) -> Kit | None:
        """The kit, made once; None when a template of the workspace is wrong, which is told."""
        place = (shown.item.slug, municipality)
        if place not in self._made:
            self._made[place] = self._make(shown, municipality)
        return self._made[place]

    def _make(self, shown: SiteItem, municipality: str) -> Kit | None:
        item = self.house.workspace.items[
            shown.item.slug
        ]  # with all its pictures: a kit has its own consents
        try:
            return spread_kit(
                item,
                municipality=municipality,
                settings=self.house.settings,
                workspace=self.house.workspace,
                published_at=shown.published_at,
                on=self.day,
                sizes={each.path: _size(each) for each in item.pictures},
                retracted=self.gathered.retracted,
            )
        except (TemplateError, ContentError) as refused:
            self.done.faults.append(refused.message)
            return None

    def _key(self, shown: SiteItem, municipality: str) -> str:
        """What a kit is made of, as one word. The day counts only as far as it forbids a picture."""
        return _digest(self._of_item(shown.item.slug), municipality, repr(shown.published_at), self._shared)

    def _of_item(self, slug: str) -> str:
        if slug not in self._items:
            pictures = [picture.path for picture in self._allowed(slug)]
            self._items[slug] = _digest(repr(self.house.workspace.items[slug]), repr(pictures))
        return self._items[slug]

    def _allowed(self, slug: str) -> list[Picture]:
        """The pictures of an item that may be passed on."""
        item, told = self.house.workspace.items[slug], self.gathered.told
        return [
            picture
            for picture in item.pictures
            if not {picture.path, picture.sha256} & self.gathered.retracted
            and why_not(item, picture, SPREAD_KIT, self.day, told) is None
        ]

    def _pictures(self, slug: str) -> dict[str, bytes]:
        """Prepared bytes by path in the workspace; the pages of kits show the same files."""
        found = ((picture.path, self.media.content(media_path(picture))) for picture in self._allowed(slug))
        return {path: content for path, content in found if content is not None}

    @cached_property
    def _shared(self) -> str:
        settings, workspace = self.house.settings, self.house.workspace
        templates = {name: text for name, text in workspace.templates.sources.items() if "spread/" in name}
        told = (__version__, settings.name, settings.base_url, settings.eu_statement, settings.sender)
        return _digest(
            repr((*told, settings.timezone, self.day.year, workspace.audiences.municipalities, templates))
        )


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height in px as prepared."""
    shown = picture_of(picture)
    return shown.width, shown.height


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
