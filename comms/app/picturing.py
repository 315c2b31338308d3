"""The archive's files that are no words: pictures as prepared, link cards, the EU emblem, the logo."""

from __future__ import annotations

from comms.app.folder import Folder
from comms.app.gathering import Gathered, asset_paths
from comms.app.house import House
from comms.app.link_cards import CardFace, card_path, drawn_or_plain, source
from comms.content.pictures import prepared
from comms.content.templates import asset
from comms.errors import ContentError
from comms.model.item import Picture


class PictureFiles:
    """The files that are no words: pictures, link cards, the emblem and the logo. Each is made once.

    `missing`: what could not be had. `instead`: by the path of a card whose picture could not be read, the
    path of the card without it, which pages have to name (`Gathered.with_cards`).
    """

    def __init__(self, house: House, folder: Folder, found: Gathered) -> None:
        """Begin; nothing is made yet."""
        self.house, self.folder, self.found = house, folder, found
        self.missing: set[str] = set()
        self.instead: dict[str, str] = {}
        self._assets = asset_paths(house.settings.brand)

    def put(self, path: str) -> bool:
        """Have a picture in the folder, if it can be had; the emblem and the logos too."""
        is_asset = path in self._assets
        if not is_asset and self.folder.has(path):  # named by its bytes, so what is there is what it is
            self.folder.keep(path)
            return True
        content = self._asset(path) if is_asset else self._prepared(self.found.sources.get(path))
        if content is None:
            self.missing.add(path)
            return False
        return self.folder.put(path, content)

    def content(self, path: str) -> bytes | None:
        """The bytes of a picture that is in the folder or can be had there, else None."""
        return (self.folder.root / path).read_bytes() if self.put(path) else None

    def card(self, path: str, card: CardFace) -> None:
        """Have a link card in the folder; one whose picture cannot be read goes without, see `instead`."""
        if self.folder.has(path):
            self.folder.keep(path)
            return
        shown, content = drawn_or_plain(self.house, card)
        if shown != card:
            self.instead[path] = path = card_path(shown, self.house.settings.brand)
        self.folder.put(path, content)

    def assets(self) -> None:
        """Have the EU emblem and the organisation's logos in the folder; let stand what letters load."""
        for path in self._assets:
            self.put(path)
        for path in self.found.kept:
            self.folder.keep(path)

    def _asset(self, path: str) -> bytes | None:
        try:
            return asset(self.house.root, path.removeprefix("media/"))
        except FileNotFoundError:
            return None

    def _prepared(self, picture: Picture | None) -> bytes | None:
        content = source(self.house, picture) if picture else None
        if picture is None or content is None:
            return None
        try:
            return prepared(content, picture.path.rpartition("/")[2])[1]
        except ContentError:
            return None
