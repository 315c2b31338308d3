"""What a rule is: code, severity, sentences, source, and one pure function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from comms.check.reading import Reading
from comms.errors import Location, Problem, Severity, Text


class Scope(StrEnum):
    """What a rule reads: any text, an item with its front matter, or all items of an issue together.

    `exemption` is for the problems that the engine finds in exemptions themselves.
    """

    TEXT = "text"
    ITEM = "item"
    ISSUE = "issue"
    EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule saw: where, what is wrong in the author's words, what to do.

    `severity` where this one weighs otherwise than its rule says.
    """

    location: Location
    message: Text
    hint: Text
    severity: Severity | None = None


Find = Callable[[Reading], Iterable[Finding]]
"""A rule's function: pure, sees one reading, gives its findings in any order."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the table. The code is stable: exemptions in content name it.

    `why` tells the author what the rule is good for, `source` is the address it stands on. A rule that
    is `swedish` passes over text in other languages. One that is not `exemptible` has no exceptions.
    """

    code: str
    severity: Severity
    scope: Scope
    title: Text
    why: Text
    source: str
    find: Find
    swedish: bool = False
    exemptible: bool = True

    def problem(self, finding: Finding) -> Problem:
        """A finding as a problem of this rule."""
        severity = finding.severity or self.severity
        return Problem(self.code, severity, finding.message, finding.hint, finding.location)
