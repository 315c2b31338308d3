"""What the communication did for the strategy: which items reached whom, and which squares are empty.

An edition counts when a copy of it was accepted, a post when it is published; so does what was retracted
later, for it went out. A correction is an issue of its own. Tags are those of the items' files today.

Whom something reached is read strictly, so that no gap is hidden: an audience is reached by letters to it,
and the public by posts too. A municipality is reached by what is for it (or for the whole area) in a letter
that goes to it (or to the whole area), or in a post.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import product

from comms.model.audience import WHOLE_AREA
from comms.model.coverage import Axis, Coverage, Reach, Square
from comms.model.item import Item, ItemKind
from comms.model.report import Period
from comms.model.sent import Sent, SentEdition, SentPost
from comms.model.site import PUBLIC
from comms.model.workspace import Workspace

_OF_SQUARES = (Axis.AUDIENCE, Axis.MUNICIPALITY)
"""What stands beside focus areas in the matrix."""

_Place = tuple[str, Axis, str]
"""Focus area, axis and value: a square."""


@dataclass
class _Sum:
    """A reach while it is counted: each thing once, however often it comes."""

    items: set[str] = field(default_factory=set)
    editions: dict[int, int] = field(default_factory=dict)
    posts: set[str] = field(default_factory=set)
    last_on: date | None = None

    def add(self, carried: _Carried) -> None:
        self.items.add(carried.slug)
        if isinstance(carried.by, SentEdition):
            self.editions[carried.by.id] = carried.by.accepted
        else:
            self.posts.add(carried.by.id)
        self.last_on = max(carried.on, self.last_on or carried.on)

    def reach(self) -> Reach:
        deliveries = sum(self.editions.values())
        return Reach(len(self.items), len(self.editions), deliveries, len(self.posts), self.last_on)


@dataclass(frozen=True)
class _Carried:
    """An item in one thing that went out, on a local day; `item` is None when its file is gone."""

    slug: str
    item: Item | None
    by: SentEdition | SentPost
    on: date


def coverage(workspace: Workspace, sent: Sent, period: Period, *, as_of: datetime, zone: tzinfo) -> Coverage:
    """Count what went out in the period; days are those of `zone`, the first and the last counted.

    All of an issue belongs to the day of its first accepted letter, a post to the day when readers saw it.
    """
    until = [one for one in _carried(workspace.items, sent, zone) if one.on <= period.until]
    told = [one for one in until if one.on in period]
    rows, months = _rows(workspace, sent, period, told), _months(workspace, period, told)
    return Coverage(
        period=period,
        as_of=as_of,
        whole=_reach(told),
        rows={axis: {value: one.reach() for value, one in of.items()} for axis, of in rows.items()},
        squares=tuple(_squares(workspace, until, period)),
        months=months,
        untagged=len({one.slug for one in told if one.item is not None and not one.item.focus}),
        lost=tuple(sorted({one.slug for one in told if one.item is None})),
    )


def months_of(period: Period) -> Iterator[str]:
    """Every month of a period (`2026-11`), the first and the last too where only some of their days are."""
    year, month = period.since.year, period.since.month
    while (year, month) <= (period.until.year, period.until.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - December


def _carried(items: Mapping[str, Item], sent: Sent, zone: tzinfo) -> Iterator[_Carried]:
    for edition in sent.editions:
        on = edition.at.astimezone(zone).date()
        yield from (_Carried(slug, items.get(slug), edition, on) for slug in edition.items)
    for post in sent.posts:
        yield _Carried(post.item, items.get(post.item), post, post.at.astimezone(zone).date())


def _reach(told: Iterable[_Carried]) -> Reach:
    whole = _Sum()
    for one in told:
        whole.add(one)
    return whole.reach()


def _rows(
    workspace: Workspace, sent: Sent, period: Period, told: Iterable[_Carried]
) -> Mapping[Axis, Mapping[str, _Sum]]:
    """Every known value in the strategy's order, then values that only what went out knows."""
    strategy = workspace.strategy
    known: Mapping[Axis, Iterable[str]] = {
        Axis.FOCUS: strategy.focus_areas,
        Axis.ACTIVITY: (slug for area in strategy.focus_areas.values() for slug in area.activities),
        Axis.GOAL: strategy.goals,
        Axis.INDICATOR: strategy.indicators,
        Axis.AUDIENCE: workspace.audiences.audiences,
        Axis.MUNICIPALITY: workspace.audiences.municipalities,
        Axis.KIND: ItemKind,
        Axis.CHANNEL: sent.channels,
        Axis.MONTH: months_of(period),
    }
    rows = {axis: defaultdict(_Sum, {str(value): _Sum() for value in known[axis]}) for axis in Axis}
    for one in told:
        for axis, value in _values(workspace, one):
            rows[axis][value].add(one)
    return rows


