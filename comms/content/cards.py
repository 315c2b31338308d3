"""Link cards: the picture that a social network shows with a link, in the newsletters' own looks.

1200 × 630 px serves Facebook, LinkedIn, Mastodon, Threads and Bluesky (Open Graph, https://ogp.me). The
letter's landscape stands at the foot, above it the wordmark with its seven leaves, the title and what it
is; the right part is the item's picture when it has one. Text never lies on a picture. The typeface is
Liberation Sans Bold, which has the measures of the letters' Arial: fonts/OFL.txt.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, cycle
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from comms.content.pictures import prepared
from comms.model.settings import Brand
from comms.text.colours import MIN_CONTRAST, contrast

SIZE = (1200, 630)
"""A card's width and height in px."""

LINES = 4
"""How many lines a title has at most."""

_FONT = Path(__file__).resolve().parent / "fonts" / "LiberationSans-Bold.ttf"

_MARGIN = 72
_BAND = 14
_TEXT_X = _MARGIN + _BAND + 26
_PICTURE_WIDTH = 520
_TOP, _BOTTOM = 56, 434
"""Between these the title stands, with what it is above it."""

_TITLE_SIZES = (92, 84, 76, 70, 64, 58, 54, 50, 46, 42, 38)
_LABEL_SIZES = (32, 30, 28, 26)
_MARK_SIZES = (34, 32, 30, 28, 26, 24, 22, 20)
_LEADING = 1.16
_GAP = 18

_LEAF_HEIGHTS = (24, 30, 36, 42, 36, 30, 24)
_LEAF_WIDTH, _LEAF_GAP = 18, 6
_MARK_FOOT = 506
"""Where leaves and wordmark stand: the templates' wordmark, at twice its size."""

_NEAR = (
    7,
    9,
    12,
    15,
    18,
    20,
    21,
    20,
    18,
    15,
    12,
    9,
    7,
    6,
    6,
    7,
    9,
    12,
    16,
    20,
    24,
    27,
    29,
    29,
    27,
    24,
    20,
    16,
)
_MIDDLE = (
    26,
    29,
    31,
    32,
    32,
    31,
    29,
    26,
    23,
    21,
    20,
    20,
    22,
    25,
    28,
    31,
    34,
    36,
    37,
    37,
    36,
    34,
    32,
    31,
    31,
    33,
    35,
    37,
)
_FAR = (
    36,
    36,
    37,
    39,
    42,
    45,
    48,
    50,
    51,
    50,
    48,
    45,
    42,
    40,
    39,
    40,
    42,
    44,
    45,
    45,
    44,
    42,
    41,
    42,
    45,
    49,
    53,
    56,
)
_RIDGES = ((_FAR, 0.22), (_MIDDLE, 0.5), (_NEAR, 1.0))
"""From the farthest to the nearest, with how much each has of the mast's colour; the rest is the ground's."""

_FOOT, _RISE = 18, 1.25
"""The templates' landscape: heights of its ridges, on a foot in px and so many times as high."""

_SMOOTHING = 4
_QUALITY = 88

_BLANKS = re.compile("[ \t\r\n\u2028\u2029]+")
_JOINT = re.compile("-|(?<=[bcdfghjklmnpqrtvxz])s(?=[bcdfghjklmnpqrvw])")
"""What ends a part of a long Swedish word: a hyphen, or most often the s of utvecklings|program."""

_PART = 4
"""The fewest letters on either side of where a word is parted."""

_ELLIPSIS = " …"
_MOST = 600
"""Signs of a title that are looked at: four lines of the smallest size hold fewer."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Text as it will stand: its lines and their size in px."""

    texts: tuple[str, ...]
    size: int

    @property
    def leading(self) -> int:
        """From one line to the next, in px."""
        return round(self.size * _LEADING)

    @property
    def height(self) -> int:
        """All lines together, in px."""
        return self.leading * len(self.texts)


def link_card(
    *,
    title: str,
    label: str,
    place: str,
    brand: Brand,
    accent: str,
    picture: bytes | None,
    wordmark: str,
) -> bytes:
    """Draw a card: PNG, or JPEG when it has a picture. The same values give the same bytes.

    `label` says what the title is (an invitation, a newsletter), `place` of where; both may be "". `accent`
    is #rrggbb. `picture` is a JPEG or PNG as it lies in content, cut to fit around its middle. Text that
    would not be readable in its colour (4.5:1, WCAG 2.1, 1.4.3) gets another. Raises `ContentError` for a
    picture that cannot be used.
    """
    card = Image.new("RGB", SIZE, brand.ground)
    right = SIZE[0] - _MARGIN
    if picture is not None:
        right = SIZE[0] - _PICTURE_WIDTH - _MARGIN // 2
        card.paste(_cut(picture, title, brand.ground), (SIZE[0] - _PICTURE_WIDTH, 0))
    _landscape(card, brand)
    what = " · ".join(filter(None, (_drawable(label), _drawable(place))))
    _heading(card, _drawable(title[:_MOST]) or _drawable(wordmark), what, (brand, accent), right)
    _wordmark(card, _drawable(wordmark), brand, right)
    return _encoded(card, with_picture=picture is not None)


