"""What comms.yaml may hold, as pydantic-settings models: they parse and refuse, nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from comms.errors import say
from comms.model import settings
from comms.model.issue import OnQuietDay
from comms.model.settings import ChannelKind, HostKind, Receipts, Security
from comms.settings.environment import nested, overrides
from comms.settings.fields import (
    Address,
    Colour,
    Domain,
    Duration,
    Figures,
    Font,
    Line,
    Listening,
    Places,
    Rate,
    Rates,
    Selector,
    SenderName,
    Slug,
    Strict,
    Url,
    When,
    Words,
    Zone,
    fault,
    words,
)
from comms.text.schedule import parse_weekday

_SIGNUPS, _RETENTION = settings.Signups(), settings.Retention()


class Workspace(Strict):
    """`workspace:` the organisation itself."""

    name: Words
    language: Literal["sv"] = "sv"
    timezone: Zone = "Europe/Stockholm"
    base_url: Url = ""
    database_url: str = "sqlite:///var/comms.db"
    out: str = "out"


class Officer(Strict):
    """`officer:` who is told of holds, failures and due approvals."""

    email: Address = Field(min_length=1)
    receipts: Receipts = Receipts.WEEKLY


class Memory(Strict):
    """`memory:` the keys that lock what channels remember."""

    keys: SecretStr = SecretStr("")


class Sender(Strict):
    """`sender:` who letters come from."""

    name: SenderName
    email: Address = Field(min_length=1)
    reply_to: Address = ""
    postal_address: Words


class Letterbox(Strict):
    """`bounces.mailbox:` where letters are read."""

    maildir: str = ""
    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Security = Security.TLS
    user: str = ""
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"


class Bounces(Strict):
    """`bounces:` where undelivered copies go; domain and key, or neither."""

    domain: Domain = ""
    key: SecretStr = SecretStr("")
    mailbox: Letterbox | None = None


class Web(Strict):
    """`web:` the public pages."""

    listen: Listening = "127.0.0.1:8080"
    proxies: Annotated[list[Figures], BeforeValidator(words)] = Field(default_factory=list)
    keys: SecretStr = SecretStr("")


class SignupLimits(Strict):
    """`subscribers.limits:` how many confirming mails go out."""

    address: Rates = Field(default_factory=lambda: list(_SIGNUPS.address))
    network: Rate = _SIGNUPS.network
    domain: Rate = _SIGNUPS.domain
    site: Rate = _SIGNUPS.site


class Keep(Strict):
    """`subscribers.keep:` how long what is known of persons is kept."""

    pending: Duration = _RETENTION.pending
    network: Duration = _RETENTION.network
    ended: Duration = _RETENTION.ended
    addresses: Duration = _RETENTION.addresses
    returned: Duration = _RETENTION.returned
    proposals: Duration = _RETENTION.proposals
    decision: Line = ""


class Mailbox(Letterbox):
    """`subscribers.mailbox:` where unsubscriptions by mail arrive."""

    address: Address = Field(min_length=1)


class Subscribers(Strict):
    """`subscribers:` persons who have asked for letters."""

    limits: SignupLimits = Field(default_factory=SignupLimits)
    keep: Keep = Field(default_factory=Keep)
    mailbox: Mailbox | None = None


class DkimKey(Strict):
    """`dkim.SELECTOR:` a key that signs letters."""

    key_file: str = Field(min_length=1)


_LIGHT, _DARK = settings.Brand(), settings.DarkBrand()


class Dark(Strict):
    """`brand.dark:` the colours for readers who have their screen dark."""

    ground: Colour = _DARK.ground
    paper: Colour = _DARK.paper
    panel: Colour = _DARK.panel
    ink: Colour = _DARK.ink
    soft: Colour = _DARK.soft
    heading: Colour = _DARK.heading
    accent: Colour = _DARK.accent
    link: Colour = _DARK.link
    line: Colour = _DARK.line
    mast: Colour = _DARK.mast


class Brand(Strict):
    """`brand:` how letters look. `panel` follows `ground`, and `mast` `heading`, when they are not said."""

    wordmark: Line = ""
    logo: str = ""
    logo_dark: str = ""
    logo_alt: Line = ""
    font: Font = _LIGHT.font
    ground: Colour = _LIGHT.ground
    paper: Colour = _LIGHT.paper
    panel: Colour = ""
    notice: Colour = _LIGHT.notice
    ink: Colour = _LIGHT.ink
    soft: Colour = _LIGHT.soft
    heading: Colour = _LIGHT.heading
    link: Colour = _LIGHT.link
    line: Colour = _LIGHT.line
    mast: Colour = ""
    mast_text: Colour = _LIGHT.mast_text
    focus: dict[str, Colour] = Field(default_factory=dict)
    dark: Dark = Field(default_factory=Dark)


def _quiet_day(value: str) -> str:
    if value == "holidays" or parse_weekday(value) is not None:
        return value
    try:
        date.fromisoformat(value)
    except ValueError:
        message = say("”{value}” är ingen stilla dag.", value=value)
        hint = say("Skriv holidays, en veckodag eller ett datum som 2026-12-24.")
        raise fault(message, hint) from None
    return value


class Quiet(Strict):
    """`quiet:` days on which nothing goes out."""

    days: Annotated[list[Annotated[str, AfterValidator(_quiet_day)]], BeforeValidator(words)] = Field(
        default_factory=list
    )
    then: OnQuietDay = OnQuietDay.AFTER


class Relay(Strict):
    """`channels.NAME.backups.NAME:` a mail relay to turn to when the channel's own takes nothing."""

    host: str = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = Security.STARTTLS
    user: str = ""
    password: SecretStr = SecretStr("")


