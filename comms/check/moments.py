"""Days and hours: clock times, dates in figures, weeks, from and between, capitals.

Myndigheternas skrivregler, 8th edition: https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

from comms.check.figures import at_figures, figures, from_zero
from comms.check.reading import Reading
from comms.check.slip import Edit, Slip
from comms.errors import Severity, say
from comms.text.swedish import word_set

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
    "november", "december",
)  # fmt: skip
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")

_MONTH = f"(?:{'|'.join(MONTHS)})"
_LAST_HOUR, _LAST_WEEK = 24, 53

_CLOCK = re.compile(
    r"(?<![\w.-])(?P<words>[Kk]l(?P<gap>\.?[ \u00a0]?)(?P<time>(?P<hour>\d{1,2})(?:[.:]\d{2})?))(?![\w:])"
)
_ENGLISH_CLOCK = re.compile(
    r"(?<![\w.,:/–-])\d{1,2}(?:[.:]\d{2})?[ \u00a0]?(?P<half>am|pm|a\.m\.|p\.m\.)(?!\w)"
)

_DATE = re.compile(
    r"(?<![\w./:,-])(?P<day>0?[1-9]|[12]\d|3[01])(?:\.(?P<dotted>0?[1-9]|1[0-2])\.(?P<year>20\d{2}|[23]\d)\b"
    r"|/(?P<slashed>0?[1-9]|1[0-2])(?:[-/ ](?P<after>20\d{2}))?)(?![\w/%:]|-[^\W\d])"
)
_A_LEAP_YEAR, _CENTURY, _TWO_FIGURES = 2000, 2000, 100
_FRACTION_LAST = 10
"""A slashed pair up to ten may be a fraction (3/4, 7/10)."""

_NO_DATE = re.compile(
    r"(?:\b(?:nr|dnr|kap\.?|kapitel|avsnitt|punkt|artikel|version|bilaga|§)[ \u00a0]|[(]EU[)] )$",
    re.IGNORECASE,
)
_DATE_BEFORE = re.compile(
    r"\b(?:den|senast|före|efter|från|till|datum:?"
    r"|(?:mån|tis|ons|tors|fre|lör|sön)(?:dag(?:en)?)?\.?)[ \u00a0]$",
    re.IGNORECASE,
)
_BACK = 24
"""How many characters before a figure tell what it is."""

_SOLID_DATE = re.compile(r"(?<![\w./-])20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\w/-])")
_DAY_FORM = re.compile(
    rf"(?<![\w./:–-])(?:0(?P<zero>[1-9])|(?P<day>\d{{1,2}}):[ae])[ \u00a0](?P<month>(?i:{_MONTH}))\b"
)

_WEEK = re.compile(
    r"(?<!\w)(?:[Vv]eck(?:an?|orna)[ \u00a0]?|v\.[ \u00a0]?|v[ \u00a0]|v(?=\d\d))(?P<week>\d{1,2})"
    r"(?:[–-]\d{1,2})?(?![\w%]|[.,:]\d)"
)
_DAYS = re.compile(rf"[^.?!\n]{{0,40}}?\d{{1,2}}[^.?!\n]{{0,16}}?{_MONTH}")
_DAYS_BEFORE = re.compile(rf"\d{{1,2}}[^.?!\n]{{0,16}}?{_MONTH}[^.?!\n]{{0,20}}$")
_DAYS_AWAY = 60
_OF_A_COURSE = re.compile(
    r"[ \u00a0](?:av|i|på)[ \u00a0](?:\w+[ \u00a0])?\w*(?:kurs|program|utbildning|cirkel|praktik)"
)

_PAIR = re.compile(
    r"(?<![\w.,:/–-])(?P<first>\d{1,4}(?:[.:]\d{2})?)[ \u00a0]?[–-][ \u00a0]?(?P<last>\d{1,4}(?:[.:]\d{2})?)"
    r"(?![\w–-]|[ \u00a0]\d)"
)
_BETWEEN = re.compile(
    r"(?<!\w)(?P<word>[Mm]ellan|[Ff]rån)[ \u00a0]"
    r"(?P<clock>kl\.?[ \u00a0]?|klockan[ \u00a0])?(?:den[ \u00a0])?$"
)
_MEASURED = re.compile(rf"[ \u00a0](?:{_MONTH}|år|procent|%|kr|kronor|km|mil|meter|grader)\b")
_CLOSES = re.compile(r"[.,;!?)]|$", re.MULTILINE)

# One flat choice of first letters: then the search skips to a capital that may begin one.
_CAPITAL = re.compile(
    r"(?:J(?:anuari|uni|uli)|F(?:ebruari|redag)|M(?:ars|aj|åndag)|A(?:pril|ugusti)|S(?:eptember|öndag)"
    r"|O(?:ktober|nsdag)|November|December|T(?:isdag|orsdag)|Lördag)(?:en|ens|ar|arna|s)?(?![\w:'’-])"
)
_ALSO_NAMES = word_set("Mars April Maj Juni Juli Augusti")
"""Months that people, planets and towns are called too."""

_DAY_NEAR = re.compile(
    r"(?<![\w.,:/-])(?<!\d[ \u00a0])(?<!kl\.[ \u00a0])(?<!kl[ \u00a0])\d{1,2}(?::[ae])?[ \u00a0]$"
)
_PUT_BEFORE = re.compile(
    r"(?<![\w-])(?i:på|om|i|till|från|den|varje|nästa|under|och|senast|förra|eller|mellan|sedan|redan)"
    r"[ \u00a0]$"
)
_DATE_AFTER = re.compile(
    rf"[ \u00a0](?:den[ \u00a0]\d{{1,2}}(?!\w|[ \u00a0.,:/–-]\d)|\d{{1,2}}(?:[ \u00a0](?i:{_MONTH})\b|/\d))"
)


def clock(reading: Reading) -> Iterator[Slip]:
    """Find "kl 18" without its full stop, "kl.18" without its blank, and "6 pm"."""
    text = reading.text
    for figure, _ in figures(text):
        at = text.rfind("l", max(figure - len("l. "), 0), figure)
        match = _CLOCK.match(text, at - 1) if at > 0 else None
        if match is None or match["gap"] in {". ", ".\u00a0"} or int(match["hour"]) > _LAST_HOUR:
            continue
        message = say("”{words}” saknar punkt efter ”kl”.", words=match.group())
        if match["gap"] == ".":
            message = say("”{words}” saknar mellanslag efter ”kl.”.", words=match.group())
        hint = say("Skriv ”kl. {hour}”.", hour=match["time"].replace(":", "."))
        start, end = match.span("gap")
        edit = Edit(start, end, ".\u00a0") if match["gap"] else Edit(end, end + 1, f".\u00a0{text[end]}")
        yield Slip(*match.span(), message, hint, (edit,))
    for match in at_figures(_ENGLISH_CLOCK, text, " ap.:"):
        message = say("”{words}” är engelsk tid.", words=match.group())
        yield Slip(*match.span(), message, say("Skriv tiden med 24 timmar, som i ”kl. 15.30”."))


def dates(reading: Reading) -> Iterator[Slip]:
    """Find dates in figures: 25.11.2026, 25/11 and 20261125. Those that do not exist are another rule's."""
    for start, end, day, month, year in written_dates(reading.text):
        if day > monthrange(year or _A_LEAP_YEAR, month)[1]:
            continue
        message = say("Datumet ”{date}” är skrivet med siffror.", date=reading.text[start:end])
        hint = say("Skriv ”{day} {month}”.", day=day, month=MONTHS[month - 1])
        if year and end - start != len("20261125"):
            hint = say("Skriv ”{day} {month} {year}”.", day=day, month=MONTHS[month - 1], year=year)
        yield Slip(start, end, message, hint)


