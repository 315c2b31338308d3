"""The kinds of value that comms.yaml holds: each parses its own, and refuses with our own sentences."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from comms.errors import Text, say
from comms.model import settings
from comms.model.issue import Schedule
from comms.text.encoding import OFF_A_LINE
from comms.text.fonts import ELSEWHERE, KINDS, WITH_OFFICE, families, unknown
from comms.text.hosts import ascii_domain
from comms.text.schedule import (
    ScheduleFault,
    parse_duration,
    parse_rate,
    parse_schedule,
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


def words(value: object) -> object:
    """One word, or several with commas between, for a list: all that an environment variable can hold."""
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


def municipalities(value: object) -> object:
    """`all`, `none`, or names: what a newsletter says of places."""
    if value in ("all", "none") or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return value
    if isinstance(value, str) and "," in value:
        return words(value)
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


def host_in_figures(value: str) -> str:
    """The address of a front server, in figures: a name could come to mean another machine."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        message = say("”{value}” är ingen IP-adress.", value=value)
        raise fault(message, say("Skriv den i siffror, till exempel 127.0.0.1.")) from None


def listening_place(value: str) -> str:
    """Host and port, as 127.0.0.1:8080 or [::1]:8080."""
    parts = urlsplit(f"//{value}")
    try:
        usable = bool(parts.hostname) and parts.port is not None and not parts.path
    except ValueError:
        usable = False
    if not usable:
        message = say("”{value}” är ingen plats att lyssna på.", value=value)
        raise fault(message, say("Skriv till exempel 127.0.0.1:8080."))
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
Rates = Annotated[list[Rate], BeforeValidator(words)]
Zone = Annotated[str, AfterValidator(_zone)]
Places = Annotated[Literal["all", "none"] | list[str], BeforeValidator(municipalities)]
Figures = Annotated[str, AfterValidator(host_in_figures)]
Listening = Annotated[str, AfterValidator(listening_place)]
Url = Annotated[str, AfterValidator(_base_url)]


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, str_strip_whitespace=True)
