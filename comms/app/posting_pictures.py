"""The pictures of a post and of its card as they will go out: what is frozen at approval is what is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from comms.app.link_cards import card_of, card_path, drawn, source
from comms.content.files import sha256
from comms.content.fitting import Fitted, fitted
from comms.errors import ContentError, Text, say
from comms.model.item import Fit, Item, Picture
from comms.model.network import CENTRE, Media, PictureRule, PostText
from comms.render.post import sealed
from comms.text.consents import Pictures, why_not
from comms.text.networks import network_of

if TYPE_CHECKING:
    from comms.app.house import House

Blobs = dict[str, tuple[str, bytes]]
"""Hash of a picture's bytes -> its media type and the bytes."""


@dataclass(frozen=True, slots=True)
class Illustrated:
    """A post with its pictures as they will go out. `changes`: by a blob's hash what was done to it."""

    post: PostText
    blobs: Blobs
    changes: dict[str, tuple[Text, ...]]


def illustrated(house: House, item: Item, post: PostText, day: date) -> Illustrated:
    """Make a post's pictures into what its network takes, and draw its card when the network draws none.

    `day` is when it goes out, here: a card shows no picture whose consent does not hold then. Raises
    `ContentError` for a picture that cannot be read or made light enough.
    """
    network = network_of(house.settings.channels[post.channel])
    shown = {picture.path: picture for picture in item.pictures}
    made = [_fitted(house, shown[media.path], network.picture) for media in post.media]
    media = tuple(
        _as_made(each, one, shown[each.path].focal) for each, one in zip(post.media, made, strict=True)
    )
    card = post.card
    if card is not None and network.thumb is not None:
        path, drawing = _card(house, item, post.channel, day)
        made.append(fitted(drawing, path, network.thumb))
        card = replace(card, picture=_as_made(Media(path, "", card.title, ""), made[-1], CENTRE))
    return Illustrated(
        sealed(replace(post, media=media, card=card)),
        {sha256(one.content): (one.media_type, one.content) for one in made},
        {sha256(one.content): one.changes for one in made if one.changes},
    )


def _as_made(media: Media, made: Fitted, focal: tuple[float, float]) -> Media:
    return replace(
        media,
        sha256=sha256(made.content),
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        focal=focal,
        crop=made.crop,
        padded=made.padded,
    )


def _fitted(house: House, picture: Picture, rule: PictureRule) -> Fitted:
    return _read_and_fitted(house.root / picture.path, picture.sha256, rule, picture.focal, picture.fit)


@lru_cache(maxsize=64)
def _read_and_fitted(
    path: Path, digest: str, rule: PictureRule, focal: tuple[float, float], fit: Fit
) -> Fitted:
    """A picture as a network takes it; kept, since a plan is shown more often than pictures change."""
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if sha256(content) != digest:
        message = say("Bilden ”{name}” har bytts sedan nyheten lästes. Kör kommandot igen.", name=path.name)
        raise ContentError(message)
    return fitted(content, path.name, rule, focal=focal, fit=fit)


def _card(house: House, item: Item, channel: str, day: date) -> tuple[str, bytes]:
    """The item's link card, as the archive draws it, with the first picture that the channel may show.

    Its path on the web, and its bytes. One whose picture cannot be read goes without, as there.
    """
    workspace = house.workspace
    told = Pictures.of((*workspace.items.values(), *workspace.broken.values()))
    allowed = (one for one in item.pictures if why_not(item, one, channel, day, told) is None)
    card = card_of(house, replace(item, pictures=tuple(allowed)))
    content = source(house, card.picture) if card.picture else None
    if content is not None:
        try:
            return card_path(card, house.settings.brand), drawn(house, card, content)
        except ContentError:
            pass
    plain = replace(card, picture=None)
    return card_path(plain, house.settings.brand), drawn(house, plain, None)