def written_dates(text: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Each date in figures: start, end, day, month, and year or 0."""
    for match in at_figures(_DATE, text, "./"):
        before = text[max(match.start() - _BACK, 0) : match.start()]
        if _NO_DATE.search(before) or (_may_be_fraction(match) and not _DATE_BEFORE.search(before)):
            continue
        year = int(match["year"] or match["after"] or 0)
        month = int(match["dotted"] or match["slashed"])
        yield *match.span(), int(match["day"]), month, _whole_year(year)
    for start, end in figures(text):
        solid = _SOLID_DATE.match(text, start) if end - start == len("20261125") else None
        if solid:
            digits = solid.group()
            yield start, end, int(digits[6:]), int(digits[4:6]), int(digits[:4])


def days(reading: Reading) -> Iterator[Slip]:
    """Find days with a zero or an ordinal's ending: "07 december", "1:a maj"."""
    text = reading.text
    for match in (*from_zero(_DAY_FORM, text), *at_figures(_DAY_FORM, text, ":")):
        day, month = match["zero"] or int(match["day"]), match["month"].lower()
        message = say("”{date}” har en nolla för mycket.", date=match.group())
        if match["day"]:
            message = say("”{date}” har ändelse efter dagens siffra.", date=match.group())
        yield Slip(*match.span(), message, say("Skriv ”{day} {month}”.", day=day, month=month))


def bare_weeks(reading: Reading) -> Iterator[Slip]:
    """Find week numbers without dates."""
    text = reading.text
    for figure, _ in figures(text):
        before = max(figure - len("veckorna "), 0)
        at = max(text.rfind("v", before, figure), text.rfind("V", before, figure))
        match = _WEEK.match(text, at) if at >= 0 else None
        if match is None or not 0 < int(match["week"]) <= _LAST_WEEK:
            continue
        start, end = match.span()
        if match.start("week") != figure or _OF_A_COURSE.match(text, end):
            continue
        if _DAYS.match(text, end) or _DAYS_BEFORE.search(text[max(start - _DAYS_AWAY, 0) : start]):
            continue
        message = say("”{words}” står utan datum.", words=match.group())
        hint = say("Skriv datumen efter, som i ”vecka 41 (5–11 oktober)”.")
        yield Slip(start, end, message, hint)


def between(reading: Reading) -> Iterator[Slip]:
    """Find "mellan 9–17" and "från kl. 9–17", where the dash already says "till".

    "Svar från 10–15 kommuner" is right, and so is "samarbete mellan 5–6 byar": what follows decides.
    """
    text = reading.text
    for pair in at_figures(_PAIR, text, "–-.: "):
        match = _BETWEEN.search(text, max(pair.start() - _BACK, 0), pair.start())
        if match is None:
            continue
        start, end = match.start(), pair.end()
        first, last = pair["first"], pair["last"]
        is_between = match["word"].casefold() == "mellan"
        measured = match["clock"] or {".", ":"} & {*first, *last} or _MEASURED.match(text, end)
        closes = bool(_CLOSES.match(text, end))
        if not (measured or closes or is_between):
            continue
        sure = measured or (closes and is_between)
        message = say("”{words}” säger ”till” två gånger: strecket betyder redan det.", words=text[start:end])
        hint = say("Skriv ”från {first} till {last}” eller bara ”{first}–{last}”.", first=first, last=last)
        if is_between:
            hint = say(
                "Skriv ”mellan {first} och {last}” eller bara ”{first}–{last}”.", first=first, last=last
            )
        yield Slip(start, end, message, hint, severity=None if sure else Severity.NOTICE)


def capitals(reading: Reading) -> Iterator[Slip]:
    """Find months and weekdays with a capital inside a sentence: "på Måndag", "5 Maj", "24:e December"."""
    text = reading.text
    for match in reading.search(_CAPITAL):
        start, end = match.span()
        before = text[max(start - _BACK, 0) : start]
        if before[-1:].isalnum() or before[-1:] == "-":
            continue
        weekday = "dag" in match.group()
        dated = _DATE_AFTER.match(text, end) if weekday else _DAY_NEAR.search(before)
        if not dated and (match.group() in _ALSO_NAMES or not _PUT_BEFORE.search(before)):
            continue
        if reading.begins_sentence(start) or _begins_line(reading, start):
            continue
        word = match.group().lower()
        message = say("”{word}” har stor bokstav mitt i meningen.", word=match.group())
        edit = Edit(start, start + 1, word[0])
        yield Slip(start, end, message, say("Skriv ”{word}”.", word=word), (edit,))


def _whole_year(year: int) -> int:
    """A year of two figures as one of four; 0 stays."""
    return year + _CENTURY if 0 < year < _TWO_FIGURES else year


def _may_be_fraction(match: re.Match[str]) -> bool:
    if not match["slashed"] or match["after"]:
        return False
    over, under = int(match["day"]), int(match["slashed"])
    return (over <= under <= _FRACTION_LAST) or match.group() == "24/7"


def _begins_line(reading: Reading, start: int) -> bool:
    """Whether the word begins a line of the file: there, lines are often set one under the other."""
    passage = reading.passage_at(start)
    if start <= passage.start or passage.raw[start - passage.start - 1] == "\n":
        return True
    return passage.location(start).line != passage.location(start - 1).line
