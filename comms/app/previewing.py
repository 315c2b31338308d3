"""Preview: every edition and post as files that a person can open; shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from comms.app.house import House
from comms.app.language import shown
from comms.app.previewing_posts import write_beside, write_post
from comms.app.publishing import write
from comms.app.rendering import Rendered, media_files, quiet, render_entry
from comms.app.since import (
    Memory,
    Piece,
    Remembered,
    Shelf,
    Since,
    change,
    left_over,
    old_text,
    remember,
    tidy,
    write_down,
)
from comms.content.files import sha256
from comms.errors import ContentError, Location, PermanentFailure, Problem, Severity, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition
from comms.model.plan import EditionPlan, Entry, EntryKind
from comms.render.changes import Change
from comms.render.clients import client_findings, client_summary
from comms.render.edition import text_copy, unsubscribe_for_all, web_copy
from comms.render.mime import letter_template, personalise
from comms.render.post_page import PostPage
from comms.render.preview_page import (
    Copies,
    EditionPage,
    Neighbour,
    dark_copy,
    edition_page,
    light_copy,
    pictureless_copy,
)
from comms.render.swapped import swapped_page
from comms.settings.faults import FILE

SWAPPED = "tvartom.html"
"""The page on which the handbook's ”think the opposite” is made, below the output folder."""

PAGE = "index.html"
"""An edition's page, below its folder."""

FILES = {"HTML": "brev.html", "Text": "brev.txt", "E-post": "brev.eml"}
"""What an edition is, by what it is called."""

COPIES = Copies("brev-ljust.html", "brev-morkt.html", "brev-utan-bilder.html")


@dataclass(frozen=True)
class Previewed:
    """An entry's files: folder from the output folder, and what was found in the rendering."""

    entry: Entry
    rendered: Rendered
    folders: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Preview:
    """What was written, how it differs from what lay there, and what earlier previews left there (`kept`).

    `beside`: where all of an item's posts are shown side by side, by the item.
    """

    entries: tuple[Previewed, ...]
    since: Since
    kept: Mapping[str, Remembered]
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Desk:
    """What every page of a preview is made with; `posts` are those that are written."""

    house: House
    out: Path
    now: datetime
    before: Memory
    posts: list[tuple[Entry, PostPage]] = field(default_factory=list)

    def changed(self, place: str, piece: Piece, text: str, file: str) -> tuple[Piece, Change | None]:
        """The piece as it shall be remembered, and what became of it; of nothing in the first preview."""
        if self.before.made_at is None:
            return piece, None
        earlier = self.before.pieces.get(place)
        old = earlier[1] if earlier else None
        found = change(piece, old, text=text, old_text=old_text(self.out, self.before, file))
        if found.since:
            since = moment_text(self.house, datetime.fromisoformat(found.since))
            return replace(piece, changed_at=found.since), replace(found, since=since)
        return piece, found


def edition_folder(audience: str, municipality: str) -> str:
    """The folder of an edition below its issue's."""
    return f"{audience}-{municipality or WHOLE_AREA_KEY}"


def edition_name(house: House, edition: EditionPlan) -> str:
    """An edition in words: whom it is for, and where."""
    return f"{house.workspace.audiences.audiences[edition.audience].title}, {edition_place(house, edition)}"


def edition_place(house: House, edition: EditionPlan) -> str:
    """An edition's municipality in words."""
    return house.workspace.audiences.municipalities.get(edition.municipality) or shown(say("Hela området"))


def moment_text(house: House, at: datetime) -> str:
    """A time as the pages write it."""
    return f"{at.astimezone(house.zone):%Y-%m-%d kl. %H.%M}"


def made_text(house: House, now: datetime) -> str:
    """When a page was made, and of what."""
    return shown(say("Gjort {when} av {name}.", when=moment_text(house, now), name=house.settings.name))


def preview(
    house: House,
    entries: Iterable[Entry],
    out: Path,
    now: datetime,
    *,
    until: datetime | None = None,
    progress: Callable[[int, int], None] = quiet,
) -> Preview:
    """Write each entry below `out`; one that is blocked is left as it lies there.

    `until`: the entries are all that is planned up to then, so what else lies there from before it is
    removed. Raises `TemplateError` or `ContentError`.
    """
    planned = list(entries)
    whole = [entry for entry in planned if not entry.blocked]
    desk = _Desk(house, out, now, remember(out))
    tick = _counting(sum(max(1, len(entry.editions)) for entry in whole), progress)
    changes: dict[str, Change] = {}
    found: list[Previewed] = []
    written: dict[str, Remembered] = {}
    for entry in whole:
        previewed, written[entry.id] = _write_entry(desk, entry, changes, tick)
        found.append(previewed)
    beside = _write_beside(desk, written) if until else {}
    gone = set(left_over(desk.before, {entry.id for entry in planned}, until))
    kept = {
        identity: one
        for identity, one in desk.before.entries.items()
        if identity not in gone and identity not in written
    }
    after = Memory(now, {**kept, **written})
    tidy(out, desk.before, after)
    write_down(out, after)
    return Preview(tuple(found), _since(desk.before, after, changes), kept, beside)


