"""Houses seen from their long side, with a gable turned away to the right."""

from dataclasses import dataclass

from pictures.canvas import Sheet
from pictures.colour import LAMP, NIGHT, SNOW, WHITE, mix
from pictures.lines import Point, rows, slab, tapered

SLOPE = 0.14  # how much the gable's ground line rises for each step to the right


@dataclass(frozen=True)
class House:
    """A house: the near wall's lower left corner, its size, the gable's depth, the roof's rise, colours."""

    x: float
    y: float
    width: float
    height: float
    depth: float
    rise: float
    wall: str
    roof: str
    trim: str = WHITE
    snow: bool = False

    @property
    def top(self) -> float:
        """The y of the near wall's upper edge."""
        return self.y - self.height

    @property
    def right(self) -> float:
        """The x of the corner between the long side and the gable."""
        return self.x + self.width

    def on_roof(self, u: float, v: float) -> Point:
        """Return a place on the near roof slope: u along the eaves, v from eaves to ridge."""
        out = self.width * 0.03
        x = self.x - out + (self.width + out * 1.4) * u + (self.depth / 2) * v
        return x, self.top + self.rise * 0.08 - (self.rise * 1.1 + SLOPE * self.depth / 2) * v

    def roof_part(self, u0: float, v0: float, u1: float, v1: float) -> list[Point]:
        """Return the corners of a part of the near roof slope."""
        return [self.on_roof(u0, v0), self.on_roof(u1, v0), self.on_roof(u1, v1), self.on_roof(u0, v1)]


def house(sheet: Sheet, plan: House) -> None:
    """Draw walls, boards, white corners and roof; windows and doors come after."""
    x, right, top = plan.x, plan.right, plan.top
    lift, foot = SLOPE * plan.depth, plan.height * 0.07
    far = right + plan.depth
    apex = (right + plan.depth / 2, top - plan.rise - lift / 2)
    gable = [(right, plan.y), (far, plan.y - lift), (far, top - lift), apex, (right, top)]
    sheet.shape(gable, mix(plan.wall, NIGHT, 0.3))
    sheet.box(x, top, plan.width, plan.height, plan.wall)
    gap = max(3.0, plan.width / 46)
    for i in range(1, int(plan.width / gap)):
        sheet.box(x + i * gap, top, 0.8, plan.height, mix(plan.wall, NIGHT, 0.4), 0.35)
    sheet.box(x, plan.y - foot, plan.width, foot, "#8b8a84")
    sheet.shape(slab(right, plan.y - foot, plan.depth, foot, SLOPE), "#6f6f6c")
    board = max(2.0, plan.width * 0.016)
    for corner, base in ((x, 0.0), (right - board, 0.0), (far - board * 0.8, lift)):
        sheet.box(corner, top - base, board, plan.height * 0.93, plan.trim)
    _roof(sheet, plan, apex, (far + plan.depth * 0.06, top - lift + plan.rise * 0.09))


def _roof(sheet: Sheet, plan: House, apex: Point, eave: Point) -> None:
    """Draw the near slope, its courses or its snow, and the boards along the gable."""
    thick = max(2.5, plan.width * 0.018)
    low, corner, ridge, end = plan.roof_part(0, 0, 1, 1)
    sheet.shape(slab(low[0], low[1], corner[0] - low[0], thick), mix(plan.roof, NIGHT, 0.45))
    sheet.stroke([apex, eave], plan.trim, thick * 1.3)
    sheet.stroke([corner, ridge], plan.trim, thick * 1.6)
    if plan.snow:
        sheet.stroke([(ridge[0] - 2, ridge[1] - thick), (eave[0], eave[1] - thick)], SNOW, thick * 1.5)
    sheet.shape([low, corner, ridge, end], plan.roof)
    for i in range(1, 9 if not plan.snow else 1):
        course = [plan.on_roof(0, i / 9), plan.on_roof(1, i / 9)]
        sheet.stroke(course, mix(plan.roof, NIGHT, 0.35), 0.9, 0.5)
    if plan.snow:
        lip = [plan.on_roof(i / 12, 0) for i in range(13)]
        edge = [(x, y + (2.5 if i % 2 else 5)) for i, (x, y) in enumerate(lip)]
        sheet.shape([*edge, plan.on_roof(1, 0.12), plan.on_roof(0, 0.12)], plan.roof)
    sheet.stroke([end, ridge], mix(plan.roof, "#ffffff", 0.3), thick * 0.5)


def chimney(sheet: Sheet, plan: House, u: float, smoke: str = "") -> None:
    """Put a chimney on the ridge, with smoke if a colour for it is given; draw it before the house."""
    x, y = plan.on_roof(u, 1)
    wide, tall = plan.width * 0.055, plan.rise * 0.55
    top = y - tall * 0.7
    if smoke:
        puff = "0,0,0.5 0.4,-3,0.9 -0.3,-6,1.5 1.4,-9,1.9 2.7,-12,0.5"
        sheet.ribbon(tapered(puff, x + wide / 2, top, min(wide, 11)), smoke, 0.7)
    sheet.box(x, top, wide, tall, "#7d4a3c")
    sheet.box(x + wide * 0.62, top, wide * 0.38, tall, "#633a31")
    sheet.box(x - wide * 0.1, y - tall * 0.78, wide * 1.2, tall * 0.12, SNOW if plan.snow else "#4f3a33")


def windows(sheet: Sheet, places: str, glass: str = LAMP, slope: float = 0.0) -> None:
    """Draw white-framed windows with muntins: upper left corner and size of each pane of glass."""
    for x, y, wide, tall in rows(places):
        edge, bar = max(1.4, wide * 0.09), max(1.0, wide * 0.05)
        frame = slab(x - edge, y - edge + slope * edge, wide + 2 * edge, tall + 2 * edge, slope)
        sheet.shape(frame, WHITE)
        sheet.shape(slab(x, y, wide, tall, slope), glass)
        sheet.shape([(x, y), (x + wide * 0.5, y - slope * wide * 0.5), (x, y + tall * 0.6)], "#ffffff", 0.16)
        if glass == LAMP:
            sheet.shape(slab(x, y + tall * 0.55, wide, tall * 0.45, slope), "#f5b95a", 0.4)
        middle = (wide - bar) / 2
        sheet.shape(slab(x + middle, y - slope * middle, bar, tall, slope), WHITE)
        panes = 3 if tall > 1.6 * wide else 2
        for i in range(1, panes):
            sheet.shape(slab(x, y + tall * i / panes - bar / 2, wide, bar, slope), WHITE)


def door(sheet: Sheet, x: float, y: float, wide: float, tall: float, leaf: str, glass: str) -> None:
    """Draw a white-framed door with two panes and a stone step; x, y is the frame's upper left corner."""
    edge = wide * 0.11
    pane = (wide - edge * 5) / 2
    sheet.box(x, y, wide, tall, WHITE)
    sheet.box(x + edge, y + edge, wide - 2 * edge, tall - edge, leaf)
    for left in (x + 2 * edge, x + 3 * edge + pane):
        sheet.box(left, y + 2 * edge, pane, tall * 0.34, glass)
    sheet.box(x - wide * 0.2, y + tall - 2, wide * 1.4, max(2.0, tall * 0.07), "#a5a49d")
