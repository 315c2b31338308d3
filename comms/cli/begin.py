"""comms init, comms new."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from comms.app.beginning import begin_extra_letter, begin_item, begin_workspace
from comms.app.language import translate as _
from comms.cli import voice
from comms.cli.options import house_at, now_in, now_option, workspace_option
from comms.errors import UsageError, say
from comms.model.item import ItemKind


@click.command(help=_("Skapa en ny arbetsyta i MAPP, med en nyhet och ett brev som går att visa direkt."))
@click.argument("folder", metavar=_("MAPP"), type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Make a workspace."""
    for name in begin_workspace(folder):
        voice.line(f"  {name}")
    voice.line(say("Klart. Nästa steg: cd {folder} && comms check && comms preview", folder=folder))


@click.command(help=_("Börja en nyhet med en färdig mall. Med --letter: ett extra brev eller en rättelse."))
@click.argument("title", metavar=_("RUBRIK"), default="")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ItemKind]),
    default=ItemKind.OFFICE.value,
    help=_("Nyhetens slag."),
)
@click.option("--focus", default="", help=_("Insatsområde."))
@click.option("--audience", "audiences", multiple=True, help=_("Målgrupp; kan anges flera gånger."))
@click.option("--letter", default="", help=_("Nyhetsbrev att göra ett extra nummer av."))
@click.option("--at", default="", help=_("När det extra brevet går, till exempel ”2026-12-02 09:00”."))
@click.option("--item", "items", multiple=True, help=_("Nyhet i det extra brevet; kan anges flera gånger."))
@click.option("--corrects", default="", help=_("Numret som rättas, till exempel kommunbrevet-2026-12-01."))
@workspace_option
@now_option
def new(
    title: str,
    kind: str,
    focus: str,
    audiences: tuple[str, ...],
    letter: str,
    at: str,
    items: tuple[str, ...],
    corrects: str,
    folder: Path,
    now: str | None,
) -> None:
    """Make an item, or the notes of an extra letter."""
    house = house_at(folder)
    if letter:
        try:
            moment = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=house.zone)
        except ValueError:
            raise UsageError(say("Ange när brevet går: --at ”2026-12-02 09:00”.")) from None
        path = begin_extra_letter(house, letter, at=moment, items=items, corrects=corrects, subject=title)
    elif not title:
        raise UsageError(say("Skriv en rubrik: comms new ”Leden öppnar”."))
    else:
        today = now_in(house, now).astimezone(house.zone).date()
        path = begin_item(house, title, kind=kind, focus=focus, audiences=audiences, today=today)
    voice.line(say("Skapade {path}. Skriv klart den, och kör: comms check", path=path))
