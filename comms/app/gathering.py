"""What the archive is made of: sent issues and their items, and which pictures may be shown today."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from comms.app.house import House
from comms.model.issue import Edition
from comms.model.item import BrokenItem, Item, Picture
from comms.model.ledger import SlotState
from comms.model.plan import FrozenEntry
from comms.model.site import PUBLIC, GoneItem, Site, SiteEdition, SiteIssue, SiteItem
from comms.render.addresses import media_path, web_path
from comms.render.edition import web_copy
from comms.render.kit import may_be_passed_on
from comms.render.site_parts import accent_of, label_of, name_of
from comms.render.wording import listed
from comms.store import Store
from comms.text.consents import ARCHIVE, Pictures, why_not

_BEGUN = frozenset({SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE})
_HASH = re.compile(r"[0-9a-f]{64}")
_STEM = 16
"""How much of a picture's hash its name on the web has."""


@dataclass(frozen=True)
class Card:
    """What stands on a link card, and so in its name: the same card has the same path."""

    title: str
    label: str
    place: str
    accent: str
    picture: Picture | None


@dataclass(frozen=True)
class Gathered:
    """The site; the cards to draw and where pictures come from, by path below base_url.

    `shown`: the pictures of letters and items, by the same. `retracted`: paths and hashes of pictures;
    `told`: what all items tell of pictures.
    """

    site: Site
    cards: Mapping[str, Card]
    sources: Mapping[str, Picture]
    shown: frozenset[str]
    retracted: frozenset[str]
    told: Pictures


def gather(house: House, store: Store, now: datetime, *, also: str = "") -> Gathered:
    """Everything that has been sent, and the issue `also`, whose run is about to begin."""
    return _Gathering(house, store, now, also).gathered()


