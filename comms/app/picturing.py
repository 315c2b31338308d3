"""The archive's files that are no words: pictures as prepared, link cards, the EU emblem, the logo."""

from __future__ import annotations

from dataclasses import replace

from comms.app.folder import Folder
from comms.app.gathering import Card, Gathered, asset_paths, card_path
from comms.app.house import House
from comms.content.cards import link_card
from comms.content.files import sha256
from comms.content.pictures import prepared
from comms.content.templates import asset
from comms.errors import ContentError
from comms.model.item import Picture


class Media:
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

    def card(self, path: str, card: Card) -> None:
        """Have a link card in the folder; one whose picture cannot be read goes without, see `instead`."""
        if self.folder.has(path):
            self.folder.keep(path)
            return
        content = self._drawn(card)
        if content is not None:
            self.folder.put(path, content)
            return
        plain = replace(card, picture=None)
        self.instead[path] = card_path(plain, self.house.settings.brand)
        self.card(self.instead[path], plain)

    def assets(self) -> None:
        """Have the EU emblem and the organisation's logos in the folder; let stand what letters load."""
        for path in self._assets:
            self.put(path)
        for path in self.found.kept:
            self.folder.keep(path)

    def _drawn(self, card: Card) -> bytes | None:
        """A card's bytes, None when its picture is none: without one it can always be drawn."""
        if card.picture is None:
            return self._draw(card, None)
        source = self._source(card.picture)
        try:
            return self._draw(card, source) if source is not None else None
        except ContentError:
            return None

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

    def _asset(self, path: str) -> bytes | None:
        try:
            return asset(self.house.root, path.removeprefix("media/"))
        except FileNotFoundError:
            return None

    def _source(self, picture: Picture) -> bytes | None:
        """A picture's bytes as they lie in content, None when they are not what was loaded."""
        try:
            content = (self.house.root / picture.path).read_bytes()
        except OSError:
            return None
        return content if sha256(content) == picture.sha256 else None

    def _prepared(self, picture: Picture | None) -> bytes | None:
        content = self._source(picture) if picture else None
        if picture is None or content is None:
            return None
        try:
            return prepared(content, picture.path.rpartition("/")[2])[1]
        except ContentError:
            return None
