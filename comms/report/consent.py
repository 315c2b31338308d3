"""Pictures of people and on what ground each is shown: what needs an act first, and where it still is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from comms.model.item import Consent, Item, Picture
from comms.model.report import ConsentState, Showing
from comms.report.balance import spelled

SOON = timedelta(days=60)
"""How long before a consent ends one should ask again."""

_URGENCY = {state: place for place, state in enumerate(ConsentState)}


def showings(items: Iterable[Item], today: date) -> list[Showing]:
    """Each picture once, the most urgent first: withdrawn, expired, soon to expire, missing.

    When items say different things of one picture the most urgent counts: a withdrawal holds everywhere.
    A picture of nobody needs no consent and comes last.
    """
    found: dict[str, list[tuple[Item, Picture]]] = {}
    for item in items:
        for picture in item.pictures:
            found.setdefault(picture.path, []).append((item, picture))
    return sorted((_showing(path, places, today) for path, places in found.items()), key=_urgency)


def named(shown: Iterable[Showing], what: str) -> list[Showing]:
    """The pictures that a person means: by path, by the end of a path, or by the name of somebody shown."""
    everything = list(shown)
    by_path = [one for one in everything if one.picture == what or one.picture.endswith(f"/{what}")]
    wanted = spelled(what)
    return by_path or [one for one in everything if wanted in map(spelled, one.people)]


def _showing(path: str, places: list[tuple[Item, Picture]], today: date) -> Showing:
    _, worst = min(places, key=lambda place: _urgency_of(place[1].consent, today))
    state, until = _state(worst.consent, today)
    return Showing(
        picture=path,
        people=tuple(dict.fromkeys(name for _, picture in places for name in picture.people)),
        items=tuple(item.slug for item, _ in places),
        consent=worst.consent,
        state=state,
        until=until,
        digests=frozenset(picture.sha256 for _, picture in places if picture.sha256),
    )


def _state(consent: Consent | None, today: date) -> tuple[ConsentState, date | None]:
    """Where a consent stands, and the day that decides it. It holds on the day it expires, not after."""
    if consent is None:
        return ConsentState.MISSING, None
    if consent.withdrawn_on is not None:
        return ConsentState.WITHDRAWN, consent.withdrawn_on
    if consent.expires is not None and consent.expires < today:
        return ConsentState.EXPIRED, consent.expires
    if consent.expires is not None and consent.expires <= today + SOON:
        return ConsentState.EXPIRING, consent.expires
    if not consent.basis.strip():
        return ConsentState.MISSING, consent.expires
    return ConsentState.VALID, consent.expires


def _urgency_of(consent: Consent | None, today: date) -> tuple[int, date]:
    state, until = _state(consent, today)
    return _URGENCY[state], until or date.max


def _urgency(one: Showing) -> tuple[bool, int, date, str]:
    return not one.people, _URGENCY[one.state], one.until or date.max, one.picture
