"""Schyst for pictures: on what ground people are shown, and whether all are shown alike.

Gender is what the people say of themselves in the front matter. It is never worked out from a name or a
pronoun; who has not said is in no group and weighs nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction

from comms.check.people import is_child
from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.errors import Location, Text, say
from comms.model.item import Activity, Angle, Consent, Item, Person, Picture, Placement, Setting

OLD_YEARS = 5
REVIEW_YEARS = 2
"""A picture is dated after `OLD_YEARS`, unless somebody has looked at it in the last `REVIEW_YEARS`."""

LEAST_PICTURES = 2
"""How many pictures each gender needs before anything is said of a difference."""

SKEW = Fraction(2, 3)
"""How much larger a share of one gender's pictures must be than of another's to be a pattern."""

_SUIT = re.compile(r"\b(?:kostym|kavaj|slips|portfölj)(?:en|er|ar)?\b", re.IGNORECASE)
_SUMMIT = re.compile(r"\b(?:berg|fjäll)(?:s|et|ets)?[ -]?topp(?:en)?\b", re.IGNORECASE)

Judge = Callable[[Picture, Collection[str]], bool | None]
"""Whether a picture shows some of its people in a manner; None when it does not say."""


def people_without_consent(reading: Reading) -> Iterator[Finding]:
    """Find pictures of people without a ground for showing them."""
    for item, picture in _pictures(reading):
        if not picture.people or picture.consent:
            continue
        message = say(
            "Bilden visar {people} men det står inte att de har sagt ja.", people=", ".join(picture.people)
        )
        hint = say("Skriv i consent på vilken grund och från vilken dag, eller byt bild.")
        yield Finding(_place(item, picture), message, hint)


def withdrawn_consents(reading: Reading) -> Iterator[Finding]:
    """Find pictures whose consent has been taken back: they go out nowhere."""
    for item, picture, consent in _consents(reading.items):
        if consent.withdrawn_on is None:
            continue
        message = say(
            "Samtycket för bilden ”{name}” är återkallat {day}.",
            name=_name(picture),
            day=consent.withdrawn_on,
        )
        hint = say("Ta bort bilden ur nyheten. Har den redan gått ut drar comms retract tillbaka den.")
        yield Finding(_place(item, picture), message, hint)


def expired_consents(reading: Reading) -> Iterator[Finding]:
    """Find pictures whose consent ends before the item may go out for the last time."""
    for item, picture, consent in _consents(reading.items):
        last = max(_days_out(item))
        if consent.expires is None or consent.expires >= last:
            continue
        message = say(
            "Samtycket för bilden ”{name}” gäller till {expires}, men nyheten kan gå ut ännu {last}.",
            name=_name(picture),
            expires=consent.expires,
            last=last,
        )
        hint = say(
            "Be om ett nytt samtycke, byt bild, eller låt publish.until vara senast {expires}.",
            expires=consent.expires,
        )
        yield Finding(_place(item, picture), message, hint)


def posts_outside_scope(reading: Reading) -> Iterator[Finding]:
    """Find posts to channels that a picture's consent does not hold for."""
    for item, picture, consent in _consents(reading.items):
        outside = [post.channel for post in item.posts if consent.scope and post.channel not in consent.scope]
        if outside:
            message = say(
                "Samtycket för bilden ”{name}” gäller inte {channels}, dit nyheten har en post.",
                name=_name(picture),
                channels=", ".join(outside),
            )
            hint = say("Fråga om samtycket kan gälla där också, byt bild, eller ta bort posten.")
            yield Finding(_place(item, picture), message, hint)


def unfit_for_issue(items: Iterable[Item], newsletter: str, day: date) -> Iterator[Finding]:
    """Find pictures whose consent does not hold for a newsletter's issue of a day."""
    for item, picture, consent in _consents(items):
        if consent.scope and newsletter not in consent.scope:
            message = say(
                "Samtycket för bilden ”{name}” gäller inte {newsletter}, som tar med nyheten {day}.",
                name=_name(picture),
                newsletter=newsletter,
                day=day,
            )
        elif consent.expires and consent.expires < day:
            message = say(
                "Samtycket för bilden ”{name}” gäller till {expires}, men {newsletter} går ut {day}.",
                name=_name(picture),
                expires=consent.expires,
                newsletter=newsletter,
                day=day,
            )
        else:
            continue
        hint = say("Fråga om samtycket kan gälla där också, byt bild, eller spara nyheten med ”exclude”.")
        yield Finding(_place(item, picture), message, hint)


