"""Days and hours that there are not: 31 November, a Tuesday that is a Wednesday, 25 o'clock.

Only what is certain is found: of a date without a year, the year must be beyond doubt.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from comms.check.figures import at_figures, figures
from comms.check.moments import MONTHS, WEEKDAYS, written_dates
from comms.check.reading import Reading
from comms.check.slip import Slip
from comms.errors import say

_GREGORIAN = 1753
"""The first whole year of today's calendar in Sweden, which had a 30 February in 1712."""

_FEBRUARY, _LEAP_DAY, _LAST_DAY = 2, 29, 39
"""From 40 on a figure before a month is rather a number of something."""

_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_DATE = re.compile(
    r"(?<![\w.,:/–-])(?:(?P<first>\d{1,2})(?:[ \u00a0]?[–-][ \u00a0]?|[ \u00a0](?:och|eller|till)[ \u00a0]))?"
    r"(?P<day>\d{1,2})(?::[ae])?[ \u00a0]"
    rf"(?P<month>(?i:{'|'.join(MONTHS)})|(?:jan|feb|mar|apr|jun|jul|aug|sept?|okt|nov|dec)\b\.?)(?![\w-])"
    r"(?:,?[ \u00a0](?P<year>[12]\d{3})(?![\w:–-]|[.,]\d|[ \u00a0](?:kr|kronor|personer|besökare)\b))?"
)
_ISO = re.compile(r"(?<![\w./-])(?P<year>20\d{2})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?![\w/-])")
_NO_DAY = re.compile(
    r"(?:\b(?:v\.?|veckan?|nr|dnr|kap\.?|sidan?|s\.|rum|lokal|§|kl\.?|klockan)|\d)[ \u00a0]?$", re.IGNORECASE
)
_BACK = 24
"""How many characters before a figure tell what it is."""

_WEEKDAY = re.compile(
    rf"(?<![\w–-])(?P<weekday>(?i:{'|'.join(WEEKDAYS)})(?:en)?|(?:mån|tis|ons|tors|tor|fre|lör|sön)\.?)"
    r",?[ \u00a0](?:den[ \u00a0])?$"
)
_EVERY = re.compile(r"\b(?:varje|varannan|alla|samtliga|och|eller)[ \u00a0]$", re.IGNORECASE)
_UNTIL = re.compile(
    r"(?:[ \u00a0]?[–-][ \u00a0]?|[ \u00a0](?:till(?: och med)?|t\.o\.m\.|och)[ \u00a0])"
    rf"(?:(?:den[ \u00a0])?\d{{1,2}}[ \u00a0])?(?i:{'|'.join(MONTHS)})\b"
)
"""What makes the date the first day of a time: "varje" may be left out of "onsdag 1 december–3 februari"."""

_YEAR = re.compile(r"(?<![\w.,:/-])(?:1[789]|20)\d{2}(?![\w:/]|[.,]\d|[ \u00a0](?:kr|kronor)\b)")
_OTHER_YEAR = re.compile(
    r"\b(?:i fjol|förra året|föregående år|förrförra|året (?:före|innan|därpå|efter)|nästa år|\w*-talet)\b",
    re.IGNORECASE,
)
_SOON = 90
"""Days ahead within which a date without a year is this one, not last year's."""

_TWO_WEEKS = 14
"""Days past within which it may be the one that has just been."""

_NOTES = re.compile(r"-(\d{4}-\d{2}-\d{2})\.md$")


def no_such_dates(reading: Reading) -> Iterator[Slip]:
    """Find "31 november", "31/11", "29 februari 2026" and "2026-11-31"."""
    for start, end, day, month, year in _dates(reading):
        last = _last_day(month, year)
        if day <= last or day > _LAST_DAY or _NO_DAY.search(reading.text[max(start - _BACK, 0) : start]):
            continue
        message = say("Datumet ”{date}” finns inte.", date=reading.text[start:end])
        hint = say(
            "{month} har {days} dagar. Ta reda på vilken dag som gäller.",
            month=MONTHS[month - 1].capitalize(),
            days=last,
        )
        if year:
            hint = say(
                "{month} {year} har {days} dagar. Ta reda på vilken dag som gäller.",
                month=MONTHS[month - 1].capitalize(),
                year=year,
                days=last,
            )
        yield Slip(start, end, message, hint)


def wrong_weekdays(reading: Reading) -> Iterator[Slip]:
    """Find weekdays that the date does not have: "tisdag den 2 december 2026"."""
    text = reading.text
    for match in _in_words(text):
        before = _WEEKDAY.search(text, max(match.start() - _BACK, 0), match.start())
        if before is None or match["first"] or not _is_prose(reading, before.start(), match.end()):
            continue
        if _EVERY.search(text, max(before.start() - _BACK, 0), before.start()) or _UNTIL.match(
            text, match.end()
        ):
            continue
        day, month, year = _parts(match)
        said = _number(before["weekday"])
        right = _meant(reading, match.start(), day, month, year)
        if not right or said in {one.weekday() for one in right}:
            continue
        meant = right[0]
        words = text[before.start() : match.end()]
        message = say("Veckodagen stämmer inte i ”{words}”.", words=words)
        hint = say(
            "Den {day} {month} {year} är en {weekday}. Ändra veckodagen eller datumet.",
            day=meant.day,
            month=MONTHS[meant.month - 1],
            year=meant.year,
            weekday=WEEKDAYS[meant.weekday()],
        )
        yield Slip(before.start(), match.end(), message, hint)


