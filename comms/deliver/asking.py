"""Asking a channel something outside of a delivery: what goes wrong in one must stop no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from comms.errors import ChannelError, StoreError

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


def asked(channel: str, question: Callable[[], _Answer]) -> _Answer | None:
    """The answer; None when it cannot be had just now: a fault of ours is in the log.

    Raises StoreError: what cannot be remembered must not go on.
    """
    try:
        return question()
    except StoreError:
        raise
    except ChannelError:
        return None
    except Exception:  # noqa: BLE001 - one channel that is odd must not stop the letters of all others
        _LOG.exception("Channel %s could not be asked.", channel)
        return None
