"""An item's link card: what stands on it, where it lies, and its drawing; for the archive and posts alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from comms.content.cards import link_card
from comms.content.files import sha256
from comms.errors import ContentError
from comms.model.item import Item, Picture
from comms.model.settings import Brand
from comms.model.site import Site
from comms.render.site_parts import accent_of, label_of, name_of
from comms.render.wording import listed
from comms.text.media import STEM

if TYPE_CHECKING:
    from comms.app.house import House


@dataclass(frozen=True)
class CardFace:
    """What stands on a link card, and so in its name: the same card has the same path."""

    title: str
    label: str
    place: str
    accent: str
    picture: Picture | None


def card_of(house: House, item: Item) -> CardFace:
    """What stands on an item's link card; its picture is the item's first."""
    settings, workspace = house.settings, house.workspace
    site = Site(settings, workspace, (), (), "")
    names = [name_of(site, slug) for slug in item.municipalities]
    areas, brand = workspace.strategy.focus_areas, settings.brand
    number = accent_of(site, item).removeprefix("focus-")
    accent = brand.focus.get(list(areas)[int(number) - 1], brand.heading) if number else brand.heading
    return CardFace(item.title, label_of(item), listed(names), accent, next(iter(item.pictures), None))


def card_path(card: CardFace, brand: Brand) -> str:
    """A link card's path below base_url: named by all that it shows, so that it is drawn once."""
    shown = (
        card.title, card.label, card.place, card.accent, card.picture.sha256 if card.picture else "",
        brand.wordmark, brand.ground, brand.heading, brand.ink,
    )  # fmt: skip
    digest = hashlib.sha256(repr(shown).encode()).hexdigest()
    return f"media/kort-{digest[:STEM]}.{'jpg' if card.picture else 'png'}"


def source(house: House, picture: Picture) -> bytes | None:
    """A picture's bytes as they lie in content, None when they are not what was loaded."""
    try:
        content = (house.root / picture.path).read_bytes()
    except OSError:
        return None
    return content if sha256(content) == picture.sha256 else None


def drawn_or_plain(house: House, card: CardFace) -> tuple[CardFace, bytes]:
    """A link card in the organisation's looks; one whose picture cannot be used is drawn without it.

    Gives what stands on it in the end, and its bytes: JPEG with a picture, PNG without.
    """
    content = source(house, card.picture) if card.picture else None
    if content is not None:
        try:
            return card, _drawn(house, card, content)
        except ContentError:
            pass
    plain = replace(card, picture=None)
    return plain, _drawn(house, plain, None)


def _drawn(house: House, card: CardFace, picture: bytes | None) -> bytes:
    brand = house.settings.brand
    return link_card(
        title=card.title,
        label=card.label,
        place=card.place,
        brand=brand,
        accent=card.accent,
        picture=picture,
        wordmark=brand.wordmark or house.settings.name,
    )
