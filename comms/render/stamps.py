"""Where in the templates something of a filled-in letter was written: file, line and column.

A filled-in letter has lines of its own: macros, includes and conditions put it together, content comes
in between. So before Jinja fills in templates, everything that they write is stamped: one private-use
character before each tag, line and expression, in strings too. It comes through macros, includes and
filters like any other character. Afterwards the stamps are taken out again, and the nearest at or before a
fault tells where its text was written; what an expression put there, Markdown for instance, has the
expression's own place. Only a letter that was refused is filled in with stamps.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from comms.errors import Location
from comms.model.workspace import TemplateSet
from comms.render.mjml_faults import lines_of

_PRIVATE = (range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
"""Supplementary Private Use Areas A and B (Unicode 23.5): 131,068 stamps."""

_SIGN = re.compile("[\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.DOTALL)
_TAG = re.compile(r"(?=</?[A-Za-z])")
_WRITTEN = re.compile(r"(?=</?[A-Za-z])|(?:\A|(?<=\n))[^\S\n]*(?=\S)|\A\s*(?=\S)")
_WIDE_OPEN = re.compile(r"\{\{(?!-)")

Place = Callable[[int], Location]


@dataclass(frozen=True, slots=True)
class Stamped:
    """Templates with stamps, and what each stamp stands for."""

    templates: TemplateSet
    places: Mapping[str, Location]

    def without(self, filled: str, *, otherwise: str) -> tuple[str, Place]:
        """A letter without its stamps, and the place of each offset; `otherwise`: path when there is none."""
        kept: list[str] = []
        offsets: list[int] = []
        stamps: list[Location] = []
        end = length = 0
        for found in _SIGN.finditer(filled):
            if found[0] in self.places:
                kept.append(filled[end : found.start()])
                length += found.start() - end
                end = found.end()
                offsets.append(length)
                stamps.append(self.places[found[0]])
        kept.append(filled[end:])

        def place(offset: int) -> Location:
            number = bisect_right(offsets, offset) - 1
            if number < 0:
                return Location(otherwise)
            stamp = stamps[number]
            return stamp if offsets[number] == offset else Location(stamp.path, stamp.line)

        return "".join(kept), place


def stamped(templates: TemplateSet, *, apart_from: str) -> Stamped:
    """Templates of letters with a stamp at all that they write, none of them a character of `apart_from`."""
    taken = set(_SIGN.findall(apart_from))
    taken.update(sign for source in templates.sources.values() for sign in _SIGN.findall(source))
    free = (chr(code) for codes in _PRIVATE for code in codes if chr(code) not in taken)
    places: dict[str, Location] = {}
    sources: dict[str, str] = {}
    for name, source in templates.sources.items():
        place = lines_of(source, templates.paths.get(name, name))
        sources[name] = _stamped(source, place, free, places) if name.endswith(".mjml.j2") else source
    return Stamped(TemplateSet(sources, templates.paths), places)


def _stamped(source: str, place: Place, free: Iterator[str], places: dict[str, Location]) -> str:
    pieces: list[str] = []
    end = 0
    for offset in _offsets(source):
        sign = next(free, "")
        if sign:
            places[sign] = place(offset)
        pieces += (source[end:offset], sign)
        end = offset
    return "".join((*pieces, source[end:]))


def _offsets(source: str) -> list[int]:
    """Where stamps go, in order: never where one would change what Jinja does with blanks."""
    found: set[int] = set()
    end = 0
    for code in _JINJA.finditer(source):
        found.update(_in_text(source, end, code.start()))
        end = code.end()
        if not code[0].startswith("{#"):
            found.update(_in_strings(source, code))
        if _WIDE_OPEN.match(code[0]):
            found.add(code.start())
    found.update(_in_text(source, end, len(source)))
    return sorted(found)


def _in_text(source: str, begin: int, end: int) -> Iterator[int]:
    """Tags, and the first sign of each line and of the text itself."""
    for found in _WRITTEN.finditer(source[begin:end]):
        yield begin + found.end()


def _in_strings(source: str, code: re.Match[str]) -> Iterator[int]:
    """Tags in the strings of an expression or statement."""
    for string in _STRING.finditer(source, code.start(), code.end()):
        for tag in _TAG.finditer(string[0]):
            yield string.start() + tag.start()
