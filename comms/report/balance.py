"""Who is heard and seen: people counted by what they say of themselves.

Nothing is inferred, neither gender from a name or a pronoun nor municipality from where the item is from:
who has not said is counted as not having said. A person counts once an item, however many pictures and
words they have in it; the same name in several items is taken for the same person when different people
are counted.

A word about gender that very few have given would point somebody out, and says what is theirs alone to say:
such words are counted together before anything else is, so that no figure can be worked out backwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from comms.model.item import Activity, Angle, Item, Person, Picture, Placement
from comms.model.report import OTHER, UNSAID, Balance, Figure, Measure, Period, Tally, Trait
from comms.text.names import folded
from comms.text.speech import quoted

FEWEST = 3
"""How many different people must have given a word of gender in the period for it to be told."""

_SAID_NOTHING = frozenset({"", "ej angivet", "-", "–"})
_NO_ANSWER = frozenset(
    {
        "?", "inte angivet", "ej uppgivet", "okänd", "okänt", "vet ej", "vet inte", "vill inte säga",
        "vill ej säga", "vill inte ange", "vill ej ange", "vill inte uppge", "vill ej uppge",
    }
)  # fmt: skip
"""Words of a trait that tell nothing of it."""


@dataclass(frozen=True, slots=True)
class _Appearance:
    """One person in one item; `pictures` show them."""

    name: str
    month: str
    person: Person
    pictures: tuple[Picture, ...]

    def shown(self, how: Callable[[Picture], bool]) -> bool:
        """Whether one of the pictures of the person is so."""
        return any(map(how, self.pictures))

    def placed(self, where: Placement | None) -> bool:
        """Whether the person stands so in a picture of several people."""
        return self.shown(lambda p: len(p.people) > 1 and _placement(p, self.name) is where)


_MEASURES: Mapping[Measure, Callable[[_Appearance], bool]] = {
    Measure.PRESENT: lambda _: True,
    Measure.QUOTED: lambda one: bool(one.person.quoted),
    Measure.SPEAKER: lambda one: one.person.speaker,
    Measure.PICTURED: lambda one: bool(one.pictures),
    Measure.ACTIVE: lambda one: one.shown(lambda p: p.activity is Activity.ACTIVE),
    Measure.PASSIVE: lambda one: one.shown(lambda p: p.activity is Activity.PASSIVE),
    Measure.ACTIVITY_UNSAID: lambda one: one.shown(lambda p: p.activity is None),
    Measure.BELOW: lambda one: one.shown(lambda p: p.angle is Angle.BELOW),
    Measure.LEVEL: lambda one: one.shown(lambda p: p.angle is Angle.LEVEL),
    Measure.ABOVE: lambda one: one.shown(lambda p: p.angle is Angle.ABOVE),
    Measure.ANGLE_UNSAID: lambda one: one.shown(lambda p: p.angle is None),
    Measure.FRONT: lambda one: one.placed(Placement.FRONT),
    Measure.BACK: lambda one: one.placed(Placement.BACK),
    Measure.PLACEMENT_UNSAID: lambda one: one.placed(None),
}
_OF_ALL = frozenset({Measure.PRESENT, Measure.QUOTED, Measure.SPEAKER, Measure.PICTURED})
"""Measures whose group is everybody there is; the others ask how those in pictures are shown."""

_NOT_OWN_WORDS = tuple(trait for trait in Trait if trait is not Trait.GENDER)
_TRAITS: Mapping[Trait, Callable[[Person], str]] = {
    Trait.GENDER: lambda person: person.gender,
    Trait.MUNICIPALITY: lambda person: person.municipality,
    Trait.SECTOR: lambda person: person.sector,
}


def balance(items: Iterable[Item], period: Period, fewest: int = FEWEST) -> Balance:
    """Count the people of the items that are published in the period, by `publish_from`.

    Words of gender that fewer than `fewest` different people have given are counted as `OTHER` when those
    are enough together, else as `UNSAID`: whoever reads a small figure cannot tell who said something.
    A month in which a word has fewer is told without gender.
    """
    told = [item for item in items if item.publish_from in period]
    appearances = _together([one for item in told for one in _appearances(item)], fewest)
    items_of = Counter(_month(item) for item in told)
    by_month = {month: [one for one in appearances if one.month == month] for month in _months(items_of)}
    left_out = _pointing(by_month, fewest)
    months = {
        month: _tally(items_of[month], ones, _NOT_OWN_WORDS if month in left_out else Trait)
        for month, ones in by_month.items()
    }
    return Balance(period, _tally(len(told), appearances), months)


def spelled(word: str) -> str:
    """A word as it is counted: the same for "Kvinna" and "kvinna ", empty for what says nothing."""
    written = folded(word)
    return UNSAID if written in _SAID_NOTHING else written


def _answer(word: str) -> str:
    """What somebody is counted as by a word of theirs."""
    counted = spelled(word)
    return UNSAID if counted in _NO_ANSWER else counted


def _together(appearances: list[_Appearance], fewest: int) -> list[_Appearance]:
    """The same people, the rare words of gender exchanged for one that points nobody out."""
    people = _people_of(appearances)
    rare = {word for word, names in people.items() if word != UNSAID and len(names) < fewest}
    hidden = set[str]().union(*(people[word] for word in rare), people.get(OTHER, ()))
    word = OTHER if len(hidden) >= fewest else UNSAID
    return [
        replace(one, person=replace(one.person, gender=word)) if _answer(one.person.gender) in rare else one
        for one in appearances
    ]


def _pointing(by_month: Mapping[str, list[_Appearance]], fewest: int) -> Collection[str]:
    """Months to tell without gender: a word there has fewer than `fewest` people, and the items are public.

    What is left out is the period less the months that are told, so that too is asked of those months
    together; where they are too few no month is told.
    """
    left_out = {month for month, ones in by_month.items() if _has_few(ones, fewest)}
    together = [one for month in left_out for one in by_month[month]]
    return by_month.keys() if _has_few(together, fewest) else left_out


def _has_few(appearances: Iterable[_Appearance], fewest: int) -> bool:
    """Whether fewer than `fewest` different people have given some word of gender."""
    people = _people_of(appearances)
    return any(len(names) < fewest for word, names in people.items() if word != UNSAID)


def _people_of(appearances: Iterable[_Appearance]) -> dict[str, set[str]]:
    """Who has given each word of gender."""
    people: dict[str, set[str]] = {}
    for one in appearances:
        people.setdefault(_answer(one.person.gender), set()).add(one.name)
    return people


def _appearances(item: Item) -> Iterator[_Appearance]:
    """The item's people, and those whom only a picture names."""
    speaking = quoted(item.body, [person.name for person in item.people if person.quoted is None])
    named: dict[str, list[Person]] = {}
    for person in item.people:
        heard = person.name in speaking if person.quoted is None else person.quoted
        named.setdefault(folded(person.name), []).append(replace(person, quoted=heard))
    for written in (name for picture in item.pictures for name in picture.people):
        named.setdefault(folded(written), [_unknown(written)])
    for name, called in named.items():
        person = called[0] if len(called) == 1 else _nobody_of(called)
        pictures = tuple(picture for picture in item.pictures if _shows(picture, name))
        yield _Appearance(name, _month(item), person, pictures)


