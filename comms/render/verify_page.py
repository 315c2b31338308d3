"""A rendered letter as the rules of verify.py read it: headings, links, tables, pictures, lists, in order.

The HTML is read with the standard library's parser, as mail clients other than Outlook see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from comms.errors import say

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FOREIGN = frozenset(
    {"script", "iframe", "object", "embed", "form", "input", "link", "video", "audio", "svg"}
)
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "meta", "source", "wbr"})
_LISTS = frozenset({"ul", "ol", "menu"})
_FOCUSED = frozenset({"button", "input", "select", "textarea", "iframe", "summary"})
_LAYOUT_ROLES = frozenset({"presentation", "none"})

_NOT_READ = frozenset({"style", "title"})
_SAYS = re.compile(r"\w")
"""What words have that blanks and signs have not."""

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_LOADS = frozenset({"src", "background", "poster", "lowsrc", "dynsrc", "ping"})
"""Attributes whose address a client asks for, without or (`ping`) beside what the reader asks for."""

_SOURCE = re.compile(r"[\s,]*(\S*[^\s,])(?:,|\s[^,]*)?")
"""One picture of a `srcset` (HTML 4.8.4.2.1): its address, and a width or density before the next comma."""

_CSS_LOADS = re.compile(
    r"""(?:\burl|\bsrc)\(\s*["']?([^"')]*)|\bimage-set\(\s*["']([^"']*)|@import\s+["']([^"']*)""",
    re.IGNORECASE,
)
_CSS_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_LAST_SIGN = 0x10FFFF
_CONDITION = re.compile(r"\[if[^\]]*\]>(.*)<!\[endif\]", re.DOTALL)
_ADDRESSED = re.compile(r"(?:src|background|href)\s*=|url\(", re.IGNORECASE)


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


class Address(NamedTuple):
    """An address in the letter as it is written, and the last words before it."""

    written: str
    after: str


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
        self.loaded: list[Address] = []
        self.hrefs: list[Address] = []
        self.styles: list[Part] = []
        self.body_at = 0
        self._last_words = ""
        self._open: list[Part] = []
        self._starts = [0, *(number for number, sign in enumerate(html, start=1) if sign == "\n")]
        self._kept = {"title": self.titles, "a": self.links, "table": self.tables, "style": self.styles}
        self._kept |= dict.fromkeys(HEADINGS, self.headings)
        self.feed(html)
        self.close()
        self._last_words = ""
        self._load(address for style in self.styles for address in css_addresses("".join(style.said)))

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
        self._address(part)
        if tag not in _VOID:
            self._open.append(part)

    def _note(self, part: Part) -> None:
        """Remember what a tag says where it stands."""
        tag, given = part.tag, part.attributes
        if tag == "html":
            self.lang = given.get("lang")
        elif tag == "body":
            self.body_at = part.at
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

    def _address(self, part: Part) -> None:
        """Remember what a tag loads, and where it leads."""
        given = part.attributes
        self._load(written or "" for name, written in given.items() if name in _LOADS)
        if "srcset" in given:
            self._load(_SOURCE.findall(given["srcset"] or ""))
        if "(" in (style := given.get("style") or ""):
            self._load(css_addresses(style))
        if "href" in given:
            self.hrefs.append(Address(given["href"] or "", self._last_words))

    def _load(self, addresses: Iterable[str]) -> None:
        self.loaded += (Address(address, self._last_words) for address in addresses)

    def handle_comment(self, data: str) -> None:
        """Look into what Outlook for Windows alone reads (called by the parser)."""
        if (found := _CONDITION.match(data)) and _ADDRESSED.search(found[1]):
            inside = LetterPage(found[1])
            self._load(address.written for address in inside.loaded)
            self.hrefs += (Address(address.written, self._last_words) for address in inside.hrefs)

    def handle_endtag(self, tag: str) -> None:
        """Leave a piece, with those in it that were never closed (called by the parser)."""
        if any(part.tag == tag for part in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Hear words (called by the parser)."""
        self._say(data)
        if self._open and _is_read(self._open[-1]) and _SAYS.search(data):
            self._last_words = data

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
        """Bytes of HTML and a name, largest first: the head, the top, and from each h2 or h3 to the next."""
        marks = [
            (0, str(say("brevets huvud, med stilarna"))),
            (self.body_at, str(say("överst i brevet, med hälsningen"))),
            *((part.at, f"”{part.text}”") for part in self.headings if part.level in {2, 3}),
        ]
        ends = [*(at for at, _ in marks[1:]), len(self.html)]
        sizes = [(len(self.html[at:end].encode()), name) for (at, name), end in zip(marks, ends, strict=True)]
        return sorted(sizes, reverse=True)


def _is_read(part: Part) -> bool:
    """Whether its own words stand in the letter: those of a preheader do not."""
    return part.tag not in _NOT_READ and not _HIDDEN.search(part.attributes.get("style") or "")


def css_addresses(css: str) -> Iterator[str]:
    """What a piece of CSS loads, as far as its addresses are written out (CSS Values 4, 4.5)."""
    if "\\" in css:
        css = _CSS_ESCAPE.sub(_unescaped, css)
    for found in _CSS_LOADS.finditer(_CSS_REMARK.sub(" ", css) if "/*" in css else css):
        yield next(address for address in found.groups() if address is not None)


def _unescaped(found: re.Match[str]) -> str:
    number, sign = found.groups()
    return sign if not number else chr(min(int(number, 16), _LAST_SIGN))


def _can_have_focus(part: Part) -> bool:
    """Whether a keyboard stops at it."""
    linked = part.tag in {"a", "area"} and "href" in part.attributes
    index = part.attributes.get("tabindex")
    return (linked or part.tag in _FOCUSED or index is not None) and not (index or "").startswith("-")
