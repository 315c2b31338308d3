"""A boardwalk across a mire towards a forest lake."""

import math
from itertools import pairwise

from pictures.canvas import WIDTH, Sheet
from pictures.colour import BARK, FOREST, GOLD, LINGON, MOSS, NIGHT, PAPER, SPRUCE, mix
from pictures.land import below, far_shore, pool, ridges, ripples, roll, shrunk, summit
from pictures.lines import beside, knots, narrowed, points, shifted, tapered
from pictures.plants import tufts
from pictures.sky import birds, clouds, sunrise
from pictures.trees import pine, spruces

SHORE = 404.0
BANDS = (
    (500, "#c3bd82"),
    (530, "#b4b069"),
    (572, "#a3a156"),
    (626, "#8f9444"),
    (690, mix(MOSS, FOREST, 0.2)),
    (752, mix(MOSS, SPRUCE, 0.5)),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sunrise(sheet, 270, 214, "#fff0c9", "#f8ecd3", "#eeeee2", "#d3e2e4", "#c2d8de", radius=34)
    clouds(sheet, "620,96,300 980,168,190", "#fdfbf4")
    hills = "300,0,0 820,92,240 1180,60,160; 322,9,19 180,74,230 620,40,200; 352,17,36 1010,66,250 420,36,160"
    ridges(sheet, hills, "#b7cbcc", mix(SPRUCE, FOREST, 0.7), "#f4ecd6", "#fbf3df")
    edge = summit(sheet, 400, knots("60,12,140 1180,14,200"), 2)
    far_shore(sheet, edge, SHORE, mix(SPRUCE, FOREST, 0.25), 16, 52)
    sheet.mirror(SHORE, "#a9c7d0")
    ripples(sheet, SHORE + 6, 520, "#f3efe0", 30)
    _mire(sheet)
    _boardwalk(sheet)
    tufts(sheet, (380, 690, 520, 800), 22)
    tufts(sheet, (800, 700, 1010, 800), 30)
    spruces(sheet, "1128,812,560 1218,812,400 1046,770,300", mix(SPRUCE, "#0d2c23", 0.3))
    pine(sheet, 104, 780, 520, mix(SPRUCE, MOSS, 0.12))
    tufts(sheet, (76, 772, 136, 792), 14)
    birds(sheet, knots("470,236,20 508,222,16 536,244,14"), "#64807e")


def _mire(sheet: Sheet) -> None:
    """Draw bands of moss and gold, with pools, cotton grass and cranberries."""
    chance = sheet.chance
    for index, (base, tone) in enumerate(BANDS):
        below(sheet, roll(sheet, base, 6 + index * 2.4, 7), tone)
        grass = (mix(tone, PAPER, 0.25), mix(tone, SPRUCE, 0.3), mix(tone, GOLD, 0.4))
        tufts(sheet, (0, base + 2, WIDTH, base + 40 + index * 6), 34, grass)
    for x, y, size in knots("300,556,64 860,574,84 236,650,96 930,664,110 420,534,34 742,528,30"):
        rim = pool(sheet, x, y, size)
        sheet.shape(shifted(rim, -2 - size * 0.02), mix(MOSS, SPRUCE, 0.5), 0.8)
        sheet.shape(rim, "#bcd2d5")
        sheet.shape(shrunk(rim, x - size * 0.12, y + size * 0.02, 0.6), "#e6ebe2")
    for _ in range(16):
        bed_x, bed_y = chance.uniform(0, WIDTH), 530 + 240 * chance.random()
        near = (bed_y - 470) / 300
        for _ in range(7):
            x, y = bed_x + chance.gauss(0, 46) * near, bed_y + chance.gauss(0, 12) * near
            stalk = ("line", mix(MOSS, SPRUCE, 0.4), "0,0,1.6 2,-22,0.6")
            sheet.stamp([stalk, ("oval", "#fbfaf4", "2,-24,4.4,5.6")], x, y, near)
    for _ in range(12):
        bed_x, bed_y = chance.uniform(0, WIDTH), 660 + 130 * chance.random()
        for _ in range(6):
            sheet.oval(bed_x + chance.gauss(0, 22), bed_y + chance.gauss(0, 5), 2.8, 2.6, LINGON)


def _boardwalk(sheet: Sheet) -> None:
    """Lay two planks side by side on short sleepers."""
    line = tapered("634,499,8 628,516,12 590,556,24 556,618,46 600,706,88 724,850,168")
    sheet.ribbon([(x + w * 0.1, y + w * 0.16, w * 1.15) for x, y, w in line], mix(MOSS, NIGHT, 0.65), 0.75)
    gone, joints = 0.0, []
    for (x0, y0, w0), (x1, y1, _) in pairwise(line):
        gone += math.hypot(x1 - x0, (y1 - y0) * 1.6) / w0
        if gone > 1.7:
            joints.append((x0, y0, w0))
            gone = 0.0
    for x, y, w in joints:
        sheet.shape(points("-0.78,0 0.78,-0.04 0.8,0.12 -0.76,0.16", x, y, w), "#6f5f4b")
    for side, tone in ((0.27, "#c7b492"), (-0.27, "#b7a27e")):
        for place, share, colour, alpha in (
            (0.0, 0.47, tone, 1.0),
            (0.17, 0.09, mix(tone, "#ffffff", 0.45), 0.8),
            (-0.06, 0.05, mix(tone, BARK, 0.22), 0.6),
            (-0.19, 0.08, mix(tone, BARK, 0.3), 0.7),
        ):
            sheet.ribbon(narrowed(beside(line, side + place), share), colour, alpha)
    for x, y, w in joints[1::2]:
        sheet.stroke([(x - w * 0.5, y + w * 0.04), (x + w * 0.5, y)], "#6f5f4b", max(0.8, w * 0.03))
