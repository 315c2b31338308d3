"""What the archive is made of: sent issues and their items, and which pictures may be shown today."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from comms.app.house import House
from comms.app.link_cards import CardFace, card_of, card_path
from comms.model.issue import Edition
from comms.model.item import BrokenItem, Item, Picture
from comms.model.ledger import SlotState
from comms.model.plan import FrozenEntry
from comms.model.settings import Brand
from comms.model.site import PUBLIC, GoneItem, Site, SiteEdition, SiteIssue, SiteItem
from comms.render.addresses import EMBLEM_PATH, media_path, web_path
from comms.render.edition import unsubscribe_for_all, web_copy
from comms.render.kit import may_be_passed_on
from comms.store import Store
from comms.text.consents import ARCHIVE, Pictures, ended, why_not
from comms.text.media import STEM, left_behind, media_in, pictures_in, stem

_BEGUN = frozenset({SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE})
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Gathered:
    """The site; the cards to draw and where pictures come from, by path below base_url.

    `shown`: the pictures of letters and items, by the same. `kept`: what letters load besides, which stands
    where it does. `letters`: what the letters of each issue about to go load of ours, by its id. `forbidden`:
    beginnings of hashes of pictures that may not be shown, as they are named on the web. `retracted`: paths
    and hashes of pictures that are retracted or whose consent is over; `told`: what all items tell of
    pictures.
    """

    site: Site
    cards: Mapping[str, CardFace]
    sources: Mapping[str, Picture]
    shown: frozenset[str]
    kept: frozenset[str]
    letters: Mapping[str, tuple[str, ...]]
    forbidden: frozenset[str]
    retracted: frozenset[str]
    told: Pictures

    def with_cards(self, instead: Mapping[str, str]) -> Gathered:
        """The same with other cards, by the paths of those that were not drawn (`PictureFiles.instead`)."""
        items = tuple(replace(each, card=instead.get(each.card, each.card)) for each in self.site.items)
        return replace(self, site=replace(self.site, items=items))


def asset_paths(brand: Brand) -> tuple[str, ...]:
    """Where the EU emblem and the organisation's own logos lie below base_url."""
    own = (logo for logo in (brand.logo, brand.logo_dark) if logo and not logo.startswith("https://"))
    return tuple(dict.fromkeys((EMBLEM_PATH, *(f"media/{logo.rpartition('/')[2]}" for logo in own))))


def gather(house: House, store: Store, now: datetime, *, also: Collection[str] = ()) -> Gathered:
    """Everything that has been sent, and the issues `also`, whose runs are about to begin."""
    return _Gathering(house, store, now, also).gathered()


