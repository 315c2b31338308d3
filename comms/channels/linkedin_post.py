"""A post on LinkedIn: as it is sent, and how one that is there is known to be ours.

Shapes: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api (2026-11-26).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from comms.channels.likeness import letters
from comms.channels.package import pasteable
from comms.channels.posting import Ready
from comms.model.ledger import Publication
from comms.text.counting import little_text

_SKEW = timedelta(minutes=5)  # between their clock and ours
_LINK = re.compile(r"https?://\S+")
_ELEMENT = re.compile(r"\{hashtag\|\\?#\|((?:\\.|[^}])*)\}")
_ESCAPED = re.compile(r"\\(.)")


def payload(publication: Publication, ready: Ready, author: str) -> dict[str, object]:
    """The post as it is sent; `author` is the URN of the organisation."""
    made: dict[str, object] = {
        "author": author,
        "commentary": little_text(publication.what.segments),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(publication, ready)
    return {**made, "content": content} if content else made


def comment(publication: Publication, author: str) -> dict[str, object]:
    """A comment below a post as it is sent: comments are plain text, nothing in them is escaped."""
    text = pasteable(publication.what.segments)
    return {"actor": author, "object": publication.root, "message": {"text": text}}


def _content(publication: Publication, ready: Ready) -> dict[str, object]:
    post = publication.post
    pairs = zip(ready.pictures, post.media, strict=True)
    images = [{"id": urn, "altText": media.alt} if media.alt else {"id": urn} for urn, media in pairs]
    if images:
        return {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}
    if post.card is None:
        return {}
    told = {"source": post.card.url, "title": post.card.title, "description": post.card.description}
    return {"article": {**told, "thumbnail": ready.thumb} if ready.thumb else told}


def is_ours(entry: Mapping[str, object], publication: Publication) -> bool:
    """Whether a post or comment on LinkedIn says what ours does and came after our first attempt began.

    Links are left out, as LinkedIn may show its own short ones. A time that cannot be read counts as after:
    better taken for ours than published twice.
    """
    ours = pasteable(publication.what.segments)
    theirs = _told_in(entry) if publication.part else plain(str(entry.get("commentary", "")))
    return (
        bool(_compared(ours)) and _compared(theirs) == _compared(ours) and not is_before(entry, publication)
    )


def is_before(entry: Mapping[str, object], publication: Publication, of: str = "createdAt") -> bool:
    """Whether something happened certainly before our first attempt; `of` names the time, in milliseconds."""
    since = (publication.created_at - _SKEW).timestamp() * 1000
    created = entry.get("created")
    at = created.get("time") if isinstance(created, dict) else entry.get(of)
    return isinstance(at, int) and at < since


def _told_in(entry: Mapping[str, object]) -> str:
    message = entry.get("message")
    return str(message.get("text", "")) if isinstance(message, dict) else ""


def plain(commentary: str) -> str:
    """Little text as a reader sees it: the other way from `comms.text.counting.little_text`."""
    return _ESCAPED.sub(r"\1", _ELEMENT.sub(r"#\1", commentary))


def _compared(text: str) -> str:
    return letters(_LINK.sub(" ", text))
