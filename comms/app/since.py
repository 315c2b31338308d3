"""What changed since the last preview: a small file beside the pages remembers what they showed.

Only what a preview wrote, and nobody touched since, is ever removed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.app.publishing import write
from comms.content.files import sha256
from comms.errors import Text, say
from comms.model.plan import EntryKind
from comms.render.changes import Change, State, compared

FILE = "forhandsvisning.json"
"""What a preview remembers, below the output folder."""

_VERSION = 1
_UNCHANGED = say("inget har ändrats")
_GONE = "gone"
_COUNTS: Mapping[tuple[EntryKind, str], tuple[Text, Callable[[int], Text]]] = {
    (EntryKind.ISSUE, State.CHANGED): (
        say("1 ändrad utgåva"),
        lambda count: say("{count} ändrade utgåvor", count=count),
    ),
    (EntryKind.ISSUE, State.NEW): (say("1 ny utgåva"), lambda count: say("{count} nya utgåvor", count=count)),
    (EntryKind.ISSUE, _GONE): (
        say("1 utgåva borttagen"),
        lambda count: say("{count} utgåvor borttagna", count=count),
    ),
    (EntryKind.POST, State.CHANGED): (
        say("1 ändrad post"),
        lambda count: say("{count} ändrade poster", count=count),
    ),
    (EntryKind.POST, State.NEW): (say("1 ny post"), lambda count: say("{count} nya poster", count=count)),
    (EntryKind.POST, _GONE): (
        say("1 post borttagen"),
        lambda count: say("{count} poster borttagna", count=count),
    ),
}
"""What is said of one and of several, in this order."""


@dataclass(frozen=True)
class Piece:
    """What is remembered of an edition or a post: hashes of HTML and text, and since when they are so."""

    name: str
    subject: str
    size: int
    html: str
    text: str
    changed_at: str


@dataclass(frozen=True)
class Remembered:
    """What a preview wrote of an entry: pieces by folder or page, and every file with its hash."""

    kind: EntryKind
    title: str
    at: datetime
    pieces: Mapping[str, Piece]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Memory:
    """What the previews in a folder have shown; empty before the first."""

    made_at: datetime | None = None
    entries: Mapping[str, Remembered] = field(default_factory=dict)

    @property
    def pieces(self) -> dict[str, tuple[EntryKind, Piece]]:
        """Every edition and post, by where it lies."""
        return {
            place: (entry.kind, piece)
            for entry in self.entries.values()
            for place, piece in entry.pieces.items()
        }

    @property
    def files(self) -> dict[str, str]:
        """Every file that was written, with its hash."""
        return {path: digest for entry in self.entries.values() for path, digest in entry.files.items()}


@dataclass
class Shelf:
    """Where the files of one entry are put: each is written, and remembered with its hash."""

    out: Path
    files: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, content: bytes) -> None:
        """Write a file below the output folder. Raises `ConfigError`."""
        write(self.out / path, content)
        self.files[path] = sha256(content)


@dataclass(frozen=True)
class Since:
    """What a preview found on coming back: when the last one was, and what became of each piece."""

    made_at: datetime | None
    changes: Mapping[str, Change]
    kinds: Mapping[str, EntryKind]
    names: Mapping[str, str]
    gone: tuple[tuple[EntryKind, str], ...] = ()

    def summary(self, zone: ZoneInfo) -> Text | None:
        """The counts in one sentence; None when this is the first preview."""
        if self.made_at is None:
            return None
        found = Counter((self.kinds[place], str(change.state)) for place, change in self.changes.items())
        found.update((kind, _GONE) for kind, _ in self.gone)
        told = [
            one if found[key] == 1 else many(found[key]) for key, (one, many) in _COUNTS.items() if found[key]
        ]
        when = f"{self.made_at.astimezone(zone):%Y-%m-%d kl. %H.%M}"
        return say(
            "Sedan förra förhandsvisningen ({when}): {what}.", when=when, what=_listed(told or [_UNCHANGED])
        )


def _listed(told: list[Text]) -> Text:
    """Sentences with commas between; nested, so that each is told in the reader's own language."""
    first, *rest = told
    for following in rest:
        first = say("{first}, {following}", first=first, following=following)
    return first


