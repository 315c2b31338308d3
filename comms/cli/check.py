"""comms check."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from comms.app.checking import chosen, named, words_in_force
from comms.app.clock import read_now
from comms.app.explaining import explain as explanation_of
from comms.app.house import find_root, open_house
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.quoting import LineAt, lines_below
from comms.app.sarif import prefix_in_repository, sarif
from comms.app.sooner import Sooner, recalled
from comms.app.watching import GLANCE, Look, looks, stamps, until_stopped
from comms.cli import voice
from comms.cli.options import now_option, workspace_option
from comms.errors import CommsError, ExitCode, Problem, Severity, UsageError, say


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be checked, and what counts as an error."""

    root: Path
    paths: tuple[Path, ...]
    now: str | None
    strict: bool
    jobs: int
    remember: bool

    def problems(self) -> list[Problem]:
        """All problems as the files are now."""
        memory = recalled(self.root) if self.remember else None
        gc.disable()  # much is kept and nothing thrown away: looking for cycles took a third of the time
        try:
            with voice.progress(_("Granskar")) as progress:
                house = open_house(self.root, Sooner(memory, self.jobs, progress))
            moment: datetime = read_now(self.now, house.zone)
            return chosen(house, self.paths, moment)
        finally:
            gc.enable()

    def code(self, problems: Sequence[Problem]) -> int:
        """How the command ends."""
        stopping = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        found = any(problem.severity in stopping for problem in problems)
        return int(ExitCode.PROBLEMS if found else ExitCode.DONE)


@click.command(help=_("Granska arbetsytan, eller bara vissa filer. Alla problem visas på en gång."))
@click.argument("paths", metavar=_("[FIL …]"), nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), help=_("Svarets form."))
@click.option("--strict", is_flag=True, help=_("Låt varningar räknas som fel."))
@click.option("--watch", is_flag=True, help=_("Granska igen varje gång en fil ändras, tills du avbryter."))
@click.option("--fix", is_flag=True, help=_("Rätta det som säkert kan rättas; visar först hur."))
@click.option("--yes", is_flag=True, help=_("Rätta utan att fråga (med --fix)."))
@click.option(
    "--jobs", type=click.IntRange(0, 64), default=0, help=_("Antal processer; 0 är så många som får plats.")
)
@click.option("--no-cache", is_flag=True, help=_("Läs allt på nytt, och minns ingenting."))
@click.option(
    "--explain", metavar=_("KOD|ORD"), default=None, help=_("Förklara en regel eller ett ord, med källa.")
)
@workspace_option
@now_option
def check(
    paths: tuple[Path, ...],
    form: str | None,
    explain: str | None,
    folder: Path,
    now: str | None,
    jobs: int,
    *,
    no_cache: bool,
    strict: bool,
    watch: bool,
    fix: bool,
    yes: bool,
) -> int:
    """Check the workspace."""
    if explain is not None:
        return _explain(explain, folder)
    _refuse_together(form, watch=watch, fix=fix, yes=yes)
    task = _Task(find_root(folder), paths, now, strict, jobs, remember=not no_cache)
    if fix:
        return _fix(task, yes=yes)
    if watch:
        return _watch(task)
    if form in {"json", "sarif"}:
        return _answer(task, form)
    # Without a word about the form, a person at a terminal sees the lines and a log does not.
    quoting = lines_below(task.root) if form == "text" or voice.watched() else None
    try:
        problems = task.problems()
    except CommsError as refused:
        voice.complain(refused, quoting)
        return int(refused.exit_code)
    _say(problems, quoting)
    return task.code(problems)


def _refuse_together(form: str | None, *, watch: bool, fix: bool, yes: bool) -> None:
    """Name the options that have no meaning together, rather than pass over one of them."""
    if yes and not fix:
        raise UsageError(say("--yes hör ihop med --fix. Lägg till --fix, eller ta bort --yes."))
    if fix and watch:
        raise UsageError(say("--fix och --watch går inte ihop. Ta bort den ena."))
    if fix and form in {"json", "sarif"}:
        raise UsageError(say("--fix svarar med text. Ta bort --format."))
    if watch and form in {"json", "sarif"}:
        raise UsageError(say("--watch svarar med text. Ta bort --format."))


def _fix(task: _Task, *, yes: bool) -> int:
    """Show what would be written, ask, write."""
    from comms.cli.fixing import fix  # noqa: PLC0415 - nobody else needs it

    named(task.root, task.paths)
    return fix(open_house(task.root), task.paths, yes=yes)


def _answer(task: _Task, form: str) -> int:
    """Answer scripts and code hosts."""
    problems = task.problems()
    if form == "sarif":
        lines = lines_below(task.root)
        voice.as_json(sarif(problems, lines, shown, prefix_in_repository(task.root)))
    else:
        counts = Counter(problem.severity for problem in problems)
        summary = {f"{severity.value}s": counts[severity] for severity in Severity}
        voice.as_json({"problems": [_row(problem) for problem in problems], "summary": summary})
    return task.code(problems)


def _row(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": shown(problem.message),
        "hint": shown(problem.hint),
        "file": problem.location.path,
        "line": problem.location.line,
        "column": problem.location.column,
    }


def _watch(task: _Task) -> int:
    """Check whenever a file has changed; ends as the last check would have."""
    named(task.root, task.paths)
    code = int(ExitCode.DONE)
    with until_stopped():
        for look in looks(lambda: _aloud(task), lambda: stamps(task.root), lambda: time.sleep(GLANCE)):
            code = task.code(look.problems) if look.refused is None else int(look.refused.exit_code)
            voice.clear()
            _say_look(look, lines_below(task.root))
            voice.line(say("Väntar på ändringar. Avbryt med Ctrl-C."))
    return code


def _aloud(task: _Task) -> list[Problem]:
    """Check, and say so first: editors that listen begin a new list here."""
    voice.line(say("Granskar …"))
    return task.problems()


def _say_look(look: Look, quoting: LineAt) -> None:
    if look.refused is not None:
        voice.complain(look.refused, quoting)
        return
    _say(look.problems, quoting)
    if look.new or look.mended:
        voice.line(say("Nytt: {new}. Löst: {mended}.", new=len(look.new), mended=len(look.mended)))
    for sign, problems in (("+", look.new), ("–", look.mended)):
        for problem in problems:
            voice.line(f"  {sign} {problem.location}: {problem.code} {shown(problem.message)}")


def _say(problems: Sequence[Problem], quoting: LineAt | None) -> None:
    for problem in problems:
        voice.problem(problem)
        if quoting:
            voice.quote(problem, quoting(problem.location))
    if problems:
        voice.line()
    counts = Counter(problem.severity for problem in problems)
    voice.line(
        say(
            "Fel: {errors}. Varningar: {warnings}. Notiser: {notices}.",
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            notices=counts[Severity.NOTICE],
        )
    )
    if counts[Severity.ERROR]:
        voice.line(say("Det som har fel går inte ut. Förklaring av en kod: comms check --explain KOD"))


def _explain(asked: str, folder: Path) -> int:
    found = explanation_of(asked, words_in_force(folder))
    voice.title(shown(found.heading))
    for sentence in found.sentences:
        voice.line(sentence)
    return int(ExitCode.DONE)
