"""Swedish prose as sentences and words with their places, and the readability index LIX.

Made for news and invitations: it knows the abbreviations, times, numbers and initials that hold a
full stop without ending a sentence. Every piece keeps its offset, so that a caller can point at it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """A word or sentence and the offset of its first character in the text that it was read from."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.text)


LONG_WORD = 7
"""The fewest letters of a long word: LIX counts words of more than six."""


def word_set(table: str) -> frozenset[str]:
    """A set from words with blanks between: how tables of words are written here."""
    return frozenset(table.split())


_LEADING = word_set(
    "t.ex bl.a s.k f.d p.g.a pga fr.o.m t.o.m m.a.o d.v.s dvs jfr jmf kl nr ca c:a dr prof s:t s:ta tel tfn "
    "dnr kap sid fig inkl exkl resp enl ev milj mån tis ons tors fre lör sön jan feb aug sept sep okt nov "
    "dec ang bitr e.kr f.kr f.ö i.st.f o.s.a s u.a v"
)
"""Abbreviations that something always follows: never the end of a sentence."""

_CLOSING = word_set("m.fl m.m osv o.s.v etc o.d o.dyl dyl e.d e.dyl el.dyl jr sr")
"""Abbreviations that may end a sentence: they do so before a capital."""

# A number in groups of three is one word; so are compounds, S:t, t.ex and 13.00. A dot or colon joins
# only when a letter or digit follows it at once. Soft hyphens and zero-width marks stay inside words.
_WORD = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?"
    r"|[^\W_](?:[^\W_\u00ad\u200b]|[\u00ad\u200b](?=\w)|[-\u2010\u2011'’.:,](?=\w)(?:(?<=\d,)|(?<!,)))*"
)
_BACK, _AHEAD = 24, 12
"""How many characters before and after a full stop tell whether it ends the sentence."""

_STOP = re.compile(r"(?:[.!?]+|…)[”\"’')\]]*(?=\s|$)|\n")


def words(text: str) -> list[Piece]:
    """Split a text into words. `50 000`, `t.ex`, `EU-stöd`, `3,5` and `13.00` are one word each."""
    return [Piece(match.start(), match.group()) for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def sentences(text: str) -> list[Piece]:
    """Split a text into sentences. A line break ends one: paragraphs and list items stand on own lines."""
    found: list[Piece] = []
    start = 0
    for match in _STOP.finditer(text):
        if match.group() != "\n" and not _ends(text, start, match):
            continue
        _keep(found, text, start, match.end())
        start = match.end()
    _keep(found, text, start, len(text))
    return found


def lix(text: str) -> float:
    """The readability index: words per sentence plus the percentage of words with more than six letters.

    Convention: the caller leaves headings out and gives each paragraph and list item a line of its own,
    so a list item without a full stop counts as a sentence. Figures are words, never long ones. Under
    30 is very easy, 40-50 a newspaper, over 60 very hard (Björnsson, Läsbarhet, 1968;
    https://www.lix.se). A text without words has 0.
    """
    found = _WORD.findall(text)
    if not found:
        return 0.0
    lines = sum(1 for piece in sentences(text) if _WORD.search(piece.text))
    return len(found) / lines + 100 * sum(map(is_long, found)) / len(found)


def is_long(word: str) -> bool:
    """Whether LIX counts the word as long."""
    return len(word) >= LONG_WORD and sum(map(str.isalpha, word)) >= LONG_WORD


def longest(found: Sequence[Piece], limit: int) -> list[str]:
    """The longest different words, longest first: what to look at when a text is hard to read."""
    unique = {piece.text.casefold(): piece.text for piece in found if is_long(piece.text)}
    return sorted(unique.values(), key=lambda word: (-len(word), word.casefold()))[:limit]


def _keep(found: list[Piece], text: str, start: int, end: int) -> None:
    raw = text[start:end]
    stripped = raw.strip()
    if stripped:
        found.append(Piece(start + len(raw) - len(raw.lstrip()), stripped))


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the mark ends the sentence that began at `start`."""
    following = text[stop.end() : stop.end() + _AHEAD].lstrip(" \u00a0–—-”\"’'(")[:1]
    if following.islower():
        return False
    if not stop.group().startswith(".") or len(stop.group().rstrip("”\"’')]")) > 1:
        return True
    last = text[max(start, stop.start() - _BACK) : stop.start()].split()[-1:]
    token = last[0].lstrip("(”\"’'") if last else ""
    if token.isdigit() and text[start : start + _BACK].lstrip().startswith(f"{token}."):
        return False  # "1. Anmäl dig": the number of a step
    if len(token) == 1 and token.isupper():
        return False  # an initial: "A. Berg"
    folded = token.casefold()
    return folded not in _LEADING and (folded not in _CLOSING or not following or following.isupper())
