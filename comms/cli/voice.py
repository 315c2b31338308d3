"""How the command line speaks: one voice for problems, notes, tables and progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from comms.app.language import shown
from comms.app.language import translate as _
from comms.errors import CommsError, Severity

if TYPE_CHECKING:
    from comms.errors import Problem, Text

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "blue"}
_WORDS = {Severity.ERROR: "fel", Severity.WARNING: "varning", Severity.NOTICE: "notis"}


def line(text: str | Text = "") -> None:
    """Say a line on standard output."""
    click.echo(text if isinstance(text, str) else shown(text))


def note(text: str) -> None:
    """Say a line beside the answer, on standard error."""
    click.echo(text, err=True)


def title(text: str) -> None:
    """Say a heading."""
    click.secho(text, bold=True)


def as_json(value: object) -> None:
    """Print a value for scripts."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def problem(found: Problem, *, err: bool = False) -> None:
    """Say a problem: where, what, and on the next line what to do."""
    word = click.style(f"{_(_WORDS[found.severity])} {found.code}", fg=_COLOURS[found.severity])
    click.echo(f"{found.location}: {word}: {shown(found.message)}", err=err)
    click.echo(f"    {shown(found.hint)}", err=err)


def complain(refused: CommsError) -> None:
    """Say why a command could not do its work, on standard error."""
    for found in refused.problems:
        problem(found, err=True)
    click.echo(shown(refused.message), err=True)


def table(rows: Sequence[Sequence[str]], *, indent: int = 2) -> None:
    """Print columns, each as wide as its widest cell; the last is free."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)] if rows else []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo(" " * indent + "  ".join([*cells, row[-1]]).rstrip())


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar where a person watches, nothing in a log: call it with how many of how many."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy, and only a person at a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
