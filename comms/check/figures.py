"""Figures: intervals, thousands, decimals, per cent, money and telephone numbers.

Myndigheternas skrivregler, 8th edition: https://www.isof.se/utforska/vagledningar/myndigheternas-skrivregler
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.check.slip import Edit, Slip
from comms.errors import Location, Text, say
from comms.model.document import SpanKind

_RUN = re.compile(r"[0-9][0-9]*")  # not [0-9]+: a first sign of its own lets the search skip


# One search serves all rules that begin at a figure; the text is the reading's own, so no copy is kept long.
@lru_cache(maxsize=1)
def figures(text: str) -> tuple[tuple[int, int], ...]:
    """Where each run of figures begins and ends."""
    return tuple(match.span() for match in _RUN.finditer(text))


@lru_cache(maxsize=1)
def _by_next(text: str) -> dict[str, list[int]]:
    """Where runs of figures begin, by the sign that follows each; a no-break space counts as a blank."""
    begun: dict[str, list[int]] = {}
    for start, end in figures(text):
        sign = text[end : end + 1]
        begun.setdefault(" " if sign == "\u00a0" else sign, []).append(start)
    return begun


def at_figures(pattern: re.Pattern[str], text: str, before: str) -> Iterator[re.Match[str]]:
    """Every match that begins with a run of figures before one of these signs; none begins inside another.

    To know the next sign spares most attempts: a text has many figures, and few of each kind. A blank
    stands for both kinds of blanks.
    """
    begun = _by_next(text)
    starts = [start for sign in before if sign in begun for start in begun[sign]]
    starts.sort()
    done = 0
    for start in starts:
        match = pattern.match(text, start) if start >= done else None
        if match:
            done = match.end()
            yield match


def from_zero(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match that begins with a run of figures whose first is 0."""
    matches = (pattern.match(text, start) for start, _ in figures(text) if text[start] == "0")
    return (match for match in matches if match)


_BACK = 16
"""How many characters before a figure tell what it is."""

_AM_NUMBERED = re.compile(
    r"(?:\b(?:nr|dnr|diarienr|diarienummer|nummer|ärende|beslut|artikelnr|kod|konto|bankgiro|plusgiro|bg|pg|version"
    r"|lokal|rum|box|orgnr|org\.nr|gnr):?|\d)[ \u00a0]$",
    re.IGNORECASE,
)
_MONTHS = (
    "(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
    "|jan|feb|apr|aug|sep|sept|okt|nov|dec)"
)
_CLOCK_BEFORE = re.compile(r"\b[Kk]l\.?[ \u00a0]?$")
_TIGHT = re.compile(
    r"(?<![\w.,:/–-])(?P<first>\d{1,4}(?:[.:]\d{2})?)-(?P<last>\d{1,4}(?:[.:]\d{2})?)"
    r"(?![\w/–-]|[.,:]\d|[ \u00a0]\d)"
)
_APART = re.compile(
    r"(?<![\w.,:/–-])(?<!\d[ \u00a0])(?P<first>\d{1,2}(?:[.:]\d{2})?)[ \u00a0][-–][ \u00a0]"
    rf"(?P<last>\d{{1,2}}(?:[.:]\d{{2}})?)(?![\w/–-]|[.,:]\d)(?P<month>[ \u00a0]{_MONTHS}\b)?"
)
_MONTH_TO = re.compile(rf"\d{{1,2}}[ \u00a0]{_MONTHS}(?: \d{{4}})?-\d{{1,2}}[ \u00a0]{_MONTHS}\b")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_SHORT = 3
"""Figures of the longest number in an interval that is certain; years aside."""


def intervals(reading: Reading) -> Iterator[Slip]:
    """Find intervals with a hyphen, "9-17", and times with blanks round the dash."""
    text = reading.text
    for match in at_figures(_TIGHT, text, "-.:"):
        if _is_interval(match, text):
            yield _interval(match, text, match.end("first"), match.start("last"))
    for match in at_figures(_APART, text, " .:"):
        first, last = match["first"], match["last"]
        timed = _CLOCK_BEFORE.search(text[max(match.start() - _BACK, 0) : match.start()])
        dated = match["month"] and first.isdigit() and last.isdigit() and int(first) < int(last)
        if timed or dated:
            yield _interval(match, text, match.end("first"), match.start("last"))
    for match in at_figures(_MONTH_TO, text, " "):
        at = match.start() + match.group().index("-")
        yield _interval(match, text, at, at + 1)


