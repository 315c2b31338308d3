"""The strategy's pictures as SVG: a heat map of what was told where, a timeline, and bars beside figures.

Each picture is drawn twice, for a wide window and for a narrow one, and the page shows one of them: text
that is shrunk to fit cannot be read. Nothing is told by colour alone: each square has its number, an empty
one is hatched and says "inget", one that nobody counted is an outline and says "inte räknat". Colours are
classes of the page's style sheet (report_style.py), so that light, dark and paper have their own.
Sources: WCAG 2.1 (1.1.1, 1.4.1, 1.4.3, 1.4.11), https://www.w3.org/WAI/tutorials/images/complex/.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from comms.errors import Text, say
from comms.text.times import MONTHS, SHORT_MONTHS

LEVELS = 5
"""Depths of colour of a square that has something."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE, _SLIM = 760, 272
_LABEL, _LEAST = 196, 92
"""The wide heat map's labels before the squares, and the least width of a column."""

_ROW, _LINE, _GAP = 44, 18, 3
_SIGN = 7.6
"""The width of a sign in 14 px of a wide usual font."""

_BAR_ROOM, _LANE = 56, 92
_MOST_LINES = 4
_STROKE = 9
_SMALL = 15
"""Between lines of 12 px text."""

_SHORT = 11
"""Signs of a word that fit a third of a narrow window in 12 px."""

_ROOM_FOR_NAME = 36
"""Px of a month that its short name needs."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts by two things: `counts[row][column]`, None where nobody has counted.

    `base` says what the numbers are numbers of, and of which days. `accents` are the columns' places in the
    strategy, from 1: they choose the colour. `id` tells its parts from those of other pictures on the page.
    """

    id: str
    title: str
    base: str
    columns: tuple[str, ...]
    accents: tuple[int, ...]
    rows: tuple[str, ...]
    counts: tuple[tuple[int | None, ...], ...]

    @property
    def most(self) -> int:
        """The largest count."""
        return max((count or 0 for row in self.counts for count in row), default=0)


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of the timeline: a count for each month. `accent` as in `Matrix.accents`."""

    name: str
    accent: int
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts month by month (`2026-11`), a lane for each focus area, all drawn by `most`."""

    id: str
    title: str
    base: str
    months: tuple[str, ...]
    lanes: tuple[Lane, ...]
    most: int


