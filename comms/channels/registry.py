"""Which module serves which kind of channel; a module is imported when its channel is opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from comms.model.settings import ChannelKind, ChannelSettings

if TYPE_CHECKING:
    from comms.channels.base import Channel

_MODULES = {
    ChannelKind.FILE: "comms.channels.file",
    ChannelKind.MANUAL: "comms.channels.manual",
    ChannelKind.MASTODON: "comms.channels.mastodon",
    ChannelKind.SMTP: "comms.channels.smtp",
}


def open_channel(settings: ChannelSettings, *, out: str) -> Channel:
    """Make the channel that `settings` describes; `out` is the folder of those that write files.

    Raises ConfigError when the settings would send something unprotected or cannot work.
    """
    channel: Channel = import_module(_MODULES[settings.kind]).open_channel(settings, out)
    return channel
