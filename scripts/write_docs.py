"""Write what is made from the code: docs/commands.md, the table in docs/rules. `--check` only compares."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from comms.app.wording import SEVERITY
from comms.check.rules import RULES
from comms.cli import comms

ROOT = Path(__file__).resolve().parent.parent
_AREAS = {
    "A": "Tillgänglighet",
    "C": "Innehåll och struktur",
    "N": "Inlägg",
    "P": "Klarspråk",
    "S": "Schyst",
    "T": "Typografi",
    "V": "Synlighet för EU-stöd",
}
_BEGIN, _END = "<!-- regler -->", "<!-- slut -->"


def rules_page() -> str:
    """The index of rules as it stands, with its table made anew."""
    before, _, rest = (ROOT / "docs/rules/README.md").read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n{''.join(_rules())}\n{_END}{after}"


def _rules() -> Iterator[str]:
    area = ""
    for rule in sorted(RULES, key=lambda one: one.code):
        if rule.code[0] != area:
            area = rule.code[0]
            yield f"\n### {_AREAS[area]}\n\n| kod | regel | nivå | undantag |\n|---|---|---|---|\n"
        exempt = "går att skriva" if rule.exemptible else "inga"
        link = f"[{rule.code}]({rule.code}.md)"
        yield f"| {link} | {rule.title} | {SEVERITY[rule.severity]} | {exempt} |\n"


def commands_page() -> str:
    """The help of every command."""
    lines = ["# Kommandon", "", "Skriven av `make docs` ur kommandonas egen hjälp.", ""]
    lines += [f"\n## comms {name}\n\n```text\n{text}\n```" for name, text in _helps()]
    return "\n".join(lines) + "\n"


def _helps() -> Iterator[tuple[str, str]]:
    whole = click.Context(comms, info_name="comms", terminal_width=100, **comms.context_settings)
    for name in comms.list_commands(whole):
        command = comms.get_command(whole, name)
        if command is None:
            continue
        context = click.Context(command, info_name=name, parent=whole)
        yield name, command.get_help(context)
        for part, below in command.commands.items() if isinstance(command, click.Group) else ():
            yield f"{name} {part}", below.get_help(click.Context(below, info_name=part, parent=context))


def main(*, check: bool) -> int:
    """Write the pages, or say which are not up to date."""
    stale = []
    for name, content in (("docs/rules/README.md", rules_page()), ("docs/commands.md", commands_page())):
        file = ROOT / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before != content:
            stale.append(name)
            print(
                *difflib.unified_diff(before.splitlines(), content.splitlines(), lineterm="", n=0), sep="\n"
            )
            if not check:
                file.write_text(content, encoding="utf-8")
    if check and stale:
        print(f"Not up to date: {', '.join(stale)}. Run `make docs`.")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
