"""What `comms check` shows: the problems of chosen files, and the same as SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from comms import __version__
from comms.app.house import House
from comms.errors import Problem, Severity, UsageError, say

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def chosen(house: House, paths: Sequence[Path]) -> list[Problem]:
    """All problems, or those in the files and folders named. Raises `UsageError` for what is not there."""
    if not paths:
        return list(house.problems)
    wanted = [_relative(house.root, path) for path in paths]
    return [
        problem
        for problem in house.problems
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