def _interval(match: re.Match[str], text: str, start: int, end: int) -> Slip:
    words = match.group()
    right = f"{text[match.start() : start]}–{text[end : match.end()]}"
    message = say("Intervallet ”{words}” har bindestreck.", words=words)
    if "-" not in words:
        message = say("Intervallet ”{words}” har mellanslag runt strecket.", words=words)
    hint = say("Skriv ”{words}” med kort tankstreck.", words=right)
    return Slip(*match.span(), message, hint, (Edit(start, end, "–"),))


def _is_interval(match: re.Match[str], text: str) -> bool:
    """Whether two figures with a hyphen are from and to: what rises, and is no number of its own kind."""
    first, last = match["first"], match["last"]
    before = text[max(match.start() - _BACK, 0) : match.start()]
    if _CLOCK_BEFORE.search(before):
        return True
    if _AM_NUMBERED.search(before):
        return False
    if not (first.isdigit() and last.isdigit()):  # two times: both have minutes, or one does
        return "." in first or ":" in first or "." in last or ":" in last
    if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
        return int(first) < int(last)
    return first[0] != "0" and len(first) <= _SHORT and len(last) <= _SHORT and int(first) < int(last)


_CUT = re.compile(
    r"(?<![\w.,:/–-])(?P<first>[2-9])–(?P<last>[2-9](?:00|[ \u00a0]000|0[ \u00a0]000))"
    r"(?![\w/–-]|[.,:]\d|[ \u00a0]\d)"
)


def cut_intervals(reading: Reading) -> Iterator[Slip]:
    """Find intervals whose first figure has lost its size: "3–400" for "300–400"."""
    for match in at_figures(_CUT, reading.text, "–"):
        first, last = match["first"], match["last"]
        if int(first) < int(last[0]):
            message = say("”{words}” går att läsa som från {first}.", words=match.group(), first=first)
            hint = say("Skriv ut båda talen: ”{whole}–{last}”.", whole=first + last[1:], last=last)
            yield Slip(*match.span(), message, hint)


_UNITS = (
    "(?:kr|kronor|kronors|euro|tkr|mnkr|mdkr|miljoner|miljarder|procent|km|cm|mm|m|mil|meter|kvadratmeter|kvm|m²|km²"
    "|kilometer|kg|kilo|g|ton|ha|hektar|l|dl|liter|min|minuter|tim|timmar|st|kW|kWh|MW|MWh|GWh)(?![\\w-])"
)
_COUNTED = (
    "(?:kr|kronor|euro|invånare|personer|medlemmar|besökare|deltagare|hektar|ha|ton|kg|km|m|meter|hushåll|företag"
    "|föreningar|timmar|exemplar|kWh|mottagare|kvadratmeter|kvm)(?![\\w-])"
)
_GROUPS = re.compile(r"(?<![\d,.:/+-])(?<!\d[ \u00a0])[1-9]\d{0,2}(?:[ \u00a0]\d{3})+(?![\d-])")
_CALLED = re.compile(
    r"(?:\b(?:tel|tfn|telefon|ring|mobil|kl|den|rum|box|bg|pg)[.:]?[ \u00a0])$", re.IGNORECASE
)
_UNIT = re.compile(rf" (?:{_UNITS}|[%‰]|§|°C)")
_HELD = ("kl. ", "nr ", "§ ", "dnr ")
_IN_NUMBERS = frozenset({" ", "\u00a0", ".", ",", "–"})
_INITIALS = re.compile(r"\. (?<=[A-ZÅÄÖ]\. )(?<!\w[A-ZÅÄÖ]\. )[A-ZÅÄÖ]\. (?=[A-ZÅÄÖ])")


def breaking_blanks(reading: Reading) -> Iterator[Slip]:
    """Find figures that a line may break from what they belong to: one problem for each passage."""
    places: dict[int, list[tuple[int, int, tuple[Edit, ...]]]] = {}
    for start, end, edits in sorted(_breaking(reading.text)):
        places.setdefault(reading.passage_at(start).start, []).append((start, end, edits))
    for found in places.values():
        start, end, _ = found[0]
        words = reading.text[start:end]
        message = say("”{words}” kan delas vid radslut.", words=words)
        if len(found) > 1:
            message = say(
                "”{words}” och {count} till i stycket kan delas vid radslut.",
                words=words,
                count=len(found) - 1,
            )
        hint = say(
            "Skriv fast mellanslag: comms check --fix gör det åt dig. "
            "(På Mac Alt+mellanslag, i Windows Alt+0160.)"
        )
        edits = tuple(dict.fromkeys(edit for place in found for edit in place[2]))
        yield Slip(start, end, message, hint, edits)


