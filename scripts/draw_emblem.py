"""Draw the EU emblem for letters: templates/assets/eu-emblem.png, 3:2, at twice the size it is shown in.

Geometry and colours after the EU's graphics guide (Interinstitutional style guide, annex A1): a rectangle
whose width is one and a half times its height; twelve five-pointed stars, one point straight up, their
centres on a circle of a third of the height, placed as the hours on a clock; each star inside a circle of
an eighteenth of the height.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

BLUE = "#003399"
GOLD = "#FFCC00"
SHOWN_WIDTH, SHOWN_HEIGHT = 120, 80
OUT = Path(__file__).resolve().parent.parent / "templates" / "assets" / "eu-emblem.png"

_SCALE = 2
_SMOOTHING = 8
_INNER = math.sin(math.radians(18)) / math.sin(math.radians(54))
"""A five-pointed star's inner corners: how far from the centre, as part of its outer radius."""


def star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """The ten corners of a star that stands on two points."""
    corners = []
    for corner in range(10):
        reach = radius * (_INNER if corner % 2 else 1)
        angle = math.radians(36 * corner)
        corners.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return corners


def emblem(width: int, height: int) -> Image.Image:
    """The emblem in the given size, drawn larger and made smaller so that its edges are smooth."""
    big_width, big_height = width * _SMOOTHING, height * _SMOOTHING
    image = Image.new("RGB", (big_width, big_height), BLUE)
    draw = ImageDraw.Draw(image)
    for hour in range(12):
        angle = math.radians(30 * hour)
        x = big_width / 2 + big_height / 3 * math.sin(angle)
        y = big_height / 2 - big_height / 3 * math.cos(angle)
        draw.polygon(star(x, y, big_height / 18), fill=GOLD)
    return image.resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    emblem(SHOWN_WIDTH * _SCALE, SHOWN_HEIGHT * _SCALE).save(OUT, optimize=True)
    print(f"{OUT.name}: {SHOWN_WIDTH * _SCALE} × {SHOWN_HEIGHT * _SCALE}")
