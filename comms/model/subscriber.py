"""Who has asked for letters: choices, standing consents, the evidence of them, and standing noes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from comms.errors import Text


class SubscriptionState(StrEnum):
    """Where a subscription stands. `pending` is a ticket that nobody has answered yet."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person wants: which newsletters, as which audience, of which municipality ("" = whole area).

    `focus`: only issues that tell of one of these focus areas; empty is all of them. Both are in the order
    of comms.yaml and strategy.yaml.
    """

    newsletters: tuple[str, ...]
    audience: str
    municipality: str
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing consent to one newsletter; `since` is when it came to stand so. `reason`: why it ended."""

    newsletter: str
    state: SubscriptionState
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person with an address, as typed, and what it is compared by. `source`: how they came here."""

    id: int
    address: str
    address_key: str
    audience: str
    municipality: str
    focus: tuple[str, ...]
    paused_until: datetime | None
    source: str
    created_at: datetime
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def newsletters(self) -> tuple[str, ...]:
        """What the person subscribes to now."""
        return tuple(one.newsletter for one in self.subscriptions if one.state is SubscriptionState.CONFIRMED)

    @property
    def choices(self) -> Choices:
        """What the person wants now."""
        return Choices(self.newsletters, self.audience, self.municipality, self.focus)


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber as planning sees one, for one newsletter. `no`: why nothing may be sent, or ""."""

    address: str
    address_key: str
    audience: str
    municipality: str
    focus: tuple[str, ...]
    paused_until: datetime | None
    no: str = ""


class ConsentKind(StrEnum):
    """What a piece of evidence tells of."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Consent:
    """One thing that a person said, or somebody said for them: what is shown if they ask (GDPR, art. 7.1).

    `choices` is what stood after it. `text` is the sha256 of the words that the person said yes to, "" when
    there were none (a change, an end). `source`: the form's address, `import FIL`, `mejl`, `ett klick`.
    `network`: the caller's network alone (/24, /48), forgotten after a time. `by`: the person at the office.
    """

    kind: ConsentKind
    choices: Choices
    happened_at: datetime
    source: str
    text: str = ""
    network: str = ""
    by: str = ""


class TicketKind(StrEnum):
    """What a mailed link is for.

    `confirm` says yes to choices. `settings` opens them, asked for by the person. `already` too: somebody
    signed up with an address that has all of it.
    """

    CONFIRM = "confirm"
    SETTINGS = "settings"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A link to be mailed to the address that somebody typed: 16 hex digits, never the link itself.

    A `confirm` that is not `used_at` is a pending subscription. `expires_at` is set when it is mailed.
    `text`: as of `Consent`. `network`: likewise.
    """

    id: str
    kind: TicketKind
    address: str
    address_key: str
    choices: Choices
    text: str
    source: str
    network: str
    asked_at: datetime
    mailed_at: datetime | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None


class NoKind(StrEnum):
    """Who said no, and so who may take it back.

    `own`: the person, who may by a double opt-in of their own. `erased`: the person asked to be forgotten, so
    the address is a keyed hash; they may come back by themselves. `bounce`: the mailbox, until a mailed link
    is used there, or the office lifts it. All else only the office lifts.
    """

    OWN = "own"
    OFFICER = "officer"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"


OWN_NOES = frozenset({NoKind.OWN, NoKind.ERASED})
"""Noes that are the person's own word."""

PROVABLE_NOES = OWN_NOES | {NoKind.BOUNCE}
"""Noes that the person's own double opt-in takes back: a link that was used proves that mail arrives."""

ALL_NEWSLETTERS = ""
"""The newsletter of a no to everything."""


@dataclass(frozen=True, slots=True)
class No:
    """A standing no, to one newsletter or to all ("")."""

    address_key: str
    newsletter: str
    kind: NoKind
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Exit:
    """What an unsubscribe link leads to: a masked address, and the newsletter that it came with.

    `masked` is "" when nobody is behind the link any more. `title` is the newsletter's, its slug when it is
    gone. `is_over`: the no stands already. `is_subscriber`: else it is an office's address in audiences.yaml,
    which cannot pause. `paused_until`: when the person is paused.
    """

    masked: str
    newsletter: str
    title: str
    is_over: bool
    is_subscriber: bool
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a person has after a yes: their choices, and the day of each newsletter's next issue."""

    choices: Choices
    next_on: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class SignupForm:
    """A sign-up as typed, with what is wrong in it by field.

    The fields: `address`, `newsletters`, `audience`, `municipality`, `focus`, and `form` for all of it.
    """

    address: str
    choices: Choices
    faults: Mapping[str, Text] = field(default_factory=dict)
