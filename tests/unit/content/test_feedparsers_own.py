"""feedparser's own test files through our reader: each ends as a value, harmless and within its limits."""

from __future__ import annotations

import tarfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from comms.content.feed_reading import FeedReader
from comms.model.feed import FeedEntry
from comms.text.feed_entry import BODY, SUMMARY, TITLE
from tests.fakes.feeds import answered

pytestmark = pytest.mark.no_cover

TODAY = date(2026, 11, 26)
OWN = Path(__file__).parents[2] / "data/feeds/feedparser-6.0.14.tar.xz"
"""The tests of its source package, unchanged, which its wheel leaves out."""


def files() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(OWN) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def unseen(text: str) -> list[str]:
    return [sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf"} and sign != "\u200d"]


def faults(entry: FeedEntry) -> list[str]:
    wrong = {
        "length": len(entry.title) > TITLE or len(entry.summary) > SUMMARY or len(entry.body) > 3 * BODY,
        "title": not entry.title,
        "signs": unseen(entry.title) or unseen(entry.summary),
        "link": entry.link and not entry.link.startswith(("http://", "https://")),
        "day": entry.published_on and entry.published_on > TODAY,
        "tag": "<" in entry.body,
    }
    return [name for name, is_so in wrong.items() if is_so]


def test_every_file_of_feedparsers_own_is_read_or_told_why_not(
    record_property: Callable[[str, object], None],
) -> None:
    wrong: list[tuple[str, object]] = []
    read = failed = 0
    with FeedReader(ZoneInfo("Europe/Stockholm")) as reader:
        for name, content in files():
            found = reader.read(answered(content), TODAY)
            read, failed = read + 1, failed + (found.failure is not None)
            wrong += [(name, bad) for entry in found.entries if (bad := faults(entry))]
            if "gick inte att läsa." in str(found.failure).removeprefix("Flödet är trasigt"):
                wrong.append((name, str(found.failure)))
    assert wrong == []
    assert read > 2000
    record_property("feedparser's own files", f"{read} read, {failed} told why not")
