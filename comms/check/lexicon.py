"""All word tables as one index: a text is looked up once, word by word, however many terms there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from comms.check.terms import Term
from comms.check.words_plain import PLAIN
from comms.check.words_schyst import SCHYST
from comms.text.swedish import Piece

_INVISIBLE = str.maketrans("", "", "\u00ad\u200b")
_HYPHENS = re.compile(r"[-\u2010\u2011]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A term where it stands, as the author wrote it."""

    term: Term
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by their first word: each entry is the words that must follow, longest first."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], Term], ...]]

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Lexicon:
        """Index every form of every term."""
        index: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        for term in terms:
            for form in term.forms:
                first, *rest = form.split()
                index.setdefault(first, []).append((tuple(rest), term))
        return cls(
            {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in index.items()}
        )


LEXICON = Lexicon.of((*SCHYST, *PLAIN))


def find_terms(words: Sequence[Piece], text: str, lexicon: Lexicon = LEXICON) -> Iterator[Hit]:
    """Every term in a text that has been split into words; a longer phrase wins over what it holds."""
    folded = [_folded(word.text) for word in words]
    number = 0
    while number < len(words):
        word = words[number]
        hit = _at(number, words, folded, text, lexicon) if folded[number] in lexicon.by_first else None
        if hit:
            term, more = hit
            number += more
            yield Hit(term, word.start, text[word.start : words[number].end])
        elif "-" in folded[number]:
            yield from _in_compound(word, lexicon)
        number += 1


def _folded(word: str) -> str:
    return (word if word.isalpha() else word.translate(_INVISIBLE)).casefold()


def _at(
    number: int, words: Sequence[Piece], folded: Sequence[str], text: str, lexicon: Lexicon
) -> tuple[Term, int] | None:
    """The term that begins with this word, and how many words follow the first."""
    for rest, term in lexicon.by_first.get(folded[number], ()):
        last = number + len(rest)
        together = last < len(words) and all(
            text[words[n].end : words[n + 1].start] in _BLANKS for n in range(number, last)
        )
        if together and tuple(folded[number + 1 : last + 1]) == rest:
            return term, len(rest)
    return None


def _in_compound(word: Piece, lexicon: Lexicon) -> Iterator[Hit]:
    """Terms that are a part of a hyphenated word: "tjänsteman-rollen". Only for Schyst: "icke-" is fine."""
    at = 0
    for part in _HYPHENS.split(word.text):
        for rest, term in lexicon.by_first.get(_folded(part), ()):
            if not rest and term.code.startswith("S"):
                yield Hit(term, word.start + at, part)
        at += len(part) + 1


_BLANKS = frozenset({" ", "\u00a0", "  "})
