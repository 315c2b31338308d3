"""Who is a child, by what the file says of them. Never guessed from a name, a picture or an alt text."""

from __future__ import annotations

import re
from datetime import date

from comms.model.item import Person

ADULT = 18

_OLD = frozenset({"age", "ålder"})
_BORN = frozenset({"born", "född", "födelseår", "födelsedatum", "födelsedag", "födelsedata"})
_NUMBERS = (
    "noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv",
    "tretton", "fjorton", "femton", "sexton", "sjutton",
)  # fmt: skip
_UNDER_AGE = re.compile(
    rf"(?:(?:{'|'.join(_NUMBERS)}) ?(?:år|-?åring|-?årig)?|barn|spädbarn|minderårig|omyndig)\b", re.IGNORECASE
)
_YEARS = re.compile(r"(\d{1,3})(?!\d)\s*(månad|mån\b|veck|dag)?", re.IGNORECASE)
_DAY = re.compile(r"\b((?:19|20)\d\d)(?:-(\d\d)-(\d\d))?\b")


def is_age(fact: str) -> bool:
    """Whether a fact of the front matter is somebody's age, or when they were born."""
    return fact.strip().casefold() in _OLD | _BORN


def is_child(person: Person, day: date) -> bool:
    """Whether the facts told of a person say that they are under age on a day.

    Of who was born in the year in which others come of age nothing is certain, and nothing is said.
    """
    return any(
        _is_under_age(fact.strip().casefold(), told.strip(), day) for fact, told in person.facts.items()
    )


def _is_under_age(fact: str, told: str, day: date) -> bool:
    born = _DAY.search(told) if fact in _OLD | _BORN else None
    if born:
        return _comes_of_age(born) > day
    if fact not in _OLD:
        return False
    years = _YEARS.match(told)
    if years:
        return int(years[1]) < ADULT or (years[2] is not None and int(years[1]) < ADULT * 12)
    return _UNDER_AGE.match(told) is not None


def _comes_of_age(born: re.Match[str]) -> date:
    """The day from which somebody may be of age, at the earliest that the words allow."""
    year, month, day = (int(part) if part else 1 for part in born.groups())
    try:
        return date(year + ADULT, month, day)
    except ValueError:  # 29 February, or no day at all
        return date(year + ADULT, 1, 1)
