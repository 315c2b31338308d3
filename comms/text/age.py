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
_ABOUT = r"(?:(?:ca|c:a|cirka|ungefär|omkring|runt|nästan|drygt|snart|nyss|bara|fyllda|fyller)\b\.?\s*)*"
_UNDER_AGE = re.compile(
    rf"\W*{_ABOUT}(?:(?:{'|'.join(_NUMBERS)}) ?(?:år|-?åring|-?årig)?|barn|spädbarn|minderårig|omyndig)\b",
    re.IGNORECASE,
)
_LIMITS = {
    "år": ADULT,
    "year": ADULT,
    "mån": 216,
    "month": 216,
    "veck": 939,
    "week": 939,
    "dag": 6574,
    "day": 6574,
}
"""How many of each unit somebody has lived who comes of age."""

_UNIT = rf"\s*-?\s*({'|'.join(_LIMITS)})"
_AGE = re.compile(rf"(?<![\d.,])(\d{{1,4}})(?:[.,]\d+)?(?:\s*[-–]\s*\d+)?(?!\d)(?:{_UNIT})?", re.IGNORECASE)
"""A number, the lower one of two, and its unit."""

_NOT_YET = re.compile(r"(?:\b(?:under|snart|nästan|inte|ej)(?: fyllt)?|<)\s*18\b", re.IGNORECASE)
_DAY = re.compile(rf"\b((?:19|20)\d\d)(?:-(\d\d)-(\d\d))?\b(?!{_UNIT})", re.IGNORECASE)


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
    if _NOT_YET.search(told):
        return True
    numbers = list(_AGE.finditer(told))
    if numbers:
        # "Familj med 2 barn, 45 år": the number that has a unit is the age.
        age = next((number for number in numbers if number[2]), numbers[0])
        return int(age[1]) < _LIMITS[(age[2] or "år").lower()]
    return _UNDER_AGE.match(told) is not None


def _comes_of_age(born: re.Match[str]) -> date:
    """The day from which somebody may be of age, at the earliest that the words allow."""
    year, month, day = (int(part) if part else 1 for part in born.groups()[:3])
    try:
        return date(year + ADULT, month, day)
    except ValueError:  # no day at all, but for 29 February: then it is the day after the 28th
        return date(year + ADULT, 3 if (month, day) == (2, 29) else 1, 1)
