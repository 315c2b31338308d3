r"""How long a post is, in each network's own way of counting.

Mastodon counts graphemes, every link 23 and a mention without its server, and the content warning with the
text. What a link is it reads from the text by its own rule, in parts: see `mastodon_links`. Sources:
app/validators/status_length_validator.rb, config/initializers/twitter_regex.rb, MENTION_RE in
app/models/account.rb. Bluesky counts graphemes. Facebook and Instagram count code points.
Threads counts code points, but an emoji as its bytes of UTF-8 (developers.facebook.com, Threads posts).
LinkedIn counts its "little text", where reserved characters are written with a backslash
(learn.microsoft.com, little-text-format). It does not say whether an emoji is one or two: two, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

import regex

from comms.model.network import Counting, Network, PartKind, Segment, SegmentKind

LINK_LENGTH = 23
"""What Mastodon counts for any link."""

_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Emoji_Presentation}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}]")
_LONGEST_ADDRESS = 4096
"""An address with more characters is no link to Mastodon (twitter-text, MAX_URL_LENGTH)."""

_WORD = r"\p{L}\p{M}\p{N}\p{Pc}"
_OF_HOST = r"[^\s!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$]"
_LABEL = rf"{_OF_HOST}(?:(?:{_OF_HOST}|[_-]){{0,61}}{_OF_HOST})?"
_TOP = r"(?:[A-Za-z]{2,63}|[\p{L}\p{M}--\p{ASCII}]{1,63}|xn--[-0-9a-z]+)(?![0-9A-Za-z@+-])"
_INSIDE = r"[^\s<>()?]"
_BRACKETS = rf"\((?:{_INSIDE}+|{_INSIDE}*\({_INSIDE}+\){_INSIDE}*)\)"
_LAST = r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_PATH = rf"/(?:(?:{_INSIDE}|{_BRACKETS})*(?:{_LAST}|{_BRACKETS}))?"
_BEYOND = r"\u00A0-\uD7FF\uE000-\uFDCF\uFDF0-\uFFEF\U00010000-\U0010FFFD"
_QUERY = rf"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@\^{_BEYOND}]*[A-Za-z0-9_&=#/\-{_BEYOND}]"
_URL = rf"(?<![A-Za-z0-9@＠$#＃])(?P<url>https?://(?:{_LABEL}\.)+{_TOP}(?::\d+)?(?:{_PATH})?(?:{_QUERY})?)"
_SERVER = rf"@[{_WORD}]+(?:[.-]+[{_WORD}]+)*"
_NAME = r"@[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*"
_MENTION = rf"(?<![=/{_WORD}])(?>(?P<name>{_NAME})(?:{_SERVER})?)(?![@＠\p{{Latin}}]|://)"
_MASTODON_LINK = regex.compile(_URL, regex.IGNORECASE | regex.VERSION1)
_MASTODON_ENTITY = regex.compile(f"{_URL}|{_MENTION}", regex.IGNORECASE | regex.VERSION1)
_RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")
_KEPT_IN_LINKS = "/:?#!$&'+,;=%"
_NEVER_QUOTED = {ord("_"): "%5F", ord("~"): "%7E"}


def counting_of(network: Network, kind: PartKind) -> Counting:
    """How a network counts a part of a post: LinkedIn's comments are no little text."""
    is_plain = kind is PartKind.COMMENT and network.counting is Counting.ESCAPED_LITTLE_TEXT
    return Counting.CODE_POINTS if is_plain else network.counting


def length(segments: Iterable[Segment], counting: Counting, *, warning: str = "") -> int:
    """The length of a post as the network counts it, with the content warning that goes before it."""
    return _WAYS[counting](tuple(segments)) + len(_GRAPHEME.findall(warning))


def mastodon_links(text: str) -> list[str]:
    """The addresses that Mastodon reads in a text, as it reads them: a ” right after one becomes part of it.

    Which top domains there are Mastodon knows from a list; here any is one. So an address with an unknown
    one counts 23 here, and each of its characters there.
    """
    return [match["url"] for match in _MASTODON_LINK.finditer(text) if _is_short(match["url"])]


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
    text = "".join(segment.href or segment.text for segment in segments)
    return len(_GRAPHEME.findall(_MASTODON_ENTITY.sub(_as_mastodon_counts, text)))


def _as_mastodon_counts(found: regex.Match[str]) -> str:
    if found["url"] is None:
        return str(found["name"])
    return "x" * LINK_LENGTH if _is_short(found["url"]) else str(found[0])


def _is_short(address: str) -> bool:
    return len(address) <= _LONGEST_ADDRESS


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
