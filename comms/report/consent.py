"""Pictures of people and on what ground each is shown: what needs an act first, and where it still is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from comms.model.item import Item, Picture
from comms.model.report import ConsentState, Showing
from comms.text.consents import is_given_after, says_nothing, without_guardian
from comms.text.names import folded

SOON = timedelta(days=60)
"""How long before a consent ends one should ask again."""

_Place = tuple[Item, Picture]
"""A picture in one of the items that show it."""

_URGENCY = {state: place for place, state in enumerate(ConsentState)}


def showings(items: Iterable[Item], today: date) -> list[Showing]:
    """Each picture once, the most urgent first: withdrawn, expired, soon to expire, missing.

    When items say different things of one picture, or of a copy of it under another name, the most urgent
    counts: a withdrawal holds everywhere. A picture of nobody needs no consent and comes last.
    """
    places = [(item, picture) for item in items for picture in item.pictures]
    of_path: dict[str, list[_Place]] = {}
    of_digest: dict[str, list[_Place]] = {}
    for place in places:
        of_path.setdefault(place[1].path, []).append(place)
        of_digest.setdefault(place[1].sha256, []).append(place)
    found = []
    for path, own in of_path.items():
        digests = {picture.sha256 for _, picture in own if picture.sha256}
        copies = [place for digest in sorted(digests) for place in of_digest[digest] if place[1].path != path]
        found.append(_showing(own, copies, today))
    return sorted(found, key=_urgency)


def named(shown: Iterable[Showing], what: str) -> list[Showing]:
    """The pictures that a person means: by path, by the end of a path, or by the name of somebody shown."""
    everything = list(shown)
    by_path = [one for one in everything if one.picture == what or one.picture.endswith(f"/{what}")]
    wanted = folded(what)
    return by_path or [one for one in everything if wanted in map(folded, one.people)]


def _showing(own: list[_Place], copies: list[_Place], today: date) -> Showing:
    everywhere = [*own, *copies]
    worst = min(everywhere, key=lambda place: _urgency_of(place, today))
    state, until = _state(worst, today)
    item, picture = worst
    return Showing(
        picture=own[0][1].path,
        people=tuple(dict.fromkeys(name for _, picture in everywhere for name in picture.people)),
        items=tuple(item.slug for item, _ in own),
        consent=picture.consent,
        state=state,
        until=until,
        digests=frozenset(picture.sha256 for _, picture in own if picture.sha256),
        children=() if _is_missing(picture, today) else without_guardian(item, picture),
    )


def _state(place: _Place, today: date) -> tuple[ConsentState, date | None]:
    """Where a consent stands, and the day that decides it. It holds on the day it expires, not after."""
    item, picture = place
    consent = picture.consent
    if consent is not None and consent.withdrawn_on is not None:
        return ConsentState.WITHDRAWN, consent.withdrawn_on
    if consent is None or _is_missing(picture, today):
        return ConsentState.MISSING, None
    expires = consent.expires
    if expires is not None and expires < today:
        return ConsentState.EXPIRED, expires
    if without_guardian(item, picture):
        return ConsentState.MISSING, expires
    if expires is not None and expires <= today + SOON:
        return ConsentState.EXPIRING, expires
    return ConsentState.VALID, expires


def _is_missing(picture: Picture, today: date) -> bool:
    """Whether nobody has said yes to the picture yet, as the rules see it too."""
    consent = picture.consent
    return consent is None or says_nothing(consent.basis) or is_given_after(consent, today)


def _urgency_of(place: _Place, today: date) -> tuple[int, date]:
    state, until = _state(place, today)
    return _URGENCY[state], until or date.max


def _urgency(one: Showing) -> tuple[bool, int, date, str]:
    return not one.people, _URGENCY[one.state], one.until or date.max, one.picture
