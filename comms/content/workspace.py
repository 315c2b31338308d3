"""The whole folder -> `Workspace`, with every problem in it; one bad file never hides the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content import audiences as audiences_file
from comms.content import strategy as strategy_file
from comms.content.files import SourceText, error, problem, read_text
from comms.content.items import Known, load_item
from comms.content.mail_clients import load_clients
from comms.content.notes import load_notes
from comms.content.suggestions import load_suggestions
from comms.content.templates import load_templates
from comms.content.terms import load_words
from comms.errors import Location, Problem, Severity, say
from comms.model.issue import IssueNotes
from comms.model.item import BrokenItem, Item
from comms.model.settings import Settings
from comms.model.workspace import Workspace

ITEMS = "content/items"
ISSUES = "content/issues"
_TEXTS = frozenset({".md", ".markdown", ".txt", ".docx", ".odt", ".rtf"})


Loaded = tuple[Item | BrokenItem, list[Problem]]
"""An item as read, and what is wrong in its file."""

Load = Callable[[Path, Sequence[str], Known], Iterable[Loaded]]
"""Reads the items of some paths below a root, in that order."""


def one_by_one(root: Path, paths: Sequence[str], known: Known) -> Iterator[Loaded]:
    """Read items in the plain way."""
    return (load_item(root, path, known) for path in paths)


def load_workspace(
    root: Path, settings: Settings, load: Load = one_by_one
) -> tuple[Workspace, list[Problem]]:
    """Read everything below `root` that `settings` do not already say; items by `load`."""
    problems: list[Problem] = []
    digests: dict[str, str] = {}
    strategy, audiences = strategy_file.EMPTY, audiences_file.EMPTY
    source = _required(root, "strategy.yaml", problems)
    if source:
        strategy, found = strategy_file.read_strategy(source)
        problems += found
        digests[source.path] = source.sha256
    source = _required(root, "audiences.yaml", problems)
    if source:
        audiences, found = audiences_file.read_audiences(source)
        problems += found
        digests[source.path] = audiences_file.digest(audiences)
    templates, template_digests, found = load_templates(root)
    problems += found
    words, word_digests, found = load_words(root)
    problems += found
    _, found = load_suggestions(root, strategy, audiences)
    problems += found
    clients, found = load_clients(root)
    problems += found
    known = Known(
        strategy, audiences, _post_channels(settings), ZoneInfo(settings.timezone), list(settings.newsletters)
    )
    items, broken = _items(root, known, problems, load)
    notes, broken_notes = _notes(root, known, settings, {**items, **broken}, problems)
    digests |= template_digests | word_digests
    digests |= {item.path: item.sha256 for item in items.values()}
    digests |= {picture.path: picture.sha256 for item in items.values() for picture in item.pictures}
    digests |= {note.path: note.sha256 for note in notes.values()}
    workspace = Workspace(
        items,
        broken,
        notes,
        frozenset(broken_notes),
        audiences,
        strategy,
        templates,
        digests,
        words,
        clients,
    )
    return workspace, problems


def _required(root: Path, path: str, problems: list[Problem]) -> SourceText | None:
    if not (root / path).is_file():
        message = say("Filen {path} saknas i arbetsytan.", path=path)
        problems.append(
            error("C101", message, say("Skapa den, eller börja om med comms init."), Location(path))
        )
        return None
    source, found = read_text(root, path)
    problems += found
    return source


def _post_channels(settings: Settings) -> list[str]:
    return [slug for slug, channel in settings.channels.items() if channel.network]


def _markdown(root: Path, folder: str, problems: list[Problem]) -> Iterator[str]:
    """Every .md file below `folder`, by path; drafts whose name begins with `_` are left alone.

    A file that looks like a text under another name is named: nobody should wait for it in vain.
    """
    for file in sorted((root / folder).rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.name.startswith("_"):
            continue
        if file.suffix == ".md":
            yield path
        elif file.suffix.lower() in _TEXTS:
            message = say("Filen läses inte: namnet slutar inte på ”.md”.")
            hint = say("Döp om den till {name}.md, eller flytta den härifrån.", name=file.stem)
            problems.append(problem("C122", Severity.WARNING, message, hint, Location(path)))


def _items(
    root: Path, known: Known, problems: list[Problem], load: Load
) -> tuple[dict[str, Item], dict[str, BrokenItem]]:
    items: dict[str, Item] = {}
    broken: dict[str, BrokenItem] = {}
    paths: dict[str, str] = {}
    written = list(_markdown(root, ITEMS, problems))
    for path, (read, found) in zip(written, load(root, written, known), strict=True):
        item = read
        problems += found
        if item.slug in paths:
            message = say(
                "Två filer heter ”{slug}”: den andra är {other}.", slug=item.slug, other=paths[item.slug]
            )
            problems.append(error("C118", message, say("Döp om en av dem."), Location(path)))
            earlier = items.pop(item.slug, None) or broken[item.slug]
            item = _either(earlier, item)
        paths[item.slug] = path
        if isinstance(item, Item):
            items[item.slug] = item
        else:
            broken[item.slug] = item
    return dict(sorted(items.items())), dict(sorted(broken.items()))


def _either(one: Item | BrokenItem, other: Item | BrokenItem) -> BrokenItem:
    """Two files of one name: it may belong wherever either does."""
    known = one.audiences is not None and other.audiences is not None
    placed = one.municipalities and other.municipalities
    begins = [item.publish_from for item in (one, other)]
    ends = [item.publish_until for item in (one, other)]
    return BrokenItem(
        slug=other.slug,
        path=other.path,
        audiences=(*(one.audiences or ()), *(other.audiences or ())) if known else None,
        municipalities=(*(one.municipalities or ()), *(other.municipalities or ())) if placed else None,
        publish_from=min(filter(None, begins)) if all(begins) else None,
        publish_until=max(filter(None, ends)) if all(ends) else None,
        pictures=(*one.pictures, *other.pictures),
    )


def _notes(
    root: Path, known: Known, settings: Settings, items: dict[str, Item | BrokenItem], problems: list[Problem]
) -> tuple[dict[str, IssueNotes], list[str]]:
    notes: dict[str, IssueNotes] = {}
    broken: list[str] = []
    for path in _markdown(root, ISSUES, problems):
        note, found = load_notes(root, path, known, settings.newsletters, items)
        problems += found
        if note is None:
            broken.append(Path(path).stem)
        else:
            notes[note.id] = note
    return notes, broken
