"""Points, lines and outlines, in picture units: 1200 to the right, 800 down.

Figures are written as in SVG ("0,0 10,-5") and may be placed at x, y and scaled by size.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Knot = tuple[float, float, float]
TURN = 2 * math.pi


def rows(text: str) -> list[tuple[float, ...]]:
    """Read groups of figures."""
    return [tuple(float(value) for value in row.split(",")) for row in text.split()]


def points(text: str, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> list[Point]:
    """Read points."""
    return [(x + a * size, y + b * size) for a, b in rows(text)]


def knots(text: str, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> list[Knot]:
    """Read points with a width; where it is left out, it is that of the knot before."""
    line: list[Knot] = []
    width = 0.0
    for a, b, *given in rows(text):
        width = given[0] * size if given else width
        line.append((x + a * size, y + b * size, width))
    return line


def smooth(path: Sequence[Knot], steps: int = 18) -> list[Knot]:
    """Draw a soft line through all knots of the path (Catmull-Rom); the width follows along."""
    padded = [path[0], *path, path[-1]]
    line: list[Knot] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        line.extend(_between(p0, p1, p2, p3, step / steps) for step in range(steps))
    return [*line, path[-1]]


def _between(p0: Knot, p1: Knot, p2: Knot, p3: Knot, t: float) -> Knot:
    x, y, w = (
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
    )
    return x, y, w


def curve(path: Sequence[Point], steps: int = 18) -> list[Point]:
    """Draw a soft line through all points of the path."""
    return [(x, y) for x, y, _ in smooth([(x, y, 0.0) for x, y in path], steps)]


def curved(text: str, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> list[Point]:
    """Read points and draw a soft line through them."""
    return curve(points(text, x, y, size))


def tapered(text: str, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> list[Knot]:
    """Read knots and draw a soft line through them."""
    return smooth(knots(text, x, y, size))


def shifted(line: Sequence[Point], down: float, wave: float = 0.0, length: float = 60.0) -> list[Point]:
    """Return the line moved down, in waves if their height and length are given."""
    return [(x, y + down + wave * math.sin(x / length)) for x, y in line]


def height_at(line: Sequence[Point], x: float) -> float:
    """Return the line's y at x; the line runs from left to right."""
    for (x0, y0), (x1, y1) in pairwise(line):
        if x0 <= x <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[0][1] if x < line[0][0] else line[-1][1]


def beside(line: Sequence[Knot], share: float) -> list[Knot]:
    """Return the line moved sideways by a share of its width."""
    moved = []
    for index, (x, y, w) in enumerate(line):
        ax, ay, _ = line[max(0, index - 1)]
        bx, by, _ = line[min(len(line) - 1, index + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        moved.append((x - (by - ay) / length * w * share, y + (bx - ax) / length * w * share, w))
    return moved


def narrowed(line: Sequence[Knot], share: float, place: float = 0.0) -> list[Knot]:
    """Return the line with a share of its width, moved to the right by `place` of the old width."""
    return [(x + w * place, y, w * share) for x, y, w in line]


def ribbon(line: Sequence[Knot]) -> list[Point]:
    """Return the outline of a line with widths."""
    sides = [*beside(line, 0.5), *reversed(beside(line, -0.5))]
    return [(x, y) for x, y, _ in sides]


def arc(middle: Point, rx: float, ry: float, start: float = 0.0, end: float = TURN) -> list[Point]:
    """Return a part of an ellipse, from one angle to another (radians, clockwise from the right)."""
    steps = max(24, round(max(rx, ry) * 1.5))
    angles = [start + (end - start) * i / steps for i in range(steps + 1)]
    return [(middle[0] + rx * math.cos(a), middle[1] + ry * math.sin(a)) for a in angles]


def slab(x: float, y: float, width: float, height: float, slope: float = 0.0) -> list[Point]:
    """Return the corners of an upright rectangle whose ground line rises by `slope` to the right."""
    rise = slope * width
    return [(x, y), (x + width, y - rise), (x + width, y - rise + height), (x, y + height)]
