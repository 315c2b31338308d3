"""A folder on a web server that comms keeps: what it wrote is remembered, all else in it is left alone.

The manifest names every file that is ours. A file is written beside its place and moved there, so that a
reader never gets half of one; its name is noted before it is written, so that a run that dies leaves
nothing behind that nobody knows of.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comms.errors import ConfigError, UsageError, say
from comms.store.lock import single_sender

MANIFEST = ".comms-archive.json"
_STARTED = ".comms-archive.part"
_LOCK = ".comms-archive.lock"
_EARLIER = re.compile(r"media/(?:[0-9a-f]{16}\.\w+|eu-emblem\.png)|brev/[^/]+/[^/]+\.html")
"""What was published before there was a manifest, in the folder that is ours alone."""


@dataclass(frozen=True)
class Written:
    """What became of a folder. `left`: where somebody else's file stands in the way of one of ours."""

    files: int
    new: int
    changed: int
    removed: int
    left: tuple[str, ...]


class Folder:
    """The folder while it is being written; `finish` takes away what was ours and is not wanted any more."""

    def __init__(self, root: Path, known: set[str], memory: dict[str, str]) -> None:
        """Stand before a folder; use `open_folder`."""
        self.root = root
        self._known = known
        self._memory = memory
        self._remembered: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._left: list[str] = []
        self._new = self._changed = 0
        self._started = (root / _STARTED).open("a", encoding="utf-8")
        self._started.write("\n")  # a run that died may have left half a line

    def has(self, path: str) -> bool:
        """Whether a file of ours is there."""
        return path in self._known and (self.root / path).is_file()

    def below(self, folder: str) -> list[str]:
        """Our files below a path that ends with "/"."""
        return [path for path in self._known if path.startswith(folder)]

    def read(self, path: str) -> str:
        """The text of a file of ours, "" when it is not there."""
        return (self.root / path).read_text(encoding="utf-8", errors="replace") if self.has(path) else ""

    def put(self, path: str, content: bytes) -> bool:
        """Write a file, unless it is there already; somebody else's file in its place is left.

        Gives whether the file is there. A folder on its way that leads out of this one is somebody else's.
        """
        target = self.root / path
        if not _is_inside(path) or not self._holds(target):
            self._left.append(path)
            return False
        before = target.read_bytes() if target.is_file() and not target.is_symlink() else None
        is_other = os.path.lexists(target) if before is None else before != content
        if is_other and path not in self._known:
            self._left.append(path)
            return False
        self._wanted.add(path)
        if path not in self._known:
            self._known.add(path)
            self._started.write(json.dumps(path) + "\n")
            self._started.flush()
        if before == content:
            return True
        self._new += before is None
        self._changed += before is not None
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = _beside(target)
        beside.write_bytes(content)
        beside.replace(target)
        return True

    def keep(self, path: str) -> None:
        """Let a file of ours stand as it is."""
        if path in self._known:
            self._wanted.add(path)

    def recall(self, key: str) -> str:
        """What was remembered of `key` when the folder was last finished."""
        return self._memory.get(key, "")

    def remember(self, key: str, value: str) -> None:
        """Remember something until the next time."""
        self._remembered[key] = value

    def finish(self) -> Written:
        """Delete what was ours and is not wanted, and write the manifest."""
        removed = 0
        for path in sorted(self._known - self._wanted, reverse=True):
            removed += self._delete(path)
        told = {
            "about": "Filerna som comms archive har skrivit hit. Ta inte bort den här filen.",
            "files": sorted(self._wanted),
            "memory": dict(sorted(self._remembered.items())),
        }
        target = self.root / MANIFEST
        beside = _beside(target)
        beside.write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        beside.replace(target)
        self._started.close()
        (self.root / _STARTED).unlink(missing_ok=True)
        return Written(len(self._wanted), self._new, self._changed, removed, tuple(sorted(self._left)))

    def close(self) -> None:
        """Let go of the folder."""
        self._started.close()

    def _holds(self, target: Path) -> bool:
        """Whether a path stays in the folder when links on its way are followed."""
        return target.parent.resolve().is_relative_to(self.root.resolve())

    def _delete(self, path: str) -> int:
        """Delete one of our files and the folders that it leaves empty; never anything outside."""
        target = self.root / path
        if not self._holds(target):
            return 0
        there = target.is_file() or target.is_symlink()
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
        return int(there)


@contextmanager
def open_folder(root: Path, *, is_own: bool) -> Iterator[Folder]:
    """The folder at `root`, for one at a time. `is_own`: nobody else writes in it, by agreement.

    Raises `UsageError` for a folder with somebody else's files, or one that is being written; `ConfigError`
    when the disk will not have it.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not is_own:
            _refuse_foreign(root)
        with single_sender(str(root / _LOCK)) as alone:
            if not alone:
                raise UsageError(
                    say("En annan körning skriver just nu i {folder}. Försök om en stund.", folder=root)
                )
            known, memory = _read(root, is_own=is_own)
            folder = Folder(root, known, memory)
            try:
                yield folder
            finally:
                folder.close()
    except OSError as error:
        where = Path(error.filename).parent if isinstance(error.filename, str) else root
        raise ConfigError(
            say("Det går inte att skriva i {folder}: {error}.", folder=where, error=error.strerror or "")
        ) from error


def _refuse_foreign(root: Path) -> None:
    """A mistyped folder must not fill with pages. Hidden files (.git, .well-known) are no content."""
    if (root / MANIFEST).exists() or (root / _STARTED).exists():
        return
    if any(not path.name.startswith(".") for path in root.iterdir()):
        raise UsageError(
            say(
                "Mappen {folder} har redan filer som comms inte har skrivit. "
                "Välj en tom mapp; den får ligga inuti den här.",
                folder=root,
            )
        )


def _read(root: Path, *, is_own: bool) -> tuple[set[str], dict[str, str]]:
    """Our files and what was remembered: by the manifest, and by a run that died before it wrote one."""
    manifest, started = root / MANIFEST, root / _STARTED
    told: Any = {}
    known: set[str] = set()
    if manifest.exists():
        told = _parsed(manifest)
        known |= {path for path in told["files"] if isinstance(path, str) and _is_inside(path)}
    elif is_own:
        names = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        known |= {name for name in names if _EARLIER.fullmatch(name)}
    if started.exists():
        for line in started.read_text(encoding="utf-8", errors="replace").splitlines():
            path = _noted(line)
            if _is_inside(path):
                known.add(path)
                with suppress(OSError):  # its folder may be a file now
                    _beside(root / path).unlink(missing_ok=True)
    memory = told.get("memory")
    kept = memory.items() if isinstance(memory, dict) else ()
    return known, {key: value for key, value in kept if isinstance(key, str) and isinstance(value, str)}


def _parsed(manifest: Path) -> Any:  # noqa: ANN401 - as JSON has it
    """What the manifest says. Raises `ConfigError` when it is none: then nobody knows what is ours."""
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("files"), list):
        raise ConfigError(
            say(
                "{file} går inte att läsa, så det går inte att veta vilka filer som är arkivets. "
                "Skriv arkivet i en ny tom mapp.",
                file=manifest,
            )
        )
    return told


def _noted(line: str) -> str:
    """The path on a line of what a run had begun to write; "" for half a line."""
    try:
        path = json.loads(line)
    except ValueError:
        return ""
    return path if isinstance(path, str) else ""


def _is_inside(path: str) -> bool:
    """Whether a path stays below the folder."""
    parts = path.split("/")
    return bool(path) and not path.startswith("/") and "\\" not in path and not {"", ".", ".."} & set(parts)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.comms")
