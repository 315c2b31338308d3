"""An officer's text -> the parts of a post: running text, links, hashtags, mentions.

A hashtag is letters, digits and underscores of any script with at least one letter; å, ä and ö are
letters. A hyphen ends it, except on Bluesky. Mastodon wants white space before it, since 2026: `(#bygd)` is
running text there (github.com/mastodon/mastodon/issues/38902). An account's name is of a to z, digits and
underscores on every network; an address such as info@leader.example is no mention, and `@linné` is nobody.
Why each network reads as it does: docs/nyhet.md. Sources: Mastodon app/models/tag.rb, app/lib/extractor.rb
and MENTION_RE in app/models/account.rb, Bluesky packages/api/src/rich-text/util.ts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from comms.model.network import Network, Segment, SegmentKind

HYPHEN_IN_TAGS = frozenset({"bluesky"})
"""Networks where `#stads-land` is one tag."""

SPACE_BEFORE_TAGS = frozenset({"mastodon"})
"""Networks where nothing but white space may stand right before a tag."""

SHORT_LINKS = frozenset({"bluesky"})
"""Networks where a link's shown text is ours to choose: the whole address goes with it, unseen."""

LONGEST_PATH = 15
"""How much of a link's path is shown on such a network, as in its own app (social-app, `toShortUrl`)."""

_LINK = r"(?<![\p{L}\p{N}_/@])(?P<link>https?://(?=[\p{L}\p{N}])[^\s<>\"”“]+)"
_LETTERS = r"\p{L}\p{M}\p{N}_"
_NAME = r"[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*"
_SERVER = rf"[{_LETTERS}]+(?:[.-]+[{_LETTERS}]+)*"
# What stands before and after is looked at when the longest name is read: a name is never read shorter.
_MENTION = rf"(?<![{_LETTERS}=/@])(?P<mention>(?>@{_NAME}(?:@{_SERVER})?))(?![{_LETTERS}@]|://)"
_TAG = r"\#(?P<hashtag>(?=[%s]*\p{L})[%s]*[\p{L}\p{M}\p{N}_])"
_ANYWHERE = r"(?<![\p{L}\p{N}_/#&@])"
_AFTER_SPACE = r"(?<!\S)"


def _pattern(letters: str = _LETTERS, before: str = _ANYWHERE) -> regex.Pattern[str]:
    return regex.compile("|".join((_LINK, _MENTION, before + _TAG % (letters, letters))), regex.IGNORECASE)


_PLAIN = _pattern()
_PATTERNS = {slug: _pattern(before=_AFTER_SPACE) for slug in SPACE_BEFORE_TAGS} | {
    slug: _pattern(rf"{_LETTERS}\-") for slug in HYPHEN_IN_TAGS
}
_CLOSING = {")": "(", "]": "["}
_MARKS = ".,;:!?…'’\"”)]*_"


def parse_segments(text: str, network: str = "") -> tuple[Segment, ...]:
    """The parts of a text for one network (its slug); together they are the text in NFC."""
    text = unicodedata.normalize("NFC", text)
    return tuple(_segments(text, _PATTERNS.get(network, _PLAIN)))


def shown(segments: tuple[Segment, ...], network: Network) -> tuple[Segment, ...]:
    """The parts as a reader sees them: on Bluesky a link's text is its host and the beginning of its path.

    Elsewhere the text is what makes the link, and nothing is changed.
    """
    if network.slug not in SHORT_LINKS:
        return segments
    return tuple(
        Segment(part.kind, _short_address(part.href), part.href) if part.kind is SegmentKind.LINK else part
        for part in segments
    )


def _short_address(href: str) -> str:
    host, slash, rest = href.partition("://")[2].partition("/")
    if "@" in host or "?" in host or "#" in host:
        return href  # what such an address leads to is not told by its beginning
    path = regex.findall(r"\X", slash + rest) if rest else []
    return host + "".join(path if len(path) <= LONGEST_PATH else [*path[: LONGEST_PATH - 1], "…"])


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
