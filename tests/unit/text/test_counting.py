"""Length as each network counts it."""

from __future__ import annotations

import pytest

from comms.model.network import Counting
from comms.text.counting import length, little_text
from comms.text.segments import parse_segments

FAMILY = "👨‍👩‍👧‍👦"


def counted(text: str, counting: Counting) -> int:
    return length(parse_segments(text), counting)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("åäö", 3),
        ("a\u030aa\u0308o\u0308", 3),
        (FAMILY, 1),
        ("https://leader.example/en/ganska/lang/adress", 23),
        ("se https://a.se.", 27),
        ("sehttps://a.example", 19),
        ("@leader@social.example hej", 11),
        ("info@leader.example", 19),
    ],
)
def test_mastodon_counts_what_is_seen_links_23_and_no_server_names(text: str, expected: int) -> None:
    assert counted(text, Counting.GRAPHEMES_LINK_23) == expected


@pytest.mark.parametrize(("text", "expected"), [(FAMILY, 1), ("🇸🇪", 1), ("https://a.se", 12), ("a\r\nb", 3)])
def test_bluesky_counts_what_is_seen(text: str, expected: int) -> None:
    assert counted(text, Counting.GRAPHEMES) == expected


@pytest.mark.parametrize(("text", "expected"), [(FAMILY, 7), ("åäö", 3), ("🌲", 1)])
def test_facebook_counts_code_points(text: str, expected: int) -> None:
    assert counted(text, Counting.CODE_POINTS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("åäö", 3),
        ("👍🏽", 8),
        ("🌲", 4),
        ("❤️", 6),
        ("1️⃣", 7),
        ("1 # *", 5),
        ("© ☎", 3),
        ("🇸🇪", 8),
        ("hej 🌲", 8),
    ],
)
def test_threads_counts_an_emoji_as_its_bytes(text: str, expected: int) -> None:
    assert counted(text, Counting.CODE_POINTS_EMOJI_BYTES) == expected


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Ring (nu)", r"Ring \(nu\)"),
        (r"\|{}@[]()<>*_~", r"\\\|\{\}\@\[\]\(\)\<\>\*\_\~"),
        ("#Leader_sam", r"{hashtag|\#|Leader\_sam}"),
        ("#2027", r"\#2027"),
        ("https://a.example/b_(c)~d*e@f?g=1", "https://a.example/b%5F%28c%29%7Ed%2Ae%40f?g=1"),
        ("https://a.example/å%20b", "https://a.example/%C3%A5%20b"),
    ],
)
def test_linkedin_text_is_escaped_and_links_are_left_to_follow(text: str, escaped: str) -> None:
    assert little_text(parse_segments(text)) == escaped


def test_linkedin_counts_the_escapes_and_an_emoji_as_two() -> None:
    assert counted("(🌲)", Counting.ESCAPED_LITTLE_TEXT) == 6


def test_a_content_warning_is_counted_with_the_text() -> None:
    segments = parse_segments("Hej 🌲")
    assert length(segments, Counting.GRAPHEMES_LINK_23, warning=f"Ormar {FAMILY}") == 5 + 7


def test_mastodon_counts_what_it_makes_a_link_of_not_what_we_do() -> None:
    assert counted("https://leader.example#karta", Counting.GRAPHEMES_LINK_23) == 23 + 6
    assert counted("https://leader.example,och", Counting.GRAPHEMES_LINK_23) == 23 + 4
    assert counted("=https://leader.example", Counting.GRAPHEMES_LINK_23) == 1 + 23
    assert counted("https://leader.example-x", Counting.GRAPHEMES_LINK_23) == 24
    assert counted("https://leader", Counting.GRAPHEMES_LINK_23) == 14
