"""Mail clients: what each of them shows of the HTML and CSS that letters are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Feature:
    """A piece of HTML or CSS and who does not show it; clients are named as `outlook-windows`.

    `pattern` is what to look for: `<tag`, `attribute=`, `property`, `property: value`, `@rule`, `unit:vw`.
    `without` and `partly` are the clients that ignore it, or show a part of it.
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


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What a client ignores of a letter, its line in the HTML; `reviewed`: why that is fine, or ""."""

    client: str
    feature: Feature
    line: int
    reviewed: str
