"""The sky: its colours, sun and moon, clouds, stars and birds."""

import math
from collections.abc import Sequence
from itertools import pairwise

from pictures.canvas import WIDTH, Sheet
from pictures.colour import mix
from pictures.lines import TURN, Knot, arc, knots, slab, tapered


def evening(sheet: Sheet, *colours: str, until: float) -> None:
    """Let the sky change evenly through the colours, from the top down to the horizon."""
    step = until / (len(colours) - 1)
    for index, (above, below) in enumerate(pairwise(colours)):
        sheet.blend(slab(0, index * step, WIDTH, step + 1), above, below, (index * step, index * step + step))


def sunrise(sheet: Sheet, x: float, y: float, *colours: str, radius: float = 40) -> None:
    """Fill the sky with rings of light around the sun, the first colour innermost, and draw its disc."""
    rings, start = 26, radius * 1.6
    for ring in range(rings, 0, -1):
        place = (ring / rings) ** 0.8 * (len(colours) - 1)
        index = min(len(colours) - 2, int(place))
        size = start + (1150 - start) * (ring / rings) ** 1.35
        sheet.oval(x, y, size * 1.18, size, mix(colours[index], colours[index + 1], place - index))
    for size, pale in ((radius * 1.45, 0.3), (radius, 0.72)):
        sheet.oval(x, y, size, size, mix(colours[0], "#ffffff", pale))


def clouds(sheet: Sheet, places: str, colour: str) -> None:
    """Draw low clouds (x, y, width): long rounded bars, shifted against each other."""
    for x, y, width in knots(places):
        half = width * 0.027
        for left, top, right in knots("0.12,0,0.74 0,2,0.86 0.3,4,1", x, y):
            start, end, row = x + (left - x) * width + half, x + right * width - half, y + (top - y) * half
            bar = arc((start, row), half, half, TURN / 4, TURN * 3 / 4)
            sheet.shape([*bar, *arc((end, row), half, half, -TURN / 4, TURN / 4)], colour, 0.75)


def birds(sheet: Sheet, places: Sequence[Knot], colour: str) -> None:
    """Draw far-off birds: x, y and wing span."""
    for x, y, span in places:
        for wing in ("-0.5,-0.12,0.04 -0.22,-0.2,0.08 0,0,0.12", "0.5,-0.18,0.04 0.2,-0.22,0.08 0,0,0.12"):
            sheet.ribbon(tapered(wing, x, y, span), colour)


def stars(sheet: Sheet, bottom: float, count: int) -> None:
    """Scatter faint stars, fewer and paler towards the horizon."""
    for _ in range(count):
        y, x = bottom * sheet.chance.random() ** 1.5, sheet.chance.uniform(0, WIDTH)
        size = sheet.chance.uniform(0.7, 1.7)
        sheet.oval(x, y, size, size, "#fdf6e3", 0.85 - 0.6 * y / bottom)


def crescent(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Draw a waxing moon: a disc less a smaller one beside it."""
    turn, small, gap = -0.588, radius * 0.81, radius * 0.45
    wide = math.acos((gap**2 + radius**2 - small**2) / (2 * gap * radius))
    bite = math.acos((radius * math.cos(wide) - gap) / small)
    rim = arc((x, y), radius, radius, turn + wide, turn + TURN - wide)
    middle = (x + gap * math.cos(turn), y + gap * math.sin(turn))
    sheet.shape([*rim, *arc(middle, small, small, turn - bite, turn + bite - TURN)], "#fbf3df")
