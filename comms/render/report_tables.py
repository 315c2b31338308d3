"""Figures of coverage and deliveries as tables, pictures and sentences that the report's templates show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from comms.errors import Text, say
from comms.model.audience import Audiences
from comms.model.coverage import Axis, Coverage, Reach, Square
from comms.model.report import Period
from comms.model.strategy import Strategy
from comms.render.charts import share_of
from comms.render.report_charts import (
    Lane,
    Matrix,
    Timeline,
    heat_cards,
    heat_map,
    month_name,
    timeline,
    told,
)
from comms.render.wording import NBSP, day_and_month, spoken_date

FIRST_GAPS = 6
"""Empty squares that are shown as cards; the others are a list."""

_MONTHS_ACROSS = 12
_ON_A_PAGE = 18
_LARGE = re.compile(r"\d{4,}")

AXES: Mapping[Axis, tuple[Text, Text]] = {
    Axis.FOCUS: (say("Insatsområden"), say("Insatsområde")),
    Axis.ACTIVITY: (say("Strategins insatser"), say("Insats")),
    Axis.GOAL: (say("Mål"), say("Mål")),
    Axis.INDICATOR: (say("Indikatorer"), say("Indikator")),
    Axis.AUDIENCE: (say("Målgrupper"), say("Målgrupp")),
    Axis.MUNICIPALITY: (say("Kommuner"), say("Kommun")),
    Axis.KIND: (say("Slag av nyheter"), say("Slag av nyhet")),
    Axis.CHANNEL: (say("Kanaler"), say("Kanal")),
    Axis.MONTH: (say("Månader"), say("Månad")),
}
"""What each axis is called, as a heading, and of one value."""


@dataclass(frozen=True, slots=True)
class Names:
    """What slugs are called; a slug that nobody knows stands as it is.

    `kinds` by ItemKind's value, `newsletters` and `channels` by their names in comms.yaml, `states` by a
    post's state (PostCourse.state), `skips` by Course.skips' keys.
    """

    strategy: Strategy
    audiences: Audiences
    kinds: Mapping[str, Text | str] = field(default_factory=dict)
    newsletters: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, Text | str] = field(default_factory=dict)
    skips: Mapping[str, Text | str] = field(default_factory=dict)

    def of(self, axis: Axis, value: str) -> str:
        """What a value of an axis is called."""
        return str(self._by_axis(axis).get(value, value)) or str(say("hela området"))

    def accent(self, focus: str) -> int:
        """A focus area's place in the strategy, from 1; 0 for one that is no longer there."""
        return next((at for at, slug in enumerate(self.strategy.focus_areas, 1) if slug == focus), 0)

    def _by_axis(self, axis: Axis) -> Mapping[str, Text | str]:
        focus_areas = self.strategy.focus_areas
        if axis is Axis.ACTIVITY:
            return {slug: words for area in focus_areas.values() for slug, words in area.activities.items()}
        tables: Mapping[Axis, Mapping[str, Text | str]] = {
            Axis.FOCUS: {slug: area.name for slug, area in focus_areas.items()},
            Axis.GOAL: self.strategy.goals,
            Axis.INDICATOR: self.strategy.indicators,
            Axis.AUDIENCE: {slug: one.title for slug, one in self.audiences.audiences.items()},
            Axis.MUNICIPALITY: self.audiences.municipalities,
            Axis.KIND: self.kinds,
            Axis.CHANNEL: self.channels,
        }
        return tables.get(axis, {})


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in words, and what is said in small below it."""

    words: Text | str
    under: Text | str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. `share`: count and base of the bar below its name; `is_nothing`: it has none."""

    name: str
    cells: tuple[Cell, ...]
    under: str = ""
    link: str = ""
    share: tuple[int, int] | None = None
    is_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `base` says what its numbers are numbers of, and of which days."""

    id: str
    title: str
    base: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    notes: tuple[str, ...] = ()
    numeric: bool = True

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page of paper."""
        return len(self.rows) <= _ON_A_PAGE


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in its two widths, as SVG."""

    title: str
    base: str
    wide: str
    slim: str


@dataclass(frozen=True, slots=True)
class Map:
    """A heat map, and the same figures as a table."""

    picture: Drawn
    table: Table


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty square: what is missing, and its focus area's place."""

    words: str
    accent: int


@dataclass(frozen=True, slots=True)
class Total:
    """A large figure with what it counts."""

    words: str
    name: str
    under: str


@dataclass(frozen=True, slots=True)
class StrategyView:
    """All that the strategy's part of a page shows."""

    base: str
    totals: tuple[Total, ...]
    gaps_said: str
    first_gaps: tuple[Gap, ...]
    more_gaps: tuple[Gap, ...]
    maps: tuple[Map, ...]
    timelines: tuple[Drawn, ...]
    months: Table | None
    tables: tuple[Table, ...]


