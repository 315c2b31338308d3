"""Seven hills at sunrise above a lake with a cottage."""

from pictures.buildings import SLOPE, House, chimney, door, house, windows
from pictures.canvas import Sheet
from pictures.colour import FALU, FOREST, LAKE, MOSS, SPRUCE, mix
from pictures.land import below, glitter, ridges, ripples
from pictures.lines import curved, knots
from pictures.plants import tufts
from pictures.sky import birds, clouds, sunrise
from pictures.things import boat
from pictures.trees import spruces

SHORE = 596.0
HILLS = """
    372,0,0 300,108,210 940,30,180; 405,6,15 720,92,230 1360,30,180; 438,10,22 1080,100,190;
    471,13,30 90,104,200 730,30,180; 504,17,37 560,78,190 1200,30,180; 537,20,45 1000,84,220;
    570,23,53 210,54,260 850,30,180
"""
JETTY = (
    ("box", "#4c4238", "10,-2,3,17; 44,-2,3,17; 78,-2,3,17; 5,12,3,15; 39,12,3,15; 73,12,3,15"),
    ("fill", "#a08d70", "-22,-4 88,-1 80,10 -36,4"),
    ("fill", "#6d5d4a", "-36,4 80,10 80,14 -36,8"),
)


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sheet.sunny = 1
    sunrise(sheet, 806, 262, "#ffe2a8", "#fbe6c4", "#f1ead8", "#d5e2e2", "#c3d8dc")
    clouds(sheet, "110,120,330 890,90,250 540,196,190", "#fdfaf2")
    ridges(sheet, HILLS, "#bfd0cc", SPRUCE, "#f9ead0", "#fff3dd")
    birds(sheet, knots("452,168,22 492,154,18 520,176,15"), "#5d7a76")
    bank = curved("-40,584 200,576 420,587 640,581 900,589 1240,582")
    below(sheet, bank, mix(MOSS, SPRUCE, 0.35))
    _cottage(sheet)
    sheet.mirror(SHORE, "#b5cdd0", 0.4)
    ripples(sheet, SHORE + 8, 800, "#f4ead4", 46)
    sheet.stamp(JETTY, 590, SHORE)
    boat(sheet, 690, SHORE + 14, 62, LAKE)
    glitter(sheet, 806, 668, 800, "#fff1cf")
    _near_shore(sheet)


def _cottage(sheet: Sheet) -> None:
    plan = House(468, SHORE - 9, 74, 30, 34, 26, FALU, "#5b4a45")
    chimney(sheet, plan, 0.6, smoke="#fdf6e6")
    house(sheet, plan)
    windows(sheet, "481,564,10,12 519,564,10,12")
    windows(sheet, "554,562,9,11", slope=SLOPE)
    door(sheet, 499, 562, 12, 25, FOREST, "#f7f4ec")
    spruces(sheet, "430,590,62 446,590,84 412,590,50 596,590,72 616,590,48", mix(SPRUCE, "#0e2f26", 0.25))


def _near_shore(sheet: Sheet) -> None:
    """Frame the picture with the dark shore we stand on."""
    dark = mix(SPRUCE, "#0b2620", 0.5)
    spruces(sheet, "18,790,420 112,790,300 -40,790,340 176,790,170", dark)
    spruces(sheet, "1176,795,330 1090,795,210 1238,795,440", dark)
    sheet.stamp(
        [
            ("soft", dark, "-40,742 120,756 300,792 460,815 -40,830 -40,742"),
            ("soft", dark, "820,815 980,788 1120,768 1240,752 1240,830 820,815"),
        ]
    )
    for area in ((190, 782, 420, 806), (850, 780, 1080, 806)):
        tufts(sheet, area, 26, (dark, mix(dark, MOSS, 0.5)))
