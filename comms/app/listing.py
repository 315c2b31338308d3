"""`comms subscribers list`: who subscribes to what and who has ended it, read as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comms.errors import Text, say
from comms.model.subscriber import Subscriber, SubscriptionState, Ticket
from comms.store import Store


class Shown(StrEnum):
    """How a person stands, as it is listed."""

    CONFIRMED = "confirmed"
    PAUSED = "paused"
    PENDING = "pending"
    ENDED = "ended"


STATE: dict[Shown, Text] = {
    Shown.CONFIRMED: say("prenumererar"),
    Shown.PAUSED: say("pausad"),
    Shown.PENDING: say("har inte bekräftat"),
    Shown.ENDED: say("avslutad"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A line: a person in one state, with the newsletters that are in it. `since`: the first of them."""

    address: str
    state: Shown
    newsletters: tuple[str, ...]
    audience: str
    municipality: str
    focus: tuple[str, ...]
    since: datetime
    paused_until: datetime | None = None
    source: str = ""


def listed(
    store: Store, now: datetime, *, newsletter: str = "", state: Shown | None = None
) -> Iterator[Listed]:
    """Everybody, of one newsletter or in one state if so asked; who has some and has ended some is two lines.

    Streams: the ledger is read a page at a time.
    """
    if state is not Shown.PENDING:
        for one in store.subscribers.all():
            for line in _lines(one, newsletter, now):
                if state in (None, line.state):
                    yield line
    if state in (None, Shown.PENDING):
        for ticket in store.rolls.pending(now):
            if newsletter in ("", *ticket.choices.newsletters):
                yield _pending(ticket)


def _lines(one: Subscriber, newsletter: str, now: datetime) -> Iterator[Listed]:
    is_paused = one.paused_until is not None and one.paused_until > now
    for stands, shown in (
        (SubscriptionState.CONFIRMED, Shown.PAUSED if is_paused else Shown.CONFIRMED),
        (SubscriptionState.ENDED, Shown.ENDED),
    ):
        owned = [it for it in one.subscriptions if it.state is stands and newsletter in ("", it.newsletter)]
        if owned:
            yield Listed(
                one.address,
                shown,
                tuple(it.newsletter for it in owned),
                one.audience,
                one.municipality,
                one.focus,
                min(it.since for it in owned),
                one.paused_until if shown is Shown.PAUSED else None,
                one.source,
            )


def _pending(ticket: Ticket) -> Listed:
    choices = ticket.choices
    return Listed(
        ticket.address,
        Shown.PENDING,
        choices.newsletters,
        choices.audience,
        choices.municipality,
        choices.focus,
        ticket.asked_at,
        source=ticket.source,
    )
