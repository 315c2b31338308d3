"""A word or phrase to think again about, and where the advice comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from comms.errors import Severity

WORD_RULES = (
    "S101", "S102", "S103", "S105", "S106", "S107", "S108", "S109", "S110", "S112", "S113", "S114", "S116",
    "P205", "P206", "P215", "P216",
)  # fmt: skip
"""The rules that are word tables: a term names the one that speaks of it."""


class When(StrEnum):
    """What must stand around a term for it to be meant: the word has another, harmless sense."""

    PERSON = "person"
    DESCRIBES = "describes"
    HAS = "has"
    LABEL = "label"
    PEOPLE = "people"
    SPOUSE = "spouse"
    TEACHER = "teacher"
    DIAGNOSIS = "diagnosis"
    LONG_AGO = "long-ago"
    LAW = "law"
    NOT_LAW = "not-law"
    NOT_STATISTICS = "not-statistics"
    NOT_ORGANISATION = "not-organisation"
    NOT_GOLF = "not-golf"
    NOT_SPORT = "not-sport"


@dataclass(frozen=True, slots=True)
class WordSource:
    """Whose advice a term is: a name to show and an address to read; no address for our own choices."""

    key: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a word list.

    `forms` are found as they stand, in any case; `stems` are linking forms, found at the beginning of a
    compound (`tjänstemanna`). `instead` fits after "Skriv". A `severity` of None is the rule's own; a
    term that is `off` is let through on purpose, and hides what it holds ("god man").
    """

    lemma: str
    forms: tuple[str, ...]
    rule: str
    instead: tuple[str, ...]
    source: WordSource
    severity: Severity | None = None
    off: bool = False
    when: When | None = None
    note: str = ""
    stems: tuple[str, ...] = ()
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class WordList:
    """Every term that is in force, the organisation's first; and abbreviations with their meanings.

    An abbreviation's meaning is "" when everybody knows it. `places`: abbreviation, file and line.
    """

    terms: tuple[Term, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str, int], ...] = ()
