"""`comms check --fix`: what would be written in which file, and writing it so that nothing is lost.

A file is saved only if its bytes are still those that were read, by a new file that takes its place in one
step: whoever reads meanwhile sees the old text or the new one, and a crash leaves one of them whole.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from comms.app.checking import is_within, named
from comms.app.house import House
from comms.check.context import context_of
from comms.check.fixes import Fix, Mended, mend_item, mend_notes
from comms.content.files import inside, sha256
from comms.errors import Severity, Text, say
from comms.text.edit import replaced
from comms.text.encoding import decode

_ISSUES = "content/issues"
_Mend = Callable[[str], Mended]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One file's fixes. `sha256`: of the bytes that were read; `before` and `after`: as an author reads them.

    `content` is what would be saved; `left` counts what has a fix that could not be placed with certainty;
    `refused` says why nothing can be proposed.
    """

    path: str
    sha256: str
    before: str
    after: str
    content: bytes
    fixes: tuple[Fix, ...]
    left: int = 0
    refused: Text | None = None


def proposals(house: House, paths: Sequence[Path] = ()) -> list[Proposal]:
    """What would be fixed, in the whole workspace or in the files and folders named.

    What cannot be read for certain is not written in: files whose facts have errors are only named.
    """
    wanted = named(house.root, paths)
    found = [
        Proposal(path, "", "", "", b"", (), refused=_faulty(path))
        for path in _unread(house)
        if (not wanted or is_within(path, wanted))
    ]
    for path, digest, mend in _files(house):
        if not wanted or is_within(path, wanted):
            proposal = _proposal(house.root, path, digest, mend)
            if proposal.fixes or proposal.left or proposal.refused:
                found.append(proposal)
    return found


def errors_left(house: House, paths: Sequence[Path] = ()) -> int:
    """How many errors stand in the texts that can be mended: none of them is a matter of typography."""
    wanted = named(house.root, paths)
    mended = {path for path, _, _ in _files(house) if (not wanted or is_within(path, wanted))}
    return sum(
        problem.severity is Severity.ERROR and problem.location.path in mended for problem in house.problems
    )


def _unread(house: House) -> list[str]:
    """Every file of texts that has errors and could not be read."""
    workspace = house.workspace
    notes = {f"{_ISSUES}/{name}.md" for name in workspace.broken_notes}
    return sorted({item.path for item in workspace.broken.values()} | notes)


def _files(house: House) -> Iterator[tuple[str, str, _Mend]]:
    """Every file that texts stand in: path, hash when it was read, and how to mend it."""
    context = context_of(house.workspace, house.settings)
    language = house.settings.language
    for item in house.workspace.items.values():
        yield item.path, item.sha256, partial(mend_item, item=item, context=context)
    for notes in house.workspace.notes.values():
        yield notes.path, notes.sha256, partial(mend_notes, notes=notes, language=language, context=context)


def _proposal(root: Path, path: str, digest: str, mend: _Mend) -> Proposal:
    """The fixes of one file; none when it has changed since the house was opened."""
    target = inside(root, path)
    content = _content(target) if target else b""
    before = decode(content)[0] if sha256(content) == digest else None
    if before is None:
        return Proposal(path, digest, "", "", content, (), refused=_changed(path))
    mended = mend(before)
    changes = {fix.change for fix in mended.fixes}
    text, made = replaced(content.decode(), changes)
    after = text.encode()
    if len(made) != len(changes) or decode(after)[0] != mended.text:
        return Proposal(path, digest, before, before, content, (), len(mended.fixes) + mended.left)
    return Proposal(path, digest, before, mended.text, after, mended.fixes, mended.left)


def _content(target: Path) -> bytes:
    try:
        return target.read_bytes()
    except OSError:
        return b""


def _changed(path: str) -> Text:
    return say("{path} har ändrats sedan den lästes, och är orörd.", path=path)


def _faulty(path: str) -> Text:
    return say("{path} har fel och är orörd. Rätta felen först: comms check {path}", path=path)


def save(root: Path, proposal: Proposal) -> Text | None:
    """Save one file's fixes; gives why it was left as it was, or None."""
    target = inside(root, proposal.path)
    if target is None:
        return _changed(proposal.path)
    temporary: Path | None = None
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        # No name that ends in .md: were it left behind, it would be no text of the workspace.
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(proposal.content)
            os.fchmod(handle.fileno(), mode)
            handle.flush()
            os.fsync(handle.fileno())
        if sha256(target.read_bytes()) != proposal.sha256:
            return _changed(proposal.path)
        temporary.replace(target)
        temporary = None
        _sync(target.parent)
    except OSError as cause:
        reason = cause.strerror or type(cause).__name__
        return say("{path} gick inte att spara: {cause}.", path=proposal.path, cause=reason)
    finally:
        if temporary:
            with suppress(OSError):
                temporary.unlink()
    return None


def _sync(folder: Path) -> None:
    """Make the new name survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
