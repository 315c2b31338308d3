"""An address of others, read once: what is asked is what was checked, for nobody reads it a second time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from socket import EAI_AGAIN, SOCK_STREAM, gaierror, getaddrinfo

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from comms.errors import Text, say
from comms.model.fetch import Outcome
from comms.text.hosts import ascii_domain
from comms.text.public_addresses import Address, address_in, is_own, is_public

Resolve = Callable[[str, int], Sequence[str]]
"""A name and a port to addresses as text. Raises OSError, as the system's own does."""

_LONGEST = 2048
_PORTS = {"http": 80, "https": 443}
_BEGINNING = re.compile(r"(?i)https?://(?P<authority>[^/?#]*)")
# What a browser would read as an IPv4 address (WHATWG URL, "ends in a number"): octal, hex, short forms.
_NUMBER = re.compile(r"(?i)(?:\A|.*\.)(?:[0-9]+|0x[0-9a-f]*)\Z")


class Stopped(Exception):
    """A fetch goes no further; never leaves the fetcher."""

    def __init__(self, outcome: Outcome, why: Text, status: int = 0) -> None:
        """Say how it ended."""
        super().__init__(str(why))
        self.outcome = outcome
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask for what. `host` in A-labels or figures, IPv6 without brackets; `path` with its query.

    `is_own`: the office has said that the name is in its own network.
    """

    scheme: str
    host: str
    port: int
    path: str
    is_own: bool

    @property
    def authority(self) -> str:
        """Host and port as they stand in an address and in the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address, without what is behind #."""
        return f"{self.scheme}://{self.authority}{self.path}"


def target_of(url: str, private_hosts: frozenset[str]) -> Target:
    """Read an address (RFC 3986). Raises Stopped for one that we do not ask."""
    if len(url) > _LONGEST:
        raise _refused(say("Adressen är längre än {most} tecken.", most=_LONGEST))
    if not url.isprintable() or " " in url or "\\" in url:
        raise _refused(say("Adressen har tecken som inte får stå i en webbadress."))
    beginning = _BEGINNING.match(url)
    if beginning is None:
        raise _refused(say("Adressen börjar inte med http:// eller https://."))
    if "@" in beginning["authority"]:
        raise _refused(say("Adressen har ett namn eller lösenord före @."))
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise _refused(say("Adressen går inte att läsa.")) from None
    scheme, host = parts.scheme or "", _host(parts)
    own = host in private_hosts
    port = _PORTS[scheme] if parts.port is None else parts.port
    if not own and port not in _PORTS.values():
        raise _refused(say("Bara port 80 och 443 får frågas, inte {port}.", port=port))
    if not own and "." not in host and ":" not in host:
        raise _refused(say("”{host}” är inget namn på en webbplats.", host=host))
    return Target(scheme, host, port, parts.request_uri, own)


def _host(parts: Url) -> str:
    written = (parts.host or "").removesuffix(".")
    figures = written[1:-1] if written.startswith("[") else written
    address = address_in(figures)
    if address is not None:
        return str(address)
    with suppress(ValueError):
        if not _NUMBER.match(written):
            return ascii_domain(written)
    raise _refused(say("”{host}” är inget namn på en webbplats.", host=written[:100]))


def addresses_of(host: str, port: int) -> list[str]:
    """Ask the system's resolver once. Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in getaddrinfo(host, port, type=SOCK_STREAM)))


def checked_addresses(target: Target, resolve: Resolve, until: float) -> tuple[Address, ...]:
    """Where the target is, every address of it checked: one that may not be asked bars them all.

    `until` is a moment of `time.monotonic`. Raises Stopped.
    """
    literal = address_in(target.host)
    found = (literal,) if literal else tuple(map(address_in, _resolved(target, resolve, until)))
    safe = [one for one in found if one and (is_public(one) or (target.is_own and is_own(one)))]
    if len(safe) < len(found):
        raise _refused(
            say(
                "{host} är inte på det öppna nätet. Är det en plats i ert eget nät? Skriv då namnet under "
                "fetch.private_hosts i comms.yaml.",
                host=target.host,
            )
        )
    if not safe:
        raise _no_host(target.host)
    return tuple(safe)


def _resolved(target: Target, resolve: Resolve, until: float) -> Sequence[str]:
    """What the resolver says, within the time: the system's own knows no limit, so a thread waits for it."""
    said: list[Sequence[str] | OSError] = []

    def ask() -> None:
        try:
            said.append(resolve(target.host, target.port))
        except OSError as error:
            said.append(error)
        except UnicodeError:  # the resolver's own codec, for labels that are no name
            said.append(gaierror())

    waiting = threading.Thread(target=ask, daemon=True, name="comms-resolve")
    waiting.start()
    waiting.join(max(0.0, until - time.monotonic()))
    answer = said[0] if said else TimeoutError()
    if isinstance(answer, TimeoutError):
        raise Stopped(Outcome.TIMEOUT, say("{host} svarade inte i tid.", host=target.host))
    if isinstance(answer, gaierror) and answer.errno != EAI_AGAIN:
        raise _no_host(target.host)
    if isinstance(answer, OSError):
        raise Stopped(Outcome.UNREACHABLE, say("{host} går inte att slå upp just nu.", host=target.host))
    return answer


def _refused(why: Text) -> Stopped:
    return Stopped(Outcome.REFUSED, why)


def _no_host(host: str) -> Stopped:
    return Stopped(Outcome.NO_HOST, say("Det finns ingen webbplats som heter {host}.", host=host))