def _unknown(name: str) -> Person:
    return Person(name, "", "", "", 0)


def _nobody_of(called: list[Person]) -> Person:
    """Two of an item who share a name cannot be told apart in its pictures: what they say is left out."""
    return replace(
        _unknown(called[0].name),
        quoted=any(one.quoted for one in called),
        speaker=any(one.speaker for one in called),
    )


def _shows(picture: Picture, name: str) -> bool:
    return any(folded(shown) == name for shown in picture.people)


def _placement(picture: Picture, name: str) -> Placement | None:
    return next((where for who, where in picture.placement.items() if folded(who) == name), None)


def _tally(items: int, appearances: list[_Appearance], traits: Iterable[Trait] = Trait) -> Tally:
    selected = {measure: [one for one in appearances if counts(one)] for measure, counts in _MEASURES.items()}
    figures = tuple(figure for trait in traits for figure in _figures(trait, selected))
    return Tally(items, len(appearances), len({one.name for one in appearances}), figures)


def _figures(trait: Trait, selected: Mapping[Measure, list[_Appearance]]) -> Iterator[Figure]:
    """Every measure by one trait; each measure has every value, also those that it counts none of."""

    def says(one: _Appearance) -> str:
        return _answer(_TRAITS[trait](one.person))

    counts = {measure: Counter(map(says, ones)) for measure, ones in selected.items()}
    values = _in_order(counts[Measure.PRESENT])
    for measure, ones in selected.items():
        people = Counter(value for value, _ in {(says(one), one.name) for one in ones})
        group = counts[Measure.PRESENT if measure in _OF_ALL else Measure.PICTURED]
        for value in values:
            count = counts[measure][value]
            yield Figure(measure, trait, value, count, len(ones), people[value], group[value])


def _in_order(counted: Mapping[str, int]) -> list[str]:
    """Values by how many have them, then by name; those who have not said last, always there."""
    said = counted.keys() - {UNSAID}
    return [*sorted(said, key=lambda value: (-counted[value], value)), UNSAID]


def _month(item: Item) -> str:
    return f"{item.publish_from:%Y-%m}"


def _months(of_items: Mapping[str, int]) -> Iterator[str]:
    """Every month from the first with an item to the last, also those between that have none."""
    if not of_items:
        return
    year, month = map(int, min(of_items).split("-"))
    while (written := f"{year:04}-{month:02}") <= max(of_items):
        yield written
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - December
