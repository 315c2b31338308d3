"""What differs between two previews of the same edition or post, told so that a person can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_MOST_WORDS = 3000
"""Longer passages are shown as removed and added whole: comparing them word by word would take seconds."""

_ALIKE = 0.4
"""Passages that share less than this are another text: mixed word by word they could not be read."""


class State(StrEnum):
    """How a piece stands to the last preview in the same folder."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Mark(StrEnum):
    """What became of some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words in a row, and what became of them."""

    mark: Mark
    text: str


Passage = tuple[Words, ...]
"""A part of a text in which something differs."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an edition or post since the last preview.

    `subject` and `size` (bytes of HTML) are what they were, `passages` where the text differs. `since` says,
    of what is unchanged, when the preview was made that first showed it as it is. `has_text`: the
    earlier text was found and compared.
    """

    state: State
    subject: str = ""
    size: int = 0
    passages: tuple[Passage, ...] = ()
    since: str = ""
    has_text: bool = False


def compared(before: str, after: str) -> tuple[Passage, ...]:
    """Where two texts differ: paragraph by paragraph, and word by word inside.

    How lines are broken is no difference: one word more moves every line of its paragraph.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(None, [_flat(p) for p in old], [_flat(p) for p in new], autojunk=False)
    return tuple(
        passage
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
        for passage in _passages(old[a:b], new[c:d])
    )


def _passages(old: Sequence[str], new: Sequence[str]) -> Iterator[Passage]:
    """One passage for a part that became another, or what was removed and what was added by themselves."""
    before, after = "\n\n".join(old), "\n\n".join(new)
    words = _mixed(before, after) if before and after else None
    if words:
        yield words
        return
    if before:
        yield (Words(Mark.REMOVED, before),)
    if after:
        yield (Words(Mark.ADDED, after),)


def _mixed(before: str, after: str) -> Passage | None:
    """Both texts in one, word by word; None when they are too long or too unlike."""
    # Each word with the space after it, so that what is joined again reads as it was written.
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    if len(old) + len(new) > _MOST_WORDS:
        return None
    matcher = SequenceMatcher(
        None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False
    )
    if matcher.ratio() < _ALIKE:
        return None
    found: list[Words] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Words(Mark.SAME, "".join(new[c:d])))
            continue
        found += _marked(Mark.REMOVED, "".join(old[a:b]))
        found += _marked(Mark.ADDED, "".join(new[c:d]))
    return tuple(found)


def _marked(mark: Mark, text: str) -> list[Words]:
    """Words with their mark; the space after them is nobody's."""
    words = text.rstrip()
    return [Words(mark, words), Words(Mark.SAME, text[len(words) :] or " ")] if words else []


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n{2,}", text.strip()) if part]


def _flat(paragraph: str) -> str:
    return " ".join(paragraph.split())
