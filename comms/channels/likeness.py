"""Whether words on a network are ours: servers show links, mentions and emphasis in their own ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from comms.channels.package import pasteable
from comms.model.network import Segment, SegmentKind


def has_words_of(html: str, segments: Sequence[Segment]) -> bool:
    """Whether a text as shown in HTML is made of these segments.

    A mention is shown with its server or without, so both are tried.
    """
    shown = letters(unescape(re.sub(r"<[^>]*>", "", html)))
    return shown in {letters(pasteable(segments)), letters(pasteable(map(_bare, segments)))}


def letters(text: str) -> str:
    """What no server changes in a text: its letters and digits. All of it, when it has none."""
    return re.sub(r"[\W_]", "", text) or text.strip()


def _bare(segment: Segment) -> Segment:
    if segment.kind is not SegmentKind.MENTION:
        return segment
    return replace(segment, text="@" + segment.text[1:].partition("@")[0])
