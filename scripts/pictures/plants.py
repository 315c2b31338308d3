"""Grass, berries and flowers."""

from collections.abc import Sequence

from pictures.canvas import Sheet
from pictures.colour import GOLD, MOSS, SPRUCE, mix

GRASS = (MOSS, mix(MOSS, GOLD, 0.55), mix(MOSS, SPRUCE, 0.5))
Area = tuple[float, float, float, float]


def tufts(sheet: Sheet, area: Area, count: int, colours: Sequence[str] = GRASS) -> None:
    """Scatter tufts of grass over left, top, right and bottom, taller nearer to the viewer."""
    left, top, right, bottom = area
    chance = sheet.chance
    places = [(chance.random() ** 1.2, chance.uniform(left, right)) for _ in range(count)]
    for share, x in sorted(places):
        y, near = top + (bottom - top) * share, 0.35 + 0.65 * share
        colour = chance.choice(colours)
        for _ in range(chance.randint(3, 6)):
            root, bend = x + chance.uniform(-6, 6) * near, chance.uniform(-9, 9) * near
            tall = chance.uniform(10, 26) * near
            middle = (root + bend * 0.4, y - tall * 0.6, 1.8 * near)
            sheet.ribbon([(root, y, 2.6 * near), middle, (root + bend, y - tall, 0.4)], colour)


def dots(sheet: Sheet, area: Area, count: int, *colours: str) -> None:
    """Scatter berries or flowers over left, top, right and bottom."""
    left, top, right, bottom = area
    for _ in range(count):
        x, y = sheet.chance.uniform(left, right), sheet.chance.uniform(top, bottom)
        sheet.oval(x, y, 3.2, 3, sheet.chance.choice(colours))
        sheet.oval(x - 1, y - 1, 1, 0.9, "#ffffff", 0.4)
