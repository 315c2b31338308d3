"""The whole folder -> `Workspace`, with every problem in it; one bad file never hides the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content import audiences as audiences_file
from comms.content import strategy as strategy_file
from comms.content.files import SourceText, error, read_text
from comms.content.items import Known, load_item
from comms.content.notes import load_notes
from comms.content.templates import load_templates
from comms.errors import Location, Problem, say
from comms.model.issue import IssueNotes
from comms.model.item import BrokenItem, Item
from comms.model.settings import Settings
from comms.model.workspace import Workspace

ITEMS = "content/items"
ISSUES = "content/issues"


def load_workspace(root: Path, settings: Settings) -> tuple[Workspace, list[Problem]]:
    """Read everything below `root` that `settings` do not already say."""
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
    known = Known(strategy, audiences, _post_channels(settings), ZoneInfo(settings.timezone))
    items, broken = _items(root, known, problems)
    notes, broken_notes = _notes(root, known, settings, {**items, **broken}, problems)
    digests |= template_digests
    digests |= {item.path: item.sha256 for item in items.values()}
    digests |= {picture.path: picture.sha256 for item in items.values() for picture in item.pictures}
    digests |= {note.path: note.sha256 for note in notes.values()}
    workspace = Workspace(
        items, broken, notes, frozenset(broken_notes), audiences, strategy, templates, digests
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


def _markdown(root: Path, folder: str) -> Iterator[str]:
    """Every .md file below `folder`, by path; drafts whose name begins with `_` are left alone."""
    for file in sorted((root / folder).rglob("*.md")):
        if not file.name.startswith("_"):
            yield file.relative_to(root).as_posix()


def _items(
    root: Path, known: Known, problems: list[Problem]
) -> tuple[dict[str, Item], dict[str, BrokenItem]]:
    items: dict[str, Item] = {}
    broken: dict[str, BrokenItem] = {}
    paths: dict[str, str] = {}
    for path in _markdown(root, ITEMS):
        item, found = load_item(root, path, known)
        problems += found
        if item.slug in paths:
            message = say(
                "Två filer heter ”{slug}”: den andra är {other}.", slug=item.slug, other=paths[item.slug]
            )
            problems.append(error("C118", message, say("Döp om en av dem."), Location(path)))
            items.pop(item.slug, None)
            item = BrokenItem(item.slug, path, None, None, None, None)
        paths[item.slug] = path
        if isinstance(item, Item):
            items[item.slug] = item
        else:
            broken[item.slug] = item
    return dict(sorted(items.items())), dict(sorted(broken.items()))


def _notes(
    root: Path, known: Known, settings: Settings, items: dict[str, Item | BrokenItem], problems: list[Problem]
) -> tuple[dict[str, IssueNotes], list[str]]:
    notes: dict[str, IssueNotes] = {}
    broken: list[str] = []
    for path in _markdown(root, ISSUES):
        note, found = load_notes(root, path, known, settings.newsletters, items)
        problems += found
        if note is None:
            broken.append(Path(path).stem)
        else:
            notes[note.id] = note
    return notes, broken
