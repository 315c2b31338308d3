"""A text that is too long: without its last sentences, or in several parts. Nothing is cut within a sentence.

A sentence that is too long by itself stays whole: whoever counts the parts sees it, and says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from comms.model.network import Segment, SegmentKind
from comms.text.segments import parse_segments
from comms.text.swedish import sentences

_BETWEEN_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_NEXT_PARAGRAPH = "\n\n"
_ALONE = frozenset({SegmentKind.LINK, SegmentKind.HASHTAG})
_MOST_PARTS = (9, 99, 999)
"""The number of parts is not known before the text is split, but how many digits to leave room for is."""


def without_tail(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """A text before the links and hashtags that stand last in it, alone."""
    end = len(segments)
    while end and (segments[end - 1].kind in _ALONE or not segments[end - 1].text.strip()):
        end -= 1
    return tuple(segments[:end])


def shorter(text: str) -> Iterator[tuple[str, int]]:
    """A text without its last sentence, without its last two …, and how many characters are left out.

    Links and hashtags that stand last are kept. What would end with a colon is passed over.
    """
    text = unicodedata.normalize("NFC", text)  # as segments are
    body = "".join(part.text for part in without_tail(parse_segments(text))).rstrip()
    tail = text[len(body) :].strip()
    for piece in reversed(sentences(body)[:-1]):
        kept = body[: piece.end]
        if not kept.endswith(":"):
            yield kept + _NEXT_PARAGRAPH * bool(tail) + tail, len(body) - len(kept)


def threaded(text: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """A text in parts that fit, numbered last in each (`1/3`): split between paragraphs, else sentences."""
    parts: list[str] = []
    for most in _MOST_PARTS:
        mark = _mark(most, most)
        parts = _packed(text, lambda part: fits(part + mark))  # noqa: B023 - called before the next mark is made
        if len(parts) <= most:
            break
    if len(parts) == 1:
        return (text,)
    return tuple(part + _mark(number, len(parts)) for number, part in enumerate(parts, 1))


def _mark(number: int, count: int) -> str:
    return f"\n\n{number}/{count}"


def _packed(text: str, fits: Callable[[str], bool]) -> list[str]:
    parts: list[str] = []
    for paragraph in _BETWEEN_PARAGRAPHS.split(text.strip()):
        for gap, piece in _pieces(paragraph, whole=fits(paragraph)):
            if parts and fits(parts[-1] + gap + piece):
                parts[-1] += gap + piece
            else:
                parts.append(piece)
    return parts


def _pieces(paragraph: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """A paragraph, or its sentences, each with what stands before it."""
    if whole:
        yield _NEXT_PARAGRAPH, paragraph
        return
    end = 0
    for piece in sentences(paragraph):
        yield paragraph[end : piece.start] if end else _NEXT_PARAGRAPH, piece.text
        end = piece.end
