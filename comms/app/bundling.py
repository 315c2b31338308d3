"""A ZIP with a manifest: each file's hash and size, the same bytes for the same files, whole or not there.

What is read is held to its manifest: nothing that it does not name, nothing longer than it says, no path that
leads anywhere but below.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from comms.errors import Text, UsageError, say

Json = Mapping[str, Any]

MANIFEST = "manifest.json"
CHUNK = 1 << 20

_MADE = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can hold
_MODE = (stat.S_IFREG | 0o600) << 16
_PACKED = frozenset({"png", "jpg", "jpeg", "webp", "gif", "zip", "dump"})
_LONGEST, _MOST_OF_MANIFEST = 255, 64 * CHUNK
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_NO_NAME = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that end a line or are none; a space of a camera's, or a joined emoji, is a name."""

_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What zipfile raises for bytes that are no ZIP."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the bundle: its bytes' hash and how many they are."""

    path: str
    sha256: str
    size: int


class Bundle:
    """A bundle that is being written."""

    def __init__(self, archive: ZipFile) -> None:
        """Use `writing`."""
        self._archive = archive
        self.held: list[Held] = []

    def put(self, path: str, pieces: Iterable[bytes]) -> None:
        """Add a file, a piece at a time. Raises ValueError for a path that `is_unsafe`."""
        if is_unsafe(path):
            raise ValueError(path)
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_info(path), "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        self.held.append(Held(path, digest.hexdigest(), size))

    def seal(self, told: Json) -> None:
        """Write the manifest: what is told, and every file; the last thing."""
        files = [asdict(one) for one in sorted(self.held, key=lambda one: one.path)]
        content = json.dumps({**told, "files": files}, ensure_ascii=False, indent=1) + "\n"
        self._archive.writestr(_info(MANIFEST), content.encode())


@contextmanager
def writing(target: Path, *, force: bool, look: Callable[[Path], object] | None = None) -> Iterator[Bundle]:
    """Write a bundle that its owner alone can read (0600): whole, or not at all.

    `look` reads it through before it has its name. Never over another file unless told to. Raises UsageError.
    """
    if target.exists() and not (force and target.is_file()):
        raise UsageError(_is_there(target))
    unfinished = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        unfinished = Path(name)
        with os.fdopen(descriptor, "w+b") as file:
            with ZipFile(file, "w") as archive:
                yield Bundle(archive)
            file.flush()
            os.fsync(file.fileno())
        if look is not None:
            look(unfinished)
        _name(unfinished, target, force=force)
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att skriva: {why}.", file=target, why=refused.strerror or refused)
        ) from refused
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


@contextmanager
def reading(file: Path, allowed: re.Pattern[str]) -> Iterator[tuple[ZipFile, Json, tuple[Held, ...]]]:
    """Open a bundle: its manifest, and the files that it names, of which `allowed` matches every path.

    Raises UsageError for what is no bundle, or holds what it should not.
    """
    try:
        opened = file.open("rb")
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att läsa: {why}.", file=file, why=refused.strerror or refused)
        ) from refused
    with opened:
        with _sound(file):
            archive = ZipFile(opened)
            told = _told(file, archive)
            held = tuple(_held(file, archive, told, allowed))
        yield archive, told, held


def pieces(file: Path, archive: ZipFile, one: Held) -> Iterator[bytes]:
    """A file's bytes, held to what the manifest says of them. Raises UsageError when they are others."""
    digest, size = hashlib.sha256(), 0
    with _sound(file), archive.open(one.path) as content:
        while piece := content.read(CHUNK):
            size += len(piece)
            if size > one.size:
                break
            digest.update(piece)
            yield piece
    if (size, digest.hexdigest()) != (one.size, one.sha256):
        raise UsageError(_is_other(file, one.path))


def of_file(path: Path) -> Iterator[bytes]:
    """A file's bytes in pieces, as far as it reached when it was opened: others may add to it meanwhile.

    It is opened at once: raises FileNotFoundError when it has gone, UsageError when it cannot be read.
    """
    try:
        return _as_far(path.open("rb"))
    except FileNotFoundError:
        raise
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att läsa: {why}.", file=path, why=refused.strerror or refused)
        ) from refused


