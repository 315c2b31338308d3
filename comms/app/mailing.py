"""Mailing what somebody waits for at the public pages, within seconds; the run does it too, more seldom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from comms.app.clock import utc_now
from comms.app.house import settings_alone
from comms.app.inviting import mail_tickets, waiting
from comms.app.office import Ledger
from comms.app.telling import way_to_the_officer
from comms.channels.base import Passing
from comms.channels.registry import open_channel

_REST = timedelta(seconds=20)
"""How long nothing is tried after a time when none could go: it is not their turn, or the relay is down."""


def mailer(root: Path, store: Ledger, clock: Callable[[], datetime] = utc_now) -> Callable[[], None]:
    """What to call now and then: it looks whether anybody waits, and only then reads settings and connects.

    It raises `ConfigError` when comms.yaml cannot be used, `StoreError` when the database fails. A mail that
    is refused for now waits, in the memory of this caller.
    """
    not_before: dict[str, datetime] = {}
    rested = clock()

    def mail() -> None:
        nonlocal rested
        now = clock()
        if now < rested or not waiting(store):
            return
        house = settings_alone(root)
        slug = way_to_the_officer(house)
        if not slug:
            return
        channel = open_channel(
            house.settings.channels[slug], out=house.out.as_posix(), memory=Passing(), now=clock
        )
        try:
            if not mail_tickets(house, store, {slug: channel}, now, not_before=not_before):
                rested = now + _REST
        finally:
            channel.close()

    return mail
