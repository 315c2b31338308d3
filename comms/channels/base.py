"""What every channel promises, so that the ledger can tell sent from not sent.

Verified by one suite over all of them (tests/contract/test_channels.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from comms.model.ledger import Outgoing, Receipt


class Channel(Protocol):
    """One configured way out, used by `connections` threads at once. Making one never touches the network."""

    @property
    def slug(self) -> str:
        """Its name in comms.yaml."""
        ...

    @property
    def connections(self) -> int:
        """How many deliveries may be in flight at once."""
        ...

    def check(self, size: int) -> None:
        """Whether letters of `size` bytes would be taken, before the first one is handed over.

        Raises SenderRefused when they never would, ChannelDown when it cannot be asked just now.
        """
        ...

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Hand over one letter or post; the receipt is the receiver's yes.

        `point_of_no_return` is called once, just before the first byte that could make the receiver
        accept; whatever it raises passes through, and then nothing is sent. What cannot be carried is
        refused before anything is touched. Raises TemporaryFailure, PermanentFailure, SenderRefused or
        ChannelDown (certainly not sent), or OutcomeUnknown. Safe to call from several threads.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
