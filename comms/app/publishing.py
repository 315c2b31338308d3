"""The folder to publish at base_url: pictures and web copies that sent letters link to."""

from __future__ import annotations

from pathlib import Path

from comms.app.house import House
from comms.app.rendering import media_files
from comms.errors import ConfigError, say
from comms.model.plan import Entry, EntryKind
from comms.render.addresses import web_path
from comms.render.edition import web_copy
from comms.store import Store

FOLDER = "webb"


def publish(house: House, store: Store, entry: Entry) -> None:
    """Write the web copy of every edition and the pictures in them; the same files every time.

    Raises `ConfigError` when the folder cannot be written.
    """
    if entry.kind is not EntryKind.ISSUE:
        return
    folder = house.out / FOLDER
    for _, edition in store.editions(entry.id):
        path = web_path(entry.id, edition.audience, edition.municipality)
        write(folder / path, web_copy(edition).encode())
    for path, content in media_files(house, entry):
        write(folder / path, content)


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
