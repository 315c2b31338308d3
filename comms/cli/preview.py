"""comms preview, comms proof."""

from __future__ import annotations

from pathlib import Path

import click

from comms.app.house import House
from comms.app.indexing import Counts, write_index
from comms.app.language import translate as _
from comms.app.planning import HORIZON, facts_without_touching, find_entry, ledger, make_plan
from comms.app.previewing import preview as preview_entries
from comms.app.previewing import preview_swapped
from comms.app.proofing import proof as send_proof
from comms.cli import voice
from comms.cli.options import day, house_at, now_in, now_option, workspace_option
from comms.errors import ExitCode, Severity, say


@click.command(
    help=_("Skriv alla brev och poster som filer, med en sida som leder till dem. Med ID: bara det.")
)
@click.argument("identity", metavar="[ID]", default="")
@click.option("--until", metavar=_("DATUM"), default="", help=_("Till och med denna dag (annars 60 dagar)."))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None, help=_("Mapp att skriva i.")
)
@click.option(
    "--swap", is_flag=True, help=_("Gör också en sida där han är hon och hon är han: tänk tvärtom.")
)
@workspace_option
@now_option
def preview(identity: str, until: str, out: Path | None, folder: Path, now: str | None, *, swap: bool) -> int:
    """Write a preview."""
    house = house_at(folder)
    moment = now_in(house, now)
    facts = facts_without_touching(house)
    if identity:
        entries = [find_entry(house, facts, identity, moment)]
    else:
        end = day(until, house.zone, end=True) if until else moment + HORIZON
        entries = list(make_plan(house, facts, moment, end).entries)
    whole = [entry for entry in entries if not entry.blocked]
    for entry in entries:
        for reason in entry.blocked:
            voice.line(say("{id} visas inte: {reason}", id=entry.id, reason=reason))
    target = out or house.out
    with voice.progress(_("Renderar")) as progress:
        shown = preview_entries(house, whole, target, moment, progress)
    index = write_index(house, shown, _counts(house, [entry.id for entry in whole]), target, moment)
    problems = [problem for one in shown for problem in one.problems]
    for problem in problems:
        voice.problem(problem)
    editions = sum(len(one.folders) for one in shown)
    posts = sum(one.rendered.post is not None for one in shown)
    voice.line(
        say(
            "Utgåvor: {editions}. Poster: {posts}. Öppna: {index}",
            editions=editions,
            posts=posts,
            index=index,
        )
    )
    if swap:
        page = preview_swapped(house, whole, target, moment)
        voice.line(say("Tänk tvärtom: {page}. Sidan sänds aldrig.", page=page))
    failed = len(whole) < len(entries) or any(p.severity is Severity.ERROR for p in problems)
    return int(ExitCode.PROBLEMS if failed else ExitCode.DONE)


def _counts(house: House, entries: list[str]) -> Counts:
    file = house.database_file
    if file is not None and not file.exists():
        return {}
    with ledger(house) as store:
        return {identity: store.counts(identity) for identity in entries}


@click.command(help=_("Sänd ett provbrev av ID till kollegor. Det räknas aldrig som sänt."))
@click.argument("identity", metavar="ID")
@click.option("--to", multiple=True, required=True, help=_("Adress; kan anges flera gånger, högst tio."))
@click.option("--edition", default="", help=_("Utgåva som business-offices-arvika (annars den första)."))
@workspace_option
@now_option
def proof(identity: str, to: tuple[str, ...], edition: str, folder: Path, now: str | None) -> None:
    """Send a proof."""
    house = house_at(folder)
    moment = now_in(house, now)
    entry = find_entry(house, facts_without_touching(house), identity, moment)
    for receipt in send_proof(house, entry, to, edition, moment):
        voice.line(say("Provbrev sänt: {receipt}", receipt=receipt))
