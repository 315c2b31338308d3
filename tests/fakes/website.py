"""A public web site on loopback: it shows the files of a folder."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from tests.fakes.network import Network, Published, Reply, Request, Routes


class Website(Network):
    """The site. `media_type` is what it says that every file is, "" for the truth."""

    def __init__(self, folder: Path) -> None:
        """Listen; nothing is shown before the `with`."""
        super().__init__()
        self.folder = folder
        self.media_type = ""

    def routes(self) -> Routes:
        """Every path is a file."""
        return {("GET", "/(.*)"): self._show}

    def refusal(self, request: Request) -> Reply | None:
        """Nobody is refused."""
        del request
        return None

    def posts(self) -> list[Published]:
        """A web site has none."""
        return []

    def _show(self, request: Request) -> Reply:
        path = self.folder / request.found[0]
        if not path.is_file():
            return 404, {"Content-Type": "text/html"}, b"<h1>Sidan finns inte</h1>"
        media_type = self.media_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return 200, {"Content-Type": media_type}, path.read_bytes()
