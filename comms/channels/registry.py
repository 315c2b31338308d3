"""Which module serves which kind of channel; a module is imported when its channel is opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from comms.model.settings import ChannelKind, ChannelSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from comms.channels.base import ApiVersion, Channel, Memory

_MODULES = {kind: f"comms.channels.{kind.value}" for kind in ChannelKind}


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> Channel:
    """Make the channel that `settings` describes; `out` is the folder of those that write files.

    `now` is the clock that attempts are timed by.

    Raises ConfigError when the settings would send something unprotected or cannot work.
    """
    module = import_module(_MODULES[settings.kind])
    channel: Channel = module.open_channel(settings, out=out, memory=memory, now=now)
    return channel


def api_version(kind: ChannelKind) -> ApiVersion | None:
    """The dated version of the network's API that a kind of channel speaks, if the network has such."""
    found: ApiVersion | None = getattr(import_module(_MODULES[kind]), "API", None)
    return found