class _Gathering:
    """One look at ledger and files, on one day."""

    def __init__(self, house: House, store: Store, now: datetime, also: Collection[str]) -> None:
        self.house, self.store, self.now, self.also = house, store, now, also
        self.day = now.astimezone(house.zone).date()
        self.facts = store.facts()
        workspace = house.workspace
        self._told_by: tuple[Item | BrokenItem, ...] = (*workspace.items.values(), *workspace.broken.values())
        self.told = Pictures.of(self._told_by)
        self.base = house.settings.base_url.rstrip("/")

    def gathered(self) -> Gathered:
        """The whole."""
        bare = Site(self.house.settings, self.house.workspace, self.issues, (), "")
        cards: dict[str, CardFace] = {}
        title = CardFace(self.house.settings.name, "", "", self.house.settings.brand.heading, None)
        brand = self.house.settings.brand
        cards[card_path(title, brand)] = title
        items = []
        for item, issues in self._carried():
            card = card_of(self.house, item)
            cards[card_path(card, brand)] = card
            items.append(self._site_item(item, issues, card_path(card, brand)))
        items.sort(key=lambda each: each.published_at, reverse=True)
        site = replace(
            bare,
            items=tuple(items),
            title_card=card_path(title, brand),
            gone=self.gone,
            removed=frozenset(self._forbidden_of(self._pictures_in(self._editions))),
        )
        return Gathered(
            site=site,
            cards=cards,
            sources=self.sources,
            shown=frozenset(self._shown(items)),
            kept=self._kept,
            letters=self._letters,
            forbidden=self._forbidden,
            retracted=self._refused,
            told=self.told,
        )

    # Issues

    @cached_property
    def begun(self) -> list[FrozenEntry]:
        """Issues whose run has begun, newest first."""
        found = (each for each in self.facts.frozen.values() if each.newsletter)
        begun = [each for each in found if each.id in self.also or self._has_begun(each)]
        return sorted(begun, key=lambda each: (each.at, each.id), reverse=True)

    def _has_begun(self, frozen: FrozenEntry) -> bool:
        """Whether anybody may have got it; one that was cancelled stays when the first copies were out."""
        cancelled = frozen.state is SlotState.CANCELLED and self.store.touched(frozen.id)
        return cancelled or frozen.state in _BEGUN

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
            html=web_copy(edition, self._way_out(edition)),
            withdrawn=any(slug in self.facts.retracted for slug in edition.items),
        )

    def _way_out(self, edition: Edition) -> str:
        newsletter = self.house.settings.newsletters.get(edition.issue_id.rsplit("-", 3)[0])
        return unsubscribe_for_all(self.house.settings, newsletter.title if newsletter else "")

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
        public = [issue for issue in issues if PUBLIC in item.audiences and issue.lists(item.slug)]
        return SiteItem(
            item=item,
            published_at=min(issue.sent_at for issue in public or issues),
            is_listed=bool(public),
            issues=tuple(each.id for each in issues),
            card=card,
            kits=self._kits(item, issues) if may_be_passed_on(item) else (),
        )

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
        if {picture.path, picture.sha256} & self._refused:
            return False
        return why_not(item, picture, ARCHIVE, self.day, self.told) is None

    @cached_property
    def _refused(self) -> frozenset[str]:
        """Paths and hashes of pictures that are retracted (and slugs, which no picture is called) or over."""
        digests = self.house.workspace.digests
        retracted = {*self.facts.retracted, *(digests.get(path, "") for path in self.facts.retracted)}
        return frozenset({*retracted, *ended(self._told_by, self.day, self.told)} - {""})

    @cached_property
    def sources(self) -> dict[str, Picture]:
        """The workspace's pictures by the path that they have on the web."""
        items = self.house.workspace.items.values()
        return {media_path(each): each for item in items for each in item.pictures if each.sha256}

    @property
    def _editions(self) -> list[SiteEdition]:
        return [edition for issue in self.issues for edition in issue.editions]

    def _pictures_in(self, editions: Iterable[SiteEdition]) -> set[str]:
        """The pictures that letters load, by path below base_url."""
        return {path for edition in editions for path in self._pictures[edition.path]}

    @cached_property
    def _pictures(self) -> dict[str, tuple[str, ...]]:
        """The pictures of each edition, by its path."""
        return {edition.path: pictures_in(edition.html, self.base) for edition in self._editions}

    def _shown(self, items: Iterable[SiteItem]) -> set[str]:
        """What has to be there: all that pages show, and what can be had of what a withdrawn letter loads."""
        of_items = {media_path(picture) for shown in items for picture in shown.item.pictures}
        loaded = self._pictures_in(each for each in self._editions if not each.withdrawn)
        loaded |= self._pictures_in(self._editions) & self.sources.keys()
        return (loaded - self._forbidden_of(loaded)) | of_items

    @property
    def _kept(self) -> frozenset[str]:
        """Whatever letters load, in inboxes too: a logo that is another today, an older picture."""
        loaded = {path for edition in self._editions for path in media_in(edition.html)}
        return frozenset(loaded - self._forbidden_of(loaded))

    @property
    def _letters(self) -> dict[str, tuple[str, ...]]:
        """What the letters of each issue about to go load that is ours to lay there."""
        assets = asset_paths(self.house.settings.brand)
        found = {}
        for issue in self.issues:
            if issue.id in self.also:
                pictures = self._pictures_in(issue.editions)
                named = {path for edition in issue.editions for path in media_in(edition.html)}
                ours = (pictures - self._forbidden_of(pictures)) | (named & set(assets))
                found[issue.id] = tuple(sorted(ours))
        return found

    def _forbidden_of(self, paths: set[str]) -> set[str]:
        """Those of the pictures in letters that somebody has said no to since."""
        return {path for path in paths if stem(path) in self._forbidden}

    @cached_property
    def _forbidden(self) -> frozenset[str]:
        """The beginnings of names of pictures that may not be shown any more, also as they were frozen."""
        marks = {*self._refused, *self.told.taken_back}
        hashes = {mark for mark in marks if _HASH.fullmatch(mark)} | self._frozen_as(marks)
        return frozenset(map(_named, hashes)) | left_behind(self._editions, self.base, self._needed)

    @property
    def _needed(self) -> set[str]:
        """The beginnings of names of pictures of items that are shown, as they are and as they were sent."""
        known = self.house.workspace.items
        slugs = {slug for slug in self._order() if slug not in self.facts.retracted}
        pictures = [picture for slug in slugs & known.keys() for picture in known[slug].pictures]
        frozen = self._frozen_as({picture.path for picture in pictures})
        return {_named(digest) for digest in (*frozen, *(each.sha256 for each in pictures)) if digest}

    def _frozen_as(self, paths: Collection[str]) -> set[str]:
        """The hashes that files had when letters were made of them."""
        return {digest for parts in self._parts for path, digest in parts.items() if digest and path in paths}

    @cached_property
    def _parts(self) -> list[Mapping[str, str]]:
        """What each issue was made of."""
        approvals = (self.store.approval(frozen.id) for frozen in self.begun)
        return [approval.manifest.parts for approval in approvals if approval]


def _named(digest: str) -> str:
    """How a hash begins in the name of a picture on the web."""
    return digest[:STEM]
