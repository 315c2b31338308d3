"""`comms subscribers evidence`: what somebody said yes to and when, and the report of all consents.

Who keeps a list must be able to show that each on it wanted it (GDPR, article 7.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from comms.app.hashed import erased_keys
from comms.app.house import House
from comms.app.suppressing import understood
from comms.errors import Text, say
from comms.model.audience import address_key
from comms.model.subscriber import Consent, ConsentKind, No, NoKind, Subscriber, Ticket
from comms.report.subscribers import Grounds, grounds
from comms.store import Store

KINDS: Mapping[ConsentKind, Text] = {
    ConsentKind.ASKED: say("anmälde sig"),
    ConsentKind.CONFIRMED: say("bekräftade"),
    ConsentKind.IMPORTED: say("lästes in"),
    ConsentKind.CHANGED: say("ändrade"),
    ConsentKind.PAUSED: say("pausade"),
    ConsentKind.RESUMED: say("tog upp igen"),
    ConsentKind.ENDED: say("avslutade"),
}
"""What a person did, for people."""

NOES: Mapping[NoKind, Text] = {
    NoKind.OWN: say("personens eget"),
    NoKind.OFFICER: say("kontorets"),
    NoKind.BOUNCE: say("adressen fungerar inte"),
    NoKind.COMPLAINT: say("anmälde brevet som skräppost"),
    NoKind.ERASED: say("raderad"),
}
"""Whose a no is, for people."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """All that is known of what an address wants. `texts`: the words of each evidence, by their hash."""

    address: str
    person: Subscriber | None
    said: tuple[Consent, ...]
    texts: Mapping[str, str]
    asks: tuple[Ticket, ...]
    noes: tuple[No, ...]

    @property
    def is_unknown(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.person or self.said or self.asks or self.noes)


@dataclass(frozen=True, slots=True)
class ConsentReport:
    """The figures; `texts`: first use of each version of the words; `noes` by kind."""

    grounds: Grounds
    texts: Mapping[str, datetime] = field(default_factory=dict)
    noes: Mapping[NoKind, int] = field(default_factory=dict)


def evidence_of(house: House, store: Store, address: str) -> Testimony:
    """What an address has said, with the words. Of an erased one only the no is left, known by its hash.

    Raises `UsageError` for what is no address.
    """
    meant = understood(address)
    key = address_key(meant)
    keys = house.settings.web.keys if house.settings.web else ()
    said = tuple(store.subscribers.evidence(key))
    asks = tuple(one for one in store.rolls.tickets(key) if one.used_at is None)
    digests = {*(one.text for one in said), *(one.text for one in asks)} - {""}
    texts = {digest: store.subscribers.consent_text(digest) for digest in sorted(digests)}
    noes = tuple(store.leaving.noes([key, *erased_keys(key, keys)]))
    return Testimony(meant, store.subscribers.find(key), said, texts, asks, noes)


def consent_report(house: House, store: Store, now: datetime) -> ConsentReport:
    """Who subscribes and on what ground, in figures."""
    people = store.witnesses.of(store.subscribers.all())
    found = grounds(house.settings.newsletters, people, store.rolls.pending(now), now)
    return ConsentReport(found, store.witnesses.texts(), store.witnesses.noes())