def _write_beside(desk: _Desk, written: dict[str, Remembered]) -> dict[str, str]:
    """Write the pages with all of an item's posts; where each is, by the item.

    Each is remembered with its item's first post, so that it goes when that goes.
    """
    places: dict[str, str] = {}
    for identity, place, content in write_beside(desk.posts):
        entry = written[identity]
        shelf = Shelf(desk.out, dict(entry.files))
        shelf.put(place, content)
        written[identity] = replace(entry, files=shelf.files)
        places[identity.rsplit(".", 2)[0]] = place
    return places


def _since(before: Memory, after: Memory, changes: Mapping[str, Change]) -> Since:
    lost = [(kind, piece.name) for place, (kind, piece) in before.pieces.items() if place not in after.pieces]
    kinds = {place: kind for place, (kind, _) in after.pieces.items()}
    names = {place: piece.name for place, (_, piece) in after.pieces.items()}
    return Since(before.made_at, changes, kinds, names, tuple(lost))


def _counting(total: int, progress: Callable[[int, int], None]) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    return tick


def _write_entry(
    desk: _Desk, entry: Entry, changes: dict[str, Change], tick: Callable[[], None]
) -> tuple[Previewed, Remembered]:
    """Write all of an entry; `changes` is told what became of each piece."""
    shelf = Shelf(desk.out)
    pieces: dict[str, Piece] = {}
    parts: list[Rendered] = []
    for place, rendered, piece, found in _written(desk, entry, shelf):
        parts.append(rendered)
        pieces[place] = piece
        if found:
            changes[place] = found
        tick()
    whole = _together(parts)
    if whole.editions:
        for path, content in media_files(desk.house, entry):
            shelf.put(path, content)
    folders = tuple(pieces) if whole.editions else ()
    remembered = Remembered(entry.kind, entry.title, entry.moment.at, pieces, shelf.files)
    return Previewed(entry, whole, folders, whole.problems), remembered


_Written = Iterator[tuple[str, Rendered, Piece, Change | None]]


def _written(desk: _Desk, entry: Entry, shelf: Shelf) -> _Written:
    """Render and write an entry piece by piece: where each lies, what it is and what became of it."""
    if entry.kind is EntryKind.POST:
        rendered = render_entry(desk.house, entry)
        if rendered.post:
            yield _write_post(desk, entry, rendered, shelf)
    for number in range(len(entry.editions)):
        yield _write_edition(desk, entry, number, shelf)


def _together(parts: list[Rendered]) -> Rendered:
    """An entry that was rendered edition by edition, as one."""
    return Rendered(
        tuple(edition for part in parts for edition in part.editions),
        next((part.post for part in parts if part.post), None),
        {digest: blob for part in parts for digest, blob in part.blobs.items()},
        tuple(dict.fromkeys(problem for part in parts for problem in part.problems)),
    )


def preview_swapped(house: House, entries: Iterable[Entry], out: Path, now: datetime) -> Path:
    """Write the items of the entries with gendered words swapped, on a page beside the index; where it is."""
    slugs = dict.fromkeys(slug for entry in entries for slug in entry.items)
    items = [house.workspace.items[slug] for slug in slugs if slug in house.workspace.items]
    target = out / SWAPPED
    page = swapped_page(items, name=house.settings.name, made=made_text(house, now))
    write(target, page.encode())
    return target


def _write_post(
    desk: _Desk, entry: Entry, rendered: Rendered, shelf: Shelf
) -> tuple[str, Rendered, Piece, Change | None]:
    """Write the page of a post."""
    made = desk.now.isoformat()
    post, found = write_post(desk.house, entry, rendered, shelf, made=made, changed=desk.changed)
    desk.posts.append((entry, post.page))
    return post.place, rendered, post.piece, found


