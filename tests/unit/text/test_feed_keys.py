"""Two entries are the same by link, content or title when people would say so, and not otherwise."""

from __future__ import annotations

import random

import pytest

from comms.text.feed_keys import Titles, are_alike, content_hash, link_key, title_key, web_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://prov.example/leden", "http://www.prov.example/leden/"),
        ("https://prov.example/leden", "https://PROV.example:443/leden#topp"),
        ("https://prov.example/n?id=1&x=2", "https://prov.example/n?x=2&utm_source=rss&id=1&fbclid=a"),
    ],
)
def test_links_to_the_same_page_have_the_same_key(one: str, other: str) -> None:
    assert link_key(one) == link_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://prov.example/leden", "https://prov.example/bryggan"),
        ("https://prov.example/n?id=1", "https://prov.example/n?id=2"),
        ("https://prov.example/leden", "https://prov.example:8443/leden"),
    ],
)
def test_links_to_other_pages_have_other_keys(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)


@pytest.mark.parametrize("link", ["", "https://prov.example", "https://www.prov.example/?utm_source=rss"])
def test_a_sites_first_page_tells_no_entry_from_another(link: str) -> None:
    assert link_key(link) == ""


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//prov.example/a",
        "/leden",
        "https://",
        "https://anna:hemligt@prov.example/",
        "https://[prov.example/",
        "https://prov.example:port/",
        "https://prov.example/a b",
        'https://prov.example/"onclick',
        "https://prov.example/<b>",
        "https://prov.example/\u202egpj.exe",
        "https://prov.example/\u200bleden",
        "https://prov.example/\x80",
        "https://prov.example/\ud800",
        "https://prov.example/" + "a" * 2000,
    ],
)
def test_what_may_not_be_followed_is_no_address(link: str) -> None:
    assert web_address(link) == ""


def test_an_address_loses_what_tells_who_follows_it_and_nothing_else() -> None:
    assert (
        web_address(" HTTPS://prov.example/a?utm_source=x&b=%20&utm_medium=y#c ")
        == "https://prov.example/a?b=%20#c"
    )
    assert web_address("https://prov.example/a?fbclid=1") == "https://prov.example/a"


def test_the_same_words_are_the_same_content_wherever_they_lie() -> None:
    text = "Leden runt sjön öppnar."
    assert content_hash("Leden", text, "https://a.example/1") == content_hash(
        "LEDEN ", text, "https://b.example/2"
    )


def test_a_title_alone_is_not_enough_to_be_the_same_content() -> None:
    assert content_hash("Nytt nummer", "", "https://a.example/1") != content_hash(
        "Nytt nummer", "", "https://a.example/2"
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Nu öppnar leden runt sjön i Sunne", "Leden runt sjön i Sunne öppnar", True),
        ("Ny utlysning för projekt 2026 öppnar", "Ny utlysning för projekt 2027 öppnar", False),
        ("Leden öppnar", "Leden öppnar", False),
        ("Biblioteket i Torsby bygger om i höst", "Badhuset i Arvika stänger hela våren", False),
    ],
)
def test_titles_are_alike_when_most_words_and_all_figures_are_common(
    one: str, other: str, *, alike: bool
) -> None:
    assert are_alike(title_key(one), title_key(other)) is alike


def test_a_title_is_found_among_those_of_other_feeds_alone() -> None:
    titles = Titles()
    key = title_key("Leden runt sjön öppnar i Sunne")
    titles.add(3, "regionen", key)
    titles.add(2, "kommunen", key)
    assert titles.like("kommunen", key) == 3
    assert titles.like("bladet", key) == 2
    assert titles.like("bladet", title_key("Badhuset i Arvika stänger hela våren")) == 0


def test_looking_at_the_rarest_words_alone_finds_what_looking_at_all_would() -> None:
    chance = random.Random(11)  # noqa: S311 - words, no secrets
    words = [f"ord{letter}" for letter in "abcdefghijkl"]
    keys = [" ".join(sorted(chance.sample(words, chance.randrange(3, 9)))) for _ in range(120)]
    titles = Titles()
    for number, key in enumerate(keys, 1):
        titles.add(number, "a", key)
    for key in keys:
        slow = [number for number, other in enumerate(keys, 1) if are_alike(key, other)]
        assert titles.like("b", key) == min(slow, default=0)
