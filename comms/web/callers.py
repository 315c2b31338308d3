"""Who calls, as little as is needed: the network, never the address."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_KEPT = {4: 24, 6: 48}
"""Bits of an address that are kept: a street, not a door."""


def network_of(peer: str, forwarded: str, proxies: Sequence[str]) -> str:
    """The caller's network as text (/24 or /48), "" when nobody can tell.

    `forwarded` is X-Forwarded-For, of which anybody may write the beginning: it is read from its end, and
    only when the peer is a proxy of ours; the first that is none is the caller.
    """
    ours = {_address(one) for one in proxies}
    caller = _address(peer)
    for entry in reversed(forwarded.split(",") if forwarded else ()):
        if caller not in ours:
            break
        before = _address(entry.strip())
        if before is None:
            break
        caller = before
    if caller is None:
        return ""
    return str(ip_network((caller, _KEPT[caller.version]), strict=False))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, perhaps with a port (`192.0.2.1:80`, `[2001:db8::1]:80`)."""
    bare = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    # A socket that takes both kinds tells of IPv4 within IPv6 (RFC 4291, 2.5.5.2).
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return inner or found