def level(count: int, most: int) -> int:
    """How deep a square's colour is: 0 for none, else 1 to `LEVELS`; the largest count is the deepest."""
    return -(-count * LEVELS // most) if count else 0


def spans(most: int) -> list[tuple[int, int, int]]:
    """The legend: each depth that occurs with its least and largest count."""
    found: dict[int, list[int]] = {}
    for count in range(1, most + 1):
        found.setdefault(level(count, most), []).append(count)
    return [(depth, counts[0], counts[-1]) for depth, counts in found.items()]


def told(count: int | None) -> Text | str:
    """A count as a square says it: none and not counted are two things."""
    if count is None:
        return say("inte räknat")
    return str(count) if count else say("inget")


def month_name(month: str) -> str:
    """`november 2026` from `2026-11`."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def matrix_in_words(matrix: Matrix) -> str:
    """The heat map's alternative: a paragraph with every figure."""
    told_of = [
        f"{column}: "
        + ", ".join(
            f"{row} {told(counts[at])}" for row, counts in zip(matrix.rows, matrix.counts, strict=True)
        )
        for at, column in enumerate(matrix.columns)
    ]
    return " ".join(f"{sentence.rstrip('.')}." for sentence in (matrix.title, matrix.base, *told_of))


def timeline_in_words(chart: Timeline) -> str:
    """The timeline's alternative: a paragraph with every figure."""
    names = [month_name(month) for month in chart.months]
    told_of = [
        f"{lane.name}: "
        + ", ".join(f"{name} {told(count)}" for name, count in zip(names, lane.counts, strict=True))
        for lane in chart.lanes
    ]
    return " ".join(f"{sentence.rstrip('.')}." for sentence in (chart.title, chart.base, *told_of))


def heat_map(matrix: Matrix) -> str:
    """A column for each focus area, a row for each municipality or audience."""
    width = max(_LEAST, (_WIDE - _LABEL) / max(1, len(matrix.columns)))
    whole = _LABEL + width * len(matrix.columns)
    heads = [_wrapped(name, width - 12) for name in matrix.columns]
    labels = [_wrapped(name, _LABEL - 14) for name in matrix.rows]
    heights = [max(_ROW, _LINE * len(lines) + 12) for lines in labels]
    tops = list(accumulate(heights, initial=22 + _LINE * max(map(len, heads), default=1)))
    drawn: list[str] = []
    for at, lines in enumerate(heads):
        x = _LABEL + width * at
        drawn.append(_accent(matrix.accents[at], (x + _GAP, 0, width - 2 * _GAP, 5)))
        drawn += _lines(lines, x + width / 2, 24, "tm b")
    for at, lines in enumerate(labels):
        drawn += _lines(lines, 0, tops[at] + heights[at] / 2 + 5 - _LINE * (len(lines) - 1) / 2)
        for column, count in enumerate(matrix.counts[at]):
            drawn += _square(count, matrix.most, (_LABEL + width * column, tops[at], width, heights[at]))
    legend, height = _legend(matrix, (_LABEL, tops[-1] + 14, whole - _LABEL))
    alternative = (matrix.id, matrix.title, matrix_in_words(matrix))
    return _picture(alternative, (whole, height), [*drawn, *legend])


def heat_cards(matrix: Matrix) -> str:
    """The same for a narrow window: each focus area above its squares, each square with its name in it."""
    identity = f"{matrix.id}-smal"
    across = 2 if max((len(word) for row in matrix.rows for word in row.split()), default=0) > _SHORT else 3
    width = _SLIM / across
    labels = [_wrapped(name, (width - 16) * 14 / 12) for name in matrix.rows]
    tall = 48 + _SMALL * max(map(len, labels), default=1)
    drawn: list[str] = []
    y = 0.0
    for column, name in enumerate(matrix.columns):
        lines = _wrapped(name, _SLIM - 20)
        drawn.append(_accent(matrix.accents[column], (0, y, 5, _LINE * len(lines) + 4)))
        drawn += _lines(lines, 14, y + 16, "b")
        y += _LINE * len(lines) + 10
        for at, label in enumerate(labels):
            box = (width * (at % across), y + tall * (at // across), width, tall)
            drawn += _square(matrix.counts[at][column], matrix.most, box, label)
        y += tall * -(-len(labels) // across) + 18
    legend, height = _legend(matrix, (0, y, _SLIM))
    alternative = (identity, matrix.title, matrix_in_words(matrix))
    return _picture(alternative, (_SLIM, height), [*drawn, *legend])


def timeline(chart: Timeline, *, narrow: bool = False) -> str:
    """A lane for each focus area, a bar for each month with its number above it."""
    identity, whole, left = (f"{chart.id}-smal", _SLIM, 0) if narrow else (chart.id, _WIDE, _LABEL)
    step = (whole - left) / max(1, len(chart.months))
    drawn: list[str] = []
    y = 0.0
    for lane in chart.lanes:
        lines = _wrapped(lane.name, whole - 20 if narrow else left - 28)
        drawn.append(_accent(lane.accent, (0, y + 2, 5, _LINE * len(lines) + 2)))
        drawn += _lines(lines, 14, y + 17, "b")
        y += _LINE * len(lines) + 4 if narrow else 0
        ground = y + _LANE - 12
        drawn.append(f'<path class="axis" d="M{left} {ground:g}H{whole}"/>')
        for at, count in enumerate(lane.counts):
            drawn += _month_bar(count, chart.most, (left + step * at, ground, step), lane.accent)
        y += _LANE
    drawn += _month_names(chart.months, (left, y + 6, step))
    alternative = (identity, chart.title, timeline_in_words(chart))
    return _picture(alternative, (whole, y + _LINE + 24), drawn)


def bar(count: int, base: int) -> str:
    """A small bar beside a figure that says the same, so it is nothing to those who listen."""
    long = round(100 * count / base, 1) if base else 0
    filled = f'<rect class="f" width="{long:g}" height="8"/>' if long else ""
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="e" width="100" height="8"/>{filled}</svg>'
    )


_Box = tuple[float, float, float, float]
"""x, y, width, height."""


def _picture(alternative: tuple[str, str, str], size: tuple[float, float], drawn: Sequence[str]) -> str:
    """`alternative`: id, title, all of it in words."""
    identity, title, words = alternative
    width, height = size
    head = (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" lang="sv" '
        f'aria-labelledby="{identity}-title" aria-describedby="{identity}-desc">'
        f'<title id="{identity}-title">{_safe(title)}</title>'
        f'<desc id="{identity}-desc">{_safe(words)}</desc>'
    )
    return "\n".join([head, *drawn, "</svg>"])


def _square(count: int | None, most: int, box: _Box, name: Sequence[str] = ()) -> Iterator[str]:
    """A square with its number, its own name above it if it has one."""
    x, y, width, height = box
    depth = level(count or 0, most)
    yield from _filled(count, depth, (x + _GAP, y + _GAP, width - 2 * _GAP, height - 2 * _GAP), 6)
    middle, ink = x + width / 2, f"i{depth}" if count else ""
    if name:
        yield from () if count else _plates(name, middle, y + 19)
        yield from _lines(name, middle, y + 19, f"tm s {ink}", _SMALL)
    said = str(told(count))
    base = y + (height + _SMALL * len(name)) / 2 + (7 if count else 5)
    yield from () if count else _plates([said], middle, base)
    yield _words(said, middle, base, f"tm n b {ink}" if count else "tm s")


def _plates(lines: Sequence[str], middle: float, y: float) -> Iterator[str]:
    """A plain ground under small words, so that the hatching does not run through them."""
    for at, line in enumerate(lines):
        wide = len(line) * 6.6 + 10
        edges = _edges((middle - wide / 2, y - 12 + _SMALL * at, wide, 16))
        yield f'<rect class="ground" {edges} rx="3"/>'


def _legend(matrix: Matrix, box: tuple[float, float, float]) -> tuple[list[str], float]:
    """What the depths mean, in as many lines as the width takes; and the picture's height with it."""
    left, y, width = box
    kinds: list[tuple[int | None, str]] = [
        (depth, f"{least}" if least == largest else f"{least}–{largest}")
        for depth, least, largest in spans(matrix.most)
    ]
    kinds.append((0, str(say("inget"))))
    if any(count is None for row in matrix.counts for count in row):
        kinds.append((None, str(say("inte räknat"))))
    drawn = [_words(str(say("Antal nyheter:")), left, y + 15, "s")]
    x, end = left + 100, left + width
    for depth, words in kinds:
        wide = 32 + len(words) * 6.8 + 12
        if x + wide > end + 12:
            x, y = left, y + 26
        drawn += _filled(depth, depth or 0, (x, y + 2, 24, 17), 4)
        drawn.append(_words(words, x + 31, y + 15, "s"))
        x += wide
    return drawn, y + 30


def _month_bar(count: int | None, most: int, place: tuple[float, float, float], accent: int) -> Iterator[str]:
    x, ground, step = place
    wide = min(26.0, step - 4)
    tall = _BAR_ROOM * (count or 0) / most if most else 0
    middle = x + step / 2
    if count:
        yield _accent(accent, (middle - wide / 2, ground - tall, wide, tall))
    said = "?" if count is None else str(count)
    yield _words(said, middle, ground - tall - 5, "tm s b" if count else "tm s dim")


def _month_names(months: Sequence[str], place: tuple[float, float, float]) -> Iterator[str]:
    """The short names below the lanes, by their first letter where there is no room, and the year once."""
    left, y, step = place
    for at, month in enumerate(months):
        year, _, number = month.partition("-")
        name = SHORT_MONTHS[int(number) - 1]
        middle = left + step * (at + 0.5)
        yield _words(name if step > _ROOM_FOR_NAME else name[0].upper(), middle, y + 8, "tm s")
        if at == 0 or number == "01":
            yield _words(year, left + step * at + 4, y + 26, "s b")


def _filled(count: int | None, depth: int, box: _Box, radius: int) -> Iterator[str]:
    """A square's ground: by its depth, hatched when empty, an outline when not counted."""
    looks = "none" if count is None else f"h{depth}" if count else "empty"
    yield f'<rect class="{looks}" {_edges(box)} rx="{radius}"/>'
    if count == 0:
        yield f'<path class="hatch" d="{_strokes(box)}"/>'


def _strokes(box: _Box) -> str:
    """Slanting lines within a box. Not a pattern: in PDF each of its squares becomes a heavy picture."""
    x, y, width, height = box
    ends = (
        (x + max(0, at - height), y + min(at, height), x + min(at, width), y + max(0, at - width))
        for at in range(_STROKE, int(width + height), _STROKE)
    )
    return "".join("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*each) for each in ends)


def _accent(number: int, box: _Box) -> str:
    return f'<rect class="a{number}" {_edges(box)} rx="2"/>'


def _edges(box: _Box) -> str:
    return 'x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"'.format(*box)


def _lines(lines: Sequence[str], x: float, y: float, looks: str = "", step: int = _LINE) -> Iterator[str]:
    for at, line in enumerate(lines):
        yield _words(line, x, y + step * at, looks)


def _words(words: str, x: float, y: float, looks: str) -> str:
    styled = f' class="{looks.strip()}"' if looks.strip() else ""
    return f'<text{styled} x="{x:.1f}" y="{y:.1f}">{_safe(words)}</text>'


def _wrapped(text: str, width: float) -> list[str]:
    """The words in lines of so many px of 14 px text, not more than fit the picture."""
    signs = max(4, int(width / _SIGN))
    words = " ".join(part for word in text.split() for part in _cut(word, signs))
    return textwrap.wrap(words, signs, break_on_hyphens=False, max_lines=_MOST_LINES, placeholder=" …") or [
        ""
    ]


def _cut(word: str, signs: int) -> Iterator[str]:
    """A word in parts that fit: at its own hyphen where it has one, else with a hyphen of ours."""
    while len(word) > signs:
        at = word.rfind("-", 1, signs) + 1
        yield word[:at] if at else f"{word[: signs - 1]}-"
        word = word[at or signs - 1 :]
    yield word


def _safe(text: str) -> str:
    """As text in XML: the office's own words may hold anything."""
    return escape(_NOT_XML.sub("", text))