def see_room(folder: Path, size: int, spare: int = 0) -> None:
    """Refuse what unpacks to more bytes than a disk has room for, before it fills it. Raises UsageError."""
    free = shutil.disk_usage(folder).free
    if size + spare > free:
        raise UsageError(
            say(
                "Kopian behöver {needed} MB, men det finns {free} MB ledigt i {folder}.",
                needed=(size + spare) // 1_000_000,
                free=free // 1_000_000,
                folder=folder,
            )
        )


def _as_far(file: BinaryIO) -> Iterator[bytes]:
    with file as content:
        left = os.fstat(content.fileno()).st_size
        while left and (piece := content.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def is_unsafe(path: str) -> bool:
    """Whether a path could lead out of a folder, or name something else than a file, on any system."""
    if "\\" in path or path[1:2] == ":" or any(unicodedata.category(one) in _NO_NAME for one in path):
        return True
    return any(
        not part or part.startswith(".") or len(part.encode()) > _LONGEST or _DEVICE.fullmatch(part)
        for part in path.split("/")
    )


@contextmanager
def _sound(file: Path) -> Iterator[None]:
    """What a ZIP says that is damaged, in our words."""
    try:
        yield
    except _BROKEN as broken:
        raise UsageError(_is_damaged(file)) from broken


def _name(unfinished: Path, target: Path, *, force: bool) -> None:
    if force:
        unfinished.replace(target)
    else:
        try:
            os.link(unfinished, target)  # a rename would take the place of what came meanwhile
        except FileExistsError:
            raise UsageError(_is_there(target)) from None
        except OSError:  # a disk that knows no links
            unfinished.replace(target)
    with suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _info(path: str) -> ZipInfo:
    info = ZipInfo(path, _MADE)
    info.create_system, info.external_attr = 3, _MODE
    info.compress_type = ZIP_STORED if path.rpartition(".")[2].lower() in _PACKED else ZIP_DEFLATED
    return info


def _told(file: Path, archive: ZipFile) -> Json:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise UsageError(say("{file} är ingen kopia från comms: manifest.json saknas.", file=file)) from None
    if _is_odd(info) or info.file_size > _MOST_OF_MANIFEST:
        raise UsageError(_is_damaged(file))
    with archive.open(info) as content:
        raw = content.read(_MOST_OF_MANIFEST + 1)
    try:
        told = json.loads(raw)
        if isinstance(told, dict) and isinstance(told["files"], list):
            return told
    except (ValueError, KeyError, RecursionError):
        pass
    raise UsageError(_is_damaged(file))


def _held(file: Path, archive: ZipFile, told: Json, allowed: re.Pattern[str]) -> Iterator[Held]:
    infos = archive.infolist()
    named = {info.filename: info for info in infos}
    try:
        held = [Held(str(one["path"]), str(one["sha256"]), int(one["size"])) for one in told["files"]]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UsageError(_is_damaged(file)) from None
    if len(named) != len(infos) or sorted([MANIFEST, *(one.path for one in held)]) != sorted(named):
        raise UsageError(
            say("{file} har andra filer än dem som manifest.json räknar upp. Använd den inte.", file=file)
        )
    for one in held:
        if is_unsafe(one.path) or not allowed.fullmatch(one.path) or _is_odd(named[one.path]):
            raise UsageError(
                say(
                    "{file} har en fil som inte hör hemma i en kopia: {path}. Använd den inte.",
                    file=file,
                    path=ascii(one.path),
                )
            )
        if named[one.path].file_size != one.size:
            raise UsageError(_is_other(file, one.path))
        yield one


def _is_odd(info: ZipInfo) -> bool:
    """Whether an entry is anything but a plain file: a link, a folder, locked, packed in a way of its own."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    packed = info.compress_type in (ZIP_STORED, ZIP_DEFLATED)
    return kind not in (0, stat.S_IFREG) or not packed or bool(info.flag_bits & 1)


def _is_there(target: Path) -> Text:
    return say(
        "{file} finns redan. Välj ett annat namn med --out, eller skriv över med --force.", file=target
    )


def _is_damaged(file: Path) -> Text:
    return say("{file} är skadad eller är ingen kopia från comms. Ta en annan kopia.", file=file)


def _is_other(file: Path, path: str) -> Text:
    return say("{path} i {file} är inte som när kopian gjordes. Ta en annan kopia.", path=path, file=file)
