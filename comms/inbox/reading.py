"""What others wrote, read with care: files that may be compressed, words that may not be fit to print."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comms.errors import ConfigError, Text, say

_GZIP = b"\x1f\x8b"
_SHOWN = 300


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file or pipe, unpacked if need be. Raises ConfigError, then or while they are read."""
    with legible(path), path.open("rb") as file:
        yield unpacked(file)


def unpacked(file: io.BufferedReader) -> io.BufferedReader:
    """The same file, or what is in it if it is gzip: by what it is, not by its name."""
    packed = file.peek(len(_GZIP)).startswith(_GZIP)
    return io.BufferedReader(gzip.GzipFile(fileobj=file)) if packed else file


@contextmanager
def legible(path: Path) -> Iterator[None]:
    """Turn what can go wrong when `path` is read into ConfigError."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(unreadable(str(path), error)) from error


def unreadable(path: str, error: Exception) -> Text:
    """What to say of a file or folder that cannot be read."""
    return say(
        "{path} går inte att läsa: {error}. Kontrollera att den finns, är hel och får läsas.",
        path=harmless(path),
        error=harmless(getattr(error, "strerror", None) or str(error)),
    )


def maildir_parts(folder: Path) -> tuple[Path, Path]:
    """Where a maildir's letters are, `new` before `cur`: one that is moved meanwhile goes that way.

    Raises ConfigError for what is no maildir or may not be read, so that it cannot pass for an empty one.
    """
    new, cur, is_maildir = folder / "new", folder / "cur", False
    with legible(folder):
        is_maildir = new.is_dir() and cur.is_dir()
    if not is_maildir:
        message = say(
            "{folder} är ingen maildir: mapparna new och cur saknas. Ange mappen som de ligger i.",
            folder=harmless(str(folder)),
        )
        raise ConfigError(message)
    return new, cur


def harmless(words: bytes | str) -> str:
    """Somebody else's words on one line: what steers a terminal is escaped, what is too long is cut."""
    text = words.decode("utf-8", "backslashreplace") if isinstance(words, bytes) else words
    shown = text[: _SHOWN + 1].strip()
    escaped = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in shown)
    return escaped if len(escaped) <= _SHOWN else f"{escaped[: _SHOWN - 1]}…"
