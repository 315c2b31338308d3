"""Posts for social networks: the officer's words as they will be published.

Nothing is cut within a sentence, and nothing is left out unless the officer says so (`when_long`): a text
that does not fit stays whole, and `comms.render.post_problems` says by how much. Only a text that nobody
wrote, made from the item's summary, is shortened by itself, and then it is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from comms.errors import ConfigError, say
from comms.model.item import Item, PostDraft, Show, WhenLong
from comms.model.network import (
    CENTRE,
    Card,
    CardMaker,
    Media,
    Network,
    Part,
    PartKind,
    PostText,
    Segment,
    SegmentKind,
)
from comms.model.settings import ChannelSettings, Settings
from comms.text.counting import counting_of, length
from comms.text.networks import NETWORKS, network_of
from comms.text.parts import shorter, threaded
from comms.text.segments import parse_segments, shown

_MEDIA_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def render_post(
    *,
    settings: Settings,
    item: Item,
    channel: ChannelSettings,
    draft: PostDraft,
    post_id: str,
) -> PostText:
    """An item's post for one channel; the same values give the same hash.

    The card's picture is left to whoever has pictures. Raises ConfigError when the channel's network is not
    one that comms knows.
    """
    network = _network(channel)
    writing = _Writing(network, item.link, draft)
    parts, shortened = _texts(writing, draft.text.strip(), item.summary.strip())
    media = _media(item, draft, network)
    first, *more = (_part(kind, segments, writing) for kind, segments in parts)
    return sealed(
        PostText(
            id=post_id,
            item=item.slug,
            channel=channel.slug,
            network=network.slug,
            segments=first.segments,
            media=media,
            language=item.language or settings.language,
            length=first.length,
            sha256="",
            warning=writing.warning,
            card=None if media else _card(item, draft, network),
            more=tuple(more),
            shortened=shortened,
        )
    )


def sealed(post: PostText) -> PostText:
    """The post with the hash of all that readers will see of it: do it again when pictures are prepared."""
    parts = [
        *(post.id, post.item, post.channel, post.network, post.language),
        *map(_segment_line, post.segments),
        *map(_media_line, post.media),
        *([f"warning {post.warning}"] if post.warning else []),
        *(_card_lines(post.card) if post.card else []),
    ]
    for part in post.more:
        parts += [part.kind.value, *map(_segment_line, part.segments)]
    return replace(post, sha256=hashlib.sha256("\0".join(parts).encode()).hexdigest())


def _segment_line(segment: Segment) -> str:
    return f"{segment.kind} {segment.text} {segment.href}"


def _media_line(media: Media) -> str:
    """What is not said of a picture is not in its line: a post from before pictures had it keeps its hash."""
    line = f"{media.sha256} {media.media_type} {media.alt}"
    if media.focal == CENTRE and media.crop is None and not media.padded:
        return line
    return f"{line}\n{media.focal} {media.crop} {media.padded}"


def _card_lines(card: Card) -> Iterator[str]:
    yield f"card {card.url}"
    yield from (card.title, card.description)
    if card.picture:
        yield _media_line(card.picture)


def _network(channel: ChannelSettings) -> Network:
    if channel.network not in NETWORKS:
        raise ConfigError(
            say(
                "Kanalen {channel} har nätverket ”{network}”, som comms inte känner. Välj ett av: {known}.",
                channel=channel.slug,
                network=channel.network,
                known=", ".join(NETWORKS),
            )
        )
    return network_of(channel)


def _media(item: Item, draft: PostDraft, network: Network) -> tuple[Media, ...]:
    if draft.show not in {None, Show.PICTURES}:
        return ()
    return tuple(
        Media(
            path=picture.path,
            sha256=picture.sha256,
            alt=picture.alt or "",
            media_type=_MEDIA_TYPES.get(picture.path.rpartition(".")[2].lower(), "application/octet-stream"),
            focal=picture.focal,
        )
        for picture in item.pictures[: network.max_pictures]
    )


def _card(item: Item, draft: PostDraft, network: Network) -> Card | None:
    if network.card is not CardMaker.US or draft.show is Show.NOTHING or not item.link:
        return None
    return Card(item.link, item.title, item.summary.strip())


# The text


@dataclass(frozen=True, slots=True)
class _Writing:
    """How a text becomes a post: for which network, to which page, and what the officer said."""

    network: Network
    link: str
    draft: PostDraft

    @property
    def warning(self) -> str:
        """What goes before the post where the network can hide it; elsewhere it begins the text."""
        return self.draft.warning.strip() if self.network.warns else ""

    def whole(self, text: str) -> str:
        """The text with its warning first where it has no place of its own, and last the item's address.

        The address is left out where it cannot be followed, and where the officer wrote it, comment included.
        """
        told = [] if self.network.warns else [self.draft.warning.strip()]
        written = parse_segments(f"{text} {self.draft.comment}")
        there = {part.href.rstrip("/") for part in written if part.kind is SegmentKind.LINK}
        follows = self.network.clickable_links and self.link.rstrip("/") not in there
        return "\n\n".join(filter(None, (*told, text, self.link if follows else "")))

    def segments(self, text: str) -> tuple[Segment, ...]:
        """The text as a reader sees it."""
        return shown(parse_segments(text, self.network.slug), self.network)

    def fits(self, text: str) -> bool:
        """Whether the text can be published as it is, with the warning."""
        segments = self.segments(text)
        size = sum(len(part.text.encode()) for part in segments)
        count = length(segments, self.network.counting, warning=self.warning)
        return count <= self.network.max_length and size <= (self.network.max_bytes or size)


_Kinds = list[tuple[PartKind, tuple[Segment, ...]]]


def _texts(writing: _Writing, text: str, summary: str) -> tuple[_Kinds, int]:
    """The parts of what is published, and how many characters of the text are left out."""
    texts, left_out = _fitted(writing, text, summary)
    kinds = [PartKind.POST, *[PartKind.REPLY] * (len(texts) - 1)]
    parts = [(kind, writing.segments(each)) for kind, each in zip(kinds, texts, strict=True)]
    comment = writing.draft.comment.strip()
    if comment:
        parts.append((PartKind.COMMENT, writing.segments(comment)))
    return parts, left_out


def _fitted(writing: _Writing, text: str, summary: str) -> tuple[tuple[str, ...], int]:
    """What does not fit when all was tried stays whole: the problems tell."""
    way = writing.draft.when_long
    whole = writing.whole(text or summary)
    if writing.fits(whole):
        return (whole,), 0
    if way is WhenLong.THREAD and writing.network.threads:
        return threaded(whole, writing.fits), 0
    if way is WhenLong.SHORTEN or (not text and way is WhenLong.STOP):
        found = ((writing.whole(kept), left_out) for kept, left_out in shorter(text or summary))
        return next((((kept,), left_out) for kept, left_out in found if writing.fits(kept)), ((whole,), 0))
    return (whole,), 0


def _part(kind: PartKind, segments: Iterable[Segment], writing: _Writing) -> Part:
    warning = writing.warning if kind is PartKind.POST else ""
    segments = tuple(segments)
    counting = counting_of(writing.network, kind)
    return Part(kind, segments, length(segments, counting, warning=warning))
