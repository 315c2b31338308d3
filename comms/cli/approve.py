"""comms approve."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from comms.app.approving import approve as approve_entry
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import find_entry, ledger, make_plan
from comms.cli import voice
from comms.cli.options import by_option, day, house_at, now_in, now_option, workspace_option
from comms.errors import CommsError, ExitCode, UsageError, say
from comms.model.ledger import SlotState
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
    person = by or getpass.getuser()
    with ledger(house) as store:
        if identity:
            entry = find_entry(house, store.facts(), identity, moment)
            with voice.progress(_("Renderar")) as progress:
                approve_entry(
                    house, store, entry, fingerprint=fingerprint, by=person, now=moment, progress=progress
                )
            voice.line(
                say(
                    "Godkänd: {id}. Går ut {when}.",
                    id=entry.id,
                    when=f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}",
                )
            )
            return int(ExitCode.DONE)
        end = day(until, house.zone, end=True)
        entries = make_plan(house, store.facts(), moment, end).entries
        waiting = [
            e
            for e in entries
            if not (e.approved or e.nothing_to_send)
            and e.state in {SlotState.PLANNED, SlotState.HELD, SlotState.APPROVED}
        ]
        ready = [entry for entry in waiting if not entry.blocked]
        if not _show(waiting) or not (yes or voice.confirm(say("Godkänna {count}?", count=len(ready)))):
            return int(ExitCode.DONE)
        refused = 0
        for entry in ready:
            try:
                approve_entry(house, store, entry, fingerprint=entry.fingerprint, by=person, now=moment)
            except CommsError as found:
                refused += 1
                voice.complain(found)
            else:
                voice.line(say("Godkänd: {id}", id=entry.id))
        return int(ExitCode.PROBLEMS if refused or len(ready) < len(waiting) else ExitCode.DONE)


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
