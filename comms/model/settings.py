"""What an organisation has set: comms.yaml and the environment as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from comms.model.feed import FeedSettings
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
    BLUESKY = "bluesky"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    THREADS = "threads"
    LINKEDIN = "linkedin"
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


SOCIAL = frozenset(ChannelKind) - {ChannelKind.FILE, ChannelKind.SMTP, ChannelKind.MANUAL}
"""Kinds of channel that publish by a network's own API; each is named as its network."""

MEDIA_FOLDER = "media"
"""Where pictures for networks lie in what the office publishes as base_url."""


class HostKind(StrEnum):
    """Where pictures are laid so that a network can fetch them.

    `web` is the folder that the office itself publishes as base_url.
    """

    WEB = "web"
    S3 = "s3"
    SFTP = "sftp"


@dataclass(frozen=True, slots=True)
class MediaHost:
    """A place on the web for pictures, for networks that fetch them: `url` is what its files begin with.

    S3: `endpoint`, `bucket`, `region`, `user` (key id) and `secret`. SFTP: `host`, `port`, `user`, `secret`
    or `key_file`, `host_key` as in known_hosts, `folder`.
    """

    kind: HostKind
    url: str
    endpoint: str = ""
    bucket: str = ""
    region: str = ""
    host: str = ""
    port: int = 22
    user: str = ""
    secret: Secret = Secret("")
    key_file: str = ""
    host_key: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One way out. `network` is empty for e-mail.

    `rates` hold for the whole channel, `domain_rates` for each receiving domain; none is unlimited.
    `connections`: how many deliveries may be in flight at once. `backups` are tried in their order when
    the channel's own relay takes nothing. `account` is who publishes, as the network names it; `token_until`
    when the key dies, if the office knows. `ahead`: how long before its time a post is handed over.
    `distance`: the least time between two posts. `no_repeat`: within this nothing is said twice.
    `max_length`: how long posts its server takes, 0 as its network does.
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
    account: str = ""
    app_secret: Secret = Secret("")
    token_until: date | None = None
    media_host: MediaHost | None = None
    ahead: timedelta = timedelta(0)
    distance: timedelta = timedelta(0)
    no_repeat: timedelta = timedelta(days=14)
    max_length: int = 0


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from; every letter shows the postal address."""

    name: str
    email: str
    reply_to: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where letters are read: a maildir (from the workspace's root), or a folder by IMAP."""

    maildir: str = ""
    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    user: str = ""
    password: Secret = Secret("")
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Bounces:
    """Where undelivered copies go: a domain as A-labels, the key by which each copy is known again.

    `mailbox` is where all mail to that domain arrives, None when nobody reads it for us.
    """

    domain: str
    key: Secret
    mailbox: Letterbox | None = None


@dataclass(frozen=True, slots=True)
class Web:
    """The public pages: where they listen, and whose word on callers is taken.

    `proxies`: addresses of the front servers that may say who calls (X-Forwarded-For). `keys` is a ring: the
    first signs, all are known, none is ever taken out, for links in old letters must work.
    """

    host: str
    port: int
    proxies: tuple[str, ...]
    keys: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Signups:
    """How many confirming mails go out: to one address, for one network, to one domain, in all.

    Above `address` nothing is mailed. Above the others a mail waits for its turn: nobody is lost.
    """

    address: tuple[Rate, ...] = (Rate(1, timedelta(hours=24)), Rate(3, timedelta(days=30)))
    network: Rate = Rate(5, timedelta(hours=1))
    domain: Rate = Rate(50, timedelta(hours=1))
    site: Rate = Rate(200, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is known of persons is kept; `decision` is the number of the office's own decision.

    `pending`: sign-ups that nobody confirmed. `network`: the network in evidence. `ended`: subscribers who
    have ended everything, with their evidence. `addresses`: addresses in the log of deliveries. `returned`:
    returned letters that nobody could read. `proposals`: what feeds proposed and nobody took.
    """

    pending: timedelta = timedelta(days=7)
    network: timedelta = timedelta(days=365)
    ended: timedelta = timedelta(days=1095)
    addresses: timedelta = timedelta(days=90)
    returned: timedelta = timedelta(days=90)
    proposals: timedelta = timedelta(days=180)
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Where figures for a monitor (Prometheus) are given: for this machine alone unless told otherwise."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class UnsubscribeBox:
    """The mailbox where unsubscriptions by mail arrive: a maildir, or IMAP.

    `address` is what letters give (`avsluta@…`); each copy's own has a plus and a token in it.
    """

    address: str
    maildir: str = ""
    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    user: str = ""
    password: Secret = Secret("")
    folder: str = "INBOX"


class Receipts(StrEnum):
    """When the officer hears what has been published: of each post, or once a week."""

    EACH = "each"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key that signs letters: the selector that it is published under, and the file that holds it."""

    selector: str
    key_file: str


@dataclass(frozen=True, slots=True)
class DarkBrand:
    """Colours as #rrggbb for readers who have their screen dark; `accent` for every focus area."""

    ground: str = "#141a17"
    paper: str = "#1c2420"
    panel: str = "#27312c"
    ink: str = "#ece8dd"
    soft: str = "#b6beb8"
    heading: str = "#b9d3a6"
    accent: str = "#e9c98a"
    link: str = "#9ccbe6"
    line: str = "#45524b"
    mast: str = "#1f4d3a"


@dataclass(frozen=True, slots=True)
class Brand:
    """How the organisation looks: a drawn wordmark until it has a logo file, colours as #rrggbb.

    `focus` gives each focus area its accent. `soft` is for what is less important than `ink`; `panel` lies
    under facts, `notice` under a correction, `mast` under the letter's name in `mast_text`. `font` is a list
    of typefaces as CSS writes it (comms/text/fonts.py). `logo_dark` is the logo for `dark`.
    """

    wordmark: str = ""
    logo: str = ""
    logo_alt: str = ""
    ground: str = "#f7f4ec"
    paper: str = "#ffffff"
    ink: str = "#22302a"
    heading: str = "#1f4d3a"
    link: str = "#1b5a7a"
    focus: Mapping[str, str] = field(default_factory=dict)
    logo_dark: str = ""
    soft: str = "#5b655f"
    line: str = "#d9d3c3"
    panel: str = "#f7f4ec"
    notice: str = "#fbf1d9"
    mast: str = "#1f4d3a"
    mast_text: str = "#ffffff"
    font: str = "Arial, Helvetica, sans-serif"
    dark: DarkBrand = DarkBrand()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that comms.yaml and the environment say.

    `parts` maps each section that a letter or post can depend on (`sender`, `newsletters.NAME`,
    `channels.NAME` …) to the hash of what it says, secrets left out: the manifest uses them.
    `lines` gives the line of each dotted key in comms.yaml. `bounces` is None when letters have the sender's
    address as their return path; `dkim` is empty when a relay signs them, or nobody. `web` is None without
    public pages, `unsubscribe_box` when a person reads the unsubscriptions that come by mail.
    `private_hosts` are names within the office's own network that feeds and links may lead to.
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
    bounces: Bounces | None = None
    dkim: tuple[DkimKey, ...] = ()
    receipts: Receipts = Receipts.WEEKLY
    memory_keys: tuple[Secret, ...] = ()
    web: Web | None = None
    signups: Signups = Signups()
    retention: Retention = Retention()
    unsubscribe_box: UnsubscribeBox | None = None
    feeds: Mapping[str, FeedSettings] = field(default_factory=dict)
    private_hosts: frozenset[str] = frozenset()
    metrics: Metrics | None = None
    json_log: bool = False
