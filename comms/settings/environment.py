"""The environment: the only place that reads it, and light enough for `comms --help`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from comms.errors import ConfigError, say

PREFIX = "COMMS_"
LANGUAGES = ("sv", "en")
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


def language() -> str:
    """The language of messages to whoever runs the command: `COMMS_LANGUAGE`, Swedish by default."""
    wanted = os.environ.get("COMMS_LANGUAGE", "sv").lower()[:2]
    return wanted if wanted in LANGUAGES else "sv"


def crash_point() -> str:
    """The name of the point where a test wants this process to die (`COMMS_CRASH_AT`), else nothing."""
    return os.environ.get("COMMS_CRASH_AT", "")


def overrides() -> dict[str, object]:
    """Settings from the environment and from secret files, nested as in comms.yaml.

    `COMMS_CHANNELS__MAIL__HOST=x` becomes `{"channels": {"mail": {"host": "x"}}}`. Files in the folder
    `COMMS_SECRETS_DIR` are named likewise (`channels__mail__password`); a file that others can read is
    refused with its path. Raises `ConfigError`.
    """
    nested: dict[str, object] = {}
    for name, value in {**_secret_files(), **_variables()}.items():
        *parents, last = name.lower().split("__")
        place = nested
        for parent in parents:
            inner = place.setdefault(parent, {})
            place = inner if isinstance(inner, dict) else {}
        place[last] = value
    return nested


def _variables() -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and "__" in name
    }


def _secret_files() -> dict[str, str]:
    folder = os.environ.get("COMMS_SECRETS_DIR", "")
    if not folder:
        return {}
    found: dict[str, str] = {}
    for file in sorted(Path(folder).glob("*__*")):
        if file.stat().st_mode & _PRIVATE:
            raise ConfigError(
                say("Hemligheten {path} kan läsas av andra. Kör: chmod 600 {path}", path=file.as_posix())
            )
        found[file.name.removeprefix(PREFIX)] = file.read_text(encoding="utf-8").strip()
    return found
