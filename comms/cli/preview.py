"""comms preview, comms proof."""

from __future__ import annotations

import webbrowser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shutil import get_terminal_size

import click

from comms.app.house import House
from comms.app.indexing import Counts, write_index
from comms.app.language import in_colour
from comms.app.language import translate as _
from comms.app.planning import HORIZON, facts_without_touching, find_entry, ledger, make_plan
from comms.app.previewing import Preview, edition_folder, preview_swapped
from comms.app.previewing import preview as preview_entries
from comms.app.previewing_posts import show_post
from comms.app.proofing import proof as send_proof
from comms.cli import voice
from comms.cli.options import day, house_at, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, Problem, Severity, UsageError, say
from comms.model.plan import Entry, EntryKind

_WIDTH = 100
"""Columns where no terminal says how many it has."""


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
@click.option("--open", "show", is_flag=True, help=_("Öppna sidan i webbläsaren."))
@click.option("--text", "as_text", is_flag=True, help=_("Visa poster här i terminalen. Inget skrivs."))
@workspace_option
@now_option
@json_option
def preview(
    identity: str,
    until: str,
    out: Path | None,
    folder: Path,
    now: str | None,
    *,
    swap: bool,
    show: bool,
    as_text: bool,
    as_json: bool,
) -> int:
    """Write a preview, or show posts in the terminal."""
    house = house_at(folder)
    moment = now_in(house, now)
    facts = facts_without_touching(house)
    if identity:
        entries, end = [find_entry(house, facts, identity, moment)], None
    else:
        end = day(until, house.zone, end=True) if until else moment + HORIZON
        entries = list(make_plan(house, facts, moment, end).entries)
    if as_text or as_json:
        return _show_posts(house, entries, identity, as_json=as_json)
    for entry in entries:
        for reason in entry.blocked:
            voice.line(say("{id} visas inte: {reason}", id=entry.id, reason=reason))
    target = out or house.out
    with voice.progress(_("Renderar")) as progress:
        made = preview_entries(house, entries, target, moment, until=end, progress=progress)
    shown = [one.entry for one in made.entries]
    index = write_index(house, made, _counts(house, [entry.id for entry in shown]), target, moment)
    problems = list(dict.fromkeys(problem for one in made.entries for problem in one.problems))
    _tell(house, made, problems, index)
    if swap:
        page = preview_swapped(house, shown, target, moment)
        voice.line(say("Tänk tvärtom: {page}. Sidan sänds aldrig.", page=page))
    if show and not webbrowser.open(index.resolve().as_uri()):
        voice.note(_("Ingen webbläsare gick att starta. Öppna filen själv."))
    failed = len(shown) < len(entries) or any(p.severity is Severity.ERROR for p in problems)
    return int(ExitCode.PROBLEMS if failed else ExitCode.DONE)


def _show_posts(house: House, entries: Sequence[Entry], identity: str, *, as_json: bool) -> int:
    """Show posts as their networks do, blocked ones too: it is they that somebody has to mend."""
    from comms.cli.posts import post_row, post_text  # noqa: PLC0415 - rich is heavy, and few show posts so

    if identity and entries[0].kind is not EntryKind.POST:
        raise UsageError(say("{id} är ett brev. Bara poster visas i terminalen.", id=identity))
    posts = [show_post(house, entry) for entry in entries if entry.kind is EntryKind.POST]
    if as_json:
        voice.as_json({"posts": [post_row(post.view, post.blocked) for post in posts]})
    width, colours = get_terminal_size((_WIDTH, 0)).columns, voice.watched() and in_colour()
    for number, post in enumerate(() if as_json else posts):
        if number:
            voice.line(f"\n{'─' * width}\n")
        voice.line(post_text(post.view, width=width, blocked=post.blocked, in_colour=colours))
    failed = any(post.blocked for post in posts)
    return int(ExitCode.PROBLEMS if failed else ExitCode.DONE)


def _tell(house: House, made: Preview, problems: list[Problem], index: Path) -> None:
    """Say what was found, what has changed, how much there is and where to look."""
    for problem in problems:
        voice.problem(problem)
    if problems:
        count = Counter(problem.severity for problem in problems)
        voice.line(
            say(
                "Fel: {errors}. Varningar: {warnings}. Notiser: {notices}.",
                errors=count[Severity.ERROR],
                warnings=count[Severity.WARNING],
                notices=count[Severity.NOTICE],
            )
        )
    since = made.since.summary(house.zone)
    if since:
        voice.line(since)
    voice.line(
        say(
            "Utgåvor: {editions}. Poster: {posts}. Öppna: {index}",
            editions=sum(len(one.folders) for one in made.entries),
            posts=sum(one.rendered.post is not None for one in made.entries),
            index=index,
        )
    )


def _counts(house: House, entries: list[str]) -> Counts:
    if not house.has_ledger:
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
    facts = facts_without_touching(house)
    entry = find_entry(house, facts, identity, moment)
    names = [edition_folder(*planned.key) for planned in entry.editions]
    chosen = edition or next(iter(names), "")
    for address, receipt in send_proof(house, entry, to, edition, moment, suppressed=facts.suppressed):
        voice.line(
            say(
                "Provbrev av utgåvan {edition} sänt till {address}: {receipt}",
                edition=chosen,
                address=address,
                receipt=receipt,
            )
        )
    others = ", ".join(name for name in names if name != chosen)
    if others:
        voice.line(say("Andra utgåvor väljer du med --edition: {names}", names=others))
