"""Reading a YAML mapping field by field: types, known words, nothing unknown; every fault named.

A `Fields` is asked for each key that may be there, and at `finish` reports those it was not asked for.
Faults are collected in one list shared by a file's `Fields`, so the author sees them all at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from comms.content.files import error
from comms.errors import Location, Problem, Severity, Text, say
from comms.text.yaml import Marks, Node, parse_yaml

if TYPE_CHECKING:
    from comms.content.files import SourceText

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")
_EARLIEST, _LATEST = 1800, 2200
"""A year outside of these is a slip of the pen, and near the ends of the calendar no sum of days is sure."""

_FEW = 30
_FLAGS = {"true": True, "ja": True, "yes": True, "false": False, "nej": False, "no": False}

_AS_KEYS = say("Skriv varje uppgift på en egen rad: nyckeln, kolon, blanksteg och värdet.")


def is_blank(text: str) -> bool:
    """Whether a text shows nothing: blanks alone, or signs that have no width."""
    return not any(sign.isprintable() and not sign.isspace() for sign in text)


def suggestion(word: str, known: Collection[str]) -> Text:
    """A hint for a word that is not known: the nearest one, or all of them when they are few."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return say("Menade du ”{near}”?", near=near[0])
    if not known:
        return say("Ta bort den.")
    if len(known) > _FEW:
        likest = difflib.get_close_matches(word, known, n=5, cutoff=0)
        return say("Kontrollera stavningen. Mest likt är: {known}.", known=", ".join(likest))
    return say("Välj bland: {known}.", known=", ".join(sorted(known)))


