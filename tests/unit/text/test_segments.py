"""An officer's text as segments: links, hashtags and mentions, with Swedish letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.model.network import SegmentKind
from comms.text.segments import parse_segments


def found(text: str, kind: SegmentKind, network: str = "") -> list[str]:
    return [segment.text for segment in parse_segments(text, network) if segment.kind is kind]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#småföretag", ["#småföretag"]),
        ("#Öland", ["#Öland"]),
        ("#ÅretsLandsbygd", ["#ÅretsLandsbygd"]),
        ("#västra_götaland", ["#västra_götaland"]),
        ("#LEADER2027", ["#LEADER2027"]),
        ("#2027sam", ["#2027sam"]),
        ("#2027", []),
        ("#stads-land", ["#stads"]),
        ("(#bygdeliv)", ["#bygdeliv"]),
        ("#fika!", ["#fika"]),
        ("\N{NO-BREAK SPACE}#nära", ["#nära"]),
        ("#små\N{SOFT HYPHEN}företag", ["#små"]),
        ("#ett #två", ["#ett", "#två"]),
        ("ord#tagg", []),
        ("C# och ##dubbel", []),
        ("&#229;", []),
        ("https://leader.example/#karta", []),
    ],
)
def test_hashtags_are_letters_digits_and_underscores_with_a_letter_in_them(
    text: str, tags: list[str]
) -> None:
    assert found(text, SegmentKind.HASHTAG) == tags


@pytest.mark.parametrize(("text", "tags"), [("#stads-land", ["#stads-land"]), ("#stads- land", ["#stads"])])
def test_bluesky_takes_a_hyphen_within_a_tag(text: str, tags: list[str]) -> None:
    assert found(text, SegmentKind.HASHTAG, "bluesky") == tags


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://exempel.example/a_(b)_c?x=å&y=1).", ["https://exempel.example/a_(b)_c?x=å&y=1"]),
        ("(se https://leader.example/a)", ["https://leader.example/a"]),
        ("”https://leader.example”, sa hon", ["https://leader.example"]),
        (
            "https://åmål.example och https://xn--ml-xiab.example",
            ["https://åmål.example", "https://xn--ml-xiab.example"],
        ),
        ("HTTPS://LEADER.EXAMPLE", ["HTTPS://LEADER.EXAMPLE"]),
        ("leader-linné.example", []),
        ("sehttps://leader.example", []),
        ("https://...", []),
    ],
)
def test_links_begin_with_their_scheme_and_end_before_the_sentences_own_marks(
    text: str, links: list[str]
) -> None:
    assert found(text, SegmentKind.LINK) == links


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("info@leader.example", []),
        ("@leader@social.example.", ["@leader@social.example"]),
        ("tack @leader.bsky.example!", ["@leader.bsky.example"]),
        ("(@leader)", ["@leader"]),
        ("ensamt @ tecken", []),
        ("https://leader.example/@leader", []),
    ],
)
def test_an_address_is_no_mention(text: str, mentions: list[str]) -> None:
    assert found(text, SegmentKind.MENTION) == mentions


def test_decomposed_letters_are_composed_first() -> None:
    assert found(unicodedata.normalize("NFD", "#Åre"), SegmentKind.HASHTAG) == ["#Åre"]


def test_a_link_carries_its_address() -> None:
    (link,) = parse_segments("https://leader.example/å")
    assert link.href == "https://leader.example/å"


@given(st.text(st.sampled_from("aåÖ1_-# @.:/()”https ")), st.sampled_from(["", "bluesky"]))
def test_the_segments_together_are_the_text(text: str, network: str) -> None:
    assert "".join(segment.text for segment in parse_segments(text, network)) == text


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        (".@leader@social.example", ["@leader@social.example"]),
        ("@linné@social.example", []),
        ("@leader@social.example@annan", []),
        ("=@leader", []),
        ("@@leader", []),
        ("@leader://", []),
    ],
)
def test_an_accounts_name_is_read_whole_or_not_at_all(text: str, mentions: list[str]) -> None:
    assert found(text, SegmentKind.MENTION) == mentions
