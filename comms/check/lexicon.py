"""All word lists as one index: a text is looked up once, word by word, however many terms there are.

A term is found by its listed forms and linking forms and nothing else. No rule guesses from how an
unknown word ends, so that Lantmännen, Norrman, spelmansstämma and gemensam are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from comms.model.term import Term
from comms.text.swedish import INVISIBLE, Piece

_HYPHENS = re.compile(r"[-\u2010\u2011]")
_UNSEEN = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
_NOTHING: Mapping[str, Rows] = {}
_BLANKS = frozenset({" ", "\u00a0", "  "})

_HEAD = 4
"""The letters by which linking forms are looked up; none is shorter."""

_LINKED_LEAST = 3
"""How many letters must follow a linking form for the word to be a compound."""

_IN_COMPOUNDS = "S"
"""The rules whose terms count as a part of a hyphenated word: "tjänsteman-rollen", but "icke-" is fine."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term where it stands, as the author wrote it."""

    term: Term
    start: int
    text: str


Rows = tuple[tuple[tuple[str, ...], Term], ...]
"""The words that must follow the first, and the term that it then is."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by their first and second word ("" for one word), the longest first; and linking forms.

    Many phrases begin with "i" or "en": the second word tells soonest that they do not stand here.
    """

    by_first: Mapping[str, Mapping[str, Rows]]
    by_head: Mapping[str, tuple[tuple[str, Term], ...]]

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Lexicon:
        """Index every form of every term; of two with the same form, the first is in force."""
        index: dict[str, dict[str, Rows]] = {}
        heads: dict[str, list[tuple[str, Term]]] = {}
        for term in terms:
            for form in term.forms:
                first, *rest = form.split()
                below = index.setdefault(first, {})
                second = rest[0] if rest else ""
                below[second] = tuple(
                    sorted((*below.get(second, ()), (tuple(rest), term)), key=lambda row: -len(row[0]))
                )
            for stem in term.stems:
                heads.setdefault(stem[:_HEAD], []).append((stem, term))
        return cls(index, {head: tuple(rows) for head, rows in heads.items()})

    @property
    def terms(self) -> list[Term]:
        """Every term, once."""
        phrases = (rows for below in self.by_first.values() for rows in below.values())
        return list(dict.fromkeys(term for rows in (*phrases, *self.by_head.values()) for _, term in rows))

    def find(self, words: Sequence[Piece], text: str, folded: Sequence[str] = ()) -> Iterator[Hit]:
        """Every term in a text that has been split into words; a longer phrase wins over what it holds.

        `folded`: the words without regard to case, when they are known already.
        """
        if not folded or _UNSEEN.search(text):
            folded = [_folded(word.text) for word in words]
        past = -1
        for number in self._worth_a_look(folded):
            if number <= past:
                continue
            word, key = words[number], folded[number]
            below = self.by_first.get(key, _NOTHING)
            following = folded[number + 1] if number + 1 < len(words) else ""
            worth = "" in below or following in below
            if worth and (found := self._at(number, words, folded, text)):
                term, more = found
                past = number + more
                yield Hit(term, word.start, text[word.start : words[past].end])
            elif key[:_HEAD] in self.by_head and (linked := self._linked(key)):
                yield Hit(linked, word.start, word.text)
            elif "-" in key:
                yield from self._in_compound(word)

    def _worth_a_look(self, folded: Sequence[str]) -> list[int]:
        """The numbers of the words that may begin a term: few, so that most words cost next to nothing."""
        different = set(folded)
        begin = self.by_first.keys() & different
        begin |= {key for key in different if key[:_HEAD] in self.by_head or "-" in key}
        return [number for number, key in enumerate(folded) if key in begin]

    def named(self, word: str) -> list[Term]:
        """The terms that have `word` as lemma or form, in force first."""
        key = _folded(word)
        first = key.split()[0] if key else ""
        below = self.by_first.get(first, {})
        rows = [term for rows in below.values() for rest, term in rows if " ".join((first, *rest)) == key]
        linked = self._linked(key)
        return list(dict.fromkeys([*rows, *([linked] if linked else [])]))

    def _at(
        self, number: int, words: Sequence[Piece], folded: Sequence[str], text: str
    ) -> tuple[Term, int] | None:
        """The term that begins with this word, and how many words follow the first."""
        below = self.by_first.get(folded[number], {})
        following = folded[number + 1] if number + 1 < len(folded) else ""
        for rest, term in (*below.get(following, ()), *below.get("", ())):
            last = number + len(rest)
            together = last < len(words) and all(
                text[words[n].end : words[n + 1].start] in _BLANKS for n in range(number, last)
            )
            if together and tuple(folded[number + 1 : last + 1]) == rest:
                return term, len(rest)
        return None

    def _linked(self, key: str) -> Term | None:
        """The term whose linking form begins a compound."""
        for stem, term in self.by_head.get(key[:_HEAD], ()):
            if key.startswith(stem) and len(key) >= len(stem) + _LINKED_LEAST:
                return term
        return None

    def _in_compound(self, word: Piece) -> Iterator[Hit]:
        at = 0
        for part in _HYPHENS.split(word.text):
            for _rest, term in self.by_first.get(_folded(part), {}).get("", ()):
                if term.rule.startswith(_IN_COMPOUNDS):
                    yield Hit(term, word.start + at, part)
            at += len(part) + 1


def _folded(word: str) -> str:
    return (word if word.isalpha() else word.translate(INVISIBLE)).casefold()
