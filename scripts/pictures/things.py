"""Boats, benches and bicycles."""

import math

from pictures.canvas import Sheet
from pictures.colour import NIGHT, mix
from pictures.lines import TURN, arc, curved

_DARK, _WOOD, _LIGHT = "#5d4a3a", "#a47f55", "#c39b6a"
BENCH = (
    ("box", _DARK, "8,-44,9,50; 176,-44,9,50; 22,-96,7,92; 190,-96,7,92"),
    ("box", _WOOD, "0,-98,204,12; 0,-80,204,12; 0,-62,204,12"),
    ("box", _LIGHT, "0,-98,204,3.4; 0,-80,204,3.4; 0,-62,204,3.4"),
    ("fill", _LIGHT, "-8,-42 196,-42 210,-52 10,-52"),
    ("box", _WOOD, "-8,-42,204,8"),
    ("bow", _WOOD, "-6,-66,6 8,-70 26,-72; 172,-66,6 186,-70 204,-72"),
    ("box", _DARK, "-4,-66,5,26; 174,-66,5,26"),
)


def boat(sheet: Sheet, x: float, y: float, length: float, colour: str) -> None:
    """Draw a rowing boat from the side, its stem at x."""
    rail = "0,-0.15 0.45,-0.06 1,-0.2"
    sheet.shape([*curved(rail, x, y, length), *curved("0.93,0 0.5,0.05 0.12,0", x, y, length)], colour)
    sheet.stroke(curved(rail, x, y, length), mix(colour, "#ffffff", 0.55), length * 0.03)
    sheet.stamp([("line", mix(colour, NIGHT, 0.5), "0.3,-0.09,0.03 0.62,-0.09")], x, y, length)


def bicycle(sheet: Sheet, x: float, y: float, wheel: float, colour: str) -> None:
    """Draw a bicycle from the side; x is the hub of its back wheel, y the ground, wheel a radius."""
    dark, hub = "#2d3338", y - wheel
    for middle in (x, x + wheel * 3):
        for i in range(8):
            across, down = wheel * math.cos(TURN * i / 16), wheel * math.sin(TURN * i / 16)
            sheet.stroke([(middle - across, hub - down), (middle + across, hub + down)], "#8a8f90", 0.8, 0.8)
        sheet.stroke(arc((middle, hub), wheel, wheel), dark, wheel * 0.11)
        sheet.oval(middle, hub, wheel * 0.1, wheel * 0.1, dark)
    tubes = (
        "0,-1,0.12 1.25,-0.88; 0,-1,0.12 0.96,-1.9; 1.25,-0.88,0.12 0.86,-2.25; 1.25,-0.88,0.12 2.68,-2;"
        "0.95,-1.95,0.12 2.62,-2.2; 2.58,-2.35,0.12 3,-1"
    )
    rest = (
        ("line", colour, tubes),
        ("bow", dark, "2.58,-2.35,0.11 2.52,-2.63 2.16,-2.61"),
        ("oval", dark, "0.86,-2.28,0.32,0.09; 1.25,-0.88,0.2,0.2"),
        ("line", dark, "1.25,-0.88,0.084 1.45,-0.48; -0.85,-2.115,0.09 0.45,-2.115"),
        ("box", "#b58a57", "-0.8,-2.62,0.95,0.46"),
        ("box", "#8f6a40", "-0.86,-2.66,1.07,0.09"),
    )
    sheet.stamp(rest, x, y, wheel)
