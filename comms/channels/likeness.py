"""Whether something on a network is ours: by its words, as servers show them, and by when it was made.

Each network shows links, mentions and emphasis in its own way, and has a clock of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import unquote

from comms.channels.package import pasteable
from comms.model.ledger import Publication
from comms.model.network import Segment, SegmentKind

CLOCKS_DIFFER = timedelta(minutes=10)
"""So far before our first attempt something may have been made, by the network's clock, and be ours."""

_LINK = re.compile(r"https?://\S+")
_WITHIN_WORDS = re.compile(r"</?(?:a|span)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_ANCHOR = re.compile(
    r"""<a\b[^>]*\bhref=(?P<quote>["'])(?P<href>.*?)(?P=quote)[^>]*>(?P<shown>.*?)</a>""", re.DOTALL
)
_NO_LINKS = ("#", "@")


def came_after(publication: Publication, at: datetime | None) -> bool:
    """Whether something made then can be ours. `at` None: nobody can read when, and then it counts as ours.

    Better taken for ours than published twice.
    """
    return at is None or at >= publication.created_at - CLOCKS_DIFFER


def moment(told: object) -> datetime | None:
    """A time as ISO 8601, in UTC where it names no zone; None when it cannot be read."""
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def has_words_of(shown: str, segments: Sequence[Segment], *, shortens: bool = False) -> bool:
    """Whether a text as a network shows it is made of these segments. No text at all tells nothing: False.

    Where it shows links, each of ours must be among them; not where it `shortens` links to ones of its own.
    A mention is shown with its server or without, so both are tried.
    """
    forms = {pasteable(segments), pasteable(map(_bare, segments))}
    return any(letters(form) and _is_same(shown, form, shortens=shortens) for form in forms)


def has_html_of(html: str, segments: Sequence[Segment]) -> bool:
    """The same of a text in HTML: a link's address counts, or what is shown of it, whichever is ours.

    A server may show short links, and it may make links of words that are none of ours.
    """
    readings = {_plain(html), _plain(_ANCHOR.sub(_address, html))}
    return any(has_words_of(reading, segments) for reading in readings)


def letters(text: str) -> str:
    """What no server changes in a text: its letters and digits. All of it, when it has none."""
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"[\W_]", "", text) or text.strip()


def _is_same(theirs: str, ours: str, *, shortens: bool) -> bool:
    said, wanted = (letters(_LINK.sub(" ", text)) for text in (theirs, ours))
    seen, needed = (_links(text) for text in (theirs, ours))
    if said != wanted:
        return False
    # Words alone are enough where links tell nothing; a post of links alone needs some.
    return needed <= seen if seen and not shortens else bool(said) or bool(seen) == bool(needed)


def _links(text: str) -> set[str]:
    found: Iterable[str] = _LINK.findall(text)
    return {letters(unquote(link)) for link in found}


def _address(anchor: re.Match[str]) -> str:
    shown = anchor["shown"]
    return shown if _plain(shown).strip().startswith(_NO_LINKS) else anchor["href"]


def _plain(html: str) -> str:
    return unescape(_TAG.sub(" ", _WITHIN_WORDS.sub("", html)))


def _bare(segment: Segment) -> Segment:
    if segment.kind is not SegmentKind.MENTION:
        return segment
    return replace(segment, text="@" + segment.text[1:].partition("@")[0])
