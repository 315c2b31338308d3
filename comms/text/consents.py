"""What a picture's consent says, for the rules and the reports alike: a ground, a day, a guardian's yes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from comms.errors import Text, say
from comms.model.item import BrokenItem, Consent, Item, Person, Picture
from comms.text.age import is_child
from comms.text.names import folded

SPREAD_KIT, ARCHIVE = "spread-kit", "archive"
"""Words for a consent's scope beside channels and newsletters: to pass on, and pages that stay on the web."""

_PLACES = {SPREAD_KIT: say("kommunernas kanaler"), ARCHIVE: say("arkivet på webben")}

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


@dataclass(frozen=True, slots=True)
class Told:
    """What one item tells of a picture: who is in it, and when somebody took a yes back. `path`: the item."""

    path: str
    people: tuple[str, ...]
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the items tell of pictures of people, found by a picture's path and by the hash of its bytes.

    One file may be in several items, and one picture in several files: what is said of it once holds
    wherever it is shown.
    """

    shown: Mapping[str, Told] = field(default_factory=dict)
    taken_back: Mapping[str, Told] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item | BrokenItem]) -> Pictures:
        """Index what items tell; of several that tell of one picture the first is named."""
        shown: dict[str, Told] = {}
        taken_back: dict[str, Told] = {}
        for item in items:
            for picture in item.pictures:
                withdrawn_on = picture.consent.withdrawn_on if picture.consent else None
                told = Told(item.path, picture.people, withdrawn_on)
                for mark in _marks(picture):
                    if told.people:
                        shown.setdefault(mark, told)
                    if told.withdrawn_on:
                        taken_back.setdefault(mark, told)
        return cls(shown, taken_back)

    def people_in(self, picture: Picture) -> Told | None:
        """Who is in a picture by what some item tells."""
        return next((self.shown[mark] for mark in _marks(picture) if mark in self.shown), None)

    def withdrawal_of(self, picture: Picture) -> Told | None:
        """Where it is written that a yes to a picture was taken back."""
        return next((self.taken_back[mark] for mark in _marks(picture) if mark in self.taken_back), None)


def _marks(picture: Picture) -> tuple[str, ...]:
    return (picture.path, picture.sha256) if picture.sha256 else (picture.path,)


def why_not(item: Item, picture: Picture, place: str, day: date, told: Pictures) -> Text | None:
    """Why a picture may not be shown at a place on a day, None when it may.

    `place` is a channel, a newsletter, `SPREAD_KIT` or `ARCHIVE`; `told` is what all items tell of pictures.
    """
    name = picture.path.rpartition("/")[2]
    withdrawal = told.withdrawal_of(picture)
    own = picture.consent.withdrawn_on if picture.consent else None
    withdrawn_on = own or (withdrawal.withdrawn_on if withdrawal else None)
    if withdrawn_on:
        return say("”{name}”: samtycket är återkallat {day}.", name=name, day=withdrawn_on)
    if picture.consent is None:
        others = told.people_in(picture)
        if not picture.people and others is None:
            return None
        return say("”{name}” visar människor, men det står inte att de har sagt ja.", name=name)
    if without_guardian(item, picture):
        return say("”{name}” visar barn, men det står inte vem av de vuxna som har sagt ja.", name=name)
    return _outside(picture.consent, name, place, day)


def ended(items: Iterable[Item | BrokenItem], day: date, told: Pictures) -> frozenset[str]:
    """Paths and hashes of the pictures whose time is out on a day, also where they were sent long ago.

    Another item's consent that holds on the day, for whatever place, lets a picture stand. An item that
    shows it without a consent says nothing of it; nor does a yes in a file with errors.
    """
    over: set[str] = set()
    held: set[str] = set()
    for item in items:
        for picture in item.pictures:
            if picture.consent is None:
                continue
            if picture.consent.expires and picture.consent.expires < day:
                over.update(_marks(picture))
            elif isinstance(item, Item) and _holds(item, picture, picture.consent, day, told):
                held.update(_marks(picture))
    return frozenset(over - held)


def _holds(item: Item, picture: Picture, consent: Consent, day: date, told: Pictures) -> bool:
    """Whether a consent is a ground on a day, wherever it is for."""
    anywhere = replace(picture, consent=replace(consent, scope=()))
    return why_not(item, anywhere, ARCHIVE, day, told) is None


def _outside(consent: Consent, name: str, place: str, day: date) -> Text | None:
    """What of a consent's ground, days and scope leaves the place or the day out."""
    if says_nothing(consent.basis):
        return say("”{name}”: ”{basis}” är ingen grund för att visa den.", name=name, basis=consent.basis)
    if consent.expires and consent.expires < day:
        return say("”{name}”: samtycket gällde till {day}.", name=name, day=consent.expires)
    if is_given_after(consent, day):
        return say("”{name}”: samtycket gäller först från {day}.", name=name, day=consent.given_on)
    if consent.scope and place not in consent.scope:
        return say(
            "”{name}”: samtycket gäller {scope}, inte {place}.",
            name=name,
            scope=", ".join(consent.scope),
            place=_PLACES.get(place, place),
        )
    return None
