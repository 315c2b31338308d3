"""Feeds of what has been published: Atom, RSS and JSON Feed, from one value and with the same entries.

Sources: RFC 4287 (Atom), https://www.rssboard.org/rss-specification and /rss-profile (RSS 2.0),
http://purl.org/rss/1.0/modules/content/ (content:encoded), https://www.jsonfeed.org/version/1.1/.
XML is written from a tree, so no content can break it; signs that XML 1.0 cannot hold are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

ATOM, RSS, JSON = "atom.xml", "rss.xml", "feed.json"
"""The names of a feed's files in its folder."""


class FeedLink(NamedTuple):
    """What `<link rel="alternate">` says of a feed: media type, name in the folder, and form."""

    type: str
    file: str
    title: str


LINKS = (
    FeedLink("application/atom+xml", ATOM, "Atom"),
    FeedLink("application/rss+xml", RSS, "RSS"),
    FeedLink("application/feed+json", JSON, "JSON Feed"),
)
"""A feed's files, the one that readers should choose first."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When an empty feed was updated: Atom wants a time, and nothing has happened."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"[ \t\r\n]+")
_ABSOLUTE = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing that was published. `url` is its permanent address, and so its identity.

    `summary` is plain text, `html` the whole text as clean HTML with absolute addresses ("" when there is
    none). Times are aware. `picture_size` in bytes, 0 when it is not known; no picture has an empty
    `picture_url`. `language` is the entry's own.
    """

    url: str
    title: str
    summary: str
    html: Markup
    published_at: datetime
    updated_at: datetime
    tags: tuple[str, ...]
    picture_url: str
    picture_alt: str
    picture_type: str
    picture_size: int
    language: str


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, newest first, with who tells them; `folder_url` is where the files lie and ends with "/"."""

    title: str
    description: str
    home_url: str
    folder_url: str
    language: str
    author: str
    entries: tuple[FeedEntry, ...]


def feed_files(feed: Feed) -> Mapping[str, bytes]:
    """The feed in every form, by the name of its file in the folder."""
    return {ATOM: atom(feed), RSS: rss(feed), JSON: json_feed(feed)}


def absolute(url: str) -> str:
    """An address as a feed or a site map holds it: http or https, and ASCII (RFC 3986).

    Raises `ValueError` for one that is not absolute: a reader would look for it at its own place.
    """
    if not _ABSOLUTE.match(url):
        raise ValueError(f"not an absolute address: {url!r}")
    return quote(url.encode(errors="replace"), safe="%/:?#[]@!$&'()*+,;=-._~")


def atom(feed: Feed) -> bytes:
    """The feed as Atom. Raises `ValueError` for a relative address or a time without a zone."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    _add(root, "id", absolute(feed.folder_url))
    _add(root, "title", _line(feed.title))
    if feed.description:
        _add(root, "subtitle", _line(feed.description))
    _add(root, "updated", _rfc3339(_updated(feed)))
    _add(root, "link", rel="self", type="application/atom+xml", href=absolute(feed.folder_url + ATOM))
    _add(root, "link", rel="alternate", type="text/html", href=absolute(feed.home_url))
    _add(_add(root, "author"), "name", _line(feed.author))
    for entry in feed.entries:
        _atom_entry(root, entry)
    return _written(root)


