"""Where links, tags and mentions stand in a text, in bytes of UTF-8: what Bluesky wants beside it.

Bluesky makes nothing of the text itself: without a facet a link is dead and a tag leads nowhere. Source:
lexicons/app/bsky/richtext/facet.json (`byteStart` counts from 0, `byteEnd` is the byte after the last).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comms.model.network import Segment, SegmentKind


@dataclass(frozen=True, slots=True)
class Facet:
    """What the bytes from `start` to before `end` are.

    `value`: a link's whole address, a tag without its `#`, an account without its `@`.
    """

    kind: SegmentKind
    start: int
    end: int
    value: str


def facets(segments: Iterable[Segment]) -> list[Facet]:
    """The facets of a text as published, which is the segments' `text` one after the other."""
    found: list[Facet] = []
    at = 0
    for part in segments:
        end = at + len(part.text.encode())
        if part.kind is SegmentKind.LINK:
            found.append(Facet(part.kind, at, end, part.href or part.text))
        elif part.kind is not SegmentKind.TEXT:
            found.append(Facet(part.kind, at, end, part.text[1:]))
        at = end
    return found
