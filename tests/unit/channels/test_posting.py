"""What a network would not take, known from its limits alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.channels.posting import refusal
from comms.model.ledger import Publication
from comms.model.network import Network, Part, PartKind, Segment, SegmentKind
from comms.text.networks import NETWORKS
from tests.fakes.examples import publication

PLAIN = publication(pictures=1)
REPLY = Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "Och sedan"),), 9)
COMMENT = Part(PartKind.COMMENT, (Segment(SegmentKind.TEXT, "Läs mer"),), 7)


def network(name: str, **changes: object) -> Network:
    """A network with other limits."""
    return replace(NETWORKS[name], **changes)  # type: ignore[arg-type]  # any of its fields


def later(part: Part) -> Publication:
    """The second part of a post, whose first has a picture and a warning."""
    return replace(PLAIN, post=replace(PLAIN.post, more=(part,), warning="Val"), part=1, parent="1", root="1")


def tagged(*tags: str) -> Publication:
    """A post of hashtags."""
    segments = tuple(Segment(SegmentKind.HASHTAG, tag) for tag in tags)
    return replace(PLAIN, post=replace(PLAIN.post, segments=segments))


def linked(*links: str) -> Publication:
    """A post of links."""
    segments = tuple(Segment(SegmentKind.LINK, link, link) for link in links)
    return replace(PLAIN, post=replace(PLAIN.post, segments=segments))


def thumb(size: int) -> Publication:
    """A post with a card whose picture is so many bytes."""
    return replace(PLAIN, thumb=b"x" * size)


WARNED = replace(PLAIN, post=replace(PLAIN.post, warning="Val"))

SAID = [
    (WARNED, network("bluesky", warns=False), "varning"),
    (later(REPLY), network("facebook"), "trådar"),
    (tagged("#a", "#b", "#c"), network("mastodon", tags_allowed=2), "3 hashtaggar"),
    (linked("https://a.example", "https://b.example"), network("mastodon", max_links=1), "2 länkar"),
    (thumb(1_000_001), network("bluesky"), "Kortets bild"),
    (WARNED, network("mastodon", max_length=44), "tecken"),
    (PLAIN, network("bluesky", max_bytes=40), "byte"),
    (PLAIN, network("mastodon", max_pictures=0), "1 bilder"),
    (PLAIN, network("instagram"), "fel format"),
    (publication(), network("instagram"), "utan bild"),
    (PLAIN, network("mastodon", alt_max=5), "Alternativtexten"),
]


@pytest.mark.parametrize(("post", "on", "word"), SAID, ids=[word for _, _, word in SAID])
def test_what_cannot_be_carried_is_said_in_words(post: Publication, on: Network, word: str) -> None:
    assert word in str(refusal(post, on))


TAKEN = [
    (WARNED, network("mastodon")),
    (later(REPLY), network("mastodon", max_pictures=0)),
    (later(COMMENT), network("instagram")),
    (later(COMMENT), network("facebook", alt_max=1)),
    (tagged("#a", "#b"), network("mastodon", tags_allowed=2)),
    (linked("https://a.example", "https://a.example"), network("mastodon", max_links=1)),
    (thumb(1_000_000), network("bluesky")),
    (thumb(9_000_000), network("mastodon")),
]


@pytest.mark.parametrize(("post", "on"), TAKEN)
def test_what_fits_is_not_refused_and_pictures_go_with_the_first_part_alone(
    post: Publication, on: Network
) -> None:
    assert refusal(post, on) is None
