"""What the doctor says of one thing, and how it reaches the world outside."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import StrEnum

from comms.app.resolving import Resolve
from comms.errors import Text


class Finding(StrEnum):
    """What the doctor says of one thing."""

    WELL = "well"
    ADVICE = "advice"
    FAULT = "fault"


@dataclass(frozen=True)
class Examined:
    """One thing looked at."""

    finding: Finding
    what: Text


@dataclass(frozen=True)
class Outside:
    """What the doctor asks beyond this machine: names, and servers whose certificates `trust` vouches for."""

    resolve: Resolve
    trust: ssl.SSLContext | None = None


def well(what: Text) -> Examined:
    """It is as it should be."""
    return Examined(Finding.WELL, what)


def advice(what: Text) -> Examined:
    """It works, and could be better."""
    return Examined(Finding.ADVICE, what)


def fault(what: Text) -> Examined:
    """A person must mend it."""
    return Examined(Finding.FAULT, what)
