"""What an organisation has set: comms.yaml and the environment as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from comms.model.issue import Newsletter, QuietDays, Schedule


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A password or token; never shown by repr, str or a traceback."""

    value: str

    def __repr__(self) -> str:
        """A mask, so that logs and errors cannot carry the value."""
        return "Secret(**********)" if self.value else "Secret('')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        """Whether a secret is set."""
        return bool(self.value)


class ChannelKind(StrEnum):
    """How a channel delivers. `file` writes to disk: the default, nothing leaves the machine."""

    FILE = "file"
    SMTP = "smtp"
    MASTODON = "mastodon"
    MANUAL = "manual"


class Security(StrEnum):
    """How the connection to a mail relay is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` deliveries in any `period`."""

    count: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """One mail relay: where it is, how the way there is protected, who we are to it."""

    name: str
    host: str
    port: int
    security: Security
    user: str
    password: Secret


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One way out. `network` is empty for e-mail.

    `rates` hold for the whole channel, `domain_rates` for each receiving domain; none is unlimited.
    `connections`: how many deliveries may be in flight at once. `backups` are tried in their order when
    the channel's own relay takes nothing.
    """

    slug: str
    kind: ChannelKind
    network: str
    slots: tuple[Schedule, ...]
    quiet: QuietDays
    max_lateness: timedelta
    rates: tuple[Rate, ...]
    domain_rates: tuple[Rate, ...]
    connections: int
    host: str
    port: int
    security: Security
    user: str
    password: Secret
    base_url: str
    token: Secret
    backups: tuple[RelaySettings, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from; every letter shows the postal address."""

    name: str
    email: str
    reply_to: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class Brand:
    """How the organisation looks: a drawn wordmark until it has a logo file, colours as #rrggbb.

    `focus` gives each focus area its accent.
    """

    wordmark: str
    logo: str
    logo_alt: str
    ground: str
    paper: str
    ink: str
    heading: str
    link: str
    focus: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that comms.yaml and the environment say.

    `parts` maps each section that a letter or post can depend on (`sender`, `newsletters.NAME`,
    `channels.NAME` …) to the hash of what it says, secrets left out: the manifest uses them.
    `lines` gives the line of each dotted key in comms.yaml.
    """

    name: str
    language: str
    timezone: str
    base_url: str
    database_url: str = field(repr=False)
    out: str
    officer: str
    sender: Sender
    brand: Brand
    channels: Mapping[str, ChannelSettings]
    newsletters: Mapping[str, Newsletter]
    eu_statement: str
    parts: Mapping[str, str]
    lines: Mapping[str, int]
