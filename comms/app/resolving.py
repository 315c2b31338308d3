"""Asking DNS, within a time: what nobody can tell is a value with its reason, never an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from comms.errors import Text, say
from comms.inbox.reading import harmless

_EACH = 3.0
"""Seconds that one question may take."""

_ALL = 15.0
"""Seconds that all questions of a resolver may take together."""

_RESERVED = (".example", ".test", ".invalid", ".localhost")
"""Names that no DNS knows, by agreement (RFC 2606, RFC 6761)."""


class Kind(StrEnum):
    """A kind of record. PTR is asked for by an address, the others by a name."""

    TXT = "TXT"
    MX = "MX"
    A = "A"
    AAAA = "AAAA"
    PTR = "PTR"


@dataclass(frozen=True, slots=True)
class Answer:
    """What DNS says: none when there is nothing. `why`: nobody could tell, and the values say nothing.

    Of MX the names of servers, the first choice first, "" for one that takes no mail (RFC 7505); names have
    no last dot.
    """

    values: tuple[str, ...] = ()
    why: Text | None = None


Resolve = Callable[[str, Kind], Answer]
"""Asks for a name's records of a kind."""


def resolver(
    *, each: float = _EACH, most: float = _ALL, servers: tuple[str, ...] = (), port: int = 53
) -> Resolve:
    """How this machine asks; `servers` instead of its own.

    When `most` seconds have gone since the first question it asks no more.
    """
    began: list[float] = []

    def resolve(name: str, kind: Kind) -> Answer:
        began.append(time.monotonic())
        left = began[0] + most - began[-1]
        if f".{name}".lower().endswith(_RESERVED):
            return Answer(why=say("{name} är ett namn för exempel.", name=name))
        if left <= 0:
            return Answer(why=say("DNS svarar för långsamt. Pröva igen om en stund."))
        try:
            asker = dns.resolver.Resolver(configure=not servers)
            if servers:
                asker.nameservers, asker.port = list(servers), port
            asked = dns.reversename.from_address(name) if kind is Kind.PTR else dns.name.from_text(name)
            found = asker.resolve(asked, kind.value, lifetime=min(each, left), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Answer()
        except (dns.exception.DNSException, OSError, ValueError) as error:
            return Answer(
                why=say(
                    "DNS svarar inte om {name} ({kind}). Pröva igen om en stund.",
                    name=harmless(name),
                    kind=type(error).__name__,
                )
            )
        return Answer(tuple(_value(record, kind) for record in sorted(found, key=_rank)))

    return resolve


def _rank(record: object) -> tuple[int, str]:
    return int(getattr(record, "preference", 0)), str(record)


def _value(record: object, kind: Kind) -> str:
    if kind is Kind.TXT:
        strings: tuple[bytes, ...] = getattr(record, "strings", ())
        return b"".join(strings).decode("utf-8", "replace")
    if kind is Kind.MX:
        return str(getattr(record, "exchange", "")).rstrip(".")
    return str(record).rstrip(".")
