"""Addresses that are forgotten and still count: as nobody can guess them without a key of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from comms.model.settings import Secret
from comms.store.suppressions import ERASED
from comms.text.tokens import keyed_hash


def forgotten(keys: Sequence[Secret]) -> Callable[[str], str]:
    """The hash by which a forgotten address still counts, for `store.tickets.forget`."""
    return lambda key: keyed_hash("ticket", key, keys)[0]


def exit_names(keys: Sequence[Secret]) -> Callable[[str, str], str]:
    """What the exit of an address key and a newsletter is called: the same on every day and every machine."""
    return lambda key, newsletter: keyed_hash("exit", f"{newsletter}|{key}", keys)[0][:16]


def erased_keys(key: str, keys: Sequence[Secret]) -> tuple[str, ...]:
    """What noes of an erased address are kept under: by each key of the ring, newest first."""
    return tuple(f"{ERASED}{one}" for one in keyed_hash("erased", key, keys))