def _breaking(text: str) -> Iterator[tuple[int, int, tuple[Edit, ...]]]:
    for match in at_figures(_GROUPS, text, " "):
        start, end = match.span()
        blanks = [at for at in range(start, end) if text[at] == " "]
        if blanks and not _CALLED.search(text[max(start - _BACK, 0) : start]):
            yield start, end, tuple(_held(at) for at in blanks)
    first, before = 0, -1
    for start, end in figures(text):
        if text[before:start] not in _IN_NUMBERS:
            first = start
        before = end
        unit = _UNIT.match(text, end) if text[end : end + 1] == " " else None
        if unit:
            yield first, unit.end(), (_held(end),)
        if text.endswith(_HELD, 0, start):
            word = next(word for word in _HELD if text.endswith(word, 0, start))
            at = start - len(word)
            if not text[max(at - 1, 0) : max(at, 0)].isalnum():
                yield at, end, (_held(start - 1),)
        elif text.endswith("§", 0, start):
            yield start - 1, end, (Edit(start - 1, start, "§\u00a0"),)
    for match in _INITIALS.finditer(text):
        start, end = match.span()
        yield start - 1, end - 1, (_held(start + 1), _held(end - 1))


def _held(at: int) -> Edit:
    return Edit(at, at + 1, "\u00a0")


_GLUED = re.compile(
    r"(?<![\w.,:/+#@-])\d+(?:[.,]\d+)?(?P<unit>kr|kronor|tkr|mnkr|euro|km|cm|mm|kg|mil|meter|kvm|hektar|kWh|MWh"
    r"|procent|minuter|timmar|grader|°C)(?![\w/-]|\.\w)"
)
_MINUS = re.compile(
    r"(?P<number>\d+(?:,\d+)?)(?:[ \u00a0](?:och|till|eller)[ \u00a0][-−–]?\d+(?:,\d+)?)?"
    r"[ \u00a0]?(?:grader\b|°C?)"
)
_MINUS_AFTER = frozenset(" \u00a0\n(")


def glued_units(reading: Reading) -> Iterator[Slip]:
    """Find "200kr" and "5km", where the figure and what is counted are written as one."""
    for match in at_figures(_GLUED, reading.text, "ktmechpg°M.,"):
        at = match.start("unit")
        message = say("”{words}” saknar mellanslag före ”{unit}”.", words=match.group(), unit=match["unit"])
        right = f"{match.group()[: at - match.start()]}\u00a0{match['unit']}"
        hint = say("Skriv ”{right}” med fast mellanslag.", right=right)
        yield Slip(*match.span(), message, hint, (Edit(at, at + 1, f"\u00a0{reading.text[at]}"),))


def hyphen_as_minus(reading: Reading) -> Iterator[Slip]:
    """Find a hyphen that does the work of a minus sign: "-18 grader"."""
    text = reading.text
    if "-" not in text:
        return
    for start, _ in figures(text):
        sign = start - 1
        if sign < 0 or text[sign] != "-" or (sign and text[sign - 1] not in _MINUS_AFTER):
            continue
        match = _MINUS.match(text, start)
        if match and not text[max(sign - 2, 0) : sign].strip().isdigit():  # "10 -18 grader": from and to
            message = say("”-{number}” har bindestreck som minustecken.", number=match["number"])
            hint = say(
                "Skriv ”−{number}” med minustecken, eller med ord: minus {number}.", number=match["number"]
            )
            yield Slip(sign, match.end(), message, hint, (Edit(sign, start, "−"),))


_DOTTED = re.compile(rf"(?<![\w.,:/-])[1-9]\d{{0,2}}(?:\.\d{{3}})+(?![\w.:,-]\d)(?=[ \u00a0]{_COUNTED})")
_COMMAS = re.compile(r"(?<![\w.,:/-])[1-9]\d{0,2}(?:,\d{3})+(?=[ \u00a0](?:kr|kronor|euro)(?![\w-]))")
_SOLID = re.compile(rf"(?<![\w.,:/-])[1-9]\d{{4,8}}(?=[ \u00a0]{_COUNTED})")


