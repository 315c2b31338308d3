"""The same answers sooner: an untouched item is remembered, and many items are shared between processes.

Only for looking (`comms check`). What is approved or sent is always read and judged anew.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from tempfile import NamedTemporaryFile
from typing import TypeVar, cast

from comms.app.judging import Judged, judge
from comms.app.rendering import quiet
from comms.check.context import CheckContext
from comms.check.lexicon import Lexicon
from comms.content.items import Known, load_item
from comms.content.workspace import Loaded
from comms.model.document import Block, Document, Exemption
from comms.model.item import Item
from comms.model.settings import Settings
from comms.settings import environment

FEW = 200
"""Up to so many items are read in this process: starting others takes longer."""

_SELDOM = 100_000
"""How many more objects are made than let go of before Python looks for cycles."""

_SHARES = 16
"""How many shares each process gets: enough that none waits long for the last."""

_PACKAGE = Path(__file__).resolve().parent.parent

_Thing = TypeVar("_Thing")
_Answer = TypeVar("_Answer")
Progress = Callable[[int, int], None]
"""Told how many of how many items are done."""

_Stamps = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class _Kept:
    """What is remembered of one file: the item without its body, the body, and what was said of them.

    `key` and `surroundings` are hashes of all that the answers come from. `pictures` is None when the
    item cannot be remembered: it has faults, or a picture is missing.
    """

    key: bytes
    pictures: _Stamps | None
    loaded: bytes
    body: bytes
    surroundings: bytes = b""
    judged: bytes = b""


@dataclass
class Memory:
    """What was worked out before; kept in a file that only this user writes.

    `kept`: files by path. `found`: other answers by name, with the hash of what they were made of.
    """

    file: Path
    kept: dict[str, _Kept]
    found: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def learn(self, read: Mapping[str, _Kept], keep: Collection[str]) -> None:
        """Take in what was read anew; forget files that are gone."""
        self.kept |= {path: one for path, one in read.items() if one.pictures is not None}
        for path in self.kept.keys() - set(keep):
            del self.kept[path]

    def save(self) -> None:
        """Write it, whole or not at all; where it cannot be written, the next check takes its time."""
        content = pickle.dumps((self.kept, self.found), 5)
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with NamedTemporaryFile(dir=self.file.parent, delete=False) as out:
                new = Path(out.name)
                try:
                    out.write(_code_digest() + hashlib.sha256(content).digest() + content)
                    out.flush()
                    new.replace(self.file)
                finally:
                    new.unlink(missing_ok=True)


def recalled(root: Path) -> Memory:
    """The memory of a workspace; empty when there is none, or it is damaged or another version's."""
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:32]
    file = environment.cache_folder() / f"check-{name}"
    try:
        with file.open("rb") as kept:
            content = kept.read() if _is_ours(kept.fileno()) else b""
    except OSError:
        return Memory(file, {})
    code, digest, body = content[:32], content[32:64], content[64:]
    if code != _code_digest() or digest != hashlib.sha256(body).digest():
        return Memory(file, {})
    return Memory(file, *pickle.loads(body))  # noqa: S301 - our own file, in the user's own folder


def _is_ours(file: int) -> bool:
    """Whether nobody else can have written an open file: what it holds is run, in a way."""
    stat = os.fstat(file)
    return stat.st_uid == os.geteuid() and not stat.st_mode & (S_IWGRP | S_IWOTH)


def _cores() -> int:
    """How many processes may run at once."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def begin_work() -> None:
    """Ready a process that works for another.

    An interrupt is the other's to answer. What is there already is never garbage, and little of what comes
    is: looking for cycles as often as Python does took a third of the time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(_SELDOM)


