"""One thing in a feed, from what its reader found to an entry that a person may look at."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from comms.model.feed import FeedEntry
from comms.text.feed_keys import content_hash, web_address
from comms.text.feed_text import harmless, one_line, paragraphs, quotable, shortened
from comms.text.swedish import word_set

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

TITLE, SUMMARY, BODY = 200, 500, 2500
"""The most characters of each text of an entry: a quotation is short."""

_LONGEST_IDENTITY = 2000
_FIRST_YEAR = 1995
"""Before this there were no feeds: such a day is a fault."""

_TELLING = {
    "sv": word_set("och att är för från inte på som till också men om vi ni ett eller efter"),
    "en": word_set("the and of is are from not with that this you we have on for be was by"),
    "no": word_set("og å er ikke fra på til av også vi dere et eller etter hva hvordan gjennom"),
    "da": word_set("og at er ikke fra på til af også vi jer et eller efter hvad hvordan gennem"),
    "fi": word_set("ja on ei että oli tai myös sekä mutta joka kun voi mukaan hän ovat"),
    "de": word_set("und der die das ist nicht mit von zu auch wir sie ein oder nach für dem"),
}
_SCRIPTS = {"ar": re.compile("[\u0600-\u06ff]"), "uk": re.compile("[\u0400-\u04ff]")}
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS = 3


def cleaned(raw: Mapping[str, str]) -> dict[str, str] | None:
    """The texts of an entry made harmless; None when it says nothing.

    `raw` has `identity`, `link`, `title`, `summary`, `content`, `language` as the feed wrote them; what comes
    back has the same keys as `FeedEntry`, without the day.
    """
    said = paragraphs(raw["content"]) or paragraphs(raw["summary"])
    short = one_line(raw["summary"], SUMMARY) or shortened(" ".join(said), SUMMARY)
    title = one_line(raw["title"], TITLE) or shortened(short, 80)
    if not title:
        return None
    link = web_address(raw["link"])
    hashed = content_hash(title, " ".join(said), link)
    identity = harmless(raw["identity"])[:_LONGEST_IDENTITY] or link or hashed
    return {
        "identity": identity,
        "link": link,
        "title": title,
        "summary": short,
        "body": quotable(said, BODY),
        "language": language_of(f"{title} {' '.join(said)[:2000]}", raw["language"]),
        "sha256": hashed,
    }


def entry_of(texts: Mapping[str, str], published: str, zone: ZoneInfo, today: date) -> FeedEntry:
    """An entry from its cleaned texts and the instant that it gives (ISO, "" for none)."""
    return FeedEntry(
        identity=texts["identity"],
        link=texts["link"],
        title=texts["title"],
        summary=texts["summary"],
        body=texts["body"],
        published_on=day_of(published, zone, today),
        language=texts["language"],
        sha256=texts["sha256"],
    )


def day_of(published: str, zone: ZoneInfo, today: date) -> date | None:
    """The day in `zone` that an entry says it is of: today for one to come, None when it cannot be true."""
    try:
        found = datetime.fromisoformat(published).replace(tzinfo=UTC).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None
    return None if found.year < _FIRST_YEAR else min(found, today)


def language_of(text: str, declared: str) -> str:
    """The language that a text seems to be in ("sv", "en" …), else what the feed says, else Swedish."""
    said = declared.strip().lower().replace("_", "-").partition("-")[0]
    said = {"nb": "no", "nn": "no"}.get(said, said)
    for language, script in _SCRIPTS.items():
        if len(script.findall(text)) > len(text) / 3:
            return language
    words = _WORD.findall(text.lower())
    counts = {language: sum(word in few for word in words) for language, few in _TELLING.items()}
    most = max(counts.values())
    if most >= _FEWEST_WORDS:
        best = [language for language, count in counts.items() if count == most]
        return said if said in best else best[0]
    return said if said in _TELLING or said in _SCRIPTS else "sv"
