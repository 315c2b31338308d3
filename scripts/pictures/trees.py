"""Spruce, pine and birch, alone and in woods."""

import math
from collections.abc import Sequence
from random import Random

from pictures.canvas import Sheet
from pictures.colour import BARK, GOLD, LAKE, MOSS, PAPER, mix
from pictures.lines import TURN, Knot, Point, curve, height_at, knots, narrowed, points, smooth, tapered


def spruce(sheet: Sheet, x: float, y: float, height: float, colour: str, snow: str = "") -> None:
    """Draw a spruce: ragged tiers, a lit side, snow where a colour for it is given."""
    sides = [_ragged(sheet.chance, x, y, height, side) for side in (-1, 1)]
    if height >= 60 and not snow:
        sheet.box(x - height * 0.014, y - height * 0.1, height * 0.028, height * 0.1, mix(colour, BARK, 0.5))
    sheet.shape([*sides[0], *reversed(sides[1])], colour)
    if height < 60 and not snow:
        return
    lit = sides[0 if sheet.sunny < 0 else 1]
    inner = [(x + (px - x) * sheet.chance.uniform(0.05, 0.4), py) for px, py in lit]
    sheet.shape([*lit, *reversed(inner)], mix(colour, "#d9d48a", 0.16), 0.55)
    if snow:
        thick = height / (len(lit) * 1.15)
        for edge in sides:
            _load_with_snow(sheet, edge, thick, snow if edge is lit else mix(snow, LAKE, 0.14))
        cap = [(x, y - height), (x - height * 0.022, y - height + thick * 1.1)]
        sheet.shape([*cap, (x + height * 0.018, y - height + thick)], snow)


def _ragged(chance: Random, x: float, y: float, height: float, side: int) -> list[Point]:
    """Return one edge of a spruce, from its top to its foot; every other corner is a branch tip."""
    tiers = max(4, round(height / (15 if height < 120 else 24)))
    edge = [(x, y - height)]
    for tier in range(1, tiers + 1):
        share = tier / tiers
        out = side * height * 0.215 * share**0.85 * chance.uniform(0.82, 1.12)
        tip = y - height + height * 0.965 * share
        edge.append((x + out, tip + chance.uniform(-0.01, 0.012) * height))
        edge.append((x + out * 0.5, tip - height * 0.022))
    return [*edge, (x, y - height * 0.025)]


def _load_with_snow(sheet: Sheet, edge: Sequence[Point], thick: float, snow: str) -> None:
    """Put a cushion of snow on each branch tip."""
    cushion = points("-0.03,0.06 0.1,-0.55 0.4,-0.95 0.74,-0.8 0.58,-0.3 0.3,-0.1 -0.03,0.06")
    for x, y in edge[1:-1:2]:
        inward = edge[0][0] - x
        sheet.shape(curve([(x + inward * a, y + thick * b) for a, b in cushion], 6), snow)


def spruces(sheet: Sheet, places: str, colour: str, snow: str = "", shade: str = "") -> None:
    """Draw spruces (x, y, height), each on a round shadow if a colour for it is given."""
    for x, y, height in knots(places):
        if shade:
            sheet.oval(x, y, height * 0.2, height * 0.028, shade, 0.55)
        spruce(sheet, x, y, height, colour, snow)


def forest(sheet: Sheet, crest: Sequence[Point], colour: str, low: float, high: float) -> None:
    """Set a dense wood along a crest: tall and low parts, one pale row behind a full one."""
    chance = sheet.chance
    phase = chance.uniform(0, 6)
    foot = low * 0.3 + high * 0.08
    for tone, lift in ((mix(colour, PAPER, 0.13), 0.3), (colour, 0.0)):
        upper = [(x, y - foot + lift * foot) for x, y in crest]
        sheet.shape([*upper, *((x, y + 2) for x, y in reversed(crest))], tone)
        x = crest[0][0]
        while x < crest[-1][0]:
            grown = 0.5 + 0.5 * math.sin(x / 71 + phase) * math.sin(x / 29 + 2 * phase)
            height = low + (high - low) * min(1.0, max(0.0, grown + chance.uniform(-0.3, 0.3)))
            spruce(sheet, x, height_at(crest, x) + height * (0.22 - lift), height, tone)
            x += height * chance.uniform(0.16, 0.46) * (1.6 if lift else 1.0)


def pine(sheet: Sheet, x: float, y: float, height: float, crown: str) -> None:
    """Draw an old pine that leans a little: a warm, bare trunk and clouds of needles on crooked boughs."""
    bark = "#96623f"
    trunk = tapered(
        "0,0,0.058 0.02,-0.3,0.042 0.028,-0.55,0.034 0.06,-0.78,0.022 0.076,-0.96,0.008", x, y, height
    )
    clouds = []
    for share, out, side in knots(
        "0.5,0.2,1 0.57,0.25,-1 0.66,0.24,1 0.72,0.21,-1 0.8,0.17,1 0.85,0.15,-1 0.93,0.06,1"
    ):
        bx, by, _ = trunk[min(len(trunk) - 1, round(share / 0.97 * (len(trunk) - 1)))]
        reach = side * out * sheet.chance.uniform(0.85, 1.1)
        bough = f"0,0,0.014 {reach * 0.5},-0.012,0.01 {reach},-0.05,0.004"
        sheet.ribbon(tapered(bough, bx, by, height), mix(bark, BARK, 0.45))
        clouds.append((bx + reach * 0.78 * height, by - height * 0.055, height * out * 0.62))
    sheet.ribbon(trunk, mix(bark, BARK, 0.4))
    sheet.ribbon(narrowed(trunk, 0.55, sheet.sunny * 0.2), mix(bark, GOLD, 0.25))
    for px, py, size in [*clouds, (x + height * 0.076, y - height * 0.945, height * 0.135)]:
        _needles(sheet, px, py, size, crown)


