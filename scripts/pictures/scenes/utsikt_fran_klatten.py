"""The view from a hilltop over a long, narrow lake."""

from pictures.buildings import House, house
from pictures.canvas import HEIGHT, WIDTH, Sheet
from pictures.colour import FALU, FOREST, GOLD, LAKE, LINGON, MOSS, PAPER, SPRUCE, mix
from pictures.land import below, ridges, ripples
from pictures.lines import Point, curve, curved, height_at, points, rows, shifted, slab
from pictures.plants import dots, tufts
from pictures.sky import clouds, evening
from pictures.things import BENCH, boat
from pictures.trees import forest, pine, spruce

# Spurs of land, the farthest first: their tip in the lake (y, x), the side that they come from, how high
# they rise, and whether they are wooded; on the others there are farms.
SPURS = """
    372,560,-1,34,0 378,700,1,36,0 398,606,-1,44,1 414,660,1,46,0 446,500,-1,56,0
    474,706,1,60,1 520,560,-1,70,0 560,664,1,80,0 634,392,-1,96,0 668,850,1,92,1
"""
SAILS = (("fill", "#fffdf7", "622,632 623,586 650,628"), ("fill", "#e9e2d0", "619,630 620,596 602,629"))
HILLS = "300,0,0 260,44,200 900,36,260; 318,3,7 620,38,180 1120,46,180; 338,3,7 80,52,220 820,24,160"


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    evening(sheet, "#a9c9d6", "#cfe0e0", "#f0ecdc", "#f8ecd2", until=330)
    clouds(sheet, "90,96,380 640,70,300 900,168,240 420,190,170", "#fffdf7")
    ridges(sheet, HILLS, "#b3cad0", "#7fa19a", "#f1ead6")
    sheet.blend(slab(0, 352, WIDTH, 450), "#e4ebe4", mix(LAKE, "#ffffff", 0.22), (360, 700))
    ripples(sheet, 400, 700, "#eef3ee", 110)
    for y, x, side, rise, wooded in rows(SPURS):
        near = (y - 366) / 300
        wide = (-60 if side < 0 else WIDTH + 60) - x
        if y in {474, 634}:
            _island(sheet, 612, y - 8, near)
        _spur(sheet, (x, y), wide, rise, near)
        if wooded:
            _wood(sheet, (x, y), wide, rise, near)
        else:
            _farm(sheet, (x, y), wide, near)
    boat(sheet, 604, 640, 34, PAPER)
    sheet.stamp(
        [("fill", "#fffdf7", "622,632 623,586 650,628"), ("fill", "#e9e2d0", "619,630 620,596 602,629")]
    )
    _hilltop(sheet)


def _island(sheet: Sheet, x: float, y: float, near: float) -> None:
    size, tone = 20 + 24 * near, mix("#8fb09c", SPRUCE, near)
    sheet.oval(x, y, size, size * 0.14, mix(tone, MOSS, 0.3))
    forest(sheet, points("-0.8,0 0.8,0", x, y, size), tone, size * 0.4, size * 0.75)


def _crest(tip: Point, wide: float, rise: float) -> list[Point]:
    """Return the back of a spur, from its tip in the lake to the picture's side."""
    places = points("0,0 0.14,-0.22 0.34,-0.46 0.62,-0.86 1,-1.1")
    return curve([(tip[0] + wide * a, tip[1] + rise * b) for a, b in places])


def _beach(tip: Point, wide: float, near: float) -> list[Point]:
    """Return the shore of a spur, from the picture's side to its tip."""
    x, y = tip
    places = ((1.0, 26 + 40 * near), (0.5, 12 + 26 * near), (0.2, 8 + 10 * near), (0.0, 0.0))
    return curve([(x + wide * a, y + down) for a, down in places])


def _spur(sheet: Sheet, tip: Point, wide: float, rise: float, near: float) -> None:
    """Draw a meadow that falls from the picture's side to its tip, with a wood along its back."""
    x, y = tip
    crest = _crest(tip, wide, rise)
    low = (x + wide, HEIGHT if near > 0.8 else y + 60 + 50 * near)
    meadow = mix("#b9c897", mix(MOSS, "#b9bf6a", 0.55), near)
    sheet.shape([*crest, low, *_beach(tip, wide, near)], meadow)
    _trees(sheet, crest[3:], rise, near, 0)