def _write_edition(
    desk: _Desk, entry: Entry, number: int, shelf: Shelf
) -> tuple[str, Rendered, Piece, Change | None]:
    """Write an edition in all its shapes, and its page."""
    house, planned = desk.house, entry.editions[number]
    rendered = render_entry(house, replace(entry, editions=(planned,)))
    (edition,) = rendered.editions
    letter, unwritable = _letter_or_why(desk, entry, planned, edition)
    rendered = replace(rendered, problems=(*rendered.problems, *unwritable))
    folder = f"{entry.id}/{edition_folder(*planned.key)}"
    way_out = unsubscribe_for_all(house.settings, house.settings.newsletters[entry.newsletter].title)
    text = text_copy(edition, way_out)
    html = web_copy(edition, way_out).replace(f"{house.settings.base_url}/media/", "../../media/")
    name = f"{entry.title}, {edition_name(house, planned)}"
    piece = Piece(
        name,
        edition.subject,
        len(edition.html.encode()),
        sha256(html.encode()),
        sha256(text.encode()),
        desk.now.isoformat(),
    )
    piece, found = desk.changed(folder, piece, text, f"{folder}/brev.txt")
    page = replace(
        _page(desk, entry, number, edition, found),
        html=html,
        text=text,
        letter=letter,
        problems=(*rendered.problems, *_of_content(house, entry, planned)),
    )
    for file, content in (
        ("brev.html", html.encode()),
        ("brev.txt", text.encode()),
        ("brev.eml", letter),
        (COPIES.light, light_copy(html).encode()),
        (COPIES.dark, dark_copy(html).encode()),
        (COPIES.bare, pictureless_copy(html).encode()),
        (PAGE, edition_page(page).encode()),
    ):
        shelf.put(f"{folder}/{file}", content)
    return folder, rendered, piece, found


def _letter_or_why(
    desk: _Desk, entry: Entry, planned: EditionPlan, edition: Edition
) -> tuple[bytes, list[Problem]]:
    """The letter, or nothing and why it cannot be written: the rest of a preview is made all the same."""
    try:
        return _letter(desk, entry, edition), []
    except (ContentError, PermanentFailure) as refused:
        items, notes = desk.house.workspace.items, desk.house.workspace.notes.get(entry.id)
        first = next((items[pick.item].path for pick in planned.picks if pick.item in items), FILE)
        place = Location(notes.path if notes and notes.subject else first)
        hint = say("Rätta texten. Resten av förhandsvisningen är gjord.")
        return b"", [Problem("O123", Severity.ERROR, refused.message, hint, place)]


def _letter(desk: _Desk, entry: Entry, edition: Edition) -> bytes:
    """The edition as a letter to the officer; nobody signs what nobody sends."""
    settings = desk.house.settings
    template = letter_template(edition, settings=settings, newsletter=settings.newsletters[entry.newsletter])
    return personalise(
        template,
        recipient=settings.officer,
        recipient_name="",
        message_id=f"<preview-{edition.sha256[:24]}@{settings.sender.email.rpartition('@')[2]}>",
        date=desk.now.astimezone(desk.house.zone),
    )


def _page(desk: _Desk, entry: Entry, number: int, edition: Edition, found: Change | None) -> EditionPage:
    """What the page of an edition tells, but for the letter itself."""
    house, planned, clients = desk.house, entry.editions[number], desk.house.workspace.clients
    findings = client_findings(edition.html, clients)
    return EditionPage(
        title=entry.title,
        audience=house.workspace.audiences.audiences[planned.audience].title,
        place=edition_place(house, planned),
        when=f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}",
        made=made_text(house, desk.now),
        sender=house.settings.sender.name,
        edition=edition,
        html="",
        text="",
        letter=b"",
        recipients=planned.recipients,
        files=FILES,
        copies=COPIES,
        picks=planned.picks,
        skips=planned.skips,
        titles={slug: item.title for slug, item in house.workspace.items.items()},
        findings=findings,
        clients=client_summary(findings, clients),
        dated=clients.dated_on.isoformat(),
        change=found,
        previous=_neighbour(house, entry, number - 1),
        following=_neighbour(house, entry, number + 1),
    )


def _neighbour(house: House, entry: Entry, number: int) -> Neighbour | None:
    if not 0 <= number < len(entry.editions):
        return None
    planned = entry.editions[number]
    return Neighbour(f"../{edition_folder(*planned.key)}/{PAGE}", edition_name(house, planned))


def _of_content(house: House, entry: Entry, planned: EditionPlan) -> list[Problem]:
    """What is to be said of the files that an edition is made of."""
    items = house.workspace.items
    notes = house.workspace.notes.get(entry.id)
    paths = {items[pick.item].path for pick in planned.picks if pick.item in items}
    paths |= {notes.path} if notes else set()
    return [problem for problem in house.problems if problem.location.path in paths]
