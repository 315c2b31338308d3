"""comms plan, comms simulate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.looking import simulate as simulate_schedule
from comms.app.looking import what_would_happen
from comms.app.planning import HORIZON, facts_without_touching, find_entry, make_plan
from comms.app.wording import SLOT, WEEKDAYS
from comms.cli import voice
from comms.cli.options import day, house_at, json_option, now_in, now_option, workspace_option
from comms.errors import say
from comms.model.plan import EditionPlan, Entry, EntryKind, Plan, Skip

_OPEN = frozenset({"planned", "held"})


@click.command(help=_("Visa vad som går ut de närmaste sextio dagarna. Med ID: en sak i detalj."))
@click.argument("identity", metavar="[ID]", default="")
@click.option("--until", metavar=_("DATUM"), default="", help=_("Visa till och med denna dag."))
@workspace_option
@now_option
@json_option
def plan(identity: str, until: str, folder: Path, now: str | None, *, as_json: bool) -> None:
    """Show the plan."""
    house = house_at(folder)
    moment = now_in(house, now)
    facts = facts_without_touching(house)
    if identity:
        entry = find_entry(house, facts, identity, moment)
        if as_json:
            voice.as_json({"entries": [entry_row(entry)]})
        else:
            _detail(entry)
        return
    end = day(until, house.zone, end=True) if until else moment + HORIZON
    found = make_plan(house, facts, moment, end)
    if as_json:
        voice.as_json(plan_row(found))
        return
    _calendar(found)
    _next_step(found.entries)


@click.command(help=_("Kör schemat i minnet och visa varje tid. Ingenting sänds och ingenting skrivs."))
@click.option("--from", "since", metavar=_("DATUM"), required=True, help=_("Första dagen."))
@click.option("--until", metavar=_("DATUM"), required=True, help=_("Sista dagen."))
@workspace_option
@json_option
def simulate(since: str, until: str, folder: Path, *, as_json: bool) -> None:
    """Show what the schedule would do."""
    house = house_at(folder)
    found = simulate_schedule(house, day(since, house.zone), day(until, house.zone, end=True))
    if as_json:
        voice.as_json(plan_row(found))
        return
    for entry in found.entries:
        note = f"  ({shown(entry.moment.note)})" if entry.moment.note else ""
        voice.line(f"{_when(entry.moment.wall)}  {entry.id}: {shown(what_would_happen(entry))}{note}")
        for skip in entry.skips:
            voice.line(f"    – {skip.what}: {shown(skip.reason)}")
    _skips(found.skips)
    voice.line(say("{count} tider. Ingenting har sänts.", count=len(found.entries)))


def plan_row(found: Plan) -> dict[str, object]:
    """A plan for scripts."""
    return {
        "entries": [entry_row(entry) for entry in found.entries],
        "skips": [_skip_row(s) for s in found.skips],
    }


def entry_row(entry: Entry) -> dict[str, object]:
    """An entry for scripts: the shape is a contract, more keys are welcome."""
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "title": entry.title,
        "at": entry.moment.at.isoformat(),
        "local": f"{entry.moment.wall:%Y-%m-%dT%H:%M}",
        "note": shown(entry.moment.note) if entry.moment.note else "",
        "channel": entry.channel,
        "fingerprint": entry.fingerprint,
        "recipients": entry.recipients,
        "approved": entry.approved,
        "voided": entry.voided,
        "state": entry.state.value,
        "state_reason": entry.state_reason,
        "blocked": [shown(reason) for reason in entry.blocked],
        "waiting": [_skip_row(skip) for skip in entry.waiting],
        "skips": [_skip_row(skip) for skip in entry.skips],
        "editions": [_edition_row(edition) for edition in entry.editions],
    }


def _edition_row(edition: EditionPlan) -> dict[str, object]:
    return {
        "audience": edition.audience,
        "municipality": edition.municipality,
        "recipients": edition.recipients,
        "items": [{"id": pick.item, "why": shown(pick.why)} for pick in edition.picks],
        "skips": [_skip_row(skip) for skip in edition.skips],
    }


def _skip_row(skip: Skip) -> dict[str, str]:
    return {"what": skip.what, "reason": shown(skip.reason)}


def _when(wall: datetime) -> str:
    return f"{shown(WEEKDAYS[wall.weekday()])} {wall:%Y-%m-%d %H.%M}"


def standing(entry: Entry) -> str:
    """How an entry stands, in a word or two."""
    if entry.blocked:
        return _("blockerad")
    if entry.nothing_to_send and entry.state.value == "planned":
        return _("inget nytt att berätta")
    if entry.voided:
        return _("ändrad: godkänn på nytt")
    return shown(SLOT[entry.state])


def _calendar(found: Plan) -> None:
    week = (0, 0)
    for entry in found.entries:
        if entry.moment.wall.isocalendar()[:2] != week:
            week = entry.moment.wall.isocalendar()[:2]
            voice.line()
            voice.title(shown(say("Vecka {week}", week=week[1])))
        reach = (
            say("{editions} utgåvor, {count} mottagare", editions=len(entry.editions), count=entry.recipients)
            if entry.kind is EntryKind.ISSUE
            else say("post på {channel}", channel=entry.channel)
        )
        voice.line(f"  {_when(entry.moment.wall)}  {entry.title}")
        voice.line(f"      {entry.id}  ·  {shown(reach)}  ·  {standing(entry)}  ·  {entry.fingerprint}")
        _remarks(entry)
    voice.line()
    _skips(found.skips)


def _remarks(entry: Entry) -> None:
    if entry.moment.note:
        voice.line(f"      {shown(entry.moment.note)}")
    for reason in entry.blocked:
        voice.line(f"      ! {shown(reason)}")
    if entry.state_reason:
        voice.line(f"      ! {entry.state_reason}")
    for skip in (*entry.skips, *entry.waiting):
        voice.line(f"      – {skip.what}: {shown(skip.reason)}")


def _skips(skips: Sequence[Skip]) -> None:
    if skips:
        voice.title(_("Går inte ut"))
        for skip in skips:
            voice.line(f"  – {skip.what}: {shown(skip.reason)}")
        voice.line()


def _detail(entry: Entry) -> None:
    voice.title(f"{entry.title}  ({entry.id})")
    voice.line(f"{_when(entry.moment.wall)}  ·  {standing(entry)}  ·  {entry.channel}")
    voice.line(say("Fingeravtryck: {fingerprint}", fingerprint=entry.fingerprint))
    _remarks(entry)
    for edition in entry.editions:
        voice.line()
        name = f"{edition.audience} · {edition.municipality or shown(say('hela området'))}"
        voice.title(shown(say("{name}: {count} mottagare", name=name, count=edition.recipients)))
        for number, pick in enumerate(edition.picks, 1):
            voice.line(f"  {number}. {pick.item}: {shown(pick.why)}")
        for skip in edition.skips:
            voice.line(f"     – {skip.what}: {shown(skip.reason)}")
    voice.line()
    _next_step([entry])


def _next_step(entries: Sequence[Entry]) -> None:
    first = next(
        (e for e in entries if not (e.approved or e.blocked or e.nothing_to_send) and e.state.value in _OPEN),
        None,
    )
    if first is not None:
        voice.line(
            say(
                "Nästa steg: comms preview {id}, sedan comms approve {id} --plan {fp}",
                id=first.id,
                fp=first.fingerprint,
            )
        )
