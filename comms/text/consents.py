"""What a picture's consent says, for the rules and the reports alike: a ground, a day, a guardian's yes."""

from __future__ import annotations

import re
from datetime import date

from comms.model.item import Consent, Item, Person, Picture
from comms.text.age import is_child
from comms.text.names import folded

_NOTHING = re.compile(
    r"\W*(?:(?:nej|no|none|inget|ingen|inga|saknas|ej|inte|okän[dt]|vet (?:ej|inte)"
    r"|false|falskt|n/a|null)\W*$|nej\b|$)",
    re.IGNORECASE,
)


def says_nothing(words: str) -> bool:
    """Whether a ground or a guardian is none: a no, a word for nothing, or no word at all."""
    return _NOTHING.match(words) is not None


def is_given_after(consent: Consent, day: date) -> bool:
    """Whether somebody said yes first after a day."""
    return consent.given_on is not None and consent.given_on > day


def shown(item: Item, picture: Picture) -> list[tuple[str, Person | None]]:
    """Who is in the picture, with what the item tells of them; None for one it does not name."""
    named = {folded(person.name): person for person in item.people}
    return [(name, named.get(folded(name))) for name in picture.people]


def without_guardian(item: Item, picture: Picture) -> tuple[str, ...]:
    """Children in a picture with a consent, on the item's day, when no grown-up has said yes for them."""
    if picture.consent is None:
        return ()
    guardian = picture.consent.guardian
    people = shown(item, picture)
    children = tuple(name for name, person in people if person and is_child(person, item.publish_from))
    unsaid = says_nothing(guardian) or folded(guardian) in map(folded, children)
    return children if unsaid else ()
