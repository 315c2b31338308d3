"""The site map: addresses and days, as search engines read them."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from comms.errors import ContentError
from comms.render.sitemap import sitemap

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
DAY = date(2026, 12, 1)


def read(content: bytes) -> list[tuple[str | None, str | None]]:
    """The pages of a site map with their days."""
    root = ET.fromstring(content)  # noqa: S314 - our own
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    return [
        (page.findtext("s:loc", namespaces=NAMES), page.findtext("s:lastmod", namespaces=NAMES))
        for page in root.findall("s:url", NAMES)
    ]


def test_pages_are_read_back_in_their_order_with_their_days() -> None:
    made = sitemap(
        [("https://leader.example/", DAY), ("https://leader.example/nyheter/a/", date(2026, 3, 4))]
    )
    assert read(made) == [
        ("https://leader.example/", "2026-12-01"),
        ("https://leader.example/nyheter/a/", "2026-03-04"),
    ]


def test_an_address_with_signs_of_xml_and_swedish_letters_is_escaped() -> None:
    made = sitemap([("https://leader.example/å?a=1&b=<2>", DAY)])
    assert b"https://leader.example/%C3%A5?a=1&amp;b=%3C2%3E" in made
    assert read(made) == [("https://leader.example/%C3%A5?a=1&b=%3C2%3E", "2026-12-01")]


def test_a_map_without_pages_is_whole() -> None:
    assert read(sitemap([])) == []


def test_a_map_holds_fifty_thousand_pages_and_says_when_there_are_more() -> None:
    pages = [(f"https://leader.example/{number}/", DAY) for number in range(50_001)]
    assert len(read(sitemap(pages[:-1]))) == 50_000
    with pytest.raises(ContentError, match="högst 50000 sidor, men arkivet har 50001"):
        sitemap(pages)


def test_a_relative_address_is_refused() -> None:
    with pytest.raises(ValueError, match="not an absolute address"):
        sitemap([("/nyheter/", DAY)])
