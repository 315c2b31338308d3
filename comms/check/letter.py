"""A letter as the rules of law read it: its page, its text, and what it must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from comms.check.letter_page import Element, Page, read_page
from comms.errors import Location, Text, say
from comms.model.issue import Edition
from comms.model.settings import Sender

EU = re.compile(r"\bEU\b|\beuropeiska unionen|\beuropean union", re.IGNORECASE)
_FLAG = re.compile(r"flagg|emblem|symbol|logo", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")

_SHOWN: Mapping[str, Text] = {
    "": say("i brevet"),
    "dark": say("i mörkt läge"),
    "max-width": say("på små skärmar"),
    "min-width": say("på stora skärmar"),
    "[data-ogs": say("i Outlook på webben"),
}


@dataclass(frozen=True, slots=True)
class Duties:
    """What every letter must hold, and where it is mended.

    `emblem` is the emblem's file, of which `emblem_url` is the public address. `lines` gives the line of
    each key in comms.yaml.
    """

    emblem: bytes
    emblem_url: str
    emblem_path: str
    logo_url: str
    statement: str
    sender: Sender
    html_template: str
    text_template: str
    settings_path: str
    lines: Mapping[str, int]

    def setting(self, *keys: str) -> Location:
        """The line in comms.yaml of the first of these keys that it has."""
        return Location(self.settings_path, next((self.lines[key] for key in keys if key in self.lines), 0))


# Not slotted: what rules share is worked out once, when the first of them asks.
@dataclass(frozen=True)
class Letter:
    """An edition with its duties."""

    edition: Edition
    duties: Duties

    @property
    def html_place(self) -> Location:
        """Where a fault of the HTML is mended."""
        return Location(self.duties.html_template)

    @property
    def text_place(self) -> Location:
        """Where a fault of the text part is mended."""
        return Location(self.duties.text_template)

    @cached_property
    def page(self) -> Page:
        """The HTML as it is shown."""
        return read_page(self.edition.html)

    @cached_property
    def pictures(self) -> tuple[Element, ...]:
        """Every picture."""
        return tuple(element for element in self.page.elements if element.tag == "img")

    @cached_property
    def emblem(self) -> Element | None:
        """The EU emblem: our own file, else a picture that says it is the EU's flag."""
        own = [one for one in self.pictures if one.attributes.get("src") == self.duties.emblem_url]
        said = [one for one in self.pictures if EU.search(alt(one)) and _FLAG.search(alt(one))]
        return next(iter(own or said), None)

    @cached_property
    def statement(self) -> Element | None:
        """The innermost element that holds the statement as text; of several the nearest to the emblem."""
        wanted = spaced(self.duties.statement)
        holding = [one for one in self.page.elements if wanted and wanted in spaced(one.words())]
        inner = [one for one in holding if not any(child in holding for child in one.inside)]
        seen = [one for one in inner if not self.page.hidden(one)]
        emblem = self.emblem
        return min(seen, key=lambda one: abs(one.number - emblem.number) if emblem else 0, default=None)


def alt(picture: Element) -> str:
    """A picture's text, "" when it has none."""
    return picture.attributes.get("alt", "")


def spaced(text: str) -> str:
    """A text's words alone, each between blanks, so that line breaks and commas do not matter."""
    words = _WORDS.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""


def in_a_row(text: str) -> re.Pattern[str]:
    """Finds a text's words in their order, whatever blanks and signs are between them."""
    words = r"[\W_]+".join(map(re.escape, _WORDS.findall(text)))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def shown(where: str) -> Text:
    """A setting of the page in words."""
    return next((words for mark, words in _SHOWN.items() if mark and mark in where), _SHOWN[""])
