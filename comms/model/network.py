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


class CardMaker(StrEnum):
    """Who makes the card that a link is shown as: us, the network from the page's Open Graph tags, nobody."""

    US = "us"
    NETWORK = "network"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PictureRule:
    """What a network takes of a picture: 0 is no limit that it states.

    `media_types`: the first is what others are made into. `max_side`: the longest side that is worth
    sending, in px. `narrowest` and `widest`: width through height.
    """

    media_types: tuple[str, ...]
    max_bytes: int
    max_side: int
    max_pixels: int = 0
    narrowest: float = 0
    widest: float = 0


@dataclass(frozen=True, slots=True)
class Network:
    """A network's limits: `max_length` in its own way of counting, `max_bytes` of UTF-8 (0 = none).

    `clickable_links`: a link in the text can be followed. `fold`: about where a reader's screen
    folds the text, 0 if it does not. `tags_advised`/`tags_allowed`: hashtags a post. `threads`: a post can
    go on in further posts. `warns`: it hides a post behind a content warning. `token_days`: how long a key
    lives, 0 if it does not say. `thumb`: the picture of a card that we make.
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
    picture: PictureRule
    card: CardMaker
    thumb: PictureRule | None = None
    max_links: int = 0
    threads: bool = False
    warns: bool = False
    token_days: int = 0


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is shown, as shares (0–1) of the picture's own width and height."""

    left: float
    top: float
    width: float
    height: float


CENTRE = (0.5, 0.5)
"""Where a picture's focal point is when nobody has said."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a post: `path` from the workspace's root, its bytes' hash, its alt text.

    `width` and `height` in px as sent; `focal` from the left and the top, as shares; `crop` is None when all
    of the picture is shown; `padded` when edges were added instead.
    """

    path: str
    sha256: str
    alt: str
    media_type: str
    width: int = 0
    height: int = 0
    focal: tuple[float, float] = CENTRE
    crop: Crop | None = None
    padded: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a link is shown as; `picture` has no alt text where the network takes none."""

    url: str
    title: str
    description: str
    picture: Media | None = None


class PartKind(StrEnum):
    """What a part of a post is: the post itself, one that goes on from it, or a comment below it."""

    POST = "post"
    REPLY = "reply"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Part:
    """One text that is published by itself: a thread has several."""

    kind: PartKind
    segments: tuple[Segment, ...]
    length: int

    @property
    def text(self) -> str:
        """The text as a reader sees it."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class PostText:
    """A post as it will be published on one channel: immutable, known by its hash.

    `segments` and `media` are the post itself; `more` follows it, in order. `warning` is what a reader sees
    before the post is opened. `shortened`: how much of the text was left out, in characters.
    """

    id: str
    item: str
    channel: str
    network: str
    segments: tuple[Segment, ...]
    media: tuple[Media, ...]
    language: str
    length: int
    sha256: str
    warning: str = ""
    card: Card | None = None
    more: tuple[Part, ...] = ()
    shortened: int = 0

    @property
    def text(self) -> str:
        """The whole text of the post itself as a reader sees it."""
        return "".join(segment.text for segment in self.segments)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that is published, in order: the post itself first."""
        return (Part(PartKind.POST, self.segments, self.length), *self.more)