def children_without_guardian(reading: Reading) -> Iterator[Finding]:
    """Find pictures of children, by the age that the file gives, without a guardian's yes."""
    for item, picture, consent in _consents(reading.items):
        children = [name for name, person in _shown(item, picture) if person and is_child(person)]
        if not children or consent.guardian:
            continue
        message = say(
            "Bilden visar {people}, som är under 18 år, men det står inte vem av de vuxna som har sagt ja.",
            people=", ".join(children),
        )
        hint = say("Fråga en vårdnadshavare och skriv namnet i consent.guardian.")
        yield Finding(_place(item, picture), message, hint)


def stock_pictures(reading: Reading) -> Iterator[Finding]:
    """Find pictures from a picture bank: Schyst asks for people who are what they seem."""
    for item, picture in _pictures(reading):
        if picture.stock:
            message = say("Bilden är en arkivbild: de som syns är inte de som texten handlar om.")
            hint = say("Ta en egen bild av dem som gör arbetet, eller visa platsen.")
            yield Finding(_place(item, picture), message, hint)


def undescribed_pictures(reading: Reading) -> Iterator[Finding]:
    """Find pictures of people that do not say how they are shown: they cannot be weighed later."""
    for item, picture in _pictures(reading):
        told = {"setting": picture.setting, "activity": picture.activity, "angle": picture.angle}
        missing = [key for key, value in told.items() if value is None]
        if not picture.people or not missing:
            continue
        message = say("Det står inte hur bilden visar människor: {keys} saknas.", keys=", ".join(missing))
        hint = say("Fyll i dem, så går det att se över tid om alla visas på samma sätt.")
        yield Finding(_place(item, picture), message, hint)


def at_home_for_work(reading: Reading) -> Iterator[Finding]:
    """Find people who are in the item because of what they do, and are shown at home."""
    for item, picture in _pictures(reading):
        if picture.setting is not Setting.HOME:
            continue
        for _, person in _shown(item, picture):
            if person and person.role and person.organisation:
                message = say(
                    "{name} är med som {role} men visas i hemmiljö.", name=person.name, role=person.role
                )
                hint = say("Välj en bild från arbetet, om hemmet inte hör till saken.")
                yield Finding(_place(item, picture), message, hint)


def dated_pictures(reading: Reading) -> Iterator[Finding]:
    """Find pictures that are old when the item is published, and that nobody has looked at lately."""
    for item, picture in _pictures(reading):
        if picture.last_reviewed is not None:
            if _years(picture.last_reviewed, item.publish_from) >= REVIEW_YEARS:
                message = say(
                    "Bilden ”{name}” sågs över senast {day}.", name=_name(picture), day=picture.last_reviewed
                )
                hint = say("Se om den stämmer än och skriv dagen i last_reviewed, eller byt bild.")
                yield Finding(_place(item, picture), message, hint)
        elif picture.taken_on is not None and _years(picture.taken_on, item.publish_from) >= OLD_YEARS:
            message = say("Bilden ”{name}” togs {day}.", name=_name(picture), day=picture.taken_on)
            hint = say("Se om den stämmer än och skriv dagen i last_reviewed, eller byt bild.")
            yield Finding(_place(item, picture), message, hint)


def hero_pictures(reading: Reading) -> Iterator[Finding]:
    """Find the picture of success that everyone has seen: a suit on a mountain."""
    for item, picture in _pictures(reading):
        suit, summit = _SUIT.search(picture.alt or ""), _SUMMIT.search(picture.alt or "")
        if suit and summit:
            message = say(
                "Bilden visar framgång som {suit} och {summit}.",
                suit=suit.group().lower(),
                summit=summit.group().lower(),
            )
            hint = say("Visa hellre dem som gör arbetet, där de gör det.")
            yield Finding(_place(item, picture), message, hint)


