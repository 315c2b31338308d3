"""Which items an edition gets, and why; which it does not, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def select(
    workspace: Workspace,
    newsletter: Newsletter,
    reader: Reader,
    *,
    day: date,
    notes: IssueNotes | None,
    seen: Mapping[str, str],
    retracted: Mapping[str, str],
) -> Selection:
    """Choose items for one edition of the issue of `day`.

    `seen`: item -> the earlier issue in which this edition had it. `retracted`: item -> reason.
    A broken item is chosen like any other, with what could be read of it: its issue is then blocked.
    """
    candidates: Mapping[str, Item | BrokenItem] = {**workspace.items, **workspace.broken}
    fitting = {
        slug: item for slug, item in candidates.items() if item.is_for(reader.audience, reader.municipality)
    }
    pinned = {slug: n for n, slug in enumerate(notes.pin if notes else ()) if slug in fitting}
    skips = list(_not_for_them(notes, fitting, reader))
    chosen: list[Item | BrokenItem] = []
    for slug, item in fitting.items():
        reasons = _reasons_against(item, newsletter, day=day, notes=notes, seen=seen, retracted=retracted)
        reason = next(reasons, None)
        if reason is None:
            chosen.append(item)
        else:
            skips.append(Skip(slug, reason))
    chosen.sort(key=lambda item: _reading_order(item, pinned, reader))
    full = say("Brevet är fullt ({count} nyheter): väntar till nästa nummer.", count=newsletter.max_items)
    skips += [Skip(item.slug, full) for item in chosen[newsletter.max_items :]]
    picks = tuple(Pick(item.slug, _why(item, pinned, reader)) for item in chosen[: newsletter.max_items])
    return Selection(picks, tuple(skips))


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


def _reasons_against(
    item: Item | BrokenItem,
    newsletter: Newsletter,
    *,
    day: date,
    notes: IssueNotes | None,
    seen: Mapping[str, str],
    retracted: Mapping[str, str],
) -> Iterator[Text]:
    """Every reason why an item is not in this issue, the weightiest first."""
    pinned = notes is not None and item.slug in notes.pin
    if item.slug in retracted:
        yield say("Tillbakadragen: {reason}", reason=retracted[item.slug])
    if pinned:
        return
    if notes is not None and item.slug in notes.exclude:
        yield say("Undantagen av redaktören för detta nummer.")
    if notes is not None and notes.at:
        yield say("Ett extra brev har bara de nyheter som redaktören har fäst.")
    if item.publish_from is not None and item.publish_from > day:
        yield say("Publiceras först {day}.", day=item.publish_from.isoformat())
    if item.publish_until is not None and item.publish_until < day:
        yield say("Slutade gälla {day}.", day=item.publish_until.isoformat())
    if item.slug in seen:
        yield say("Var med i {issue}.", issue=seen[item.slug])
    if isinstance(item, Item) and (day - item.publish_from).days > newsletter.max_age_days:
        yield say("Äldre än {days} dagar.", days=newsletter.max_age_days)


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