def _dates(reading: Reading) -> tuple[tuple[int, int, int, int, int], ...]:
    """Each date of the author's own: start, end, day, month, and year or 0."""
    return tuple(date for date in _all_dates(reading.text) if _is_prose(reading, *date[:2]))


def _is_prose(reading: Reading, start: int, end: int) -> bool:
    """Whether the author answers for the words: they stand in no quotation."""
    return reading.prose[start:end] == reading.text[start:end]


@lru_cache(maxsize=1)  # two rules ask of the same text, one after the other
def _in_words(text: str) -> tuple[re.Match[str], ...]:
    return tuple(at_figures(_DATE, text, " :–-"))


def _all_dates(text: str) -> tuple[tuple[int, int, int, int, int], ...]:
    """Each date: start, end, day, month, and year or 0."""
    written = ((m.start("day"), m.end(), *_parts(m)) for m in _in_words(text))
    iso = ((*m.span(), int(m["day"]), int(m["month"]), int(m["year"])) for m in at_figures(_ISO, text, "-"))
    return (*written, *iso, *written_dates(text))


def _parts(match: re.Match[str]) -> tuple[int, int, int]:
    month = next(
        number for number, short in enumerate(_SHORT_MONTHS, 1) if match["month"].lower().startswith(short)
    )
    return int(match["day"]), month, int(match["year"] or 0)


def _last_day(month: int, year: int) -> int:
    """A month's last day; without a year, or before our calendar, the latest that it ever had."""
    if 0 < year < _GREGORIAN:
        return _LAST_DAY
    return _LEAP_DAY if month == _FEBRUARY and not year else monthrange(year or 2000, month)[1]


def _number(weekday: str) -> int:
    return next(number for number, name in enumerate(WEEKDAYS) if weekday.lower()[:3] == name[:3])


def _meant(reading: Reading, at: int, day: int, month: int, year: int) -> list[date]:
    """The days that may be meant, the likeliest first; none when that cannot be told."""
    if year:
        written = _day(year, month, day) if year >= _GREGORIAN else None
        return [written] if written else []
    today = _dated(reading)
    passage = reading.passage_at(at)
    if today is None or _OTHER_YEAR.search(passage.text):
        return []
    own = [one for one in _told(reading) if (one.month, one.day) == (month, day)]
    return own or _near(today, day, month, {int(found.group()) for found in _YEAR.finditer(passage.text)})


def _near(today: date, day: int, month: int, years: set[int]) -> list[date]:
    """The next such day, and the last unless the next is soon; none beside other years."""
    around = [one for year in (-1, 0, 1) if (one := _day(today.year + year, month, day))]
    ahead = next((one for one in around if one >= today), None)
    behind = next((one for one in reversed(around) if one < today), None)
    if ahead is None or behind is None or years - {ahead.year}:  # None: 29 February
        return []
    soon, past = (ahead - today).days, (today - behind).days
    if soon <= _SOON and past > _TWO_WEEKS:
        return [ahead]
    return [ahead, behind] if past > soon else [behind, ahead]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dated(reading: Reading) -> date | None:
    """The day from which the text looks ahead: an item's own, or that of the issue whose words they are."""
    if reading.items:
        return reading.items[0].dated_on
    named = _NOTES.search(reading.path)
    return _iso(named[1]) if named else None


def _iso(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _told(reading: Reading) -> Iterator[date]:
    """The days that the front matter gives."""
    for item in reading.items:
        if item.event:
            yield item.event.start.date()
            yield from [item.event.end.date()] if item.event.end else []
        if item.call:
            yield from (item.call.opens, item.call.closes)


_LAST_HOUR, _LAST_MINUTE = 24, 59
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?"
    r"(?:[ \u00a0]?[–-][ \u00a0]?(?P<hour2>\d{1,2})(?:[.:](?P<minute2>\d{2}))?)?"
    r"(?![\w%/–-]|[.,:]\d|[ \u00a0]?(?:kr|kronor|:-|öre|%)|[ \u00a0]\d)"
)
_CLOCK_WORD = re.compile(r"(?<![\w-])(?:[Kk]l\.?|[Kk]lockan)[ \u00a0]?$")


def no_such_times(reading: Reading) -> Iterator[Slip]:
    """Find "klockan 25.00" and "kl. 18.75"."""
    text = reading.text
    for start, _ in figures(text):
        before = text[max(start - len(" klockan "), 0) : start]
        word = _CLOCK_WORD.search(before) if before[-1:] in " \u00a0.l" else None
        match = _CLOCK.match(text, start) if word else None
        if word is None or match is None or (_is_time(match, "") and _is_time(match, "2")):
            continue
        at = start - len(word.group())
        message = say("Klockslaget ”{words}” finns inte.", words=text[at : match.end()])
        yield Slip(at, match.end(), message, say("Ett dygn går från 00.00 till 24.00. Ta reda på rätt tid."))


def _is_time(match: re.Match[str], end: str) -> bool:
    """Whether there is such a time in a day; 24.00 is its end."""
    hour, minute = int(match[f"hour{end}"] or 0), int(match[f"minute{end}"] or 0)
    return (hour < _LAST_HOUR and minute <= _LAST_MINUTE) or (hour, minute) == (_LAST_HOUR, 0)