def remember(out: Path) -> Memory:
    """What the last preview in a folder wrote down; nothing when there is none or it cannot be read."""
    try:
        told = json.loads((out / FILE).read_text(encoding="utf-8"))
        if told["version"] != _VERSION:
            return Memory()
        return Memory(
            datetime.fromisoformat(told["made_at"]),
            {identity: _remembered(entry) for identity, entry in told["entries"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Without a memory everything is new and nothing is removed: a harmless loss.
        return Memory()


def _remembered(entry: Mapping[str, object]) -> Remembered:
    pieces, files, at = entry["pieces"], entry["files"], datetime.fromisoformat(str(entry["at"]))
    if not isinstance(pieces, dict) or not isinstance(files, dict) or at.tzinfo is None:
        raise TypeError
    return Remembered(
        EntryKind(str(entry["kind"])),
        str(entry["title"]),
        at,
        {str(place): _piece(piece) for place, piece in pieces.items()},
        {str(path): str(digest) for path, digest in files.items()},
    )


def _piece(told: Mapping[str, object]) -> Piece:
    since = datetime.fromisoformat(str(told["changed_at"])).isoformat()
    name, subject, html, text = (str(told[key]) for key in ("name", "subject", "html", "text"))
    return Piece(name, subject, int(str(told["size"])), html, text, since)


def write_down(out: Path, memory: Memory) -> None:
    """Keep what was shown until the next preview. Raises `ConfigError`."""
    made = memory.made_at.isoformat() if memory.made_at else ""
    told = {
        "version": _VERSION,
        "made_at": made,
        "entries": {identity: asdict(entry) for identity, entry in sorted(memory.entries.items())},
    }
    write(
        out / FILE,
        (json.dumps(told, ensure_ascii=False, indent=1, default=datetime.isoformat) + "\n").encode(),
    )


def change(piece: Piece, before: Piece | None, *, text: str, old_text: str | None) -> Change:
    """What became of a piece; `old_text` is what the last preview wrote, None when it is not there."""
    if before is None:
        return Change(State.NEW)
    if (piece.html, piece.text, piece.subject) == (before.html, before.text, before.subject):
        return Change(State.UNCHANGED, before.subject, before.size, since=before.changed_at)
    passages = compared(old_text, text) if old_text is not None else ()
    return Change(State.CHANGED, before.subject, before.size, passages, has_text=old_text is not None)


def old_text(out: Path, memory: Memory, path: str) -> str | None:
    """A text as the last preview wrote it; None when it is gone or somebody has changed it since."""
    try:
        content = (out / path).read_bytes()
    except OSError:
        return None
    return content.decode() if memory.files.get(path) == sha256(content) else None


def left_over(memory: Memory, planned: Collection[str], until: datetime | None) -> Iterator[str]:
    """Entries of earlier previews that are not planned any more: those before `until`, none without it."""
    for identity, entry in memory.entries.items():
        if until is not None and identity not in planned and entry.at <= until:
            yield identity


def tidy(out: Path, before: Memory, after: Memory) -> None:
    """Remove what earlier previews wrote and none shows any more; what anybody has touched stays."""
    root = out.resolve()
    for path in sorted(before.files.keys() - after.files.keys()):
        file = out / path
        # The list is a file that anybody may have edited: nothing outside the folder, nothing of theirs.
        with suppress(OSError, ValueError):
            if file.is_symlink() or not file.resolve().is_relative_to(root) or not file.is_file():
                continue
            if sha256(file.read_bytes()) == before.files[path]:
                file.unlink()
                _remove_empty(file.parent, root)


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder that has become empty, and those above it that have, below the root."""
    while folder.resolve() != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
