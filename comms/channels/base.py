"""What every channel promises, so that the ledger can tell sent from not sent.

Verified by one suite over all of them (tests/contract/test_channels.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from comms.model.ledger import Outgoing, Receipt


class Channel(Protocol):
    """One configured way out. Making one never touches the network."""

    @property
    def slug(self) -> str:
        """Its name in comms.yaml."""
        ...

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Hand over one letter or post; the receipt is the receiver's yes.

        `point_of_no_return` is called once, just before the first byte that could make the receiver
        accept; whatever it raises passes through, and then nothing is sent. What cannot be carried is
        refused before anything is touched. Raises TemporaryFailure, PermanentFailure or ChannelDown
        (certainly not sent), or OutcomeUnknown.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