def thousands(number: int) -> str:
    """`1 240`, kept together."""
    return f"{number:,}".replace(",", NBSP)


def days(period: Period) -> str:
    """`1 januari–31 december 2026`."""
    since, until = period.since, period.until
    first = day_and_month(since) if since.year == until.year else spoken_date(since)
    return f"{first}–{spoken_date(until)}"


def part_of(count: int, base: int) -> str:
    """`1 503 av 1 518 (99 %)`: a share with its base, large numbers as they are written elsewhere."""
    return _LARGE.sub(lambda found: thousands(int(found[0])), str(share_of(count, base)))


def how_many(number: int, one: Text, many: Text) -> Text:
    """`1 nyhet`, `2 nyheter`; `many` names the number `{count}`.

    Both are whole phrases: one and many may be the same word in one language and two in another.
    """
    return one if number == 1 else replace(many, values=(("count", thousands(number)),))


def counted(number: int, one: Text, many: Text) -> str:
    """The same on a page, the number kept with its word."""
    return str(how_many(number, one, many)).replace(" ", NBSP, 1)


def strategy_view(names: Names, coverage: Coverage, gaps: Sequence[tuple[Square, Text]]) -> StrategyView:
    """The strategy's part: empty squares, heat maps, timelines, a table for each axis."""
    period = days(coverage.period)
    base = say(
        "Räknat är nyheter som gick ut {period}: {items}.",
        period=period,
        items=counted(coverage.whole.items, say("1 nyhet"), say("{count} nyheter")),
    )
    shown = [Gap(str(words), names.accent(square.focus)) for square, words in gaps]
    return StrategyView(
        base=str(base),
        totals=_totals(coverage.whole, period),
        gaps_said=_gaps_said(coverage, period),
        first_gaps=tuple(shown[:FIRST_GAPS]),
        more_gaps=tuple(shown[FIRST_GAPS:]),
        maps=tuple(_maps(names, coverage, period)),
        timelines=tuple(_timelines(names, coverage, period)),
        months=_axis_table(names, coverage, Axis.MONTH, period) if Axis.MONTH in coverage.rows else None,
        tables=tuple(_axis_table(names, coverage, axis, period) for axis in Axis if axis is not Axis.MONTH),
    )


def _totals(whole: Reach, period: str) -> tuple[Total, ...]:
    return (
        Total(thousands(whole.items), str(say("nyheter")), str(say("som gick ut {period}", period=period))),
        Total(thousands(whole.editions), str(say("utgåvor")), str(say("av brev med någon av nyheterna"))),
        Total(thousands(whole.deliveries), str(say("mottagna brev")), str(say("exemplar av de utgåvorna"))),
        Total(
            thousands(whole.posts), str(say("inlägg")), str(say("i sociala kanaler om någon av nyheterna"))
        ),
    )


def _gaps_said(coverage: Coverage, period: str) -> str:
    empty, squares = len(coverage.gaps), len(coverage.squares)
    if not squares:
        return str(say("Inte räknat: det finns inga rutor, för strategin eller målgrupperna är tomma."))
    if not empty:
        return str(
            say("Ingen av de {squares} rutorna är tom {period}.", squares=thousands(squares), period=period)
        )
    return str(
        say(
            "En ruta är ett insatsområde och en kommun, eller ett insatsområde och en målgrupp. {share} "
            "rutor är tomma {period}. De som har väntat längst står först.",
            share=part_of(empty, squares),
            period=period,
        )
    )


def _maps(names: Names, coverage: Coverage, period: str) -> Iterable[Map]:
    known: tuple[tuple[Axis, Iterable[str]], ...] = (
        (Axis.MUNICIPALITY, names.audiences.municipalities),
        (Axis.AUDIENCE, names.audiences.audiences),
    )
    for axis, values in known:
        squares = {(one.focus, one.value): one for one in coverage.squares if one.axis is axis}
        if not squares:
            continue
        columns = _seen(names.strategy.focus_areas, (focus for focus, _ in squares))
        rows = _seen(values, (value for _, value in squares))
        title = str(say("Insatsområde och {axis}", axis=str(AXES[axis][1]).lower()))
        base = _base(coverage.whole, period)
        matrix = Matrix(
            id=f"karta-{axis.value}",
            title=title,
            base=base,
            columns=tuple(names.of(Axis.FOCUS, focus) for focus in columns),
            accents=tuple(names.accent(focus) for focus in columns),
            rows=tuple(names.of(axis, value) for value in rows),
            counts=tuple(tuple(_items(squares.get((focus, value))) for focus in columns) for value in rows),
        )
        drawn = Drawn(title, base, heat_map(matrix), heat_cards(matrix))
        lines = tuple(
            Row(names.of(axis, value), tuple(_last(squares.get((focus, value))) for focus in columns))
            for value in rows
        )
        heads = (str(AXES[axis][1]), *matrix.columns)
        caption = str(say("{base} Senast: då något senast gick ut, också före perioden.", base=base))
        yield Map(
            drawn,
            Table(f"tabell-{matrix.id}", str(say("{title}, som tabell", title=title)), caption, heads, lines),
        )


