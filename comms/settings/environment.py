"""The environment: the only place that reads it, and light enough for `comms --help`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from comms.errors import ConfigError, Text, say

PREFIX = "COMMS_"
LANGUAGES = ("sv", "en")
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


def language() -> str:
    """The language of messages to whoever runs the command: `COMMS_LANGUAGE`, Swedish by default."""
    wanted = os.environ.get("COMMS_LANGUAGE", "sv").lower()[:2]
    return wanted if wanted in LANGUAGES else "sv"


def wants_colour() -> bool:
    """Whether colours may be shown where they can be (`NO_COLOR`, https://no-color.org)."""
    return not os.environ.get("NO_COLOR")


def crash_point() -> str:
    """The name of the point where a test wants this process to die (`COMMS_CRASH_AT`), else nothing."""
    return os.environ.get("COMMS_CRASH_AT", "")


def cache_folder() -> Path:
    """Where what can be worked out again is kept for the next time (`XDG_CACHE_HOME`, else ~/.cache).

    Below the user's own folder and not in the workspace, which may come from somebody else.
    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    written = os.environ.get("XDG_CACHE_HOME", "")
    return Path(written if written.startswith("/") else Path.home() / ".cache") / "comms"


def imap_password() -> str:
    """The password of the mailbox that `comms reconcile --imap` reads (`COMMS_IMAP_PASSWORD`)."""
    return os.environ.get("COMMS_IMAP_PASSWORD", "")


@dataclass(frozen=True, slots=True)
class Override:
    """One value from outside comms.yaml: its keys, and where it stands, for messages. Never shown itself."""

    path: tuple[str, ...]
    value: str = field(repr=False)
    origin: Text


def overrides() -> list[Override]:
    """Settings from secret files and, over them, from the environment; parents before their children.

    `COMMS_CHANNELS__MAIL__HOST=x` is the value of `channels.mail.host`. Files in the folder
    `COMMS_SECRETS_DIR` are named likewise (`channels__mail__password`); a file that others can read is
    refused with its path. Raises `ConfigError`.
    """
    found = {one.path: one for one in (*_secret_files(), *_variables())}
    return [found[path] for path in sorted(found)]


def nested(found: Iterable[Override]) -> dict[str, object]:
    """The values nested as in comms.yaml: `{"channels": {"mail": {"host": "x"}}}`."""
    root: dict[str, object] = {}
    for one in found:
        place = root
        for parent in one.path[:-1]:
            inner = place.get(parent)
            if not isinstance(inner, dict):
                inner = place[parent] = {}
            place = inner
        place[one.path[-1]] = one.value
    return root


def _variables() -> Iterator[Override]:
    for name, value in os.environ.items():
        if name.startswith(PREFIX) and "__" in name:
            yield Override(_path(name), value, say("miljövariabeln {name}", name=name))


def secrets_folder() -> Path | None:
    """The folder of secret files (`COMMS_SECRETS_DIR`), or None."""
    folder = os.environ.get("COMMS_SECRETS_DIR", "")
    return Path(folder) if folder else None


def _secret_files() -> Iterator[Override]:
    folder = secrets_folder()
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigError(
            say("Mappen {path} finns inte. Rätta miljövariabeln COMMS_SECRETS_DIR.", path=folder)
        )
    if not os.access(folder, os.R_OK | os.X_OK):  # else each secret would be told of as never set
        raise ConfigError(
            say("Mappen {path} går inte att läsa. Ge den till användaren som kör comms.", path=folder)
        )
    for file in sorted(folder.glob("*__*")):
        try:
            if file.stat().st_mode & _PRIVATE:
                raise ConfigError(
                    say("Hemligheten {path} kan läsas av andra. Kör: chmod 600 {path}", path=file.as_posix())
                )
            value = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            message = say("Hemligheten {path} går inte att läsa som text i UTF-8.", path=file.as_posix())
            raise ConfigError(message) from None
        yield Override(_path(file.name), value, say("filen {path}", path=file.as_posix()))


def _path(name: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(PREFIX).lower().split("__"))
