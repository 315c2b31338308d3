"""Schyst for people: named in the same way, with the same facts, invited so that all can come.

Gender is what people say of themselves in the front matter, never worked out from a name or a pronoun.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from comms.check.context import Names
from comms.check.reading import BODY, Reading, line_of
from comms.check.rule import Finding
from comms.errors import Location, say
from comms.model.item import Item, ItemKind, Person
from comms.text.age import is_age, is_child

LEAST_SPEAKERS = 3
MOST_OF_ONE = 60
"""A panel is even when no gender has more than this many percent: the usual rule of 40/60."""

_FAMILY_FACT = re.compile(
    r"barns(?:mamman?|pappan?|mor|modern|far|fadern)\b|\b(?:[Gg]ift|[Ss]ambo) med\b"
    r"|\b(?:[Mm]amma|[Pp]appa|[Mm]or|[Ff]ar) till (?:ett|två|tre|fyra|fem|sex|tvillingar|små|vuxna)\b"
    r"|\b(?:[Ff]rånskild|[Ee]nsamstående)\b"
)
_MAYBE_FAMILY = re.compile(r"till (?:ett|två|tre|fyra|fem|sex|tv|små|vux)")
_FAMILY_WORDS = ("barns", "ift med", "ambo med", "rånskild", "nsamstående")
_AGE_WORDS = ("-åri", " år", "\u00a0år")
# Figures first: they are few, and found fast.
_AGE = re.compile(r"\d{2}(?:(?<=\b\d\d)-åri(?:g[ae]|ng(?:en)?)\b|(?<=\w, \d\d)[ \u00a0]år(?=[,.)]))")
_NEEDS = re.compile(
    r"hörslinga|teleslinga|\bkost|specialkost|allerg|\bmat\b|\bmaten\b|lunch|\bfika|kaffe|middag|smörgås|soppa"
    r"|\bbuss|\btåg|järnväg|kollektivtrafik|samåk|skjuts|parker|\bdigital|\bonline\b|på (?:nätet|webben)"
    r"|\bzoom\b|\bteams\b|strömma|direktsän",
    re.IGNORECASE,
)
_TWO_GENDERS = re.compile(
    r"\bkön ?: ?(?:(?:man|pojke)(?: ?/ ?|, ?| eller )(?:kvinna|flicka)"
    r"|(?:kvinna|flicka)(?: ?/ ?|, ?| eller )(?:man|pojke))(?![\w-])(?! ?[/,] ?\w| eller )",
    re.IGNORECASE,
)


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


def invitation_without_needs(reading: Reading) -> Iterator[Finding]:
    """Find events that say nothing of food, hearing, the way there or taking part from afar."""
    for item in reading.items:
        if item.event is None or not item.event.access or item.event.online or _NEEDS.search(reading.text):
            continue
        message = say("Inbjudan säger inget om mat, hörslinga, resväg eller att vara med på nätet.")
        hint = say("Skriv i event.access det som gäller, eller vem den som undrar kan fråga.")
        yield Finding(Location(item.path, line_of(item, "event.access", "event")), message, hint)


def one_sided_speakers(reading: Reading) -> Iterator[Finding]:
    """Find events whose speakers, by their own account, are more of one gender than they need be.

    Nothing is said until all have told: who has not is unknown, and a mix of unknowns is no mix.
    """
    for item in reading.items:
        speakers = [person for person in item.people if person.speaker]
        told = Counter(person.gender.casefold() for person in speakers if person.gender)
        if len(speakers) < LEAST_SPEAKERS or told.total() < len(speakers):
            continue
        gender, count = told.most_common(1)[0]
        even = -(-len(speakers) // 2)  # of three speakers, two are as even as it gets
        if count <= even or count * 100 <= MOST_OF_ONE * len(speakers):
            continue
        message = say(
            "{count} av {all} talare har angett samma kön: ”{gender}”.",
            count=count,
            all=len(speakers),
            gender=gender,
        )
        hint = say("Sök talare också utanför det vanliga nätverket.")
        yield Finding(Location(item.path, speakers[0].line), message, hint)


def two_genders_to_choose(reading: Reading) -> Iterator[Finding]:
    """Find questions in forms that let people be a man or a woman and nothing else."""
    if "kön" not in reading.folded_prose:
        return
    for match in reading.search(_TWO_GENDERS, prose=True):
        message = say("”{words}” ger bara två svar.", words=match.group())
        hint = say("Ta bort frågan om svaret inte behövs. Annars: låt var och en skriva själv, eller avstå.")
        yield Finding(reading.location(match.start()), message, hint)


def unequal_facts(reading: Reading) -> Iterator[Finding]:
    """Find family, age and other facts told of some of the people only."""
    yield from _facts_in_text(reading)
    for item in reading.items:
        yield from _facts_in_front_matter(item)


def _mentions(reading: Reading, item: Item) -> Iterator[Mention]:
    """Every time one of the item's people is named in the body, in order."""
    parts = _parts(item)
    if not parts:
        return
    others = Names.of(name for person in item.people for name in (person.organisation,))
    end = -1
    written = {form for part in parts for form in (part, f"{part}s")}
    for word in [word for word in reading.words if word.text in written]:
        stem = word.text if word.text in parts else word.text.removesuffix("s")
        if word.start < end or reading.passage_at(word.start).kind not in BODY:
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
        names = person.name.split()
        if len(names) < len(("first", "last")):
            continue
        for part, style in ((names[0], Style.FIRST), (names[-1], Style.LAST)):
            parts[part] = (None if part in parts else person, style)
    return parts


def _facts_in_text(reading: Reading) -> Iterator[Finding]:
    people = sum(len(item.people) for item in reading.items)
    prose = reading.prose
    family = any(word in prose for word in _FAMILY_WORDS) or _MAYBE_FAMILY.search(prose) is not None
    age = any(word in prose for word in _AGE_WORDS)
    for pattern, least, worth in ((_FAMILY_FACT, 1, family), (_AGE, 2, age)):
        if people < least or not worth:
            continue
        found = list(reading.search(pattern, prose=True))
        if people > 1 and len(found) >= people:
            continue
        for match in found:
            start = match.start()
            while start and reading.prose[start - 1].isalpha():
                start -= 1  # "trebarnsmamma": the match begins inside the word
            told = reading.prose[start : match.end()]
            message = say("Texten berättar ”{words}” om en av personerna.", words=told)
            hint = say("Stryk uppgiften, eller ge samma slags uppgift om alla som nämns.")
            if people == 1:
                message = say("Texten berättar ”{words}” om en person.", words=told)
                hint = say("Stryk uppgiften om den inte hör till saken.")
            yield Finding(reading.location(start), message, hint)


def _facts_in_front_matter(item: Item) -> Iterator[Finding]:
    """A child's age is left alone: it is there for the sake of the guardian's yes."""
    told = {
        person.name: {
            key.casefold()
            for key in person.facts
            if not (is_age(key) and is_child(person, item.publish_from))
        }
        for person in item.people
    }
    for fact in sorted(set().union(*told.values())):
        have = [person for person in item.people if fact in told[person.name]]
        lack = [person.name for person in item.people if fact not in told[person.name]]
        if lack:
            message = say(
                "Uppgiften ”{fact}” finns om {name} men inte om {others}.",
                fact=fact,
                name=have[0].name,
                others=", ".join(lack),
            )
            hint = say("Stryk uppgiften, eller ge samma slags uppgift om alla som nämns.")
            yield Finding(Location(item.path, have[0].line), message, hint)
