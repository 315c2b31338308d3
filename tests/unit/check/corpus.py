"""The corpus of sentences: what is labelled must be found, and nothing else.

A file has one case a line, its columns apart by tabs: the text, the labels, a note. A label is
`CODE:words as they stand`; several are set apart by commas; none means that every rule must be silent.
` ¶ ` in the text begins a new paragraph. A note `people: Karin Ek; Ola Berg` names the item's people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comms.check.engine import check_item
from comms.errors import Problem
from comms.model.item import Item
from tests.unit.check.builder import BODY_LINE, CONTEXT, item_with, people

DATA = Path(__file__).resolve().parents[2] / "data" / "corpus"

_LABEL = re.compile(r"(?P<code>[A-Z]\d{3}):(?P<words>.+?)(?=,\s*[A-Z]\d{3}:|$)")
_PARAGRAPH = " ¶ "
_PEOPLE = "people:"


@dataclass(frozen=True, slots=True)
class Case:
    """A text and what must be found in it: codes with the words that they stand at."""

    text: str
    labels: tuple[tuple[str, str], ...]
    note: str = ""
    line: int = 0

    @property
    def item(self) -> Item:
        """The text as the body of an item."""
        names = self.note.removeprefix(_PEOPLE).split(";") if self.note.startswith(_PEOPLE) else []
        return item_with(self.body, people=people(*(name.strip() for name in names)))

    @property
    def body(self) -> str:
        """The text with its paragraphs set apart."""
        return self.text.replace(_PARAGRAPH, "\n\n")


@dataclass(frozen=True, slots=True)
class Score:
    """How many findings were right; which were wrong, and which labels nothing was found for."""

    true: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The part of the findings that were right; 1 when nothing was found."""
        found = self.true + len(self.false)
        return self.true / found if found else 1.0

    @property
    def recall(self) -> float:
        """The part of the labels that were found; 1 when there are none."""
        labelled = self.true + len(self.missed)
        return self.true / labelled if labelled else 1.0


def read(path: Path) -> list[Case]:
    """The cases of a file. Raises `ValueError` for a label whose words do not stand in the text."""
    cases: list[Case] = []
    for number, row in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        text, written, note = (*row.split("\t"), "", "")[:3]
        labels = tuple((match["code"], match["words"].strip()) for match in _LABEL.finditer(written))
        case = Case(text, labels, note.strip(), number)
        if (written.strip() and not labels) or any(words not in case.body for _code, words in labels):
            message = f"{path.name}:{number}: {written}"
            raise ValueError(message)
        cases.append(case)
    return cases


def score(
    cases: Iterable[Case], codes: Collection[str], alike: Callable[[str], str] = lambda code: code
) -> Score:
    """Check each case by the whole engine; only problems and labels of `codes` count.

    `alike`: a problem answers a label when this gives the same for both codes. The half that was written
    without sight of the rules names kinds of faults, not codes: there the letter counts.
    """
    true, false, missed = 0, list[str](), list[str]()
    families = {alike(code) for code in codes}
    for case in cases:
        found = [p for p in check_item(case.item, context=CONTEXT) if p.code in codes]
        answering: list[
            Problem
        ] = []  # one problem may answer two labels: "företa" and "företa en besiktning"
        for code, words in case.labels:
            if alike(code) not in families:
                continue
            right = [
                p for p in found if alike(p.code) == alike(code) and _covered(case, p) & _span(case, words)
            ]
            answering += right
            true += bool(right)
            if not right:
                missed.append(f"{case.line}: {code}:{words} in {case.text}")
        false += [f"{case.line}: {p.code} {p.message} in {case.text}" for p in found if p not in answering]
    return Score(true, false, missed)


def _span(case: Case, words: str) -> set[int]:
    """Every offset within the words, wherever they stand."""
    return {
        offset
        for match in re.finditer(re.escape(words), case.body)
        for offset in range(match.start(), match.end())
    }


def _covered(case: Case, problem: Problem) -> set[int]:
    """Where a problem stands: the words that its message quotes, or the sign that it points at."""
    start = _offset(case, problem)
    quoted = [str(value) for _name, value in problem.message.values]
    length = max((len(words) for words in quoted if case.body.startswith(words, max(start, 0))), default=1)
    return set(range(start, start + max(length, 1)))


def _offset(case: Case, problem: Problem) -> int:
    """Where in the body a problem stands; -1 when it stands elsewhere."""
    lines: Sequence[str] = case.body.split("\n")
    line = problem.location.line - BODY_LINE
    if not 0 <= line < len(lines) or not problem.location.column:
        return -1
    return sum(len(before) + 1 for before in lines[:line]) + problem.location.column - 1
