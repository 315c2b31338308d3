"""A village hall with solar panels on a clear day late in winter."""

import math

from pictures.buildings import SLOPE, House, chimney, door, house, windows
from pictures.canvas import Sheet
from pictures.colour import FALU, FOREST, MOSS, SNOW, SPRUCE, mix
from pictures.land import fields, pool, ridges, shrunk
from pictures.lines import knots, points, shifted, tapered
from pictures.plants import tufts
from pictures.sky import clouds, sunrise
from pictures.trees import birch, spruces

HILLS = "390,0,0 160,86,230 760,110,260; 418,13,27 1080,104,260 430,46,200; 452,22,44 60,60,200 700,36,260"
GLASS, SHADED = "#a9cad6", "#7f9fb0"
BIRCHES = "58,578,340 152,590,372 256,606,388 362,590,310"
SPRUCES = "1086,616,210 1142,650,320 1206,694,430"


def draw(sheet: Sheet) -> None:
    """Draw the picture."""
    sunrise(sheet, 210, 130, "#fff1c4", "#fbefd2", "#e6eeea", "#bfdbe6", "#9fc6d9", radius=44)
    clouds(sheet, "700,110,320 470,196,170", "#ffffff")
    ridges(sheet, HILLS, "#b9cfd2", mix("#b9cfd2", FOREST, 0.85), "#eef0ea")
    fields(sheet, 10, (476, "#e3e9ec"), (540, "#edf0f0"), (640, SNOW))
    _melting(sheet)
    for place in knots(BIRCHES):
        _birch_shadow(sheet, *place)
    for x, y, tall in knots(BIRCHES):
        birch(sheet, x, y, tall, shade="#b9c3c4")
    _hall(sheet)
    for x, y, tall in knots(SPRUCES):
        sheet.shape(points("-0.12,0 0.12,-0.02 0.95,0.3", x, y - 4, tall), "#b4c8d6")
    spruces(sheet, SPRUCES, mix(SPRUCE, FOREST, 0.3))


def _melting(sheet: Sheet) -> None:
    """Let last year's grass come through where the snow has melted, and tracks cross the meadow."""
    for x, y, size in knots("180,600,70 330,724,130 860,720,110 70,700,80 1010,772,120 600,770,60"):
        patch = pool(sheet, x, y, size)
        sheet.shape(shifted(patch, -3), "#c9d6dd")
        sheet.shape(patch, "#c9b877")
        sheet.shape(shrunk(patch, x + 20, y + 6, 0.7), "#b5a863")
        area = (x - size * 0.6, y - size * 0.1, x + size * 0.6, y + size * 0.14)
        tufts(sheet, area, round(size / 7), (MOSS, "#d8c88c", "#a58f45"))
    for step in range(26):
        share = step / 25
        x, y = 1010 - 620 * share + 40 * math.sin(share * 5), 668 + 110 * share
        sheet.oval(x + (5 if step % 2 else -5), y, 4 + 3 * share, 2 + 1.4 * share, "#c3d1da")


def _birch_shadow(sheet: Sheet, x: float, y: float, tall: float) -> None:
    """Lay a birch's long shadow on the snow, away from the sun."""
    sheet.ribbon(tapered("0,0,0.034 0.4,0.13,0.024 0.9,0.29,0.008", x, y, tall), "#bfcfda")
    for i in range(8):
        share = 0.315 + i * 0.0675
        bough = f"{share},{share / 3},0.008 {share + 0.13},{share / 3 + (0.035 if i % 2 else -0.035)},0.003"
        sheet.stamp([("line", "#c6d4dd", bough)], x, y, tall)


def _hall(sheet: Sheet) -> None:
    plan = House(470, 622, 360, 112, 150, 128, FALU, "#5a5250")
    sheet.shape(points("470,622 830,622 980,600 1060,640 900,668 520,650"), "#b4c8d6", 0.75)
    chimney(sheet, plan, 0.86)
    house(sheet, plan)
    sheet.shape(plan.roof_part(0, 0, 1, 0.06), "#f7f8f6")
    for row in range(4):
        for column in range(12):
            _panel(sheet, plan, 0.05 + column * 0.066, 0.13 + row * 0.2)
    windows(sheet, "500,542,36,44 570,542,36,44 706,542,36,44 770,542,36,44", GLASS)
    windows(sheet, "862,534,28,40 922,526,28,40 892,440,22,28", SHADED, SLOPE)
    door(sheet, 628, 532, 52, 90, mix(SPRUCE, FOREST, 0.4), GLASS)


def _panel(sheet: Sheet, plan: House, u: float, v: float) -> None:
    """Lay a solar panel on the roof."""
    cell = plan.roof_part(u, v, u + 0.062, v + 0.188)
    sheet.shape(cell, "#1d3f5c")
    shine = [cell[0], plan.on_roof(u + 0.034, v), plan.on_roof(u + 0.014, v + 0.188), cell[3]]
    sheet.shape(shine, "#3d6f92", 0.75)
    sheet.stroke([plan.on_roof(u + 0.031, v), plan.on_roof(u + 0.031, v + 0.188)], "#86a9bd", 0.8, 0.6)
    sheet.stroke([plan.on_roof(u, v + 0.094), plan.on_roof(u + 0.062, v + 0.094)], "#86a9bd", 0.8, 0.6)
    sheet.stroke([*cell, cell[0]], "#c3d0d6", 1.0)
