"""Social networks: what each can carry, and posts as they will be published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SegmentKind(StrEnum):
    """The parts that a post's text is made of."""

    TEXT = "text"
    LINK = "link"
    HASHTAG = "hashtag"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a post: `text` as shown; `href` the whole address of a link."""

    kind: SegmentKind
    text: str
    href: str = ""


class Counting(StrEnum):
    """How a network counts a text's length (facts and sources: docs/kanaler.md)."""

    GRAPHEMES = "graphemes"
    GRAPHEMES_LINK_23 = "graphemes-link-23"
    CODE_POINTS = "code-points"
    CODE_POINTS_EMOJI_BYTES = "code-points-emoji-bytes"
    ESCAPED_LITTLE_TEXT = "escaped-little-text"


@dataclass(frozen=True, slots=True)
class Network:
    """A network's limits: `max_length` in its own way of counting, `max_bytes` of UTF-8 (0 = none).

    `clickable_links`: a link in the text can be followed. `fold`: about where a reader's screen
    folds the text, 0 if it does not. `tags_advised`/`tags_allowed`: hashtags a post.
    """

    slug: str
    name: str
    counting: Counting
    max_length: int
    max_bytes: int
    max_pictures: int
    needs_picture: bool
    clickable_links: bool
    tags_advised: int
    tags_allowed: int
    alt_max: int
    fold: int
    verified_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a post: `path` from the workspace's root, its bytes' hash, its alt text."""

    path: str
    sha256: str
    alt: str
    media_type: str


@dataclass(frozen=True, slots=True)
class PostText:
    """A post as it will be published on one channel: immutable, known by its hash."""

    id: str
    item: str
    channel: str
    network: str
    segments: tuple[Segment, ...]
    media: tuple[Media, ...]
    language: str
    length: int
    sha256: str

    @property
    def text(self) -> str:
        """The whole text as a reader sees it."""
        return "".join(segment.text for segment in self.segments)