class _Gathering:
    """One look at ledger and files, on one day."""

    def __init__(self, house: House, store: Store, now: datetime, also: str) -> None:
        self.house, self.store, self.now, self.also = house, store, now, also
        self.day = now.astimezone(house.zone).date()
        self.facts = store.facts()
        workspace = house.workspace
        self.told = Pictures.of((*workspace.items.values(), *workspace.broken.values()))
        self.base = house.settings.base_url.rstrip("/")

    def gathered(self) -> Gathered:
        """The whole."""
        bare = Site(self.house.settings, self.house.workspace, self.issues, (), "")
        cards: dict[str, Card] = {}
        title = Card(self.house.settings.name, "", "", self.house.settings.brand.heading, None)
        cards[self._card_path(title)] = title
        items = []
        for item, issues in self._carried():
            card = self._card(bare, item)
            cards[self._card_path(card)] = card
            items.append(self._site_item(item, issues, self._card_path(card)))
        removed = frozenset(self._shown_in_letters - self._allowed_of(self._shown_in_letters))
        site = replace(
            bare, items=tuple(items), title_card=self._card_path(title), gone=self.gone, removed=removed
        )
        of_items = {media_path(picture) for shown in items for picture in shown.item.pictures}
        shown = frozenset((self._shown_in_letters - removed) | of_items)
        return Gathered(site, cards, self.sources, shown, self._retracted, self.told)

    # Issues

    @cached_property
    def begun(self) -> list[FrozenEntry]:
        """Issues whose run has begun, newest first."""
        found = (each for each in self.facts.frozen.values() if each.newsletter)
        begun = [each for each in found if each.state in _BEGUN or each.id == self.also]
        return sorted(begun, key=lambda each: (each.at, each.id), reverse=True)

    @cached_property
    def issues(self) -> tuple[SiteIssue, ...]:
        """The issues with their editions as frozen."""
        return tuple(self._issue(frozen) for frozen in self.begun)

    def _issue(self, frozen: FrozenEntry) -> SiteIssue:
        notes = self.house.workspace.notes.get(frozen.id)
        newsletter = self.house.settings.newsletters.get(frozen.newsletter)
        slot = self.store.slot(frozen.id)
        return SiteIssue(
            id=frozen.id,
            newsletter=frozen.newsletter,
            title=newsletter.title if newsletter else (slot.title if slot else frozen.newsletter),
            on=frozen.wall.date(),
            sent_at=frozen.at,
            corrects=notes.corrects if notes else "",
            editions=tuple(self._edition(each) for _, each in self.store.editions(frozen.id)),
        )

    def _edition(self, edition: Edition) -> SiteEdition:
        return SiteEdition(
            audience=edition.audience,
            municipality=edition.municipality,
            subject=edition.subject,
            path=web_path(edition.issue_id, edition.audience, edition.municipality),
            items=edition.items,
            html=web_copy(edition),
            withdrawn=any(slug in self.facts.retracted for slug in edition.items),
        )

    # Items

    def _order(self) -> dict[str, list[SiteIssue]]:
        """Each item with its issues, newest first; items by their first issue, then as they are read."""
        found: dict[str, list[SiteIssue]] = {}
        for issue in reversed(self.issues):
            for edition in sorted(issue.editions, key=lambda each: (not each.is_listed, each.municipality)):
                for slug in edition.items:
                    seen = found.setdefault(slug, [])
                    if issue not in seen[:1]:
                        seen.insert(0, issue)
        first = {slug: issues[-1].sent_at for slug, issues in found.items()}
        return {slug: found[slug] for slug in sorted(found, key=first.__getitem__, reverse=True)}

    def _carried(self) -> Iterator[tuple[Item, list[SiteIssue]]]:
        """The items that can be shown, with the pictures that the archive may show."""
        for slug, issues in self._order().items():
            item = self.house.workspace.items.get(slug)
            if item is None or slug in self.facts.retracted:
                continue
            pictures = (picture for picture in item.pictures if self._may_show(item, picture))
            yield replace(item, pictures=tuple(pictures)), issues

    @property
    def gone(self) -> tuple[GoneItem, ...]:
        """The items that cannot be shown."""
        known = self.house.workspace.items
        return tuple(
            GoneItem(slug, slug in self.facts.retracted, tuple(issue.id for issue in issues))
            for slug, issues in self._order().items()
            if slug in self.facts.retracted or slug not in known
        )

    def _site_item(self, item: Item, issues: list[SiteIssue], card: str) -> SiteItem:
        is_listed = PUBLIC in item.audiences
        kits = self._kits(item, issues) if may_be_passed_on(item) else ()
        return SiteItem(item, issues[-1].sent_at, is_listed, tuple(each.id for each in issues), card, kits)

    def _kits(self, item: Item, issues: list[SiteIssue]) -> tuple[str, ...]:
        """The item's municipalities (all when it has none), those whose letters had it, the whole area."""
        known = self.house.workspace.audiences.municipalities
        lettered = {
            edition.municipality
            for issue in issues
            for edition in issue.editions
            if item.slug in edition.items
        }
        of_item = set(item.municipalities or known) | lettered
        return (*(slug for slug in known if slug in of_item), "")

    # Pictures

    def _may_show(self, item: Item, picture: Picture) -> bool:
        if {picture.path, picture.sha256} & self._retracted:
            return False
        return why_not(item, picture, ARCHIVE, self.day, self.told) is None

    @cached_property
    def _retracted(self) -> frozenset[str]:
        """Paths and hashes of retracted pictures (and slugs, which no picture is called)."""
        digests = self.house.workspace.digests
        return frozenset(
            {*self.facts.retracted, *(digests.get(path, "") for path in self.facts.retracted)} - {""}
        )

    @cached_property
    def sources(self) -> dict[str, Picture]:
        """The workspace's pictures by the path that they have on the web."""
        items = self.house.workspace.items.values()
        return {media_path(each): each for item in items for each in item.pictures if each.sha256}

    @cached_property
    def _shown_in_letters(self) -> set[str]:
        """The pictures that letters load, by path below base_url."""
        source = re.compile(rf'src="{re.escape(self.base)}/(media/[0-9a-f]{{{_STEM}}}\.\w+)"')
        editions = (edition for issue in self.issues for edition in issue.editions)
        return {path for edition in editions for path in source.findall(edition.html)}

    def _allowed_of(self, paths: set[str]) -> set[str]:
        """Those of the pictures in letters that nobody has said no to since."""
        return {path for path in paths if path.removeprefix("media/")[:_STEM] not in self._forbidden_stems}

    @cached_property
    def _forbidden_stems(self) -> set[str]:
        """The beginnings of names of pictures that may not be shown any more, also as they were frozen."""
        marks = {*self._retracted, *self.told.taken_back, *self._expired()}
        hashes = {mark for mark in marks if _HASH.fullmatch(mark)}
        for frozen in self.begun:
            approval = self.store.approval(frozen.id)
            parts = approval.manifest.parts if approval else {}
            hashes |= {digest for path, digest in parts.items() if path in marks and digest}
        return {digest[:_STEM] for digest in hashes}

    def _expired(self) -> Iterator[str]:
        """Marks of pictures whose time is out, unless somebody has said yes to a longer one."""
        workspace = self.house.workspace
        items: list[Item | BrokenItem] = [*workspace.items.values(), *workspace.broken.values()]
        last: dict[str, bool] = {}
        for item in items:
            for picture in item.pictures:
                until = picture.consent.expires if picture.consent else None
                over = until is not None and until < self.day
                for mark in filter(None, (picture.path, picture.sha256)):
                    last[mark] = over and last.get(mark, True)
        return (mark for mark, over in last.items() if over)

    # Cards

    def _card(self, site: Site, item: Item) -> Card:
        names = [name_of(site, slug) for slug in item.municipalities]
        areas, brand = self.house.workspace.strategy.focus_areas, self.house.settings.brand
        number = accent_of(site, item).removeprefix("focus-")
        accent = brand.focus.get(list(areas)[int(number) - 1], brand.heading) if number else brand.heading
        return Card(item.title, label_of(item), listed(names), accent, next(iter(item.pictures), None))

    def _card_path(self, card: Card) -> str:
        """Named by all that it shows, so that it is drawn once."""
        brand = self.house.settings.brand
        shown = (
            card.title, card.label, card.place, card.accent, card.picture.sha256 if card.picture else "",
            brand.wordmark, brand.ground, brand.heading, brand.ink,
        )  # fmt: skip
        digest = hashlib.sha256(repr(shown).encode()).hexdigest()
        return f"media/kort-{digest[:_STEM]}.{'jpg' if card.picture else 'png'}"
