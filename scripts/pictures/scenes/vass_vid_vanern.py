"""Golden reed by a wide lake under a low winter sun."""

from pictures.canvas import Sheet
from pictures.colour import FALU, NIGHT, SPRUCE, mix
from pictures.land import below, glitter, roll
from pictures.lines import Knot, curved, knots, points, shifted, tapered
from pictures.plants import tufts
from pictures.sky import birds, clouds, sunrise
from pictures.trees import forest

LEVEL = 424.0
RED, SEAM = mix(FALU, "#b4552f", 0.25), mix(FALU, NIGHT, 0.35)
BOAT = (
    ("oval", "#c4d0d9", "210,30,190,14"),
    ("oval", "#aebdca", "180,29,140,9"),
    ("soft", "#6d4a34", "-10,-46 90,-62 220,-66 330,-60 270,-30 170,-18 60,-24 -10,-46"),
    ("fill", "#b78a5a", "86,-60 112,-62 126,-24 98,-22; 186,-60 212,-62 226,-22 198,-20"),
    ("soft", RED, "-10,-46 60,-26 170,-20 270,-32 330,-60 322,-22 280,20 160,36 50,26 4,-6 -10,-46"),
    ("bow", SEAM, "0,-28,1.8 60,-9 170,-3 270,-15 326,-44; 12,-6,1.8 60,8 170,14 270,2 326,-30"),
    ("bow", "#f3ead6", "-10,-46,5 60,-26 170,-20 270,-32 330,-60"),
    ("line", "#c79a66", "30,-56,5 330,-96"),
    ("fill", "#c79a66", "326,-100 392,-112 394,-102 330,-90"),
    ("soft", "#f7f8f6", "66,-26 120,-33 190,-31 228,-26 150,-18 66,-24"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sunrise(sheet, 330, 356, "#ffdf9f", "#fce3b4", "#f6e6cd", "#dbe0de", "#b6cdd8")
    clouds(sheet, "690,110,360 120,150,240 900,236,200", "#fdf5e6")
    for x, size in points("720,70 842,34 1060,96"):
        sheet.shape(curved("-1,0 -0.5,-0.1 0.2,-0.12 1,0", x, LEVEL, size), "#8b9aa0")
        wood = points("-0.62,0 0.62,0", x, LEVEL - 3, size)
        forest(sheet, wood, mix("#8ba2a2", SPRUCE, 0.35), 10, 22)
    sheet.shape(points("-5,-1.5 260,-5 470,-1 470,1 -5,1", 0, LEVEL), "#a9b8b6")
    sheet.mirror(LEVEL, "#c3d4da")
    _ice(sheet)
    glitter(sheet, 330, LEVEL + 8, 560, "#fff0c6")
    shore = curved("-60,676 160,690 420,668 660,660 880,676 1100,690 1260,672")
    below(sheet, shifted(shore, -4), "#dccfa6")
    below(sheet, shifted(shore, 4), "#f1f2f0")
    below(sheet, shifted(shore, 62, 10, 120), "#e7ebee")
    tufts(sheet, (260, 690, 960, 716), 40, ("#c9ae62", "#a8914c", "#e0cd8e"))
    sheet.stamp(BOAT, 438, 722)
    for x, y, spread in knots("1010,700,250 150,706,190"):
        _reed(sheet, x, y, spread, 135, 0.8)
    for x, y, spread in knots("1120,800,210 30,806,170"):
        _reed(sheet, x, y, spread, 100, 1.25)
    geese = "560,214,24 594,203,23 628,192,22 662,181,21 696,195,20 730,209,19 764,223,18 798,237,17"
    birds(sheet, knots(geese), "#5a6a72")


def _ice(sheet: Sheet) -> None:
    """Lay pale ice along the shore, with floes before it, cracks and the sun on it."""
    chance, edge = sheet.chance, roll(sheet, 548, 10, 9)
    below(sheet, edge, "#f2f0e8")
    below(sheet, shifted(edge, 4), "#d7e2e6")
    below(sheet, shifted(edge, 46, 6, 90), "#e2e9ea")
    for _ in range(9):
        x, y, size = chance.uniform(60, 1140), chance.uniform(LEVEL + 60, 540), chance.uniform(20, 64)
        sheet.oval(x, y, size, size * 0.1, "#eef0ec")
        sheet.oval(x, y + 1.4, size, size * 0.1, "#cfdde2")
    for x, y, reach in knots("240,612,190 620,590,150 880,622,170"):
        crack = [(x + reach * k / 5, y + chance.uniform(-6, 6) + k * 3) for k in range(6)]
        sheet.stroke(crack, "#b5c9d2", 1.6)
        sheet.stroke([crack[2], (crack[2][0] + 34, crack[2][1] + 22)], "#b5c9d2", 1.2)
    sheet.oval(330, 600, 70, 4, "#f8e6bd", 0.8)
    sheet.oval(338, 616, 46, 3, "#f8e6bd", 0.7)


def _reed(sheet: Sheet, middle: float, foot: float, spread: float, count: int, size: float) -> None:
    """Draw a stand of reed with leaves and heavy plumes that lean with the wind."""
    chance = sheet.chance
    for index in range(count):
        share = index / count
        x, y = middle + chance.gauss(0, 0.5) * spread, foot + chance.uniform(-6, 10) + 14 * share
        tall = chance.uniform(150, 250) * (1 - 0.35 * min(1.0, abs(x - middle) / (spread * 1.4)))
        tone = mix(chance.choice(("#d8b65c", "#c79f45", "#e6cd86")), "#8a6d2c", 0.35 - 0.35 * share)
        lean = tall * chance.uniform(0.05, 0.16)
        stalk = tapered(f"0,0,3.2 {lean * 0.3},{-tall * 0.55},2.3 {lean},{-tall},1.1", x, y, size)
        sheet.ribbon(stalk, tone)
        for _ in range(2):
            px, py, _ = stalk[chance.randrange(7, 28)]
            reach = chance.uniform(18, 40) * chance.choice((-1, 1, 1))
            sheet.ribbon(tapered(f"0,0,3.4 {reach * 0.6},-20,2.6 {reach},-8,0.5", px, py, size), tone)
        if index % 3:
            _plume(sheet, stalk[-1], size)


def _plume(sheet: Sheet, top: Knot, size: float) -> None:
    """Draw the feathery head of a reed, blown to one side."""
    tone = mix("#7c5a3a", "#bf9a66", sheet.chance.uniform(0, 0.9))
    for rise, reach, wide in knots("26,10,3.6 21,16,4.2 13,19,4 6,17,3"):
        strand = f"0,9,1.2 {reach * 0.42},{-rise * 0.8},{wide} {reach},{5 - rise},0.5"
        sheet.ribbon(tapered(strand, top[0], top[1], size), tone)
