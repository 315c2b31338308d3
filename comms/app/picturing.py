"""The archive's files that are no words: pictures as prepared, link cards, the EU emblem, the logo."""

from __future__ import annotations

from comms.app.folder import Folder
from comms.app.gathering import Card, Gathered
from comms.app.house import House
from comms.content.cards import link_card
from comms.content.files import sha256
from comms.content.pictures import prepared
from comms.content.templates import asset
from comms.errors import ContentError
from comms.model.item import Picture
from comms.render.addresses import EMBLEM_PATH


class Media:
    """The files that are no words: pictures, link cards, the emblem and the logo. Each is made once."""

    def __init__(self, house: House, folder: Folder, found: Gathered) -> None:
        """Begin; nothing is made yet."""
        self.house, self.folder, self.found = house, folder, found
        self.missing: set[str] = set()

    def put(self, path: str) -> bool:
        """Have a picture in the folder, if it can be had."""
        if self.folder.has(path):  # named by its bytes, so what is there is what it is
            self.folder.keep(path)
            return True
        content = self._prepared(self.found.sources.get(path))
        if content is None:
            self.missing.add(path)
            return False
        self.folder.put(path, content)
        return True

    def content(self, path: str) -> bytes | None:
        """The bytes of a picture that is in the folder or can be had there, else None."""
        return (self.folder.root / path).read_bytes() if self.put(path) else None

    def card(self, path: str, card: Card) -> None:
        """Have a link card in the folder; one whose picture cannot be read goes without."""
        if self.folder.has(path):
            self.folder.keep(path)
            return
        try:
            content = self._draw(card, self._source(card.picture))
        except ContentError:
            content = self._draw(card, None)
        self.folder.put(path, content)

    def assets(self) -> None:
        """Have the EU emblem and the organisation's logo in the folder."""
        brand = self.house.settings.brand
        logos = [
            logo.rpartition("/")[2]
            for logo in (brand.logo, brand.logo_dark)
            if not logo.startswith("https://")
        ]
        for name in (EMBLEM_PATH.removeprefix("media/"), *filter(None, logos)):
            path = f"media/{name}"
            try:
                self.folder.put(path, asset(self.house.root, name))
            except FileNotFoundError:
                self.missing.add(path)

    def _draw(self, card: Card, picture: bytes | None) -> bytes:
        brand = self.house.settings.brand
        return link_card(
            title=card.title,
            label=card.label,
            place=card.place,
            brand=brand,
            accent=card.accent,
            picture=picture,
            wordmark=brand.wordmark or self.house.settings.name,
        )

    def _source(self, picture: Picture | None) -> bytes | None:
        """A picture's bytes as they lie in content, None when they are not what was loaded."""
        if picture is None:
            return None
        try:
            content = (self.house.root / picture.path).read_bytes()
        except OSError:
            return None
        return content if sha256(content) == picture.sha256 else None

    def _prepared(self, picture: Picture | None) -> bytes | None:
        content = self._source(picture)
        if picture is None or content is None:
            return None
        try:
            return prepared(content, picture.path.rpartition("/")[2])[1]
        except ContentError:
            return None
