"""A lit ski track through a snowy valley in the blue hour."""

from pictures.buildings import House, house
from pictures.canvas import Sheet
from pictures.colour import BARK, FALU, GOLD, LAMP, LINGON, NIGHT, SPRUCE, mix
from pictures.land import fields, lane, summit
from pictures.lines import curve, knots, points, rows, smooth, tapered
from pictures.sky import evening, stars
from pictures.trees import forest, spruces

# The valley's sides, the farthest first: y at the picture's edge, where they reach the floor, which side.
SIDES = "250,640,400,1 214,560,418,-1 300,700,438,1 286,470,446,-1 356,860,462,1 366,330,468,-1"
SPRUCES = """
    60,640,330 168,588,210 -30,740,520 1150,640,340
    1068,578,190 1226,760,540 262,552,120 990,540,110
"""
TRACK = "566,506,12 616,520,20 640,542,34 566,582,66 478,640,118 520,716,200 660,830,330"
GROOVES = [
    (share, place + shift, colour)
    for place in (-0.38, -0.27, 0.27, 0.38)
    for share, shift, colour in ((0.038, 0.0, "#93a8c0"), (0.016, 0.028, "#ffffff"))
]
POST, BINDING, POLE = "#33455a", "#2d3a44", "#44566b"
POLES = (
    ("line", POLE, "-20,0,2.6 -27,-150; 36,0,2.6 42,-152; 92,0,2.6 99,-98"),
    ("line", BARK, "-27,-150,5 -28,-165; 42,-152,5 43,-167; 99,-98,5 100,-113"),
    ("oval", BINDING, "-21,-13,7,2.4; 37,-13,7,2.4; 93,-13,7,2.4"),
    ("soft", "#eef2f5", "-46,8 -20,-7 20,-2 60,-8 112,-2 134,10"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    evening(sheet, "#34597d", "#6485a4", "#a9b3c6", "#e7c8b8", "#f6dcb9", until=400)
    stars(sheet, 190, 46)
    far = summit(sheet, 392, knots("610,96,150 790,60,150 430,50,140"))
    sheet.blend([*far, (1260, 520), (-60, 520)], "#c3c9d8", "#ead6c8", (290, 420))
    _valley_sides(sheet)
    _valley_floor(sheet)
    _track(sheet)
    _skis(sheet, 306, 742)
    spruces(sheet, SPRUCES, mix(SPRUCE, "#22405a", 0.5), "#dce4ec", "#8fa2bb")


def _valley_sides(sheet: Sheet) -> None:
    for index, (high, end, low, side) in enumerate(rows(SIDES)):
        wide, tall = (1260 if side > 0 else -60) - end, high - low
        back = [
            (end + wide * a, low + tall * b + sheet.chance.uniform(-7, 7))
            for a, b in points("-0.2,-0.25 0,0 0.3,0.34 0.62,0.7 0.84,0.97 1,1")
        ]
        line = sorted(curve(back))
        tone = mix("#a3b1c8", mix(SPRUCE, "#24455f", 0.45), (index / 5) ** 1.1)
        foot = [(line[-1][0], 520.0), (line[0][0], 520.0)]
        sheet.blend([*line, *foot], tone, mix(tone, "#d9d6dc", 0.6), (high, 500))
        forest(sheet, line, tone, 6 + 3.4 * index, 13 + 7 * index)


def _valley_floor(sheet: Sheet) -> None:
    """Draw the snowy valley with its open river and a few lit houses."""
    fields(sheet, 6, (470, "#c3cddb"), (500, "#cbd4e0"), (560, "#d3dbe5"), (650, "#dce3eb"), (740, "#e5eaef"))
    river = tapered("440,474,0.2 540,478,2 640,483,5 760,490,9 840,504,14 940,520,20 1120,540,30 1260,572,44")
    for upper, lower, colour in ((-0.5, 0.5, "#5d7f9c"), (-0.1, 0.3, "#7c99b1")):
        near_bank = [(x, y + w * lower) for x, y, w in reversed(river)]
        sheet.shape([*((x, y + w * upper) for x, y, w in river), *near_bank], colour)
    wall = mix(FALU, "#4a2434", 0.3)
    for x, y, size in knots("356,498,15 412,492,12 310,508,17 600,474,9"):
        house(sheet, House(x, y, size * 1.9, size * 0.9, size, size * 0.9, wall, "#dfe5ec", snow=True))
        sheet.glow(x + size * 0.9, y - size * 0.4, size * 2, "#ffc97a", 0.35)
        sheet.stamp([("box", LAMP, "0.3,-0.68,0.42,0.36; 1.1,-0.68,0.42,0.36")], x, y, size)


def _track(sheet: Sheet) -> None:
    """Draw the groomed track with two pairs of grooves, and lamps beside it."""
    line = knots(TRACK)
    lane(sheet, line, (1.14, -0.02, "#b9c6d7"), (1.0, 0.0, "#eef2f5"))
    lane(sheet, line, *((0.009, -0.13 + step * 0.0325, "#dbe3eb") for step in range(9)), *GROOVES)
    soft = smooth(line)
    for index, side in points("8,1 24,1 42,1 58,-1 76,1"):
        x, y, w = soft[round(index)]
        tall, foot = 24 + w * 0.72, x + side * w * 0.72
        arm = foot - side * (w * 0.12 + 3)
        sheet.glow(foot - side * w * 0.25, y + 1, w * 0.9 + 12, "#ffe1a4", 0.35, 0.26)
        sheet.box(foot - w * 0.013 - 0.7, y - tall, w * 0.026 + 1.4, tall, POST)
        sheet.stroke([(foot, y - tall + 1), (arm, y - tall - 1)], POST, 1.5 + w * 0.016)
        sheet.glow(arm, y - tall + 2, 12 + w * 0.26, "#ffd993", 0.5)
        sheet.oval(arm, y - tall + 1, 2.2 + w * 0.026, 1.6 + w * 0.018, "#fffbe6")


def _skis(sheet: Sheet, x: float, y: float) -> None:
    """Stand two pairs of skis, long and short, in the snow with their poles."""
    sheet.oval(x + 40, y + 2, 76, 9, "#b3c1d3")
    red, yellow = mix(LINGON, NIGHT, 0.18), mix(GOLD, BARK, 0.2)
    for place, tall, colour in ((0, 196, LINGON), (17, 192, red), (58, 128, GOLD), (72, 125, yellow)):
        tip = curve(points("0,22 -1,8 -6,-4 3,0 8.5,20", x + place, y - tall))
        sheet.shape([(x + place + 1, y), *tip, (x + place + 7.5, y)], colour)
        sheet.box(x + place + 3.2, y - tall + 24, 1.6, tall - 24, mix(colour, "#ffffff", 0.45))
        sheet.box(x + place, y - tall * 0.5, 8, 13, BINDING)
    sheet.stamp(POLES, x, y)
