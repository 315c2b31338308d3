"""Preview: every edition and post as files that a person can open; shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comms.app.house import House
from comms.app.language import shown
from comms.app.publishing import write
from comms.app.rendering import Rendered, media_files, quiet, render_entry
from comms.errors import Problem, say
from comms.model.audience import WHOLE_AREA_KEY
from comms.model.issue import Edition
from comms.model.plan import Entry
from comms.render.edition import text_copy, web_copy
from comms.render.mime import letter_template, personalise
from comms.render.pages import post_page
from comms.render.swapped import swapped_page
from comms.text.networks import NETWORKS

SWAPPED = "tvartom.html"
"""The page on which the handbook's ”think the opposite” is made, below the output folder."""


@dataclass(frozen=True)
class Previewed:
    """An entry's files: folder from the output folder, and what was found in the rendering."""

    entry: Entry
    rendered: Rendered
    folders: tuple[str, ...]
    problems: tuple[Problem, ...]


def edition_folder(audience: str, municipality: str) -> str:
    """The folder of an edition below its issue's."""
    return f"{audience}-{municipality or WHOLE_AREA_KEY}"


def preview(
    house: House,
    entries: Iterable[Entry],
    out: Path,
    now: datetime,
    progress: Callable[[int, int], None] = quiet,
) -> list[Previewed]:
    """Write each entry below `out`. Raises `TemplateError` or `ContentError`."""
    found = []
    for entry in entries:
        rendered = render_entry(house, entry, progress=progress)
        folders = [_write_edition(house, entry, edition, out, now) for edition in rendered.editions]
        if rendered.editions:
            for path, content in media_files(house, entry):
                write(out / path, content)
        if rendered.post:
            _write_post(entry, rendered, out)
        found.append(Previewed(entry, rendered, tuple(folders), rendered.problems))
    return found


def preview_swapped(house: House, entries: Iterable[Entry], out: Path, now: datetime) -> Path:
    """Write the items of the entries with gendered words swapped, on a page beside the index; where it is."""
    slugs = dict.fromkeys(slug for entry in entries for slug in entry.items)
    items = [house.workspace.items[slug] for slug in slugs if slug in house.workspace.items]
    made = say(
        "Gjort {when} av {name}.",
        when=f"{now.astimezone(house.zone):%Y-%m-%d kl. %H.%M}",
        name=house.settings.name,
    )
    target = out / SWAPPED
    write(target, swapped_page(items, name=house.settings.name, made=shown(made)).encode())
    return target


def post_page_path(identity: str) -> str:
    """The page of a post below the output folder."""
    return f"poster/{identity}.html"


def _write_post(entry: Entry, rendered: Rendered, out: Path) -> None:
    """Write the page that shows a post, and its pictures."""
    post = rendered.post
    if post is None:
        return
    pictures = {}
    for media in post.media:
        kind, content = rendered.blobs[media.sha256]
        path = f"media/{media.sha256[:16]}.{'png' if kind == 'image/png' else 'jpg'}"
        write(out / path, content)
        pictures[media.path] = f"../{path}"
    page = post_page(post, network=NETWORKS[post.network], title=entry.title, pictures=pictures)
    write(out / post_page_path(entry.id), page.encode())


def _write_edition(house: House, entry: Entry, edition: Edition, out: Path, now: datetime) -> str:
    folder = f"{entry.id}/{edition_folder(edition.audience, edition.municipality)}"
    html = web_copy(edition).replace(f"{house.settings.base_url}/media/", "../../media/")
    write(out / folder / "brev.html", html.encode())
    settings = house.settings
    template = letter_template(edition, settings=settings, newsletter=settings.newsletters[entry.newsletter])
    letter = personalise(
        template,
        recipient=settings.officer,
        recipient_name="",
        message_id=f"<preview-{edition.sha256[:24]}@{settings.sender.email.rpartition('@')[2]}>",
        date=now.astimezone(house.zone),
    )
    write(out / folder / "brev.eml", letter)
    write(out / folder / "brev.txt", text_copy(edition).encode())
    return folder
