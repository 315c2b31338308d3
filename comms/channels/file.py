"""Letters and posts to a folder: the default channel, with which nothing leaves the machine.

Letters become `sent/CHANNEL/ISSUE/RECIPIENT.eml`, posts `posts/CHANNEL/POST/` with text, pictures, alt
texts and a description. Cannot fail to be told apart: a repeat overwrites the same files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comms.channels.package import LAST, folder_name, post_files, put, safe_name
from comms.model.ledger import Absent, Found, Letter, Outgoing, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from comms.channels.base import Memory
    from comms.model.settings import ChannelSettings


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> FileChannel:
    """Make the channel; the folder is made when something is written."""
    del memory, now
    return FileChannel(settings.slug, Path(out))


class FileChannel:
    """Writes below one folder. The receipt's id is the file's or folder's path from there."""

    connections = 1

    def __init__(self, slug: str, out: Path) -> None:
        """Remember where to write."""
        self.slug = slug
        self._out = out

    def check(self, size: int) -> None:
        """Files are of any size."""

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Write a letter or post; see `comms.channels.base.Channel`."""
        place = self._place(outgoing)
        if isinstance(outgoing, Letter):
            put(place.parent, {place.name: outgoing.content}, point_of_no_return)
        else:
            put(place, post_files(outgoing), point_of_no_return)
        return self._receipt(place)

    def find(self, outgoing: Outgoing) -> Found:
        """Look whether its last file is there; files are whole or not there."""
        place = self._place(outgoing)
        last = place if isinstance(outgoing, Letter) else place / LAST
        return self._receipt(place) if last.is_file() else Absent()

    def close(self) -> None:
        """Nothing is held open."""

    def _place(self, outgoing: Outgoing) -> Path:
        """A letter's file, or a post's folder."""
        if isinstance(outgoing, Letter):
            folder = self._out / "sent" / safe_name(self.slug) / safe_name(outgoing.folder)
            return folder / f"{safe_name(outgoing.recipient)}.eml"
        return self._out / "posts" / safe_name(self.slug) / folder_name(outgoing)

    def _receipt(self, written: Path) -> Receipt:
        return Receipt(written.relative_to(self._out).as_posix())
