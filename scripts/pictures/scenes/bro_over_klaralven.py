"""An arched bridge over a wide river in the evening, with a cycle path along the bank."""

from pictures.buildings import House, house
from pictures.canvas import WIDTH, Sheet
from pictures.colour import BARK, FALU, FOREST, GOLD, LAKE, LINGON, MOSS, NIGHT, PAPER, SPRUCE, mix
from pictures.land import below, far_shore, glitter, ridges, ripples, roll
from pictures.lines import Point, curved, height_at, knots, points, shifted
from pictures.plants import dots, tufts
from pictures.sky import clouds, sunrise
from pictures.things import bicycle
from pictures.trees import birch

SHORE = 470.0
HILLS = "372,0,0 220,96,260 640,60,200; 398,13,26 1130,96,240 420,50,220; 428,21,41 80,70,260 820,34,240"
LEFT, SPAN, DECK, RISE = 150.0, 740.0, 420.0, 158.0
STEEL, DARK = mix(SPRUCE, LAKE, 0.4), mix(SPRUCE, NIGHT, 0.5)
PIERS_AND_APPROACHES = (
    ("fill", "#a39d8e", "138,420 184,420 194,471 128,471; 856,420 902,420 912,471 846,471"),
    ("fill", "#857f73", "138,420 156,420 150,471 128,471; 856,420 874,420 868,471 846,471"),
    ("fill", DARK, "-10,418 150,420 150,433 -10,431; 890,420 1210,426 1210,439 890,433"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sheet.sunny = 1
    sunrise(sheet, 930, 292, "#ffd58a", "#fbe0ae", "#f6e9cd", "#e2e7dd", "#c4d8d8", radius=38)
    clouds(sheet, "180,110,340 560,76,230", "#fff6e4")
    ridges(sheet, HILLS, "#c6cfbf", mix(FOREST, MOSS, 0.25), "#f8e3b4", "#fde9c0")
    far_shore(sheet, roll(sheet, 456, 4, 8), SHORE, mix(SPRUCE, FOREST, 0.4), 12, 40)
    house(sheet, House(1004, 467, 42, 19, 20, 16, FALU, "#5a4b44"))
    house(sheet, House(1076, 467, 32, 15, 16, 13, "#efe0b0", "#8a4a3c"))
    _bridge(sheet)
    sheet.mirror(SHORE, "#d9cfae")
    ripples(sheet, SHORE + 8, 760, "#fdf0cf", 44)
    glitter(sheet, 930, 486, 720, "#fff2c9")
    _bank(sheet)
    for x, y, tall in knots("70,690,560 176,700,470"):
        birch(sheet, x, y, tall, leaf="#a5ab4c")
        tufts(sheet, (x - 24, y - 2, x + 24, y + 9), 9)


def _bridge(sheet: Sheet) -> None:
    """Draw two steel arches behind each other, with hangers, a deck and two stone piers."""
    sheet.stamp(PIERS_AND_APPROACHES)
    for shift, tone in ((10.0, mix(STEEL, "#e9d9ae", 0.35)), (0.0, STEEL)):
        upper, lower = ([_on_arch(i / 64, lift, shift) for i in range(65)] for lift in (RISE, RISE * 0.86))
        sheet.stroke(upper, tone, 8)
        sheet.stroke(lower, tone, 4.5)
        for i in range(4, 64, 4):
            sheet.stroke([upper[i], (upper[i][0], DECK)], tone, 2.6)
            if i < 60:
                sheet.stroke([lower[i], upper[i + 4]], tone, 1.8)
    sheet.box(LEFT - 4, DECK, SPAN + 8, 13, DARK)
    sheet.box(LEFT - 4, DECK, SPAN + 8, 3.5, mix(STEEL, "#f2e2b8", 0.5))
    for i in range(60):
        sheet.box(-10 + i * 21, DECK - 12, 1.6, 13, DARK)
    sheet.box(-10, DECK - 13, 1230, 2.2, DARK)


def _on_arch(share: float, lift: float, shift: float) -> Point:
    return LEFT + SPAN * share + shift, DECK - lift * 4 * share * (1 - share) - shift / 2


def _bank(sheet: Sheet) -> None:
    """Draw the near bank: a gravel cycle path, a railing with a bicycle, grass and flowers."""
    bank = curved("-60,628 140,640 380,672 620,690 860,676 1080,640 1260,606")
    below(sheet, bank, mix(MOSS, SPRUCE, 0.45))
    below(sheet, shifted(bank, 13), mix(MOSS, GOLD, 0.12))
    upper = curved("-60,694 200,704 480,730 760,732 1020,698 1260,648")
    lower = curved("-60,756 200,766 480,794 760,798 1020,762 1260,700")
    below(sheet, shifted(upper, -3), mix(MOSS, SPRUCE, 0.35))
    below(sheet, upper, "#dcc9a0")
    sheet.shape([*shifted(upper, 10), *reversed(shifted(upper, 26))], "#e8d9b6")
    below(sheet, lower, mix(MOSS, SPRUCE, 0.35))
    below(sheet, shifted(lower, 4), mix(MOSS, SPRUCE, 0.2))
    tufts(sheet, (0, 652, WIDTH, 700), 90)
    wood, shine = mix("#7b5a42", BARK, 0.4), mix("#7b5a42", "#ffd99a", 0.45)
    posts = [(float(x), height_at(upper, x) - 6) for x in range(452, 1001, 78)]
    for drop in (46, 26):
        sheet.stroke(shifted(posts, -drop), "#7b5a42", 5)
        sheet.stroke(shifted(posts, -drop - 1.6), shine, 1.6)
    for x, y in posts:
        sheet.stamp([("box", wood, "-4,-56,8,62"), ("box", shine, "1.5,-56,2.5,60")], x, y)
    bicycle(sheet, 690, 734, 34, LINGON)
    tufts(sheet, (0, 770, WIDTH, 806), 70)
    for x, y in points("0,776 300,790 900,786 1040,754"):
        dots(sheet, (x, y, x + 160, y + 20), 11, PAPER, "#e9c64f", LINGON)
