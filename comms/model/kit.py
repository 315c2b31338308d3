"""The spread kit: all that a municipality needs to pass one item on in its own channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from comms.errors import Text
from comms.model.document import Document
from comms.model.item import Event


@dataclass(frozen=True, slots=True)
class KitPost:
    """A post in the municipality's voice for one network: `length` in its own way of counting."""

    network: str
    name: str
    text: str
    length: int
    limit: int


@dataclass(frozen=True, slots=True)
class KitPicture:
    """A picture that may be passed on. `path` from the workspace's root; `file` its name in the kit.

    `media_path` is where its prepared file lies below base_url, width and height are that file's in px.
    `terms` says what the consent and the photographer's name ask of those who use it.
    """

    path: str
    sha256: str
    file: str
    media_path: str
    alt: str
    caption: str
    photographer: str
    terms: Text
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Kit:
    """One item for one municipality ("" for the whole area) to pass on; every address is absolute.

    `short` is a few sentences for a list or a front page, `long` the whole story for a page of its own.
    `left_out` says of each picture that may not be passed on why not. `calendar` is an iCalendar file,
    "" without an event; `qr_svg` and `qr_png` lead to `url`, where the item can be read. `facts` by their
    names as they are shown (När, Sista dag …); `focus` names the item's focus areas by slug.
    """

    slug: str
    municipality: str
    place: str
    language: str
    title: str
    label: str
    short: str
    long: Document
    url: str
    more_url: str
    kit_url: str
    published_at: datetime
    event: Event | None
    calendar: str
    posts: tuple[KitPost, ...]
    pictures: tuple[KitPicture, ...]
    left_out: tuple[Text, ...]
    qr_svg: str
    qr_png: bytes
    eu_statement: str
    facts: Mapping[str, str]
    focus: tuple[str, ...] = ()
