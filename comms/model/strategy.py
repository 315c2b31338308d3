"""The strategy that every item is tagged by: goals, focus areas, activities, indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FocusArea:
    """One insatsområde with its own activities and its choice of indicators."""

    slug: str
    title: str
    name: str
    activities: Mapping[str, str]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """A Leader area's strategy as in strategy.yaml; mappings go from slug to the strategy's own words."""

    vision: str
    goals: Mapping[str, str]
    indicators: Mapping[str, str]
    focus_areas: Mapping[str, FocusArea]
