"""Letters and posts as files: names that are safe anywhere, and writes that are whole or not there."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from comms.errors import ChannelDown, OutcomeUnknown, say
from comms.model.network import PartKind, Segment, SegmentKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from comms.model.ledger import Publication
    from comms.model.network import PostText

POST = "post.txt"
"""The file of the post's own text."""

LAST = "post.json"
"""The file of a post that appears last: when it is there, all of it is."""

_LONGEST_NAME = 100
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}


def safe_name(text: str) -> str:
    """A file name for `text`: itself when harmless, else what is harmless in it and a hash."""
    kept = re.sub(r"[^A-Za-z0-9@._+-]", "_", text).lstrip(".")[:_LONGEST_NAME]
    if kept == text and text:
        return text
    return f"{kept}-{sha256(text.encode()).hexdigest()[:8]}"


def folder_name(publication: Publication) -> str:
    """The name of a post's folder, which has all its parts."""
    return safe_name(publication.post.id)


def pasteable(segments: Iterable[Segment]) -> str:
    """The text to paste: links with their whole address, as no network has named links."""
    return "".join(
        part.href if part.kind is SegmentKind.LINK and part.href else part.text for part in segments
    )


def part_names(post: PostText) -> list[str]:
    """The file of each part's text: `post.txt`, then by number what goes on from it, and comments."""
    comments = (f"kommentar{_numbered(number)}.txt" for number in count(1))
    return [
        POST if not place else next(comments) if part.kind is PartKind.COMMENT else f"{place + 1}.txt"
        for place, part in enumerate(post.parts)
    ]


def picture_names(post: PostText) -> list[str]:
    """The files of the pictures, in order."""
    return [
        f"{number}{_EXTENSIONS.get(media.media_type, '')}" for number, media in enumerate(post.media, start=1)
    ]


def post_files(publication: Publication) -> dict[str, bytes]:
    """The files of a post, by name: texts, pictures, alt texts, and last a description for programs."""
    post = publication.post
    names, texts = picture_names(post), part_names(post)
    alts = [f"{name}: {media.alt}" for name, media in zip(names, post.media, strict=True)]
    description = {
        "id": post.id,
        "item": post.item,
        "channel": post.channel,
        "network": post.network,
        "language": post.language,
        "length": post.length,
        "sha256": post.sha256,
        "key": publication.key,
        "text": pasteable(post.segments),
        "warning": post.warning,
        "more": [
            {"kind": part.kind.value, "file": name, "text": pasteable(part.segments)}
            for name, part in zip(texts[1:], post.more, strict=True)
        ],
        "media": [
            {"file": name, "path": media.path, "sha256": media.sha256, "alt": media.alt}
            for name, media in zip(names, post.media, strict=True)
        ],
    }
    files = {name: pasteable(part.segments).encode() for name, part in zip(texts, post.parts, strict=True)}
    files |= dict(zip(names, publication.pictures, strict=True))
    files["alt.txt"] = "".join(f"{line}\n" for line in alts).encode()
    files[LAST] = (json.dumps(description, ensure_ascii=False, indent=2) + "\n").encode()
    return files


def _numbered(number: int) -> str:
    return f"-{number}" if number > 1 else ""


def put(folder: Path, files: Mapping[str, bytes], point_of_no_return: Callable[[], object]) -> None:
    """Write `files` into `folder`, each whole or not there; the last one appears last.

    All bytes are on disk under other names before `point_of_no_return`. A repeat overwrites the same
    names. Raises ChannelDown when the disk will not have them, OutcomeUnknown when it fails halfway.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            staged.append((folder / f".{name}.part", folder / name))
            _write_durably(staged[-1][0], content)
    except OSError as error:
        _discard(staged)
        raise ChannelDown(
            say("Det går inte att skriva i {folder}: {error}.", folder=folder, error=error.strerror or "")
        ) from error
    try:
        point_of_no_return()
    except BaseException:
        _discard(staged)
        raise
    try:
        for temporary, final in staged:
            temporary.replace(final)
        _sync_folder(folder)
        _sync_folder(folder.parent)
    except OSError as error:
        raise OutcomeUnknown(
            say("Filerna i {folder} kanske inte är hela: {error}.", folder=folder, error=error.strerror or "")
        ) from error


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    # Without this a rename can be forgotten by a power cut though the file's bytes are there.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(staged: list[tuple[Path, Path]]) -> None:
    for temporary, _ in staged:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
