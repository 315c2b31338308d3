"""comms archive."""

from __future__ import annotations

from pathlib import Path

import click

from comms.app.archiving import Archived
from comms.app.archiving import archive as write_archive
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.publishing import FOLDER
from comms.cli import voice
from comms.cli.options import house_at, json_option, now_in, now_option, workspace_option
from comms.cli.report import say_archive_faults
from comms.errors import ExitCode, say


@click.command(
    help=_(
        "Skriv allt som har sänts som en webbplats: sidor, flöden, kalender och material att sprida vidare. "
        "Bara det som har ändrats skrivs, och det som är tillbakadraget tas bort."
    )
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help=_("Mapp att skriva i (annars webb i mappen out)."),
)
@json_option
@workspace_option
@now_option
def archive(out: Path | None, folder: Path, now: str | None, *, as_json: bool) -> int:
    """Write the archive."""
    house = house_at(folder)
    target = out or house.out / FOLDER
    with ledger(house) as store, voice.progress(_("Skriver arkivet")) as progress:
        made = write_archive(house, store, target, now_in(house, now), progress=progress)
    if as_json:
        voice.as_json(_as_json(made, target))
    else:
        _show(made, target, house.settings.base_url)
    return int(ExitCode.DONE if made.is_whole else ExitCode.PROBLEMS)


def _show(made: Archived, target: Path, base_url: str) -> None:
    """Say what there is, what is not as it should be, and what to do next."""
    written = made.written
    voice.line(
        say(
            "Brev: {issues}. Nyheter: {items}. Sidor: {pages}. Flöden: {feeds}. Spridningspaket: {kits}.",
            issues=made.issues,
            items=made.items,
            pages=made.pages,
            feeds=made.feeds,
            kits=made.kits,
        )
    )
    voice.line(
        say(
            "Filer: {files}. Nya: {new}. Ändrade: {changed}. Borttagna: {removed}.",
            files=written.files,
            new=written.new,
            changed=written.changed,
            removed=written.removed,
        )
    )
    say_archive_faults(made)
    if not made.issues:
        voice.line(say("Inget brev har gått ut än. Startsidan säger det, och fylls när det första går."))
    voice.line(say("Öppna: {page}", page=target / "index.html"))
    voice.line(say("Låt webbservern visa mappen {folder} på {url}", folder=target, url=base_url))


def _as_json(made: Archived, target: Path) -> dict[str, object]:
    written = made.written
    return {
        "folder": str(target),
        "issues": made.issues,
        "items": made.items,
        "pages": made.pages,
        "feeds": made.feeds,
        "kits": made.kits,
        "files": written.files,
        "new": written.new,
        "changed": written.changed,
        "removed": written.removed,
        "left": list(written.left),
        "missing": list(made.missing),
        "unreadable": list(made.unreadable),
    }
