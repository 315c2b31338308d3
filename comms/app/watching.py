"""`comms check --watch`: look again whenever a file of the workspace has changed.

Files are looked at twice a second: time and size of each. The system's own notices (inotify and the like)
would need another library, do not come through on network drives and in synchronised folders, which is
where officers keep their files, and save little here: a thousand files take a few hundredths of a second.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from comms.errors import CommsError, Problem

GLANCE = 0.5
"""Seconds between looks at the files."""

Stamps = Mapping[str, tuple[int, int]]
"""When each file was last changed, in nanoseconds, and how large it is."""

_FOLDERS = ("content", "templates")
_ENDINGS = (".yaml", ".yml", ".csv")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found, and what is new and what is mended since the last look that could be made.

    `refused` when the workspace could not be used at all: then nothing is known of the rest.
    """

    problems: tuple[Problem, ...] = ()
    new: tuple[Problem, ...] = ()
    mended: tuple[Problem, ...] = ()
    refused: CommsError | None = None


def stamps(root: Path) -> Stamps:
    """The workspace's own files: what is sent, what is made and the ledger are not among them."""
    # A folder that is gone or closed to us has no files: the check will say so.
    here = [(folder, names) for folder, _folders, names in islice(os.walk(root), 1)]
    below = [(folder, names) for top in _FOLDERS for folder, _folders, names in os.walk(root / top)]
    own = [(folder, [name for name in names if name.endswith(_ENDINGS)]) for folder, names in here]
    found: dict[str, tuple[int, int]] = {}
    for path in (f"{folder}/{name}" for folder, names in (*own, *below) for name in names):
        with suppress(OSError):  # gone since its folder was read, or a link that leads nowhere
            status = os.stat(path)  # noqa: PTH116 - thousands of files twice a second: text is enough
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def looks(
    check: Callable[[], Sequence[Problem]], files: Callable[[], Stamps], wait: Callable[[], object]
) -> Iterator[Look]:
    """Check at once and then whenever `files` gives other stamps; `wait` between. Never ends by itself."""
    seen: Stamps | None = None
    last: tuple[Problem, ...] | None = None
    while True:
        now = files()  # before the check: what changes during it is seen the next time
        if now != seen:
            seen = now
            try:
                found = tuple(check())
            except CommsError as refused:
                yield Look(refused.problems, refused=refused)
            else:
                before = found if last is None else last
                yield Look(found, tuple(_beyond(found, before)), tuple(_beyond(before, found)))
                last = found
        wait()


def _beyond(these: Sequence[Problem], those: Sequence[Problem]) -> Iterator[Problem]:
    """Which of `these` are not among `those`. One that has only moved within its file is the same."""
    same = set(these) & set(those)
    left = Counter(_unmoved(problem) for problem in those if problem not in same)
    for problem in these:
        if problem in same:
            continue
        if left[_unmoved(problem)]:
            left[_unmoved(problem)] -= 1
        else:
            yield problem


def _unmoved(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.location.path, str(problem.message)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let Ctrl-C, or SIGTERM, end what is done here."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