class MediaHost(Strict):
    """`channels.NAME.media_host:` where a network can fetch pictures."""

    kind: HostKind = HostKind.WEB
    url: Url = ""
    endpoint: Url = ""
    bucket: str = ""
    region: str = ""
    host: str = ""
    port: int = Field(default=22, ge=1, le=65535)
    user: str = ""
    secret: SecretStr = SecretStr("")
    key_file: str = ""
    host_key: str = ""
    folder: str = ""


class Channel(Strict):
    """`channels.NAME:` one way out."""

    kind: ChannelKind = ChannelKind.FILE
    network: Literal["", "mastodon", "bluesky", "facebook", "instagram", "threads", "linkedin"] = ""
    slots: Annotated[list[When], BeforeValidator(words)] = Field(default_factory=list)
    quiet: Quiet = Field(default_factory=Quiet)
    max_lateness: Duration = timedelta(hours=12)
    rate: Rates = Field(default_factory=list)
    domain_rate: Rates = Field(default_factory=list)
    connections: int = Field(default=4, ge=1, le=64)
    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = Security.STARTTLS
    user: str = ""
    password: SecretStr = SecretStr("")
    backups: dict[Slug, Relay] = Field(default_factory=dict)
    base_url: Url = ""
    account: Line = ""
    token: SecretStr = SecretStr("")
    app_secret: SecretStr = SecretStr("")
    token_until: date | None = None
    media_host: MediaHost | None = None
    ahead: Duration = timedelta(0)
    distance: Duration = timedelta(0)
    no_repeat: Duration = timedelta(days=14)
    max_length: int = Field(default=0, ge=0, le=100_000)


class Newsletter(Strict):
    """`newsletters.NAME:` a series of letters."""

    title: Words
    tagline: Line = ""
    schedule: When
    audiences: Annotated[list[str], BeforeValidator(words)] = Field(min_length=1)
    municipalities: Places = "all"
    whole_area: bool = False
    template: str = "municipal"
    channel: str = "mail"
    max_items: int = Field(default=12, ge=1, le=60)
    max_age_days: int = Field(default=92, ge=1, le=1000)
    quiet: Quiet = Field(default_factory=Quiet)
    open: bool = True


class Feed(Strict):
    """`feeds.NAME:` news of others that the office follows."""

    title: Words
    url: Url = Field(min_length=1)
    every: Duration = timedelta(hours=6)
    most: int = Field(default=5, ge=1, le=50)
    focus: str = ""
    audiences: Annotated[list[str], BeforeValidator(words)] = Field(default_factory=list)
    municipalities: Annotated[list[str], BeforeValidator(words)] = Field(default_factory=list)


class Fetch(Strict):
    """`fetch:` which names within the office's own network may be asked."""

    private_hosts: Annotated[list[str], BeforeValidator(words)] = Field(default_factory=list)


class Metrics(Strict):
    """`metrics:` figures for a monitor."""

    listen: Listening = "127.0.0.1:9464"


class Log(Strict):
    """`log:` how what happens is written down."""

    format: Literal["text", "json"] = "text"


class CommsYaml(BaseSettings):
    """The whole file. Values come in as text: from the file as given, from the environment on top."""

    model_config = SettingsConfigDict(extra="forbid", arbitrary_types_allowed=True)

    workspace: Workspace
    officer: Officer
    sender: Sender
    bounces: Bounces = Field(default_factory=Bounces)
    dkim: dict[Selector, DkimKey] = Field(default_factory=dict)
    memory: Memory = Field(default_factory=Memory)
    web: Web | None = None
    subscribers: Subscribers = Field(default_factory=Subscribers)
    brand: Brand = Field(default_factory=Brand)
    eu_statement: Line = "Medfinansieras av Europeiska unionen"
    channels: dict[Slug, Channel]
    newsletters: dict[Slug, Newsletter] = Field(default_factory=dict)
    feeds: dict[Slug, Feed] = Field(default_factory=dict)
    fetch: Fetch = Field(default_factory=Fetch)
    metrics: Metrics | None = None
    log: Log = Field(default_factory=Log)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment over the file, section by section; no dotenv, no top-level secrets."""
        del env_settings, dotenv_settings, file_secret_settings
        return (_Overrides(settings_cls), init_settings)


class _Overrides(PydanticBaseSettingsSource):
    """`environment.overrides` as a source, so that names of channels and newsletters may nest freely."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked for: the whole mapping is given at once."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give all overrides; pydantic-settings merges them over the file, key by key."""
        return nested(overrides())


_NOT_CONTENT = {
    *("password", "token", "app_secret", "token_until", "media_host"),
    *("rate", "domain_rate", "connections", "backups", "open"),
}
"""No letter or post is made of these: secrets, how fast and by which spare way, who may sign up."""


def without_secrets(model: BaseModel) -> Mapping[str, Any]:
    """A section as JSON values: what a manifest may remember, and what an approval depends on."""
    return model.model_dump(mode="json", exclude=_NOT_CONTENT)
