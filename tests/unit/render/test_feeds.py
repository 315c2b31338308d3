"""Feeds: three forms of the same entries, that a reader's program gets back as they were meant."""

from __future__ import annotations

import calendar
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import feedparser  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from comms.render.feeds import LINKS, Feed, FeedEntry, absolute, atom, feed_files, json_feed, rss

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ENTRY = FeedEntry(
    url="https://leader.example/nyheter/leden/",
    title="Nya spänger gör Glaskogen lättare att vandra i",
    summary="Leden öppnar den 9 maj.",
    html=Markup("<p>Leden öppnar <strong>den 9 maj</strong>.</p>"),
    published_at=datetime(2026, 12, 1, 8, 0, tzinfo=STOCKHOLM),
    updated_at=datetime(2026, 12, 3, 9, 30, tzinfo=STOCKHOLM),
    tags=("Destination 7-sam", "Arvika"),
    picture_url="https://leader.example/media/ab12.jpg",
    picture_alt="En spång & en ”röd” stuga",
    picture_type="image/jpeg",
    picture_size=81_234,
    language="sv",
)
OLDER = replace(
    ENTRY,
    url="https://leader.example/nyheter/aldre/",
    title="An older story",
    html=Markup(""),
    summary="In English.",
    updated_at=ENTRY.published_at - timedelta(days=30),
    published_at=ENTRY.published_at - timedelta(days=30),
    tags=(),
    picture_url="",
    picture_size=0,
    language="en",
)
FEED = Feed(
    title="Kommunbrevet",
    description="Nyheter att läsa och föra vidare",
    home_url="https://leader.example/brev/kommunbrevet/",
    folder_url="https://leader.example/brev/kommunbrevet/",
    language="sv",
    author="Leader 7-sam Värmland",
    entries=(ENTRY, OLDER),
)
HOSTILE = "]]> <script>alert(1)</script> & &amp; 👩🏽‍🌾 \x00\x0b\ufffe שלום \u202eabc\u202c \ud800 </title>"
CLEAN = "]]> <script>alert(1)</script> & &amp; 👩🏽‍🌾 שלום \u202eabc\u202c </title>"
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def read(content: bytes) -> Any:  # noqa: ANN401 - what feedparser gives has no type
    """The feed as a reader's program has it, nothing cleaned; never from a path or an address."""
    found = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


def instant(parsed: Any) -> datetime:  # noqa: ANN401 - a struct_time of feedparser's
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


@pytest.mark.parametrize(("write", "version"), [(atom, "atom10"), (rss, "rss20")])
def test_an_xml_feed_is_read_back_with_every_field(write: Any, version: str) -> None:  # noqa: ANN401 - one of two
    found = read(write(FEED))

    assert (found.version, found.feed.title, found.feed.subtitle) == (version, FEED.title, FEED.description)
    assert (found.feed.link, found.feed.language) == (FEED.home_url, "sv")
    first = found.entries[0]
    assert (first.id, first.link, first.title, first.summary) == (
        ENTRY.url,
        ENTRY.url,
        ENTRY.title,
        ENTRY.summary,
    )
    assert instant(first.published_parsed) == ENTRY.published_at
    assert [tag.term for tag in first.tags] == list(ENTRY.tags)
    assert first.content[0].value == (
        '<p><img src="https://leader.example/media/ab12.jpg" alt="En spång &amp; en ”röd” stuga" /></p>'
        "<p>Leden öppnar <strong>den 9 maj</strong>.</p>"
    )
    (enclosure,) = first.enclosures
    assert (enclosure.href, enclosure.type, enclosure.length) == (ENTRY.picture_url, "image/jpeg", "81234")
    assert "tags" not in found.entries[1]
    assert found.entries[1].enclosures == []
    assert "<p>In English.</p>" in found.entries[1].content[0].value


