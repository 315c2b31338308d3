"""Abbreviations that nobody has explained to the reader.

Only those in capitals: LAG, EJFLU. Names are let through, those that the item gives and those that show
themselves as names by their neighbours ("Sunne IK", "LRF Värmland"). The workspace knows the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from comms.check.reading import BODY, RUNNING, Passage, PassageKind, Reading
from comms.check.rule import Finding
from comms.errors import say
from comms.text.swedish import word_set

_READ = BODY | {PassageKind.TITLE, PassageKind.SUMMARY}
# Begins with a set of signs, so that the search leaps to the next capital; looks back from there.
_CAPITALS = re.compile(r"[A-ZÅÄÖ](?<![\w.&].)[A-ZÅÄÖ]{1,5}(?:(?![\w&])|(?=s\b))")
_ROMAN = re.compile(r"[IVXLCM]+")
_BEFORE = re.compile(r"(\w+)[ \u00a0]$")
_AFTER = re.compile(r"(?::?s)?(?:-\w+)?[ \u00a0](\w+)")
_NEAR = 30
"""How many characters before and after an abbreviation its neighbours are sought in."""

_SHOUTED = word_set(
    "ALLA ALLT ALDRIG ALLTID BARA BÅDE DIG DIN DU EJ EN ENDAST ETT FRI FRITT FÅ FÖR FÖRST GRATIS HÄR HEJ "
    "HELA I IDAG IN INGA INGEN INTE JA JAG KAN KL KOM KRAV LEDIG MAT MER MEST MÅSTE NEJ NI NU NY NYA NYTT "
    "NÄR OCH OM OSS PLATS PÅ RÄTT SAMMA SEN SENAST SES SISTA SKA SLUT START STOPP STOR STORT STÄNGT SÖK "
    "TACK TILL UT VAD VI VIKTIG ÄR ÄN ÖPPET MAJ JUNI JULI FREDAG LÖRDAG SÖNDAG MÅNDAG GOD JUL"
)
"""Ordinary words that are written in capitals to be heard."""

_CALLED = (
    "föreningen", "klubben", "bolaget", "projektet", "kören", "bandet", "festivalen", "nätverket",
    "förbundet", "organisationen", "appen", "tidningen", "företaget", "stiftelsen", "butiken", "gruppen",
    "laget", "märket",
)  # fmt: skip
"""What has a name after it: "kulturföreningen DALEN"."""

_EXPLAINED = re.compile(
    r"\((?P<inside>[A-ZÅÄÖ]{2,6})\)|\b(?P<before>[A-ZÅÄÖ]{2,6})"
    r"(?: \((?=[^)]{4})|(?:,| –| -|:) (?:den|det|de|en|ett|vår|vårt|våra|som betyder|alltså|dvs\.?)\b"
    r"|,? (?:som )?(?:betyder|står för|är en förkortning|är förkortning|är kort för|utläses|uttyds)\b|:? = )"
)
"""An abbreviation with its words beside it."""


def unexplained_abbreviations(reading: Reading) -> Iterator[Finding]:
    """Find abbreviations that the reader has not been told of: each once, where it first stands."""
    seen: set[str] = set()
    found: list[tuple[re.Match[str], Passage]] = []
    for match in reading.search(_CAPITALS, prose=True):
        short = match.group()
        if short in seen or short in _SHOUTED or reading.context.abbreviations.get(short) == "":
            continue
        passage = reading.passage_at(match.start())
        if passage.kind in _READ and _is_abbreviation(reading, passage, match):
            seen.add(short)
            found.append((match, passage))
    told = _explanations(reading.text) if found else {}
    for match, passage in found:
        meaning = reading.context.abbreviations.get(match.group(), "")
        if not _is_explained(reading, passage, told.get(match.group()), meaning):
            yield _finding(reading, match.start(), match.group(), meaning)


def _is_abbreviation(reading: Reading, passage: Passage, match: re.Match[str]) -> bool:
    """Whether the capitals are no number, no shouting and no name; what is listed is never a name."""
    if _ROMAN.fullmatch(match.group()) or _is_shouted(reading, passage, match):
        return False
    listed = match.group() in reading.context.abbreviations
    return not reading.names_at(*match.span()) and (listed or not _is_name(reading, match))


def _explanations(text: str) -> dict[str, int]:
    """Where each abbreviation is first explained by the words beside it."""
    told: dict[str, int] = {}
    for match in _EXPLAINED.finditer(text):
        told.setdefault(match["inside"] or match["before"], match.start())
    return told


def _finding(reading: Reading, start: int, short: str, meaning: str) -> Finding:
    message = say("Förkortningen ”{short}” är inte förklarad.", short=short)
    hint = say("Skriv ut orden första gången och förkortningen inom parentes efter.")
    if meaning:
        hint = say("Skriv ”{meaning} ({short})” första gången.", meaning=meaning, short=short)
    return Finding(reading.location(start), message, hint)


def _is_explained(reading: Reading, passage: Passage, told: int | None, meaning: str) -> bool:
    """Whether its words stand in its paragraph or before it; for a title or a heading anywhere."""
    end = passage.end if passage.kind in RUNNING else len(reading.text)
    if told is not None and told < end:
        return True
    return bool(meaning) and _spelled_out(meaning).search(reading.text, 0, end) is not None


@cache
def _spelled_out(meaning: str) -> re.Pattern[str]:
    """The words of a meaning in a row, whatever their endings: "vår lokala aktionsgrupp"."""
    words = meaning.split()
    words = words[1:] if words[0] in {"den", "det", "de"} and len(words) > 1 else words
    return re.compile(
        r"\b" + " ".join(re.escape(word[: max(3, len(word) - 3)]) + r"[\w-]*+,?" for word in words),
        re.IGNORECASE,
    )


@lru_cache(maxsize=8)  # asked again for every abbreviation of a passage
def _is_all_capitals(text: str) -> bool:
    return text.isupper()


def _is_shouted(reading: Reading, passage: Passage, match: re.Match[str]) -> bool:
    """Whether it is no abbreviation but a word among others in capitals: "STARK OCH STOLT BYGD"."""
    if _is_all_capitals(passage.text):
        return " " in passage.text.strip()
    return any(
        word.isupper() and word.isalpha() and len(word) > 1 and word not in reading.context.abbreviations
        for word in _neighbours(reading, match)
    )


def _is_name(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a name stands at its side: "Sunne IK", "projektet DALEN"; not "Värmlands ABC"."""
    before, after = _neighbours(reading, match)
    if after[:1].isupper() and not after.isupper():
        return True
    if before.casefold().endswith(_CALLED):
        return True
    if not before[:1].isupper() or before.isupper():
        return False
    at = match.start() - len(before) - 1
    return not before.endswith("s") and (
        not reading.begins_sentence(at) or reading.names_at(at, match.start() - 1)
    )


def _neighbours(reading: Reading, match: re.Match[str]) -> tuple[str, str]:
    """The words before and after, with nothing but a blank between."""
    before = _BEFORE.search(reading.prose[max(match.start() - _NEAR, 0) : match.start()])
    after = _AFTER.match(reading.prose[match.end() : match.end() + _NEAR])
    return before[1] if before else "", after[1] if after else ""
