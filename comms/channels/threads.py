"""Posts to Threads."""

from __future__ import annotations

from comms.channels.base import Channel, Memory
from comms.errors import ConfigError, say
from comms.model.settings import ChannelSettings


def open_channel(settings: ChannelSettings, out: str, memory: Memory) -> Channel:
    """Make the channel."""
    del out, memory
    raise ConfigError(say("Kanalen {channel} kan inte öppnas än.", channel=settings.slug))
