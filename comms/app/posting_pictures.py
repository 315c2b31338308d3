"""The pictures of a post and of its card as they will go out: what is frozen at approval is what is sent."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from comms.app.link_cards import card_of, card_path, drawn_or_plain, source
from comms.content.files import sha256
from comms.content.fitting import Fitted, fitted
from comms.errors import ContentError, Text, say
from comms.model.item import Item, Picture
from comms.model.network import CENTRE, Media, PictureRule, PostText
from comms.render.post import sealed
from comms.text.consents import Pictures, why_not
from comms.text.framing import framed, sized
from comms.text.networks import network_of

if TYPE_CHECKING:
    from comms.app.house import House

Blobs = dict[str, tuple[str, bytes]]
"""Hash of a picture's bytes -> its media type and the bytes."""

_MOST_KEPT = 32_000_000
"""Bytes of made pictures that are kept, the latest used: `comms run` goes on for weeks."""


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
    made = [for_network(house, shown[media.path], network.picture) for media in post.media]
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


def for_network(house: House, picture: Picture, rule: PictureRule) -> Fitted:
    """A picture as a network takes it; made once for all networks that take the same of it.

    Most rules differ in limits that a picture does not reach: what decides is which part is shown, in what
    size and which formats, and the weight only when it is too much. Raises `ContentError`.
    """
    content = _content(house, picture)
    name, focal, fit = picture.path.rpartition("/")[2], picture.focal, picture.fit
    frame = framed((picture.width, picture.height), rule, focal, fit)
    key = (picture.sha256, rule.media_types, frame, sized(frame.canvas, rule))
    weightless = replace(rule, max_bytes=0)
    made = _KEPT.get(key, lambda: fitted(content, name, weightless, focal=focal, fit=fit))
    if not rule.max_bytes or len(made.content) <= rule.max_bytes:
        return made
    return _KEPT.get((*key, rule.max_bytes), lambda: fitted(content, name, rule, focal=focal, fit=fit))


def _content(house: House, picture: Picture) -> bytes:
    content = source(house, picture)
    if content is None:
        name = picture.path.rpartition("/")[2]
        message = say("Bilden ”{name}” har bytts sedan nyheten lästes. Kör kommandot igen.", name=name)
        raise ContentError(message)
    return content


class Kept:
    """Pictures as made, at most so many bytes of them: a plan is shown more often than pictures change."""

    def __init__(self, most: int) -> None:
        """`most` is in bytes; nothing is kept yet."""
        self.size = 0
        self._most = most
        self._made: OrderedDict[Hashable, Fitted] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Fitted]) -> Fitted:
        """The picture of a key, made if it is not there; those that were used longest ago make room."""
        with self._lock:
            made = self._made.pop(key, None)
            if made is None:
                made = make()
                self.size += len(made.content)
            self._made[key] = made
            while self.size > self._most:
                self.size -= len(self._made.popitem(last=False)[1].content)
            return made


_KEPT = Kept(_MOST_KEPT)


def _card(house: House, item: Item, channel: str, day: date) -> tuple[str, bytes]:
    """The item's link card, as the archive draws it, with the first picture that the channel may show.

    Its path on the web, and its bytes. One whose picture cannot be read goes without, as there.
    """
    workspace = house.workspace
    told = Pictures.of((*workspace.items.values(), *workspace.broken.values()))
    allowed = (one for one in item.pictures if why_not(item, one, channel, day, told) is None)
    card, drawing = drawn_or_plain(house, card_of(house, replace(item, pictures=tuple(allowed))))
    return card_path(card, house.settings.brand), drawing
