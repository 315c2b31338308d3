"""The numbers that the house keeps, read off the source, and proof that the ladder's linter bites."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import statistics
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "comms").rglob("*.py")), *sorted((ROOT / "scripts").glob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_MODULE = 500
LONGEST_FUNCTION = 60
NINE_IN_TEN = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def module(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Everything in a file's tree; asked for by many tests."""
    return tuple(ast.walk(module(file)))


def functions(file: Path) -> Iterator[Function]:
    return (node for node in nodes(file) if isinstance(node, Function))


def lines(function: Function) -> int:
    """Its length from `def` to the end; decorators are no part of the work."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def comments(file: Path) -> Iterator[tuple[int, str]]:
    """Comments with their lines; strings that look like comments are none."""
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def test_there_is_source_to_measure() -> None:
    assert {"comms/deliver/loop.py", "scripts/write_docs.py"} <= {named(file) for file in SOURCES}


def test_no_module_is_longer_than_five_hundred_lines() -> None:
    sizes = {named(file): len(file.read_text(encoding="utf-8").splitlines()) for file in SOURCES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    sizes = {f"{named(file)}: {one.name}": lines(one) for file in SOURCES for one in functions(file)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_nine_functions_in_ten_are_at_most_thirty_lines() -> None:
    sizes = [lines(one) for file in SOURCES for one in functions(file)]
    assert statistics.quantiles(sizes, n=10)[-1] <= NINE_IN_TEN


def test_every_module_says_what_it_is_for() -> None:
    bare = [named(file) for file in [*SOURCES, *TESTS] if not ast.get_docstring(module(file))]
    assert bare == []


def test_every_function_says_what_it_gives() -> None:
    bare = [
        f"{named(file)}: {one.name}" for file in SOURCES for one in functions(file) if one.returns is None
    ]
    assert bare == []


def broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and keeps it; one that ends by raising has only tidied up."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    everything = any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds)
    return everything and not any(isinstance(step, ast.Raise) for step in handler.body)


def test_only_a_delivery_a_feed_the_mailer_and_the_top_of_the_command_line_catch_everything() -> None:
    found = [
        named(file)
        for file in SOURCES
        for node in nodes(file)
        if isinstance(node, ast.ExceptHandler) and broad(node)
    ]
    assert sorted(set(found)) == [
        "comms/app/feeding.py",
        "comms/cli/__init__.py",
        "comms/deliver/asking.py",
        "comms/deliver/hands.py",
        "comms/web/server.py",
    ]


def test_only_scripts_print() -> None:
    found = [
        f"{named(file)}:{node.lineno}"
        for file in SOURCES
        if file.is_relative_to(ROOT / "comms")
        for node in nodes(file)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    assert found == []


def test_no_unfinished_work_is_left_in_comments() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{named(file)}:{line}"
        for file in [*SOURCES, *TESTS]
        for line, text in comments(file)
        if marks.search(text)
    ]
    assert found == []


def test_every_silenced_line_says_why() -> None:
    silences = re.compile(r"# (?:noqa|type: ignore)\b")
    reasoned = re.compile(r"# noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* -+ \w|# type: ignore\[[a-z, -]+\]  # \w")
    found = [
        f"{named(file)}:{line}"
        for file in [*SOURCES, *TESTS]
        for line, text in comments(file)
        if silences.search(text) and not reasoned.search(text)
    ]
    assert found == []


def unreasoned(settings: str) -> list[str]:
    """Lines that leave a rule out without a reason beside them, or in a comment above their row."""
    _, _, ruff = settings.partition("[tool.ruff.lint]")
    ruff = re.split(r"^\[tool\.(?!ruff)", ruff, maxsplit=1, flags=re.MULTILINE)[0]
    found, covered = [], False
    for line in ruff.splitlines():
        if line.startswith("#"):
            covered = True
        elif line.endswith("[") or not line.strip():
            covered = False
        elif re.search(r'"[A-Z]{1,4}\d*"', line) and not (covered or re.search(r"# \w", line)):
            found.append(line.strip())
    return found


def test_every_rule_that_ruff_leaves_out_has_its_reason_beside_it() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8").replace('select = ["ALL"]', "")
    assert unreasoned(settings) == []


def test_a_rule_left_out_without_a_reason_is_seen() -> None:
    settings = '[tool.ruff.lint]\nignore = [\n    "D203",  # D211 is the opposite\n    "S101",\n]\n'
    assert unreasoned(settings) == ['"S101",']


# The ladder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts where they can be broken."""
    shutil.copytree(ROOT / "comms", tmp_path / "comms", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in `folder`, and on no other."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_ladder_holds_as_it_stands(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("comms/plan/calendar.py", "import comms.store", "The ladder"),
        ("comms/plan/calendar.py", "import comms.check", "The ladder"),
        ("comms/text/schedule.py", "import comms.app.clock", "The ladder"),
        ("comms/utils/__init__.py", '"""A new room."""', "The ladder"),
        ("comms/store/lock.py", "import comms.plan", "Adapters carry values"),
        ("comms/render/post.py", "import requests", "The core touches no network"),
        ("comms/model/plan.py", "import jinja2", "Errors and nouns"),
        ("comms/cli/status.py", "import comms.store", "Only the root"),
    ],
    ids=[
        "a core that knows the ledger",
        "a room that knows its neighbour",
        "a floor that looks up",
        "a room without a floor",
        "an adapter that decides",
        "a core that calls out",
        "nouns that need a library",
        "a face that reaches past the root",
    ],
)
def test_the_ladder_refuses(copy: Path, file: str, line: str, contract: str) -> None:
    broken = copy / file
    broken.parent.mkdir(exist_ok=True)
    before = broken.read_text(encoding="utf-8") if broken.exists() else ""
    broken.write_text(f"{before}\n{line}\n", encoding="utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    assert re.search(rf"^{contract}.* BROKEN$", done.stdout, re.MULTILINE)
