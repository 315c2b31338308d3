"""What a post says and where it leads, in a form by which two posts are compared."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from comms.model.network import PostText, Segment, SegmentKind
from comms.model.plan import Said


def said(post: PostText) -> Said:
    """What a post says: its words in small letters with single blanks, and the pages that it leads to.

    A front page is no sign: many posts lead to it.
    """
    links = {
        page for each in (*_links(post.segments), post.card.url if post.card else "") if (page := _page(each))
    }
    return Said(_words(post.segments), frozenset(links))


def _words(segments: Iterable[Segment]) -> str:
    text = "".join(each.text for each in segments if each.kind is not SegmentKind.LINK)
    return " ".join(text.casefold().split())


def _links(segments: Iterable[Segment]) -> list[str]:
    return [each.href for each in segments if each.kind is SegmentKind.LINK]


def _page(address: str) -> str:
    """An address without its scheme, a last slash and what stands after # and ?; nothing for a front page."""
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower()}{path}" if path else ""
