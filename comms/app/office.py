"""The office as the public pages know it: its three files, read again when one of them has changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias, TypeVar

from comms.app.house import read_settings
from comms.content.audiences import read_audiences
from comms.content.files import SourceText, read_text
from comms.content.strategy import read_strategy
from comms.errors import ConfigError, Problem, Severity, in_reading_order, say
from comms.model.office import Office
from comms.model.settings import Secret, Web
from comms.settings.faults import FILE
from comms.store import Store

Ledger: TypeAlias = Store
"""What faces call the store, which they never open themselves."""

_AUDIENCES, _STRATEGY = "audiences.yaml", "strategy.yaml"
_GLANCE = timedelta(seconds=3)
_LOG = logging.getLogger("comms.web")

Read = TypeVar("Read")


def read_office(root: Path) -> Office:
    """The office below `root`. Raises `ConfigError` with every problem of the first file that has errors."""
    settings = read_settings(root)
    return Office(
        settings, _read(root, _AUDIENCES, read_audiences), _read(root, _STRATEGY, read_strategy)
    )  # fmt: skip


def read_public_office(root: Path) -> Office:
    """The same, when it can have public pages. Raises `ConfigError` that says what is missing."""
    office = read_office(root)
    web_of(office)
    return office


def web_of(office: Office) -> Web:
    """How the public pages are served. Raises `ConfigError` when they cannot be."""
    web = office.settings.web
    if web is None:
        raise ConfigError(
            say("comms.yaml har inga publika sidor. Skriv till exempel: web: {{listen: 127.0.0.1:8080}}")
        )
    if not web.keys:
        raise ConfigError(
            say(
                "De publika sidorna saknar nyckel. Gör en med comms doctor --new-key och sätt den i {name}.",
                name="COMMS_WEB__KEYS",
            )
        )
    return web


def keys_of(office: Office) -> tuple[Secret, ...]:
    """The ring that links and forms are signed with. Raises `ConfigError` when there is none."""
    return web_of(office).keys


class Offices:
    """The office as it is now: its files are looked at every few seconds, and what is broken changes nothing.

    Threads share it.
    """

    def __init__(self, root: Path, now: datetime) -> None:
        """Read the files. Raises `ConfigError` when they cannot be used for public pages."""
        self._root = root
        self._looking = threading.Lock()
        self._seen = _stamps(root)
        self._looked_at = now
        self._office = read_public_office(root)

    def at(self, now: datetime) -> Office:
        """The office at `now`: the newest that could be used."""
        with self._looking:
            # A clock that is set back must not keep us from looking.
            if abs(now - self._looked_at) >= _GLANCE:
                self._looked_at = now
                self._look()
            return self._office

    def _look(self) -> None:
        seen = _stamps(self._root)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._office = read_public_office(self._root)
        except ConfigError as broken:
            _LOG.warning("%s (%s)", broken, say("sidorna visas som förut"))


def _read(
    root: Path, path: str, reader: Callable[[SourceText], tuple[Read, list[Problem]]]
) -> Read:  # fmt: skip
    source, problems = read_text(root, path)
    found = None
    if source is not None:
        found, more = reader(source)
        problems += more
    if found is None or any(one.severity is Severity.ERROR for one in problems):
        raise ConfigError(
            say("{path} har fel och kan inte användas.", path=path), tuple(in_reading_order(problems))
        )
    return found


def _stamps(root: Path) -> tuple[tuple[int, int, int] | None, ...]:
    """What tells each file from what it was."""
    return tuple(stamp(root / name) for name in (FILE, _AUDIENCES, _STRATEGY))


def stamp(file: Path) -> tuple[int, int, int] | None:
    """What tells a file from what it was, None when it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
