"""How the command line speaks: one voice for problems, notes, tables and progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from comms.app.language import in_colour, shown
from comms.app.language import translate as _
from comms.app.wording import SEVERITY
from comms.errors import CommsError, Severity

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from comms.errors import Location, Problem, Text

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "blue"}
_WIDTH = 100
"""Columns where no terminal says how many it has."""
_YES = frozenset({"j", "ja", "y", "yes"})


def line(text: str | Text = "") -> None:
    """Say a line on standard output."""
    _echo(text if isinstance(text, str) else shown(text))


def moment(at: datetime, zone: ZoneInfo) -> str:
    """An instant as local time, as every list has it: `2026-11-26 08.30`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H.%M}"


def note(text: str) -> None:
    """Say a line beside the answer, on standard error."""
    _echo(text, err=True)


def title(text: str) -> None:
    """Say a heading."""
    _echo(click.style(text, bold=True))


def as_json(value: object) -> None:
    """Print a value for scripts."""
    _echo(json.dumps(value, ensure_ascii=False, indent=2))


def problem(found: Problem, *, err: bool = False) -> None:
    """Say a problem: where, what, and on the next line what to do."""
    word = click.style(f"{shown(SEVERITY[found.severity])} {found.code}", fg=_COLOURS[found.severity])
    _echo(f"{found.location}: {word}: {shown(found.message)}", err=err)
    _echo(f"    {shown(found.hint)}", err=err)


def quote(found: Problem, source: str, *, err: bool = False) -> None:
    """Show the line that a problem is in, below it, with a caret under its column."""
    from comms.cli.excerpt import excerpt  # noqa: PLC0415 - rich is heavy, and few commands show lines

    if not source.strip():
        return
    number = str(found.location.line)
    width = get_terminal_size().columns if watched() else _WIDTH
    text, before = excerpt(source, found.location.column, width - len(number) - 8)
    _echo(f"    {click.style(f'{number} |', dim=True)} {text}", err=err)
    if before is not None:
        caret = click.style("^", fg=_COLOURS[found.severity], bold=True)
        _echo(f"    {' ' * len(number)} {click.style('|', dim=True)} {before}{caret}", err=err)


def complain(refused: CommsError, line_at: Callable[[Location], str] | None = None) -> None:
    """Say why a command could not do its work, on standard error; `line_at` gives lines to quote."""
    for found in refused.problems:
        problem(found, err=True)
        if line_at:
            quote(found, line_at(found.location), err=True)
    _echo(shown(refused.message), err=True)


def clear() -> None:
    """Begin on an empty screen; what is not a screen is left as it is."""
    click.clear()


def watched() -> bool:
    """Whether a person watches, and no file or program takes what is said."""
    return sys.stdout.isatty()


def confirm(question: str | Text) -> bool:
    """Ask; ja and yes are a yes, all else is a no."""
    asked = question if isinstance(question, str) else shown(question)
    answer = click.prompt(f"{asked} {_('[j/N]')}", default="", show_default=False, prompt_suffix=" ")
    return str(answer).strip().casefold() in _YES


def table(rows: Sequence[Sequence[str]], *, indent: int = 2) -> None:
    """Print columns, each as wide as its widest cell; the last is free."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)] if rows else []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        _echo(" " * indent + "  ".join([*cells, row[-1]]).rstrip())


def _echo(text: str, *, err: bool = False) -> None:
    # Without an opinion of ours click looks at the terminal alone.
    click.echo(text, err=err, color=None if in_colour() else False)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar where a person watches, nothing in a log: call it with how many of how many."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy, and only a person at a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - the same

    bar = Progress(console=Console(stderr=True), transient=True)

    def show(done: int, of: int) -> None:
        if not bar.tasks:  # nothing is shown of what is over at once
            bar.add_task(what)
            bar.start()
        bar.update(bar.task_ids[0], completed=done, total=of)

    try:
        yield show
    finally:
        bar.stop()
