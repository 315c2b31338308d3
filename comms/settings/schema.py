"""What comms.yaml may hold, as pydantic-settings models: they parse and refuse, nothing more."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from comms.errors import Text, say
from comms.model import settings
from comms.model.issue import OnQuietDay, Schedule
from comms.model.settings import ChannelKind, HostKind, Receipts, Security
from comms.settings.environment import nested, overrides
from comms.text.encoding import OFF_A_LINE
from comms.text.fonts import ELSEWHERE, KINDS, WITH_OFFICE, families, unknown
from comms.text.hosts import ascii_domain
from comms.text.schedule import (
    ScheduleFault,
    parse_duration,
    parse_rate,
    parse_schedule,
    parse_weekday,
)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@[^@\s<>\"',;:]+\.[^@\s<>\"',;:.]{{2,}}")
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_FIGURES = re.compile(r"[0-9.]+")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_WEB = re.compile(r"https?://[^\s/?#<>\",]+(?:/[^\s?#<>\",]*)?")


def fault(message: Text, hint: Text) -> PydanticCustomError:
    """Make an error that carries our own two sentences through pydantic."""
    return PydanticCustomError("comms", "comms", {"message": message, "hint": hint})


def _translated(parse: Callable[[str], object]) -> Callable[[object], object]:
    def read(value: object) -> object:
        try:
            return parse(str(value))
        except ScheduleFault as found:
            raise fault(found.message, found.hint) from found

    return read


def _pattern(pattern: re.Pattern[str], message: Callable[[str], Text], hint: Text) -> AfterValidator:
    def check(value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise fault(message(value), hint)
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise fault(
            say("Tidszonen ”{value}” finns inte.", value=value), say("Skriv till exempel Europe/Stockholm.")
        )
    ZoneInfo(value)
    return value


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value):
        raise fault(
            say("”{value}” är ingen färg.", value=value),
            say("Skriv sex tecken efter #, till exempel #1f4d3a."),
        )
    return value


def _font(value: str) -> str:
    names = families(value)
    if foreign := unknown(names):
        known = ", ".join((*WITH_OFFICE, *ELSEWHERE))
        raise fault(
            say("Typsnittet ”{name}” finns inte hos alla som läser breven.", name=foreign[0]),
            say("Välj bland: {known}.", known=known),
        )
    if names[-1] not in KINDS or set(names[:-1]) & set(KINDS):
        raise fault(
            say("”{value}” säger inte vilket slags typsnitt som duger när de andra saknas.", value=value),
            say("Sluta med sans-serif eller serif, till exempel Verdana, sans-serif."),
        )
    return ", ".join(names)


def _line(value: str) -> str:
    if OFF_A_LINE.search(value):
        raise fault(say("Texten har ett styrtecken eller radbrott."), say("Skriv den på en rad."))
    return value


def _base_url(value: str) -> str:
    if value and not (_WEB.fullmatch(value) and not OFF_A_LINE.search(value) and _has_host(value)):
        raise fault(
            say("”{value}” är ingen webbadress.", value=value),
            say("Skriv till exempel https://nyhetsbrev.leader7-sam.example."),
        )
    return value.rstrip("/")


def _has_host(url: str) -> bool:
    """Whether an address names a host as a letter can write it, by name or in figures, and a possible port.

    No name of a user before it: what stands in every letter is no secret.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port  # a port that cannot be is a ValueError
        if parts.username is not None:
            return False
        return bool(_FIGURES.fullmatch(host) and ipaddress.IPv4Address(host)) or bool(ascii_domain(host))
    except ValueError:
        return False


def _words(value: object) -> object:
    """One word, or several with commas between, for a list: all that an environment variable can hold."""
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


def _municipalities(value: object) -> object:
    if value in ("all", "none") or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return value
    if isinstance(value, str) and "," in value:
        return _words(value)
    raise fault(
        say("Här ska stå all, none eller en lista av kommuner."), say("Skriv till exempel [arvika, eda].")
    )


def _domain(value: str) -> str:
    if not value:
        return value
    try:
        return ascii_domain(value).lower()
    except ValueError:
        message = say("”{value}” är ingen domän.", value=value)
        raise fault(message, say("Skriv till exempel studs.leader.example.")) from None


