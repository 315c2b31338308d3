"""What an entry of a feed seems to be about, by words that the office can change; nothing is guessed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from comms.errors import Text, say
from comms.model.feed import FeedEntry, FeedSettings, Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_IN_TITLE, _IN_TEXT = 2, 1
_MOST_WHY = 6
_LINKED = ("…", "...")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase, and what an entry that has it is about; slugs as in strategy.yaml and audiences.yaml.

    One that ends in … begins longer words. One with a capital is a name: it is only found so, also with an s.
    """

    word: str
    focus: str = ""
    audiences: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    keyword: Keyword
    weight: int


def suggest(
    entry: FeedEntry, keywords: Iterable[Keyword], feed: FeedSettings, names: Mapping[str, str]
) -> Suggestion:
    """What an entry is about, each with its word; what no word tells is as `feed` says.

    `names` has what each slug is called. Of several focus areas the one with most words is suggested, then
    the one whose word stands first in the list.
    """
    title, text = entry.title, f"{entry.summary}\n{entry.body}"
    found = [(keyword, _weight(keyword.word, title, text)) for keyword in keywords]
    hits = [_Hit(keyword, weight) for keyword, weight in found if weight]
    focus = _most([(hit.keyword.focus, hit.weight) for hit in hits if hit.keyword.focus])
    audiences = _union(hit.keyword.audiences for hit in hits)
    municipalities = _union(hit.keyword.municipalities for hit in hits)
    why = [_why(hit, names) for hit in hits if _counts(hit, focus)]
    return Suggestion(
        focus or feed.focus,
        audiences or feed.audiences,
        municipalities or feed.municipalities,
        (*why[:_MOST_WHY], *_by_feed(feed, names, focus, audiences, municipalities)),
    )


def _counts(hit: _Hit, focus: str) -> bool:
    """Whether a word has decided anything: not the focus area that another one outweighed."""
    word = hit.keyword
    return bool((word.focus and word.focus == focus) or word.audiences or word.municipalities)


def _why(hit: _Hit, names: Mapping[str, str]) -> Text:
    word = hit.keyword
    told = ", ".join(
        names.get(slug, slug) for slug in (word.focus, *word.audiences, *word.municipalities) if slug
    )
    if hit.weight >= _IN_TITLE:
        return say("”{word}” i rubriken: {about}", word=word.word, about=told)
    return say("”{word}” i texten: {about}", word=word.word, about=told)


def _by_feed(
    feed: FeedSettings,
    names: Mapping[str, str],
    focus: str,
    audiences: Sequence[str],
    municipalities: Sequence[str],
) -> list[Text]:
    """What the feed itself decides, because no word did."""
    unsaid = [
        *([feed.focus] if feed.focus and not focus else ()),
        *(feed.audiences if not audiences else ()),
        *(feed.municipalities if not municipalities else ()),
    ]
    if not unsaid:
        return []
    return [say("Flödet i comms.yaml: {about}", about=", ".join(names.get(one, one) for one in unsaid))]


def _most(weights: Iterable[tuple[str, int]]) -> str:
    counted: Counter[str] = Counter()
    for slug, weight in weights:
        counted[slug] += weight
    return max(counted, key=counted.__getitem__, default="")


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for one in lists for slug in one))


def _weight(word: str, title: str, text: str) -> int:
    search = _pattern(word)
    return _IN_TITLE if search(title) else _IN_TEXT if search(text) else 0


@lru_cache(maxsize=4096)
def _pattern(word: str) -> Callable[[str], object]:
    is_name = word[:1].isupper()
    stem = word
    for mark in _LINKED:
        stem = stem.removesuffix(mark)
    end = "" if stem != word else r"s?(?!\w)" if is_name else r"(?!\w)"
    words = r"\s+".join(map(re.escape, stem.split()))
    return re.compile(rf"(?<!\w){words}{end}", 0 if is_name else re.IGNORECASE).search
