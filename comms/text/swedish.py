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


INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""Signs inside a word that nobody sees: soft hyphens and zero-width marks."""

LONG_WORD = 7
"""The fewest letters of a long word: LIX counts words of more than six."""


def word_set(table: str) -> frozenset[str]:
    """A set from words with blanks between: how tables of words are written here."""
    return frozenset(table.split())


_LEADING = word_set(
    "t.ex bl.a s.k f.d p.g.a pga fr.o.m t.o.m m.a.o d.v.s dvs jfr jmf kl nr ca c:a dr prof s:t s:ta tel "
    "tfn dnr kap sid fig f.n i.s inkl exkl resp enl ev milj mån tis ons tors fre lör sön jan feb aug sept "
    "sep okt nov dec ang bitr e.kr f.kr f.v.b f.ö i.st.f o.s.a s u.a v"
)
"""Abbreviations that something always follows: never the end of a sentence."""

_CLOSING = word_set("m.fl m.m osv o.s.v etc o.d o.dyl dyl e.d e.dyl el.dyl jr sr")
"""Abbreviations that may end a sentence: they do so before a capital."""

# A number in groups of three is one word; so are compounds, S:t, t.ex and 13.00. A sign joins only when a
# letter or digit follows it at once. Soft hyphens and zero-width marks stay inside words. Each pattern
# begins with one set of signs, so that the search leaps to the next of them, and never gives back.
_WORD = re.compile(
    r"[^\W_]++(?:(?:[-\u00ad\u200b-\u200d\u2010\u2011\u2060\ufeff'’.:]"
    r"|(?<=\d)(?:,(?=\d)|(?<!\d{4})(?<![.:,]\d\d)[ \u00a0\u202f](?=\d{3}(?!\d))))[^\W_]++)*+"
)
_BACK, _AHEAD = 24, 12
"""How many characters before and after a full stop tell whether it ends the sentence."""

_PLAIN_WORD = 5
"""So many small letters before a full stop are a word: no abbreviation in the tables has them in a row."""

# The last of a row of marks, with what closes after it.
_STOP = re.compile(r"[.!?…\n](?:(?<=\n)|[”\"’')\]]*+(?!\S))")
_INITIALS = re.compile(r"(?:[A-ZÅÄÖ]\.)*+[A-ZÅÄÖ]")
_LETTERED = word_set("plan grupp klass del alternativ bilaga punkt hus nivå vitamin typ kategori zon område")
"""What is told apart by letters: "plan B." ends a sentence as any word does."""


def words(text: str) -> list[Piece]:
    """Split a text into words. `50 000`, `t.ex`, `EU-stöd`, `3,5` and `13.00` are one word each."""
    piece = tuple.__new__  # half of the time of calling Piece, and a text has many words
    return [piece(Piece, (match.start(), match.group())) for match in _WORD.finditer(text)]


def word_texts(text: str) -> list[str]:
    """The words of a text without their places."""
    return _WORD.findall(text)


def sentences(text: str) -> list[Piece]:
    """Split a text into sentences. A line break ends one: paragraphs and list items stand on own lines."""
    found: list[Piece] = []
    start = 0
    for match in _STOP.finditer(text):
        if match.group() != "\n" and not (_ends_plainly(text, start, match) or _ends(text, start, match)):
            continue
        _keep(found, text, start, match.end())
        start = match.end()
    _keep(found, text, start, len(text))
    return found


def lix(text: str) -> float:
    """The readability index of a text: see `lix_of`."""
    return lix_of([word_texts(sentence.text) for sentence in sentences(text)])


def lix_of(found: Sequence[Sequence[str]]) -> float:
    """The readability index: words per sentence plus the percentage of words with more than six letters.

    `found` has the words of each sentence; one without words is none. Convention: the caller leaves
    headings out and gives each paragraph and list item a line of its own, so a list item without a full
    stop counts as a sentence. Figures are words, never long ones. Under 30 is very easy, 40-50 a newspaper,
    over 60 very hard (Björnsson, Läsbarhet, 1968; https://www.lix.se). A text without words has 0.
    """
    lines = sum(1 for line in found if line)
    count = sum(map(len, found))
    long = sum(1 for line in found for word in line if len(word) >= LONG_WORD and is_long(word))
    return count / lines + 100 * long / count if count else 0.0


def is_long(word: str) -> bool:
    """Whether LIX counts the word as long."""
    return len(word) >= LONG_WORD and (word.isalpha() or sum(map(str.isalpha, word)) >= LONG_WORD)


def _keep(found: list[Piece], text: str, start: int, end: int) -> None:
    raw = text[start:end]
    stripped = raw.strip()
    if stripped:
        found.append(Piece(start + len(raw) - len(raw.lstrip()), stripped))


def _ends_plainly(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop stands between a word and a capital: most do, and need no closer look."""
    at, after = stop.span()
    word = text[at - _PLAIN_WORD : at]
    return (
        after == at + 1
        and at - start >= _PLAIN_WORD
        and text[after + 1 : after + 2].isupper()
        and word.isalpha()
        and word.islower()
        and text[at] == "."
    )


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the mark ends the sentence that began at `start`."""
    following = text[stop.end() : stop.end() + _AHEAD].lstrip(" \u00a0–—-”\"’'(")[:1]
    if following.islower():
        return False
    if stop.group()[0] != "." or text[stop.start() - 1 : stop.start()] in {".", "!", "?"}:
        return True
    before = text[max(start, stop.start() - _BACK) : stop.start()].split()[-2:]
    last = before[-1].lstrip("(”\"’'") if before else ""
    if last.isdigit() and text[start : start + _BACK].lstrip().startswith(f"{last}."):
        return False  # "1. Anmäl dig": the number of a step
    if _INITIALS.fullmatch(last) and before[0].casefold() not in _LETTERED:
        return False  # an initial: "A. Berg", "J.R.R. Tolkien"
    folded = last.casefold() if last != "Jan" else last
    if len(before) > 1 and before[0].endswith("."):  # "t. ex.", written apart
        apart = before[0].lstrip("(”\"’'").casefold() + folded
        folded = apart if apart in _LEADING or apart in _CLOSING else folded
    return folded not in _LEADING and (folded not in _CLOSING or not following or following.isupper())
