"""A joiner's bench with an old window sash, snow outside."""

import math

from pictures.buildings import House, house
from pictures.canvas import HEIGHT, WIDTH, Sheet
from pictures.colour import BARK, FALU, FOREST, GOLD, LAKE, LINGON, MOSS, NIGHT, SNOW, SPRUCE, mix
from pictures.land import fields, ridges
from pictures.lines import Point, points
from pictures.sky import evening
from pictures.trees import spruces

STEEL, WOOD, DARK, BENCH_TOP = "#9aa5a8", "#a8713f", "#6d4a2d", "#c99f68"
FRAME, SHADE = "#f6f1e4", "#d8ceb6"
LAMP_OVER_BENCH = (
    ("box", "#3a4148", "638.5,0,3,92"),
    ("fill", mix(SPRUCE, NIGHT, 0.15), "586,148 694,148 664,98 616,98"),
    ("fill", FOREST, "586,148 610,148 628,98 616,98"),
    ("oval", "#fffae6", "640,149,30,9"),
)
MUNTINS_AND_SILL = (
    ("fill", "#ffffff29", "96,92 246,92 136,392 96,392"),
    ("box", FRAME, "218,92,10,300; 344,92,10,300"),
    ("box", SHADE, "225,92,3,300; 351,92,3,300"),
    ("box", FRAME, "96,237,380,10"),
    ("fill", "#e9dfc6", "52,418 520,418 510,436 62,436"),
    ("fill", "#b5653f", "358,420 396,420 390,380 364,380"),
)
SAW_AND_SQUARE = (
    ("fill", "#b9c3c5", "748,336 1000,350 1004,382 752,398"),
    ("soft", WOOD, "996,340 1030,330 1066,344 1070,384 1040,398 1000,388 996,340"),
    ("soft", "#cdb58a", "1018,352 1040,348 1052,362 1046,382 1022,380 1018,352"),
    ("oval", DARK, "760,344,3,3"),
    ("box", DARK, "1120,120,10,20"),
    ("line", STEEL, "1125,130,7 1125,330; 1125,326,7 1176,326"),
)
BRUSH = (("fill", WOOD, "-4,140 4,140 6,208 -6,208"), ("box", STEEL, "-13,206,26,18"))
BENCH = (
    ("box", "#94693e", "120,590,66,210; 1010,590,66,210; 186,690,824,34"),
    ("box", "#7e5935", "168,590,18,210; 1058,590,18,210"),
    ("box", "#b1854f", "186,690,824,8"),
    ("fill", BENCH_TOP, "116,500 1084,500 1150,578 50,578"),
    ("bow", mix(BENCH_TOP, "#7e5935", 0.3), "105,513,1.3 520,518 1095,513; 94,526,1.3 520,528 1106,526"),
    ("bow", mix(BENCH_TOP, "#7e5935", 0.3), "83,539,1.3 520,544 1117,539; 72,552,1.3 520,554 1128,552"),
    ("box", "#a97c49", "50,578,1100,38"),
    ("box", "#ddb981", "50,578,1100,5"),
    ("box", "#7e5935", "50,610,1100,6"),
    ("box", "#b88a52", "84,584,90,62"),
    ("box", "#d5ab70", "84,584,90,8"),
    ("box", BARK, "62,616,134,7"),
    ("oval", "#8c9496", "129,619,13,13"),
)
PLANE = (
    ("fill", WOOD, "756,566 860,566 868,536 846,530 762,530 750,544"),
    ("fill", "#7e5935", "756,566 860,566 862,558 754,558"),
    ("fill", STEEL, "800,536 816,536 838,494 824,490"),
    ("fill", "#8a5a30", "790,534 806,534 822,504 810,500"),
    ("soft", "#8a5a30", "764,532 760,512 772,502 782,516 780,532"),
)
PAINT = (
    ("fill", "#dfe5e2", "880,556 960,556 954,470 886,470"),
    ("fill", "#f4f6f3", "880,556 904,556 906,470 886,470"),
    ("oval", LAKE, "920,470,34,8"),
    ("fill", LAKE, "884,500 956,500 958,530 882,530"),
    ("line", WOOD, "914,468,8 974,404"),
    ("fill", "#b9c9c4d9", "1002,558 1062,558 1062,506 1002,506"),
    ("box", "#d9c27a", "1006,524,52,32"),
    ("line", LINGON, "1026,540,7 1010,440"),
    ("line", WOOD, "1033,540,7 1035,440"),
    ("line", FOREST, "1038,540,7 1058,440"),
    ("line", "#6d5a44", "1010,444,13 1005,416; 1035,444,13 1036,416; 1058,444,13 1063,416"),
)
KNIFE = (("line", WOOD, "716,560,10 790,544"), ("fill", "#aab4b6", "712,554 716,566 676,574 672,566"))


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    _room(sheet)
    _window(sheet)
    _tools(sheet)
    sheet.stamp(LAMP_OVER_BENCH)
    sheet.stamp(BENCH)
    _sash(sheet)
    sheet.stamp(KNIFE)
    sheet.stamp(PLANE)
    for x, y in points("730,566 742,548 872,566"):
        _shaving(sheet, x, y, 11)
    for _ in range(13):
        place = (sheet.chance.uniform(540, 980), sheet.chance.uniform(744, 790))
        _shaving(sheet, *place, sheet.chance.uniform(7, 14))
    sheet.stamp(PAINT)


