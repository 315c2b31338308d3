"""Dates, times and sums as Swedish prose writes them (Myndigheternas skrivregler), and kinds of news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from comms.errors import Text, say
from comms.model.item import ItemKind
from comms.text.times import MONTHS, WEEKDAYS

KINDS: Mapping[ItemKind, Text] = {
    ItemKind.CALL: say("Utlysning"),
    ItemKind.DECISION: say("Beslut"),
    ItemKind.GRANT: say("Beviljat stöd"),
    ItemKind.STORY: say("Berättelse"),
    ItemKind.INVITATION: say("Inbjudan"),
    ItemKind.OFFICE: say("Från kontoret"),
    ItemKind.OUTLOOK: say("Utblick"),
}
"""What readers see above a story: its kind."""

NBSP = "\N{NO-BREAK SPACE}"


def spoken_date(day: date) -> str:
    """`1 december 2026`, the day kept together with its month."""
    return f"{day_and_month(day)} {day.year}"


def day_and_month(day: date) -> str:
    """`1 december`, kept together."""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}"


def weekday_and_date(day: date) -> str:
    """`tisdag 1 december`."""
    return f"{WEEKDAYS[day.weekday()]} {day_and_month(day)}"


def clock(start: datetime, end: datetime | None = None) -> str:
    """`kl. 18.00` or `kl. 18.00–20.30`; another day's end is written with its date."""
    first = f"kl.{NBSP}{start:%H.%M}"
    if end is None:
        return first
    if end.date() == start.date():
        return f"{first}–{end:%H.%M}"
    return f"{first} till {weekday_and_date(end)} kl.{NBSP}{end:%H.%M}"


def kronor(amount: int) -> str:
    """`1 250 000 kr` with spaces that do not break."""
    return f"{amount:,}".replace(",", NBSP) + f"{NBSP}kr"


def listed(words: list[str]) -> str:
    """`Arvika, Eda och Torsby`."""
    if len(words) < 2:  # noqa: PLR2004 -- one word is no list
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"
