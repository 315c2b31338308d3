"""comms check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from comms.app.checking import chosen, sarif
from comms.app.language import shown
from comms.app.language import translate as _
from comms.check.engine import explain as explain_rule
from comms.cli import voice
from comms.cli.options import house_at, now_in, now_option, workspace_option
from comms.errors import ExitCode, Problem, Severity, UsageError, say


@click.command(help=_("Granska arbetsytan, eller bara vissa filer. Alla problem visas på en gång."))
@click.argument("paths", metavar=_("[FIL …]"), nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help=_("Svarets form.")
)
@click.option("--strict", is_flag=True, help=_("Låt varningar räknas som fel."))
@click.option("--explain", metavar=_("KOD"), default="", help=_("Förklara en regel, med källa."))
@workspace_option
@now_option
def check(
    paths: tuple[Path, ...], form: str, explain: str, folder: Path, now: str | None, *, strict: bool
) -> int:
    """Check the workspace."""
    if explain:
        return _explain(explain)
    house = house_at(folder)
    problems = chosen(house, paths, now_in(house, now))
    counts = Counter(problem.severity for problem in problems)
    stopping = counts[Severity.ERROR] + (counts[Severity.WARNING] if strict else 0)
    if form == "sarif":
        voice.as_json(sarif(problems))
    elif form == "json":
        voice.as_json({"problems": [_row(problem) for problem in problems], "summary": _summary(counts)})
    else:
        _say(problems, counts)
    return int(ExitCode.PROBLEMS if stopping else ExitCode.DONE)


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


def _summary(counts: Counter[Severity]) -> dict[str, int]:
    return {f"{severity.value}s": counts[severity] for severity in Severity}


def _say(problems: Sequence[Problem], counts: Counter[Severity]) -> None:
    for problem in problems:
        voice.problem(problem)
    if problems:
        voice.line()
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


def _explain(code: str) -> int:
    rule = explain_rule(code.upper())
    if rule is None:
        raise UsageError(say("Ingen regel heter ”{code}”. Koderna står i docs/rules.md.", code=code))
    voice.title(f"{rule.code}  {shown(rule.title)}")
    voice.line(rule.why)
    if rule.source:
        voice.line(say("Källa: {source}", source=rule.source))
    return int(ExitCode.DONE)
