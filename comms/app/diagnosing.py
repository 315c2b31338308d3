"""Problems as an editor marks them in a text, and where an exemption would be written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comms.app.checking import chosen
from comms.app.house import open_house
from comms.app.quoting import LineAt, end_of_word, lines_below
from comms.check import engine
from comms.errors import CommsError, Problem
from comms.model.document import Document
from comms.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem on its line: counted from 0, in characters of `text`, which is the line itself.

    `exempt_above`: the line, from 0, above which an exemption would stand; None where none can.
    """

    problem: Problem
    line: int
    start: int
    end: int
    text: str
    source: str = ""
    exempt_above: int | None = None


def diagnose(root: Path, now: datetime) -> Mapping[str, list[Mark]]:
    """The marks of each file that has any. When comms.yaml cannot be used, those that say why."""
    line_at = lines_below(root)
    try:
        house = open_house(root)
    except CommsError as refused:
        return marks(refused.problems, line_at, {})
    return marks(chosen(house, (), now), line_at, _documents(house.workspace))


def marks(
    problems: Iterable[Problem], line_at: LineAt, documents: Mapping[str, Document]
) -> dict[str, list[Mark]]:
    """The marks of each file. A problem of a whole file is marked at its first line."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for problem in problems:
        place = problem.location
        text = line_at(place)
        start = min(max(place.column, 1) - 1, len(text))
        end = end_of_word(text, start + 1) - 1 if place.column else len(text)
        rule = engine.explain(problem.code)
        above = None
        if rule and rule.exemptible and place.path in documents:
            above = exempt_above(documents[place.path], place.line)
        source = rule.source if rule else ""
        found[place.path].append(Mark(problem, max(place.line, 1) - 1, start, end, text, source, above))
    return dict(found)


def exempt_above(document: Document, line: int) -> int | None:
    """The line, from 0, that the block around a line (from 1) begins on; of the front matter, the first."""
    starts = [block.line for block in document.blocks]
    begun = [start for start in starts if start <= line]
    return max(begun) - 1 if begun else min(starts) - 1 if starts else None


def exemption(code: str) -> str:
    """The line that exempts a block from a rule: it counts when somebody has written the reason in it."""
    return f'<!-- comms: ok {code} "" -->\n'


def _documents(workspace: Workspace) -> dict[str, Document]:
    bodies = {item.path: item.body for item in workspace.items.values()}
    return bodies | {notes.path: notes.greeting for notes in workspace.notes.values()}