def _room(sheet: Sheet) -> None:
    """Draw the panelled wall with its knots, and the floor."""
    chance = sheet.chance
    for i in range(16):
        x = i * 78 - 20
        sheet.box(x, 0, 78, HEIGHT, mix("#dcc69c", "#c9ae7f", chance.uniform(0.0, 0.55)))
        sheet.box(x + 76, 0, 2, HEIGHT, "#b3976a")
        for _ in range(2):
            place = (x + chance.uniform(14, 62), chance.uniform(20, 520))
            sheet.stamp([("oval", "#b3976ab2", "0,0,5,7"), ("oval", "#96784fb2", "0,0,2.4,3.6")], *place)
    sheet.glow(640, 150, 360, "#fff0c8", 0.42)
    sheet.box(0, 640, WIDTH, 160, "#a98a62")
    for i in range(9):
        sheet.stroke([(i * 150 - 58, 640), (i * 190 - 222, 800)], "#8f7350", 3.5)


def _window(sheet: Sheet) -> None:
    """Draw the workshop's own window, the winter behind it and a plant on its sill."""
    view = Sheet(98)
    evening(view, "#bcd6e2", "#e3ebe9", "#f8ecd4", until=300)
    ridges(
        view, "270,0,0 180,70,150 480,40,140; 310,10,30 420,60,160 60,30,120", "#a9c2c4", FOREST, "#e6ebe6"
    )
    fields(view, 5, (330, "#eaf0f1"))
    spruces(view, "150,380,130 214,364,90 430,392,170 372,362,80", mix(SPRUCE, FOREST, 0.2), "#f4f6f5")
    house(view, House(270, 356, 50, 22, 24, 20, FALU, SNOW, snow=True))
    sheet.box(70, 66, 432, 360, FRAME)
    sheet.box(70, 412, 432, 8, SHADE)
    sheet.inset(view, 96, 92, 380, 300)
    sheet.stamp(MUNTINS_AND_SILL)
    for turn in range(9):
        lean = (turn - 4) * 11
        leaf = f"0,0,4 {lean * 0.6},-34,7 {lean * 1.5},{abs(lean) * 0.5 - 62},1"
        sheet.stamp([("bow", mix(FOREST, MOSS, 0.12 * turn), leaf)], 377, 380)


def _tools(sheet: Sheet) -> None:
    """Hang tools on the wall: chisels and brushes in a rack, a saw, a square."""
    sheet.box(740, 190, 380, 12, DARK)
    sheet.box(740, 190, 380, 4, "#93683f")
    handles = (WOOD, LINGON, WOOD, GOLD, WOOD)
    for index, (wide, tall) in enumerate(points("8,60 12,66 16,70 20,76 26,80")):
        x, left = 762 + index * 44, 762 + index * 44 - wide / 2
        sheet.box(x - 6, 132, 12, 58, handles[index])
        sheet.oval(x, 132, 6, 5, handles[index])
        sheet.box(x - 4, 184, 8, 6, STEEL)
        sheet.shape([(left, 202), (left + wide, 202), (left + wide, 202 + tall), (left, 194 + tall)], STEEL)
        sheet.box(left, 202, wide * 0.3, tall - 8, "#c7d0d1")
    for index, tone in enumerate((LAKE, FOREST, SHADE)):
        sheet.stamp([*BRUSH, ("fill", tone, "-13,224 13,224 10,268 -10,268")], 1000 + index * 40)
    for i in range(42):
        sheet.shape(points("0,0 6,0 3,5", 752 + i * 6, 398 - i * 0.38), "#b9c3c5")
    sheet.stamp(SAW_AND_SQUARE)


def _on_sash(u: float, v: float) -> Point:
    """Return a place on the sash, that leans away from us: u from left to right, v from top to bottom."""
    left, right = 300 - 46 * v, 690 + 4 * v
    return left + (right - left) * u, 388 + 182 * v


def _on_sash_part(u: float, v: float, width: float, height: float) -> list[Point]:
    corners = ((u, v), (u + width, v), (u + width, v + height), (u, v + height))
    return [_on_sash(*corner) for corner in corners]


def _sash(sheet: Sheet) -> None:
    """Stand an old six-pane sash on the bench, one pane out and fresh putty in the next."""
    sheet.shape(points("250,574 700,574 716,584 236,584"), "#8a6238", 0.55)
    sheet.shape(_on_sash_part(0, 0, 1, 1.055), "#d6ccb4")
    sheet.shape(_on_sash_part(0, 0, 1, 1), "#fbf7ec")
    for index in range(6):
        u, v = 0.06 + index % 3 * 0.305, 0.09 + index // 3 * 0.43
        pane = _on_sash_part(u, v, 0.27, 0.38)
        if index == 5:
            sheet.shape(pane, BENCH_TOP)
            continue
        sheet.shape(pane, "#a9cbd3")
        sheet.shape([pane[0], _on_sash(u + 0.13, v), _on_sash(u + 0.04, v + 0.38), pane[3]], "#d8e9ea")
        if index == 4:
            sheet.stroke([*pane, pane[0]], "#e6d3a0", 5)
    for u, v in points("0,0.22 0,0.78 1,0.22 1,0.78"):
        x, y = _on_sash(u, v)
        sheet.box(x - 7, y - 5, 14, 12, "#4b545a")


def _shaving(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Draw a curled wood shaving."""
    curl = []
    for k in range(22):
        reach, turn = size * (1 - k / 26), k * 0.42
        curl.append((x + reach * math.cos(turn), y + 0.7 * reach * math.sin(turn)))
    sheet.stroke(curl, sheet.chance.choice(("#e9cf98", "#dcb978", "#f3dfb3")), 3.2)
