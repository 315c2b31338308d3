"""Who reads: audiences, municipalities and the functional addresses in audiences.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

WHOLE_AREA = ""
"""The municipality of an edition or address that belongs to no one municipality."""

WHOLE_AREA_KEY = "whole-area"
"""How the whole area is written in files and in the names of folders."""


def address_key(address: str) -> str:
    """The address as it is compared: without regard to case, the domain in its ASCII form (RFC 5890).

    Nothing is folded but case: *straße* and *strasse* are two domains, and may be two owners (RFC 5894, 7.2).
    """
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local}{at}{'.'.join(map(_ascii_label, domain.split('.')))}"


def _ascii_label(label: str) -> str:
    """A label of small letters as an A-label; what is ASCII stands as written."""
    whole = normalize("NFC", label)
    if whole.isascii():
        return whole
    return f"xn--{whole.encode('punycode', 'backslashreplace').decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a text may be: its LIX, the words in one sentence, and in a sentence on average."""

    lix: int = 45
    sentence: int = 25
    average: int = 18


def strictest(limits: Iterable[Limits]) -> Limits:
    """The lowest of each limit: a text for several audiences must suit them all. The usual ones for none."""
    found = list(limits) or [Limits()]
    return Limits(
        lix=min(one.lix for one in found),
        sentence=min(one.sentence for one in found),
        average=min(one.average for one in found),
    )


@dataclass(frozen=True, slots=True)
class Audience:
    """A group that communication is directed to; `reason` tells readers why they get the letter."""

    slug: str
    title: str
    reason: str
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class FunctionalAddress:
    """An office's own address (never a person's) in one audience and municipality ("" = whole area)."""

    address: str
    name: str
    audience: str
    municipality: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Audiences:
    """audiences.yaml: audiences in order of precedence, municipalities in alphabetical order, addresses."""

    audiences: Mapping[str, Audience]
    municipalities: Mapping[str, str]
    recipients: tuple[FunctionalAddress, ...]
