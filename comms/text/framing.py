"""Which part of a picture is shown where only some shapes are taken: arithmetic on sizes, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from comms.model.item import Fit
from comms.model.network import Crop, PictureRule

_MOST_SIDE, _MOST_PIXELS = 65_500, 40_000_000
"""What a picture has at most where a network says nothing: a JPEG's longest side, and what comms reads."""

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """How a picture stands in a shape that a network takes, in px of the original as turned upright.

    `start` and `part`: where the part that is shown begins (left, top) and its size. `canvas`: what it is
    laid in the middle of, larger when edges are added. `of`: the size of the whole.
    """

    start: Size
    part: Size
    canvas: Size
    of: Size

    @property
    def crop(self) -> Crop | None:
        """The part that is shown as shares of the whole; None when it is the whole."""
        if self.part == self.of:
            return None
        (left, top), (width, height), (whole, high) = self.start, self.part, self.of
        return Crop(left / whole, top / high, width / whole, height / high)

    @property
    def is_padded(self) -> bool:
        """Whether edges are added."""
        return self.canvas != self.part


def framed(size: Size, rule: PictureRule, focal: Point, fit: Fit) -> Frame:
    """The frame of a picture of a size in px: cropped around `focal` or padded, by the least that will do."""
    width, height = size
    if fit is Fit.PAD:
        wide = max(width, math.ceil(height * rule.narrowest))
        high = max(height, math.ceil(width / rule.widest) if rule.widest else 0)
        return Frame((0, 0), size, (wide, high), size)
    wide = max(1, min(width, math.floor(height * rule.widest))) if rule.widest else width
    high = max(1, min(height, math.floor(width / rule.narrowest))) if rule.narrowest else height
    start = (_start(focal[0], width, wide), _start(focal[1], height, high))
    return Frame(start, (wide, high), (wide, high), size)


def sized(canvas: Size, rule: PictureRule, share: float = 1) -> Size:
    """The size in px that a canvas goes out in: within the rule, at most `share` as large, never larger."""
    width, height = canvas
    pixels = rule.max_pixels or _MOST_PIXELS
    side = (rule.max_side or _MOST_SIDE) / max(canvas)
    scale = min(share, side * share, math.sqrt(pixels / (width * height)))
    small = _rounded(width * scale), _rounded(height * scale)
    if small[0] * small[1] > pixels:
        small = max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
    return _in_shape(small, rule)


def _in_shape(size: Size, rule: PictureRule) -> Size:
    """A size that rounding may have taken out of shape, by a pixel, in shape again."""
    width, height = size
    if rule.widest and width > height * rule.widest:
        return max(1, math.floor(height * rule.widest)), height
    if rule.narrowest and width < height * rule.narrowest:
        return width, max(1, math.floor(width / rule.narrowest))
    return size


def _rounded(side: float) -> int:
    return max(1, round(side))


def _start(at: float, whole: int, part: int) -> int:
    """Where a part begins so that a point is in its middle, or as near as the whole's edges let it."""
    return int(_held(math.floor(at * whole - part / 2 + 0.5), whole - part))


def _held(value: float, most: float) -> float:
    return min(max(value, 0), most)
