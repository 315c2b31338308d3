"""Pictures of a post as its network lays them out, and the part of each that is seen.

Networks change their grids at will and seldom write them down. Mastodon's and Bluesky's are read in their
sources (mastodon/mastodon `media_gallery.jsx`, bluesky-social/social-app `ImageLayoutGrid.tsx`); those of
Facebook, LinkedIn, Instagram and Threads are our drawing, and established by no page of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from comms.errors import Text, say
from comms.model.network import CENTRE, Crop, Media, Network

_WHOLE = Crop(0, 0, 1, 1)
_SAME = 0.005
"""A share smaller than this is nothing that anybody sees."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the post: `seen` is the part of the original that is seen in the flow, None if all is.

    `tile`: the part of the sent picture that its place in the grid shows, None if all.
    """

    number: int
    media: Media
    tile: Crop | None = None

    @property
    def sent_crop(self) -> Crop | None:
        """What is left of the original in what is sent, None if all."""
        return None if self.media.padded else _told(self.media.crop)

    @property
    def seen(self) -> Crop | None:
        """What of the original is seen in the flow."""
        outer, inner = self.sent_crop or _WHOLE, self.tile or _WHOLE
        return _told(
            Crop(
                outer.left + inner.left * outer.width,
                outer.top + inner.top * outer.height,
                inner.width * outer.width,
                inner.height * outer.height,
            )
        )

    @property
    def has_focal(self) -> bool:
        """Whether somebody said what matters most in the picture."""
        return self.media.focal != CENTRE

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What is done with the picture, in sentences."""
        return tuple(self._remarks())

    def _remarks(self) -> Iterator[Text]:
        if self.media.padded:
            yield say("Bilden får kanter, så att hela syns.")
        if self.sent_crop:
            yield say("Bilden beskärs: {share}.", share=_share(self.sent_crop))
        if self.tile:
            yield say(
                "I flödet syns {share}. Hela bilden visas när någon öppnar den.", share=_part(self.tile)
            )
        if not (self.media.padded or self.sent_crop or self.tile):
            yield say("Hela bilden visas.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies in its gallery, as shares of it; `aspect` is width through height."""

    shot: Shot
    left: float
    top: float
    width: float
    height: float
    aspect: float


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures as the network lays them out: a box of some shape, or a `row` to swipe; `more` are hidden."""

    places: tuple[Place, ...]
    aspect: float
    row: bool = False
    more: int = 0


_Rectangle = tuple[float, float, float, float]

_ONE: tuple[_Rectangle, ...] = ((0, 0, 1, 1),)
_TWO: tuple[_Rectangle, ...] = ((0, 0, 1 / 2, 1), (1 / 2, 0, 1 / 2, 1))
_HALF_AND_TWO: tuple[_Rectangle, ...] = (
    (0, 0, 1 / 2, 1),
    (1 / 2, 0, 1 / 2, 1 / 2),
    (1 / 2, 1 / 2, 1 / 2, 1 / 2),
)
_LARGE_AND_TWO: tuple[_Rectangle, ...] = (
    (0, 0, 2 / 3, 1),
    (2 / 3, 0, 1 / 3, 1 / 2),
    (2 / 3, 1 / 2, 1 / 3, 1 / 2),
)
_LARGE_AND_THREE: tuple[_Rectangle, ...] = (
    (0, 0, 2 / 3, 1),
    *((2 / 3, n / 3, 1 / 3, 1 / 3) for n in range(3)),
)
_WIDE_AND_TWO: tuple[_Rectangle, ...] = (
    (0, 0, 1, 1 / 2),
    (0, 1 / 2, 1 / 2, 1 / 2),
    (1 / 2, 1 / 2, 1 / 2, 1 / 2),
)
_WIDE_AND_THREE: tuple[_Rectangle, ...] = (
    (0, 0, 1, 2 / 3),
    *((n / 3, 2 / 3, 1 / 3, 1 / 3) for n in range(3)),
)
_FOUR: tuple[_Rectangle, ...] = tuple((x / 2, y / 2, 1 / 2, 1 / 2) for y in range(2) for x in range(2))
_TWO_AND_THREE: tuple[_Rectangle, ...] = (
    *((n / 2, 0, 1 / 2, 3 / 5) for n in range(2)),
    *((n / 3, 3 / 5, 1 / 3, 2 / 5) for n in range(3)),
)

_GRIDS: Mapping[str, Mapping[int, tuple[float, tuple[_Rectangle, ...]]]] = {
    "mastodon": {2: (3 / 2, _TWO), 3: (3 / 2, _HALF_AND_TWO), 4: (3 / 2, _FOUR)},
    "bluesky": {2: (2, _TWO), 3: (3 / 2, _LARGE_AND_TWO), 4: (1, _FOUR)},
    "facebook": {
        2: (2, _TWO),
        3: (1, _WIDE_AND_TWO),
        4: (1, _WIDE_AND_THREE),
        5: (6 / 5, _TWO_AND_THREE),
    },
    "linkedin": {
        2: (2, _TWO),
        3: (3 / 2, _LARGE_AND_TWO),
        4: (3 / 2, _LARGE_AND_THREE),
        5: (6 / 5, _TWO_AND_THREE),
    },
}
"""By network and number of pictures: the shape of the box, and where in it each lies; one is shown whole.

Our drawing of 2026-11-26. Mastodon's and Bluesky's are after their sources; Facebook's and LinkedIn's are not
established, and neither are the rows below.
"""

_ROWS = frozenset({"instagram", "threads"})
"""Networks that show several pictures in a row to swipe."""

_UNKNOWN = 3 / 2
"""The shape of a picture that nobody has measured yet."""


def _shape(media: Media) -> float:
    return media.width / media.height if media.width and media.height else _UNKNOWN


def gallery(pictures: tuple[Media, ...], network: Network) -> Gallery:
    """Lay out the pictures of a post; there is at least one."""
    shots = tuple(Shot(number, media) for number, media in enumerate(pictures, start=1))
    first = _shape(shots[0].media)
    if network.slug in _ROWS and len(shots) > 1:
        # Instagram gives all the shape of the first, Threads lets each have its own.
        shapes = [first if network.slug == "instagram" else _shape(shot.media) for shot in shots]
        places = (_place(shot, _ONE[0], shape, network) for shot, shape in zip(shots, shapes, strict=True))
        return Gallery(tuple(places), first, row=True)
    grids = _GRIDS.get(network.slug, {})
    aspect, rectangles = grids.get(min(len(shots), max(grids, default=1)), (first, _ONE))
    places = (_place(shot, one, aspect, network) for shot, one in zip(shots, rectangles, strict=False))
    return Gallery(tuple(places), aspect, more=max(0, len(shots) - len(rectangles)))


def _place(shot: Shot, rectangle: _Rectangle, aspect: float, network: Network) -> Place:
    left, top, width, height = rectangle
    shape = aspect * width / height
    measured = bool(shot.media.width and shot.media.height)
    tile = _told(_tile(shot.media, shape, network)) if measured else None
    return Place(replace(shot, tile=tile), left, top, width, height, shape)


def _tile(media: Media, shape: float, network: Network) -> Crop:
    """The part of a picture that fills a place: at the focal point on Mastodon, else in the middle."""
    x, y = focal_in(media) if network.slug == "mastodon" else CENTRE
    width, height = min(1, shape / _shape(media)), min(1, _shape(media) / shape)
    return Crop(x * (1 - width), y * (1 - height), width, height)


def focal_in(media: Media) -> tuple[float, float]:
    """The focal point as shares of what is sent: the original's, moved into its crop."""
    if media.crop is None:
        return media.focal
    crop, (x, y) = media.crop, media.focal
    return _share_of(x - crop.left, crop.width), _share_of(y - crop.top, crop.height)


def _share_of(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole else CENTRE[0]


def _told(crop: Crop | None) -> Crop | None:
    """The crop, None when it takes away nothing that anybody would miss."""
    return None if crop is None or min(crop.width, crop.height) > 1 - _SAME else crop


def _percent(share: float) -> int:
    return round(share * 100)


def _share(crop: Crop) -> Text:
    """How much is left, in words."""
    if crop.height > 1 - _SAME:
        return say("{percent} procent av bredden är kvar", percent=_percent(crop.width))
    if crop.width > 1 - _SAME:
        return say("{percent} procent av höjden är kvar", percent=_percent(crop.height))
    return say("{percent} procent av ytan är kvar", percent=_percent(crop.width * crop.height))


def _part(crop: Crop) -> Text:
    if crop.height > 1 - _SAME:
        return say("{percent} procent av bredden", percent=_percent(crop.width))
    if crop.width > 1 - _SAME:
        return say("{percent} procent av höjden", percent=_percent(crop.height))
    return say("{percent} procent av ytan", percent=_percent(crop.width * crop.height))
