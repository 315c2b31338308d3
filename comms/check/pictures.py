"""Schyst for pictures: on what ground people are shown, and whether all are shown alike.

Gender is what the people say of themselves in the front matter. It is never worked out from a name or a
pronoun; who has not said is in no group and weighs nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from fractions import Fraction

from comms.check.reading import Reading
from comms.check.rule import Finding
from comms.errors import Location, Severity, Text, say
from comms.model.item import Activity, Angle, Consent, Item, Picture, Placement, PostDraft, Setting
from comms.text.consents import Told, is_given_after, says_nothing, shown, without_guardian
from comms.text.names import folded

OLD_YEARS = 5
REVIEW_YEARS = 2
"""A picture is dated after `OLD_YEARS`, unless somebody has looked at it in the last `REVIEW_YEARS`."""

LEAST_PICTURES = 2
"""How many pictures each gender needs before anything is said of a difference."""

SKEW = Fraction(2, 3)
"""How much larger a share of one gender's pictures must be than of another's to be a pattern."""

_SUIT = re.compile(r"\b(?:kostym|kavaj|slips|portfölj)(?:en|er|ar)?\b", re.IGNORECASE)
_SUMMIT = re.compile(r"\b(?:berg|fjäll)(?:s|et|ets)?[ -]?topp(?:en)?\b", re.IGNORECASE)

_NEAR = 0.8
"""How like two names are when one is taken for a slip of the other: "Anna Ekk" and "Anna Ek"."""

Judge = Callable[[Picture, Collection[str]], bool | None]
"""Whether a picture shows some of its people in a manner; None when it does not say."""


def people_without_consent(reading: Reading) -> Iterator[Finding]:
    """Find pictures of people, by this item or another, without a ground for showing them."""
    for item, picture in _pictures(reading):
        if picture.consent:
            message = _groundless(item, picture, picture.consent)
        else:
            message = _unasked(item, picture, reading.context.pictures.people_in(picture))
        if message:
            hint = say("Skriv i consent på vilken grund och från vilken dag, eller byt bild.")
            yield Finding(_place(item, picture), message, hint)


def _groundless(item: Item, picture: Picture, consent: Consent) -> Text | None:
    """Why a consent is none: its ground says no, or it came after the last day on which the item goes out."""
    if says_nothing(consent.basis):
        return say(
            "”{basis}” är ingen grund för att visa bilden ”{name}”.",
            basis=consent.basis,
            name=_name(picture),
        )
    last = max(_days_out(item))
    if is_given_after(consent, last):
        return say(
            "Samtycket för bilden ”{name}” är från {day}, men nyheten går ut redan {last}.",
            name=_name(picture),
            day=consent.given_on,
            last=last,
        )
    return None


def _unasked(item: Item, picture: Picture, told: Told | None) -> Text | None:
    """That somebody is shown and nothing says on what ground."""
    if picture.people:
        people = ", ".join(picture.people)
        return say("Bilden visar {people} men det står inte att de har sagt ja.", people=people)
    if told and told.path != item.path:
        return say(
            "Bilden visar {people} enligt {path}, men här står inte att de har sagt ja.",
            people=", ".join(told.people),
            path=told.path,
        )
    return None


def withdrawn_consents(reading: Reading) -> Iterator[Finding]:
    """Find pictures whose consent has been taken back, in this item or another: they go out nowhere."""
    for item, picture in _pictures(reading):
        own = picture.consent.withdrawn_on if picture.consent else None
        elsewhere = reading.context.pictures.withdrawal_of(picture)
        if own:
            message = say("Samtycket för bilden ”{name}” är återkallat {day}.", name=_name(picture), day=own)
        elif elsewhere:
            message = say(
                "Samtycket för bilden ”{name}” är återkallat {day} i {path}.",
                name=_name(picture),
                day=elsewhere.withdrawn_on,
                path=elsewhere.path,
            )
        else:
            continue
        hint = say(
            'Kör först: comms retract {picture} --reason "SKÄL". Ta sedan bort bilden ur nyheten: försvinner '
            "raden med withdrawn_on först vet ingen längre om deras nej.",
            picture=picture.path,
        )
        yield Finding(_place(item, picture), message, hint)


def expired_consents(reading: Reading) -> Iterator[Finding]:
    """Find pictures whose consent ends before the item may go out for the last time, or one of its posts."""
    for item, picture, consent in _consents(reading.items):
        last = item.publish_until or item.publish_from
        if consent.expires and consent.expires < last:
            yield _expired(item, picture, consent.expires, last)
        else:
            yield from (found for post in item.posts for found in _expired_for(item, picture, consent, post))


def posts_outside_scope(reading: Reading) -> Iterator[Finding]:
    """Find posts to channels that a picture's consent does not hold for."""
    for item, picture, consent in _consents(reading.items):
        yield from (found for post in item.posts for found in _outside(item, picture, consent, post))


