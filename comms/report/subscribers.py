"""Figures of who subscribes and on what ground: counted in one walk, whatever the number. No formatting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from comms.model.subscriber import (
    Consent,
    ConsentKind,
    Subscriber,
    SubscriptionState,
    Ticket,
)

GROUNDS = frozenset({ConsentKind.CONFIRMED, ConsentKind.CHANGED, ConsentKind.IMPORTED})
"""Kinds of evidence that a subscription stands on: a yes by mail, a change by a mailed link, an import."""


@dataclass
class Figures:
    """One newsletter's: who has it, who of them is paused now, who has ended it, unanswered sign-ups."""

    confirmed: int = 0
    paused: int = 0
    ended: int = 0
    pending: int = 0


@dataclass
class Grounds:
    """The consent report. `sources` and `texts` are of confirmed subscriptions; a text is its sha256 or "".

    `groundless`: addresses and newsletters that are confirmed without evidence: there must be none.
    """

    newsletters: dict[str, Figures] = field(default_factory=dict)
    people: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    groundless: list[tuple[str, str]] = field(default_factory=list)


def grounds(
    newsletters: Iterable[str],
    people: Iterable[tuple[Subscriber, Sequence[Consent]]],
    pending: Iterable[Ticket],
    now: datetime,
) -> Grounds:
    """Count. `newsletters` of comms.yaml come first and are there without anybody; `people` with evidence."""
    found = Grounds({slug: Figures() for slug in newsletters})
    for person, evidence in people:
        _add(found, person, evidence, now)
    for ticket in pending:
        for slug in ticket.choices.newsletters:
            _of(found, slug).pending += 1
    return found


def ground_of(newsletter: str, evidence: Iterable[Consent]) -> Consent | None:
    """The evidence that somebody wants a newsletter, None without any.

    The newest yes counts, and a change alone where there is none: changes have no words to say yes to.
    """
    said = [one for one in evidence if one.kind in GROUNDS and newsletter in one.choices.newsletters]
    return max(said, key=lambda one: (one.kind is not ConsentKind.CHANGED, one.happened_at), default=None)


def _add(found: Grounds, person: Subscriber, evidence: Sequence[Consent], now: datetime) -> None:
    found.people += bool(person.newsletters)
    is_paused = person.paused_until is not None and person.paused_until > now
    for one in person.subscriptions:
        figures = _of(found, one.newsletter)
        if one.state is SubscriptionState.ENDED:
            figures.ended += 1
            continue
        figures.confirmed += 1
        figures.paused += is_paused
        ground = ground_of(one.newsletter, evidence)
        if ground is None:
            found.groundless.append((person.address, one.newsletter))
        else:
            found.sources[ground.source] += 1
            found.texts[ground.text] += 1


def _of(found: Grounds, newsletter: str) -> Figures:
    return found.newsletters.setdefault(newsletter, Figures())
