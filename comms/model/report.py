"""Figures of a report: who is heard and seen, and on what ground people are shown. Counts, no formatting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from comms.model.item import Consent
from comms.model.ledger import SlotState
from comms.model.plan import EntryKind


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both counted."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.since <= day <= self.until


class Trait(StrEnum):
    """What people are told apart by: their own words, or what the item says of them. Never a guess."""

    GENDER = "gender"
    MUNICIPALITY = "municipality"
    SECTOR = "sector"


class Measure(StrEnum):
    """What is counted. A person who is shown in two ways in one item counts once in each."""

    PRESENT = "present"
    QUOTED = "quoted"
    SPEAKER = "speaker"
    PICTURED = "pictured"
    ACTIVE = "active"
    PASSIVE = "passive"
    ACTIVITY_UNSAID = "activity-unsaid"
    BELOW = "below"
    LEVEL = "level"
    ABOVE = "above"
    ANGLE_UNSAID = "angle-unsaid"
    FRONT = "front"
    BACK = "back"
    PLACEMENT_UNSAID = "placement-unsaid"


UNSAID = ""
"""The value of those who have not said: always counted, never left out."""

OTHER = "annat"
"""The value of those whose own words too few share for any of them to be told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of those that a measure counts have one value of a trait.

    `count` of `base`, a person counted once an item; `people`: as different people. `group`: how many with
    the value there were to count, so that `count` of `group` says how that group is treated.
    """

    measure: Measure
    trait: Trait
    value: str
    count: int
    base: int
    people: int
    group: int

    @property
    def share(self) -> float | None:
        """Of the base; None when there is nobody to count."""
        return self.count / self.base if self.base else None

    @property
    def group_share(self) -> float | None:
        """Of the group; None when there is nobody to count."""
        return self.count / self.group if self.group else None


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of some items: `appearances` counts a person once an item, `people` once."""

    items: int
    appearances: int
    people: int
    figures: tuple[Figure, ...]

    def of(self, measure: Measure, trait: Trait) -> tuple[Figure, ...]:
        """The figures of one measure by one trait, those who have not said last."""
        return tuple(one for one in self.figures if (one.measure, one.trait) == (measure, trait))

    @property
    def unsaid(self) -> Figure | None:
        """Those who have not said how they want to be counted; None when there is nobody."""
        return next((f for f in self.of(Measure.PRESENT, Trait.GENDER) if f.value == UNSAID), None)


@dataclass(frozen=True, slots=True)
class Balance:
    """Who is heard and seen in a period's items, in all and month by month (`2026-11`).

    A month has no figures of gender when they would point somebody out.
    """

    period: Period
    whole: Tally
    months: Mapping[str, Tally]


class ConsentState(StrEnum):
    """Where a picture's consent stands, what needs an act first."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    MISSING = "missing"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Showing:
    """A picture of people with its ground. `items` show it (slugs); `digests` are its files' hashes.

    `children`: those for whom a guardian's yes is all that is missing.
    """

    picture: str
    people: tuple[str, ...]
    items: tuple[str, ...]
    consent: Consent | None
    state: ConsentState
    until: date | None
    digests: frozenset[str] = frozenset()
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """An edition or post in which a picture is frozen: where it stands, when, and how many have it.

    `at`: the first copy's time, or the slot's when none has gone. `sent`: copies that were taken; `unknown`:
    those that may have been. `link`: where it can be seen; `file`: the picture's own address on the web.
    """

    picture: str
    kind: EntryKind
    id: str
    title: str
    audience: str
    municipality: str
    channel: str
    state: SlotState
    at: datetime
    sent: int
    unknown: int
    link: str = ""
    file: str = ""

    @property
    def out(self) -> bool:
        """Whether somebody has it, or may have it."""
        return bool(self.sent or self.unknown)