@dataclass
class Fields:
    """One mapping being read. `prefix` names it in messages, e.g. `event.`."""

    node: Node
    path: str
    problems: list[Problem]
    prefix: str = ""
    asked: set[str] = field(default_factory=set)
    lacking: dict[str, Problem] = field(default_factory=dict)

    @classmethod
    def parse(
        cls, source: SourceText, problems: list[Problem], *, first_line: int = 1, text: str = ""
    ) -> Fields | None:
        """Read a file's YAML (or `text`, a part of it that begins on `first_line`); None if unreadable."""
        node, faults = parse_yaml(text or source.text, first_line=first_line)
        problems += [
            error("C111", fault.message, fault.hint, Location(source.path, fault.line, fault.column))
            for fault in faults
        ]
        if node is None:
            return None
        fields = cls(node, source.path, problems)
        if not isinstance(node.value, dict):
            fields.complain(node, say("Här ska stå rader med ”nyckel: värde”."), _AS_KEYS)
            return None
        return fields

    def where(self, node: Node) -> Location:
        """The place of a value."""
        return Location(self.path, node.line, node.column)

    def place(self, key: str) -> Location:
        """The place of a key's value, or of the mapping when the key is missing."""
        child = self.node.value.get(key) if isinstance(self.node.value, dict) else None
        return self.where(child or self.node)

    def key_place(self, key: str) -> Location:
        """The place of a key that is there."""
        return Location(self.path, self.node.key_lines[key], self.node.key_columns[key])

    def is_sound(self, key: str, last_line: int) -> bool:
        """Whether the key is there and no error stands in its lines; the mapping ends on `last_line`."""
        if not self.has(key):
            return False
        first = self.line(key)
        after = min((line for line in self.node.key_lines.values() if line > first), default=last_line + 1)
        return not any(
            first <= found.location.line < after
            for found in self.problems
            if found.severity is Severity.ERROR
        )

    def line(self, key: str) -> int:
        """The line of a key, or of the mapping when the key is missing."""
        return self.node.key_lines.get(key, self.node.line)

    def lines(self) -> Mapping[str, int]:
        """Every dotted key in the mapping with its line."""
        return dict(self.node.lines())

    def places(self, wanted: re.Pattern[str]) -> Mapping[str, Marks]:
        """Where the letters of the texts stand whose dotted keys are `wanted`."""
        return {key: node.marks for key, node in self.node.texts() if node.marks and wanted.fullmatch(key)}

    def complain(self, node: Node, message: Text, hint: Text, code: str = "C114") -> None:
        """Record a fault in a value."""
        self.problems.append(error(code, message, hint, self.where(node)))

    def _child(self, key: str, *, required: bool = False) -> Node | None:
        self.asked.add(key)
        values = self.node.value
        child = values.get(key) if isinstance(values, dict) else None
        if child is not None and child.value is not None:
            return child
        if required:
            message = say("Nyckeln ”{key}” saknas.", key=self.prefix + key)
            hint = say("Lägg till ”{key}: …”.", key=key)
            place = self.key_place(key) if child else self.where(self.node)
            self.lacking[key] = error("C113", message, hint, place)
            self.problems.append(self.lacking[key])
        return None

    def has(self, key: str) -> bool:
        """Whether the key is there, even without a value."""
        self.asked.add(key)
        return isinstance(self.node.value, dict) and key in self.node.value

    def says(self, key: str) -> bool:
        """Whether the key has a value: without one the file says neither yes nor no."""
        values = self.node.value
        return self.has(key) and isinstance(values, dict) and values[key].value is not None

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """A text; white space at its ends removed. One that is required says something."""
        child = self._child(key, required=required)
        if child is None:
            return default
        if not isinstance(child.value, str):
            message = say("”{key}” ska vara en text, inte {what}.", key=self.prefix + key, what=_kind(child))
            self.complain(child, message, say("Sätt raka citattecken om hela texten."))
            return default
        if required and is_blank(child.value):
            message = say("”{key}” är tom.", key=self.prefix + key)
            self.complain(child, message, say("Skriv det som fattas efter ”{key}:”.", key=key), "C113")
            return default
        return child.value.strip()

    def one_line(self, key: str, *, required: bool = False) -> str:
        """A text that reaches a letter's head: a break in it would begin another field."""
        text = self.text(key, required=required)
        child = self._child(key)
        if "\n" in text and child is not None:
            message = say("”{key}” ska stå på en rad.", key=self.prefix + key)
            self.complain(child, message, say("Ta bort radbrytningen."))
            return " ".join(text.split())
        return text.replace("\t", " ")  # pasted from a table; no field of a head may hold it

    def word(self, key: str, known: Collection[str], *, required: bool = False, default: str = "") -> str:
        """One of the known words."""
        child = self._child(key, required=required)
        if child is None:
            return default
        found = self._known(key, child, known)
        return found or default

    def words(self, key: str, known: Collection[str] | None, *, required: bool = False) -> tuple[str, ...]:
        """A list of words, each once; `known` limits them. A single word counts as a list of one."""
        child = self._child(key, required=required)
        if child is None:
            return ()
        nodes = child.value if isinstance(child.value, list) else [child]
        found: list[str] = []
        for node in nodes:
            word = self._known(key, node, known)
            if word and word in found:
                message = say("”{word}” står två gånger i ”{key}”.", word=word, key=self.prefix + key)
                self.complain(node, message, say("Ta bort en av dem."), "C116")
            elif word:
                found.append(word)
        if required and not nodes:
            self.complain(
                child, say("”{key}” är tom.", key=self.prefix + key), say("Ange minst ett värde."), "C113"
            )
        return tuple(found)

    def _known(self, key: str, node: Node, known: Collection[str] | None) -> str:
        if not isinstance(node.value, str):
            message = say("”{key}” ska bestå av ord, inte {what}.", key=self.prefix + key, what=_kind(node))
            self.complain(node, message, say("Skriv ett ord, eller flera som [ett, två]."))
            return ""
        word = node.value.strip()
        if known is None and is_blank(word):
            message = say("Ett värde i ”{key}” är tomt.", key=self.prefix + key)
            self.complain(node, message, say("Skriv det som fattas, eller ta bort det."), "C113")
            return ""
        if known is not None and word not in known:
            message = say("”{word}” är inte känt i ”{key}”.", word=word, key=self.prefix + key)
            self.complain(node, message, suggestion(word, known), "C115")
            return ""
        return word

    def number(self, key: str, *, required: bool = False) -> int | None:
        """A whole number; groups of digits may be set apart by blanks."""
        child = self._child(key, required=required)
        if child is None:
            return None
        digits = re.sub(r"[\s\u00a0_]", "", child.value) if isinstance(child.value, str) else ""
        if not re.fullmatch(r"\d{1,12}", digits):
            message = say("”{key}” ska vara ett helt tal.", key=self.prefix + key)
            self.complain(child, message, say("Skriv bara siffror, till exempel 2000000."))
            return None
        return int(digits)

    def flag(self, key: str) -> bool:
        """A yes or no; no when it is missing."""
        child = self._child(key)
        if child is None:
            return False
        value = _FLAGS.get(str(child.value).lower())
        if value is None:
            message = say("”{key}” ska vara ja eller nej.", key=self.prefix + key)
            self.complain(child, message, say("Skriv ja eller nej."))
        return bool(value)

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date as 2026-12-01."""
        child = self._child(key, required=required)
        if child is None:
            return None
        try:
            if isinstance(child.value, str) and _DATE.fullmatch(child.value):
                found = date.fromisoformat(child.value)
                if _EARLIEST <= found.year <= _LATEST:
                    return found
        except ValueError:
            pass
        message = say("”{value}” är inget datum i ”{key}”.", value=_shown(child), key=self.prefix + key)
        self.complain(child, message, say("Skriv år-månad-dag, till exempel 2026-12-01."))
        return None

    def moment(self, key: str, zone: ZoneInfo, *, required: bool = False) -> datetime | None:
        """A local time as 2026-12-01 18:00, made aware in `zone`."""
        child = self._child(key, required=required)
        if child is None:
            return None
        try:
            if isinstance(child.value, str) and _MOMENT.fullmatch(child.value):
                found = datetime.fromisoformat(child.value).replace(tzinfo=zone)
                if _EARLIEST <= found.year <= _LATEST:
                    return found
        except ValueError:
            pass
        message = say("”{value}” är ingen tid i ”{key}”.", value=_shown(child), key=self.prefix + key)
        self.complain(child, message, say("Skriv år-månad-dag och klockslag, till exempel 2026-12-01 18:00."))
        return None

    def mapping(self, key: str, *, required: bool = False) -> Fields | None:
        """A mapping within the mapping."""
        child = self._child(key, required=required)
        return None if child is None else self._fields(key, child)

    def rows(self, key: str, hint: Text = _AS_KEYS) -> list[Fields]:
        """A list of mappings; `hint` says how to write one."""
        child = self._child(key)
        if child is None:
            return []
        if not isinstance(child.value, list):
            self.complain(
                child,
                say("”{key}” ska vara en lista.", key=self.prefix + key),
                say("Börja varje rad med ”- ”."),
            )
            return []
        found = (self._fields(f"{key}[{number}]", node, hint) for number, node in enumerate(child.value, 1))
        return [row for row in found if row is not None]

    def each(self) -> Iterator[tuple[str, Node]]:
        """Every key with its value, for mappings whose keys are the organisation's own."""
        values = self.node.value if isinstance(self.node.value, dict) else {}
        for key, node in values.items():
            self.asked.add(key)
            yield key, node

    def sub(self, key: str, node: Node) -> Fields | None:
        """Read a value from `each` as a mapping."""
        return self._fields(key, node)

    def _fields(self, key: str, node: Node, hint: Text = _AS_KEYS) -> Fields | None:
        if isinstance(node.value, dict):
            return Fields(node, self.path, self.problems, f"{self.prefix}{key}.")
        message = say(
            "”{key}” ska bestå av ”nyckel: värde”, inte {what}.", key=self.prefix + key, what=_kind(node)
        )
        self.complain(node, message, hint)
        return None

    def finish(self) -> None:
        """Report every key that nobody asked for; one that is only misspelt is not also called missing."""
        values = self.node.value if isinstance(self.node.value, dict) else {}
        for key in values:
            if key in self.asked:
                continue
            meant = difflib.get_close_matches(key, self.lacking, n=1)
            if meant:
                self.problems.remove(self.lacking.pop(meant[0]))
            message = say("Nyckeln ”{key}” finns inte.", key=self.prefix + key)
            self.problems.append(error("C112", message, suggestion(key, self.asked), self.key_place(key)))


def _kind(node: Node) -> Text:
    if node.value is None:
        return say("tomt")
    if isinstance(node.value, list):
        return say("en lista")
    return say("nycklar med värden") if isinstance(node.value, dict) else say("en text")


def _shown(node: Node) -> object:
    return node.value if isinstance(node.value, str) else _kind(node)
