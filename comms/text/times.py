"""The calendar's names, and times as subjects and rows write them: short, with the weekday."""

from __future__ import annotations

from datetime import datetime, timedelta

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
SHORT_WEEKDAYS = tuple(day[:3] for day in WEEKDAYS)
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
SHORT_MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")
"""Short names stand whole."""


def short_time(at: datetime) -> str:
    """`tis 1 dec kl. 11.00`, in the zone that `at` has."""
    day = f"{SHORT_WEEKDAYS[at.weekday()]} {at.day} {SHORT_MONTHS[at.month - 1]}"
    return f"{day} kl. {at:%H.%M}{which_hour(at)}"


def which_hour(at: datetime) -> str:
    """Which of two hours of the same name it is, on the night when the clock is set back: ` (UTC+2)`."""
    offset = at.utcoffset()
    if offset is None or offset == at.replace(fold=1 - at.fold).utcoffset():
        return ""
    return f" (UTC{offset / timedelta(hours=1):+g})"
