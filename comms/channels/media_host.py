"""Pictures at a public address, for networks that take an address and no file (Instagram, Threads).

A file's name comes from its bytes: what was laid before is laid again to no effect, and two posts with one
picture share it. When a picture has been laid its address is asked as the network will ask it, so that what
is wrong is told here, in our words. Nothing is ever deleted: a network may fetch again, and who cleans the
folder may take what is older than a week.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import requests

from comms.channels.web import TIMEOUTS, Timeouts, Web
from comms.errors import ChannelDown, ConfigError, PermanentFailure, TemporaryFailure, Text, say
from comms.model.settings import HostKind
from comms.model.settings import MediaHost as HostSettings

FOLDER = "webb/media"
"""In the output folder: below what the office publishes as base_url (comms/app/publishing.py)."""

_BELOW_BASE_URL = "media"
_NAME = 24  # characters of the hash; the archive's own pictures have 16 (comms/app/folder.py)
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png"}

Lay = Callable[[str, bytes, str], None]
"""Lays a file: its name, its bytes, its media type. Raises ChannelError; may be done again."""


@dataclass(frozen=True, slots=True)
class Place:
    """How files get there, and what to do when they are not seen."""

    lay: Lay
    remedy: Text


class MediaHost:
    """A place on the web whose files begin with `url`."""

    def __init__(self, url: str, place: Place, timeouts: Timeouts = TIMEOUTS) -> None:
        """Remember; nothing is opened."""
        self._url = url.rstrip("/")
        self._place = place
        self._web = Web(urlsplit(url).hostname or url, url, timeouts=timeouts)

    def put(self, content: bytes, media_type: str) -> str:
        """Lay a picture, and give its address. Raises ChannelError.

        TemporaryFailure when it is not seen there (yet): a web site that the office publishes takes its time.
        """
        if media_type not in _EXTENSIONS:
            raise PermanentFailure(say("Bilder av slaget {type} läggs inte på webben.", type=media_type))
        name = f"{sha256(content).hexdigest()[:_NAME]}{_EXTENSIONS[media_type]}"
        self._place.lay(name, content, media_type)
        url = f"{self._url}/{name}"
        seen = self._seen(url)
        if seen not in {f"200 {media_type} {len(content)}", f"200 {media_type}"}:
            raise TemporaryFailure(
                say(
                    "Bilden går inte att hämta på {url} (svaret är {seen}). {remedy}",
                    url=url,
                    seen=seen,
                    remedy=self._place.remedy,
                )
            )
        return url

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _seen(self, url: str) -> str:
        """What is answered there: status, media type, and the length if it is told."""
        answer = self._web.call("GET", url, headers={"Accept-Encoding": "identity"})
        if answer.status != requests.codes.ok:
            return str(answer.status)
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return f"{answer.status} {media_type} {answer.headers.get('Content-Length', '')}".strip()


def open_host(
    settings: HostSettings, *, out: str, base_url: str = "", timeouts: Timeouts = TIMEOUTS
) -> MediaHost:
    """The place that settings describe; `base_url` is what the office publishes of the folder `out`.

    Raises ConfigError for an address or a key that cannot be used. The network is not touched.
    """
    url = settings.url
    if not url and settings.kind is HostKind.WEB and base_url:
        url = f"{base_url.rstrip('/')}/{_BELOW_BASE_URL}"
    if not urlsplit(url).hostname:
        raise ConfigError(
            say("Bilderna behöver en adress på webben: skriv media_host.url eller workspace.base_url.")
        )
    return MediaHost(url, _OPENERS[settings.kind](settings, out, timeouts), timeouts)


def _web(settings: HostSettings, out: str, timeouts: Timeouts) -> Place:
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


def _s3(settings: HostSettings, out: str, timeouts: Timeouts) -> Place:
    from comms.channels.media_host_s3 import lay_by_s3  # noqa: PLC0415 - only who uses it has to load it

    del out
    return Place(
        lay_by_s3(settings, timeouts),
        say("Låt alla läsa filerna i {bucket}, och se över media_host.url.", bucket=settings.bucket),
    )


def _sftp(settings: HostSettings, out: str, timeouts: Timeouts) -> Place:
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
