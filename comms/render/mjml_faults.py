"""What is wrong in MJML, all of it, each with its offset: the slow reading, for when something is.

comms/render/mjml.py only finds out that a letter is unsound, which costs little. Then it is read here, tag
by tag, to say what and where. The same table of parts judges both, and templates that nobody has filled.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from typing import NamedTuple

from comms.errors import Location, Problem, Severity, TemplateError, Text, say
from comms.render.mjml_parts import (
    ATTRIBUTES,
    DROPPED,
    HOLD_HTML,
    HOLD_TEXT,
    PARENTS,
    PLACES,
    REFUSED,
    UNWRITABLE,
    VALUES,
)

MAX_DEPTH = 200
"""How deep tags may nest; the compiler survives 3,000 and kills the process at 10,000."""

CODE = "T402"
"""The code of a fault in a template's MJML."""

_TOKEN = re.compile(rf"<!--.*?-->|</?[A-Za-z_:][^\s<>/\"'=]*+{VALUES}>|<|]]>", re.DOTALL)
_NAME = re.compile(r"</?([^\s<>/\"'=]+)")
_ATTRIBUTE = re.compile(r"""\s+([A-Za-z_:][\w:.-]*)\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_PART = re.compile(rf"<(mj[\w:.-]*)({VALUES})>")
_TAG_END = re.compile(r"\s*/?>")
_CONDITION = re.compile(r"<!--(?:\[if|<!\[endif)")
_WORD = re.compile(r"\S")
LOST = re.compile(
    "[\x80-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
"""Characters that XML allows and that a numeric reference in HTML does not give back (HTML 13.2.5.80)."""

_REFERENCE = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|(#?\w+));")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr"})

_CLOSE = say("Stäng taggarna i omvänd ordning mot hur de öppnades.")
_WRITE = say('Skriv tecknet < som &lt;. I en tagg skrivs attribut som namn="värde", med mellanslag emellan.')
_WHERE = say("Text och HTML står i delar som <mj-text>, <mj-table>, <mj-button> eller <mj-raw>.")
_UNKNOWN_SIGN = say("Ett tecken som inte går att skriva.")
_REMOVE = say("Ta bort tecknet.")
_LONE = say("Ett ensamt < eller en tagg som inte är rätt skriven.")


class Fault(NamedTuple):
    """What is wrong at an offset of the text, and what to do."""

    offset: int
    reason: Text
    hint: Text


class _Stop(Exception):
    """Nothing after this can be judged."""


def refused(faults: list[Fault], place: Callable[[int], Location]) -> TemplateError:
    """The error of a letter: the first fault is its message, all are problems with their places."""
    problems = tuple(
        Problem(CODE, Severity.ERROR, fault.reason, fault.hint, place(fault.offset)) for fault in faults
    )
    first = problems[0]
    where = Location(first.location.path, first.location.line)
    return TemplateError(say("{place}: {reason}", place=where, reason=first.message), problems)


def lines_of(text: str, path: str) -> Callable[[int], Location]:
    """The place of an offset in a text that is a file."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(offset: int) -> Location:
        line = bisect_right(starts, offset)
        return Location(path, line, offset - starts[line - 1] + 1)

    return place


def faults_of(source: str) -> list[Fault]:
    """All that is wrong in a letter, up to where tags stop matching."""
    reading = _Reading(source)
    with suppress(_Stop):
        reading.read()
    return sorted(reading.found, key=lambda fault: fault.offset)


def loose_faults(text: str) -> Iterator[Fault]:
    """Unknown parts and attributes in a text that is no whole letter: a template without its Jinja."""
    for found in _PART.finditer(text):
        unknown = _unknown_part(found[1], found.start())
        if unknown:
            yield unknown
        elif found[1] in ATTRIBUTES:
            names = re.finditer(r"""([^\s=<>"'/]+)\s*=\s*(?:"[^"]*"|'[^']*')""", found[2])
            for name in names:
                yield from _wrong_attribute(found[1], name[1], found.start(2) + name.start())


def _unknown_part(name: str, offset: int) -> Fault | None:
    if name in REFUSED:
        return Fault(offset, *REFUSED[name])
    if name in PARENTS:
        return None
    near = get_close_matches(name, PARENTS, 1)
    reason = say("<{name}> finns inte.", name=name)
    if near:
        reason = say("<{name}> finns inte. Menade du <{near}>?", name=name, near=near[0])
    return Fault(offset, reason, say("Rätta namnet. Delarna i ett brev: {parts}.", parts=", ".join(PARENTS)))


def _wrong_attribute(part: str, name: str, offset: int) -> Iterator[Fault]:
    known = ATTRIBUTES[part]
    if name in known:
        return
    if name in DROPPED.get(part, ()):
        reason = say(
            "<{part}> bryr sig inte om attributet ”{name}”: kompilatorn klarar det inte.",
            part=part,
            name=name,
        )
        yield Fault(offset, reason, say("Ta bort det. Skriv stilen på en tagg i delen i stället."))
        return
    near = get_close_matches(name, known, 1)
    reason = say("<{part}> har inget attribut ”{name}”.", part=part, name=name)
    if near:
        reason = say(
            "<{part}> har inget attribut ”{name}”. Menade du ”{near}”?", part=part, name=name, near=near[0]
        )
    yield Fault(offset, reason, say("Attribut som går: {names}.", names=", ".join(sorted(known))))


class _Reading:
    """A letter read tag by tag."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Fault] = []
        self.open: list[tuple[str, int]] = []
        self.parts: list[str] = []

    @property
    def part(self) -> str:
        """The innermost part that is open, "" outside the letter."""
        return self.parts[-1] if self.parts else ""

    @property
    def _astray(self) -> bool:
        """Whether we are in a part that is not known: what stands in it cannot be judged."""
        return self.part not in PARENTS and self.part != ""

    def read(self) -> None:
        """Fills `found`; raises _Stop where nothing more can be told."""
        end = 0
        for token in _TOKEN.finditer(self.source):
            self._words(end, token.start())
            end = token.end()
            if token[0].startswith("<!--"):
                self._remark(token)
            elif token[0] in {"<", "]]>"}:
                self._lone(token)
            elif token[0].startswith("</"):
                self._closed(token)
            else:
                self._opened(token)
        self._words(end, len(self.source))
        if self.open:
            self._unclosed(*self.open[-1])

    def _stop(self, offset: int, reason: Text, hint: Text) -> None:
        self.found.append(Fault(offset, reason, hint))
        raise _Stop

    def _lone(self, token: re.Match[str]) -> None:
        at = token.start()
        if self.source.startswith("<!--", at):
            self._stop(at, say("Kommentaren <!-- stängs aldrig."), say("Avsluta den med -->."))
        self._stop(at, _LONE, _WRITE)

    def _unclosed(self, name: str, offset: int) -> None:
        self._stop(offset, say("<{name}> stängs aldrig.", name=name), _CLOSE)

    def _words(self, begin: int, end: int) -> None:
        """Text between tags."""
        if self.part in HOLD_HTML or self.part in HOLD_TEXT:
            self._signs(begin, end)
        elif self._astray:
            return
        elif word := _WORD.search(self.source, begin, end):
            self.found.append(Fault(word.start(), say("Text som inte står i någon del."), _WHERE))

    def _signs(self, begin: int, end: int) -> None:
        """Characters and references that no letter can hold."""
        for sign in UNWRITABLE.finditer(self.source, begin, end):
            self.found.append(Fault(sign.start(), _UNKNOWN_SIGN, _REMOVE))
        if self.part == "mj-style":
            return
        if self.part == "mj-title" and (lost := LOST.search(self.source, begin, end)):
            self.found.append(Fault(lost.start(), _UNKNOWN_SIGN, _REMOVE))
        for found in _REFERENCE.finditer(self.source, begin, end):
            if not _stands_for_a_sign(found):
                reason = say("{reference} är inget tecken.", reference=found[0])
                self.found.append(Fault(found.start(), reason, _REMOVE))

    def _remark(self, token: re.Match[str]) -> None:
        if not _CONDITION.match(token[0]):
            return
        if self.part not in HOLD_HTML:
            self.found.append(
                Fault(token.start(), say("En villkorad kommentar står inte i någon del."), _WHERE)
            )
        elif part := _PART.search(token[0]):
            reason = say("<{name}> får inte stå i en kommentar.", name=part[1])
            self.found.append(Fault(token.start() + part.start(), reason, say("Skriv den utanför.")))
        elif "--" in token[0][4:-3]:
            self.found.append(
                Fault(token.start(), say("Två bindestreck i en kommentar."), say("Skriv ett i taget."))
            )
        self._signs(token.start(), token.end())

    def _opened(self, token: re.Match[str]) -> None:
        name, offset = _name(token[0]), token.start()
        is_part = name.startswith("mj")
        if is_part:
            self._placed(name, offset)
        elif self.part in HOLD_TEXT:
            reason = say("<{name}> får inte stå i <{part}>, som bara har text.", name=name, part=self.part)
            self.found.append(Fault(offset, reason, say("Ta bort taggen.")))
        elif self.part not in HOLD_HTML and not self._astray:
            reason = say("<{name}> får inte stå mellan brevets delar.", name=name)
            self.found.append(Fault(offset, reason, _WHERE))
        self._attributes(name, token)
        if token[0].endswith("/>") or name in _VOID:
            return
        self.open.append((name, offset))
        if is_part:
            self.parts.append(name)
        if len(self.open) > MAX_DEPTH:
            reason = say("Fler än {count} taggar i varandra.", count=MAX_DEPTH)
            self._stop(offset, reason, say("Lägg dem efter varandra."))

    def _placed(self, name: str, offset: int) -> None:
        """A part that is known, where it may stand."""
        if unknown := _unknown_part(name, offset):
            self.found.append(unknown)
        elif not self._astray and (self.part, name) not in PLACES:
            self.found.append(Fault(offset, _misplaced(name, self.part), _home_of(name)))

    def _attributes(self, name: str, token: re.Match[str]) -> None:
        """Attributes that are rightly written, each once, and that the part has."""
        at = token.start() + 1 + len(name)
        seen: set[str] = set()
        self._signs(at, token.end())
        if name.startswith("mj") and (lost := LOST.search(self.source, at, token.end())):
            self.found.append(Fault(lost.start(), _UNKNOWN_SIGN, _REMOVE))
        while found := _ATTRIBUTE.match(self.source, at, token.end()):
            at = found.end()
            if found[1] in seen:
                reason = say("Attributet ”{name}” står två gånger i samma tagg.", name=found[1])
                self.found.append(Fault(found.start(1), reason, say("Ta bort ett av dem.")))
            elif name in ATTRIBUTES:
                self.found += _wrong_attribute(name, found[1], found.start(1))
            seen.add(found[1])
        if not _TAG_END.fullmatch(self.source, at, token.end()):
            reason = say("Taggen <{name}> är inte rätt skriven.", name=name)
            self._stop(token.start(), reason, _WRITE)

    def _closed(self, token: re.Match[str]) -> None:
        name, offset = _name(token[0]), token.start()
        if token[0][2 + len(name) : -1].strip():
            self._stop(offset, say("Taggen </{name}> är inte rätt skriven.", name=name), _WRITE)
        if name in _VOID and self._just_opened(name, offset):
            return
        if self.open and self.open[-1][0] == name:
            self.open.pop()
            if name.startswith("mj"):
                self.parts.pop()
        elif any(opened == name for opened, _ in self.open):
            self._unclosed(*self.open[-1])
        elif self.open:
            reason = say(
                "</{name}> stänger något annat än <{open}>, som är öppen.", name=name, open=self.open[-1][0]
            )
            self._stop(offset, reason, _CLOSE)
        else:
            self._stop(offset, say("</{name}> stänger något som inte är öppet.", name=name), _CLOSE)

    def _just_opened(self, name: str, offset: int) -> bool:
        """Whether a tag without content was opened right before this, as XML may have it."""
        begin = max(self.source.rfind("<", 0, offset), 0)
        return _name(self.source[begin:offset]) == name and self.source[begin + 1] != "/"


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1] if found else ""


def _stands_for_a_sign(found: re.Match[str]) -> bool:
    """Whether a reference is a name, or the number of a character that XML allows."""
    hexadecimal, decimal, name = found.groups()
    if name:
        return not (name.startswith("#") or name[0].isdigit())
    number = int(hexadecimal, 16) if hexadecimal else int(decimal[:9])
    return 0 < number <= sys.maxunicode and not UNWRITABLE.match(chr(number))


def _misplaced(name: str, parent: str) -> Text:
    if not parent:
        return say("<{name}> får inte stå utanför <mjml>.", name=name)
    return say("<{name}> får inte stå i <{parent}>.", name=name, parent=parent)


def _home_of(name: str) -> Text:
    homes = ", ".join(f"<{parent}>" for parent in PARENTS[name] if parent)
    if not homes:
        return say("Ett brev har en enda <mjml>, som allt annat står i.")
    return say("<{name}> står i {homes}.", name=name, homes=homes)