class Sooner:
    """Reads and judges as the plain way does, but not what is remembered, and with `jobs` processes."""

    def __init__(self, memory: Memory | None, jobs: int, progress: Progress = quiet) -> None:
        """Begin with what is remembered; None remembers nothing, now or later. `jobs` 0: as many as fit."""
        self._memory = memory
        self._jobs = jobs or _cores()
        self._progress = progress

    def load(self, root: Path, paths: Sequence[str], known: Known) -> Iterator[Loaded]:
        """Read files; those whose bytes and pictures are the same as before are not parsed again."""
        shared = _digest(known)
        keys = {path: _key_of_file(root / path, shared) for path in paths}
        kept = self._memory.kept if self._memory else {}
        old = {path: kept[path] for path in paths if path in kept and _is_same(root, kept[path], keys[path])}
        new = [path for path in paths if path not in old]
        read = dict(zip(new, self._spread(partial(_read, root, known, keys), new), strict=True))
        if self._memory:
            self._memory.learn(read, keep=paths)
        for path in paths:
            yield _unpacked(old.get(path) or read[path])

    def judge(self, items: Sequence[Item], context: CheckContext, settings: Settings) -> Iterator[Judged]:
        """Judge items; those judged before in the same surroundings are not judged again."""
        plain = replace(context, lexicon=Lexicon.of(()))
        surroundings = _digest(plain, settings, context.lexicon.terms)
        kept = self._memory.kept if self._memory else {}
        old = {
            item.path: kept[item.path].judged
            for item in items
            if item.path in kept and kept[item.path].surroundings == surroundings
        }
        new = [item for item in items if item.path not in old]
        answers = self._spread(partial(judge, context=context, settings=settings), new)
        fresh = {item.path: answer for item, answer in zip(new, answers, strict=True)}
        for path, answer in fresh.items():
            if path in kept:
                kept[path].surroundings, kept[path].judged = surroundings, pickle.dumps(answer, 5)
        if self._memory and fresh:
            self._memory.save()
        for item in items:
            yield fresh[item.path] if item.path in fresh else pickle.loads(old[item.path])  # noqa: S301 - ours

    def again(self, what: str, made_of: object, find: Callable[[], list[_Answer]]) -> list[_Answer]:
        """What was found before in what is still the same; else what `find` finds."""
        if self._memory is None:
            return find()
        key = _digest(made_of)
        before = self._memory.found.get(what)
        if before and before[0] == key:
            return cast("list[_Answer]", pickle.loads(before[1]))  # noqa: S301 - ours, as above
        answer = find()
        self._memory.found[what] = (key, pickle.dumps(answer, 5))
        self._memory.save()
        return answer

    def _spread(self, work: Callable[[_Thing], _Answer], things: Sequence[_Thing]) -> Iterator[_Answer]:
        """Each thing's answer, worked out by several processes when there are many."""
        if self._jobs == 1 or len(things) <= FEW:
            yield from map(work, things)
            return
        share = -(-len(things) // (self._jobs * _SHARES))
        # Not forked: whoever shows the progress has a thread, whose locks a child would inherit.
        apart = get_context("forkserver")
        with ProcessPoolExecutor(self._jobs, apart, begin_work) as pool:
            for number, answer in enumerate(pool.map(work, things, chunksize=share), 1):
                self._progress(number, len(things))
                yield answer


class _Body(Document):
    """A body that is unpacked when somebody reads it: most are not, when nothing has changed."""

    def __init__(self, packed: bytes) -> None:
        """Keep it packed."""
        self.__dict__["_packed"] = packed

    def __reduce__(self) -> tuple[type[_Body], tuple[bytes]]:
        """Travel between processes as it is."""
        return _Body, (self.__dict__["_packed"],)

    @property
    def _document(self) -> Document:
        found = self.__dict__.get("_read")
        if found is None:
            found = self.__dict__["_read"] = pickle.loads(self.__dict__["_packed"])  # noqa: S301 - packed by us
        return cast("Document", found)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks."""
        return self._document.blocks

    @property
    def exemptions(self) -> tuple[Exemption, ...]:
        """The exemptions."""
        return self._document.exemptions


def _read(root: Path, known: Known, keys: Mapping[str, bytes], path: str) -> _Kept:
    """One file read and packed, as it travels between processes and is remembered."""
    item, problems = load_item(root, path, known)
    body = item.body if isinstance(item, Item) else Document()
    bare = replace(item, body=Document()) if isinstance(item, Item) else item
    pictures = _stamps(root, [picture.path for picture in item.pictures]) if isinstance(item, Item) else None
    return _Kept(keys[path], pictures, pickle.dumps((bare, problems), 5), pickle.dumps(body, 5))


def _unpacked(kept: _Kept) -> Loaded:
    item, problems = pickle.loads(kept.loaded)  # noqa: S301 - packed by us, here or in the user's own folder
    return (replace(item, body=_Body(kept.body)) if isinstance(item, Item) else item), problems


def _is_same(root: Path, kept: _Kept, key: bytes) -> bool:
    """Whether the file and its pictures are what they were. A file with faults is always read again."""
    if kept.key != key or kept.pictures is None:
        return False
    return kept.pictures == _stamps(root, [path for path, *_stamp in kept.pictures])


def _stamps(root: Path, pictures: Iterable[str]) -> _Stamps | None:
    """When each picture was written and how large it is; None when one is not there."""
    try:
        stats = [(path, (root / path).stat()) for path in pictures]
    except OSError:
        return None
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def _key_of_file(file: Path, shared: bytes) -> bytes:
    try:
        return hashlib.sha256(shared + file.read_bytes()).digest()
    except OSError:
        return b""


def _digest(*values: object) -> bytes:
    return hashlib.sha256(repr(values).encode()).digest()


def _code_digest() -> bytes:
    """Changes when any file of the program does: what an older one worked out is not believed."""
    files = sorted((str(path), path.stat()) for path in _PACKAGE.rglob("*") if path.suffix in {".py", ".csv"})
    return _digest([(path, stat.st_mtime_ns, stat.st_size) for path, stat in files])