def _trees(sheet: Sheet, line: list[Point], rise: float, near: float, row: int) -> None:
    tone = mix("#9dbba6", mix(FOREST, SPRUCE, 0.3), near)
    wood = sorted(shifted(line, rise * 0.06))
    forest(sheet, wood, mix(tone, SPRUCE, 0.12 * row), 4 + 14 * near, 9 + 34 * near)


def _wood(sheet: Sheet, tip: Point, wide: float, rise: float, near: float) -> None:
    """Fill a spur with trees, in rows from its back to its shore."""
    crest, beach = _crest(tip, wide, rise), _beach(tip, wide, near)
    tone = mix("#9dbba6", mix(FOREST, SPRUCE, 0.4), near)
    sheet.shape([*crest, *shifted(beach, -2 - 4 * near)], tone)
    shore = sorted(beach)
    for row in range(4):
        line = [(x, y + (height_at(shore, x) - y) * row * 0.26) for x, y in crest[3:]]
        _trees(sheet, line, rise, near, row)


def _farm(sheet: Sheet, tip: Point, wide: float, near: float) -> None:
    """Lay two fields and a farm on a spur, with a few trees along the shore."""
    chance, (x, y), size = sheet.chance, tip, 6 + 11 * near
    start = chance.uniform(0.06, 0.2)
    corners = points("0,0.55 0.3,0.12 0.7,-0.05 1,0.2 0.8,0.75 0.35,0.95 0,0.55")
    for offset, reach, tone in ((0.0, 0.34, "#e6d9a0"), (chance.uniform(0.3, 0.4), 0.26, "#cdd08e")):
        lift = size * (0.36 + 1.92 * (start + offset))
        field = [(x + wide * (start + offset + reach * a), y - lift + b * size * 2.1) for a, b in corners]
        sheet.shape(curve(field, 8), mix(tone, GOLD, 0.06 + 0.16 * near))
    place = x + wide * (start + chance.uniform(0.12, 0.24))
    house(sheet, House(place, y + size * 0.1, size * 1.9, size * 0.8, size, size * 0.7, FALU, "#6a5a54"))
    barn = size * 0.7
    if chance.random() < 0.75:
        house(sheet, House(place - size * 2.5, y + size * 0.4, barn * 2, barn, barn, barn, PAPER, "#8a4a3c"))
    dark = mix(mix("#9dbba6", FOREST, near), SPRUCE, 0.4)
    for _ in range(chance.randint(4, 9)):
        foot = (x + wide * chance.uniform(0.03, 0.3), y + chance.uniform(0, 4 + 8 * near))
        spruce(sheet, *foot, (7 + 24 * near) * chance.uniform(0.7, 1.2), dark)


def _hilltop(sheet: Sheet) -> None:
    """Draw the rock we stand on, with a pine and a bench."""
    rock = curved("-60,672 90,656 260,688 430,704 600,728 780,712 960,682 1110,690 1260,664")
    below(sheet, rock, "#8d8a82")
    below(sheet, shifted(rock, 16, 8), "#7a776f")
    moss = curved("-60,724 140,706 380,744 620,772 880,744 1080,728 1260,712")
    below(sheet, moss, mix(MOSS, SPRUCE, 0.3))
    below(sheet, shifted(moss, 34), mix(MOSS, SPRUCE, 0.6))
    cracks = "330,716,2 360,721 390,713; 700,738,2 735,743 770,735; 1010,712,2 1035,717 1060,709"
    sheet.stamp([("bow", "#66645e", cracks)])
    tufts(sheet, (-20, 716, WIDTH, 800), 90)
    dots(sheet, (0, 752, WIDTH, 798), 70, LINGON)
    sheet.stamp(BENCH, 842, 742)
    pine(sheet, 150, 752, 660, mix(SPRUCE, MOSS, 0.12))
    tufts(sheet, (110, 746, 200, 766), 16)
