"""The problems as SARIF 2.1.0, for code hosts and editors.

What stands here that the format does not ask for is for GitHub's code scanning: paths from the repository's
root, a help text for every rule, and the fingerprint under the name by which it knows a result again when
lines have moved (https://docs.github.com/en/code-security/reference/code-scanning/sarif-support).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from comms import __version__
from comms.app.quoting import LineAt, end_of_word
from comms.check import engine
from comms.errors import Location, Problem, Severity, Text, say

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BEYOND_THE_TABLE = {
    "C": say("Filen går att läsa"),
    "K": say("Inställningarna går att använda"),
    "N": say("Posten får plats i sitt nätverk"),
    "O": say("Det färdiga brevet fungerar"),
}
"""What is tried by those who read and make files, by the code's first letter."""
_OTHER = say("Det som granskas vid sidan av reglerna")

Shown = Callable[[Text], str]


def prefix_in_repository(root: Path) -> str:
    """The workspace's path from the root of the git repository that it is in; nothing without one."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            below = root.relative_to(folder).as_posix()
            return "" if below == "." else f"{below}/"
    return ""


def sarif(problems: Iterable[Problem], line_at: LineAt, shown: Shown, prefix: str = "") -> dict[str, object]:
    """A log of one run. `line_at` gives the line of a place, `shown` a sentence in the reader's language."""
    found = list(problems)
    codes = sorted({problem.code for problem in found})
    index = {code: number for number, code in enumerate(codes)}
    severities = {problem.code: problem.severity for problem in found}
    twins: Counter[tuple[str, str]] = Counter()
    results = []
    for problem in found:
        line = line_at(problem.location)
        result = _result(problem, line, shown, prefix)
        fingerprint = _fingerprint(problem, line)
        twins[problem.location.path, fingerprint] += 1
        number = twins[problem.location.path, fingerprint]
        result["ruleIndex"] = index[problem.code]
        result["partialFingerprints"] = {"primaryLocationLineHash": f"{fingerprint}:{number}"}
        results.append(result)
    driver = {
        "name": "comms",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": [_rule(code, severities[code], shown) for code in codes],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, severity: Severity, shown: Shown) -> dict[str, object]:
    """A rule as the log describes it. What the readers of files find has no row in the table of rules."""
    rule = engine.explain(code)
    title = shown(rule.title if rule else _BEYOND_THE_TABLE.get(code[0], _OTHER))
    why = shown(rule.why) if rule else title
    told: dict[str, object] = {
        "id": code,
        "name": "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", title)),
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "defaultConfiguration": {"level": _LEVELS[rule.severity if rule else severity]},
        "help": {"text": " ".join(filter(None, [why, rule.source if rule else ""]))},
    }
    if rule and re.match(r"https?://\S+$", rule.source):
        told["helpUri"] = rule.source
    return told


def _result(problem: Problem, line: str, shown: Shown, prefix: str) -> dict[str, object]:
    place = {
        "artifactLocation": {"uri": quote(prefix + problem.location.path)},
        "region": _region(problem.location, line),
    }
    return {
        "ruleId": problem.code,
        "level": _LEVELS[problem.severity],
        "message": {"text": f"{shown(problem.message)} {shown(problem.hint)}"},
        "locations": [{"physicalLocation": place}],
    }


def _region(place: Location, line: str) -> dict[str, object]:
    """The word that the problem is at; the whole line, or the first, where only that is known."""
    column = max(place.column, 1)
    end = end_of_word(line, place.column) if place.column else len(line) + 1
    number = max(place.line, 1)
    region: dict[str, object] = {"startLine": number, "startColumn": column}
    region |= {"endLine": number, "endColumn": end}
    snippet = line[column - 1 : end - 1]
    return region | {"snippet": {"text": snippet}} if snippet else region


def _fingerprint(problem: Problem, line: str) -> str:
    """The same wherever the line moves to; of what has no line, its sentence."""
    text = " ".join(line.split()) or str(problem.message)
    return sha256(f"{problem.code}\n{text}".encode()).hexdigest()[:16]