def uneven_angles(reading: Reading) -> Iterator[Finding]:
    """Find an issue that sees one gender from above, or from below, and another not."""
    for angle, manner in ((Angle.ABOVE, say("uppifrån")), (Angle.BELOW, say("nedifrån"))):

        def judge(picture: Picture, _names: Collection[str], angle: Angle = angle) -> bool | None:
            return None if picture.angle is None else picture.angle is angle

        yield from _pattern(reading, manner, judge)


def uneven_activity(reading: Reading) -> Iterator[Finding]:
    """Find an issue that looks at one gender, and sees another do something."""

    def judge(picture: Picture, _names: Collection[str]) -> bool | None:
        return None if picture.activity is None else picture.activity is Activity.PASSIVE

    return _pattern(reading, say("passiva"), judge)


def uneven_placement(reading: Reading) -> Iterator[Finding]:
    """Find an issue that places one gender behind others."""

    def judge(picture: Picture, names: Collection[str]) -> bool | None:
        placed = [picture.placement[name] for name in names if name in picture.placement]
        if not placed or len(picture.placement) < len((Placement.FRONT, Placement.BACK)):
            return None
        return all(place is Placement.BACK for place in placed)

    return _pattern(reading, say("bakom andra"), judge)


def _pattern(reading: Reading, manner: Text, judge: Judge) -> Iterator[Finding]:
    """Tell when one gender is shown in a manner much more often than another, over enough pictures."""
    seen = {
        gender: shown for gender, shown in _by_gender(reading, judge).items() if len(shown) >= LEAST_PICTURES
    }
    counts = {gender: sum(yes for yes, _ in shown) for gender, shown in seen.items()}
    by_share = sorted(seen, key=lambda gender: Fraction(counts[gender], len(seen[gender])))
    if not by_share:
        return
    least, most = by_share[0], by_share[-1]
    if Fraction(counts[most], len(seen[most])) - Fraction(counts[least], len(seen[least])) < SKEW:
        return
    message = say(
        "I {issue} visas de som har angett kön ”{most}” {manner} i {many} av {all} bilder. "
        "För ”{least}” är det {few} av {others}.",
        issue=reading.heading,
        most=most,
        manner=manner,
        many=counts[most],
        all=len(seen[most]),
        least=least,
        few=counts[least],
        others=len(seen[least]),
    )
    hint = say("Byt någon bild, så att alla visas på likvärdiga sätt.")
    yield Finding(next(place for yes, place in seen[most] if yes), message, hint)


def _by_gender(reading: Reading, judge: Judge) -> dict[str, list[tuple[bool, Location]]]:
    """What pictures say of those who have told their gender: one answer a picture and gender."""
    seen: defaultdict[str, list[tuple[bool, Location]]] = defaultdict(list)
    for item, picture in _pictures(reading):
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name, person in _shown(item, picture):
            if person and person.gender:
                groups[person.gender.casefold()].append(name)
        for gender, names in groups.items():
            answer = judge(picture, names)
            if answer is not None:
                seen[gender].append((answer, _place(item, picture)))
    return seen


def _pictures(reading: Reading) -> Iterator[tuple[Item, Picture]]:
    return ((item, picture) for item in reading.items for picture in item.pictures)


def _consents(items: Iterable[Item]) -> Iterator[tuple[Item, Picture, Consent]]:
    return (
        (item, picture, picture.consent) for item in items for picture in item.pictures if picture.consent
    )


def _shown(item: Item, picture: Picture) -> list[tuple[str, Person | None]]:
    """Who is in the picture, with what the item tells of them; None for one it does not name."""
    named = {person.name: person for person in item.people}
    return [(name, named.get(name)) for name in picture.people]


def _days_out(item: Item) -> Iterator[date]:
    """The days on which the item itself says that it may go out."""
    yield item.publish_from
    if item.publish_until:
        yield item.publish_until
    yield from (post.at.date() for post in item.posts if post.at)


def _years(earlier: date, later: date) -> int:
    """Whole years between two days."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def _name(picture: Picture) -> str:
    return picture.path.removeprefix("content/")


def _place(item: Item, picture: Picture) -> Location:
    return Location(item.path, picture.line)