def _items(square: Square | None) -> int | None:
    return None if square is None else square.reach.items


def _last(square: Square | None) -> Cell:
    """A square in the table: its number, and when something last reached it."""
    words = told(_items(square))
    if square is None:
        return Cell(words)
    return Cell(words, _since(square.last_on))


def _since(day: date | None) -> Text:
    if day is None:
        return say("inget i liggaren")
    return say("senast {day}", day=day)


def _base(whole: Reach, period: str) -> str:
    return str(
        say(
            "Antal nyheter, av {items} som gick ut {period}.",
            items=counted(whole.items, say("1 nyhet"), say("{count} nyheter")),
            period=period,
        )
    )


def _seen(known: Iterable[str], found: Iterable[str]) -> list[str]:
    """Values in the office's own order, and after them those that it no longer has."""
    order = dict.fromkeys(known)
    there = dict.fromkeys(found)
    return [*(value for value in order if value in there), *(value for value in there if value not in order)]


def _timelines(names: Names, coverage: Coverage, period: str) -> Iterable[Drawn]:
    months = sorted(coverage.months)
    lanes = _seen(names.strategy.focus_areas, (focus for row in coverage.months.values() for focus in row))
    if not months or not lanes:
        return
    most = max((reach.items for row in coverage.months.values() for reach in row.values()), default=0)
    parts = [months[at : at + _MONTHS_ACROSS] for at in range(0, len(months), _MONTHS_ACROSS)]
    for number, part in enumerate(parts, 1):
        span = month_name(part[0]) if len(part) == 1 else f"{month_name(part[0])}–{month_name(part[-1])}"
        chart = Timeline(
            id=f"tid-{number}",
            title=str(say("Nyheter månad för månad, {span}", span=span)),
            base=_base(coverage.whole, period),
            months=tuple(part),
            lanes=tuple(
                Lane(
                    names.of(Axis.FOCUS, focus),
                    names.accent(focus),
                    tuple(coverage.months[month].get(focus, Reach()).items for month in part),
                )
                for focus in lanes
            ),
            most=most,
        )
        yield Drawn(
            chart.title,
            chart.base,
            timeline(chart),
            timeline(chart, narrow=True),
        )


def _axis_table(names: Names, coverage: Coverage, axis: Axis, period: str) -> Table:
    """An axis as a table. An axis that is not among the rows was not counted, and says so."""
    title, head = AXES[axis]
    rows = coverage.rows.get(axis)
    base = say(
        "{title} {period}. Andelarna är av {items}.",
        title=say("Det som gick ut"),
        period=period,
        items=counted(coverage.whole.items, say("1 nyhet"), say("{count} nyheter")),
    )
    name: Callable[[str], str] = month_name if axis is Axis.MONTH else lambda value: names.of(axis, value)
    return Table(
        id=f"tabell-{axis.value}",
        title=str(title),
        base=str(base) if rows is not None else str(say("Inte räknat {period}.", period=period)),
        heads=tuple(map(str, (head, *_HEADS))),
        rows=tuple(_reach_row(name(value), reach, coverage.whole) for value, reach in (rows or {}).items()),
        total=Row(str(say("Allt, var sak en gång")), _reach_cells(coverage.whole))
        if rows is not None
        else None,
    )


_HEADS = (say("Nyheter"), say("Utgåvor"), say("Mottagna brev"), say("Inlägg"), say("Senast"))


def _reach_row(name: str, reach: Reach, whole: Reach) -> Row:
    cells = _reach_cells(reach)
    first = Cell(part_of(reach.items, whole.items))
    return Row(
        name,
        (first, *cells[1:]),
        share=(reach.items, whole.items) if whole.items else None,
        is_nothing=not reach.items,
    )


def _reach_cells(reach: Reach) -> tuple[Cell, ...]:
    numbers = (reach.items, reach.editions, reach.deliveries, reach.posts)
    last = Cell(str(reach.last_on)) if reach.last_on else Cell(say("inget"))
    return (*(Cell(thousands(number)) for number in numbers), last)
