"""The folder to publish at base_url: whatever a letter links to is there before the letter goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from comms.app.house import House, settings_alone
from comms.errors import ConfigError, UsageError, say
from comms.model.plan import Entry, EntryKind
from comms.render.addresses import SIGNUP_PATH
from comms.store import Store

if TYPE_CHECKING:
    from comms.app.archiving import Archived

FOLDER = "webb"
"""The archive's own folder in the output folder: what base_url shows."""


def publish(house: House, store: Store, entry: Entry, now: datetime) -> None:
    """Write the archive with an issue that is about to go: its pages, pictures, feeds and kits.

    Raises `ConfigError` when the folder cannot be written, or a picture of this issue cannot be read: then
    the issue waits. What is wrong with anything else in the archive stops no letter.
    """
    from comms.app.archiving import archive  # noqa: PLC0415 - heavy, and most ticks start nothing

    if entry.kind is not EntryKind.ISSUE or not house.settings.base_url:
        return
    try:
        archive(house, store, house.out / FOLDER, now, also=entry.id)
    except UsageError as busy:  # somebody builds the archive just now: the next run tries again
        raise ConfigError(busy.message) from busy


def lay_first(root: Path, store: Store, now: datetime) -> bool:
    """Write the archive when there is none yet, or one from before there was a page to subscribe on.

    The public pages take their looks from it. Gives whether it was written; an old copy of the ledger writes
    none. Raises `ConfigError` as `archive` does.
    """
    from comms.app.archiving import archive  # noqa: PLC0415 - heavy, as above
    from comms.app.house import open_house  # noqa: PLC0415 - the whole workspace, which else is not read

    front = settings_alone(root).out / FOLDER / "index.html"
    if front.is_file() and f'href="{SIGNUP_PATH}"' in front.read_text(encoding="utf-8", errors="replace"):
        return False
    if store.fence_if_old(now):
        return False
    try:
        archive(open_house(root), store, front.parent, now, is_forgiving=True)
    except UsageError:  # somebody builds it just now, or it is another office's: it stands as it is
        return False
    return True


def withdraw(house: House, store: Store, now: datetime) -> Archived | None:
    """Write the archive anew after a retraction, if there is one.

    Raises `ConfigError` when the folder cannot be written, `UsageError` and `StoreError` as `archive` does.
    """
    from comms.app.archiving import archive  # noqa: PLC0415 - heavy, as above

    folder = house.out / FOLDER
    if not folder.is_dir():
        return None
    return archive(house, store, folder, now, is_forgiving=True)


def write(path: Path, content: bytes) -> None:
    """Write a file, making its folder. Raises `ConfigError` when the disk will not have it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(
            say(
                "Det går inte att skriva i {folder}: {error}.", folder=path.parent, error=error.strerror or ""
            )
        ) from error