def _values(workspace: Workspace, one: _Carried) -> Iterator[tuple[Axis, str]]:
    """All that something counts as; nothing when the item's file is gone: it counts in the whole alone."""
    item = one.item
    if item is None:
        return
    yield from ((Axis.FOCUS, slug) for slug in dict.fromkeys(item.focus))
    yield from ((Axis.ACTIVITY, slug) for slug in item.activities)
    yield from ((Axis.GOAL, slug) for slug in item.goals)
    yield from ((Axis.INDICATOR, slug) for slug in item.indicators)
    yield Axis.KIND, item.kind.value
    yield Axis.CHANNEL, one.by.channel
    yield Axis.MONTH, f"{one.on:%Y-%m}"
    yield from ((axis, value) for axis in _OF_SQUARES for value in _reached(workspace, item, one.by, axis))


def _reached(workspace: Workspace, item: Item, by: SentEdition | SentPost, axis: Axis) -> Iterable[str]:
    """The audiences, or the municipalities, that something reached."""
    own = item.municipalities or tuple(workspace.audiences.municipalities)
    if isinstance(by, SentPost):
        everybody = (PUBLIC,) if PUBLIC in workspace.audiences.audiences else ()
        return everybody if axis is Axis.AUDIENCE else own
    if axis is Axis.AUDIENCE:
        return (by.audience,)
    return own if by.municipality == WHOLE_AREA else {by.municipality}.intersection(own)


def _squares(workspace: Workspace, until: Iterable[_Carried], period: Period) -> Iterator[Square]:
    """Each focus area beside each audience and each municipality, those that nothing reached too."""
    beside = {
        Axis.AUDIENCE: workspace.audiences.audiences,
        Axis.MUNICIPALITY: workspace.audiences.municipalities,
    }
    now: dict[_Place, _Sum] = defaultdict(_Sum)
    ever: dict[_Place, _Sum] = defaultdict(_Sum)
    for one in until:
        for place in _places(workspace, one):
            ever[place].add(one)
            if one.on in period:
                now[place].add(one)
    for axis in _OF_SQUARES:
        for focus, value in product(workspace.strategy.focus_areas, beside[axis]):
            place = (focus, axis, value)
            yield Square(focus, axis, value, now[place].reach(), ever[place].last_on)


def _places(workspace: Workspace, one: _Carried) -> Iterator[_Place]:
    item = one.item
    if item is None:
        return
    for axis in _OF_SQUARES:
        for focus, value in product(item.focus, _reached(workspace, item, one.by, axis)):
            yield focus, axis, value


def _months(
    workspace: Workspace, period: Period, told: Iterable[_Carried]
) -> Mapping[str, Mapping[str, Reach]]:
    """By month and focus area, also months in which nothing went out."""
    sums: dict[str, dict[str, _Sum]] = {month: defaultdict(_Sum) for month in months_of(period)}
    for one in told:
        for focus in one.item.focus if one.item else ():
            sums[f"{one.on:%Y-%m}"][focus].add(one)
    return {
        month: {focus: of[focus].reach() for focus in dict.fromkeys([*workspace.strategy.focus_areas, *of])}
        for month, of in sums.items()
    }
