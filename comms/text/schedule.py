"""The words of a schedule -> `Schedule`: `first tuesday 08:00`, `sista torsdagen 13:00`, `day 31 09:00`.

English and Swedish words mean the same; case and endings do not matter. `12h`, `2 d` and `30 min` are
durations; `10/s`, `600/h` and `3/30d` are rates.
"""

from __future__ import annotations

import re
from datetime import time, timedelta

from comms.errors import Text, say
from comms.model.issue import Cadence, Schedule
from comms.model.settings import Rate

WEEKDAYS = (
    ("monday", "mon", "måndag", "mån"),
    ("tuesday", "tue", "tisdag", "tis"),
    ("wednesday", "wed", "onsdag", "ons"),
    ("thursday", "thu", "torsdag", "tors", "tor"),
    ("friday", "fri", "fredag", "fre"),
    ("saturday", "sat", "lördag", "lör"),
    ("sunday", "sun", "söndag", "sön"),
)
_WEEKDAY = {name: number for number, names in enumerate(WEEKDAYS) for name in names} | {
    f"{names[2]}en": number for number, names in enumerate(WEEKDAYS)
}
_NTH = {
    "first": 1, "första": 1, "1st": 1,
    "second": 2, "andra": 2, "2nd": 2,
    "third": 3, "tredje": 3, "3rd": 3,
    "fourth": 4, "fjärde": 4, "4th": 4,
    "last": -1, "sista": -1,
}  # fmt: skip
_DAY_WORDS = frozenset({"day", "dag", "den"})
_TIME = re.compile(r"(?:kl\.? ?)?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)")
_DURATION = re.compile(r"(?P<count>\d{1,5})\s*(?P<unit>s|min|m|h|d)")
_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"(?P<count>\d{1,6})\s*/\s*(?P<each>\d{0,4})\s*(?P<unit>s|min|m|h|d)")
_MAX_MONTH_DAY = 31


class ScheduleFault(ValueError):
    """Words that are no schedule, duration or rate; `message` says why, `hint` what to write."""

    def __init__(self, message: Text, hint: Text) -> None:
        """Keep both sentences for the one who knows the place."""
        super().__init__(str(message))
        self.message = message
        self.hint = hint


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; raises `ScheduleFault`."""
    words = text.lower().split()
    clock = _TIME.fullmatch(words[-1]) if words else None
    if clock is None:
        raise _fault(text)
    at = time(int(clock["hour"]), int(clock["minute"]))
    match words[:-1]:
        case [weekday] if weekday in _WEEKDAY:
            return Schedule(Cadence.WEEKLY, at, text, weekday=_WEEKDAY[weekday])
        case [nth, weekday] if nth in _NTH and weekday in _WEEKDAY:
            return Schedule(Cadence.NTH_WEEKDAY, at, text, weekday=_WEEKDAY[weekday], nth=_NTH[nth])
        case [word, day] if word in _DAY_WORDS and day.isdecimal() and 1 <= int(day) <= _MAX_MONTH_DAY:
            return Schedule(Cadence.MONTH_DAY, at, text, month_day=int(day))
    raise _fault(text)


def parse_weekday(text: str) -> int | None:
    """The weekday's number, 0 = Monday, or None."""
    return _WEEKDAY.get(text.strip().lower())


def parse_duration(text: str) -> timedelta:
    """Read `12h`, `30 min`, `2d`; raises `ScheduleFault`."""
    match = _DURATION.fullmatch(text.strip().lower())
    if not match:
        raise ScheduleFault(
            say("”{text}” är ingen tidslängd.", text=text), say("Skriv till exempel 12h eller 30 min.")
        )
    return timedelta(seconds=int(match["count"]) * _UNITS[match["unit"]])


def parse_rate(text: str) -> Rate:
    """Read `10/s`, `600/h`, `3/30d`; raises `ScheduleFault`."""
    match = _RATE.fullmatch(text.strip().lower())
    if not match or not int(match["count"]) or not int(match["each"] or 1):
        raise ScheduleFault(
            say("”{text}” är ingen takt.", text=text), say("Skriv till exempel 10/s eller 600/h.")
        )
    return Rate(int(match["count"]), timedelta(seconds=int(match["each"] or 1) * _UNITS[match["unit"]]))


def _fault(text: str) -> ScheduleFault:
    message = say("”{text}” går inte att läsa som en tid som återkommer.", text=text)
    hint = say(
        "Skriv till exempel ”tuesday 08:00”, ”first tuesday 08:00”, ”last friday 13:00” eller ”day 15 09:00”."
    )
    return ScheduleFault(message, hint)
