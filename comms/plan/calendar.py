"""Wall time to instants: schedules, quiet days, Swedish public holidays, both nights when clocks change.

Rules, all tested: a time that does not exist (spring) moves forward by the gap; one that comes twice
(autumn) is the first; day 31 of a shorter month is its last day; weeks have no numbers here, so week
53 is a week like any other.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden

from comms.errors import Text, say
from comms.model.issue import Cadence, OnQuietDay, QuietDays, Schedule
from comms.model.plan import Moment, Skip

_DAY = timedelta(days=1)
_LONGEST_QUIET = 31
_WEEK = 7
_MONTHS = 12


def resolve(wall: datetime, zone: ZoneInfo, note: Text | None = None) -> Moment:
    """Give a local wall time (naive) its instant, telling when the clocks' change touches it."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = at.astimezone(zone).replace(tzinfo=None)
    if shown != wall:
        note = say(
            "Klockan {wall} finns inte den natten: går ut {shown}.",
            wall=f"{wall:%H.%M}",
            shown=f"{shown:%H.%M}",
        )
    elif wall.replace(tzinfo=zone, fold=1).astimezone(UTC) != at:
        note = say("Klockan {wall} kommer två gånger den natten: går ut den första.", wall=f"{wall:%H.%M}")
    return Moment(wall, at, note)


def occurrences(
    schedule: Schedule, quiet: QuietDays, first: date, last: date, zone: ZoneInfo
) -> Iterator[Moment | Skip]:
    """Give every time of a schedule whose day, after quiet days, is in `first`–`last`, one a day at most."""
    margin = timedelta(days=_LONGEST_QUIET)
    seen: set[date] = set()
    for nominal in _days(schedule, first - margin, last + margin):
        day, note = _around_quiet(nominal, quiet)
        if day is None:
            if first <= nominal <= last and note is not None:
                yield Skip(f"{nominal.isoformat()} {schedule.at:%H:%M}", note)
        elif first <= day <= last:
            if day in seen:
                taken = say("{day} har redan en tid.", day=day.isoformat())
                yield Skip(f"{nominal.isoformat()} {schedule.at:%H:%M}", taken)
                continue
            seen.add(day)
            yield resolve(datetime.combine(day, schedule.at), zone, note)


def is_quiet(day: date, quiet: QuietDays) -> Text | None:
    """Why nothing goes out on `day`, or None."""
    holiday = _holiday(day) if quiet.holidays else ""
    if holiday:
        return say("{day} är {holiday}", day=day.isoformat(), holiday=holiday)
    if day in quiet.dates or day.weekday() in quiet.weekdays:
        return say("{day} är en stilla dag", day=day.isoformat())
    return None


def _around_quiet(nominal: date, quiet: QuietDays) -> tuple[date | None, Text | None]:
    """The day that a slot falls on after quiet days, and what was adjusted."""
    reason = is_quiet(nominal, quiet)
    if reason is None:
        return nominal, None
    if quiet.on_quiet is OnQuietDay.SKIP:
        return None, say("{reason}: tiden hoppas över.", reason=reason)
    step = _DAY if quiet.on_quiet is OnQuietDay.AFTER else -_DAY
    day = nominal
    for _ in range(_LONGEST_QUIET):
        day += step
        if is_quiet(day, quiet) is None:
            return day, say("{reason}: flyttat till {day}.", reason=reason, day=day.isoformat())
    return None, say("{reason}: ingen ledig dag inom en månad.", reason=reason)


def _days(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    if schedule.cadence is Cadence.WEEKLY:
        day = first + timedelta(days=(schedule.weekday - first.weekday()) % _WEEK)
        while day <= last:
            yield day
            day += timedelta(days=_WEEK)
        return
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        day = _day_of_month(schedule, year, month)
        if first <= day <= last:
            yield day
        year, month = year + month // _MONTHS, month % _MONTHS + 1


def _day_of_month(schedule: Schedule, year: int, month: int) -> date:
    length = calendar.monthrange(year, month)[1]
    if schedule.cadence is Cadence.MONTH_DAY:
        return date(year, month, min(schedule.month_day, length))
    if schedule.nth < 0:
        end = date(year, month, length)
        return end - timedelta(days=(end.weekday() - schedule.weekday) % _WEEK)
    start = date(year, month, 1)
    return start + timedelta(days=(schedule.weekday - start.weekday()) % _WEEK + _WEEK * (schedule.nth - 1))


@lru_cache(maxsize=64)
def _holidays(year: int) -> Sweden:
    """Public holidays and the eves that all Sweden keeps (midsummer, Christmas, New Year)."""
    return Sweden(years=year, include_sundays=False, language="sv", categories=(PUBLIC, DE_FACTO))


def _holiday(day: date) -> str:
    """The Swedish name of a public holiday as within a sentence (an ordinary Sunday is none), or nothing."""
    name = str(_holidays(day.year).get(day) or "")
    return name if name.startswith("Kristi") else name[:1].lower() + name[1:]
