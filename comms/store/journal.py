"""The run's journal: a line in a file for each intent and each answer, readable without the database.

One file a slot, in the folder `journal` beside the database. A line is written after what it tells is
committed: time, state, attempt, key, recipient and words, with tabs between.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from comms.model.ledger import DeliveryState

if TYPE_CHECKING:
    from datetime import datetime
    from io import TextIOWrapper

    from comms.model.ledger import Delivery

_LOG = logging.getLogger(__name__)
_FIELDS = 6
_BEGUN = frozenset({DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN})
_OPEN_AT_ONCE = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_BLANK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Journal:
    """The journals of the slots that run, each opened when it gets its first line."""

    def __init__(self, folder: Path | None) -> None:
        """Nothing is opened yet; without a folder nothing is written."""
        self._folder = folder
        self._files: dict[str, TextIOWrapper] = {}
        self._broken = False

    def write(self, rows: Iterable[Delivery], now: datetime, state: DeliveryState | None = None) -> None:
        """Tell where rows stand now, or that all of them stand in `state`.

        A journal that cannot be written stops no letter; it says so once.
        """
        if self._folder is None:
            return
        try:
            for row in rows:
                words = row.receipt or row.reason
                if not words.isprintable():
                    words = _BLANK.sub(" ", words)
                stands = (state or row.state).value
                self._file(row.slot_id, self._folder).write(
                    f"{now.isoformat()}\t{stands}\t{row.attempt}\t{row.key}\t{row.recipient}\t{words}\n"
                )
            for file in self._files.values():
                file.flush()
        except OSError as error:
            if not self._broken:
                _LOG.warning("The journal in %s cannot be written: %s", self._folder, error)
            self._broken = True

    def begun(self, slot_id: str) -> list[str]:
        """Keys of what a slot's journal says was accepted, or may have been; none when it cannot be read."""
        with suppress(OSError):
            if self._folder is not None:
                told = answered(self._folder, slot_id)
                return [key for key, state, _ in told if state in _BEGUN]
        return []

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        self._files.clear()

    def _file(self, slot_id: str, folder: Path) -> TextIOWrapper:
        if slot_id not in self._files:
            if len(self._files) >= _OPEN_AT_ONCE:
                self.close()
            path = journal_path(folder, slot_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            cut = _is_cut(path)
            self._files[slot_id] = path.open("a", encoding="utf-8")
            if cut:  # what comes now must not become the end of a line that a crash cut
                self._files[slot_id].write("\n")
        return self._files[slot_id]


def _is_cut(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
    return False


def journal_path(folder: Path, slot_id: str) -> Path:
    """Where the journal of a slot is."""
    return folder / f"{_UNSAFE.sub('_', slot_id)}.tsv"


def answered(folder: Path, slot_id: str) -> Iterator[tuple[str, DeliveryState, str]]:
    """Key, last answer and its words of every delivery that a slot's journal has an answer for.

    A line that was cut by a crash is passed over.
    """
    path = journal_path(folder, slot_id)
    found: dict[str, tuple[DeliveryState, str]] = {}
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == _FIELDS and line.endswith("\n"):
                with suppress(ValueError):
                    found[fields[3]] = (DeliveryState(fields[1]), fields[5])
    for key, (state, words) in found.items():
        yield key, state, words
