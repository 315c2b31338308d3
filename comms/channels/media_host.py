"""The shelf that `media_host` in the settings describes: the office's own web site, S3, or SFTP."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from comms.channels.shelf import Place, Shelf
from comms.channels.web import TIMEOUTS, Timeouts
from comms.errors import ChannelDown, ConfigError, say
from comms.model.settings import MEDIA_FOLDER, HostKind, MediaHost

FOLDER = f"webb/{MEDIA_FOLDER}"
"""In the output folder: below what the office publishes as base_url (comms/app/publishing.py)."""


def open_shelf(settings: MediaHost, *, out: str, timeouts: Timeouts = TIMEOUTS) -> Shelf:
    """The place that settings describe; `out` is where what the office publishes itself is written.

    Raises ConfigError for an address or a key that cannot be used. The network is not touched.
    """
    if not urlsplit(settings.url).hostname:
        raise ConfigError(
            say("Bilderna behöver en adress på webben: skriv media_host.url eller workspace.base_url.")
        )
    return Shelf(settings.url, _OPENERS[settings.kind](settings, out, timeouts), timeouts)


def _web(settings: MediaHost, out: str, timeouts: Timeouts) -> Place:
    del settings, timeouts
    folder = Path(out) / FOLDER

    def lay(name: str, content: bytes, media_type: str) -> None:
        del media_type
        target, beside = folder / name, folder / f".{name}.part"
        try:
            if target.is_file() and target.read_bytes() == content:
                return
            folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(target)
        except OSError as error:
            raise ChannelDown(
                say("Det går inte att skriva i {folder}: {error}.", folder=folder, error=error.strerror or "")
            ) from error

    return Place(
        lay, say("Publicera mappen {folder} på er webbplats; vi försöker igen.", folder=folder.parent)
    )


def _s3(settings: MediaHost, out: str, timeouts: Timeouts) -> Place:
    from comms.channels.media_host_s3 import lay_by_s3  # noqa: PLC0415 - only who uses it has to load it

    del out
    return Place(
        lay_by_s3(settings, timeouts),
        say("Låt alla läsa filerna i {bucket}, och se över media_host.url.", bucket=settings.bucket),
    )


def _sftp(settings: MediaHost, out: str, timeouts: Timeouts) -> Place:
    from comms.channels.media_host_sftp import lay_by_sftp  # noqa: PLC0415 - as above; SSH is slow to load

    del out
    return Place(
        lay_by_sftp(settings, timeouts),
        say(
            "Se till att mappen {folder} visas på webben, och se över media_host.url.",
            folder=settings.folder or "/",
        ),
    )


_OPENERS = {HostKind.WEB: _web, HostKind.S3: _s3, HostKind.SFTP: _sftp}
