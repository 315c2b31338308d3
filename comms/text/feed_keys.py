"""By what two entries of feeds are known to be the same: identity, link, content, titles nearly alike."""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from comms.text.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.75
"""How great a part of the words of two titles must be common."""

_FEWEST = 4
"""Titles of fewer words say too little to be compared."""

_SHORT = 3
_WORD = re.compile(r"[^\W_]+")
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|at_(?:medium|campaign)")
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)
_LONGEST_LINK = 2000


def digest(*parts: str) -> str:
    """The hash that rows are known by: 64 signs whatever the feed has written."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def web_address(link: str) -> str:
    """A link that may be shown and followed, without what tells who follows it.

    "" when it is none: http(s), with a host, without a password and without signs that nobody sees.
    """
    link = link.strip()
    if len(link) > _LONGEST_LINK or not link.isprintable() or not _LINK.fullmatch(link):
        return ""
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or "@" in parts.netloc:
        return ""
    page, asks, rest = link[len(parts.scheme) :].partition("?")
    query, sign, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if not _is_tracking(part.partition("=")[0]))
    return f"{parts.scheme}{page}{asks if kept else ''}{kept}{sign}{fragment}"


def _is_tracking(name: str) -> bool:
    return _TRACKING.fullmatch(name.lower()) is not None


def link_key(link: str) -> str:
    """The hash of a link without what tells who follows it; "" for none and for a site's first page.

    Scheme, `www.`, order of the query, a last slash and the fragment make no other page.
    """
    if not link:
        return ""
    parts = urlsplit(link)
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking(name)
    ]
    path, query = parts.path.rstrip("/"), urlencode(sorted(asked))
    if not path and not query:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    return digest(f"{host}{port}{path}?{query}")


def content_hash(title: str, text: str, link: str) -> str:
    """The hash of what an entry says. A title alone says little, so then the link is a part of it."""
    return digest(folded(title), folded(text) or link_key(link))


def title_key(title: str) -> str:
    """The words of a title that tell it from others, each once, in order of the alphabet."""
    words = {word for word in _WORD.findall(folded(title)) if len(word) >= _SHORT or word.isdigit()}
    return " ".join(sorted(words))


def are_alike(one: str, other: str) -> bool:
    """Whether two title keys say nearly the same: most words common, and no number of another value."""
    mine, theirs = frozenset(one.split()), frozenset(other.split())
    if min(len(mine), len(theirs)) < _FEWEST or _figures(mine) != _figures(theirs):
        return False
    return len(mine & theirs) >= ALIKE * len(mine | theirs)


def _figures(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(sign.isdigit() for sign in word))


class Titles:
    """The titles of what has been proposed lately, to be asked for one that is nearly the same.

    A title that is alike has at least one of the rarest words of the one asked for: only those are compared.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._rows: dict[int, tuple[str, str]] = {}
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, number: int, feed: str, key: str) -> None:
        """Know the title of a proposal."""
        self._rows[number] = (feed, key)
        for word in key.split():
            self._by_word[word].append(number)

    def like(self, feed: str, key: str) -> int:
        """The first proposal of another feed with nearly the same title, 0 for none."""
        words = key.split()
        if len(words) < _FEWEST:
            return 0
        telling = len(words) - math.ceil(ALIKE * len(words)) + 1
        rarest = sorted(words, key=lambda word: len(self._by_word.get(word, ())))[:telling]
        near = {number for word in rarest for number in self._by_word.get(word, ())}
        return min((number for number in near if self._is_like(number, feed, key)), default=0)

    def _is_like(self, number: int, feed: str, key: str) -> bool:
        other, known = self._rows[number]
        return other != feed and are_alike(key, known)