def _encoded(card: Image.Image, *, with_picture: bool) -> bytes:
    out = io.BytesIO()
    if with_picture:
        card.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True, progressive=True)
    else:
        card.save(out, "PNG", optimize=True)
    return out.getvalue()


def _cut(picture: bytes, name: str, ground: str) -> Image.Image:
    """The picture's middle in the card's right part; what is seen through shows the ground."""
    image = Image.open(io.BytesIO(prepared(picture, name)[1])).convert("RGBA")
    behind = Image.new("RGBA", image.size, ground)
    behind.alpha_composite(image)
    return ImageOps.fit(behind.convert("RGB"), (_PICTURE_WIDTH, SIZE[1]), Image.Resampling.LANCZOS)


def _heading(card: Image.Image, title: str, what: str, colours: tuple[Brand, str], right: int) -> None:
    """The title, what it is above it, and before both the band of a section in a letter."""
    brand, accent = colours
    width = right - _TEXT_X
    above = fitted(what, width, _LABEL_SIZES, lines=2) if what else Lines((), 0)
    taken = above.height + (_GAP if what else 0)
    told = fitted(title, width, _TITLE_SIZES, height=_BOTTOM - _TOP - taken)
    top = _TOP + (_BOTTOM - _TOP - taken - told.height) // 2
    _leaf(card, (_MARGIN, top, _BAND, taken + told.height), accent)
    draw = ImageDraw.Draw(card)
    _write(draw, above, (_TEXT_X, top), readable(brand.ground, accent, brand.heading, brand.ink))
    _write(draw, told, (_TEXT_X, top + taken), readable(brand.ground, brand.heading, brand.ink))


def _wordmark(card: Image.Image, name: str, brand: Brand, right: int) -> None:
    x = _MARGIN
    colours = cycle((brand.heading, *brand.focus.values()))
    for height, colour in zip(_LEAF_HEIGHTS, colours, strict=False):
        _leaf(card, (x, _MARK_FOOT - height, _LEAF_WIDTH, height), colour)
        x += _LEAF_WIDTH + _LEAF_GAP
    x += _LEAF_WIDTH // 2
    if name:
        made = fitted(name, right - x, _MARK_SIZES, lines=1)
        colour = readable(brand.ground, brand.heading, brand.ink)
        ImageDraw.Draw(card).text((x, _MARK_FOOT), made.texts[0], colour, _font(made.size), anchor="ls")


