"""What a network would not take, known from its limits alone; and what it may say of what it took."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.channels.posting import Poster, refusal
from comms.channels.web import Web
from comms.errors import OutcomeUnknown
from comms.model.ledger import CannotTell, Found, Publication, Receipt
from comms.model.network import Card, Media, Network, Part, PartKind, Segment, SegmentKind
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


def comment(text: str) -> Publication:
    """A comment below a post."""
    return later(Part(PartKind.COMMENT, (Segment(SegmentKind.TEXT, text),), len(text)))


def carded(media_type: str) -> Publication:
    """A post with a card whose picture is of some kind."""
    card = Card("https://a.example", "A", "", Media("media/kort.webp", "0" * 64, "", media_type))
    return replace(PLAIN, post=replace(PLAIN.post, card=card), thumb=b"x")


WARNED = replace(PLAIN, post=replace(PLAIN.post, warning="Val"))

SAID = [
    (WARNED, network("bluesky", warns=False), "varning"),
    (later(REPLY), network("facebook"), "trådar"),
    (tagged("#a", "#b", "#c"), network("mastodon", tags_allowed=2), "3 hashtaggar"),
    (linked("https://a.example", "https://b.example"), network("mastodon", max_links=1), "2 länkar"),
    (thumb(1_000_001), network("bluesky"), "Kortets bild"),
    (carded("image/webp"), network("linkedin"), "kort.webp: fel format"),
    (carded("image/webp"), network("bluesky"), "kort.webp: fel format"),
    (comment("(" * 3001), network("linkedin"), "3001 tecken"),
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
    (carded("image/png"), network("linkedin")),
    (carded("image/webp"), network("mastodon")),
    (comment("(" * 3000), network("linkedin")),
]


@pytest.mark.parametrize(("post", "on"), TAKEN)
def test_what_fits_is_not_refused_and_pictures_go_with_the_first_part_alone(
    post: Publication, on: Network
) -> None:
    assert refusal(post, on) is None


class Saying(Poster[None]):
    """A network that says this of every post."""

    def __init__(self, said: Receipt) -> None:
        """Remember what it says."""
        super().__init__("mastodon", NETWORKS["mastodon"], Web("Mastodon", "https://x.example"))
        self.said = said

    def prepare(self, publication: Publication) -> None:
        """Nothing to prepare."""

    def publish(self, publication: Publication, prepared: None) -> Receipt:
        """It is out."""
        del publication, prepared
        return self.said

    def look(self, publication: Publication) -> Found:
        """It is there."""
        del publication
        return self.said


def delivered(said: Receipt, attempt: int = 1) -> Receipt:
    """The receipt of a post of which the network says this."""
    return Saying(said).deliver(replace(PLAIN, attempt=attempt), point_of_no_return=lambda: None)


NAMES = [
    "112233445566",
    "at://did:plc:abc123/app.bsky.feed.post/3l~_k-x",
    "at://did:web:x.example%3A8080/app.bsky.feed.post/3l",
    "urn:li:share:7001",
    "urn:li:comment:(urn:li:activity:7001,7002)",
    "100_200",
    "x" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_what_networks_call_posts_is_kept_as_it_is(name: str) -> None:
    said = Receipt(name, "https://social.example/@leader/1")
    assert (delivered(said), Saying(said).find(PLAIN)) == (said, said)


BAD_NAMES = ["", "1\r\nX: y", "1\x1b[31m", "1\0", "a b c", "å", "1\n", "x" * 301]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_name_that_no_network_gives_leaves_a_doubt_and_is_told_harmlessly(name: str) -> None:
    for attempt in (1, 2):
        with pytest.raises(OutcomeUnknown) as told:
            delivered(Receipt(name), attempt)
        assert str(told.value).isprintable()
    found = Saying(Receipt(name)).find(PLAIN)
    assert isinstance(found, CannotTell)
    assert str(found.reason).isprintable()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://social.example/1",
        "https://social.example/1\r\nX: y",
        "https://social.example/\x1b[31m",
        "https://social.example/a b",
        "https://[x/1",
        "https://",
        "https://social.example/" + "x" * 500,
    ],
)
def test_an_address_that_nobody_can_be_sent_to_is_left_out_and_the_post_is_out(address: str) -> None:
    said = Receipt("1", address)
    assert (delivered(said), Saying(said).find(PLAIN)) == (Receipt("1"), Receipt("1"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:3000/@leader/1", "http://localhost/1"])
def test_an_address_on_this_machine_is_kept(address: str) -> None:
    assert delivered(Receipt("1", address)).answer == address
