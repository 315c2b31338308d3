"""Facets: bytes of UTF-8, at the borders of signs, never two for one byte."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from comms.model.network import Segment, SegmentKind
from comms.text.facets import Facet, facets
from comms.text.networks import NETWORKS
from comms.text.segments import parse_segments, shown

BLUESKY = NETWORKS["bluesky"]
PIECES = (
    *("å", "👨‍👩‍👧‍👦", "🇸🇪", " ", "\n", ". ", "(", ")", "”", "a\u030a", "ord"),
    *("#småföretag", "#stads-land", "@leader.bsky.example", "@linné", "info@leader.example"),
    *("https://leader.example/en/lång/väg?x=å", "https://åmål.example", "http://leader.example"),
)


def published(text: str) -> tuple[Segment, ...]:
    return shown(parse_segments(text, "bluesky"), BLUESKY)


def test_places_are_counted_in_bytes_and_values_are_whole() -> None:
    segments = published("Å! #småföretag @leader.bsky.example https://leader.example/nyheter/leden-oppnar")
    assert facets(segments) == [
        Facet(SegmentKind.HASHTAG, 4, 17, "småföretag"),
        Facet(SegmentKind.MENTION, 18, 38, "leader.bsky.example"),
        Facet(SegmentKind.LINK, 39, 70, "https://leader.example/nyheter/leden-oppnar"),
    ]


def test_running_text_has_no_facets() -> None:
    assert facets(published("Ring info@leader.example, #2027.")) == []


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_facets_are_within_the_text_apart_and_between_signs(text: str) -> None:
    segments = published(text)
    content = "".join(part.text for part in segments).encode()
    found = facets(segments)
    assert all(0 <= one.start < one.end <= len(content) for one in found)
    assert all(one.end <= following.start for one, following in pairwise(found))
    for one in found:
        inside = content[one.start : one.end].decode()  # fails within a sign
        assert inside in {one.value, f"#{one.value}", f"@{one.value}"} or one.kind is SegmentKind.LINK
        content[: one.start].decode()


def test_a_links_whole_address_goes_with_the_shown_beginning_of_it() -> None:
    assert [part.text for part in published("https://leader.example/nyheter/leden-öppnar")] == [
        "leader.example/nyheter/leden…"
    ]


def test_short_addresses_and_such_as_may_mislead_are_shown_as_they_are() -> None:
    for address, text in {
        "https://leader.example": "leader.example",
        "https://leader.example/": "leader.example",
        "https://leader.example/leden": "leader.example/leden",
        "https://leader.example?a=1": "https://leader.example?a=1",
        "https://bank.example@annan.example/": "https://bank.example@annan.example/",
    }.items():
        assert [part.text for part in published(address)] == [text]


def test_elsewhere_the_address_is_what_makes_the_link() -> None:
    segments = parse_segments("https://leader.example/nyheter/leden-oppnar")
    assert all(shown(segments, each) == segments for each in NETWORKS.values() if each is not BLUESKY)
