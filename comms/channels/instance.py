"""What one Mastodon server says that it takes (https://docs.joinmastodon.org/entities/Instance/#configuration).

Other servers that speak its API answer too, and some say 0, null or nonsense of what they do not limit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from comms.channels.base import Memory
from comms.model.network import Network
from comms.text.counting import LINK_LENGTH
from comms.text.networks import NETWORKS

_USUAL = NETWORKS["mastodon"]
_KEPT = "limits"
_SECTIONS = ("statuses", "media_attachments")


def instance_network(answer: Mapping[str, object], links: int = 1) -> Network:
    """Mastodon as one server has it, by its answer at `/api/v2/instance`; as most have it where it is silent.

    `links`: how many a post has; where each takes more than 23 characters, there is less room for words.
    """
    statuses, files = (_numbers(answer.get("configuration"), section) for section in _SECTIONS)
    dearer = max(0, statuses.get("characters_reserved_per_url", LINK_LENGTH) - LINK_LENGTH)
    most_bytes = files.get("image_size_limit", _USUAL.picture.max_bytes)
    return replace(
        _USUAL,
        max_length=statuses.get("max_characters", _USUAL.max_length) - dearer * links,
        max_pictures=statuses.get("max_media_attachments", _USUAL.max_pictures),
        alt_max=files.get("description_limit", _USUAL.alt_max),
        picture=replace(_USUAL.picture, max_bytes=most_bytes),
    )


def keep_limits(memory: Memory, answer: Mapping[str, object], until: datetime) -> None:
    """Remember what matters of the server's answer, until then."""
    told = {section: _numbers(answer.get("configuration"), section) for section in _SECTIONS}
    memory.keep(_KEPT, json.dumps({"configuration": told}), until=until)


def known_network(memory: Memory, links: int = 1) -> Network | None:
    """Mastodon as the channel's server last said; None when it must be asked (again)."""
    kept = memory.recall(_KEPT)
    return instance_network(json.loads(kept), links) if kept else None


def _numbers(told: object, section: str) -> dict[str, int]:
    found = told.get(section) if isinstance(told, dict) else None
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in pairs if type(value) is int and value > 0}
