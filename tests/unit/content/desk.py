"""A desk to write items at: the small workspace of tests/data/base, and one good item to change."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content.audiences import read_audiences
from comms.content.files import SourceText
from comms.content.items import Known, load_item
from comms.content.strategy import read_strategy
from comms.errors import Problem, Severity
from comms.model.item import BrokenItem, Item

BASE = Path(__file__).resolve().parents[2] / "data" / "base"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
PATH = "content/items/bryggan.md"

GOOD = {
    "title": "Bryggan är klar",
    "kind": "story",
    "focus": "[stark-bygd]",
    "audiences": "[public]",
    "date": "2026-11-20",
}
"""What an item cannot do without."""


def source(name: str) -> SourceText:
    """A file of the base workspace."""
    return SourceText(name, (BASE / name).read_text("utf-8"), "")


KNOWN = Known(
    read_strategy(source("strategy.yaml"))[0],
    read_audiences(source("audiences.yaml"))[0],
    ["mastodon", "facebook"],
    STOCKHOLM,
)


def written(body: str = "Nu är bryggan klar.\n", **changes: str) -> str:
    """A file with the good item's front matter, some keys changed; a key with no value is left out."""
    rows = {**GOOD, **changes}
    return "".join(["---\n", *(f"{key}: {value}\n" for key, value in rows.items() if value), "---\n", body])


def loaded(
    root: Path, text: str | bytes, path: str = PATH, known: Known = KNOWN
) -> tuple[Item | BrokenItem, list[Problem]]:
    """Write an item and load it."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_item(root, path, known)


def good(root: Path, text: str, known: Known = KNOWN) -> Item:
    """Load an item that has no fault."""
    item, problems = loaded(root, text, known=known)
    assert problems == []
    assert isinstance(item, Item)
    return item


def broken(root: Path, text: str | bytes, path: str = PATH) -> BrokenItem:
    """Load an item that has a fault."""
    item, problems = loaded(root, text, path)
    assert any(found.severity is Severity.ERROR for found in problems)
    assert isinstance(item, BrokenItem)
    return item


def said(problems: list[Problem]) -> list[str]:
    """Place, code and message of each problem, in the order found."""
    return [f"{found.location} {found.code} {found.message}" for found in problems]


def hints(problems: list[Problem]) -> list[str]:
    """What to do about each problem."""
    return [str(found.hint) for found in problems]
