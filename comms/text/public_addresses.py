"""Which IP addresses are on the open internet, and which are an office's own network; no look-up.

Python's `is_global` says yes to multicast, to NAT64 and 6to4 with a private address inside, to
IPv4-compatible ones and to 192.0.0.8, so the registries are read here: IANA IPv4 and IPv6 Special-Purpose
Address Registries (RFC 6890), RFC 6052 and 8215 (NAT64), RFC 3056 (6to4), RFC 4291 (2.5.5), RFC 9637.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NOT_PUBLIC_4 = tuple(
    map(IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4"))
)
_GIVEN_OUT_6 = IPv6Network("2000::/3")
"""All that is given out for sites of the internet so far (IANA IPv6 Global Unicast)."""

_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
"""Protocols' own (Teredo, ORCHID, benchmarks …) and documentation."""

_NAT64 = IPv6Network("64:ff9b::/96")
_OWN = tuple(
    map(IPv4Network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
)
_OWN_6 = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))


def address_in(text: str) -> Address | None:
    """An address as text, None when it is none in the one form we take: four decimal numbers, or IPv6.

    One with a zone (`fe80::1%eth0`) means something on this machine alone, so it is none.
    """
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether it belongs to the open internet, and an IPv4 address within it as well."""
    if isinstance(address, IPv4Address):
        barred = any(address in net for net in _NOT_PUBLIC_4)
        return address.is_global and not address.is_multicast and not barred
    inner = _within(address)
    if inner is not None:
        return is_public(inner)
    barred = any(address in net for net in _NOT_PUBLIC_6)
    return address in _GIVEN_OUT_6 and address.is_global and not address.is_multicast and not barred


def is_own(address: Address) -> bool:
    """Whether it is one that an office's own network has: never link-local, where clouds keep their keys."""
    nets = _OWN if isinstance(address, IPv4Address) else _OWN_6
    return any(address in net for net in nets)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets end at: mapped, 6to4, NAT64 by the well-known prefix."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
