"""Where a report goes: a file, or standard output; and the days that it is of."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import click

from comms.app import reporting
from comms.app.house import House
from comms.app.language import translate as _
from comms.cli import voice
from comms.cli.options import Command
from comms.errors import UsageError, say


def out_options(command: Command) -> Command:
    """`--out FILE` and `--force`."""
    file = click.option(
        "--out", type=click.Path(path_type=Path, dir_okay=False), help=_("Skriv till en fil.")
    )
    force = click.option("--force", is_flag=True, help=_("Skriv över en fil som är något annat (med --out)."))
    return file(force(command))


def period_options(command: Command) -> Command:
    """`--from DAY` and `--to DAY`."""
    since = click.option(
        "--from", "since", metavar=_("DATUM"), required=True, help=_("Periodens första dag.")
    )
    until = click.option("--to", "until", metavar=_("DATUM"), required=True, help=_("Periodens sista dag."))
    return since(until(command))


class Out(NamedTuple):
    """Where a report goes: to a file, or on standard output when `file` is None."""

    house: House
    file: Path | None
    force: bool

    def give(self, text: str, beside: str = "") -> None:
        """Hand over a text as it is, as UTF-8 whatever the locale; `beside` goes to a file at its side."""
        if self.file is None:
            click.echo(text.encode(), nl=False)
            return
        files = {self.file: text}
        if beside:  # the picture's alternative
            files[self.file.with_name(f"{self.file.name}.txt")] = beside
        for file, new in files.items():
            self.see_free(file, new)
        for file, new in files.items():
            reporting.write(file, new)

    def tell(self, say_it: Callable[[], None]) -> None:
        """Hand over what is said line by line."""
        if self.file is None:
            say_it()
            return
        told = io.StringIO()
        with redirect_stdout(told):
            say_it()
        self.give(told.getvalue())

    def see_free(self, file: Path, text: str) -> None:
        """See that nothing is lost by writing a file; asks where somebody can answer."""
        reporting.refuse_own(file, self.house)
        if self.force or not reporting.is_taken(file, text):
            return
        asked = say(
            "{file} finns redan och är ingen tidigare redovisning av samma slag. Skriv över?", file=file
        )
        if sys.stdin.isatty() and voice.watched() and voice.confirm(asked):
            return
        raise UsageError(
            say(
                "{file} finns redan och är ingen tidigare redovisning av samma slag. Välj ett annat namn, "
                "till exempel --out {other}, eller skriv över med --force.",
                file=file,
                other=reporting.other_name(file),
            )
        )
