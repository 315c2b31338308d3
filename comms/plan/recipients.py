"""Who gets one copy of an issue: one address, one copy, of the edition nearest to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from comms.errors import Text, say
from comms.model.audience import WHOLE_AREA, Audiences, address_key
from comms.model.plan import Recipient, Skip
from comms.model.site import PUBLIC
from comms.model.subscriber import Reader
from comms.text.masking import masked

Key = tuple[str, str]

_NAMED = 20
"""Subscribers that a plan names in an edition's skips; the rest are counted."""

NO_EDITION = say("Inget för deras kommun och målgrupp i det här numret.")
"""Why subscribers get no copy of an issue without an edition for them."""

_OTHER_FOCUS = say("Inget i de insatsområden som läsaren har valt.")


@dataclass(frozen=True, slots=True)
class Wanting:
    """The subscribers of an issue's newsletter. `readers` streams: each pass reads it anew.

    `at`: when the issue goes out, for those who have paused; days are told in `zone`. `made_for`: the
    newsletter's audiences; who reads as another gets what the public gets, or else its first. `told`: the
    focus areas that an edition tells of; None when something in it is of no single area, and so for all.
    """

    readers: Iterable[Reader] = ()
    at: datetime | None = None
    made_for: tuple[str, ...] = ()
    told: Mapping[Key, frozenset[str] | None] = field(default_factory=dict)
    zone: tzinfo = UTC


NOBODY = Wanting()


def assign(
    audiences: Audiences, editions: Collection[Key], silent: Collection[str], wanting: Wanting = NOBODY
) -> Iterator[tuple[Recipient, Skip | None]]:
    """Give each address in the editions' audiences with the skip that stops it, if any; then subscribers.

    An address in several editions gets the most specific: its own municipality before the whole area, then
    the audiences' order in audiences.yaml. What the office has written there comes before what a person
    has chosen. `silent` are address keys with a no, which beats everything. A subscriber without an edition
    comes with a municipality that is in none of `editions`.
    """
    order = {slug: number for number, slug in enumerate(audiences.audiences)}
    rows = sorted(
        (row for row in audiences.recipients if (row.audience, row.municipality) in editions),
        key=lambda row: (row.municipality == WHOLE_AREA, order[row.audience], row.municipality),
    )
    taken: dict[str, Recipient] = {}
    for row in rows:
        recipient = Recipient(row.address, row.name, row.audience, row.municipality)
        key = address_key(row.address)
        skip = None
        if key in silent:
            skip = Skip(row.address, say("Adressen är spärrad."))
        elif key in taken:
            skip = Skip(row.address, _has_it(audiences, taken[key]))
        taken.setdefault(key, recipient)
        yield recipient, skip
    for reader in wanting.readers:
        audience = _audience(reader, wanting.made_for)
        place = _place(audience, reader.municipality, editions)
        recipient = Recipient(reader.address, "", audience, place, subscribes=True)
        first = taken.get(reader.address_key)
        why = _why_not(reader, wanting, (audience, place)) or (_has_it(audiences, first) if first else None)
        yield recipient, Skip(masked(reader.address), why) if why else None


def _audience(reader: Reader, made_for: tuple[str, ...]) -> str:
    if not made_for or reader.audience in made_for:
        return reader.audience
    return PUBLIC if PUBLIC in made_for else made_for[0]


def _place(audience: str, own: str, editions: Collection[Key]) -> str:
    """The municipality of the edition that a subscriber gets: their own, else that of the whole area."""
    return own if (audience, own) in editions or (audience, WHOLE_AREA) not in editions else WHOLE_AREA


def _why_not(reader: Reader, wanting: Wanting, edition: Key) -> Text | None:
    if reader.no:
        return say("{why}", why=reader.no)
    if reader.paused_until is not None and wanting.at is not None and wanting.at < reader.paused_until:
        return say("Pausad till {day}.", day=f"{reader.paused_until.astimezone(wanting.zone):%Y-%m-%d}")
    told = wanting.told.get(edition)
    if reader.focus and told is not None and not told.intersection(reader.focus):
        return _OTHER_FOCUS
    return None


def _has_it(audiences: Audiences, first: Recipient) -> Text:
    where = audiences.municipalities.get(first.municipality) or say("hela området")
    title = audiences.audiences[first.audience].title
    return say("Får brevet som {title}, {where}: en adress får ett exemplar.", title=title, where=where)


@dataclass(frozen=True, slots=True)
class Counted:
    """Copies and skips by edition, and how many subscribers have no edition."""

    copies: Mapping[Key, int]
    skips: Mapping[Key, Sequence[Skip]]
    without: int


def counted(assigned: Iterable[tuple[Recipient, Skip | None]], editions: Sequence[Key]) -> Counted:
    """Count copies per edition and gather the skips of each; of many skips the first are named."""
    counts = dict.fromkeys(editions, 0)
    skips: dict[Key, list[Skip]] = {key: [] for key in editions}
    more: dict[Key, int] = {}
    without = 0
    for recipient, skip in assigned:
        key = (recipient.audience, recipient.municipality)
        if key not in counts:
            without += skip is None
        elif skip is None:
            counts[key] += 1
        elif len(skips[key]) < _NAMED:
            skips[key].append(skip)
        else:
            more[key] = more.get(key, 0) + 1
    for key, number in more.items():
        skips[key].append(Skip(str(say("{number} till", number=number)), say("Av liknande skäl.")))
    return Counted(counts, skips, without)
