"""Hills, fields, roads, snow and water."""

import math
from collections.abc import Sequence

from pictures.canvas import HEIGHT, WIDTH, Sheet
from pictures.colour import mix
from pictures.lines import TURN, Knot, Point, curve, knots, narrowed, smooth
from pictures.trees import forest


def below(sheet: Sheet, crest: Sequence[Point], colour: str) -> None:
    """Fill everything below a crest with one colour."""
    sheet.shape([*crest, (WIDTH + 60, HEIGHT + 20), (-60, HEIGHT + 20)], colour)


def roll(sheet: Sheet, base: float, swing: float, bumps: int = 6) -> list[Point]:
    """Invent a soft crest across the whole picture."""
    xs = [-60 + i * 1320 / bumps for i in range(bumps + 1)]
    return curve([(x, base + sheet.chance.uniform(-swing, swing)) for x in xs])


def fields(sheet: Sheet, swing: float, *bands: tuple[float, str]) -> None:
    """Lay rolling bands of ground, each from its y down."""
    for base, colour in bands:
        below(sheet, roll(sheet, base, swing), colour)


def summit(sheet: Sheet, base: float, peaks: Sequence[Knot], rough: float = 4.0) -> list[Point]:
    """Draw a crest with named summits: x, height and width of each."""
    phase = sheet.chance.uniform(0, 6)
    line = []
    for x in range(-60, WIDTH + 61, 12):
        y = base - sum(h * math.exp(-(((x - px) / w) ** 2)) for px, h, w in peaks)
        line.append((float(x), y + rough * (math.sin(x / 83 + phase) + 0.5 * math.sin(x / 31 + 2 * phase))))
    return line


def ridges(sheet: Sheet, crests: str, far: str, near: str, foot: str, mist: str = "") -> None:
    """Draw ridges behind each other, split by ; and the farthest first; a hill is paler at its foot.

    A ridge is its base line and the least and greatest height of its trees (0,0 for a bare one), then its
    summits. Mist, if a colour for it is given, lies between the ridges.
    """
    lines = [knots(crest) for crest in crests.split(";")]
    for index, ((base, low, high), *peaks) in enumerate(lines):
        share = index / (len(lines) - 1)
        crest = summit(sheet, base, peaks, 3 + 2 * share)
        tone = mix(far, near, share**1.15)
        top = min(y for _, y in crest)
        ground = [*crest, (WIDTH + 60, HEIGHT + 9), (-60, HEIGHT + 9)]
        sheet.blend(ground, tone, mix(tone, foot, 0.6 - 0.2 * share), (top, top + 120))
        if high:
            forest(sheet, crest, tone, low, high)
        if mist and index < len(lines) - 1:
            sheet.haze(base - 4, base + 78, mist, 0.4)


def far_shore(sheet: Sheet, crest: Sequence[Point], shore: float, wood: str, low: float, high: float) -> None:
    """Draw a wooded bank from its crest down to the water's edge."""
    sheet.shape([*crest, (WIDTH + 60, shore + 1), (-60, shore + 1)], wood)
    forest(sheet, crest, wood, low, high)


def lane(sheet: Sheet, path: Sequence[Knot], *layers: tuple[float, float, str]) -> None:
    """Draw a path that narrows into the distance, in layers: share of its width, place across it, colour.

    Widths lie across the picture, as they do on flat ground.
    """
    line = smooth(path)
    for share, place, colour in layers:
        layer = narrowed(line, share, place)
        left = [(x - w / 2, y) for x, y, w in layer]
        sheet.shape([*left, *((x + w / 2, y) for x, y, w in reversed(layer))], colour)


def pool(sheet: Sheet, x: float, y: float, size: float) -> list[Point]:
    """Invent the outline of a pool or a patch of ground."""
    chance = sheet.chance
    angles = [i * TURN / 12 for i in range(12)]
    rim = [
        (
            x + size * math.cos(a) * chance.uniform(0.8, 1.18),
            y + 0.18 * size * math.sin(a) * chance.uniform(0.7, 1.2),
        )
        for a in angles
    ]
    return curve([*rim, rim[0]], 8)


def shrunk(outline: Sequence[Point], x: float, y: float, share: float) -> list[Point]:
    """Return the outline drawn together towards a point."""
    return [(px * share + x * (1 - share), py * share + y * (1 - share)) for px, py in outline]


def ripples(sheet: Sheet, top: float, bottom: float, colour: str, count: int) -> None:
    """Lay thin streaks on water, longer and thicker nearer to the viewer."""
    for _ in range(count):
        near = sheet.chance.random() ** 1.4
        x, y = sheet.chance.uniform(0, WIDTH), top + (bottom - top) * near
        length = (18 + 90 * near) * sheet.chance.uniform(0.5, 1.3)
        sheet.oval(x, y, length, 0.7 + 1.5 * near, colour, sheet.chance.uniform(0.25, 0.6))


def glitter(sheet: Sheet, x: float, top: float, bottom: float, colour: str) -> None:
    """Lay the sun's broken path on the water below it."""
    y = top
    while y < bottom:
        near = (y - top) / (bottom - top)
        for _ in range(2):
            shift = sheet.chance.uniform(-28, 28) * (0.4 + near)
            sheet.oval(x + shift, y, sheet.chance.uniform(6, 16 + 34 * near), 0.8 + 1.3 * near, colour, 0.75)
        y += 4 + 7 * near
