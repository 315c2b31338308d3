"""What every channel promises, so that the ledger can tell sent from not sent.

Verified by one suite over all of them (tests/contract/test_channels.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from comms.errors import Text
from comms.model.ledger import Found, Outgoing, Receipt


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version of an API that a channel speaks, and the last day that the network promises it works."""

    name: str
    until: date
    source: str


RENEWED = "renewed-key"
"""What a channel that renews its own key remembers the newest by, with when it dies."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """How it is with a key. `until`: when it dies, if known. `trouble`: why it was not renewed."""

    until: datetime | None = None
    trouble: Text | None = None


@runtime_checkable
class Renewing(Protocol):
    """A channel whose key dies unless it is renewed while it lives."""

    def keep_fresh(self) -> KeyStatus:
        """Renew the key when it is time; how it is with it. Never raises for what a network says."""
        ...


class Memory(Protocol):
    """What a channel remembers from one run to the next. Every act is durable when it returns.

    Raises StoreError when it cannot be.
    """

    def recall(self, name: str) -> str:
        """What was kept by that name; "" when nothing was, or it cannot be unlocked."""
        ...

    def keep(self, name: str, value: str, *, secret: bool = False, until: datetime | None = None) -> bool:
        """Remember a value; a secret only when there is a key to lock it with: False when there is none.

        `until`: when it stops being of use.
        """
        ...

    def forget(self, name: str) -> None:
        """Remember it no more."""
        ...


class Passing:
    """A memory that lasts as long as the process: for trying a channel, and where there is no ledger."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[str, str] = {}

    def recall(self, name: str) -> str:
        """What was kept by that name."""
        return self._kept.get(name, "")

    def keep(self, name: str, value: str, *, secret: bool = False, until: datetime | None = None) -> bool:
        """Remember a value, a secret too: it is on no disk."""
        del secret, until
        self._kept[name] = value
        return True

    def forget(self, name: str) -> None:
        """Remember it no more."""
        self._kept.pop(name, None)


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

    def find(self, outgoing: Outgoing) -> Found:
        """Look whether something that may have gone out is there; changes nothing.

        `Absent` only where the network can tell for certain. Raises TemporaryFailure or ChannelDown when it
        cannot be asked just now.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
