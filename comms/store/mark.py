"""The high-water mark: what this machine knows of its sending, in a file beside the database.

A database that is restored from a copy has forgotten letters that went out after the copy was taken. The
mark has not: it says which process sent last here, and how many intents it had committed. It also keeps
two clocks, so that a wall clock that was set can be told from a machine that slept.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from comms.errors import StoreError, say

if TYPE_CHECKING:
    from typing import Self

MOST = 64
"""How many processes may send from one folder at once."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MACHINE = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Reading:
    """Two clocks at one moment: the wall's, and seconds since the machine started, sleep included."""

    wall: datetime
    since_boot: float
    boot: str

    def jump(self, later: Reading) -> timedelta:
        """By how much the wall clock was set between two readings; nothing when the machine restarted."""
        if not self.boot or self.boot != later.boot:
            return timedelta(0)
        return (later.wall - self.wall) - timedelta(seconds=later.since_boot - self.since_boot)


@dataclass(frozen=True, slots=True)
class Known:
    """What a mark says: whose database it saw, on what machine, who sent last and how far it had come."""

    installation: str
    machine: str
    owner: str
    intents: int
    reading: Reading


def read_clocks() -> Reading:
    """Both clocks now."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Reading(datetime.now(UTC), time.clock_gettime(clock), _boot())


@cache
def _boot() -> str:
    with suppress(OSError):
        return _BOOT.read_text(encoding="ascii").strip()
    return ""


@cache
def machine() -> str:
    """The name that the operating system gave this machine when it was installed, or nothing."""
    with suppress(OSError):
        return _MACHINE.read_text(encoding="ascii").strip()
    return ""


class Mark:
    """One process's mark, locked while it is open and rewritten in place."""

    def __init__(self, descriptor: int) -> None:
        """Use `Mark.open`."""
        self._descriptor = descriptor

    @classmethod
    def open(cls, stem: Path) -> Self:
        """Take the first mark beside `stem` that no living process has. Raises StoreError."""
        for number in range(MOST):
            path = _path(stem, number)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)  # nobody else makes it beside PostgreSQL
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise StoreError(
                    say(
                        "Filen {path} gick inte att skapa: {error}. Kontrollera att du får skriva i mappen.",
                        path=path,
                        error=error.strerror or "",
                    )
                ) from error
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return cls(descriptor)
        raise StoreError(say("Redan {most} processer sänder från den här mappen.", most=MOST))

    def write(self, known: Known) -> None:
        """Say how far we have come. Written after the commit, so it never runs ahead of the database."""
        reading = known.reading
        line = json.dumps(
            {
                "installation": known.installation,
                "machine": known.machine,
                "owner": known.owner,
                "intents": known.intents,
                "wall": reading.wall.isoformat(),
                "since_boot": reading.since_boot,
                "boot": reading.boot,
            }
        ).encode()
        with suppress(OSError):  # an older mark is a weaker guard, not a wrong one
            os.pwrite(self._descriptor, line.ljust(512) + b"\n", 0)

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._descriptor)


def marks(stem: Path) -> list[Known]:
    """Every mark beside `stem` that can be read."""
    found = []
    for number in range(MOST):
        path = _path(stem, number)
        if not path.exists():
            break
        with suppress(OSError, ValueError, KeyError, TypeError):
            raw = json.loads(path.read_bytes())
            wall = datetime.fromisoformat(raw["wall"])
            reading = Reading(wall, float(raw["since_boot"]), str(raw["boot"]))
            found.append(
                Known(raw["installation"], raw["machine"], raw["owner"], int(raw["intents"]), reading)
            )
    return found


def is_marked(stem: Path) -> bool:
    """Whether a process has begun to send from here: its mark is made before it sends, and filled after."""
    return _path(stem, 0).exists()


class Tally:
    """How far this process has come, kept in its mark: opened when work begins, rewritten after commits."""

    def __init__(self, stem: Path | None) -> None:
        """Nothing is opened yet; without a stem nothing is kept."""
        self._stem = stem
        self._mark: Mark | None = None
        self._installation = ""
        self._intents = 0

    def begin(self, installation: str) -> None:
        """Work begins on a database of that name. Raises StoreError."""
        self._installation = installation
        self._intents = 0
        if self._mark is None and self._stem is not None:
            self._mark = Mark.open(self._stem)

    def add(self, owner: str, intents: int) -> None:
        """So many more have been committed."""
        self._intents += intents
        if intents and self._mark is not None:
            self._mark.write(Known(self._installation, machine(), owner, self._intents, read_clocks()))

    def close(self) -> None:
        """Let another process have the mark."""
        if self._mark is not None:
            self._mark.close()
            self._mark = None


def start_over(stem: Path, installation: str) -> None:
    """A person says that the database of that name is right: one mark, that says so, instead of all."""
    forget(stem)
    mark = Mark.open(stem)
    mark.write(Known(installation, machine(), "", 0, read_clocks()))
    mark.close()


def last_reading(stem: Path) -> Reading | None:
    """Both clocks as they were when this machine last sent; None at first."""
    return max((known.reading for known in marks(stem)), key=lambda reading: reading.wall, default=None)


def forget(stem: Path) -> None:
    """Remove every mark beside `stem`: a person says that the database is right."""
    for number in range(MOST):
        _path(stem, number).unlink(missing_ok=True)


def _path(stem: Path, number: int) -> Path:
    return stem.with_name(f"{stem.name}.mark{number or ''}")
