"""Whether comms.yaml and the other files agree: audiences, municipalities, templates, focus areas, logo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from comms.errors import Location, Problem, Severity, say
from comms.model.issue import Newsletter
from comms.model.settings import Settings
from comms.model.workspace import Workspace
from comms.render.edition import template_names
from comms.settings.faults import FILE

_LETTERS = "newsletters/"
_SUFFIX = ".mjml.j2"


def disagreements(root: Path, settings: Settings, workspace: Workspace) -> Iterator[tuple[str, Problem]]:
    """What comms.yaml says of things that other files do not have, with the part of it that is of no use.

    The part is `newsletters.NAME` or `brand`. A file that could not be read has no words to compare with,
    and its own problems say so.
    """
    for slug, newsletter in settings.newsletters.items():
        for key, words, known in _wanted(newsletter, workspace):
            dotted = f"newsletters.{slug}.{key}"
            line = settings.lines.get(dotted, settings.lines.get(f"newsletters.{slug}", 0))
            for word in words:
                if known and word not in known:
                    yield f"newsletters.{slug}", _unknown(dotted, word, known, line)
    areas = workspace.strategy.focus_areas
    for area in settings.brand.focus:
        if areas and area not in areas:
            yield "brand", _unknown("brand.focus", area, areas, settings.lines.get(f"brand.focus.{area}", 0))
    yield from _logo(root, settings)


def _wanted(
    newsletter: Newsletter, workspace: Workspace
) -> Iterator[tuple[str, Collection[str], Collection[str]]]:
    """Each list of words in a newsletter's settings, with the words that there are."""
    yield "audiences", newsletter.audiences, workspace.audiences.audiences
    municipalities = [word for word in newsletter.municipalities if word != "*"]
    yield "municipalities", municipalities, workspace.audiences.municipalities
    stems = [name.removeprefix(_LETTERS).removesuffix(_SUFFIX) for name in workspace.templates.paths]
    known = [stem for stem in stems if "/" not in stem and "." not in stem and not stem.startswith("_")]
    yield "template", [template_names(newsletter)[0].removeprefix(_LETTERS).removesuffix(_SUFFIX)], known


def _logo(root: Path, settings: Settings) -> Iterator[tuple[str, Problem]]:
    """A logo is a picture in templates/assets, or one on the web."""
    for key, logo in (("logo", settings.brand.logo), ("logo_dark", settings.brand.logo_dark)):
        name = logo.rpartition("/")[2]
        if logo and not logo.startswith("https://") and not (root / "templates" / "assets" / name).is_file():
            message = say("Logotypen ”{name}” finns inte i templates/assets.", name=name)
            line = settings.lines.get(f"brand.{key}", 0)
            hint = say("Lägg bildfilen där, eller ta bort raden.")
            place = Location(FILE, line, 1 if line else 0)
            yield "brand", Problem("K107", Severity.ERROR, message, hint, place)


def _unknown(key: str, word: str, known: Collection[str], line: int) -> Problem:
    message = say("”{word}” är inte känt i ”{key}”.", word=word, key=key)
    hint = say("Välj bland: {known}.", known=", ".join(known))
    return Problem("K106", Severity.ERROR, message, hint, Location(FILE, line, 1 if line else 0))
