"""What channels remember between runs, in the ledger; secrets locked with a key that is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from comms.errors import ConfigError, say
from comms.model.settings import Secret
from comms.store import Remembrance, Store

Lock = MultiFernet
"""What locks secrets, and opens what any of its keys has locked."""


def lock(keys: Sequence[Secret]) -> Lock | None:
    """The lock of `memory.keys` (https://cryptography.io/en/latest/fernet/): the first locks, all unlock.

    None without keys. Raises ConfigError for what is no key; never shows it.
    """
    try:
        return MultiFernet([Fernet(key.value) for key in keys]) if keys else None
    except ValueError:
        raise ConfigError(
            say("COMMS_MEMORY__KEYS är ingen nyckel. Gör en med: comms doctor --new-key")
        ) from None


def new_key() -> str:
    """A new key for `memory.keys`."""
    return Fernet.generate_key().decode()


class LedgerMemory:
    """A channel's memory in the ledger; see `comms.channels.base.Memory`."""

    def __init__(self, store: Store, channel: str, lock: Lock | None, now: datetime) -> None:
        """Remember where; nothing is read. Without a lock nothing secret is kept."""
        self._store = store
        self._channel = channel
        self._lock = lock
        self._now = now

    def recall(self, name: str) -> str:
        """What was kept by that name; "" also when the key that locked it is gone, or its time is over."""
        one = self._store.memories.find(self._channel, name)
        if one is None or (one.until is not None and one.until <= self._now):
            return ""
        if not one.locked:
            return one.value
        try:
            return self._lock.decrypt(one.value).decode() if self._lock else ""
        except InvalidToken:
            return ""

    def keep(self, name: str, value: str, *, secret: bool = False, until: datetime | None = None) -> bool:
        """Remember a value, locked when it is secret."""
        if secret and self._lock is None:
            return False
        kept = self._lock.encrypt(value.encode()).decode() if secret and self._lock else value
        self._store.memories.keep(Remembrance(self._channel, name, kept, secret, until, self._now))
        return True

    def forget(self, name: str) -> None:
        """Remember it no more."""
        self._store.memories.forget(self._channel, name)
