"""Accessibility: pictures that can be heard, headings in order, links that can be followed.

WCAG 2.1 AA by way of EN 301 549: https://www.w3.org/TR/WCAG21/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.plain import links
from comms.check.reading import MASK, PassageKind, Reading
from comms.check.rule import Finding
from comms.errors import Location, Text, say
from comms.model.document import Block, BlockKind, Span, SpanKind

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

LEADS = ("https://", "http://", "mailto:", "tel:")
"""How an address begins that a letter may link to: of any other only the words go out."""

_UNREAD = re.compile(
    r"\[(?P<text>[^\[\]\n]+)\]"
    r"(?:\((?P<href>[^()\n]*[:/@.][^()\n]*)\)|[ \u00a0]\((?P<apart>(?:https?:|mailto:|www\.)[^()\n]*)\))"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-zåäö]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
_PROTOCOL = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?|//", re.IGNORECASE)


def alt_missing(reading: Reading) -> Iterator[Finding]:
    """Find pictures in the front matter without the key alt, or of people and without a word of them."""
    for item in reading.items:
        for picture in item.pictures:
            if picture.alt is None or (not picture.alt and picture.people):
                name = picture.path.rsplit("/", 1)[-1]
                message = say("Bilden ”{name}” saknar alt-text.", name=name)
                hint = say('Skriv i alt vad bilden visar. Är den bara utsmyckning, skriv alt: "".')
                if picture.people:
                    hint = say(
                        "Skriv i alt vad bilden visar. En bild av människor är aldrig bara utsmyckning."
                    )
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


def broken_links(reading: Reading) -> Iterator[Finding]:
    """Find links that a reader cannot follow: mark-up that goes out as it stands, and lost addresses."""
    for path, span in links(reading):
        href = span.href.strip()
        if href and span.plain().strip() and not href.lower().startswith(LEADS):
            message = say("Länken ”{text}” leder ingenstans: ”{href}”.", text=span.plain().strip(), href=href)
            yield Finding(Location(path, span.line, span.column), message, _remedy(href))
    for path, block in _blocks(reading):
        text, starts = _texts(block)
        for match in _UNREAD.finditer(text) if "](" in text or "] (" in text else ():
            href = match["href"] if match["apart"] is None else match["apart"]
            at, span = next(place for place in reversed(starts) if place[0] <= match.start())
            message = say(
                "Länken ”{text}” går inte att läsa: ”{href}” skulle stå med hakparenteser och allt.",
                text=match["text"],
                href=href,
            )
            place = Location(path, span.line, span.column + match.start() - at)
            yield Finding(place, message, _repair(href, match["apart"]))


def _texts(block: Block) -> tuple[str, list[tuple[int, Span]]]:
    """The text of a block as it is shown, without code, and where in it each span begins."""
    parts: list[str] = []
    starts: list[tuple[int, Span]] = []
    length = 0
    for span in (inner for outer in block.spans for inner in outer.walk()):
        text = span.text if span.kind is SpanKind.TEXT else MASK * bool(span.text)
        if text:
            starts.append((length, span))
            parts.append(text)
            length += len(text)
    return "".join(parts), starts


def _remedy(href: str) -> Text:
    """What to write instead of an address that leads nowhere."""
    if _MAIL.fullmatch(href):
        return say("Skriv mailto: före: mailto:{href}", href=href)
    if _HOST.fullmatch(href) or href.startswith("//"):
        return say("Skriv https:// före: https://{href}", href=href.lstrip("/"))
    rest = _PROTOCOL.sub("", href, count=1)
    if "://" in href and _HOST.fullmatch(rest):
        return say("Skriv https:// i början: https://{href}", href=rest)
    return say("Skriv hela adressen, med https://, mailto: eller tel: i början.")


def _repair(href: str, apart: str | None) -> Text:
    """What keeps the mark-up from being read."""
    if apart is not None:
        return say("Ta bort mellanslaget mellan ] och (.")
    if re.search(r"\s", href.strip()):
        return say("Adressen har mellanslag. Skriv %20 i stället: {href}", href="%20".join(href.split()))
    return say("Skriv [ord](https://…), med hela adressen mellan parenteserna.")


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
