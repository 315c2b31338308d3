"""Write the pages that are made from the code: docs/rules.md, docs/commands.md. `--check` only compares."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from comms.check.rules import RULES
from comms.cli import comms

ROOT = Path(__file__).resolve().parent.parent
_SEVERITIES = {"error": "fel", "warning": "varning", "notice": "notis"}
_AREAS = {
    "A": "Tillgänglighet",
    "C": "Innehåll och struktur",
    "P": "Klarspråk",
    "S": "Schyst",
    "T": "Typografi",
    "V": "Synlighet för EU-stöd",
    "N": "Poster",
    "X": "Undantag",
}


def rules_page() -> str:
    """Every rule with its severity, why, and source."""
    lines = [
        "# Regler",
        "",
        "Skriven av `make docs`. Samma text ger `comms check --explain KOD`.",
        "",
        'Ett undantag skrivs i texten, med skäl: `<!-- comms: ok S101 "citat ur protokoll" -->`.',
        "",
        "Utöver reglerna prövas filerna (C1xx, K1xx), posternas längd (N1xx) och färdiga brev (O1xx, O2xx).",
    ]
    area = ""
    for rule in sorted(RULES, key=lambda one: one.code):
        if rule.code[0] != area:
            area = rule.code[0]
            lines += ["", f"## {_AREAS.get(area, area)}"]
        source = f" Källa: {rule.source}" if rule.source else ""
        lines += [
            "",
            f"**{rule.code}** ({_SEVERITIES[rule.severity.value]}) {rule.title}",
            "",
            f"{rule.why}{source}",
        ]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help of every command."""
    lines = ["# Kommandon", "", "Skriven av `make docs` ur kommandonas egen hjälp.", ""]
    lines += [f"\n## comms {name}\n\n```text\n{text}\n```" for name, text in _helps()]
    return "\n".join(lines) + "\n"


def _helps() -> Iterator[tuple[str, str]]:
    whole = click.Context(comms, info_name="comms", terminal_width=100, **comms.context_settings)
    for name in comms.list_commands(whole):
        command = comms.get_command(whole, name)
        if command is not None:
            yield name, command.get_help(click.Context(command, info_name=name, parent=whole))


def main(*, check: bool) -> int:
    """Write the pages, or say which are not up to date."""
    stale = []
    for name, content in (("docs/rules.md", rules_page()), ("docs/commands.md", commands_page())):
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
