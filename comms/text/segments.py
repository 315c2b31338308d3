"""An officer's text -> the parts of a post: running text, links, hashtags, mentions.

A hashtag is letters, digits and underscores of any script with at least one letter; å, ä and ö are
letters. A hyphen ends it, except on Bluesky. An address such as info@leader.example is no mention.
Sources: Mastodon app/models/tag.rb, Bluesky packages/api/src/rich-text/util.ts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from comms.model.network import Segment, SegmentKind

HYPHEN_IN_TAGS = frozenset({"bluesky"})
"""Networks where `#stads-land` is one tag."""

_LINK = r"(?<![\p{L}\p{N}_/@])(?P<link>https?://(?=[\p{L}\p{N}])[^\s<>\"”“]+)"
_NAME = r"[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*"
_MENTION = rf"(?<![\p{{L}}\p{{N}}_@/.+-])(?P<mention>@{_NAME}(?:@{_NAME})?)"
_TAG = r"(?<![\p{L}\p{N}_/#&@])\#(?P<hashtag>(?=[%s]*\p{L})[%s]*[\p{L}\p{M}\p{N}_])"
_LETTERS = r"\p{L}\p{M}\p{N}_"


def _pattern(letters: str) -> regex.Pattern[str]:
    return regex.compile("|".join((_LINK, _MENTION, _TAG % (letters, letters))), regex.IGNORECASE)


_PLAIN = _pattern(_LETTERS)
_HYPHENED = _pattern(rf"{_LETTERS}\-")
_CLOSING = {")": "(", "]": "["}
_MARKS = ".,;:!?…'’\"”)]*_"


def parse_segments(text: str, network: str = "") -> tuple[Segment, ...]:
    """The parts of a text for one network (its slug); together they are the text in NFC."""
    text = unicodedata.normalize("NFC", text)
    return tuple(_segments(text, _HYPHENED if network in HYPHEN_IN_TAGS else _PLAIN))


def _segments(text: str, pattern: regex.Pattern[str]) -> Iterator[Segment]:
    read = 0
    for match in pattern.finditer(text):
        kind = SegmentKind(match.lastgroup or SegmentKind.TEXT)
        shown = _without_punctuation(match[0]) if kind is SegmentKind.LINK else match[0]
        if match.start() > read:
            yield Segment(SegmentKind.TEXT, text[read : match.start()])
        yield Segment(kind, shown, shown if kind is SegmentKind.LINK else "")
        read = match.start() + len(shown)
    if read < len(text):
        yield Segment(SegmentKind.TEXT, text[read:])


def _without_punctuation(link: str) -> str:
    """An address without the sentence's own marks after it; brackets that pair within it stay."""
    while link[-1] in _MARKS and not _pairs(link):
        link = link[:-1]
    return link


def _pairs(link: str) -> bool:
    opening = _CLOSING.get(link[-1])
    return opening is not None and link.count(opening) >= link.count(link[-1])
