"""A slip: what a rule of typography saw, with the signs that would put it right where that is certain.

One function a rule gives both: what the author is told, and what `comms check --fix` would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from comms.check.reading import Reading
from comms.check.rule import Find, Finding
from comms.errors import Severity, Text

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to `end` of the reading's text, never none, and what to write there."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands from `start` to `end`, said to the author. `edits`: none where a person must choose.

    `marks`: the edits are quotation marks, which are the author's own though what they hold is not.
    """

    start: int
    end: int
    message: Text
    hint: Text
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None
    marks: bool = False

    def finding(self, reading: Reading) -> Finding:
        """The slip as the rule's finding."""
        return Finding(reading.location(self.start), self.message, self.hint, self.severity)


Slips = Callable[[Reading], Iterable[Slip]]
"""A rule of typography: pure, sees one reading, gives its slips in any order."""


def outside_names(slips: Slips, reading: Reading) -> Iterator[Slip]:
    """The slips of a rule that are no part of a known name: names are written as their owners write them."""
    return (slip for slip in slips(reading) if not in_name(reading, slip.start, slip.end))


def in_name(reading: Reading, start: int, end: int) -> bool:
    """Whether a known name that stands here holds all of these characters: "Bygd 2023-2027"."""
    first = _WORD.search(reading.text, start, end)
    if first is None:
        return False
    words = (reading.names.by_word, reading.context.names.by_word)
    names = [name for index in words for name in index.get(first.group(), ())]
    if not names:
        return False
    passage = reading.passage_at(start)
    return any(reading.text[start:end] in name and name in passage.text for name in names)


def finds(slips: Slips) -> Find:
    """The rule's function."""

    def find(reading: Reading) -> Iterator[Finding]:
        return (slip.finding(reading) for slip in outside_names(slips, reading))

    return find
