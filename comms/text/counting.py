r"""How long a post is, in each network's own way of counting.

Mastodon counts graphemes, every link 23 and a mention without its server (docs.joinmastodon.org,
`characters_reserved_per_url`). Bluesky counts graphemes. Facebook and Instagram count code points.
Threads counts code points, but an emoji as its bytes of UTF-8 (developers.facebook.com, Threads posts).
LinkedIn counts its "little text", where reserved characters are written with a backslash
(learn.microsoft.com, little-text-format). It does not say whether an emoji is one or two: two, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

import regex

from comms.model.network import Counting, Segment, SegmentKind

LINK_LENGTH = 23
"""What Mastodon counts for any link."""

_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Emoji_Presentation}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}]")
_RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")
_KEPT_IN_LINKS = "/:?#!$&'+,;=%"
_NEVER_QUOTED = {ord("_"): "%5F", ord("~"): "%7E"}


def length(segments: Iterable[Segment], counting: Counting) -> int:
    """The length of a post as the network counts it."""
    return _WAYS[counting](tuple(segments))


def little_text(segments: Iterable[Segment]) -> str:
    r"""A post as LinkedIn wants it: text escaped, tags as `{hashtag|\#|tag}`, links with nothing to escape.

    An unescaped `(` cuts the post off at that place, and LinkedIn still answers that all went well.
    """
    return "".join(_LITTLE[segment.kind](segment) for segment in segments)


def _text(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _graphemes(segments: Sequence[Segment]) -> int:
    return len(_GRAPHEME.findall(_text(segments)))


def _graphemes_links_23(segments: Sequence[Segment]) -> int:
    return len(_GRAPHEME.findall("".join(_as_mastodon_counts(segment) for segment in segments)))


def _as_mastodon_counts(segment: Segment) -> str:
    if segment.kind is SegmentKind.LINK:
        return "x" * LINK_LENGTH
    if segment.kind is SegmentKind.MENTION:
        return "@" + segment.text[1:].partition("@")[0]
    return segment.text


def _code_points(segments: Sequence[Segment]) -> int:
    return len(_text(segments))


def _emoji_as_bytes(segments: Sequence[Segment]) -> int:
    graphemes = _GRAPHEME.findall(_text(segments))
    return sum(len(each.encode()) if _EMOJI.search(each) else len(each) for each in graphemes)


def _escaped(segments: Sequence[Segment]) -> int:
    return len(little_text(segments).encode("utf-16-le")) // 2


def _escape(text: str) -> str:
    return _RESERVED.sub(lambda found: "\\" + found[0], text)


def _little_link(segment: Segment) -> str:
    return quote(segment.href or segment.text, safe=_KEPT_IN_LINKS).translate(_NEVER_QUOTED)


_WAYS: Mapping[Counting, Callable[[Sequence[Segment]], int]] = {
    Counting.GRAPHEMES: _graphemes,
    Counting.GRAPHEMES_LINK_23: _graphemes_links_23,
    Counting.CODE_POINTS: _code_points,
    Counting.CODE_POINTS_EMOJI_BYTES: _emoji_as_bytes,
    Counting.ESCAPED_LITTLE_TEXT: _escaped,
}

_LITTLE: Mapping[SegmentKind, Callable[[Segment], str]] = {
    SegmentKind.TEXT: lambda segment: _escape(segment.text),
    SegmentKind.LINK: _little_link,
    SegmentKind.HASHTAG: lambda segment: rf"{{hashtag|\#|{_escape(segment.text[1:])}}}",
    SegmentKind.MENTION: lambda segment: _escape(segment.text),
}
