"""Choosing: what a person's own word by a mailed link makes of their subscriptions, noes and evidence.

A mailed link proves the mailbox, so it takes back what the person has said themselves and what letters that
did not arrive have said, and never what the office or a complaint has said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from comms.errors import say
from comms.model.subscriber import (
    ALL_NEWSLETTERS,
    OWN_NOES,
    PROVABLE_NOES,
    Choices,
    Consent,
    ConsentKind,
    No,
    NoKind,
    Subscriber,
    Ticket,
)
from comms.store import subscribers, suppressions
from comms.store.schema import subscribers as people
from comms.store.schema import subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and where. `keys`: the address key first, then those by which the erased are known.

    `shown`: the newsletters that the person can choose between, in their order; `every`: all there are.
    `mailed_at`: when the letter went whose link was used: it arrived, whatever came back before.
    """

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    every: tuple[str, ...]
    source: str
    network: str
    mailed_at: datetime | None = None

    @property
    def key(self) -> str:
        """What the address is compared by."""
        return self.keys[0]

    def takes_back(self, no: No) -> bool:
        """Whether the person's yes, by a mailed link, takes back a no."""
        disproved = self.mailed_at is not None and no.created_at < self.mailed_at
        return no.kind in PROVABLE_NOES and (no.kind in OWN_NOES or disproved)


def refused(connection: Connection, voice: Voice, newsletters: Collection[str]) -> set[str]:
    """Those of some newsletters that were said no to by what the person cannot take back."""
    stands = suppressions.noes(connection, voice.keys)
    foreign = {no.newsletter for no in stands if not voice.takes_back(no)}
    return set(newsletters) if ALL_NEWSLETTERS in foreign else foreign & set(newsletters)


def grantable(connection: Connection, ticket: Ticket, voice: Voice) -> tuple[str, ...]:
    """What a yes to a ticket can still give: newsletters that are open, and not refused by somebody else."""
    no = refused(connection, voice, ticket.choices.newsletters)
    return tuple(slug for slug in ticket.choices.newsletters if slug in voice.shown and slug not in no)


def add(
    connection: Connection, ticket: Ticket, newsletters: Sequence[str], voice: Voice, now: datetime
) -> None:
    """A yes to a ticket: its newsletters come to what the person has; all other choices are the ticket's."""
    before = locked(connection, voice.key)
    wanted = {*newsletters, *(before.newsletters if before else ())}
    choices = replace(ticket.choices, newsletters=_in_order(wanted, voice.every))
    subscribers.put(
        connection,
        address=ticket.address,
        key=voice.key,
        choices=choices,
        paused_until=None,
        source=ticket.source,
        ended="",
        now=now,
    )
    take_back(connection, voice, newsletters, now)
    said = Consent(ConsentKind.CONFIRMED, choices, now, voice.source, ticket.text, voice.network)
    subscribers.witness(connection, voice.key, said)


def change(connection: Connection, before: Subscriber, after: Choices, voice: Voice, now: datetime) -> None:
    """A person's own choices as they shall stand; what they left out gets their own no. Same is nothing."""
    added = [slug for slug in after.newsletters if slug not in before.newsletters]
    no = refused(connection, voice, added)
    choices = replace(after, newsletters=_in_order(set(after.newsletters) - no, voice.every))
    left = [slug for slug in before.newsletters if slug not in choices.newsletters]
    if _alike(before.choices, choices):
        return
    reason = str(say("Avslutade själv ({source})", source=voice.source))
    subscribers.put(
        connection,
        address=before.address,
        key=voice.key,
        choices=choices,
        # A pause is of what one has: who ends all, or comes back, begins without.
        paused_until=before.paused_until if before.newsletters and choices.newsletters else None,
        source=before.source,
        ended=reason,
        now=now,
    )
    for slug in left if choices.newsletters else (ALL_NEWSLETTERS, *left):
        suppressions.suppress(connection, voice.key, reason, now, newsletter=slug, kind=NoKind.OWN)
    if added:
        take_back(connection, voice, choices.newsletters, now)
    kind = ConsentKind.CHANGED if choices.newsletters else ConsentKind.ENDED
    subscribers.witness(
        connection, voice.key, Consent(kind, choices, now, voice.source, network=voice.network)
    )


def pause(
    connection: Connection, before: Subscriber, until: datetime | None, voice: Voice, now: datetime
) -> None:
    """Let a person have nothing until a time, or (None) letters again. Who is paused already stays so."""
    is_paused = before.paused_until is not None and before.paused_until > now
    if is_paused == (until is not None):
        return
    subscribers.put(
        connection,
        address=before.address,
        key=voice.key,
        choices=before.choices,
        paused_until=until,
        source=before.source,
        ended="",
        now=now,
    )
    kind = ConsentKind.RESUMED if until is None else ConsentKind.PAUSED
    said = Consent(kind, before.choices, now, voice.source, network=voice.network)
    subscribers.witness(connection, voice.key, said)


def take_back(connection: Connection, voice: Voice, chosen: Collection[str], now: datetime) -> None:
    """Lift a person's own noes to what they choose now; to all else they go on saying no.

    A no to everything becomes one to each newsletter that was not chosen: the address may stand in
    audiences.yaml too. What an erased person said is moved to the address, which they have given again. That
    letters did not arrive is over: one has, and its link was used.
    """
    stands = [no for no in suppressions.noes(connection, voice.keys) if voice.takes_back(no)]
    own = [no for no in stands if no.kind in OWN_NOES]
    for no in own:
        meant = voice.every if no.newsletter == ALL_NEWSLETTERS else (no.newsletter,)
        for slug in meant:
            if slug not in chosen:
                suppressions.suppress(connection, voice.key, no.reason, now, newsletter=slug, kind=NoKind.OWN)
    suppressions.lift(connection, voice.keys, {*chosen, ALL_NEWSLETTERS}, OWN_NOES)
    hashed = [no for no in own if no.address_key != voice.key]
    suppressions.lift(
        connection, {no.address_key for no in hashed}, {no.newsletter for no in hashed}, OWN_NOES
    )
    bounced = [no for no in stands if no.kind is NoKind.BOUNCE]
    for no in bounced:
        suppressions.lift(connection, [no.address_key], [no.newsletter], [NoKind.BOUNCE])


def locked(connection: Connection, key: str) -> Subscriber | None:
    """The subscriber, whose subscriptions nobody else ends before we are done (PostgreSQL)."""
    connection.execute(
        select(subscriptions.c.newsletter)
        .join(people, people.c.id == subscriptions.c.subscriber_id)
        .where(people.c.address_key == key)
        .with_for_update(of=subscriptions)
    ).all()
    return subscribers.find(connection, key)


def _alike(one: Choices, other: Choices) -> bool:
    """Whether two are the same choices, in whatever order their newsletters stand."""
    return replace(one, newsletters=tuple(sorted(one.newsletters))) == replace(
        other, newsletters=tuple(sorted(other.newsletters))
    )


def _in_order(wanted: Collection[str], every: Sequence[str]) -> tuple[str, ...]:
    """As in comms.yaml; newsletters that are no longer there come last."""
    return (*(slug for slug in every if slug in wanted), *sorted(set(wanted) - set(every)))
