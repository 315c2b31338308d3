"""The EU emblem that ships: proportions, colours and the places of its stars."""

from __future__ import annotations

import math

from PIL import Image, ImageColor

from tests.unit.render import build

EMBLEM = Image.open(build.TEMPLATES / "assets" / "eu-emblem.png").convert("RGB")
BLUE, GOLD = ImageColor.getrgb("#003399"), ImageColor.getrgb("#FFCC00")


def at(radius: float, degrees: float) -> tuple[int, ...] | float | None:
    """The colour at a distance from the centre (in heights) and an angle from twelve o'clock."""
    angle = math.radians(degrees)
    x = EMBLEM.width / 2 + radius * EMBLEM.height * math.sin(angle)
    y = EMBLEM.height / 2 - radius * EMBLEM.height * math.cos(angle)
    return EMBLEM.getpixel((int(x), int(y)))


def test_it_is_one_and_a_half_times_as_wide_as_high() -> None:
    assert EMBLEM.width * 2 == EMBLEM.height * 3


def test_twelve_gold_stars_stand_as_the_hours_on_a_clock() -> None:
    assert [at(1 / 3, 30 * hour) for hour in range(12)] == [GOLD] * 12
    assert [at(1 / 3, 30 * hour + 15) for hour in range(12)] == [BLUE] * 12


def test_the_star_at_twelve_points_straight_up() -> None:
    red = EMBLEM.getchannel("R")
    middle, centre, reach = EMBLEM.width // 2, EMBLEM.height // 6, EMBLEM.height // 32
    above, below = red.getpixel((middle, centre - reach)), red.getpixel((middle, centre + reach))
    assert isinstance(above, int)
    assert isinstance(below, int)
    assert above > 200
    assert below < 50
