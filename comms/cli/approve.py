"""comms approve."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

import click

from comms.app.answering import Answering
from comms.app.approving import approve as approve_entry
from comms.app.approving import prepare, waiting, warnings
from comms.app.house import House
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import find_entry, ledger
from comms.cli import voice
from comms.cli.answer import ask, is_anyone_there
from comms.cli.options import by_option, day, house_at, now_in, now_option, workspace_option
from comms.errors import CommsError, ExitCode, UsageError, say
from comms.model.plan import Entry


@click.command(
    help=_("Godkänn ID med planens fingeravtryck, eller allt till och med en dag. Då fryses innehållet.")
)
@click.argument("identity", metavar="[ID]", default="")
@click.option(
    "--plan", "fingerprint", metavar=_("FINGERAVTRYCK"), default="", help=_("Det som comms plan visade.")
)
@click.option("--until", metavar=_("DATUM"), default="", help=_("Godkänn allt till och med denna dag."))
@click.option("--yes", is_flag=True, help=_("Fråga inte (för skript)."))
@by_option
@workspace_option
@now_option
def approve(
    identity: str, fingerprint: str, until: str, by: str, folder: Path, now: str | None, *, yes: bool
) -> int:
    """Approve one entry, or many after showing them."""
    if bool(identity) == bool(until):
        raise UsageError(say("Ange antingen ett ID med --plan, eller --until DATUM."))
    house = house_at(folder)
    moment = now_in(house, now)
    with ledger(house) as store:
        desk = _Desk(Answering(house, store, by or getpass.getuser(), moment), is_anyone_there() and not yes)
        if identity:
            entry = find_entry(house, store.facts(), identity, moment)
            _warn(house, [entry])
            desk.approve(entry, fingerprint)
            when = f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}"
            voice.line(say("Godkänd: {id}. Går ut {when}.", id=entry.id, when=when))
            return int(ExitCode.DONE)
        entries = waiting(house, store.facts(), moment, day(until, house.zone, end=True))
        ready = [entry for entry in entries if not entry.blocked]
        shown_any = _show(entries)
        _warn(house, ready)
        if not shown_any or not (yes or voice.confirm(say("Godkänna {count}?", count=len(ready)))):
            return int(ExitCode.DONE)
        refused = 0
        for entry in ready:
            try:
                desk.approve(entry, entry.fingerprint)
            except CommsError as found:
                refused += 1
                voice.complain(found)
            else:
                voice.line(say("Godkänd: {id}", id=entry.id))
        return int(ExitCode.PROBLEMS if refused or len(ready) < len(entries) else ExitCode.DONE)


@dataclass
class _Desk:
    """Who approves, and whether there is somebody to ask: one who has stopped is not asked more."""

    person: Answering
    asks: bool

    def approve(self, entry: Entry, fingerprint: str) -> None:
        """Approve an entry. What a machine can find comes before what is asked of a person."""
        with voice.progress(_("Renderar")) as progress:
            rendered = prepare(self.person.house, entry, fingerprint=fingerprint, progress=progress)
        self.asks = self.asks and ask(self.person, [entry])
        approve_entry(self.person, entry, rendered)


def _warn(house: House, entries: list[Entry]) -> None:
    """Say what would stop the entries when they are sent, beside the answer."""
    for warning in warnings(house, entries):
        voice.note(
            shown(
                say("Varning: {warning} Breven går inte ut härifrån förrän det är ordnat.", warning=warning)
            )
        )


def _show(waiting: list[Entry]) -> bool:
    """List what is to be approved; gives whether there is anything."""
    if not waiting:
        voice.line(say("Ingenting väntar på godkännande."))
    for entry in waiting:
        mark = "!" if entry.blocked else "·"
        when = f"{entry.moment.wall:%Y-%m-%d %H.%M}"
        voice.line(f"{mark} {when}  {entry.id}  {entry.fingerprint}  ({entry.recipients})")
        for reason in entry.blocked:
            voice.line(f"    {shown(reason)}")
    return bool(waiting)
