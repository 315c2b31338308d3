"""Settings of channels, as a workspace would give them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from comms.model.issue import QuietDays
from comms.model.settings import ChannelKind, ChannelSettings, Secret, Security


def channel_settings(kind: ChannelKind, **changes: Any) -> ChannelSettings:  # noqa: ANN401 - any of the fields
    """A channel of `kind`, named after it, at addresses that lead nowhere."""
    settings = ChannelSettings(
        slug=kind.value,
        kind=kind,
        network="",
        slots=(),
        quiet=QuietDays(),
        max_lateness=timedelta(hours=2),
        rates=(),
        domain_rates=(),
        connections=1,
        host="relay.invalid",
        port=587,
        security=Security.STARTTLS,
        user="comms",
        password=Secret("hemligt"),
        base_url="https://social.invalid",
        token=Secret("nyckel"),
    )
    return replace(settings, **changes)
