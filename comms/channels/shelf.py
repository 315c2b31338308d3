"""A shelf: a public address where pictures are laid, for networks that take an address and no file.

A file's name comes from its bytes: what was laid before is laid again to no effect, and two posts with one
picture share it. When a picture has been laid its address is asked as the network will ask it, so that what
is wrong is told here, in our words. Nothing is ever deleted: a network may fetch again, and who cleans the
folder may take what is older than a week.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

import requests

from comms.channels.web import TIMEOUTS, Timeouts, Web
from comms.errors import PermanentFailure, TemporaryFailure, Text, say

_NAME = 24  # characters of the hash; the archive's own pictures have 16 (comms/app/folder.py)
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png"}

Lay = Callable[[str, bytes, str], None]
"""Lays a file: its name, its bytes, its media type. Raises ChannelError; may be done again."""


@dataclass(frozen=True, slots=True)
class Place:
    """How files get there, and what to do when they are not seen."""

    lay: Lay
    remedy: Text


class Shelf:
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