def expired_for_post(item: Item, post: PostDraft) -> Iterator[Finding]:
    """Find pictures whose consent ends before a post goes out: a fault of the post alone."""
    for _, picture, consent in _consents([item]):
        yield from _expired_for(item, picture, consent, post)


def outside_scope_of_post(item: Item, post: PostDraft) -> Iterator[Finding]:
    """Find pictures whose consent does not hold for a post's channel: a fault of the post alone."""
    for _, picture, consent in _consents([item]):
        yield from _outside(item, picture, consent, post)


def _expired_for(item: Item, picture: Picture, consent: Consent, post: PostDraft) -> Iterator[Finding]:
    day = post.at.date() if post.at else None
    if day and consent.expires and consent.expires < day:
        yield _expired(item, picture, consent.expires, day)
    elif day and consent.given_on and consent.given_on > day:
        message = say(
            "Samtycket för bilden ”{name}” är från {given}, men posten går ut redan {day}.",
            name=_name(picture),
            given=consent.given_on,
            day=day,
        )
        hint = say("Rätta dagen i consent, eller låt posten gå ut senare.")
        yield Finding(_place(item, picture), message, hint)


def _expired(item: Item, picture: Picture, expires: date, last: date) -> Finding:
    message = say(
        "Samtycket för bilden ”{name}” gäller till {expires}, men nyheten kan gå ut ännu {last}.",
        name=_name(picture),
        expires=expires,
        last=last,
    )
    hint = say(
        "Be om ett nytt samtycke, byt bild, eller låt publish.until vara senast {expires}.", expires=expires
    )
    return Finding(_place(item, picture), message, hint)


def _outside(item: Item, picture: Picture, consent: Consent, post: PostDraft) -> Iterator[Finding]:
    if consent.scope and post.channel not in consent.scope:
        message = say(
            "Samtycket för bilden ”{name}” gäller inte {channels}, dit nyheten har en post.",
            name=_name(picture),
            channels=post.channel,
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
        elif consent.given_on and consent.given_on > day:
            message = say(
                "Samtycket för bilden ”{name}” är från {given}, men {newsletter} går ut redan {day}.",
                name=_name(picture),
                given=consent.given_on,
                newsletter=newsletter,
                day=day,
            )
        else:
            continue
        hint = say("Fråga om samtycket kan gälla där också, byt bild, eller spara nyheten med ”exclude”.")
        yield Finding(_place(item, picture), message, hint)


def children_without_guardian(reading: Reading) -> Iterator[Finding]:
    """Find pictures of children, by the age that the file gives, without a guardian's yes."""
    for item, picture in _pictures(reading):
        children = without_guardian(item, picture)
        if not children:
            continue
        message = say(
            "Bilden visar {people}, som är under 18 år, men det står inte vem av de vuxna som har sagt ja.",
            people=", ".join(children),
        )
        hint = say("Fråga en vårdnadshavare och skriv namnet i consent.guardian.")
        yield Finding(_place(item, picture), message, hint)


def people_not_named(reading: Reading) -> Iterator[Finding]:
    """Find names of those shown that the item's people do not have: a slip when another is near."""
    for item, picture in _pictures(reading):
        named = {folded(person.name): person.name for person in item.people}
        known = set(named.values())
        for name in picture.people:
            if not known or name in known:
                continue
            near = get_close_matches(folded(name), named, n=1, cutoff=_NEAR)
            message = say("”{name}” syns i bilden men står inte i nyhetens people.", name=name)
            if near:
                yield Finding(_place(item, picture), message, say("Menade du ”{near}”?", near=named[near[0]]))
            else:
                hint = say("Skriv personen i people, eller rätta namnet i bildens people.")
                yield Finding(_place(item, picture), message, hint, Severity.NOTICE)


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
        for _, person in shown(item, picture):
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
        for name, person in shown(item, picture):
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
