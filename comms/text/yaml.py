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
)
from ruamel.yaml.reader import ReaderError

from comms.errors import Text, say
from comms.text.encoding import CONTROL, control_sign

if TYPE_CHECKING:
    from ruamel.yaml.error import StringMark
    from ruamel.yaml.events import Event

_HASHTAG = re.compile(r"\s*(?<=\s)(#[^\s#]\S*)")
MAX_DEPTH = 20
Marks = tuple[tuple[int, int, int], ...]
MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. `value` is str, list of nodes, dict of nodes, or None for nothing.

    `quoted` tells a scalar written in quotation marks: it is text whatever it looks like. `key_lines`
    and `key_columns` give the place of each key; of one that stands twice, the last. `marks` tell where
    the letters of a text stand: offset in the value without the blanks at its ends, line and column for
    each line of it; column 0 means that only the line is known.
    """

    value: str | list[Node] | dict[str, Node] | None
    line: int
    column: int
    quoted: bool = False
    key_lines: Mapping[str, int] = field(default_factory=dict)
    key_columns: Mapping[str, int] = field(default_factory=dict)
    marks: Marks = ()

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

    def texts(self, prefix: str = "") -> Iterator[tuple[str, Node]]:
        """Every text below this node by its dotted key; a row of a list by its number, from 0."""
        if isinstance(self.value, str):
            yield prefix.removesuffix("."), self
        elif isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.texts(f"{prefix}{key}.")
        elif isinstance(self.value, list):
            for number, node in enumerate(self.value):
                yield from node.texts(f"{prefix}{number}.")


@dataclass(frozen=True, slots=True)
class YamlFault:
    """What is wrong with the text as YAML, and what to do."""

    line: int
    column: int
    message: Text
    hint: Text


class _Refused(Exception):
    def __init__(self, fault: YamlFault) -> None:
        super().__init__(str(fault.message))
        self.fault = fault


def parse_yaml(text: str, *, first_line: int = 1) -> tuple[Node | None, list[YamlFault]]:
    """Read one YAML document whose first line is line `first_line` of its file.

    Gives the root and what is wrong. The root is None when the text cannot be read; after a duplicate
    key, an anchor, an alias or a tag the rest is still read. Text that is empty is an empty mapping.
    """
    if len(text) > MAX_CHARACTERS:
        message = say("Texten är för stor: {count} tecken.", count=len(text))
        return None, [YamlFault(first_line, 1, message, say("Dela upp den."))]
    tab = re.search(r"^ *\t", text, re.MULTILINE)
    if tab:
        line = first_line + text.count("\n", 0, tab.end())
        message = say("Raden är indragen med tabb.")
        hint = say("Dra in med två blanksteg i stället.")
        return None, [YamlFault(line, tab.end() - tab.start(), message, hint)]
    reader = _Reader()
    text = "\n" * (first_line - 1) + text
    try:
        return reader.document(text), reader.faults
    except _Refused as refused:
        fault = refused.fault
    except MarkedYAMLError as error:
        fault = _syntax_fault(error, text)
    except ReaderError as error:
        fault = _control_fault(text, int(error.position))
    except (YAMLError, RecursionError, ValueError, OverflowError):
        fault = YamlFault(
            first_line, 1, say("Texten går inte att läsa som YAML."), say("Kontrollera tecken och indrag.")
        )
    if fault.line in {found.line for found in reader.faults}:
        return None, reader.faults
    return None, [*reader.faults, fault]


class _Reader:
    """Turns one stream of events into nodes; what it refuses without losing its way is in `faults`."""

    def __init__(self) -> None:
        self.faults: list[YamlFault] = []
        self.lines: list[str] = []

    def document(self, text: str) -> Node:
        """The root; of nothing, an empty mapping."""
        self.lines = text.split("\n")
        events = iter(YAML(typ="safe", pure=True).parse(text))
        root = Node({}, 1, 1)
        for event in events:
            if isinstance(event, NodeEvent):
                root = self.node(event, events, 0)
                break
        for event in events:
            if isinstance(event, DocumentStartEvent):
                message = say("Här börjar ett andra dokument.")
                self.refuse(event, message, say("Ta bort raden med tre streck."))
                break
        return root

    def refuse(self, event: Event, message: Text, hint: Text) -> YamlFault:
        """Remember a fault at an event."""
        fault = YamlFault(*_place(event.start_mark), message, hint)
        self.faults.append(fault)
        return fault

    def node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        """The value that begins with an event."""
        self.refuse_references(event)
        line, column = _place(event.start_mark)
        if depth > MAX_DEPTH:
            message = say("Innehållet är nästlat för djupt.")
            raise _Refused(YamlFault(line, column, message, say("Förenkla strukturen.")))
        if isinstance(event, AliasEvent):
            return Node(f"*{event.anchor}", line, column, quoted=True)
        if isinstance(event, ScalarEvent):
            self.refuse_control_signs(event)
            quoted = event.style is not None
            empty = not quoted and event.value in {"", "~", "null"}
            if not quoted and not empty:
                self.refuse_lost_hashtag(event.end_mark.line, event.end_mark.column)
            if empty:
                return Node(None, line, column, quoted)
            value = CONTROL.sub(" ", event.value)
            return Node(value, line, column, quoted, marks=self.marks(value.strip(), event))
        if isinstance(event, SequenceStartEvent):
            items: list[Node] = []
            for inner in events:
                if isinstance(inner, SequenceEndEvent):
                    break
                items.append(self.node(inner, events, depth + 1))
            return Node(items, line, column)
        return self.mapping(event, events, depth)

    def marks(self, value: str, event: ScalarEvent) -> Marks:
        """Where each line of a text stands in the file, as far as the file has it letter by letter.

        An escape in quotation marks is not written as it reads: from its line on only the line is known.
        """
        first, last = event.start_mark.line, event.end_mark.line
        opening = 1 if event.style in {"'", '"'} else 0
        found: list[tuple[int, int, int]] = []
        at = 0
        for number in range(first + (event.style in {"|", ">"}), min(last + 1, len(self.lines))):
            raw = self.lines[number]
            begin = event.start_mark.column + opening if number == first else 0
            end = event.end_mark.column - opening if number == last else len(raw)
            written = raw[begin:end].strip()
            at += len(value[at:]) - len(value[at:].lstrip())
            if not written or at >= len(value):
                continue
            known = value.startswith(written, at)
            found.append((at, number + 1, raw.index(written, begin) + 1 if known else 0))
            if not known:
                break
            at += len(written)
        return tuple(found)

    def refuse_lost_hashtag(self, line: int, column: int) -> None:
        """In YAML ` #Tagg` after a value begins a comment: a post would lose its hashtags without a word."""
        lost = _HASHTAG.match(self.lines[line][column:]) if line < len(self.lines) else None
        if lost:
            message = say("”{tag}” läses som en kommentar och försvinner.", tag=lost[1])
            hint = say("Sätt citattecken om hela värdet. Är det en kommentar: skriv ett blanksteg efter #.")
            self.faults.append(YamlFault(line + 1, column + lost.start(1) + 1, message, hint))

    def mapping(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        """The mapping that begins with an event; of a key that stands twice, the first value."""
        values: dict[str, Node] = {}
        first: dict[str, int] = {}
        key_lines: dict[str, int] = {}
        key_columns: dict[str, int] = {}
        for inner in events:
            if isinstance(inner, MappingEndEvent):
                break
            line, column = _place(inner.start_mark)
            self.refuse_references(inner)
            if not isinstance(inner, ScalarEvent):
                message = say("Nyckeln är inte ett ord.")
                raise _Refused(YamlFault(line, column, message, say("Skriv ”nyckel: värde”.")))
            key = inner.value
            if key in values:
                message = say("Nyckeln ”{key}” finns redan på rad {line}.", key=key, line=first[key])
                self.refuse(inner, message, say("Behåll en av dem."))
            value = self.node(next(events), events, depth + 1)
            if value.value is None:
                self.refuse_lost_hashtag(inner.end_mark.line, inner.end_mark.column + 1)
            values.setdefault(key, value)
            first.setdefault(key, line)
            key_lines[key], key_columns[key] = line, column
        return Node(values, *_place(event.start_mark), key_lines=key_lines, key_columns=key_columns)

    def refuse_control_signs(self, event: ScalarEvent) -> None:
        r"""An escape like `\u202e` in quotation marks brings in what the file itself may not hold."""
        sign = CONTROL.search(event.value)
        if sign:
            self.refuse(event, *control_sign(sign.group()))

    def refuse_references(self, event: Event) -> None:
        """Anchors and aliases can make a small file enormous; tags can name code. No officer needs them."""
        anchor = getattr(event, "anchor", None)
        if isinstance(event, AliasEvent):
            message = say("”*{name}” går inte att läsa: ett värde får inte börja med *.", name=anchor)
            self.refuse(event, message, _QUOTE)
        elif anchor:
            message = say("”&{name}” går inte att läsa: ett värde får inte börja med &.", name=anchor)
            self.refuse(event, message, _QUOTE)
        tag = getattr(event, "tag", None)
        if tag and str(tag) != "!":
            message = say("”{tag}” går inte att läsa: ett värde får inte börja med !.", tag=tag)
            self.refuse(event, message, _QUOTE)


def _place(mark: StringMark) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


@dataclass(frozen=True, slots=True)
class _Syntax:
    """A fault that the parser tells in its own words; `opening`: it is best shown where it began."""

    said: str
    message: Text
    hint: Text
    opening: bool = False


_SYNTAX: tuple[_Syntax, ...] = (
    _Syntax(
        "mapping values are not allowed",
        say("Ett kolon mitt i raden gör att den inte går att läsa."),
        say('Sätt citattecken om värdet, till exempel: title: "Höst: nu öppnar leden".'),
    ),
    _Syntax(
        "found unexpected end of stream",
        say("Ett citattecken öppnas men stängs aldrig."),
        say("Stäng citattecknet på samma rad."),
        opening=True,
    ),
    _Syntax(
        "could not find expected ':'",
        say("Här saknas ett kolon efter nyckeln."),
        say("Skriv ”nyckel: värde” med ett blanksteg efter kolonet."),
        opening=True,
    ),
    _Syntax(
        "expected ',' or",
        say("Listan eller klammern är inte stängd."),
        say("Kontrollera kommatecken och att varje [ har sin ] och varje { sin }."),
        opening=True,
    ),
    _Syntax(
        "sequence entries are not allowed",
        say("En lista med streck kan inte börja på samma rad som nyckeln."),
        say("Skriv listan på egna rader under nyckeln, eller sätt citattecken om värdet."),
    ),
    _Syntax(
        "expected a comment or a line break",
        say("Efter ett värde som börjar med > eller | får inget mer stå på raden."),
        say("Sätt citattecken om värdet, eller skriv texten på indragna rader under."),
    ),
    _Syntax(
        "unknown escape character",
        say("Ett omvänt snedstreck (\\) inom citattecken läses som ett specialtecken."),
        say("Skriv två omvända snedstreck, eller sätt enkla citattecken om värdet."),
    ),
    _Syntax(
        "cannot start any token",
        say("Ett värde börjar med ett tecken som YAML har reserverat (till exempel @, ` eller %)."),
        say("Sätt citattecken om värdet."),
    ),
)
_QUOTE = say("Sätt raka citattecken om hela värdet.")
_NO_BLANK = (
    say("Här saknas ett blanksteg efter kolonet."),
    say("Skriv ”nyckel: värde” med ett blanksteg efter kolonet."),
)
_INDENT = (
    say("Indraget stämmer inte med raderna omkring."),
    say("Låt nycklar på samma nivå börja i samma kolumn."),
)
_ABOVE = (
    say("Raden läses som en fortsättning på raden ovanför."),
    say("Se till att raden ovanför har ett blanksteg efter kolonet, och att båda har samma indrag."),
)
_AFTER_END = (
    say("Värdet fortsätter efter sitt citattecken eller sin klammer."),
    say("Skriv citat med ”…”, eller sätt raka citattecken om hela värdet."),
)
_TAB = (say("Här står en tabb."), say("Använd blanksteg i stället."))


def _syntax_fault(error: MarkedYAMLError, text: str) -> YamlFault:
    said = str(error.problem or error)
    known = next((row for row in _SYNTAX if row.said in said), None)
    mark = (error.context_mark if known and known.opening else None) or error.problem_mark
    line, column = _place(mark) if mark else (1, 1)
    written = text.split("\n")[line - 1]
    before, at = written[: column - 1], written[column - 1 : column]
    if at == "\t":
        message, hint = _TAB
    elif known and known.said.startswith("mapping values") and re.fullmatch(r"\s*[\w-]+", before):
        message, hint = _ABOVE
    elif known and re.match(r"\s*[\w-]+:\S", written):
        message, hint = _NO_BLANK
    elif known:
        message, hint = known.message, known.hint
    elif "expected <block end>" in said or "expected '<document start>'" in said:
        message, hint = _INDENT if not before.strip() else _AFTER_END
    else:
        message = say("Raden går inte att läsa som YAML.")
        hint = say("Kontrollera kolon, citattecken och indrag.")
    return YamlFault(line, column, message, hint)


def _control_fault(text: str, position: int) -> YamlFault:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    message = say("Texten innehåller ett styrtecken.")
    return YamlFault(line, column, message, say("Ta bort tecknet; skriv om raden om det inte syns."))
