"""Rendering an entry of the plan: its editions or its post, with pictures ready to go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from comms.app.house import House, render_item_post
from comms.content.files import sha256
from comms.content.pictures import prepared
from comms.content.templates import asset
from comms.errors import Problem
from comms.model.issue import Edition
from comms.model.item import Picture
from comms.model.network import Media, PostText
from comms.model.plan import Entry, EntryKind
from comms.render.addresses import EMBLEM_PATH, media_path
from comms.render.edition import render_edition, template_names
from comms.render.verify import edition_problems

Blobs = dict[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Rendered:
    """What an entry became. `blobs`: hash -> media type and bytes of a post's pictures."""

    editions: tuple[Edition, ...]
    post: PostText | None
    blobs: Blobs
    problems: tuple[Problem, ...]


def quiet(_done: int, _of: int) -> None:
    """Tell nobody how far the work has come."""


def render_entry(house: House, entry: Entry, *, progress: Callable[[int, int], None] = quiet) -> Rendered:
    """Render all of an entry. Raises `TemplateError` or `ContentError`."""
    if entry.kind is EntryKind.POST:
        post, blobs = _with_pictures(house, render_item_post(house.settings, house.workspace, entry.id))
        return Rendered((), post, blobs, ())
    newsletter = house.settings.newsletters[entry.newsletter]
    notes = house.workspace.notes.get(entry.id)
    template = house.workspace.templates.paths[template_names(newsletter)[0]]
    editions: list[Edition] = []
    problems: list[Problem] = []
    for number, planned in enumerate(entry.editions, 1):
        edition = render_edition(
            settings=house.settings, workspace=house.workspace, entry=entry, edition=planned, notes=notes
        )
        editions.append(edition)
        problems += edition_problems(edition, template_path=template)
        progress(number, len(entry.editions))
    return Rendered(tuple(editions), None, {}, tuple(dict.fromkeys(problems)))


def _with_pictures(house: House, post: PostText) -> tuple[PostText, Blobs]:
    """The post with the hashes of its prepared pictures: what is frozen is what goes out."""
    media: list[Media] = []
    blobs: Blobs = {}
    for one in post.media:
        kind, content = _prepared(house.root / one.path, one.sha256)
        digest = sha256(content)
        blobs[digest] = (kind, content)
        media.append(replace(one, sha256=digest, media_type=kind))
    return replace(post, media=tuple(media)), blobs


@lru_cache(maxsize=256)
def _prepared(path: Path, _sha256: str) -> tuple[str, bytes]:
    return prepared(path.read_bytes(), path.name)


def media_files(house: House, entry: Entry) -> Iterator[tuple[str, bytes]]:
    """Every file that the entry's letters show, by its path below base_url."""
    yield EMBLEM_PATH, asset(house.root, "eu-emblem.png")
    logo = house.settings.brand.logo
    if logo and not logo.startswith("https://"):
        yield f"media/{logo.rpartition('/')[2]}", asset(house.root, logo.rpartition("/")[2])
    for picture in _pictures(house, entry):
        yield media_path(picture), _prepared(house.root / picture.path, picture.sha256)[1]


def _pictures(house: House, entry: Entry) -> Iterator[Picture]:
    for slug in entry.items:
        item = house.workspace.items.get(slug)
        yield from item.pictures if item else ()
