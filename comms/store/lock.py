"""One sender at a time on one machine: a lock that the operating system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from comms.errors import StoreError, say

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def single_sender(path: str) -> Iterator[bool]:
    """Hold the lock file at `path` for the length of the block; False when another run holds it.

    Uses flock(2): the kernel lets go at the holder's end however it ends, so a lock that is got proves
    that every earlier owner of a claim is dead. The file stays: removing it would let two runs lock
    two files of one name. Raises StoreError when the file cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            say(
                "Låsfilen {path} gick inte att skapa: {error}. Kontrollera att du får skriva i mappen.",
                path=path,
                error=error.strerror or "",
            )
        ) from error
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
