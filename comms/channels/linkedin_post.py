"""A post on LinkedIn: as it is sent, and how one that is there is known to be ours.

Shapes: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api (2026-11-26).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from comms.channels.likeness import came_after, has_words_of
from comms.channels.package import pasteable
from comms.model.ledger import Publication, Receipt
from comms.model.network import PostText
from comms.text.counting import little_text

_ELEMENT = re.compile(r"\{hashtag\|\\?#\|((?:\\.|[^}])*)\}")
_ESCAPED = re.compile(r"\\(.)")


def payload(publication: Publication, shown: Mapping[str, object], author: str) -> dict[str, object]:
    """The post as it is sent; `shown` is its pictures or card, `author` the URN of the organisation."""
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
    return {**made, "content": shown} if shown else made


def comment(publication: Publication, author: str) -> dict[str, object]:
    """A comment below a post as it is sent: comments are plain text, nothing in them is escaped."""
    text = pasteable(publication.what.segments)
    return {"actor": author, "object": publication.root, "message": {"text": text}}


def content(post: PostText, pictures: Sequence[str], thumb: str) -> dict[str, object]:
    """Pictures, or a card, by the URNs of what was uploaded; {} for neither."""
    pairs = zip(pictures, post.media, strict=True)
    images = [{"id": urn, "altText": media.alt} if media.alt else {"id": urn} for urn, media in pairs]
    if images:
        return {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}
    if post.card is None:
        return {}
    told = {"source": post.card.url, "title": post.card.title, "description": post.card.description}
    return {"article": {**told, "thumbnail": thumb} if thumb else told}


def is_ours(entry: Mapping[str, object], publication: Publication) -> bool:
    """Whether a post or comment on LinkedIn says what ours does and came after our first attempt began.

    LinkedIn may show links as short ones of its own.
    """
    theirs = _told_in(entry) if publication.part else plain(str(entry.get("commentary", "")))
    return has_words_of(theirs, publication.what.segments, shortens=True) and came_after(
        publication, made_at(entry)
    )


def made_at(entry: Mapping[str, object], of: str = "createdAt") -> datetime | None:
    """When something happened, if that can be read; `of` names the time of a post, in milliseconds."""
    created = entry.get("created")
    at = created.get("time") if isinstance(created, dict) else entry.get(of)
    try:
        return datetime.fromtimestamp(at / 1000, UTC) if isinstance(at, int) else None
    except (ValueError, OverflowError, OSError):
        return None


def address(urn: str) -> str:
    """The public address of a post."""
    return f"https://www.linkedin.com/feed/update/{urn}"


def receipt(entry: Mapping[str, object], publication: Publication) -> Receipt:
    """The receipt of a post or comment that was found."""
    urn = str(entry.get("commentUrn") or entry.get("id"))
    return Receipt(urn, address(publication.root if publication.part else urn))


def _told_in(entry: Mapping[str, object]) -> str:
    message = entry.get("message")
    return str(message.get("text", "")) if isinstance(message, dict) else ""


def plain(commentary: str) -> str:
    """Little text as a reader sees it: the other way from `comms.text.counting.little_text`."""
    return _ESCAPED.sub(r"\1", _ELEMENT.sub(r"#\1", commentary))
