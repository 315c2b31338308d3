"""comms status, comms who, comms doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from comms.app.by_hand import standing, told
from comms.app.doctoring import Finding, Outside, examine
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.looking import Status, Who, pace, to_do
from comms.app.looking import status as status_of
from comms.app.looking import who as who_got
from comms.app.outgoing import message_id
from comms.app.remembering import new_key
from comms.app.resolving import resolver
from comms.app.wording import DELIVERY, SLOT, counted, fenced
from comms.cli import voice
from comms.cli.options import house_at, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import Entry
from comms.model.settings import Settings

_MARKS = {Finding.WELL: ("✓", "green"), Finding.ADVICE: ("·", "blue"), Finding.FAULT: ("✗", "red")}
_BEGUN = {SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE, SlotState.CANCELLED, SlotState.SKIPPED}
_FAILED = {DeliveryState.REJECTED, DeliveryState.UNKNOWN, DeliveryState.HELD}


@click.command(help=_("Visa läget: vad som gått ut, vad som väntar, vad som hålls kvar och varför."))
@workspace_option
@now_option
@json_option
def status(folder: Path, now: str | None, *, as_json: bool) -> None:
    """Show how things stand."""
    house = house_at(folder)
    found = status_of(house, now_in(house, now))
    if as_json:
        voice.as_json(
            {
                "slots": _slot_rows(found),
                "upcoming": [
                    {"id": entry.id, "at": entry.moment.at.isoformat(), "approved": entry.approved}
                    for entry in found.upcoming
                ],
                "last_run_at": found.last_run_at.isoformat() if found.last_run_at else None,
                "unsent_notices": found.unsent_notices,
                "fence": found.fence,
                **_work_row(found),
            }
        )
        return
    if found.fence:
        voice.line(fenced(found.fence))
    voice.title(_("I liggaren"))
    voice.table(
        [
            (
                slot.id,
                shown(standing(slot, found.by_hand.get(slot.id), house.zone)),
                _counts(counts),
                slot.reason,
            )
            for slot, counts in found.slots
        ]
        or [("–", "", "", "")]
    )
    _say_to_do(found)
    _say_work(found, house.zone)
    voice.title(_("De närmaste två veckorna"))
    voice.table(
        [
            (
                f"{e.moment.wall:%Y-%m-%d %H.%M}",
                e.id,
                _coming(e),
            )
            for e in found.upcoming
        ]
        or [("–", "", "")]
    )
    if found.last_run_at:
        voice.line(say("Senaste körning: {when}", when=voice.moment(found.last_run_at, house.zone)))
    if found.unsent_notices:
        voice.line(
            say("{count} meddelanden till kommunikatören väntar på att sändas.", count=found.unsent_notices)
        )


def _coming(entry: Entry) -> str:
    """Where something stands whose time has not come; what has begun ahead of it too."""
    if entry.state in _BEGUN:
        return shown(SLOT[entry.state])
    return _("godkänd") if entry.approved else _("väntar på godkännande")


def _slot_rows(found: Status) -> list[dict[str, object]]:
    return [
        {
            "id": slot.id,
            "state": slot.state.value,
            "reason": slot.reason,
            "deliveries": {s.value: n for s, n in counts.items()},
            **told(found.by_hand.get(slot.id)),
        }
        for slot, counts in found.slots
    ]


def _say_to_do(found: Status) -> None:
    rows = [(slot.id, shown(act)) for slot, counts in found.slots for act in to_do(slot, counts)]
    off = {slot.id for slot, _counts in found.slots if slot.state is SlotState.CANCELLED}
    rows += [
        (post.slot_id, shown(say("publicera, sedan: comms done {id} --link ADRESSEN", id=post.slot_id)))
        for post in found.by_hand.values()
        if post.marked_at is None and post.slot_id not in off
    ]
    if rows:
        voice.title(_("Väntar på er"))
        voice.table(rows)


def _say_work(found: Status, zone: ZoneInfo) -> None:
    """Who sends just now, what waits in the queue, which channels rest."""
    if found.workers:
        voice.title(_("Sänder just nu"))
        voice.table(
            [
                (
                    *one.owner.split(":")[:2],
                    shown(say("sedan {when}", when=f"{one.started_at.astimezone(zone):%H.%M}")),
                    shown(say("{count} påbörjade", count=one.intents)),
                    f"{pace(one):.1f}/s",
                )
                for one in found.workers
            ]
        )
    if found.queue:
        voice.line(
            say(
                "Kön: {waiting} väntar, {doing} pågår, {workers} arbetare.",
                waiting=found.queue.waiting,
                doing=found.queue.doing,
                workers=found.queue.workers,
            )
        )
    for rest in found.resting:
        voice.line(
            say(
                "Kanalen {channel} har stannat och vilar till {when}: {why}",
                channel=rest.channel,
                when=f"{rest.until.astimezone(zone):%H.%M.%S}",
                why=rest.reason,
            )
        )


def _work_row(found: Status) -> dict[str, object]:
    return {
        "workers": [
            {
                "owner": one.owner,
                "started_at": one.started_at.isoformat(),
                "seen_at": one.seen_at.isoformat(),
                "intents": one.intents,
            }
            for one in found.workers
        ],
        "resting": [
            {"channel": rest.channel, "until": rest.until.isoformat(), "reason": rest.reason}
            for rest in found.resting
        ],
        "queue": asdict(found.queue) if found.queue else None,
    }


@click.command(help=_("Visa vem som fått ID, vem som inte fått det, och varför."))
@click.argument("identity", metavar="ID")
@workspace_option
@json_option
def who(identity: str, folder: Path, *, as_json: bool) -> int:
    """Show an entry's deliveries."""
    house = house_at(folder)
    found = who_got(house, identity)
    failed = any(state in _FAILED for state in found.states)
    if as_json:
        voice.as_json(_who_row(found, house.settings))
    else:
        state = shown(standing(found.slot, found.by_hand, house.zone))
        voice.title(f"{found.slot.title}  ({found.slot.id}, {state})")
        voice.table(
            [
                (row.recipient, shown(DELIVERY[row.state]), row.reason or row.receipt)
                for row in found.deliveries
            ]
            or [("–", "", "")]
        )
        if found.by_hand and found.by_hand.marked_link:
            voice.line(found.by_hand.marked_link)
        voice.line(_counts(found.states))
    return int(ExitCode.DELIVERIES if failed else ExitCode.DONE)


