"""Schyst in words: titles, marked words, people named alike, and what is counted over an item or issue.

Schyst is Region Värmland's handbook for inclusive communication: https://regionvarmland.se/schyst
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.check.term_rules import term_finding
from comms.errors import say
from comms.text.swedish import Piece, word_set

NEAR = 6
"""How many words away a person may stand for a value-laden word to be about them."""

MAN_WORDS = 60
MAN_LEAST = 3
"""The pronoun "man" is frequent when there is more than one in `MAN_WORDS` words, and at least this many."""

_AROUND = 300
"""How many characters before and after a word its sentence is sought in."""

_PRONOUNS = word_set("han hon hen honom henne hans hennes hens")
_ROLE = re.compile(r"\b(?:kvinnlig|manlig)(?:a|t)? +(?P<role>[a-zåäöé]+)", re.IGNORECASE)
_NO_ROLE = word_set(
    "kön könet könen könsorgan könshormon könsidentitet och eller respektive linje sida motsvarighet"
)
_BOTH = re.compile(r"(?:kvinnlig|manlig)\w* (?:och|eller|respektive) (?:\w+ )?$", re.IGNORECASE)
_STATISTICS = re.compile(r"\b(?:procent|andel|andelen|statistik|statistiken)\b|%", re.IGNORECASE)
_SLASH = re.compile(
    r"\b(?:han|hon|honom|henne|hans|hennes|den)[ \u00a0]?/[ \u00a0]?"
    r"(?:han|hon|hen|honom|henne|hans|hennes)\b",
    re.IGNORECASE,
)
_FAMILY_FACT = re.compile(
    r"barns(?:mamman?|pappan?|mor|modern|far|fadern)\b|\b(?:[Gg]ift|[Ss]ambo) med\b"
    r"|\b(?:[Mm]amma|[Pp]appa|[Mm]or|[Ff]ar) till (?:ett|två|tre|fyra|fem|sex|tvillingar|små|vuxna)\b"
    r"|\b(?:[Ff]rånskild|[Ee]nsamstående)\b"
)
_AGE = re.compile(r"\b\d{2}-årig[ae]\b|\b\d{2}-åring(?:en)?\b|(?<=\w, )\d{2}[ \u00a0]år(?=[,.)])")
_NOT_PRONOUN = word_set(
    "en den denne denna ung gammal vuxen äldre yngre min din sin hans hennes vår gift åt ingen varje "
    "annan god gemene och eller vit svart svensk norsk till"
)
_MEN = r"(?:män(?:nen)?|pojkar(?:na)?|killar(?:na)?|herrar|han|honom|hans|bröder|far|pappa)"
_WOMEN = r"(?:kvinnor(?:na)?|flickor(?:na)?|tjejer(?:na)?|damer|hon|henne|hennes|systrar|mor|mamma)"
_MEN_FIRST = re.compile(rf"\b{_MEN} (?:och|eller) {_WOMEN}\b", re.IGNORECASE)
_WOMEN_FIRST = re.compile(rf"\b{_WOMEN} (?:och|eller) {_MEN}\b", re.IGNORECASE)


def role_with_gender(reading: Reading) -> Iterator[Finding]:
    """Find "kvinnlig chef", not "manliga och kvinnliga deltagare", not figures split by gender."""
    for match in reading.search(_ROLE, prose=True):
        before = reading.prose[max(match.start() - 30, 0) : match.start()]
        if match["role"].casefold() in _NO_ROLE or _BOTH.search(before):
            continue
        if _STATISTICS.search(_sentence_around(reading, match.start())):
            continue
        message = say("”{words}” gör könet till det ovanliga.", words=match.group())
        hint = say("Skriv ”{role}”. Nämn könet bara om saken handlar om kön.", role=match["role"])
        yield Finding(reading.location(match.start()), message, hint)


def value_words(reading: Reading) -> Iterator[Finding]:
    """Find value-laden words close to a named person or a pronoun."""
    hits = reading.hits.get("S110", ())
    if not hits:
        return
    names = {part for item in reading.items for person in item.people for part in person.name.split()}
    sentence = say("Skulle ordet ”{word}” användas om vem som helst i samma roll?")
    starts = [word.start for word in reading.words]
    for hit in hits:
        at = bisect_left(starts, hit.start)
        near = reading.words[max(at - NEAR, 0) : at + NEAR + 1]
        passage = reading.passage_at(hit.start)
        if any(
            passage.start <= word.start < passage.end
            and (word.text.casefold() in _PRONOUNS or word.text.removesuffix("s") in names)
            for word in near
        ):
            yield term_finding(reading, hit, sentence)


def slash_pronouns(reading: Reading) -> Iterator[Finding]:
    """Find "han/hon" and its like."""
    for match in reading.search(_SLASH, prose=True):
        message = say("”{words}” är tungt att läsa och räknar bara två kön.", words=match.group())
        hint = say("Skriv hen, den eller personen, eller skriv om med du eller de.")
        yield Finding(reading.location(match.start()), message, hint)


def unequal_facts(reading: Reading) -> Iterator[Finding]:
    """Find family and age told of some of the people only."""
    people = sum(len(item.people) for item in reading.items)
    for pattern, least in ((_FAMILY_FACT, 1), (_AGE, 2)):
        found = list(reading.search(pattern, prose=True))
        if people < least or (people > 1 and len(found) >= people):
            continue
        for match in found:
            start = match.start()
            while start and reading.prose[start - 1].isalpha():
                start -= 1  # "trebarnsmamma": the match begins inside the word
            told = reading.prose[start : match.end()]
            message = say("Texten berättar ”{words}” om en av personerna.", words=told)
            hint = say("Stryk uppgiften, eller ge samma slags uppgift om alla som nämns.")
            if people == 1:
                message = say("Texten berättar ”{words}” om en person.", words=told)
                hint = say("Stryk uppgiften om den inte hör till saken.")
            yield Finding(reading.location(start), message, hint)


def generic_man(reading: Reading) -> Iterator[Finding]:
    """Find the pronoun "man" when it is frequent: once a text, at the first."""
    words = reading.words
    found = [n for n, word in enumerate(words) if word.text in {"man", "Man"} and _is_pronoun(words, n)]
    if len(found) < MAN_LEAST or len(found) * MAN_WORDS <= len(words):
        return
    message = say("Ordet ”man” står {count} gånger: läsaren får gissa vem som menas.", count=len(found))
    hint = say("Skriv vem det gäller: du, vi, föreningen, den som söker.")
    yield Finding(reading.location(words[found[0]].start), message, hint)


def order_of_mention(reading: Reading) -> Iterator[Finding]:
    """Find an issue in which men and women are always named in the same order."""
    men = [match.start() for match in reading.search(_MEN_FIRST, prose=True)]
    women = [match.start() for match in reading.search(_WOMEN_FIRST, prose=True)]
    if len(men) + len(women) == 1 or bool(men) == bool(women):  # one pair cannot alternate
        return
    if men:
        message = say(
            "I {issue} står män före kvinnor alla {count} gånger.", issue=reading.heading, count=len(men)
        )
    else:
        message = say(
            "I {issue} står kvinnor före män alla {count} gånger.", issue=reading.heading, count=len(women)
        )
    hint = say("Växla ordningen, eller skriv alla, deltagarna eller invånarna.")
    yield Finding(reading.location((men or women)[0]), message, hint)


def _is_pronoun(words: Sequence[Piece], number: int) -> bool:
    before = words[number - 1].text.casefold() if number else ""
    after = [word.text.casefold() for word in words[number + 1 : number + 3]]
    return before not in _NOT_PRONOUN and after[1:] != ["kvinna"]


def _sentence_around(reading: Reading, offset: int) -> str:
    passage = reading.passage_at(offset)
    first, last = max(passage.start, offset - _AROUND), min(passage.end, offset + _AROUND)
    start = max(reading.text.rfind(". ", first, offset), first)
    end = reading.text.find(". ", offset, last)
    return reading.text[start : end if end > 0 else last]
