"""Rendering an entry of the plan: its editions or its post, with pictures ready to go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from comms.app.judging import render_item_post
from comms.app.posting_pictures import Blobs, illustrated
from comms.check.letter import Duties, Letter
from comms.check.letter_look import look_problems
from comms.check.letters import check_letter
from comms.check.rules_people import issue_consents, post_consents
from comms.content.pictures import prepared
from comms.content.templates import asset
from comms.errors import ContentError, Problem, Severity, Text, say
from comms.model.issue import Edition, Newsletter
from comms.model.item import Picture
from comms.model.mail_client import ClientTable
from comms.model.network import PostText
from comms.model.plan import Entry, EntryKind
from comms.render.addresses import EMBLEM_PATH, emblem_url, logo_url, media_path
from comms.render.clients import client_findings, client_problems
from comms.render.edition import by_mail, render_edition, template_names
from comms.render.verify import edition_problems
from comms.settings.faults import FILE

if TYPE_CHECKING:
    from comms.app.house import House

_EMBLEM = "eu-emblem.png"


@dataclass(frozen=True)
class Rendered:
    """What an entry became. `blobs`: hash -> media type and bytes of a post's pictures, its card's too.

    `changes`: by the same hash, what was done to a picture to make it into what the network takes.
    """

    editions: tuple[Edition, ...]
    post: PostText | None
    blobs: Blobs
    problems: tuple[Problem, ...]
    changes: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)


def quiet(_done: int, _of: int) -> None:
    """Tell nobody how far the work has come."""


def render_entry(house: House, entry: Entry, *, progress: Callable[[int, int], None] = quiet) -> Rendered:
    """Render all of an entry. Raises `TemplateError` or `ContentError`."""
    if entry.kind is EntryKind.POST:
        item = house.workspace.items[entry.id.rsplit(".", 2)[0]]
        day = entry.moment.wall.date()
        made = illustrated(house, item, render_item_post(house.settings, item, entry.id), day)
        return Rendered((), made.post, made.blobs, tuple(consents_on(house, entry, day)), made.changes)
    newsletter = house.settings.newsletters[entry.newsletter]
    notes = house.workspace.notes.get(entry.id)
    duties = letter_duties(house, newsletter)
    editions: list[Edition] = []
    problems = consents_on(house, entry, entry.moment.wall.date())
    for number, planned in enumerate(entry.editions, 1):
        edition = render_edition(
            settings=house.settings, workspace=house.workspace, entry=entry, edition=planned, notes=notes
        )
        editions.append(edition)
        read = by_mail(edition, house.settings, newsletter)
        problems += edition_problems(read, settings=house.settings, template_path=duties.html_template)
        letter = Letter(read, duties)
        problems += [*check_letter(letter), *look_problems(letter)]
        problems += _unseen(edition, house.workspace.clients, duties.html_template)
        progress(number, len(entry.editions))
    return Rendered(tuple(editions), None, {}, tuple(dict.fromkeys(problems)))


def _unseen(edition: Edition, clients: ClientTable, template_path: str) -> list[Problem]:
    """What mail clients ignore in an edition, and nobody has looked at."""
    return client_problems(client_findings(edition.html, clients), clients, template_path=template_path)


def consents_on(house: House, entry: Entry, day: date) -> list[Problem]:
    """What forbids an entry to show some of its pictures on a day: its own, or a later one."""
    carried = [house.workspace.items[slug] for slug in entry.items if slug in house.workspace.items]
    if entry.kind is EntryKind.ISSUE:
        return issue_consents(carried, entry.newsletter, day)
    at = datetime.combine(day, time(0), house.zone)
    drafts = ((item, draft) for item in carried for draft in item.posts if draft.channel == entry.channel)
    return [found for item, draft in drafts for found in post_consents(item, replace(draft, at=at))]


def refuse_without_consent(house: House, entry: Entry, now: datetime) -> None:
    """Raise `ContentError` when a consent does not hold on the day that it is now."""
    found = consents_on(house, entry, now.astimezone(house.zone).date())
    errors = tuple(problem for problem in found if problem.severity is Severity.ERROR)
    if errors:
        raise ContentError(say("{id} får inte gå ut i dag.", id=entry.id), errors)


def letter_duties(house: House, newsletter: Newsletter) -> Duties:
    """What law wants to see in each of a newsletter's letters, and the files in which it is mended."""
    settings, templates = house.settings, house.workspace.templates
    html, text = template_names(newsletter)
    return Duties(
        emblem=asset(house.root, _EMBLEM),
        emblem_url=emblem_url(settings),
        emblem_path=f"templates/assets/{_EMBLEM}",
        logo_url=logo_url(settings),
        statement=settings.eu_statement,
        sender=settings.sender,
        html_template=templates.paths.get(html, html),
        text_template=templates.paths.get(text, text),
        settings_path=FILE,
        lines=settings.lines,
    )


@lru_cache(maxsize=256)
def _prepared(path: Path, _sha256: str) -> tuple[str, bytes]:
    return prepared(path.read_bytes(), path.name)


def media_files(house: House, entry: Entry) -> Iterator[tuple[str, bytes]]:
    """Every file that the entry's letters show, by its path below base_url."""
    yield EMBLEM_PATH, asset(house.root, _EMBLEM)
    for logo in (house.settings.brand.logo, house.settings.brand.logo_dark):
        if logo and not logo.startswith("https://"):
            yield f"media/{logo.rpartition('/')[2]}", asset(house.root, logo.rpartition("/")[2])
    for picture in _pictures(house, entry):
        yield media_path(picture), _prepared(house.root / picture.path, picture.sha256)[1]


def _pictures(house: House, entry: Entry) -> Iterator[Picture]:
    for slug in entry.items:
        item = house.workspace.items.get(slug)
        yield from item.pictures if item else ()