def thousands(reading: Reading) -> Iterator[Slip]:
    """Find thousands set apart by a full stop or a comma, or not at all, before what is counted."""
    for match in at_figures(_DOTTED, reading.text, "."):
        yield _grouped(match, say("”{words}” har punkt mellan tusental.", words=match.group()))
    for match in at_figures(_COMMAS, reading.text, ","):
        first, *rest = match.group().split(",")
        if len(rest) > 1 or (len(first) > 1 and rest[0].endswith("0")) or rest[0].endswith("00"):
            yield _grouped(match, say("”{words}” har komma mellan tusental.", words=match.group()))
    for match in at_figures(_SOLID, reading.text, " "):
        yield _grouped(match, say("”{words}” är svårt att läsa utan mellanrum.", words=match.group()))


def _grouped(match: re.Match[str], message: Text) -> Slip:
    right = f"{int(re.sub('[.,]', '', match.group())):,}".replace(",", "\u00a0")
    return Slip(*match.span(), message, say("Skriv ”{right}”.", right=right), (Edit(*match.span(), right),))


_POINT = re.compile(
    r"(?<![\w.,:/-])(?P<whole>\d{1,3})(?P<point>\.)(?P<part>\d{1,2})(?=[ \u00a0]?%|[ \u00a0](?:"
    r"(?P<exact>miljoner|miljarder|procent|kr|kronor|mnkr|tkr|kg|ton|hektar|ha|kvm|liter)"
    r"|km|mil|meter|kilometer|grader|gånger)(?![\w-]))"
)
_PLAIN_TIME = re.compile(r"(?:0?\d|1\d|2[0-3])\.[0-5]\d")


def decimal_points(reading: Reading) -> Iterator[Slip]:
    """Find a decimal point: "3.5 miljoner"."""
    for match in at_figures(_POINT, reading.text, "."):
        before = reading.text[max(match.start() - _BACK, 0) : match.start()]
        if _CLOCK_BEFORE.search(before) or (not match["exact"] and _PLAIN_TIME.fullmatch(match.group())):
            continue
        message = say("”{words}” har decimalpunkt.", words=match.group())
        hint = say("Skriv ”{right}” med decimalkomma.", right=match.group().replace(".", ","))
        yield Slip(*match.span(), message, hint, (Edit(*match.span("point"), ","),))


_PERCENT = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?P<gap>[ \u00a0]?)(?P<sign>%)(?P<tail>-[^\W\d]\w*)?(?!\w)")


def percent_signs(reading: Reading) -> Iterator[Slip]:
    """Find "10%" without its blank, and "10%-ig"."""
    if "%" not in reading.text:
        return
    for match in at_figures(_PERCENT, reading.text, "% .,"):
        number = match.group()[: match.start("gap") - match.start()]
        if match["tail"]:
            message = say("”{words}” blandar tecken och ord.", words=match.group())
            yield Slip(
                *match.span(), message, say("Skriv ”{number}-procentig” eller skriv om.", number=number)
            )
        elif not match["gap"]:
            message = say("”{words}” saknar mellanslag före procenttecknet.", words=match.group())
            hint = say("Skriv ”{number} %” med fast mellanslag, eller ”{number} procent”.", number=number)
            yield Slip(*match.span(), message, hint, (Edit(*match.span("sign"), "\u00a0%"),))


_MONEY = re.compile(
    r"(?<![\w.,])[\d.,]*\d[ \u00a0]?(?P<unit>[Kk]kr|KKR|Mkr|MKR|MSEK|[KT]SEK|tsek|SEK|EUR|€|:-)(?!\w)"
)
_MONEY_BEFORE = re.compile(r"(?P<unit>SEK|EUR|€|kr)(?<![\w]SEK)(?<![\w]EUR)(?<![\w]kr)[ \u00a0]?$")
_MONEY_WORDS = {
    "kkr": "tkr",
    "mkr": "mnkr",
    "msek": "mnkr",
    "ksek": "tkr",
    "tsek": "tkr",
    "sek": "kr",
    "eur": "euro",
    "€": "euro",
    ":-": "kr",
    "kr": "kr",
}


def money(reading: Reading) -> Iterator[Slip]:
    """Find money that is not written kr, tkr, mnkr or euro after the figure."""
    text = reading.text
    for match in at_figures(_MONEY, text, " kKMTtSE€:.,"):
        yield _money(text, *match.span(), match["unit"])
    for start, end in figures(text):
        before = _MONEY_BEFORE.search(text[max(start - len("SEK "), 0) : start])
        if (
            before
            and not text[start - len(before.group()) - 2 : start - len(before.group())].strip().isdigit()
        ):
            yield _money(text, start - len(before.group()), end, before["unit"])


