"""The archive: what has been sent, as pages that anybody may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from comms.model.item import Item
from comms.model.settings import Settings
from comms.model.workspace import Workspace

PUBLIC = "public"
"""The audience that is everybody: only what is for it stands in lists, feeds and the site map."""


@dataclass(frozen=True, slots=True)
class SiteEdition:
    """An edition on the web: `path` below base_url, `html` as frozen without a recipient.

    `withdrawn` when an item in it has been retracted: then its page only says so.
    """

    audience: str
    municipality: str
    subject: str
    path: str
    items: tuple[str, ...]
    html: str
    withdrawn: bool = False

    @property
    def is_listed(self) -> bool:
        """Whether it stands in lists, feeds and the site map."""
        return self.audience == PUBLIC


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An issue that was sent; `on` is its local date, `sent_at` the instant it was due."""

    id: str
    newsletter: str
    title: str
    on: date
    sent_at: datetime
    corrects: str
    editions: tuple[SiteEdition, ...]

    @property
    def listed(self) -> tuple[SiteEdition, ...]:
        """The editions that everybody may find."""
        return tuple(edition for edition in self.editions if edition.is_listed)

    def lists(self, slug: str) -> bool:
        """Whether everybody may find an item here: an edition for the public has it."""
        return any(slug in edition.items for edition in self.listed)


@dataclass(frozen=True, slots=True)
class SiteItem:
    """An item that was in a sent issue; of its pictures only those that the archive may show.

    `is_listed`: it is for the public and an edition for the public has had it, so it stands in lists, feeds
    and the site map; else only those who have its address find it. `published_at`: when the first such
    edition was due, or the first of any when none is. `issues` are the ids of those it was in, newest first.
    `card` is the path below base_url of its picture for link cards, 1200×630 px. `kits`: the municipalities
    that it has a spread kit for, "" for the whole area.
    """

    item: Item
    published_at: datetime
    is_listed: bool
    issues: tuple[str, ...]
    card: str
    kits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item of a sent issue that cannot be shown: `withdrawn`, or else its file cannot be read."""

    slug: str
    withdrawn: bool
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """Everything in the archive, newest first; `title_card` is the link card of pages that are no item.

    `gone`: items whose pages say that they are not here. `removed`: paths below base_url of pictures that
    letters showed and that nobody may show any more.
    """

    settings: Settings
    workspace: Workspace
    issues: tuple[SiteIssue, ...]
    items: tuple[SiteItem, ...]
    title_card: str
    gone: tuple[GoneItem, ...] = ()
    removed: frozenset[str] = frozenset()
