"""Newsletters and their issues: cadence, the officer's own words, and editions as rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from comms.model.document import Document


class Cadence(StrEnum):
    """How a schedule repeats."""

    WEEKLY = "weekly"
    NTH_WEEKDAY = "nth-weekday"
    MONTH_DAY = "month-day"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something recurs, as local wall time.

    `weekday` 0 = Monday. `nth` 1-4, or -1 for the last, of a month. `month_day` 1-31; a shorter month
    uses its last day. `text` is what the officer wrote.
    """

    cadence: Cadence
    at: time
    text: str
    weekday: int = 0
    nth: int = 0
    month_day: int = 0


class OnQuietDay(StrEnum):
    """What happens to a slot on a quiet day."""

    BEFORE = "before"
    AFTER = "after"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class QuietDays:
    """Days on which nothing goes out: Swedish public holidays when `holidays`, single dates, weekdays."""

    holidays: bool = False
    dates: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    on_quiet: OnQuietDay = OnQuietDay.AFTER


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A named series of letters. Editions = `audiences` × `municipalities` (+ "" for the whole area).

    `is_open`: anybody may subscribe to it, where there are public pages.
    """

    slug: str
    title: str
    tagline: str
    schedule: Schedule
    audiences: tuple[str, ...]
    municipalities: tuple[str, ...]
    whole_area: bool
    template: str
    channel: str
    max_items: int
    max_age_days: int
    quiet: QuietDays
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class IssueNotes:
    """What the officer says of one issue (content/issues/ID.md): words, pins, exclusions.

    `at` makes an extra letter outside the cadence; `corrects` names the issue it corrects. An extra
    letter carries only its pinned items. `places`: where the letters of the subject stand, as of an item's.
    """

    id: str
    newsletter: str
    path: str
    sha256: str
    subject: str
    pin: tuple[str, ...]
    exclude: tuple[str, ...]
    at: datetime | None
    corrects: str
    greeting: Document
    line: int = 1
    places: Mapping[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue rendered for one audience × municipality: immutable, known by its hash.

    `html` and `text` hold the token in `token` wherever a recipient's field belongs.
    """

    issue_id: str
    audience: str
    municipality: str
    subject: str
    html: str
    text: str
    token: str
    items: tuple[str, ...]
    sha256: str
