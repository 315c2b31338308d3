"""YAML -> plain values with the line and column of every key, and problems in the author's words.

YAML 1.2 by ruamel.yaml's event stream, never its object constructors: `NO` and `12:30` stay text,
duplicate keys, anchors, aliases and tags are refused, nesting is limited. Scalars come as str: the
one who knows what a field means turns it into a date or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from comms.errors import Text, say

if TYPE_CHECKING:
    from ruamel.yaml.events import Event

MAX_DEPTH = 20
MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. `value` is str, list of nodes, dict of nodes, or None for nothing.

    `quoted` tells a scalar written in quotation marks: it is text whatever it looks like.
    """

    value: str | list[Node] | dict[str, Node] | None
    line: int
    column: int
    quoted: bool = False
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> object:
        """The value without places: dicts, lists, strings, None."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def lines(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Every dotted key below this node with the line that it stands on."""
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                path = f"{prefix}{key}"
                yield path, self.key_lines[key]
                yield from node.lines(f"{path}.")


@dataclass(frozen=True, slots=True)
class YamlFault:
    """What stops the text from being read as YAML, and what to do."""

    line: int
    column: int
    message: Text
    hint: Text


class _Refused(Exception):
    def __init__(self, event: Event, message: Text, hint: Text) -> None:
        super().__init__(str(message))
        mark = event.start_mark
        self.fault = YamlFault(mark.line + 1, mark.column + 1, message, hint)


def parse_yaml(text: str, *, first_line: int = 1) -> tuple[Node | None, list[YamlFault]]:
    """Read one YAML document whose first line is line `first_line` of its file.

    Gives the root (None when it cannot be read) and what is wrong. Text that is empty is an empty mapping.
    """
    if len(text) > MAX_CHARACTERS:
        message = say("Texten är för stor: {count} tecken.", count=len(text))
        return None, [YamlFault(first_line, 1, message, say("Dela upp den."))]
    tab = re.search(r"^ *\t", text, re.MULTILINE)
    if tab:
        line = text.count("\n", 0, tab.end())
        message = say("Raden är indragen med tabb.")
        return None, [YamlFault(first_line + line, 1, message, say("Dra in med två blanksteg i stället."))]
    try:
        return _document("\n" * (first_line - 1) + text), []
    except _Refused as refused:
        fault = refused.fault
    except MarkedYAMLError as error:
        fault = _syntax_fault(error)
    except (YAMLError, RecursionError, ValueError):
        fault = YamlFault(
            first_line, 1, say("Texten går inte att läsa som YAML."), say("Kontrollera tecken och indrag.")
        )
    return None, [fault]


def _document(text: str) -> Node:
    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if isinstance(event, NodeEvent):
            root = _node(event, events, 0)
            break
        if not isinstance(event, StreamStartEvent | DocumentStartEvent):
            return Node({}, 1, 1)
    else:
        return Node({}, 1, 1)
    for event in events:
        if isinstance(event, DocumentStartEvent):
            message = say("Här börjar ett andra dokument.")
            raise _Refused(event, message, say("Ta bort raden med tre streck."))
    return root


def _node(event: Event, events: Iterator[Event], depth: int) -> Node:
    _refuse_references(event)
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if depth > MAX_DEPTH:
        raise _Refused(event, say("Innehållet är nästlat för djupt."), say("Förenkla strukturen."))
    if isinstance(event, ScalarEvent):
        quoted = event.style is not None
        empty = not quoted and event.value in {"", "~", "null"}
        return Node(None if empty else event.value, line, column, quoted)
    if isinstance(event, SequenceStartEvent):
        items: list[Node] = []
        for inner in events:
            if isinstance(inner, SequenceEndEvent):
                break
            items.append(_node(inner, events, depth + 1))
        return Node(items, line, column)
    return _mapping(event, events, depth)


def _mapping(event: Event, events: Iterator[Event], depth: int) -> Node:
    values: dict[str, Node] = {}
    key_lines: dict[str, int] = {}
    for inner in events:
        if isinstance(inner, MappingEndEvent):
            break
        if not isinstance(inner, ScalarEvent):
            _refuse_references(inner)
            raise _Refused(inner, say("Nyckeln är inte ett ord."), say("Skriv ”nyckel: värde”."))
        _refuse_references(inner)
        key = inner.value
        if key in values:
            message = say(
                "Nyckeln ”{key}” står två gånger, först på rad {line}.", key=key, line=key_lines[key]
            )
            raise _Refused(inner, message, say("Behåll en av dem."))
        key_lines[key] = inner.start_mark.line + 1
        values[key] = _node(next(events), events, depth + 1)
    return Node(values, event.start_mark.line + 1, event.start_mark.column + 1, key_lines=key_lines)


def _refuse_references(event: Event) -> None:
    """Anchors and aliases can make a small file enormous; tags can name code. No officer needs them."""
    anchor = getattr(event, "anchor", None)
    if isinstance(event, AliasEvent):
        message = say("”*{name}” är en hänvisning i YAML, och sådana läses inte.", name=anchor)
        raise _Refused(event, message, say("Sätt citattecken om värdet, eller skriv ut det."))
    if anchor:
        message = say("”&{name}” är ett ankare i YAML, och sådana läses inte.", name=anchor)
        raise _Refused(event, message, say("Sätt citattecken om värdet, eller ta bort ankaret."))
    tag = getattr(event, "tag", None)
    if tag and str(tag) != "!":
        message = say("”{tag}” är en tagg i YAML, och sådana läses inte.", tag=tag)
        raise _Refused(event, message, say("Sätt citattecken om värdet, eller ta bort taggen."))


_SYNTAX: tuple[tuple[str, Text, Text], ...] = (
    (
        "mapping values are not allowed",
        say("Ett kolon mitt i raden gör att den inte går att läsa."),
        say('Sätt citattecken om värdet, till exempel: title: "Höst: nu öppnar leden".'),
    ),
    (
        "found unexpected end of stream",
        say("Ett citattecken öppnas men stängs aldrig."),
        say("Stäng citattecknet på samma rad."),
    ),
    (
        "could not find expected ':'",
        say("Här saknas ett kolon efter nyckeln."),
        say("Skriv ”nyckel: värde” med ett blanksteg efter kolonet."),
    ),
    (
        "expected ',' or",
        say("Listan eller klammern är inte stängd."),
        say("Kontrollera kommatecken och att varje [ har sin ] och varje { sin }."),
    ),
    (
        "did not find expected",
        say("Indraget stämmer inte med raderna omkring."),
        say("Låt nycklar på samma nivå börja i samma kolumn."),
    ),
    (
        "expected <block end>",
        say("Indraget stämmer inte med raderna omkring, eller ett citattecken står mitt i värdet."),
        say("Låt nycklar på samma nivå börja i samma kolumn, och sätt citattecken om hela värdet."),
    ),
    (
        "cannot start any token",
        say("Ett värde börjar med ett tecken som YAML har reserverat (till exempel @, ` eller %)."),
        say("Sätt citattecken om värdet."),
    ),
    (
        "special characters are not allowed",
        say("Texten innehåller ett styrtecken."),
        say("Ta bort tecknet; skriv om raden om det inte syns."),
    ),
)


def _syntax_fault(error: MarkedYAMLError) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = str(error.problem or error)
    for start, message, hint in _SYNTAX:
        if start in said:
            return YamlFault(line, column, message, hint)
    return YamlFault(
        line,
        column,
        say("Raden går inte att läsa som YAML."),
        say("Kontrollera kolon, citattecken och indrag."),
    )
