"""Times as subjects and rows write them: short, with the weekday."""

from __future__ import annotations

from datetime import datetime

_WEEKDAYS = ("mån", "tis", "ons", "tor", "fre", "lör", "sön")
_MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")


def short_time(at: datetime) -> str:
    """`tis 1 dec kl. 11.00`, in the zone that `at` has."""
    return f"{_WEEKDAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} kl. {at:%H.%M}"
