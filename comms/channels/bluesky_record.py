"""A post as Bluesky keeps it: the record, and the name it has for ever.

Sources: lexicons app/bsky/feed/post.json, app/bsky/embed/images.json and external.json,
app/bsky/richtext/facet.json (https://github.com/bluesky-social/atproto/tree/main/lexicons);
https://atproto.com/specs/tid. Verified 2026-11-26 against @atproto/pds 0.5.35.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import regex

from comms.model.ledger import Publication
from comms.model.network import Card, Media, SegmentKind
from comms.text.facets import Facet

COLLECTION = "app.bsky.feed.post"

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_CLOCKS = 1 << 10
_SECOND = 1_000_000
_TAG_GRAPHEMES = 64
_TAG_BYTES = 640
_HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_HANDLE_LENGTH = 253


def record_key(publication: Publication) -> str:
    """The record's name (a TID): the same on every attempt, so that the network itself tells a repeat.

    The second is the post's; the rest comes from its key, so that two posts of one second differ.
    """
    spread = sha256(f"{publication.key}/{publication.part}".encode()).digest()
    micros = int(publication.publish_at.timestamp()) * _SECOND + int.from_bytes(spread[:3]) % _SECOND
    number = micros * _CLOCKS + int.from_bytes(spread[3:5]) % _CLOCKS
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def is_handle(name: str) -> bool:
    """Whether a name can be an account's (https://atproto.com/specs/handle)."""
    return len(name) <= _HANDLE_LENGTH and _HANDLE.fullmatch(name) is not None


def record(
    publication: Publication,
    features: Sequence[Mapping[str, Any]],
    embed: Mapping[str, Any] | None,
    reply: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The record of one part. What is the same in is the same out, to the byte."""
    made: dict[str, Any] = {
        "$type": COLLECTION,
        "text": publication.what.text,
        "createdAt": _utc(publication.created_at),
    }
    if publication.post.language:
        made["langs"] = [publication.post.language]
    if features:
        made["facets"] = list(features)
    if embed:
        made["embed"] = embed
    if reply:
        made["reply"] = reply
    return made


def feature(facet: Facet, people: Mapping[str, str]) -> dict[str, Any] | None:
    """What makes a part of the text more than text; None where the network could not follow it.

    `people` gives who each handle is (a DID). A tag that is longer than tags may be stays text, as in
    Bluesky's own app (packages/api/src/rich-text/detection.ts).
    """
    value = facet.value
    if facet.kind is SegmentKind.LINK:
        what = {"$type": "app.bsky.richtext.facet#link", "uri": value}
    elif facet.kind is SegmentKind.HASHTAG:
        if len(value.encode()) > _TAG_BYTES or len(regex.findall(r"\X", value)) > _TAG_GRAPHEMES:
            return None
        what = {"$type": "app.bsky.richtext.facet#tag", "tag": value}
    elif did := people.get(value):
        what = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    else:
        return None
    return {"index": {"byteStart": facet.start, "byteEnd": facet.end}, "features": [what]}


def images(media: Sequence[Media], blobs: Sequence[object]) -> dict[str, Any]:
    """Pictures with what they show, and their shape, so that nothing jumps while they load."""
    shown = []
    for one, blob in zip(media, blobs, strict=True):
        image = {"image": blob, "alt": one.alt}
        if one.width and one.height:
            image["aspectRatio"] = {"width": one.width, "height": one.height}
        shown.append(image)
    return {"$type": "app.bsky.embed.images", "images": shown}


def external(card: Card, thumb: object) -> dict[str, Any]:
    """The card of a link; `thumb` None for one without a picture."""
    made = {"uri": card.url, "title": card.title, "description": card.description}
    return {"$type": "app.bsky.embed.external", "external": made | ({"thumb": thumb} if thumb else {})}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
