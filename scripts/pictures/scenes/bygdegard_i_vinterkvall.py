"""A red village hall with lamplight in every window, in snow and dusk."""

from pictures.buildings import SLOPE, House, chimney, door, house, windows
from pictures.canvas import Sheet
from pictures.colour import FALU, LAMP, NIGHT, SPRUCE, mix
from pictures.land import fields, lane, ridges
from pictures.lines import knots, points, smooth
from pictures.sky import crescent, evening, stars
from pictures.trees import birch, spruces

HILLS = "420,8,18 240,70,240 900,54,260; 446,22,44 620,40,260 1180,60,180 20,40,160"
STEEL, WOOD = "#39424f", "#b07f4f"
PORCH = (
    ("fill", "#e3e8ee", "548,522 594,484 640,522"),
    ("fill", "#eef0ee", "556,524 594,494 632,524"),
    ("oval", "#fff3cf", "594,514,5,6"),
)
KICK_SLED = (
    ("bow", mix(STEEL, "#8f9db3", 0.4), "0,-5,2.6 60,-5 98,-5 112,-12 116,-22"),
    ("bow", STEEL, "0,0,2.6 60,0 98,0 112,-7 116,-17"),
    ("line", WOOD, "58,0,4 46,-66; 52,-30,4.5 96,-30; 94,-30,3.4 96,0; 94,-30,2.6 106,-6"),
    ("line", STEEL, "40,-67,4.5 53,-69"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    evening(sheet, "#22405e", "#46648a", "#8a86a4", "#d9a9a0", "#f2cfa6", until=470)
    stars(sheet, 300, 90)
    crescent(sheet, 1010, 128, 32)
    ridges(sheet, HILLS, "#8d93ad", "#4d6480", "#dcbcb0")
    fields(sheet, 9, (478, "#b6bfd0"), (520, "#c3ccd9"), (590, "#cfd7e1"))
    birch(sheet, 352, 540, 330, shade="#9aa3b5")
    birch(sheet, 914, 536, 300, shade="#9aa3b5")
    _hall(sheet)
    fields(sheet, 12, (690, "#dbe1e8"), (748, "#e6eaee"))
    _path(sheet)
    sheet.stamp(KICK_SLED, 676, 654)
    places = "88,700,420 196,660,250 -10,760,520 1090,668,300 1196,740,520"
    spruces(sheet, places, mix(SPRUCE, "#22384f", 0.55), "#dfe5ec", "#8f9db3")


def _hall(sheet: Sheet) -> None:
    """Draw the hall itself, with light on the snow below its windows."""
    wall = mix(FALU, "#4a2434", 0.25)
    plan = House(420, 632, 330, 128, 142, 112, wall, "#e3e8ee", trim="#eef0ee", snow=True)
    chimney(sheet, plan, 0.3, smoke="#d9cfd0")
    for x in (446.0, 512.0, 640.0, 700.0):
        sheet.shape(points("0,634 32,634 40,672 -16,672", x), "#ffdf9f", 0.6)
    house(sheet, plan)
    for x, y in points("462,560 528,560 656,560 716,560 795,550 851,542"):
        sheet.glow(x, y, 60, "#ffb867", 0.2)
    windows(sheet, "446,532,32,56 512,532,32,56 640,532,32,56 700,532,32,56")
    windows(sheet, "782,528,26,48 838,520,26,48 812,446,20,26", slope=SLOPE)
    door(sheet, 566, 528, 56, 104, mix(SPRUCE, NIGHT, 0.25), LAMP)
    sheet.stamp(PORCH)
    sheet.glow(594, 514, 34, "#ffdc94", 0.4)


def _path(sheet: Sheet) -> None:
    """Clear a path to the door and line it with snow lanterns."""
    line = knots("594,636,52 596,664,70 580,706,104 546,756,150 500,820,215")
    lane(sheet, line, (1.22, -0.02, "#f3f5f6"), (1.04, 0.05, "#b3bfd0"), (0.94, 0.09, "#c9d2de"))
    lane(sheet, line[:3], (0.7, 0.07, "#e7dcc0"))
    soft = smooth(line)
    for step in range(11):
        near = step / 10
        x, y, w = soft[round(12 + near * 56)]
        sheet.oval(x + (0.16 if step % 2 else -0.04) * w, y, 3.4 + 5 * near, 1.8 + 2.4 * near, "#9dabc1")
    balls = [mix("#fffaf0", "#dfe3ea", share) for share in (0.44, 0.22, 0.0)]
    lantern = (
        ("oval", balls[0], "-0.95,0,0.54,0.47; 0,0,0.54,0.47; 0.95,0,0.54,0.47"),
        ("oval", balls[1], "-0.48,-0.74,0.54,0.47; 0.48,-0.74,0.54,0.47"),
        ("oval", balls[2], "0,-1.48,0.54,0.47"),
        ("oval", "#ffc766", "0,-0.42,0.34,0.4"),
    )
    for x, y, size in knots("540,664,8 652,664,8 502,712,13 660,716,13 432,776,20 662,782,20"):
        sheet.glow(x, y - size * 0.7, size * 4.2, "#ffcf7d", 0.35)
        sheet.stamp(lantern, x, y, size)
