"""Accessibility: pictures that can be heard, headings in order, links that can be followed.

WCAG 2.1 AA by way of EN 301 549: https://www.w3.org/TR/WCAG21/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.plain import links
from comms.check.reading import PassageKind, Reading
from comms.check.rule import Finding
from comms.errors import Location, say
from comms.model.document import Block, BlockKind, SpanKind

ALT_LONG = 250
"""Characters of an alt text: about what a listener keeps in mind."""

_ALT_START = re.compile(
    r"(?:en |ett )?(?:bild|bilden|foto|fotot|fotografi|illustration|grafik)(?: som)?"
    r" (?:på|av|föreställer|visar)\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"[\w .()-]+\.(?:jpe?g|png|gif|webp|heic|tiff?|svg)|(?:img|dsc|dscn|p)[_-]?\d+", re.IGNORECASE
)
_END = ".!?…”"


def alt_missing(reading: Reading) -> Iterator[Finding]:
    """Find pictures in the front matter without the key alt."""
    for item in reading.items:
        for picture in item.pictures:
            if picture.alt is None:
                name = picture.path.rsplit("/", 1)[-1]
                message = say("Bilden ”{name}” saknar alt-text.", name=name)
                hint = say('Skriv i alt vad bilden visar. Är den bara utsmyckning, skriv alt: "".')
                yield Finding(Location(item.path, picture.line), message, hint)


def alt_missing_in_body(reading: Reading) -> Iterator[Finding]:
    """Find pictures in the body without an alt text."""
    for path, block in _blocks(reading):
        for span in (inner for outer in block.spans for inner in outer.walk()):
            if span.kind is SpanKind.IMAGE and not span.text.strip():
                message = say("Bilden ”{name}” i texten saknar alt-text.", name=span.href.rsplit("/", 1)[-1])
                hint = say("Skriv vad den visar mellan hakparenteserna: ![En stig går genom skogen.](…)")
                yield Finding(Location(path, span.line, span.column), message, hint)


def alt_begins_with_picture(reading: Reading) -> Iterator[Finding]:
    """Find alt texts that say that the picture is a picture."""
    for passage in reading.of(PassageKind.ALT):
        match = _ALT_START.match(passage.raw.strip())
        if match:
            message = say(
                "Alt-texten börjar med ”{words}”: det säger skärmläsaren redan.", words=match.group()
            )
            hint = say("Börja med det som syns.")
            yield Finding(passage.location(passage.start), message, hint)


def alt_is_file_name(reading: Reading) -> Iterator[Finding]:
    """Find alt texts that are the name of the file."""
    stems = {
        picture.path.rsplit("/", 1)[-1].rsplit(".", 1)[0].casefold()
        for item in reading.items
        for picture in item.pictures
    }
    for passage in reading.of(PassageKind.ALT):
        alt = passage.raw.strip()
        if _FILE_NAME.fullmatch(alt) or alt.casefold() in stems:
            message = say("Alt-texten ”{alt}” är filens namn.", alt=alt)
            hint = say("Skriv vad bilden visar, i en eller två meningar.")
            yield Finding(passage.location(passage.start), message, hint)


def alt_without_full_stop(reading: Reading) -> Iterator[Finding]:
    """Find alt texts without a mark at the end, where a screen reader makes its pause."""
    for passage in reading.of(PassageKind.ALT):
        if passage.raw.strip()[-1] not in _END:
            message = say("Alt-texten slutar utan punkt.")
            hint = say("Sätt punkt, så gör skärmläsaren en paus efter den.")
            yield Finding(passage.location(passage.start), message, hint)


def alt_too_long(reading: Reading) -> Iterator[Finding]:
    """Find alt texts that are too long to listen to."""
    for passage in reading.of(PassageKind.ALT):
        if len(passage.raw) > ALT_LONG:
            message = say("Alt-texten har {count} tecken.", count=len(passage.raw))
            hint = say("Korta den till högst {limit}. Flytta resten till brödtexten.", limit=ALT_LONG)
            yield Finding(passage.location(passage.start), message, hint)


def empty_headings(reading: Reading) -> Iterator[Finding]:
    """Find headings without words."""
    for path, block in _blocks(reading):
        if block.kind is BlockKind.HEADING and not block.plain().strip():
            message = say("Rubriken är tom.")
            hint = say("Skriv rubriken efter {marks}, eller ta bort raden.", marks="#" * max(block.level, 1))
            yield Finding(Location(path, block.line, 1), message, hint)


def empty_links(reading: Reading) -> Iterator[Finding]:
    """Find links without text or without an address."""
    for path, span in links(reading):
        place = Location(path, span.line, span.column)
        pictures = any(inner.kind is SpanKind.IMAGE and inner.text for inner in span.walk())
        if not span.plain().strip() and not pictures:
            message = say("Länken till {href} har ingen text.", href=span.href or "ingenstans")
            hint = say("Skriv inom hakparenteserna vad läsaren kommer till.")
            yield Finding(place, message, hint)
        elif not span.href.strip():
            message = say("Länken ”{text}” har ingen adress.", text=span.plain().strip())
            hint = say("Skriv adressen inom parentesen efter texten, eller ta bort hakparenteserna.")
            yield Finding(place, message, hint)


def headings_at_top_level(reading: Reading) -> Iterator[Finding]:
    """Find headings of level 1 in the body: the title is the only one."""
    for path, block in _blocks(reading):
        if block.kind is BlockKind.HEADING and block.level == 1 and block.plain().strip():
            message = say(
                "Rubriken ”{heading}” har nivå 1, som är artikelns egen.", heading=block.plain().strip()
            )
            hint = say("Skriv två nummertecken: ## {heading}", heading=block.plain().strip())
            yield Finding(Location(path, block.line, 1), message, hint)


def heading_jumps(reading: Reading) -> Iterator[Finding]:
    """Find headings that skip a level: from 2 to 4."""
    last: dict[str, int] = {}
    for path, block in _blocks(reading):
        if block.kind is not BlockKind.HEADING:
            continue
        before = last.get(path, 1)
        last[path] = block.level
        if block.level > before + 1:
            message = say("Rubriknivån hoppar från {before} till {after}.", before=before, after=block.level)
            hint = say("Skriv {marks} framför rubriken.", marks="#" * (before + 1))
            yield Finding(Location(path, block.line, 1), message, hint)


def _blocks(reading: Reading) -> Iterator[tuple[str, Block]]:
    paths = [item.path for item in reading.items] or [reading.path]
    for path, document in zip(paths, reading.documents, strict=True):
        yield from ((path, block) for block in document.walk())
