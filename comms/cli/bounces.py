"""comms bounces read, list, quarantine."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import click

from comms.app.bounced import Came, came_back
from comms.app.bouncing import Fate, ReturnReport, read_all_returns
from comms.app.house import find_root, settings_alone
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.app.quarantining import Kept, drop, unreadable
from comms.cli import voice
from comms.cli.options import day, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, Text, say

_LOOK_BACK = timedelta(days=90)
_PAGE = 500

_FATES: dict[Fate, Text] = {
    Fate.DEAD: say("adresser som inte finns: får inga fler brev"),
    Fate.ENDED: say("brevlådor som länge inte tagit emot: får inga fler brev"),
    Fate.COMPLAINT: say("anmälda som skräppost: får inga fler brev"),
    Fate.TROUBLE: say("brevlådor som inte tog emot nu: noterade"),
    Fate.OURS: say("avvisade för vår skull: noterade"),
    Fate.DELIVERED: say("framme"),
    Fate.DELAY: say("försenade, ännu på väg"),
    Fate.AUTOMATIC: say("automatiska svar"),
    Fate.KNOWN: say("lästa förut"),
    Fate.LATE: say("kom mer än 30 dagar efter brevet: räknas inte"),
    Fate.GONE: say("gäller brev som inte finns i liggaren längre"),
    Fate.UNPROVED: say("går inte att knyta säkert till ett brev: ändrar inget"),
    Fate.FORGED: say("förfalskade, eller inte från en e-postserver: ändrar inget"),
    Fate.UNREADABLE: say("går inte att förstå: ligger i karantän"),
}


@click.group(help=_("Studsarna: läs dem, visa vad som kommit tillbaka, och det ingen förstår."))
def bounces() -> None:
    """Hold the commands about returned mail together."""


@bounces.command("read", help=_("Läs brevlådan för studsar nu, till slutet. Körningen gör det annars själv."))
@json_option
@workspace_option
@now_option
def read_command(folder: Path, now: str | None, *, as_json: bool) -> int:
    """Read the mailbox, and do what it says."""
    house = settings_alone(find_root(folder))
    with ledger(house) as store:
        report = read_all_returns(house, store, now_in(house, now))
    if as_json:
        voice.as_json({**_all_counts(report), "stopped": list(report.stopped), "why": str(report.why or "")})
    else:
        _say_report(report)
    return int(ExitCode.DELIVERIES if report.why or report.stopped else ExitCode.DONE)


def _all_counts(report: ReturnReport) -> dict[str, object]:
    return {
        "letters": report.letters,
        **{fate.value: report.fates.get(fate, 0) for fate in Fate},
        "held": report.held,
    }


def _say_report(report: ReturnReport) -> None:
    voice.line(say("Lästa brev: {count}", count=report.letters))
    rows = [(f"{report.fates[fate]}", shown(what)) for fate, what in _FATES.items() if report.fates.get(fate)]
    if rows:
        voice.table(rows)
    if report.held:
        voice.line(
            say("{count} brev hålls kvar, för att domänen inte tar emot våra brev.", count=report.held)
        )
    for slot_id, reason in report.stopped.items():
        voice.line(say("{id} är pausad: {reason}", id=slot_id, reason=reason))
    if report.why is not None:
        voice.note(shown(report.why))


@bounces.command("list", help=_("Visa vad som kommit tillbaka, varför, och vad som gjordes."))
@click.option(
    "--from",
    "since",
    default="",
    metavar=_("DATUM"),
    help=_("Från och med den dagen, till exempel 2026-11-01. Annars de senaste 90 dagarna."),
)
@json_option
@workspace_option
@now_option
def list_command(since: str, folder: Path, now: str | None, *, as_json: bool) -> int:
    """Show who has come back."""
    house = settings_alone(find_root(folder))
    begin = day(since, house.zone) if since else now_in(house, now) - _LOOK_BACK
    with ledger(house) as store:
        rows = came_back(store, begin)
        if as_json:
            voice.as_json([_row(one) for one in rows])
            return int(ExitCode.DONE)
        counts: Counter[str] = Counter()
        while page := list(islice(rows, _PAGE)):
            counts.update(shown(one.kind) for one in page)
            voice.table([_cells(one, one.happened_at.astimezone(house.zone)) for one in page])
    for kind, count in counts.items():
        voice.line(f"{kind}: {count}")
    if not counts:
        voice.line(say("Ingenting har kommit tillbaka."))
    return int(ExitCode.DONE)


def _cells(one: Came, at: datetime) -> tuple[str, ...]:
    return (f"{at:%Y-%m-%d}", one.who, shown(one.kind), shown(one.done), one.slot_id, one.words)


def _row(one: Came) -> dict[str, object]:
    return {
        "happened_at": one.happened_at.isoformat(timespec="seconds"),
        "who": one.who,
        "municipality": one.municipality,
        "kind": one.event.value,
        "reason": one.slug,
        "words": one.words,
        "issue": one.slot_id,
        "suppressed": one.is_suppressed,
    }


@bounces.command("quarantine", help=_("Visa breven som ingen förstod. De ligger som filer bredvid liggaren."))
@click.option("--drop", "throw", is_flag=True, help=_("Släng dem."))
@json_option
@workspace_option
def quarantine_command(folder: Path, *, throw: bool, as_json: bool) -> int:
    """Show, or throw away, what nobody could read."""
    house = settings_alone(find_root(folder))
    if throw:
        count = drop(house)
        if as_json:
            voice.as_json({"dropped": count})
        else:
            voice.line(say("Slängda: {count}", count=count))
        return int(ExitCode.DONE)
    kept = unreadable(house)
    if as_json:
        voice.as_json([_file(one) for one in kept])
    elif kept:
        voice.table(
            [
                (f"{one.kept_at.astimezone(house.zone):%Y-%m-%d}", one.path.name, one.sender, one.subject)
                for one in kept
            ]
        )
        voice.line(say("{count} brev i {folder}", count=len(kept), folder=kept[0].path.parent))
    else:
        voice.line(say("Karantänen är tom."))
    return int(ExitCode.DONE)


def _file(one: Kept) -> dict[str, object]:
    return {
        "file": str(one.path),
        "kept_at": one.kept_at.isoformat(timespec="seconds"),
        "bytes": one.size,
        "from": one.sender,
        "subject": one.subject,
    }