def _needles(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """Draw a cloud of needles: a few domes with flat feet, the sunny ones lighter."""
    lobes = knots("-0.55,0,0.5 0.5,-0.04,0.52 0,-0.16,0.62 -0.24,-0.3,0.4 0.26,-0.3,0.38", x, y, size)
    for tone, shrink, shift in ((colour, 1.0, 0.0), (mix(colour, "#e3dc96", 0.17), 0.72, 0.16)):
        for lx, ly, wide in lobes:
            reach = wide * shrink * sheet.chance.uniform(0.9, 1.1)
            cx, cy = lx + sheet.sunny * wide * shift, ly - wide * shift * 0.8
            dome = []
            for i in range(28):
                a = i * TURN / 28
                bulge = reach * (0.62 if math.sin(a) > 0 else 0.2)
                dome.append(
                    (cx + reach * math.cos(a) * (1 + 0.06 * math.sin(7 * a)), cy - bulge * math.sin(a))
                )
            sheet.shape(dome, tone)


def birch(sheet: Sheet, x: float, y: float, height: float, leaf: str = "", shade: str = "#c9c6bd") -> None:
    """Draw a birch: white trunk with dark marks, thin boughs, and a crown if a leaf colour is given."""
    chance = sheet.chance
    sway = chance.uniform(-0.05, 0.05)
    trunk = tapered(
        f"0,0,0.045 {sway * 0.3},-0.4,0.036 {sway},-0.75,0.02 {sway * 1.1},-1,0.004", x, y, height
    )
    boughs = [_bough(sheet, trunk, height, index) for index in range(15)]
    for bough in boughs:
        sheet.ribbon(bough, mix(BARK, shade, 0.3))
        if not leaf:
            _twigs(sheet, bough, height * 0.075, mix(BARK, shade, 0.4))
    sheet.ribbon(trunk, PAPER)
    sheet.ribbon(narrowed(trunk, 0.42, -sheet.sunny * 0.28), shade)
    for _ in range(round(9 + height / 40)):
        px, py, w = trunk[chance.randrange(2, len(trunk) * 3 // 4)]
        length = chance.uniform(0.25, 0.6)
        start = chance.choice((-0.5, 0.5 - length))
        mark = f"0,0 {length},-0.08 {length * 0.9},0.12 {length * 0.1},0.2"
        sheet.shape(points(mark, px + start * w, py, w), BARK)
    if leaf:
        size = min(height * (0.06 if height > 300 else 0.1), 25)
        for bough in [*boughs, trunk[-12:]]:
            _leaves(sheet, bough, size, leaf, round(7 * height * 0.06 / size))


def _bough(sheet: Sheet, trunk: Sequence[Knot], height: float, index: int) -> list[Knot]:
    """Return a bough that rises from the trunk: every other to the right, the middle ones longest."""
    chance = sheet.chance
    share = 0.3 + 0.04 * index + chance.uniform(-0.015, 0.015)
    x, y, _ = trunk[round(share * (len(trunk) - 1))]
    length = 0.25 * math.sin(math.pi * (0.34 + 0.97 * (share - 0.3))) * chance.uniform(0.75, 1.1)
    reach, rise = length if index % 2 else -length, length * chance.uniform(0.75, 1.1)
    bough = f"0,0,0.008 {reach * 0.5},{-rise * 0.66},0.0047 {reach},{-rise},0.0022"
    return smooth(knots(bough, x, y, height), 8)


def _twigs(sheet: Sheet, bough: Sequence[Knot], length: float, colour: str) -> None:
    """Let fine twigs hang from the outer part of a bough."""
    out = 1 if bough[-1][0] > bough[0][0] else -1
    for x, y, w in bough[len(bough) // 3 :: 2]:
        drop = length * sheet.chance.uniform(0.5, 1.3)
        tip = (x + out * drop * 0.55, y + drop * 0.7, 0.5)
        twig = [(x, y, max(0.9, w * 0.5)), (x + out * drop * 0.35, y - drop * 0.1, 0.9), tip]
        sheet.ribbon(smooth(twig, 5), colour)


def _leaves(sheet: Sheet, bough: Sequence[Knot], size: float, colour: str, count: int) -> None:
    """Hang veils of small leaves from the outer part of a bough, the dark ones first."""
    chance = sheet.chance
    tones = (mix(colour, mix(MOSS, BARK, 0.35), 0.32), colour, mix(colour, "#fbeaa8", 0.38))
    veil = points("0,-0.7 1,-0.1 0.5,0.6 -0.2,0.85 -0.8,0.2 -0.8,-0.3 0,-0.7")
    for index in range(count):
        x, y, _ = bough[chance.randrange(len(bough) // 4, len(bough))]
        tall = size * chance.uniform(0.6, 1.2)
        wide = tall * chance.uniform(0.36, 0.55)
        x, y = x + chance.uniform(-0.7, 0.7) * size, y + tall * chance.uniform(-0.2, 0.8)
        sheet.shape(curve([(x + wide * a, y + tall * b) for a, b in veil], 5), tones[index * 3 // count])
