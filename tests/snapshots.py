"""Snapshots: what a command said, kept as a file that a person has read.

`--snapshot-update` writes what is said now; the diff is read like code. A file that no test asked for
fails a run of the whole suite.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"
_USED = pytest.StashKey[set[str]]()
_UNUSED = pytest.StashKey[list[str]]()

Snapshot = Callable[[str, str], None]
"""Compares a snapshot, by its path below tests/snapshots, with a text."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="accept what is said now")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_USED] = set()


@pytest.fixture
def snapshot(request: pytest.FixtureRequest, tmp_path: Path) -> Snapshot:
    """Compare a text with a file in tests/snapshots; the test's own folder is written MAPP in it."""

    def compare(name: str, text: str) -> None:
        request.config.stash[_USED].add(name)
        file = FOLDER / name
        said = text.replace(str(tmp_path), "MAPP")
        if request.config.getoption("--snapshot-update"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(said, encoding="utf-8", newline="\n")
        assert file.is_file(), f"no snapshot {name}: read what is said, then run with --snapshot-update"
        assert file.read_text(encoding="utf-8") == said

    return compare


def pytest_sessionfinish(session: pytest.Session) -> None:
    config, used = session.config, session.config.stash[_USED]
    if hasattr(config, "workeroutput"):
        config.workeroutput["snapshots"] = sorted(used)
        return
    narrowed = config.option.keyword or config.option.markexpr or config.option.collectonly
    if narrowed or config.args != config.getini("testpaths") or session.testsfailed:
        return
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    config.stash[_UNUSED] = sorted(there - used)
    if config.stash[_UNUSED]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker of pytest-xdist has compared."""
    output: dict[str, list[str]] = getattr(node, "workeroutput", {})
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's class has no types here
    config.stash[_USED].update(output.get("snapshots", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name in config.stash.get(_UNUSED, []):
        terminalreporter.line(f"FAILED no test asks for tests/snapshots/{name}: remove it", red=True)