def _write(draw: ImageDraw.ImageDraw, text: Lines, place: tuple[int, int], colour: str) -> None:
    for number, line in enumerate(text.texts):
        middle = place[1] + number * text.leading + text.leading // 2
        draw.text((place[0], middle + text.size // 3), line, colour, _font(text.size), anchor="ls")


def readable(ground: str, *wishes: str) -> str:
    """The first of the wished colours that can be read on the ground, else black or white: one always can."""
    for colour in (*wishes, "#000000"):
        if contrast(colour, ground) >= MIN_CONTRAST:
            return colour
    return "#ffffff"


# Shapes


def _leaf(card: Image.Image, box: tuple[int, int, int, int], colour: str) -> None:
    """A leaf: two corners as round as its width, two sharp. `box`: x, y, width and height in px."""
    width, height = box[2] * _SMOOTHING, box[3] * _SMOOTHING
    round_ = min(width * 9 // 10, height // 2)
    quarter = [math.radians(degrees) for degrees in range(0, 91, 3)]
    first = [(round_ - round_ * math.cos(turn), round_ - round_ * math.sin(turn)) for turn in quarter]
    outline = [*first, (width, 0), *((width - x, height - y) for x, y in first), (0, height)]
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    card.paste(colour, box[:2], mask.resize(box[2:], Image.Resampling.LANCZOS))


def _landscape(card: Image.Image, brand: Brand) -> None:
    """Three ridges of forest at the card's foot, the farthest palest."""
    ground, mast = (Image.new("RGB", (1, 1), colour) for colour in (brand.ground, brand.mast))
    for heights, part in _RIDGES:
        width, height = SIZE[0] * _SMOOTHING, (_FOOT + round(max(_FAR) * _RISE) + 1) * _SMOOTHING
        mask = Image.new("L", (width, height), 0)
        ridge = [
            (x, height - _SMOOTHING * (_FOOT + _RISE * _height(heights, x / width)))
            for x in range(0, width + 1, 8)
        ]
        ImageDraw.Draw(mask).polygon([*ridge, (width, height), (0, height)], fill=255)
        small = mask.resize((SIZE[0], height // _SMOOTHING), Image.Resampling.LANCZOS)
        colour = Image.blend(ground, mast, part)
        card.paste(colour.resize(small.size), (0, SIZE[1] - small.height), small)


def _height(heights: tuple[int, ...], part: float) -> float:
    """The ridge's height at a part (0 to 1) of its length: a Catmull-Rom curve through its heights."""
    at = part * (len(heights) - 1)
    left = min(int(at), len(heights) - 2)
    t = at - left
    before, one, other, after = (
        heights[min(max(left + step, 0), len(heights) - 1)] for step in (-1, 0, 1, 2)
    )
    bend = (2 * before - 5 * one + 4 * other - after) * t * t + (
        3 * (one - other) + after - before
    ) * t * t * t
    return one + ((other - before) * t + bend) / 2


# Text


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface in a size in px; laid out by FreeType alone, which is the same on every machine."""
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


def _drawable(text: str) -> str:
    """Text as one line, without what the typeface has no picture of: emoji, controls, soft hyphens.

    A dash stays with the word before it.
    """
    whole = unicodedata.normalize("NFC", text).replace("\u2011", "-")
    kept = (sign for sign in _BLANKS.sub(" ", whole) if unicodedata.category(sign)[0] != "C" and _has(sign))
    return _BLANKS.sub(" ", "".join(kept)).strip(" ").replace(" – ", "\u00a0– ")


@lru_cache(maxsize=4096)
def _has(sign: str) -> bool:
    return bytes(_font(_MARK_SIZES[0]).getmask(sign)) != bytes(_font(_MARK_SIZES[0]).getmask("\uffff"))


def fitted(
    text: str, width: int, sizes: tuple[int, ...], *, lines: int = LINES, height: int = SIZE[1]
) -> Lines:
    """The text in the largest of the sizes (px, falling) in which it fits `width`, `height` and `lines`.

    When a word is too wide for every size it is parted, as seldom as can be, in a size of the smaller half.
    What fits nowhere stands in the least size and ends in an ellipsis after a whole word.
    """
    words = text.split(" ")
    parted = [(size, _all_parted(words, width, size)) for size in sizes[len(sizes) // 2 :]]
    fewest_first = sorted(parted, key=lambda tried: len(tried[1]))
    for size, parts in chain(((size, words) for size in sizes), fewest_first):
        wrapped = _wrapped(parts, width, size)
        if 0 < len(wrapped) <= lines and Lines(wrapped, size).height <= height:
            return Lines(_evened(parts, width, size, len(wrapped)), size)
    size, parts = parted[-1]
    return Lines(_shortened(_wrapped(parts, width, size), lines, width, size), size)


def _wrapped(words: list[str], width: int, size: int) -> tuple[str, ...]:
    """The words in lines of at most `width` px; nothing when one of them is wider than that."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, size) <= width:
            lines[-1] = longer
        elif _length(word, size) > width:
            return ()
        else:
            lines.append(word)
    return tuple(lines)


def _evened(words: list[str], width: int, size: int, count: int) -> tuple[str, ...]:
    """The words in `count` lines, as even as they go: least is the sum of the squares of what is left."""

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]]:
        tried: list[tuple[float, tuple[str, ...]]] = []
        for end in range(start + 1 if left > 1 else len(words), len(words) - left + 2):
            line = " ".join(words[start:end])
            room = width - _length(line, size)
            if room < 0:
                break
            cost, lines = best(end, left - 1) if left > 1 else (0, ())
            tried.append((cost + room**2, (line, *lines)))
        return min(tried, default=(math.inf, ()))

    return best(0, count)[1]


def _all_parted(words: list[str], width: int, size: int) -> list[str]:
    return [part for word in words for part in _parted(word, width, size)]


def _parted(word: str, width: int, size: int) -> list[str]:
    """A word that is wider than a line, in pieces with hyphens: at a hyphen or a joint if there is one."""
    pieces = []
    while _length(word, size) > width:
        most = (
            bisect_right(range(1, len(word)), 0, key=lambda end: _length(word[:end] + "-", size) > width) or 1
        )
        joints = [match.end() for match in _JOINT.finditer(word)]
        end = max((end for end in joints if _PART <= end <= min(most, len(word) - _PART)), default=most)
        pieces.append(word[:end].removesuffix("-") + "-")
        word = word[end:]
    return [*pieces, word]


def _shortened(lines: tuple[str, ...], count: int, width: int, size: int) -> tuple[str, ...]:
    """At most `count` lines; one that had more ends in an ellipsis after a whole word."""
    if len(lines) <= count:
        return lines
    words = lines[count - 1].split(" ")
    while words and _length(" ".join(words) + _ELLIPSIS, size) > width:
        words.pop()
    return (*lines[: count - 1], (" ".join(words).rstrip(" ,;:.-–") + _ELLIPSIS).strip(" "))


def _length(text: str, size: int) -> float:
    return _font(size).getlength(text)
