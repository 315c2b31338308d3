"""A rendered letter as the rules of verify.py read it: headings, links, tables, pictures, lists, in order.

The HTML is read with the standard library's parser, as mail clients other than Outlook see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FOREIGN = frozenset(
    {"script", "iframe", "object", "embed", "form", "input", "link", "video", "audio", "svg"}
)
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "meta", "source", "wbr"})
_LISTS = frozenset({"ul", "ol", "menu"})
_FOCUSED = frozenset({"button", "input", "select", "textarea", "iframe", "summary"})
_LAYOUT_ROLES = frozenset({"presentation", "none"})


@dataclass(slots=True)
class Part:
    """A piece of the letter: its tag, attributes, offset in the HTML, the words and picture texts in it."""

    tag: str
    attributes: dict[str, str | None]
    at: int
    said: list[str] = field(default_factory=list)
    headers: list[Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, blanks evened out."""
        return " ".join("".join(self.said).split())

    @property
    def href(self) -> str:
        """Where a link leads."""
        return self.attributes.get("href") or ""

    @property
    def level(self) -> int:
        """A heading's level."""
        return int(self.tag[1])

    @property
    def is_layout(self) -> bool:
        """Whether a table says that it is only there for the look."""
        return self.attributes.get("role") in _LAYOUT_ROLES


class LetterPage(HTMLParser):
    """Collects what the rules ask for, each in reading order."""

    def __init__(self, html: str) -> None:
        """Read a letter's HTML whole."""
        super().__init__(convert_charrefs=True)
        self.html = html
        self.lang: str | None = None
        self.titles: list[Part] = []
        self.headings: list[Part] = []
        self.links: list[Part] = []
        self.tables: list[Part] = []
        self.pictures: list[Part] = []
        self.viewports: list[str] = []
        self.loose_items: list[Part] = []
        self.unheard: list[Part] = []
        self.foreign: list[str] = []
        self._open: list[Part] = []
        self._starts = [0, *(number for number, sign in enumerate(html, start=1) if sign == "\n")]
        self._kept = {"title": self.titles, "a": self.links, "table": self.tables}
        self._kept |= dict.fromkeys(HEADINGS, self.headings)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a rule asks for (called by the parser)."""
        line, column = self.getpos()
        part = Part(tag, dict(attrs), self._starts[line - 1] + column)
        self.foreign += [
            name for name in (tag, *part.attributes) if name in _FOREIGN or name.startswith("on")
        ]
        if tag in self._kept:
            self._kept[tag].append(part)
        self._note(part)
        if tag not in _VOID:
            self._open.append(part)

    def _note(self, part: Part) -> None:
        """Remember what a tag says where it stands."""
        tag, given = part.tag, part.attributes
        if tag == "html":
            self.lang = given.get("lang")
        elif tag == "meta" and (given.get("name") or "").lower() == "viewport":
            self.viewports.append(given.get("content") or "")
        elif tag == "img":
            self.pictures.append(part)
            self._say(given.get("alt") or "")
        elif tag == "th":
            for table in self._around("table"):
                table.headers.append(part)
                break
        elif tag == "li" and not any(True for _ in self._around(*_LISTS)):
            self.loose_items.append(part)
        if _can_have_focus(part) and any(
            one.attributes.get("aria-hidden") == "true" for one in (*self._open, part)
        ):
            self.unheard.append(part)

    def handle_endtag(self, tag: str) -> None:
        """Leave a piece, with those in it that were never closed (called by the parser)."""
        if any(part.tag == tag for part in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Hear words (called by the parser)."""
        self._say(data)

    def _say(self, words: str) -> None:
        for part in self._open:
            part.said.append(words)

    def _around(self, *tags: str) -> Iterator[Part]:
        return (part for part in reversed(self._open) if part.tag in tags)

    @property
    def title(self) -> str:
        """What the letter calls itself."""
        return " ".join(part.text for part in self.titles).strip()

    def sections(self) -> list[tuple[int, str]]:
        """Bytes of HTML from each h2 or h3 to the next, and its words, largest first."""
        marks = [part for part in self.headings if part.level in {2, 3}]
        ends = [*(part.at for part in marks[1:]), len(self.html)]
        sizes = [
            (len(self.html[part.at : end].encode()), part.text) for part, end in zip(marks, ends, strict=True)
        ]
        return sorted(sizes, reverse=True)


def _can_have_focus(part: Part) -> bool:
    """Whether a keyboard stops at it."""
    linked = part.tag in {"a", "area"} and "href" in part.attributes
    index = part.attributes.get("tabindex")
    return (linked or part.tag in _FOCUSED or index is not None) and not (index or "").startswith("-")
