"""Which hosts are this machine: the only ones that may be spoken to without protection."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine or the name for it (RFC 6761, 6.3); no look-up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
