"""What a feed of others says, as text that can do nothing: no tags, no signs that nobody sees, no mark-up."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_READ = 100_000
"""Characters of one text that are read at all: what is longer is no news."""

_HIDDEN = frozenset("script style template noscript iframe object svg math head".split())
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table td th tr ul".split()
)
_MARKED_UP = re.compile(r"<[A-Za-z/!?]|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINER = "\u200d"
"""Holds the parts of one emoji together; the only unseen sign that is let through."""

_SIGNS = re.compile(r"[\\`*_\[\]]")
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]{1,31};)")
_OPENING = re.compile(r"(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?=[#+\-=>|~:])")
"""What means something at the beginning of a line of Markdown."""

_COLONS = re.compile(r"\A[\d.) ]+(?=:::)")
"""What may stand before the mark of a block for one audience (comms/text/markdown.py)."""


def one_line(text: str, most: int) -> str:
    """A title or the like as plain text on one line, at most `most` characters, cut between words."""
    return shortened(" ".join(paragraphs(text)), most)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text or of HTML: tags taken away, entities decoded once, each on one line."""
    text = text[:MOST_READ]
    pieces = _without_tags(text) if _MARKED_UP.search(text) else text.split("\n\n")
    cleaned = (harmless(piece) for piece in pieces)
    return [piece for piece in cleaned if piece]


def harmless(text: str) -> str:
    """A text on one line, NFC, without control signs, bidi marks and what else nobody sees.

    What looks like an encoded word of a mail header (RFC 2047) is broken, so that no program decodes it.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    seen = composed if composed.isprintable() else " ".join("".join(map(_seen, composed)).split())
    return seen.replace("=?", "= ?")


def _seen(sign: str) -> str:
    if sign == _JOINER or unicodedata.category(sign) not in _UNSEEN:
        return sign
    return " " if sign.isspace() else ""


def shortened(text: str, most: int) -> str:
    """At most `most` characters, cut between words where that can be, with a sign that something is gone."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    whole = cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > most // 2 else cut).rstrip()}…"


def quotable(pieces: Sequence[str], most: int) -> str:
    """Paragraphs as Markdown that shows exactly their signs: at most about `most` characters in all."""
    taken: list[str] = []
    for piece in pieces:
        left = most - sum(map(len, taken))
        if left <= 1:
            break
        taken.append(shortened(piece, left))
    return "\n\n".join(escaped(piece) for piece in taken)


def escaped(text: str) -> str:
    """One line as Markdown that shows exactly its signs (CommonMark 2.4); also no comment can begin in it."""
    signs = _SIGNS.sub(r"\\\g<0>", _ENTITY.sub("&amp;", text)).replace("<", "&lt;")
    found = _OPENING.match(signs)
    if found is None:
        return _COLONS.sub(r"\g<0>\\", signs)
    number = found["number"] or ""
    return f"{number}\\{signs[len(number) :]}"


def destination(link: str) -> str:
    """A link as the destination of a link in Markdown: nothing in it is taken for mark-up."""
    return f"<{_ENTITY.sub('&amp;', link)}>"


def _without_tags(text: str) -> list[str]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces).split("\0")


class _Reader(HTMLParser):
    """Collects what a reader would see; paragraphs end with NUL."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.pieces.append("\0")
        self._hidden += tag in _HIDDEN

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.pieces.append("\0")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\0")
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\0", " "))
