"""Which items an edition gets, and why; which it does not, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from comms.errors import Text, say
from comms.model.issue import IssueNotes, Newsletter
from comms.model.item import BrokenItem, Item, ItemKind
from comms.model.plan import Pick, Skip
from comms.model.workspace import Workspace

_KIND_ORDER = (
    ItemKind.CALL,
    ItemKind.INVITATION,
    ItemKind.DECISION,
    ItemKind.GRANT,
    ItemKind.STORY,
    ItemKind.OFFICE,
    ItemKind.OUTLOOK,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The edition that is being filled: audience, municipality ("" = whole area), their names."""

    audience: str
    municipality: str
    audience_title: str
    municipality_title: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Items of one edition in reading order, and those left out."""

    picks: tuple[Pick, ...]
    skips: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """Items that are in no edition of an issue, and why; `outgrown` those that are only too old for it."""

    barred: Mapping[str, Text]
    outgrown: Mapping[str, Text]


def outside(
    workspace: Workspace,
    newsletter: Newsletter,
    *,
    day: date,
    notes: IssueNotes | None,
    retracted: Mapping[str, str],
) -> Outside:
    """Judge every item once for the issue of `day`, whoever reads it. `retracted`: item -> reason."""
    pinned = frozenset(notes.pin if notes else ())
    age = say("Äldre än {days} dagar.", days=newsletter.max_age_days)
    barred: dict[str, Text] = {}
    outgrown: dict[str, Text] = {}
    for slug, item in _all(workspace).items():
        reason = next(_bars(item, day, notes, pinned, retracted), None)
        if reason is not None:
            barred[slug] = reason
        elif slug in pinned or item.publish_from is None or not isinstance(item, Item):
            continue
        elif (day - item.publish_from).days > newsletter.max_age_days:
            outgrown[slug] = age
    return Outside(barred, outgrown)


def select(
    workspace: Workspace,
    newsletter: Newsletter,
    reader: Reader,
    *,
    notes: IssueNotes | None,
    seen: Mapping[str, str],
    against: Outside,
) -> Selection:
    """Choose items for one edition of an issue.

    `seen`: item -> the earlier issue in which this edition had it. `against`: what is in no edition.
    A broken item is chosen like any other, with what could be read of it: its issue is then blocked.
    """
    fitting = {
        slug: item
        for slug, item in _all(workspace).items()
        if item.is_for(reader.audience, reader.municipality)
    }
    pinned = {slug: n for n, slug in enumerate(notes.pin if notes else ()) if slug in fitting}
    skips = list(_not_for_them(notes, fitting, reader))
    chosen: list[Item | BrokenItem] = []
    for slug, item in fitting.items():
        reason = against.barred.get(slug)
        if reason is None and slug in seen and slug not in pinned:
            reason = say("Var med i {issue}.", issue=seen[slug])
        reason = reason or against.outgrown.get(slug)
        if reason is None:
            chosen.append(item)
        else:
            skips.append(Skip(slug, reason))
    chosen.sort(key=lambda item: _reading_order(item, pinned, reader))
    full = say("Brevet är fullt ({count} nyheter): väntar till nästa nummer.", count=newsletter.max_items)
    skips += [Skip(item.slug, full) for item in chosen[newsletter.max_items :]]
    picks = tuple(Pick(item.slug, _why(item, pinned, reader)) for item in chosen[: newsletter.max_items])
    return Selection(picks, tuple(skips))


def _all(workspace: Workspace) -> Mapping[str, Item | BrokenItem]:
    return {**workspace.items, **workspace.broken}


def _not_for_them(notes: IssueNotes | None, fitting: Mapping[str, object], reader: Reader) -> Iterator[Skip]:
    for slug in notes.pin if notes else ():
        if slug not in fitting:
            place = reader.municipality_title or say("hela området")
            yield Skip(
                slug,
                say(
                    "Fäst av redaktören, men inte taggad för {who} i {place}.",
                    who=reader.audience_title,
                    place=place,
                ),
            )


def _bars(
    item: Item | BrokenItem,
    day: date,
    notes: IssueNotes | None,
    pinned: Collection[str],
    retracted: Mapping[str, str],
) -> Iterator[Text]:
    """Why an item is not in this issue, the weightiest first, other than that it was in one or is old."""
    if item.slug in retracted:
        yield say("Tillbakadragen: {reason}", reason=retracted[item.slug])
    if item.slug in pinned:
        return
    if notes is not None and item.slug in notes.exclude:
        yield say("Undantagen av redaktören för detta nummer.")
    if notes is not None and notes.at:
        yield say("Ett extra brev har bara de nyheter som redaktören har fäst.")
    if item.publish_from is not None and item.publish_from > day:
        yield say("Publiceras först {day}.", day=item.publish_from.isoformat())
    if item.publish_until is not None and item.publish_until < day:
        yield say("Slutade gälla {day}.", day=item.publish_until.isoformat())


def _reading_order(item: Item | BrokenItem, pinned: Mapping[str, int], reader: Reader) -> tuple[object, ...]:
    """Pinned first, then the municipality's own, then by kind, newest first."""
    rank = pinned.get(item.slug, len(pinned))
    if isinstance(item, BrokenItem):
        return (rank, 1, len(_KIND_ORDER), 0, item.slug)
    own = 0 if reader.municipality in item.municipalities else 1
    return (rank, own, _KIND_ORDER.index(item.kind), -item.dated_on.toordinal(), item.slug)


def _why(item: Item | BrokenItem, pinned: Mapping[str, int], reader: Reader) -> Text:
    if item.slug in pinned:
        return say("Fäst av redaktören.")
    if item.municipalities and reader.municipality:
        return say("Ny, från {place}, för {who}.", place=reader.municipality_title, who=reader.audience_title)
    return say("Ny, gäller hela området, för {who}.", who=reader.audience_title)
