"""What each network can carry, dated: look again when a date is a year old (docs/kanaler.md).

0 in `max_bytes`, `tags_allowed`, `alt_max` and `fold`: no limit that the network states.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from comms.model.network import Counting, Network

_VERIFIED = date(2026, 11, 23)

_TABLE = (
    Network(
        slug="mastodon",
        name="Mastodon",
        counting=Counting.GRAPHEMES_LINK_23,
        max_length=500,
        max_bytes=0,
        max_pictures=4,
        needs_picture=False,
        clickable_links=True,
        tags_advised=5,
        tags_allowed=0,
        alt_max=1500,
        fold=0,
        verified_on=_VERIFIED,
        source="https://docs.joinmastodon.org/entities/Instance/",
    ),
    Network(
        slug="bluesky",
        name="Bluesky",
        counting=Counting.GRAPHEMES,
        max_length=300,
        max_bytes=3000,
        max_pictures=4,
        needs_picture=False,
        clickable_links=True,
        tags_advised=5,
        tags_allowed=0,
        alt_max=2000,
        fold=0,
        verified_on=_VERIFIED,
        source="https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky",
    ),
    Network(
        slug="facebook",
        name="Facebook",
        counting=Counting.CODE_POINTS,
        max_length=63_206,
        max_bytes=0,
        max_pictures=10,
        needs_picture=False,
        clickable_links=True,
        tags_advised=5,
        tags_allowed=0,
        alt_max=0,
        fold=110,
        verified_on=_VERIFIED,
        source="https://developers.facebook.com/docs/graph-api/reference/page/feed/",
    ),
    Network(
        slug="instagram",
        name="Instagram",
        counting=Counting.CODE_POINTS,
        max_length=2200,
        max_bytes=0,
        max_pictures=10,
        needs_picture=True,
        clickable_links=False,
        tags_advised=5,
        tags_allowed=30,
        alt_max=1000,
        fold=125,
        verified_on=_VERIFIED,
        source="https://developers.facebook.com/docs/instagram-platform/content-publishing",
    ),
    Network(
        slug="threads",
        name="Threads",
        counting=Counting.CODE_POINTS_EMOJI_BYTES,
        max_length=500,
        max_bytes=0,
        max_pictures=10,
        needs_picture=False,
        clickable_links=True,
        tags_advised=5,
        tags_allowed=0,
        alt_max=1000,
        fold=250,
        verified_on=_VERIFIED,
        source="https://developers.facebook.com/docs/threads/posts",
    ),
    Network(
        slug="linkedin",
        name="LinkedIn",
        counting=Counting.ESCAPED_LITTLE_TEXT,
        max_length=3000,
        max_bytes=0,
        max_pictures=20,
        needs_picture=False,
        clickable_links=True,
        tags_advised=5,
        tags_allowed=0,
        alt_max=0,
        fold=140,
        verified_on=_VERIFIED,
        source="https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api",
    ),
)

NETWORKS: Mapping[str, Network] = MappingProxyType({network.slug: network for network in _TABLE})
"""The networks by slug."""
