"""The index of an output folder: one page that leads to every edition, post and delivered letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from comms.app.house import House
from comms.app.language import shown
from comms.app.previewing import (
    FILES,
    PAGE,
    Preview,
    Previewed,
    edition_folder,
    edition_place,
    made_text,
)
from comms.app.previewing_posts import post_page_path
from comms.app.publishing import write
from comms.app.since import Remembered
from comms.app.wording import SLOT, counted
from comms.model.ledger import DeliveryState
from comms.model.plan import EditionPlan, Entry, EntryKind
from comms.render.changes import Change, State
from comms.render.pages import IndexEdition, IndexEntry, IndexPage, IndexPost, Lead, index_page
from comms.text.networks import network_of

FILE = "index.html"
Counts = Mapping[str, Mapping[DeliveryState, int]]
Changes = Mapping[str, Change]


def write_index(house: House, preview: Preview, counts: Counts, out: Path, now: datetime) -> Path:
    """Write the index of what `preview` wrote; `counts`: how each entry's deliveries stand."""
    since = preview.since
    summary = since.summary(house.zone)
    page = IndexPage(
        title=house.settings.name,
        made=made_text(house, now),
        entries=tuple(_entry(house, one, counts.get(one.entry.id, {}), preview) for one in preview.entries),
        titles={slug: item.title for slug, item in house.workspace.items.items()},
        problems=house.problems,
        since=shown(summary) if summary else "",
        news=_news(preview),
        gone=tuple(name for _, name in since.gone),
        kept=tuple(_left(house, one) for one in preview.kept.values() if one.pieces),
    )
    target = out / FILE
    write(target, index_page(page).encode())
    return target


def _news(preview: Preview) -> tuple[Lead, ...]:
    """Ways to what is new or changed, in the order of the plan."""
    since = preview.since
    return tuple(
        Lead(since.names[place], _href(since.kinds[place], place), change)
        for place, change in since.changes.items()
        if change.state is not State.UNCHANGED
    )


def _href(kind: EntryKind, place: str) -> str:
    return f"{place}/{PAGE}" if kind is EntryKind.ISSUE else place


def _left(house: House, entry: Remembered) -> Lead:
    """The way to what an earlier preview made of an entry: its pages lead to each other."""
    place, piece = next(iter(entry.pieces.items()))
    name = (
        f"{entry.title}, {entry.at.astimezone(house.zone):%Y-%m-%d}"
        if entry.kind is EntryKind.ISSUE
        else piece.name
    )
    return Lead(name, _href(entry.kind, place))


def _entry(house: House, one: Previewed, counts: Mapping[DeliveryState, int], preview: Preview) -> IndexEntry:
    entry, changes = one.entry, preview.since.changes
    notes = [shown(reason) for reason in entry.blocked]
    notes += [entry.state_reason] if entry.state_reason else []
    notes += [f"{shown(word)}: {count}" for word, count in counted(counts)]
    made = {(e.audience, e.municipality): e for e in one.rendered.editions}
    posts: tuple[IndexPost, ...] = ()
    if one.rendered.post:
        network = network_of(house.settings.channels[entry.channel])
        place = post_page_path(entry.id)
        beside = preview.beside.get(entry.item, "")
        posts = (IndexPost(one.rendered.post, network, place, changes.get(place), beside),)
    return IndexEntry(
        id=entry.id,
        title=entry.title,
        when=f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}",
        state=shown(SLOT[entry.state]),
        fingerprint=entry.fingerprint,
        editions=tuple(
            _edition(
                house,
                entry,
                planned,
                (made[planned.key].subject, len(made[planned.key].html.encode())),
                changes,
            )
            for planned in entry.editions
        ),
        posts=posts,
        skips=(*entry.skips, *entry.waiting),
        problems=one.problems,
        notes=tuple(notes),
    )


def _edition(
    house: House, entry: Entry, planned: EditionPlan, made: tuple[str, int], changes: Changes
) -> IndexEdition:
    """A row of the index; `made` is the subject and the bytes of HTML."""
    folder = f"{entry.id}/{edition_folder(*planned.key)}"
    subject, size = made
    return IndexEdition(
        audience=house.workspace.audiences.audiences[planned.audience].title,
        place=edition_place(house, planned),
        subject=subject,
        recipients=planned.recipients,
        size=size,
        files={name: f"{folder}/{file}" for name, file in FILES.items()},
        picks=planned.picks,
        skips=planned.skips,
        page=f"{folder}/{PAGE}",
        change=changes.get(folder),
    )
