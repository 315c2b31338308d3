"""The office as the public pages see it: its settings, and the names of what people choose between."""

from __future__ import annotations

from dataclasses import dataclass

from comms.model.audience import Audiences
from comms.model.issue import Newsletter
from comms.model.settings import Settings
from comms.model.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Office:
    """comms.yaml, audiences.yaml and strategy.yaml, without content."""

    settings: Settings
    audiences: Audiences
    strategy: Strategy

    @property
    def newsletters(self) -> dict[str, Newsletter]:
        """The newsletters that anybody may subscribe to."""
        return {slug: one for slug, one in self.settings.newsletters.items() if one.is_open}
