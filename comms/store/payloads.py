"""Values as JSON and back: sentences, picks, skips, posts. Data only, never the names of code."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from comms.errors import Text
from comms.model.network import Card, Crop, Media, Part, PartKind, PostText, Segment, SegmentKind
from comms.model.plan import Pick, Skip

Json = Any
"""What `json` reads and writes: its shape is checked by the functions here, not by the type."""


def as_json(value: Json) -> str:
    """How values are written: readable, and the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def text_out(text: Text) -> Json:
    """A sentence with its values, so that it can still be told in another language."""
    return {"template": text.template, "values": [[name, _value_out(value)] for name, value in text.values]}


def text_in(data: Json) -> Text:
    """The sentence that `text_out` wrote."""
    return Text(data["template"], tuple((name, _value_in(value)) for name, value in data["values"]))


def picks_out(picks: tuple[Pick, ...]) -> Json:
    """An edition's items with why, in reading order."""
    return [{"item": pick.item, "why": text_out(pick.why)} for pick in picks]


def picks_in(data: Json) -> tuple[Pick, ...]:
    """The picks that `picks_out` wrote."""
    return tuple(Pick(row["item"], text_in(row["why"])) for row in data)


def skips_out(skips: tuple[Skip, ...]) -> Json:
    """What was left out, and why."""
    return [{"what": skip.what, "reason": text_out(skip.reason)} for skip in skips]


def skips_in(data: Json) -> tuple[Skip, ...]:
    """The skips that `skips_out` wrote."""
    return tuple(Skip(row["what"], text_in(row["reason"])) for row in data)


def post_out(post: PostText) -> Json:
    """A post with its segments, its further parts and the names of its pictures."""
    return {
        "id": post.id,
        "item": post.item,
        "channel": post.channel,
        "network": post.network,
        "segments": _segments_out(post.segments),
        "media": [_media_out(media) for media in post.media],
        "language": post.language,
        "length": post.length,
        "sha256": post.sha256,
        "warning": post.warning,
        "card": None if post.card is None else _card_out(post.card),
        "more": [[part.kind.value, _segments_out(part.segments), part.length] for part in post.more],
        "shortened": post.shortened,
    }


def post_in(data: Json) -> PostText:
    """The post that `post_out` wrote, now or before posts had more than a text and pictures (0003)."""
    card = data.get("card")
    return PostText(
        id=data["id"],
        item=data["item"],
        channel=data["channel"],
        network=data["network"],
        segments=_segments_in(data["segments"]),
        media=tuple(_media_in(media) for media in data["media"]),
        language=data["language"],
        length=data["length"],
        sha256=data["sha256"],
        warning=data.get("warning", ""),
        card=None if card is None else _card_in(card),
        more=tuple(
            Part(PartKind(kind), _segments_in(segments), length)
            for kind, segments, length in data.get("more", ())
        ),
        shortened=data.get("shortened", 0),
    )


def _segments_out(segments: tuple[Segment, ...]) -> Json:
    return [[part.kind.value, part.text, part.href] for part in segments]


def _segments_in(data: Json) -> tuple[Segment, ...]:
    return tuple(Segment(SegmentKind(kind), text, href) for kind, text, href in data)


def _media_out(media: Media) -> Json:
    crop = media.crop
    shown = None if crop is None else [crop.left, crop.top, crop.width, crop.height]
    return [
        *(media.path, media.sha256, media.alt, media.media_type),
        *(media.width, media.height, list(media.focal), shown, media.padded),
    ]


def _media_in(data: Json) -> Media:
    path, digest, alt, media_type, *rest = data
    if not rest:
        return Media(path, digest, alt, media_type)
    width, height, (x, y), crop, padded = rest
    shown = None if crop is None else Crop(*crop)
    return Media(path, digest, alt, media_type, width, height, (x, y), shown, padded)


def _card_out(card: Card) -> Json:
    picture = None if card.picture is None else _media_out(card.picture)
    return [card.url, card.title, card.description, picture]


def _card_in(data: Json) -> Card:
    url, title, description, picture = data
    return Card(url, title, description, None if picture is None else _media_in(picture))


def _value_out(value: object) -> Json:
    if isinstance(value, Text):
        return {"text": text_out(value)}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value if isinstance(value, str | int | float | None) else str(value)


def _value_in(data: Json) -> object:
    if not isinstance(data, dict):
        return data
    ((kind, value),) = data.items()
    return _READERS[kind](value)


_READERS = {"text": text_in, "datetime": datetime.fromisoformat, "date": date.fromisoformat}
