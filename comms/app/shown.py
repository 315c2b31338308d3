"""What of the archive anybody may fetch: the files that its manifest names, and pictures of posts."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

from comms.app.folder import MANIFEST
from comms.app.office import stamp
from comms.model.settings import MEDIA_FOLDER

INDEX = "index.html"
_PICTURE = re.compile(rf"{MEDIA_FOLDER}/[0-9a-f]{{24}}\.(?:jpg|png)")
"""What channels lay there for networks to fetch (comms/channels/shelf.py); the manifest does not name it."""


class Shown:
    """The folder as visitors see it. Threads share it; the manifest is read again when it has changed."""

    def __init__(self, folder: Path) -> None:
        """Remember; nothing is read yet, and the folder need not be there."""
        self._folder = folder
        self._reading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._names: frozenset[str] = frozenset()

    def find(self, path: str) -> tuple[str, Path] | None:
        """The name and the file of a path below base_url ("" and "x/" are folders); None for all else."""
        name = f"{path}{INDEX}" if not path or path.endswith("/") else path
        if name not in self._known() and not _PICTURE.fullmatch(name):
            return None
        file = (self._folder / name).resolve()
        inside = file.is_relative_to(self._folder.resolve())  # a link that somebody laid there may lead out
        return (name, file) if inside and file.is_file() else None

    def has_folder(self, path: str) -> bool:
        """Whether `path` is a folder of ours that was asked for without its last stroke."""
        return bool(path) and not path.endswith("/") and f"{path}/{INDEX}" in self._known()

    def _known(self) -> frozenset[str]:
        with self._reading:
            manifest = self._folder / MANIFEST
            seen = stamp(manifest)
            if seen != self._seen:
                self._seen, self._names = seen, _named(manifest, self._names)
            return self._names


def _named(manifest: Path, before: frozenset[str]) -> frozenset[str]:
    """The manifest's names; those from before when it cannot be read."""
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        names = told["files"]
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        return before
    return frozenset(name for name in names if isinstance(name, str) and not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or not part for part in name.split("/"))