def _who_row(found: Who, settings: Settings) -> dict[str, object]:
    """The shape is a contract: more keys are welcome, these stay."""
    return {
        "id": found.slot.id,
        "state": found.slot.state.value,
        "states": {state.value: count for state, count in found.states.items()},
        "deliveries": [
            {
                "recipient": row.recipient,
                "state": row.state.value,
                "reason": row.reason,
                "at": row.updated_at.isoformat(),
                "message_id": message_id(settings, row),
                "attempts": row.attempt,
                "receipt": row.receipt,
            }
            for row in found.deliveries
        ],
        **told(found.by_hand),
    }


def _counts(counts: dict[DeliveryState, int]) -> str:
    return ", ".join(f"{shown(word)} {count}" for word, count in counted(counts))


@click.command(help=_("Undersök om datorn och arbetsytan är redo. Ingenting sänds."))
@workspace_option
@now_option
@click.option(
    "--new-key",
    "key",
    is_flag=True,
    help=_("Skriv ut en ny nyckel för COMMS_MEMORY__KEYS eller COMMS_WEB__KEYS, och inget mer."),
)
@click.option(
    "--offline", is_flag=True, help=_("Fråga ingen annan: inte DNS, inte brevlådor, inte de publika sidorna.")
)
def doctor(folder: Path, now: str | None, *, key: bool, offline: bool) -> int:
    """Examine machine and workspace."""
    if key:
        voice.line(new_key())
        return int(ExitCode.DONE)
    house = house_at(folder)
    found = examine(house, now_in(house, now), None if offline else Outside(resolver()))
    for one in found:
        mark, colour = _MARKS[one.finding]
        voice.line(f"{click.style(mark, fg=colour)} {shown(one.what)}")
    return int(
        ExitCode.CONFIGURATION if any(one.finding is Finding.FAULT for one in found) else ExitCode.DONE
    )
