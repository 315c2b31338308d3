"""What a row of a word table is, and how its inflections are written.

A row matches its listed forms and nothing else: no rule guesses from how an unknown word ends, so that
Lantmännen, Norrman, spelmansstämma and gemensam are never touched. A bar divides the lemma into the
stem and what the endings replace: `tjänste|man` with MAN has eight forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAN = "man mans mannen mannens män mäns männen männens"
INNA = "a as an ans or ors orna ornas"
ARE = "e es en ens na nas"
COMMON = "- s en ens ar ars arna arnas"
COMMON_ER = "- s en ens er ers erna ernas"
EN = "- s en ens"
NEUTER = "- s et ets en ens"
ADJECTIVE = "- t a"
PARTICIPLE = "d t de des"
VERB_AR = "a ar as ade ades at ats ad ande"
PHRASE = "-"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to think again about: its forms, what to write instead, whose advice it is.

    `instead` fits after "Skriv": "tjänsteperson". `code` names the rule; it is empty for words that are
    let through on purpose.
    """

    code: str
    lemma: str
    forms: tuple[str, ...]
    instead: tuple[str, ...]
    source: str


Row = tuple[str, str, str, str]
"""Lemma with its bar, endings ("-" for none), alternatives set apart by semicolons, source's address."""


def terms(code: str, *rows: Row) -> Iterator[Term]:
    """Make the terms of one rule from its rows."""
    for lemma, endings, instead, source in rows:
        stem = lemma.split("|", 1)[0]
        forms = tuple(stem + ending.removeprefix("-") for ending in endings.split())
        alternatives = tuple(part.strip() for part in instead.split(";") if part.strip())
        yield Term(code, lemma.replace("|", ""), tuple(dict.fromkeys(forms)), alternatives, source)


def phrases(code: str, *rows: tuple[str, str, str]) -> Iterator[Term]:
    """Make terms from phrases whose forms are all written out, set apart by bars; the first names it."""
    for written, instead, source in rows:
        forms = tuple(form.strip() for form in written.split("|"))
        alternatives = tuple(part.strip() for part in instead.split(";") if part.strip())
        yield Term(code, forms[0], forms, alternatives, source)
