"""Names of hosts: which are this machine, and how a name with å, ä and ö is written where only ASCII goes."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

import idna

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)(?!.*\.[0-9]+\Z){_LABEL}(\.{_LABEL})*")


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine or the name for it (RFC 6761, 6.3); no look-up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """A domain as A-labels (IDNA 2008 after UTS 46, RFC 5891); one that is ASCII already stands as written.

    Python's own codec is IDNA 2003, which sends *straße* to another domain. Raises ValueError for what is no
    name of a host: empty or long labels, other signs than letters, digits and hyphens, an address in figures.
    """
    written = domain
    if not domain.isascii() or "xn--" in domain.lower():
        written = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    if not _DOMAIN.fullmatch(written):
        raise ValueError(f"{domain!r} is no domain")
    return written
