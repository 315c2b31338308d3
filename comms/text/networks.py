"""What each network can carry, dated: `comms doctor` says when a date is a year old (docs/kanaler.md).

0 in `max_bytes`, `tags_allowed`, `alt_max`, `max_links` and `fold`: no limit that the network states.
What a Mastodon server says of itself (`/api/v2/instance`) goes before its row here, when a post is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from comms.errors import Text, say
from comms.model.network import CardMaker, Counting, Network, PictureRule
from comms.model.settings import ChannelSettings

_VERIFIED = date(2026, 11, 23)
_BOTH = ("image/jpeg", "image/png")
_CARD = 1200  # px: a card is 1200 × 630 (https://ogp.me)

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
        picture=PictureRule(_BOTH, max_bytes=16_777_216, max_side=2048, max_pixels=33_177_600),
        card=CardMaker.NETWORK,
        threads=True,
        warns=True,
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
        picture=PictureRule(_BOTH, max_bytes=2_000_000, max_side=2000),
        card=CardMaker.US,
        thumb=PictureRule(_BOTH, max_bytes=1_000_000, max_side=_CARD),
        threads=True,
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
        picture=PictureRule(_BOTH, max_bytes=4_000_000, max_side=2048),
        card=CardMaker.NETWORK,
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
        picture=PictureRule(("image/jpeg",), max_bytes=8_388_608, max_side=1440, narrowest=0.8, widest=1.91),
        card=CardMaker.NOBODY,
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
        picture=PictureRule(_BOTH, max_bytes=8_388_608, max_side=1440, widest=10),
        card=CardMaker.NETWORK,
        max_links=5,
        threads=True,
        token_days=60,
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
        picture=PictureRule(_BOTH, max_bytes=8_000_000, max_side=2048, max_pixels=36_152_319),
        card=CardMaker.US,
        thumb=PictureRule(_BOTH, max_bytes=8_000_000, max_side=_CARD),
        token_days=60,
    ),
)

NETWORKS: Mapping[str, Network] = MappingProxyType({network.slug: network for network in _TABLE})
"""The networks by slug."""

WAYS: Mapping[Counting, Text] = MappingProxyType(
    {
        Counting.GRAPHEMES: say("Varje tecken räknas som det syns, en emoji som ett."),
        Counting.GRAPHEMES_LINK_23: say("Varje länk räknas som 23 tecken, och ett @namn utan sin server."),
        Counting.CODE_POINTS: say("Varje tecken räknas. En emoji kan vara flera."),
        Counting.CODE_POINTS_EMOJI_BYTES: say("Varje tecken räknas, och en emoji som fyra eller fler."),
        Counting.ESCAPED_LITTLE_TEXT: say("Parenteser, hakar, stjärnor och liknande tecken räknas dubbelt."),
    }
)
"""How networks count, in a sentence."""


def network_of(channel: ChannelSettings) -> Network:
    """The network of a channel, as its server has it: some Mastodon servers take longer posts than most.

    Raises KeyError when no network has that name.
    """
    network = NETWORKS[channel.network]
    return replace(network, max_length=channel.max_length) if channel.max_length else network


def network_name(slug: str) -> str:
    """What people call a network; one that comms does not know has its slug."""
    network = NETWORKS.get(slug)
    return network.name if network else slug