def test_atom_tells_when_each_entry_changed_and_is_itself_as_new_as_the_newest() -> None:
    newest_last = replace(FEED, entries=(OLDER, ENTRY))
    for feed in (FEED, newest_last):
        found = read(atom(feed))
        assert instant(found.feed.updated_parsed) == ENTRY.updated_at
    assert instant(read(atom(FEED)).entries[0].updated_parsed) == ENTRY.updated_at
    assert instant(read(rss(FEED)).feed.updated_parsed) == ENTRY.updated_at


def test_an_xml_feed_says_where_it_lies_and_who_tells() -> None:
    by_atom, by_rss = ET.fromstring(atom(FEED)), ET.fromstring(rss(FEED))  # noqa: S314 - our own

    (self_link,) = by_atom.findall("a:link[@rel='self']", NAMES)
    assert self_link.get("href") == "https://leader.example/brev/kommunbrevet/atom.xml"
    (self_link,) = by_rss.findall("channel/a:link", NAMES)
    assert self_link.attrib == {
        "rel": "self",
        "type": "application/rss+xml",
        "href": "https://leader.example/brev/kommunbrevet/rss.xml",
    }
    assert by_atom.findtext("a:author/a:name", namespaces=NAMES) == FEED.author
    assert by_rss.findtext("channel/item/dc:creator", namespaces=NAMES) == FEED.author
    guid = by_rss.find("channel/item/guid")
    assert guid is not None
    assert (guid.get("isPermaLink"), guid.text) == ("true", ENTRY.url)


def test_an_entry_in_another_language_says_so_in_every_form() -> None:
    by_atom = ET.fromstring(atom(FEED))  # noqa: S314 - our own
    languages = [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in by_atom.iter()]
    assert [language for language in languages if language] == ["sv", "sv", "en"]
    assert read(rss(FEED)).entries[1].content[0].value == '<div lang="en"><p>In English.</p></div>'
    assert [item["language"] for item in json.loads(json_feed(FEED))["items"]] == ["sv", "en"]


def test_a_json_feed_is_read_back_with_every_field() -> None:
    found = json.loads(json_feed(FEED))
    first, second = found.pop("items")

    assert found == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kommunbrevet",
        "home_page_url": "https://leader.example/brev/kommunbrevet/",
        "feed_url": "https://leader.example/brev/kommunbrevet/feed.json",
        "description": "Nyheter att läsa och föra vidare",
        "language": "sv",
        "authors": [{"name": "Leader 7-sam Värmland"}],
    }
    assert first == {
        "id": ENTRY.url,
        "url": ENTRY.url,
        "title": ENTRY.title,
        "summary": ENTRY.summary,
        "content_html": '<p><img src="https://leader.example/media/ab12.jpg" '
        'alt="En spång &amp; en ”röd” stuga" /></p>'
        "<p>Leden öppnar <strong>den 9 maj</strong>.</p>",
        "date_published": "2026-12-01T07:00:00Z",
        "date_modified": "2026-12-03T08:30:00Z",
        "tags": ["Destination 7-sam", "Arvika"],
        "language": "sv",
        "image": ENTRY.picture_url,
        "attachments": [
            {
                "url": ENTRY.picture_url,
                "mime_type": "image/jpeg",
                "title": ENTRY.picture_alt,
                "size_in_bytes": 81_234,
            }
        ],
    }
    assert not {"image", "attachments"} & set(second)


def test_hostile_content_stays_text() -> None:
    entry = replace(
        ENTRY, title=HOSTILE, summary=HOSTILE, html=Markup(""), picture_alt=HOSTILE, tags=(HOSTILE,)
    )
    feed = replace(FEED, title=HOSTILE, description=HOSTILE, author=HOSTILE, entries=(entry,))

    for write in (atom, rss):
        found = read(write(feed))
        assert found.feed.title == CLEAN
        assert found.entries[0].title == CLEAN
        assert [tag.term for tag in found.entries[0].tags] == [CLEAN]
        assert found.entries[0].content[0].value.count("<script>") == 0
    told = json.loads(json_feed(feed))
    assert (told["title"], told["items"][0]["title"], told["items"][0]["tags"]) == (CLEAN, CLEAN, [CLEAN])
    assert "<script>" not in told["items"][0]["content_html"]


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text())
def test_no_text_breaks_a_feed(title: str, summary: str, tag: str) -> None:
    entry = replace(
        ENTRY, title=title, summary=summary, tags=(tag,), html=Markup("<p>{}</p>").format(summary)
    )
    made = feed_files(replace(FEED, title=title, author=title, entries=(entry,)))

    for name in ("atom.xml", "rss.xml"):
        assert len(ET.fromstring(made[name]).findall(".//*")) > 10  # noqa: S314 - our own
    assert json.loads(made["feed.json"])["items"][0]["url"] == ENTRY.url


