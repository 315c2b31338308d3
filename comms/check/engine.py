"""Applies rules: to one item, to an issue and its own words; and honours recorded exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from comms.check.context import CheckContext
from comms.check.reading import Reading, read_issue, read_item, read_notes
from comms.check.rule import Rule, Scope
from comms.check.rules import BY_CODE, NO_REASON, NOT_EXEMPTIBLE, RULES, SILENCES_NOTHING, UNKNOWN_CODE
from comms.errors import Location, Problem, Text, in_reading_order, say
from comms.model.document import Document, Exemption
from comms.model.issue import IssueNotes
from comms.model.item import Item

SWEDISH = "sv"

_OF_ITEMS = frozenset({Scope.TEXT, Scope.ITEM})
_OF_TEXTS = frozenset({Scope.TEXT})
_OF_ISSUES = frozenset({Scope.ISSUE})


def explain(code: str) -> Rule | None:
    """The rule of a code, in any case of letters; None if there is none."""
    return BY_CODE.get(code.upper())


def check_item(item: Item, *, context: CheckContext) -> list[Problem]:
    """Check one item by every rule that reads text or an item; in reading order."""
    found = _found(read_item(item, context), _OF_ITEMS)
    return in_reading_order(_after_exemptions(found, item.body, item.path))


def check_notes(notes: IssueNotes, language: str, *, context: CheckContext) -> list[Problem]:
    """Check the subject and greeting of an issue by every rule that reads text; in reading order."""
    found = _found(read_notes(notes, language, context), _OF_TEXTS)
    return in_reading_order(_after_exemptions(found, notes.greeting, notes.path))


def check_issue(title: str, items: Sequence[Item], *, context: CheckContext) -> list[Problem]:
    """Check what is counted over an issue: `items` in the order in which they are printed."""
    if not items:
        return []
    found = _found(read_issue(title, items, context), _OF_ISSUES)
    exempt = {
        problem
        for item in items
        for problem in found
        if problem.location.path == item.path
        and any(_covers(e, problem, item.body) for e in item.body.exemptions)
    }
    return in_reading_order(problem for problem in found if problem not in exempt)


def _found(reading: Reading, scopes: frozenset[Scope]) -> list[Problem]:
    """Everything that the rules of some scopes find."""
    rules = _rules_for(scopes, swedish=reading.language == SWEDISH)
    return [rule.problem(finding) for rule in rules for finding in rule.find(reading)]


@cache
def _rules_for(scopes: frozenset[Scope], *, swedish: bool) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.scope in scopes and (swedish or not rule.swedish))


def _after_exemptions(problems: Sequence[Problem], document: Document, path: str) -> Iterator[Problem]:
    """The problems that no exemption silences, and those of the exemptions themselves."""
    silenced: set[Problem] = set()
    for exemption in document.exemptions:
        covered = {problem for problem in problems if _covers(exemption, problem, document)}
        fault = _fault(exemption, covered)
        if fault:
            rule, message, hint = fault
            yield Problem(rule.code, rule.severity, message, hint, Location(path, exemption.line, 1))
        silenced |= covered
    yield from (problem for problem in problems if problem not in silenced)


def _covers(exemption: Exemption, problem: Problem, document: Document) -> bool:
    """Whether the exemption silences the problem: right code, with a reason, in its block.

    One that stands before all text also covers the front matter, where no comment can be written.
    """
    rule = BY_CODE.get(exemption.code)
    if rule is None or not rule.exemptible or not exemption.reason or problem.code != exemption.code:
        return False
    line = problem.location.line
    on_top = all(exemption.line <= block.line for block in document.blocks[:1])
    return exemption.first_line <= line <= exemption.last_line or (on_top and line < exemption.line)


def _fault(exemption: Exemption, covered: Iterable[Problem]) -> tuple[Rule, Text, Text] | None:
    """What is wrong with an exemption: rule, message, hint."""
    code = exemption.code
    rule = BY_CODE.get(code)
    if rule is None:
        message = say("Undantaget gäller regeln ”{code}”, som inte finns.", code=code)
        hint = say("Skriv koden som den står i problemet, till exempel S101.")
        if not code:
            message = say("Undantaget går inte att läsa.")
            hint = say('Skriv till exempel <!-- comms: ok S101 "citat ur protokollet" -->.')
        return UNKNOWN_CODE, message, hint
    if not rule.exemptible:
        message = say("Regeln {code} ({title}) har inga undantag.", code=code, title=rule.title)
        return NOT_EXEMPTIBLE, message, say("Ta bort undantaget och rätta felet.")
    if not exemption.reason:
        message = say("Undantaget för {code} säger inte varför.", code=code)
        return NO_REASON, message, say("Skriv skälet inom citattecken efter koden.")
    if not covered and rule.scope is not Scope.ISSUE:
        message = say("Undantaget för {code} tystar ingenting.", code=code)
        return SILENCES_NOTHING, message, say("Ta bort det.")
    return None
