"""Swedish typography: times, dates, weeks, quotation marks, dashes and blanks. Found, not mended.

Myndigheternas skrivregler, 8th edition: https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.errors import say

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
    "november", "december",
)  # fmt: skip

_CLOCK = re.compile(r"\bkl(?:ockan)?[ \u00a0](?P<hour>\d{1,2}(?:[.:]\d{2})?)\b")
_DATE = re.compile(
    r"(?<![\d./-])(?P<day>0?[1-9]|[12]\d|3[01])(?:\.(?P<dotted>0?[1-9]|1[0-2])\.(?:\d{4}|\d{2})\b"
    r"|/(?P<slashed>0?[1-9]|1[0-2])(?:[-/ ]\d{4})?)(?![\d/])"
)
_FRACTIONS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/10", "24/7"})
_SOLID_DATE = re.compile(r"\b20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b")
_STRAIGHT = re.compile(r'"')
_DASH = re.compile(r"(?<=[^\s-]) (?:-|--) (?=[^\s-])")
_WEEK = re.compile(r"\b(?:[Vv]ecka|[Vv]eckan|v\.) ?(?P<week>\d{1,2})\b")
_DAYS = re.compile(r"[^.?!\n]{0,40}?\d{1,2}[^.?!\n]{0,16}?(?:" + "|".join(MONTHS) + r")")
_INTERVAL = re.compile(
    r"(?<![\w.,:/-])(?P<all>[1-9]\d{0,2}(?:[.:]\d{2})?-\d{1,3}(?:[.:]\d{2})?|(?:19|20)\d{2}-(?:19|20)\d{2})"
    r"(?![\w/-]|[ \u00a0]\d{2}\b)"
)
_THOUSANDS = re.compile(r"(?<![\d,.-])\d{1,3}(?: \d{3})+(?![\d-])|\b\d+ %")
_AND_OR = re.compile(r"\boch ?/ ?eller\b", re.IGNORECASE)


def clock(reading: Reading) -> Iterator[Finding]:
    """Find "kl 18" without its full stop."""
    for match in reading.search(_CLOCK):
        hint = say("Skriv ”kl. {hour}”.", hour=match["hour"].replace(":", "."))
        if match.group().startswith("klockan"):
            continue
        message = say("”{words}” saknar punkt efter ”kl”.", words=match.group())
        yield Finding(reading.location(match.start()), message, hint)


def dates(reading: Reading) -> Iterator[Finding]:
    """Find dates in figures: 25.11.2026, 25/11 and 20261125."""
    for match in reading.search(_DATE):
        if match.group() in _FRACTIONS:
            continue
        month = MONTHS[int(match["dotted"] or match["slashed"]) - 1]
        message = say("Datumet ”{date}” är skrivet med siffror.", date=match.group())
        hint = say("Skriv ”{day} {month}”.", day=int(match["day"]), month=month)
        yield Finding(reading.location(match.start()), message, hint)
    for match in reading.search(_SOLID_DATE):
        digits = match.group()
        message = say("Datumet ”{date}” är skrivet med siffror.", date=digits)
        hint = say("Skriv ”{day} {month}”.", day=int(digits[6:]), month=MONTHS[int(digits[4:6]) - 1])
        yield Finding(reading.location(match.start()), message, hint)


def straight_quotes(reading: Reading) -> Iterator[Finding]:
    """Find typewriter quotation marks: one problem for each passage."""
    seen: set[int] = set()
    for match in reading.search(_STRAIGHT):
        start = reading.passage_at(match.start()).start
        if start in seen:
            continue
        seen.add(start)
        message = say('Här står raka citattecken (").')
        yield Finding(reading.location(match.start()), message, say("Skriv ”…” före och efter."))


def hyphen_as_dash(reading: Reading) -> Iterator[Finding]:
    """Find a hyphen that does the work of a dash."""
    for match in reading.search(_DASH):
        message = say("Bindestreck används som tankstreck.")
        hint = say("Skriv ” – ” (kort tankstreck med mellanslag), eller dela meningen.")
        yield Finding(reading.location(match.start() + 1), message, hint)


def bare_weeks(reading: Reading) -> Iterator[Finding]:
    """Find week numbers that no dates follow."""
    for match in reading.search(_WEEK):
        if _DAYS.match(reading.text, match.end()):
            continue
        message = say("”{words}” står utan datum.", words=match.group())
        hint = say("Skriv datumen efter, som i ”vecka 41 (5–11 oktober)”.")
        yield Finding(reading.location(match.start()), message, hint)


def hyphen_in_intervals(reading: Reading) -> Iterator[Finding]:
    """Find intervals with a hyphen: 9-17."""
    for match in reading.search(_INTERVAL):
        message = say("Intervallet ”{words}” har bindestreck.", words=match.group())
        hint = say("Skriv ”{words}” med kort tankstreck.", words=match.group().replace("-", "–"))
        yield Finding(reading.location(match.start()), message, hint)


def breaking_blanks(reading: Reading) -> Iterator[Finding]:
    """Find figures that a line may break in two: "50 000", "10 %" with an ordinary blank."""
    for match in reading.search(_THOUSANDS):
        message = say("”{words}” kan delas vid radslut.", words=match.group())
        hint = say("Skriv fast mellanslag i talet (på Mac Alt+mellanslag, i Windows Alt+0160).")
        yield Finding(reading.location(match.start()), message, hint)


def and_or(reading: Reading) -> Iterator[Finding]:
    """Find "och/eller"."""
    for match in reading.search(_AND_OR):
        message = say("”{words}” är svårt att läsa och att läsa upp.", words=match.group())
        hint = say("Skriv ”och” eller ”eller”; behövs båda, skriv ”a eller b, eller båda”.")
        yield Finding(reading.location(match.start()), message, hint)
