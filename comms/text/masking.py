"""Addresses as they may be shown where anybody may look: enough to know one's own, too little to write to."""

from __future__ import annotations


def masked(address: str) -> str:
    """`anna@kommun.example` -> `a•••@kommun.example`: the first letter and the domain."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"
