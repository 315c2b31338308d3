"""Templates read as they are, before anyone fills them in: also what no letter takes today is seen.

Jinja reads each; parts and attributes of MJML are looked up wherever they stand, in macros that nobody calls
too. How parts stand in each other shows only in a letter: see comms/app/specimen.py. Texts to pass on are
read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.errors import Problem, Severity
from comms.model.workspace import TemplateSet
from comms.render.mjml_faults import CODE, lines_of, loose_faults
from comms.render.templates import template_fault

_READ = ("newsletters/", "spread/")
_MJML = ".mjml.j2"
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_TAKES_IN = re.compile(r"\{%-?\s*(?:include|import|from|extends)\s+(?:[\"']([^\"']+)[\"'])?")


def template_problems(templates: TemplateSet) -> Iterator[tuple[str, Problem]]:
    """What is wrong in the templates of letters and spread kits, with the template's name."""
    for name, source in templates.sources.items():
        if not name.startswith(_READ):
            continue
        fault = template_fault(templates, name)
        if fault:
            yield name, fault
        if name.endswith(_MJML):
            place = lines_of(source, templates.paths.get(name, name))
            for found in loose_faults(_JINJA.sub(_blank, source)):
                at = place(found.offset)
                yield name, Problem(CODE, Severity.ERROR, found.reason, found.hint, at)


def taken_in(templates: TemplateSet, *names: str) -> frozenset[str]:
    """The templates that these are made of, themselves among them; all, where the name is worked out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        others = _TAKES_IN.findall(templates.sources.get(name, ""))
        if "" in others:
            return frozenset(templates.sources)
        waiting += others
    return frozenset(found)


def _blank(code: re.Match[str]) -> str:
    """As long, and with as many lines, so that what follows keeps its place."""
    return re.sub(r"[^\n]", " ", code[0])
