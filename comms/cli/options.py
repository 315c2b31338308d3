"""Options that commands share: where the workspace is, what time it is, and JSON for scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import MINYEAR, UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from comms.app.clock import read_now
from comms.app.house import House, find_root, open_house
from comms.app.language import translate as _
from comms.errors import UsageError, say

Command = TypeVar("Command", bound=Callable[..., object])


def workspace_option(command: Command) -> Command:
    """`--workspace DIR`."""
    return click.option(
        "--workspace",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        help=_("Arbetsytans mapp (annars närmaste med comms.yaml)."),
    )(command)


def now_option(command: Command) -> Command:
    """`--now ISO`."""
    return click.option(
        "--now", metavar="ISO", help=_("Räkna som om klockan vore detta, till exempel 2026-12-01T08:05.")
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=_("Svara i JSON, för skript."))(command)


def by_option(command: Command) -> Command:
    """`--by NAME`."""
    return click.option("--by", default="", help=_("Vem som godkänner (står kvar i liggaren)."))(command)


def house_at(folder: Path) -> House:
    """Open the workspace at or above a folder."""
    return open_house(find_root(folder))


def date_of(text: str) -> date:
    """A date as it is written: no instant, so that the first and the last that there are count too."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(say("”{text}” är inget datum. Skriv till exempel 2026-12-31.", text=text)) from None


def day(text: str, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """A date from the command line as an instant: its first moment, or its last minute when `end`."""
    found = datetime.combine(date_of(text), time(23, 59) if end else time(0), zone)
    # The first midnight that there is in Sweden is before all instants in UTC.
    return found.replace(tzinfo=UTC) if found.year == MINYEAR else found.astimezone(UTC)


def now_in(house: House, text: str | None) -> datetime:
    """The command's time."""
    return read_now(text, house.zone)
