"""Mail clients: what each of them shows of the HTML and CSS that letters are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Feature:
    """A piece of HTML or CSS and who does not show it.

    `pattern` is what to look for, of several any, with ` | ` between: `<tag`, `attribute=`, `href=#`,
    `property`, `property: value`, `value:word`, `unit:vw`, `calc()`, `@rule`, `@media (feature)`, `:hover`,
    `selector:>`, `.webp` (comms/render/clients.py tells how each is found).
    `without` and `partly` are the clients that ignore it, or show a part of it, named as `outlook-windows`.
    """

    slug: str
    title: str
    pattern: str
    without: frozenset[str]
    partly: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class ClientTable:
    """All features, clients' names by slug; `reviewed`: (client, feature) -> why a person found it fine.

    `dated_on` is the day of the data (caniemail.com).
    """

    features: tuple[Feature, ...]
    clients: Mapping[str, str]
    reviewed: Mapping[tuple[str, str], str]
    dated_on: date


NO_CLIENTS = ClientTable((), {}, {}, date.min)
"""No data: nothing is found."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A feature in a letter that a client ignores, its line in the HTML; `reviewed`: why that is fine, or "".

    `partly`: the client shows a part of it; such a thing is counted and never warned of.
    """

    client: str
    feature: Feature
    line: int
    reviewed: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class ClientSummary:
    """How a letter fares in one client: its name, how many features it ignores and shows in part.

    `unreviewed`: how many of those it ignores nobody has looked at yet.
    """

    slug: str
    name: str
    ignored: int
    partly: int
    unreviewed: int
