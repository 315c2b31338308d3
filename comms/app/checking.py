"""What `comms check` shows: the problems of a workspace, or of chosen files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from comms.app.house import House, find_root
from comms.app.planning import HORIZON, facts_without_touching, world
from comms.check.context import context_of
from comms.check.engine import check_issue
from comms.check.rules_people import issue_consents
from comms.content.terms import ABBREVIATIONS, load_words, shipped_words
from comms.content.terms import FILE as TERMS
from comms.errors import ConfigError, Location, Problem, Severity, UsageError, in_reading_order, say
from comms.model.plan import Entry, Moment
from comms.model.term import WordList
from comms.plan.calendar import occurrences
from comms.plan.issues import issues

_BEAR_ON_ALL = frozenset({"comms.yaml", "audiences.yaml", "strategy.yaml", TERMS, ABBREVIATIONS})


def over_issues(house: House, now: datetime) -> list[Problem]:
    """What is counted over a whole issue (who is named first …), for the issues of the next weeks."""
    context = context_of(house.workspace, house.settings)
    found: list[Problem] = []
    for entry in issues(world(house, facts_without_touching(house)), now, now + HORIZON):
        if isinstance(entry, Entry):
            items = [house.workspace.items[slug] for slug in entry.items if slug in house.workspace.items]
            found += check_issue(entry.title, items, context=context)
            found += issue_consents(items, entry.newsletter, entry.moment.wall.date())
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
    """All problems, or those in the files and folders named. Raises `UsageError` for what is not there.

    Those of files that bear on every other are always among them: a word list that cannot be read makes
    an item look sound that is not.
    """
    wanted = named(house.root, paths)
    problems = in_reading_order([*house.problems, *unused_notes(house, now), *over_issues(house, now)])
    if not paths:
        return problems
    return [
        problem
        for problem in problems
        if problem.location.path in _BEAR_ON_ALL or is_within(problem.location.path, wanted)
    ]


def is_within(path: str, wanted: Sequence[str]) -> bool:
    """Whether a file is one of those named, or stands in one of the folders."""
    return any(path == one or path.startswith(f"{one}/") for one in wanted)


def words_in_force(start: Path) -> WordList:
    """The words of the workspace at or above a folder; outside every workspace, those that ship."""
    try:
        return load_words(find_root(start))[0]
    except ConfigError:
        return shipped_words()


def named(root: Path, paths: Sequence[Path]) -> list[str]:
    """Paths as they are written in problems. Raises `UsageError` for what is not there."""
    return [_relative(root, path) for path in paths]


def _relative(root: Path, path: Path) -> str:
    for base in (Path.cwd(), root):
        target = (base / path).resolve()
        if target.exists() and target.is_relative_to(root):
            return target.relative_to(root).as_posix()
    raise UsageError(say("{path} finns inte i arbetsytan.", path=path))
