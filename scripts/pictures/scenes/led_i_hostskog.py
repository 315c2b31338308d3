"""A trail with orange marks through a birch wood in autumn."""

from pictures.canvas import WIDTH, Sheet
from pictures.colour import BARK, GOLD, LINGON, MOSS, SPRUCE, mix
from pictures.land import fields, lane, ridges, ripples
from pictures.lines import knots, points, slab, smooth
from pictures.plants import dots, tufts
from pictures.sky import sunrise
from pictures.trees import birch

HILLS = "330,5,10 240,70,220 980,56,240; 352,12,20 640,44,240 1160,52,180"
GROUND = (
    (446, "#d3c480"),
    (474, "#cab765"),
    (520, "#c2a650"),
    (586, "#b5953f"),
    (668, "#9a8236"),
    (744, "#787230"),
)
TRAIL = "668,452,8 640,470,13 676,500,24 700,546,44 600,616,80 560,700,140 680,830,230"
FALLEN = (GOLD, "#e3b94a", "#b5651f", "#e0b84f", "#caa03a", "#8f7a2b", LINGON)
AUTUMN = (MOSS, "#8f8a3a", "#c79a34", mix(SPRUCE, MOSS, 0.4), "#a5542a")
FERN = (
    ("oval", mix(SPRUCE, MOSS, 0.3), "-22,-2,11,7; -11,-5,11,7; 0,-8,11,7; 11,-5,11,7; 22,-2,11,7"),
    ("oval", mix(MOSS, SPRUCE, 0.25), "-22,-7,9,6; -11,-10,9,6; 0,-13,9,6; 11,-10,9,6; 22,-7,9,6"),
)
MUSHROOM = (
    ("line", "#f3ead6", "0,0,0.5 0,-1,0.36"),
    ("soft", "#b5652f", "-1,-1 -0.7,-1.5 0,-1.75 0.7,-1.5 1,-1"),
    ("soft", "#cf8347", "-0.8,-1.1 -0.6,-1.4 -0.2,-1.6 0.2,-1.4 0.4,-1.1"),
)
MARK = (
    ("fill", "#e0762a", "-0.52,0 0.5,0.03 0.5,0.95 -0.52,0.9"),
    ("fill", "#bf5d1ccc", "0.14,0 0.5,0.03 0.5,0.95 0.14,0.92"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sunrise(sheet, 760, 250, "#fff0c4", "#fbeccb", "#f5ead2", "#e9e9da", "#d8e2dc", radius=0)
    ridges(sheet, HILLS, "#a6beb0", "#8fae9f", "#c9d6c4")
    sheet.blend(slab(0, 392, WIDTH, 88), "#bcd3d4", "#8db4c0", (392, 470))
    ripples(sheet, 398, 440, "#f4efdd", 20)
    for band in GROUND:
        fields(sheet, 8, band)
        near = (band[0] - 446) / 300
        for _ in range(round(8 - 8 * near) if near < 0.5 else 0):
            _far_birch(sheet, band[0] + 8, near)
    _trail(sheet)
    _forest_floor(sheet)
    _large_birches(sheet)


def _far_birch(sheet: Sheet, y: float, near: float) -> None:
    """Set a slender birch beside the trail, paler the farther off it stands."""
    x = sheet.chance.uniform(0, WIDTH)
    if abs(x - 640) > 110 + 220 * near:
        leaf = mix("#ecd58f", mix(GOLD, "#e0b445", 0.5), near * 1.6)
        tall = 190 + 420 * near + sheet.chance.uniform(-20, 30)
        birch(sheet, x, y, tall, leaf, mix("#dcd6c2", "#c9c6bd", near))


def _trail(sheet: Sheet) -> None:
    """Draw the path and the fallen leaves on it and beside it."""
    chance, line = sheet.chance, knots(TRAIL)
    lane(sheet, line, (1.18, 0.0, "#7d6a3a"), (1.0, 0.0, "#c7a878"), (0.62, -0.06, "#d8bd8e"))
    soft = smooth(line)
    on_path = [soft[chance.randrange(20, len(soft) - 6)] for _ in range(150)]
    leaves = [(x + chance.uniform(-0.9, 0.9) * w, y, 1.4 + w * 0.018) for x, y, w in on_path]
    for _ in range(200):
        near = chance.random() ** 0.8
        leaves.append((chance.uniform(0, WIDTH), 520 + 330 * near, 1.6 + 3 * near))
    for x, y, size in leaves:
        sheet.shape(points("-1,0 0,-0.6 1.2,0.1 0,0.6", x, y, size), chance.choice(FALLEN))


def _forest_floor(sheet: Sheet) -> None:
    """Draw ferns, grass, lingonberries and mushrooms on both sides of the trail."""
    for left, right in ((-20, 420), (860, WIDTH + 20)):
        for _ in range(13):
            sheet.stamp(FERN, sheet.chance.uniform(left, right), sheet.chance.uniform(600, 800))
        tufts(sheet, (left, 550, right, 800), 80, AUTUMN)
        dots(sheet, (left, 640, right, 796), 45, LINGON)
    for place in knots("372,742,17 398,752,12 868,716,15"):
        sheet.stamp(MUSHROOM, *place)


def _large_birches(sheet: Sheet) -> None:
    """Frame the trail with large birches; three of them carry the trail's orange mark."""
    for index, (x, y, tall) in enumerate(
        knots("214,640,760 1010,660,820 824,560,430 90,720,980 1150,730,1000")
    ):
        sheet.oval(x + tall * 0.05, y + 2, tall * 0.07, tall * 0.01, mix(MOSS, BARK, 0.6), 0.5)
        birch(sheet, x, y, tall, leaf=mix(GOLD, "#e6bd4e", 0.55))
        if index < 3:
            sheet.stamp(MARK, x, y - 46 - tall * 0.15, tall * 0.042)
        tufts(sheet, (x - tall * 0.04, y, x + tall * 0.04, y + 12), 9, AUTUMN[:3])
