"""What `comms check` shows: the problems of chosen files, and the same as SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from comms import __version__
from comms.app.house import House
from comms.app.planning import HORIZON, facts_without_touching, make_plan
from comms.check.context import context_of
from comms.check.engine import check_issue
from comms.errors import Location, Problem, Severity, UsageError, in_reading_order, say
from comms.model.plan import EntryKind, Moment
from comms.plan.calendar import occurrences

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def over_issues(house: House, now: datetime) -> list[Problem]:
    """What is counted over a whole issue (who is named first …), for the issues of the next weeks."""
    context = context_of(house.workspace, house.settings)
    found: list[Problem] = []
    for entry in make_plan(house, facts_without_touching(house), now, now + HORIZON).entries:
        items = [house.workspace.items[slug] for slug in entry.items if slug in house.workspace.items]
        if entry.kind is EntryKind.ISSUE:
            found += check_issue(entry.title, items, context=context)
    return found


def unused_notes(house: House, now: datetime) -> Iterator[Problem]:
    """Notes for a day on which their newsletter has no issue: nobody would ever read them."""
    today = now.astimezone(house.zone).date()
    for notes in house.workspace.notes.values():
        newsletter = house.settings.newsletters[notes.newsletter]
        day = date.fromisoformat(notes.id.removeprefix(f"{notes.newsletter}-"))
        found = occurrences(newsletter.schedule, newsletter.quiet, day, day, house.zone)
        if notes.at or day < today or any(isinstance(one, Moment) for one in found):
            continue
        message = say("{title} har inget nummer den {day}.", title=newsletter.title, day=day)
        hint = say("Döp om filen till numrets dag (se comms plan), eller ange ”at” för ett extra brev.")
        yield Problem("C133", Severity.WARNING, message, hint, Location(notes.path, 1, 1))


def chosen(house: House, paths: Sequence[Path], now: datetime) -> list[Problem]:
    """All problems, or those in the files and folders named. Raises `UsageError` for what is not there."""
    problems = in_reading_order([*house.problems, *unused_notes(house, now), *over_issues(house, now)])
    if not paths:
        return problems
    wanted = [_relative(house.root, path) for path in paths]
    return [
        problem
        for problem in problems
        if any(problem.location.path == one or problem.location.path.startswith(f"{one}/") for one in wanted)
    ]


def _relative(root: Path, path: Path) -> str:
    for base in (Path.cwd(), root):
        target = (base / path).resolve()
        if target.exists() and target.is_relative_to(root):
            return target.relative_to(root).as_posix()
    raise UsageError(say("{path} finns inte i arbetsytan.", path=path))


def sarif(problems: Iterable[Problem]) -> dict[str, object]:
    """The problems as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code hosts."""
    found = list(problems)
    rules = [{"id": code} for code in sorted({problem.code for problem in found})]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "comms", "version": __version__, "rules": rules}},
                "results": [_result(problem) for problem in found],
            }
        ],
    }


def _result(problem: Problem) -> dict[str, object]:
    region = {"startLine": max(problem.location.line, 1), "startColumn": max(problem.location.column, 1)}
    place = {"artifactLocation": {"uri": problem.location.path}, "region": region}
    return {
        "ruleId": problem.code,
        "level": _LEVELS[problem.severity],
        "message": {"text": f"{problem.message} {problem.hint}"},
        "locations": [{"physicalLocation": place}],
    }