def test_no_break_spaces_and_soft_hyphens_are_kept_and_line_breaks_are_not() -> None:
    entry = replace(ENTRY, title="10\u00a0000\u00a0kronor\r\ntill lands\u00adbygden\n")
    found = ET.fromstring(atom(replace(FEED, entries=(entry,))))  # noqa: S314 - our own
    assert (
        found.findtext("a:entry/a:title", namespaces=NAMES)
        == "10\u00a0000\u00a0kronor till lands\u00adbygden"
    )


def test_a_feed_without_entries_is_whole_and_claims_no_time() -> None:
    empty = replace(FEED, entries=(), description="")
    assert read(atom(empty)).feed.updated == "1970-01-01T00:00:00Z"
    found = read(rss(empty))
    assert found.feed.subtitle == "Kommunbrevet"
    assert "updated" not in found.feed
    assert json.loads(json_feed(empty))["items"] == []


def test_a_picture_that_the_text_already_shows_is_not_put_there_twice() -> None:
    shown = Markup('<p><img src="https://leader.example/media/ab12.jpg" alt="En spång" /></p>')
    told = json.loads(json_feed(replace(FEED, entries=(replace(ENTRY, html=shown),))))
    assert told["items"][0]["content_html"] == str(shown)


def test_a_picture_of_unknown_size_has_no_size_but_where_rss_must_have_one() -> None:
    made = feed_files(replace(FEED, entries=(replace(ENTRY, picture_size=0),)))
    assert b"length" not in made["atom.xml"]
    assert b'length="0"' in made["rss.xml"]
    assert b"size_in_bytes" not in made["feed.json"]


def test_the_same_feed_gives_the_same_bytes_whatever_zone_its_times_are_in() -> None:
    utc = replace(
        ENTRY, published_at=ENTRY.published_at.astimezone(UTC), updated_at=ENTRY.updated_at.astimezone(UTC)
    )
    assert feed_files(FEED) == feed_files(replace(FEED, entries=(utc, OLDER)))


def test_the_links_name_the_files_that_are_made() -> None:
    assert [link.file for link in LINKS] == list(feed_files(FEED))
    assert [link.type for link in LINKS] == [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
    ]


@pytest.mark.parametrize(
    "url", ["/nyheter/leden/", "nyheter/", "//leader.example/a", "javascript:alert(1)", "https://"]
)
@pytest.mark.parametrize("write", [atom, rss, json_feed])
def test_an_address_that_is_not_absolute_is_refused(write: Any, url: str) -> None:  # noqa: ANN401 - one of three
    with pytest.raises(ValueError, match="not an absolute address"):
        write(replace(FEED, entries=(replace(ENTRY, url=url),)))


def test_an_address_is_written_in_ascii_and_what_is_escaped_stays_so() -> None:
    assert absolute("https://leader.example/å b/%C3%A5?q=1&r=ö#x") == (
        "https://leader.example/%C3%A5%20b/%C3%A5?q=1&r=%C3%B6#x"
    )
    assert absolute('https://leader.example/"<\x00\ud800') == "https://leader.example/%22%3C%00?"


def test_a_time_without_a_zone_is_refused() -> None:
    naive = replace(ENTRY, published_at=datetime(2026, 12, 1))  # noqa: DTZ001 - the fault that is looked for
    with pytest.raises(ValueError, match="zone"):
        atom(replace(FEED, entries=(naive,)))