def _atom_entry(root: ET.Element, entry: FeedEntry) -> None:
    node = _add(root, "entry")
    node.set("xml:lang", entry.language)
    _add(node, "id", absolute(entry.url))
    _add(node, "title", _line(entry.title))
    _add(node, "published", _rfc3339(entry.published_at))
    _add(node, "updated", _rfc3339(entry.updated_at))
    _add(node, "link", rel="alternate", type="text/html", href=absolute(entry.url))
    if entry.picture_url:
        size = {"length": str(entry.picture_size)} if entry.picture_size else {}
        href, title = absolute(entry.picture_url), _line(entry.picture_alt)
        _add(node, "link", rel="enclosure", type=entry.picture_type, href=href, title=title, **size)
    for tag in entry.tags:
        _add(node, "category", term=_line(tag))
    _add(node, "summary", _clean(entry.summary))
    _add(node, "content", _html(entry), type="html")


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0. Raises `ValueError` for a relative address or a time without a zone."""
    root = ET.Element(
        "rss",
        {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        },
    )
    channel = _add(root, "channel")
    _add(channel, "title", _line(feed.title))
    _add(channel, "link", absolute(feed.home_url))
    _add(channel, "description", _line(feed.description or feed.title))
    _add(channel, "language", feed.language)
    if feed.entries:
        _add(channel, "lastBuildDate", _rfc822(_updated(feed)))
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=absolute(feed.folder_url + RSS))
    for entry in feed.entries:
        _rss_item(channel, feed, entry)
    return _written(root)


def _rss_item(channel: ET.Element, feed: Feed, entry: FeedEntry) -> None:
    node = _add(channel, "item")
    _add(node, "title", _line(entry.title))
    _add(node, "link", absolute(entry.url))
    _add(node, "guid", absolute(entry.url), isPermaLink="true")
    _add(node, "pubDate", _rfc822(entry.published_at))
    _add(node, "dc:creator", _line(feed.author))
    for tag in entry.tags:
        _add(node, "category", _line(tag))
    _add(node, "description", _clean(entry.summary))
    _add(node, "content:encoded", _html(entry, feed.language))
    if entry.picture_url:
        length, url = str(entry.picture_size), absolute(entry.picture_url)
        _add(node, "enclosure", url=url, length=length, type=entry.picture_type)


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1. Raises `ValueError` for a relative address or a time without a zone."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _line(feed.title),
        "home_page_url": absolute(feed.home_url),
        "feed_url": absolute(feed.folder_url + JSON),
        "description": _line(feed.description),
        "language": feed.language,
        "authors": [{"name": _line(feed.author)}],
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _json_item(entry: FeedEntry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": absolute(entry.url),
        "url": absolute(entry.url),
        "title": _line(entry.title),
        "summary": _clean(entry.summary),
        "content_html": _html(entry),
        "date_published": _rfc3339(entry.published_at),
        "date_modified": _rfc3339(entry.updated_at),
        "tags": [_line(tag) for tag in entry.tags],
        "language": entry.language,
    }
    if entry.picture_url:
        url = absolute(entry.picture_url)
        size = {"size_in_bytes": entry.picture_size} if entry.picture_size else {}
        attached = {"url": url, "mime_type": entry.picture_type, "title": _line(entry.picture_alt)} | size
        item |= {"image": url, "attachments": [attached]}
    return item


def _html(entry: FeedEntry, told_in: str = "") -> str:
    """The entry's HTML, or its summary, after its picture with the alternative text.

    `told_in`: the language that the form says that it is in, when it can say it of the whole feed only.
    """
    body = entry.html or Markup("<p>{}</p>").format(entry.summary)
    if entry.picture_url and escape(entry.picture_url) not in body:
        picture = Markup('<p><img src="{}" alt="{}" /></p>')
        body = picture.format(absolute(entry.picture_url), _line(entry.picture_alt)) + body
    if told_in and told_in != entry.language:
        body = Markup('<div lang="{}">{}</div>').format(entry.language, body)
    return _clean(str(body))


def _updated(feed: Feed) -> datetime:
    """When something in the feed was last changed."""
    return max((entry.updated_at for entry in feed.entries), default=_NEVER)


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    """Put an element last in its parent; a prefix in `tag` is one that the root has declared."""
    node = ET.SubElement(parent, tag, attributes)
    node.text = text or None
    return node


def _written(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _clean(text: str) -> str:
    """Text as XML 1.0 can hold it, with one kind of line ending."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    """Text as one line; no-break spaces stay."""
    return _BLANKS.sub(" ", _clean(text)).strip(" ")


def _rfc3339(at: datetime) -> str:
    return _utc(at).isoformat(timespec="seconds").replace("+00:00", "Z")


def _rfc822(at: datetime) -> str:
    return format_datetime(_utc(at), usegmt=True)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a feed's times need a zone")
    return at.astimezone(UTC)
