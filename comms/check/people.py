"""Schyst for people and pictures: names in the same way for all, consent, access, no stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from comms.check.context import Names
from comms.check.reading import BODY, Reading, line_of
from comms.check.rule import Finding
from comms.errors import Location, say
from comms.model.item import Item, ItemKind, Person


class Style(IntEnum):
    """How a person is named, from the whole name to the shortest form."""

    FULL = 0
    FIRST = 1
    LAST = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name where it stands."""

    person: Person
    style: Style
    start: int
    text: str


def full_name_first(reading: Reading) -> Iterator[Finding]:
    """Find people who are called by a part of their name before the whole has stood in the body."""
    for item in reading.items:
        seen: set[str] = set()
        for mention in _mentions(reading, item):
            name = mention.person.name
            if mention.style is not Style.FULL and name not in seen:
                message = say("”{part}” nämns innan hela namnet har stått i texten.", part=mention.text)
                hint = say("Skriv ”{name}” första gången.", name=name)
                yield Finding(reading.location(mention.start), message, hint)
            seen.add(name)


def same_style(reading: Reading) -> Iterator[Finding]:
    """Find people who are named in another way than the first one, after the first mention."""
    for item in reading.items:
        later: dict[str, list[Mention]] = {}
        for mention in _mentions(reading, item):
            later.setdefault(mention.person.name, []).append(mention)
        styles = {
            name: max(mentions[1:], key=lambda mention: mention.style)
            for name, mentions in later.items()
            if len(mentions) > 1
        }
        first, *rest = styles.values() if styles else [None]
        for other in rest:
            if first is None or other is None or other.style is first.style:
                continue
            message = say("Texten säger ”{other}” men ”{first}”.", other=other.text, first=first.text)
            hint = say("Välj ett sätt för alla: hela namnet eller förnamnet.")
            yield Finding(reading.location(other.start), message, hint)


def invitation_without_access(reading: Reading) -> Iterator[Finding]:
    """Find events that do not say how they are accessible."""
    for item in reading.items:
        invites = item.kind is ItemKind.INVITATION or item.event is not None
        if not invites or (item.event and item.event.access):
            continue
        message = say("Inbjudan säger inget om tillgänglighet.")
        hint = say("Skriv i event.access om ingång, toalett, hörslinga, kost och resväg, och vem som svarar.")
        yield Finding(Location(item.path, line_of(item, "event", "kind")), message, hint)


def people_without_consent(reading: Reading) -> Iterator[Finding]:
    """Find pictures of named people without a basis for publishing them."""
    for item in reading.items:
        for picture in item.pictures:
            if not picture.people or picture.consent:
                continue
            message = say(
                "Bilden visar {people} men det står inte att de har sagt ja.",
                people=", ".join(picture.people),
            )
            hint = say("Skriv i consent hur och när, till exempel ”muntligt vid fotograferingen 2026-11-12”.")
            yield Finding(Location(item.path, picture.line), message, hint)


def stock_pictures(reading: Reading) -> Iterator[Finding]:
    """Find pictures from a picture bank: Schyst asks for people who are what they seem."""
    for item in reading.items:
        for picture in item.pictures:
            if picture.stock:
                message = say("Bilden är en arkivbild: de som syns är inte de som texten handlar om.")
                hint = say("Ta en egen bild av dem som gör arbetet, eller visa platsen.")
                yield Finding(Location(item.path, picture.line), message, hint)


def _mentions(reading: Reading, item: Item) -> Iterator[Mention]:
    """Every time one of the item's people is named in the body, in order."""
    parts = _parts(item)
    if not parts:
        return
    others = Names.of(name for person in item.people for name in (person.organisation,))
    end = -1
    for word in reading.words:
        stem = word.text if word.text in parts else word.text.removesuffix("s")
        if stem not in parts or word.start < end or reading.passage_at(word.start).kind not in BODY:
            continue
        if others.covers(reading.prose, word.start, word.end):
            continue
        if reading.context.names.covers(reading.prose, word.start, word.end):
            continue
        person, style = parts[stem]
        whole = next((p for p in item.people if reading.prose.startswith(p.name, word.start)), None)
        if whole:
            end = word.start + len(whole.name)
            yield Mention(whole, Style.FULL, word.start, whole.name)
        elif person:
            yield Mention(person, style, word.start, stem)


def _parts(item: Item) -> dict[str, tuple[Person | None, Style]]:
    """First and last names; None for one that two people share, which says nothing alone."""
    parts: dict[str, tuple[Person | None, Style]] = {}
    for person in item.people:
        first, *rest = person.name.split()
        if not rest:
            continue
        for part, style in ((first, Style.FIRST), (rest[-1], Style.LAST)):
            parts[part] = (None if part in parts else person, style)
    return parts
