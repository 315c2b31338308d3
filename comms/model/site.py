"""The archive: what has been sent, as pages that anybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from comms.model.item import Item
from comms.model.kit import Kit
from comms.model.settings import Settings
from comms.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SiteEdition:
    """An edition on the web: `path` below base_url; `withdrawn` when an item in it has been retracted."""

    audience: str
    municipality: str
    subject: str
    path: str
    items: tuple[str, ...]
    html: str
    withdrawn: bool = False


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


@dataclass(frozen=True, slots=True)
class SiteItem:
    """An item that was in a sent issue.

    `is_listed`: it is for the public, so it stands in lists, feeds and the site map; else only those who
    have its address find it. `issues` are the ids of those it was in, newest first. `card` is the path
    below base_url of its picture for link cards, 1200×630 px. `kits` by municipality, "" for the whole area.
    """

    item: Item
    published_at: datetime
    is_listed: bool
    issues: tuple[str, ...]
    card: str
    kits: Mapping[str, Kit]


@dataclass(frozen=True, slots=True)
class Site:
    """Everything in the archive, newest first; `title_card` is the link card of pages that are no item."""

    settings: Settings
    workspace: Workspace
    issues: tuple[SiteIssue, ...]
    items: tuple[SiteItem, ...]
    title_card: str
