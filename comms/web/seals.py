"""The seals of forms: which page a form comes from, how long ago, and the nonce by which it acts once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

from comms.app.office import keys_of
from comms.errors import Text, say
from comms.model.office import Office
from comms.render.public_pages import consent_text
from comms.text.tokens import open_form, seal_form

QUICKEST = timedelta(seconds=3)
"""Nobody fills in a form faster; programs do."""

OLDEST = timedelta(hours=24)

SIGNUP = "signup"
"""The form whose words are evidence: a seal of it holds only for the words that stood on the page."""


class Freshness(Enum):
    """What a seal is worth."""

    GOOD = auto()
    HASTY = auto()
    OLD = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Opened:
    """A seal as it came in; `nonce` is "" unless it is one of ours."""

    freshness: Freshness
    nonce: str = ""


OPENED_LONG_AGO = say("Sidan har varit öppen för länge. Allt står kvar: tryck på knappen en gång till.")
TOO_FAST = say("Det gick för fort för att vi ska veta att det är en människa. Tryck en gång till.")

FAULTS: dict[Freshness, Text] = {Freshness.OLD: OPENED_LONG_AGO, Freshness.NONE: OPENED_LONG_AGO}
"""What a person is told who may press once more."""


def seal(name: str, office: Office, now: datetime) -> str:
    """A new seal for the form `name`."""
    return seal_form(bound(name, office), secrets.token_urlsafe(16), keys_of(office), now)


def opened(name: str, text: str, office: Office, now: datetime, *, quickest: timedelta = QUICKEST) -> Opened:
    """What became of a seal that a form sent back. Two machines' clocks may differ by a little."""
    found = open_form(bound(name, office), text, keys_of(office), now)
    if found is None:
        return Opened(Freshness.NONE)
    nonce, age = found
    if age > OLDEST or age < -OLDEST:
        return Opened(Freshness.OLD, nonce)
    return Opened(Freshness.HASTY if age < quickest else Freshness.GOOD, nonce)


def bound(name: str, office: Office) -> str:
    """A form's name with the words that its seal stands for: with others its page is shown again.

    Evidence names the words of now, so they must be those that the visitor saw (GDPR, art. 7.1).
    """
    if name != SIGNUP:
        return name
    return f"{name}|{sha256(consent_text(office).encode()).hexdigest()[:8]}"
