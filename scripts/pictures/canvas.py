"""The paper. Everything is drawn three times too large and scaled down, so that every edge is smooth."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import cast

from PIL import Image, ImageChops, ImageColor, ImageDraw
from PIL.PngImagePlugin import PngInfo

from pictures.colour import PAPER, mix
from pictures.lines import Knot, Point, arc, curved, knots, points, ribbon, rows, slab, tapered

WIDTH, HEIGHT, SCALE = 1200, 800, 3
BANDS = 12  # steps of a gradient: few and visible, as in a screen print
RINGS = 9  # steps of a light that fades out
SQUASH = 0.95  # a reflection is a little lower than what it mirrors
MOST_BYTES = 118_000
MOST_COLOURS = (256, 200, 150, 110, 80, 64)  # tried in turn until the file is small enough

Pixel = tuple[int, int, int]
Box = tuple[int, int, int, int]


def _oval(text: str, x: float, y: float, size: float) -> list[Point]:
    cx, cy, rx, ry = (value * size for value in rows(text)[0])
    return arc((x + cx, y + cy), rx, ry)


def _box(text: str, x: float, y: float, size: float) -> list[Point]:
    left, top, width, height = (value * size for value in rows(text)[0])
    return slab(x + left, y + top, width, height)


OUTLINES: dict[str, Callable[[str, float, float, float], list[Point]]] = {
    "fill": points,
    "soft": curved,
    "line": lambda text, x, y, size: ribbon(knots(text, x, y, size)),
    "bow": lambda text, x, y, size: ribbon(tapered(text, x, y, size)),
    "oval": _oval,
    "box": _box,
}


class Sheet:
    """A picture being drawn: its paper, the side that the light comes from and its own chance."""

    def __init__(self, seed: int) -> None:
        """Take an empty sheet; the same seed gives the same trees. Light falls from the left (-1)."""
        self.chance = Random(seed)
        self.sunny = -1
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)

    def shape(self, corners: Sequence[Point], colour: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        if alpha >= 1:
            ImageDraw.Draw(self.image).polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=colour)
        elif found := _mask(corners, round(255 * alpha)):
            box, mask = found
            self.image.paste(colour, box, mask)

    def blend(self, corners: Sequence[Point], top: str, bottom: str, span: Point) -> None:
        """Fill a polygon with a colour that changes from the first to the second y of the span."""
        found = _mask(corners, 255)
        if found is None:
            return
        box, mask = found
        column = Image.new("RGB", (1, mask.height))
        for row in range(mask.height):
            share = min(1.0, max(0.0, ((row + box[1]) / SCALE - span[0]) / (span[1] - span[0])))
            tone = mix(top, bottom, round(share * BANDS) / BANDS)
            column.putpixel((0, row), ImageColor.getrgb(tone)[:3])
        self.image.paste(column.resize(mask.size), box, mask)

    def box(self, x: float, y: float, width: float, height: float, colour: str, alpha: float = 1.0) -> None:
        """Fill a rectangle."""
        self.shape(slab(x, y, width, height), colour, alpha)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: str, alpha: float = 1.0) -> None:
        """Fill an ellipse around its middle."""
        self.shape(arc((x, y), rx, ry), colour, alpha)

    def stroke(self, path: Sequence[Point], colour: str, width: float, alpha: float = 1.0) -> None:
        """Draw a line of one width."""
        self.ribbon([(x, y, width) for x, y in path], colour, alpha)

    def ribbon(self, path: Sequence[Knot], colour: str, alpha: float = 1.0) -> None:
        """Draw a line with widths: a trunk, a bough, a rail."""
        self.shape(ribbon(path), colour, alpha)

    def stamp(
        self, figures: Sequence[tuple[str, str, str]], x: float = 0.0, y: float = 0.0, size: float = 1.0
    ) -> None:
        """Draw rows of a kind (see OUTLINES), a colour (#rrggbb or #rrggbbaa) and figures split by ;."""
        for kind, colour, text in figures:
            alpha = int(colour[7:] or "ff", 16) / 255
            for part in text.split(";"):
                self.shape(OUTLINES[kind](part, x, y, size), colour[:7], alpha)

    def glow(
        self, x: float, y: float, radius: float, colour: str, strength: float, flat: float = 1.0
    ) -> None:
        """Let light fade out around a point; `flat` presses the round into an ellipse."""
        for ring in range(RINGS):
            reach = radius * (1 - ring / RINGS) ** 1.3
            self.oval(x, y, reach, reach * flat, colour, strength / RINGS * (1.2 + ring * 0.12))

    def haze(self, top: float, bottom: float, colour: str, strength: float) -> None:
        """Lay a bank of mist across the picture, thickest in its middle."""
        tall = round((bottom - top) * SCALE)
        column = Image.new("L", (1, tall))
        for row in range(tall):
            thick = math.sin(math.pi * row / tall) ** 1.5
            column.putpixel((0, row), round(255 * strength * round(thick * BANDS) / BANDS))
        self.image.paste(colour, (0, round(top * SCALE)), column.resize((WIDTH * SCALE, tall)))

    def mirror(self, shore: float, tint: str, share: float = 0.36) -> None:
        """Fill everything below the shore with what stands above it, upside down and tinted."""
        line, wide = round(shore * SCALE), WIDTH * SCALE
        deep = HEIGHT * SCALE - line
        above = self.image.crop((0, max(0, line - round(deep / SQUASH)), wide, line))
        above = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((wide, round(above.height * SQUASH)))
        water = Image.new("RGB", (wide, deep), tint)
        water.paste(Image.blend(above, Image.new("RGB", above.size, tint), share))
        row = 0
        while row < deep:  # break the picture into strips that slip sideways, more so nearer to us
            depth = row / SCALE
            tall = max(1, round((1.5 + depth / 22) * SCALE))
            slip = round(self.chance.uniform(-1, 1) * (0.6 + depth / 26) * SCALE)
            strip = ImageChops.offset(water.crop((0, row, wide, row + tall)), slip, 0)
            self.image.paste(strip, (0, line + row))
            row += tall

    def inset(self, view: "Sheet", x: float, y: float, width: float, height: float) -> None:
        """Show a part of another sheet in the same place on this one."""
        left, top, right, bottom = (round(v * SCALE) for v in (x, y, x + width, y + height))
        self.image.paste(view.image.crop((left, top, right, bottom)), (left, top))

    def save(self, path: Path) -> None:
        """Scale down and write an sRGB PNG below MOST_BYTES."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        info = PngInfo()
        info.add(b"sRGB", b"\x00")
        for colours in MOST_COLOURS:
            flat = small.quantize(palette=_palette(small, colours), dither=Image.Dither.NONE)
            flat.save(path, optimize=True, pnginfo=info)
            if path.stat().st_size <= MOST_BYTES:
                return


def _mask(corners: Sequence[Point], level: int) -> tuple[Box, Image.Image] | None:
    """Return the part of the sheet that a polygon covers, and the polygon in it; None if it is outside."""
    grown = [(x * SCALE, y * SCALE) for x, y in corners]
    left = max(0, math.floor(min(x for x, _ in grown)))
    top = max(0, math.floor(min(y for _, y in grown)))
    right = min(WIDTH * SCALE, math.ceil(max(x for x, _ in grown)) + 1)
    bottom = min(HEIGHT * SCALE, math.ceil(max(y for _, y in grown)) + 1)
    if left >= right or top >= bottom:
        return None
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in grown], fill=level)
    return (left, top, right, bottom), mask


def _palette(image: Image.Image, most: int) -> Image.Image:
    """Choose the picture's commonest colours that differ from each other, so that flat areas stay exact."""
    counted = sorted(cast("list[tuple[int, Pixel]]", image.getcolors(WIDTH * HEIGHT)), reverse=True)
    chosen: list[Pixel] = []
    for _, colour in counted[:20000]:
        if len(chosen) == most:
            break
        apart = 3 if len(chosen) < most // 2 else 14 if len(chosen) < most - 36 else 54
        if all(sum(abs(a - b) for a, b in zip(colour, other, strict=True)) > apart for other in chosen):
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in chosen for value in colour])
    return palette
