"""A yellow country shop with lit windows at dusk."""

from pictures.buildings import SLOPE, House, chimney, door, house, windows
from pictures.canvas import WIDTH, Sheet
from pictures.colour import FOREST, GOLD, LAKE, LAMP, LINGON, MOSS, NIGHT, PAPER, SPRUCE, WHITE, mix
from pictures.land import below, fields, ridges
from pictures.lines import curved, points
from pictures.plants import tufts
from pictures.sky import evening, stars
from pictures.things import BENCH, bicycle
from pictures.trees import birch, spruces

HILLS = "432,8,18 200,84,240 1000,66,260; 470,22,46 620,34,240 1160,62,170 40,54,170"
WALL, POST = "#d9ab4c", "#2d3a44"
GOODS = (LINGON, FOREST, "#f4ead6", LAKE, GOLD, MOSS, "#c9744a")
GRASS = ("#6c7350", "#59623f", "#8a8450")
PANES = (
    ("box", WHITE, "-6,-6,148,84"),
    ("box", "#ffe3a6", "0,0,136,72"),
    ("box", "#f7c877", "0,44,136,28"),
)
LAMP_POST = (
    ("box", POST, "1017,470,7,230"),
    ("bow", POST, "1020,474,5 1020,456 1008,446 990,446"),
    ("fill", POST, "974,452 1000,452 994,444 980,444"),
    ("oval", "#fff6d8", "987,455,9,5"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    evening(sheet, "#2c4a68", "#587596", "#a3a3b4", "#e4bfa4", "#f6dab0", until=500)
    stars(sheet, 170, 34)
    ridges(sheet, HILLS, "#8b98ab", "#40605f", "#d9bda6")
    fields(sheet, 5, (540, "#5e6a4c"), (604, "#6c7350"))
    birch(sheet, 160, 606, 400, shade="#9aa3b5")
    birch(sheet, 1050, 590, 330, shade="#9aa3b5")
    spruces(sheet, "72,640,300 1150,640,360", mix(SPRUCE, NIGHT, 0.35))
    _shop(sheet)
    _road(sheet)
    _yard(sheet)


def _shop(sheet: Sheet) -> None:
    """Draw the shop: two display windows, a door between them, a flat above."""
    plan = House(300, 640, 440, 196, 170, 118, WALL, "#4f4a52")
    chimney(sheet, plan, 0.24, smoke="#cfc5c4")
    house(sheet, plan)
    windows(sheet, "340,466,32,46 424,466,32,46 586,466,32,46 668,466,32,46")
    windows(sheet, "866,536,28,44 776,456,28,40 846,446,28,40", slope=SLOPE)
    for x in (330, 574):
        _display(sheet, x, 556)
    door(sheet, 486, 544, 68, 96, mix(SPRUCE, LAKE, 0.35), LAMP)
    sheet.shape(points("304,526 736,526 752,548 288,548"), LINGON)
    for i in range(18):
        stripe = [(304 + 24 * i, 526), (316 + 24 * i, 526), (301 + 25.8 * i, 548), (288 + 25.8 * i, 548)]
        sheet.shape(stripe, "#f4ead6")


def _display(sheet: Sheet, x: float, y: float) -> None:
    """Draw a shop window with goods on two shelves."""
    chance = sheet.chance
    sheet.glow(x + 68, y + 36, 110, "#ffb867", 0.22)
    panes = (
        ("box", WHITE, "-6,-6,148,84"),
        ("box", "#ffe3a6", "0,0,136,72"),
        ("box", "#f7c877", "0,44,136,28"),
    )
    sheet.stamp(panes, x, y)
    for shelf in (y + 34, y + 66):
        place = x + 6
        while place < x + 124:
            wide, tall = chance.uniform(6, 13), chance.uniform(9, 22)
            sheet.box(place, shelf - tall, wide, tall, mix(chance.choice(GOODS), "#f0b964", 0.25))
            place += wide + chance.uniform(1, 5)
        sheet.box(x, shelf, 136, 3, "#a8743c")
    lamp = (
        ("box", "#7a5a3c", "-0.8,0,1.6,8"),
        ("fill", SPRUCE, "-8,14 8,14 3,7 -3,7"),
        ("oval", "#fffbe8", "0,15,4,3"),
    )
    for across in (36, 100):
        sheet.stamp(lamp, x + across, y)
    sheet.stamp([("box", WHITE, "66.5,0,3,72"), ("fill", "#ffffff24", "0,0 46,0 8,72 0,72")], x, y)


def _road(sheet: Sheet) -> None:
    """Draw the yard in front of the shop and the wet asphalt, with the light of the windows on both."""
    below(sheet, curved("-60,664 300,652 760,656 1260,640"), "#8c8577")
    for x in (330.0, 574.0):
        sheet.shape(points("0,652 136,652 164,704 -28,704", x), "#f3c77c", 0.5)
    sheet.shape(points("494,646 548,646 562,700 480,700"), "#f7cf88", 0.6)
    road = curved("-60,716 300,706 760,708 1260,694")
    below(sheet, road, "#4d5563")
    sheet.stroke(road, "#6a7079", 3)
    for i in range(9):
        sheet.shape(points("-30,764 50,762 52,768 -30,770", i * 150), "#d9d4c6", 0.8)
    for x, wide in points("396,80 520,40 642,80 1020,46"):
        for row in range(7):
            shift = sheet.chance.uniform(-8, 8)
            sheet.oval(x + shift, 722 + row * 12, wide * (1 - row * 0.1), 2.2, "#f3c77c", 0.32 - row * 0.03)


def _yard(sheet: Sheet) -> None:
    """Set out parcel lockers, a bench, a bicycle and a lamp post."""
    for i in range(12):
        x, y = 756 + i % 4 * 23, 590 + i // 4 * 22
        sheet.box(x, y, 21, 20, mix(LAKE, "#ffffff", 0.1 + 0.08 * (i % 3)))
        sheet.box(x + 15, y + 10, 3, 3, PAPER)
    sheet.box(752, 584, 100, 5, NIGHT)
    sheet.stamp(BENCH, 196, 660, 0.5)
    bicycle(sheet, 890, 672, 24, mix(FOREST, LAKE, 0.3))
    sheet.glow(986, 458, 74, "#ffdf9f", 0.4)
    sheet.stamp(LAMP_POST)
    tufts(sheet, (0, 646, 190, 668), 30, GRASS)
    tufts(sheet, (1040, 636, WIDTH, 660), 26, GRASS)
