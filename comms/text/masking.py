"""Addresses as they may be shown where anybody may look: enough to know one's own, too little to write to."""

from __future__ import annotations

import re

_ANY = re.compile(r"[^\s<>()\[\]\"',;:/=@]+@[\w\[][\w.:-]*")
"""What stands before and after an at sign; a host may have no dots, or be an address in figures."""


def masked(address: str) -> str:
    """`anna@kommun.example` -> `a•••@kommun.example`: the first letter and the domain."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"


def masked_in(text: str) -> str:
    """A text in which every address is masked: what others wrote, who often repeat whom they are about."""
    return _ANY.sub(lambda found: masked(found[0]), text)
