"""What each network makes of Swedish tags, addresses and links: the reasons stand in docs/nyhet.md."""

from __future__ import annotations

import unicodedata

import pytest

from comms.model.network import SegmentKind
from comms.text.networks import NETWORKS
from comms.text.segments import parse_segments

NBSP, SHY = "\N{NO-BREAK SPACE}", "\N{SOFT HYPHEN}"

Read = tuple[str, ...]

EVERYWHERE: dict[str, Read] = {
    # å, ä and ö are letters as others, in capitals too, composed (NFC) or in parts (NFD, from a Mac).
    "#småföretag": ("#småföretag",),
    "#Öland": ("#Öland",),
    "#ÅretsLandsbygd": ("#ÅretsLandsbygd",),
    unicodedata.normalize("NFD", "#Åre och #kafé"): ("#Åre", "#kafé"),
    # An underscore and digits belong to a tag, but digits alone make none.
    "#västra_götaland": ("#västra_götaland",),
    "#LEADER2027": ("#LEADER2027",),
    "#2027": (),
    # A mark of the sentence ends it, and so does a sign that nobody sees.
    "#fika!": ("#fika",),
    f"#små{SHY}företag": ("#små",),
    # A no-break space is a space.
    f"Kom till{NBSP}#Åmål": ("#Åmål",),
    # Within a word or an address it is no tag; an e-mail address mentions nobody.
    "ord#tagg": (),
    "info@leader.example": (),
    "@linné": (),
    "@leader": ("@leader",),
    # An address without https:// is no link: é ends what some apps would make one of.
    "leader-linné.example": (),
    # Hosts with å, and the same as a program writes it.
    "https://åmål.example": ("https://åmål.example",),
    "https://xn--ml-xiab.example": ("https://xn--ml-xiab.example",),
    # Brackets that pair belong to the address; the sentence's own do not.
    "(https://exempel.example/a_(b)_c?x=å&y=1).": ("https://exempel.example/a_(b)_c?x=å&y=1",),
}

APART: dict[str, dict[str, Read]] = {
    # Bluesky's tags are what we say that they are, and its own app takes hyphens; elsewhere it ends there.
    "#stads-land": {"bluesky": ("#stads-land",), "": ("#stads",)},
    # Mastodon wants white space before a tag since 2026 (issue 38902).
    "(#bygdeliv)": {"mastodon": (), "": ("#bygdeliv",)},
    "”#bygdeliv”": {"mastodon": (), "": ("#bygdeliv",)},
}

CASES = [(text, network, read) for text, read in EVERYWHERE.items() for network in NETWORKS] + [
    (text, network, read.get(network, read[""])) for text, read in APART.items() for network in NETWORKS
]


@pytest.mark.parametrize(("text", "network", "expected"), CASES)
def test_a_network_reads_a_swedish_text_as_expected(text: str, network: str, expected: Read) -> None:
    found = parse_segments(text, network)
    assert tuple(part.text for part in found if part.kind is not SegmentKind.TEXT) == expected
