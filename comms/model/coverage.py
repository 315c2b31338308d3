"""Figures of what the communication did for the strategy: what was told, where, to whom. No formatting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from comms.model.report import Period


class Axis(StrEnum):
    """What reach is told apart by."""

    FOCUS = "focus"
    ACTIVITY = "activity"
    GOAL = "goal"
    INDICATOR = "indicator"
    AUDIENCE = "audience"
    MUNICIPALITY = "municipality"
    KIND = "kind"
    CHANNEL = "channel"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Reach:
    """How much was told.

    `items` that went out, `editions` that carried one, `deliveries` of those that were accepted, `posts`
    published (a thread is one). `last_on`: the last local day on which any of it went out.
    """

    items: int = 0
    editions: int = 0
    deliveries: int = 0
    posts: int = 0
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the matrix: a focus area beside an audience or a municipality.

    `last_on` is of all time until the period's end, so that an empty square can say since when.
    """

    focus: str
    axis: Axis
    value: str
    reach: Reach
    last_on: date | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing reached it in the period."""
        return self.reach.items == 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What reached whom in a period, read from the ledger at `as_of`.

    `whole` counts each thing once; a row counts what has its value, so rows of one axis may sum to more than
    the whole (an item has several audiences). `rows` hold every value that the strategy and audiences.yaml
    know, those with nothing too. `squares`: focus × audience and focus × municipality, all of them. An
    item counts in a municipality that it is for (or all of the area is), and that the edition or post went
    to. `untagged`: items that went out without a focus area. `lost`: items that went out and whose file is no
    longer there, by slug: they count in the whole alone.
    """

    period: Period
    as_of: datetime
    whole: Reach
    rows: Mapping[Axis, Mapping[str, Reach]]
    squares: tuple[Square, ...]
    months: Mapping[str, Mapping[str, Reach]] = field(default_factory=dict)
    """By month (`2026-11`) and focus area: the timeline."""
    untagged: int = 0
    lost: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[Square, ...]:
        """Empty squares, those that have waited longest (or never had anything) first."""
        empty = [square for square in self.squares if square.is_empty]
        return tuple(sorted(empty, key=lambda one: (one.last_on or date.min, one.focus, one.axis, one.value)))


@dataclass(frozen=True, slots=True)
class Course:
    """How the copies of one issue went: `copies` were to be sent, skips not among them.

    `accepted` by a relay; `dead`, `trouble` and `ours` of those came back; `complaints` and `left` (ended by
    this letter) are of those too. `rejected` at once; `unknown`, `open` (not yet begun or held) and
    `cancelled` are the rest, so that accepted + rejected + unknown + open + cancelled = copies.
    """

    id: str
    title: str
    newsletter: str
    at: datetime
    copies: int
    accepted: int
    rejected: int
    unknown: int
    open: int
    cancelled: int
    dead: int
    trouble: int
    ours: int
    complaints: int
    left: int
    skips: Mapping[str, int] = field(default_factory=dict)
    """Why somebody got none, and how many."""


@dataclass(frozen=True, slots=True)
class PostCourse:
    """How a post went on one channel: `state` is the slot's or the first part's that is not accepted."""

    id: str
    title: str
    channel: str
    at: datetime
    state: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How a period's issues and posts went, in order of time."""

    period: Period
    as_of: datetime
    issues: tuple[Course, ...]
    posts: tuple[PostCourse, ...]
