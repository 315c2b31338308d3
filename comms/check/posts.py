"""Posts' texts: hashtags that can be read aloud and followed, emoji in measure, addresses in the text.

Lengths and pictures are the networks' own limits and are checked where posts are rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from comms.check.reading import Passage, PassageKind, Reading
from comms.check.rule import Finding
from comms.errors import say
from comms.text.swedish import words

MOST_EMOJI = 3
_PHRASE = 4
_SHORTEST = 3
"""A tag is sought as a row of at most four of the item's words, none of fewer than three letters."""

_TAG = re.compile(r"(?<![\w&/#])#(?P<tag>[\w-]+)")
_ADDRESS = re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:se|eu|com|org|nu|example)\b", re.IGNORECASE)
_BIO = re.compile(
    r"\blänk(?:en)?(?: finns)? i (?:vår |vårt |min )?(?:bio|bion|profil|profilen)\b", re.IGNORECASE
)
_EMOJI = regex.compile(
    r"\p{RI}\p{RI}|(?:\p{Emoji_Presentation}\uFE0F?|\p{Extended_Pictographic}\uFE0F)\p{EMod}?"
    r"(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{EMod})?)*"
)


def tags_without_capitals(reading: Reading) -> Iterator[Finding]:
    """Find tags of several words in small letters: a screen reader cannot split them.

    Only words that stand side by side in the item, or in a name, are known to be several.
    """
    small = [found for found in _tags(reading) if found[1]["tag"] == found[1]["tag"].lower()]
    joined = _joined(reading) if small else {}
    for passage, match in small:
        tag = match["tag"]
        if tag not in joined:
            continue
        message = say("Taggen ”#{tag}” läses upp som ett enda ord.", tag=tag)
        hint = say("Skriv ”#{tag}”, med stor bokstav i varje ord.", tag=joined[tag])
        yield Finding(passage.location(passage.start + match.start()), message, hint)


def tags_of_figures(reading: Reading) -> Iterator[Finding]:
    """Find tags of figures only, which no network takes as a tag."""
    for passage, match in _tags(reading):
        if match["tag"].isdigit():
            message = say("Taggen ”#{tag}” har bara siffror och blir ingen länk.", tag=match["tag"])
            hint = say("Lägg till minst en bokstav, till exempel ”#Leader{tag}”.", tag=match["tag"])
            yield Finding(passage.location(passage.start + match.start()), message, hint)


def tags_with_hyphen(reading: Reading) -> Iterator[Finding]:
    """Find tags with a hyphen, at which most networks cut them."""
    for passage, match in _tags(reading):
        tag = match["tag"].rstrip("-")
        if "-" in tag:
            message = say("Taggen ”#{tag}” bryts vid bindestrecket.", tag=tag)
            hint = say("Skriv ”#{tag}”.", tag=tag.replace("-", ""))
            yield Finding(passage.location(passage.start + match.start()), message, hint)


def too_many_emoji(reading: Reading) -> Iterator[Finding]:
    """Find posts with more than three emoji: each is read aloud by name."""
    for passage in reading.of(PassageKind.POST):
        count = len(_EMOJI.findall(passage.raw))
        if count > MOST_EMOJI:
            message = say(
                "Inlägget har {count} emojier: skärmläsare läser upp namnet på var och en.", count=count
            )
            hint = say("Behåll högst {most}, sist i texten.", most=MOST_EMOJI)
            yield Finding(passage.location(passage.start), message, hint)


def link_in_bio(reading: Reading) -> Iterator[Finding]:
    """Find posts that point to a profile instead of an address."""
    for passage in reading.of(PassageKind.POST):
        match = _BIO.search(passage.text)
        if match and not _ADDRESS.search(passage.raw):
            message = say(
                "”{words}” utan adress: den som delar eller sparar inlägget hittar inte dit.",
                words=match.group(),
            )
            hint = say("Skriv också adressen i texten, även där den inte går att klicka på.")
            yield Finding(passage.location(passage.start + match.start()), message, hint)


def _tags(reading: Reading) -> Iterator[tuple[Passage, re.Match[str]]]:
    for passage in reading.of(PassageKind.POST):
        for match in _TAG.finditer(passage.text):
            yield passage, match


def _joined(reading: Reading) -> dict[str, str]:
    """What several words look like run together -> each with a capital.

    Two to four words side by side in the item, and the beginnings of known names.
    """
    found: dict[str, str] = {}
    for passage in reading.passages:
        row = [word.text for word in words(passage.text)]
        for size in range(2, _PHRASE + 1):
            for at in range(len(row) - size + 1):
                if min(map(len, row[at : at + size])) >= _SHORTEST:
                    _add(found, row[at : at + size])
    for name in (*reading.context.names.all(), *reading.names.all()):
        row = name.split()
        for size in range(2, len(row) + 1):
            _add(found, row[:size])
    return found


def _add(found: dict[str, str], row: list[str]) -> None:
    camel = "".join(word[:1].upper() + word[1:] for word in row).replace("-", "")
    found.setdefault(camel.lower(), camel)
