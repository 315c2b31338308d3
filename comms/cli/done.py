"""comms done: a person says that a post is published by hand, and where."""

from __future__ import annotations

import getpass
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from comms.app.by_hand import Marked, mark_published
from comms.app.digesting import network_or_channel
from comms.app.house import find_root, settings_alone
from comms.app.language import translate as _
from comms.app.planning import ledger
from comms.cli import voice
from comms.cli.options import json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, say
from comms.text.times import short_time


@click.command(help=_("Säg att posten ID är publicerad för hand, och var den ligger."))
@click.argument("identity", metavar="ID")
@click.option("--link", default="", metavar="URL", help=_("Postens adress på nätverket."))
@click.option("--by", default="", help=_("Vem som har publicerat den (står kvar i liggaren)."))
@workspace_option
@now_option
@json_option
def done(identity: str, link: str, by: str, folder: Path, now: str | None, *, as_json: bool) -> int:
    """Mark a post as published."""
    house = settings_alone(find_root(folder))  # what is out is out, whatever is wrong in the files by now
    with ledger(house) as store:
        marked = mark_published(
            house, store, identity, link=link, by=by or getpass.getuser(), now=now_in(house, now)
        )
    network = network_or_channel(house, marked.now.channel)
    if as_json:
        voice.as_json(_row(marked, network))
    else:
        _say(marked, network, house.zone)
    return int(ExitCode.DONE)


def _row(marked: Marked, network: str) -> dict[str, object]:
    """The shape is a contract: more keys are welcome, these stay."""
    at = marked.now.marked_at
    return {
        "id": marked.now.slot_id,
        "network": network,
        "published_at": at.isoformat() if at else None,
        "by": marked.now.marked_by,
        "link": marked.now.marked_link,
        "link_before": marked.before.marked_link,
        "changed": marked.changed,
    }


def _say(marked: Marked, network: str, zone: ZoneInfo) -> None:
    before, now = marked.before, marked.now
    if before.marked_at is None:
        voice.line(say("{id} är publicerad på {network}.", id=now.slot_id, network=network))
    else:
        when = short_time(before.marked_at.astimezone(zone))
        voice.line(
            say(
                "{id} var redan publicerad, {when} av {who}.", id=now.slot_id, when=when, who=before.marked_by
            )
        )
        if marked.changed and before.marked_link:
            voice.line(say("Länken var: {link}", link=before.marked_link))
    if now.marked_link:
        voice.line(say("Länk: {link}", link=now.marked_link))
    else:
        voice.line(say("Länken saknas. Lägg till den med: comms done {id} --link ADRESSEN", id=now.slot_id))