def _mailable(value: str) -> str:
    """An address that a header can hold: its domain has a form in ASCII, and nothing looks encoded."""
    local, _, domain = value.rpartition("@")
    try:
        usable = not value or (ascii_domain(domain) and "=?" not in local)
    except ValueError:
        usable = False
    if not usable:
        raise fault(
            say("”{value}” är ingen e-postadress.", value=value), say("Skriv den som kansli@leader.example.")
        )
    return value


def _name_of_a_sender(value: str) -> str:
    """A name that looks like an address is a forger's way, and filters count it as one."""
    if "@" in value:
        message = say("”{value}” ser ut som en adress.", value=value)
        raise fault(message, say("Skriv kontorets namn. Adressen hör hemma i email."))
    return value


Line = Annotated[str, AfterValidator(_line)]
Domain = Annotated[str, AfterValidator(_domain)]
Words = Annotated[str, Field(min_length=1), AfterValidator(_line)]
"""A line that says something: letters show it, and an empty one leaves a hole."""
SenderName = Annotated[Words, AfterValidator(_name_of_a_sender)]
Address = Annotated[
    str,
    _pattern(
        _ADDRESS,
        lambda value: say("”{value}” är ingen e-postadress.", value=value),
        say("Skriv den som kansli@leader.example."),
    ),
    AfterValidator(_mailable),
]
Colour = Annotated[str, AfterValidator(_colour)]
Font = Annotated[str, AfterValidator(_font)]
Slug = Annotated[
    str,
    _pattern(
        _SLUG,
        lambda value: say("”{value}” går inte som namn.", value=value),
        say("Använd a–z, 0–9, _ och -."),
    ),
]
Selector = Annotated[
    str,
    _pattern(
        _SELECTOR,
        lambda value: say("”{value}” går inte som namn på en nyckel.", value=value),
        say("Använd a–z, 0–9 och -, till exempel brev2026."),
    ),
]
When = Annotated[Schedule, BeforeValidator(_translated(parse_schedule))]
Duration = Annotated[timedelta, BeforeValidator(_translated(parse_duration))]
Rate = Annotated[settings.Rate, BeforeValidator(_translated(parse_rate))]
Rates = Annotated[list[Rate], BeforeValidator(_words)]
Zone = Annotated[str, AfterValidator(_zone)]
Url = Annotated[str, AfterValidator(_base_url)]


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, str_strip_whitespace=True)


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


class Bounces(Strict):
    """`bounces:` where undelivered copies go; domain and key, or neither."""

    domain: Domain = ""
    key: SecretStr = SecretStr("")


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

    days: Annotated[list[Annotated[str, AfterValidator(_quiet_day)]], BeforeValidator(_words)] = Field(
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
    slots: Annotated[list[When], BeforeValidator(_words)] = Field(default_factory=list)
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
    audiences: Annotated[list[str], BeforeValidator(_words)] = Field(min_length=1)
    municipalities: Annotated[Literal["all", "none"] | list[str], BeforeValidator(_municipalities)] = "all"
    whole_area: bool = False
    template: str = "municipal"
    channel: str = "mail"
    max_items: int = Field(default=12, ge=1, le=60)
    max_age_days: int = Field(default=92, ge=1, le=1000)
    quiet: Quiet = Field(default_factory=Quiet)


class CommsYaml(BaseSettings):
    """The whole file. Values come in as text: from the file as given, from the environment on top."""

    model_config = SettingsConfigDict(extra="forbid", arbitrary_types_allowed=True)

    workspace: Workspace
    officer: Officer
    sender: Sender
    bounces: Bounces = Field(default_factory=Bounces)
    dkim: dict[Selector, DkimKey] = Field(default_factory=dict)
    memory: Memory = Field(default_factory=Memory)
    brand: Brand = Field(default_factory=Brand)
    eu_statement: Line = "Medfinansieras av Europeiska unionen"
    channels: dict[Slug, Channel]
    newsletters: dict[Slug, Newsletter] = Field(default_factory=dict)

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
    *("rate", "domain_rate", "connections", "backups"),
}
"""Secrets, and what says how fast and by which spare way: no letter or post is made of these."""


def without_secrets(model: BaseModel) -> Mapping[str, Any]:
    """A section as JSON values: what a manifest may remember, and what an approval depends on."""
    return model.model_dump(mode="json", exclude=_NOT_CONTENT)