def _money(text: str, start: int, end: int, unit: str) -> Slip:
    message = say("”{words}” är inte svenskt skrivsätt för pengar.", words=text[start:end])
    hint = say(
        "Skriv talet först och ”{word}” efter, med fast mellanslag.", word=_MONEY_WORDS[unit.casefold()]
    )
    return Slip(start, end, message, hint)


_PHONE = re.compile(
    r"(?<![\w+.,/–-])(?<!\d[ \u00a0])(?P<area>08|0[1-9]\d{1,2})"
    r"(?P<gap>[ \u00a0]?[-–/][ \u00a0]?|[ \u00a0])(?:(?P<solid>\d{5,8})(?![\w-])"
    r"|(?P<groups>\d{2,3}(?:[ \u00a0]\d{2,4}){1,3})(?![\w-]|[ \u00a0]?\d))"
)
_MOBILE = re.compile(r"(?<![\w+.,/–-])(?<!\d[ \u00a0])07[02369]\d{7}(?![\w-]|[ \u00a0]?\d)")
_SERVICE = ("077", "020", "0200", "0900")
"""Numbers that their owners group as they are best remembered."""

_RIGHT = re.compile(r"(?:\d{3} \d{2}|\d{2} \d{2} \d{2}|\d{3} \d{2} \d{2}|\d{3} \d{3} \d{2})(?!\d)")
_GROUPED: dict[int, tuple[int, ...]] = {5: (3, 2), 6: (2, 2, 2), 7: (3, 2, 2), 8: (3, 3, 2)}
_LENGTHS = range(8, 11)
_TOLD = re.compile(r"\b(?:tel|tfn|telefon|ring|mobil)[.:]?[ \u00a0]$", re.IGNORECASE)
_LINK = re.compile(r"tel:\+[1-9]\d{6,14}")


def phones(reading: Reading) -> Iterator[Slip]:
    """Find telephone numbers whose figures are not grouped as Swedes read them."""
    text = reading.text
    for match in from_zero(_PHONE, text):
        written = match["solid"] or match["groups"].replace("\u00a0", " ")
        rest = written.replace(" ", "")
        before = text[max(match.start() - _BACK, 0) : match.start()]
        length = len(match["area"]) + len(rest)
        if (
            length not in _LENGTHS
            or len(rest) not in _GROUPED
            or match["area"].startswith(_SERVICE)
            or _AM_NUMBERED.search(before)
        ):
            continue
        sure = match["gap"] == "-" or _TOLD.search(before)
        right = match["gap"] == "-" and _RIGHT.fullmatch(written)
        if not right and (sure or length > _LENGTHS[0]):
            yield _phone(match, match["area"], rest, certain=bool(sure and match["solid"]))
    for match in from_zero(_MOBILE, text):
        yield _phone(match, match.group()[:3], match.group()[3:], certain=True)
    at = text.find("(0)")
    if at > 0 and text.rfind("+", max(at - len("+46 "), 0), at) >= 0:
        message = say("”(0)” går inte att slå.")
        yield Slip(at, at + 3, message, say("Skriv landsnumret utan nollan: ”+46 560 160 00”."))


def _phone(match: re.Match[str], area: str, rest: str, *, certain: bool) -> Slip:
    groups: list[str] = []
    at = 0
    for length in _GROUPED[len(rest)]:
        groups.append(rest[at : at + length])
        at += length
    right = f"{area}-{' '.join(groups)}"
    message = say("Telefonnumret ”{number}” är svårt att läsa och slå.", number=match.group())
    edits = (Edit(*match.span(), right),) if certain else ()
    return Slip(*match.span(), message, say("Skriv ”{right}”.", right=right), edits)


def phone_links(reading: Reading) -> Iterator[Finding]:
    """Find telephone links that only work in Sweden."""
    paths = [item.path for item in reading.items] or [reading.path]
    for path, document in zip(paths, reading.documents, strict=True):
        for span in document.spans():
            if span.kind is SpanKind.LINK and span.href.startswith("tel:") and not _LINK.fullmatch(span.href):
                message = say("Telefonlänken ”{href}” går inte att ringa överallt.", href=span.href)
                hint = say("Skriv landsnummer och bara siffror i länken: tel:+4656016000.")
                yield Finding(Location(path, span.line, span.column), message, hint)
