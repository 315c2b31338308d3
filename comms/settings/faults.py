"""What pydantic says of comms.yaml -> problems in our words, each at its place in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comms.errors import Location, Problem, Severity, Text, say
from comms.settings import schema
from comms.settings.environment import Override

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from comms.text.yaml import Node

FILE = "comms.yaml"
SECRET_KEYS = frozenset({"password", "token", "app_secret", "secret"})

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each key and each value of the file stands, rows of lists by their number from 0."""

    keys: Mapping[Path, Location]
    values: Mapping[Path, Location]

    @classmethod
    def of(cls, root: Node) -> Places:
        """Read off the places in a whole file."""
        found = list(_places(root, ()))
        return cls({path: key for path, key, _ in found}, {path: value for path, _, value in found})

    def key(self, path: Path) -> Location:
        """The place of a key, or of the nearest that holds it."""
        return self._nearest(self.keys, path)

    def value(self, path: Path) -> Location:
        """The place of a value, or of the nearest key that holds it.

        A text that was read as a list has one place for all its words.
        """
        if path and path[-1].isdecimal() and path not in self.values:
            path = path[:-1]
        return self.values.get(path) or self._nearest(self.keys, path)

    @staticmethod
    def _nearest(places: Mapping[Path, Location], path: Path) -> Location:
        holders = (path[:length] for length in range(len(path), 0, -1))
        return next((places[one] for one in holders if one in places), Location(FILE, 1, 1))


def _places(node: Node, path: Path) -> Iterator[tuple[Path, Location, Location]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            here = Location(FILE, node.key_lines[key], node.key_columns[key])
            empty = child.value is None
            yield (*path, key), here, here if empty else Location(FILE, child.line, child.column)
            yield from _places(child, (*path, key))
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            here = Location(FILE, child.line, child.column)
            yield (*path, str(number)), here, here
            yield from _places(child, (*path, str(number)))


def problem(code: str, message: Text, hint: Text, place: Location) -> Problem:
    """Make an error at a place."""
    return Problem(code, Severity.ERROR, message, hint, place)


def translated(
    errors: Sequence[ErrorDetails], places: Places, overrides: Sequence[Override]
) -> list[Problem]:
    """All errors in our words; a key that is only misspelt is not also called missing."""
    unknown = {_path(error): error for error in errors if error["type"] == "extra_forbidden"}
    meant = {(*path[:-1], near) for path in unknown if (near := _near(path))}
    return [
        _translated(error, places, overrides)
        for error in errors
        if not (error["type"] == "missing" and _path(error) in meant)
    ]


def _path(error: ErrorDetails) -> Path:
    """The keys of a place; pydantic's own marks (`[key]`, the branch of a union) are left out."""
    parts = (str(part) for part in error["loc"])
    return tuple(part for part in parts if part != "[key]" and not part.startswith(("list[", "literal[")))


def _translated(error: ErrorDetails, places: Places, overrides: Sequence[Override]) -> Problem:
    path = _path(error)
    outside = next((one for one in overrides if path and _is_about(path, one)), None)
    if outside is not None:
        error = {**error, "input": error["input"] and _MASK}
    code, message, hint = _sentences(error, path)
    by_key = error["type"] in {"extra_forbidden", "missing"} or "[key]" in error["loc"]
    place = places.key(path) if by_key else places.value(path)
    if outside is not None:
        message = say("{message} Värdet kommer från {origin}.", message=message, origin=outside.origin)
        place = Location(FILE)
    return problem(code, message, hint, place)


def _is_about(path: Path, override: Override) -> bool:
    """Whether a path leads to a value from outside, to what holds it, or to a word of it."""
    if path[-1].isdecimal() and path[:-1] == override.path:
        return True
    return override.path[: len(path)] == path


def _sentences(error: ErrorDetails, path: Path) -> tuple[str, Text, Text]:
    """Code, message and hint."""
    if error["type"] == "comms":
        context = error["ctx"]
        return "K103", context["message"], context["hint"]
    if error["type"] == "extra_forbidden":
        near = _near(path)
        hint = say("Menade du ”{near}”?", near=near) if near else say("Ta bort den.")
        return "K102", say("Nyckeln ”{key}” finns inte.", key=".".join(path)), hint
    if error["type"] == "missing":
        return "K102", say("Nyckeln ”{key}” saknas.", key=".".join(path)), say("Lägg till den.")
    return "K103", *_wrong_value(error, path)


def _wrong_value(error: ErrorDetails, path: Path) -> tuple[Text, Text]:
    kind, key, value = error["type"], ".".join(path), _shown(error["input"])
    context = error.get("ctx", {})
    if error["input"] is None:
        hint = say("Skriv ett värde, eller ta bort raden. Ett värde som börjar med # behöver citattecken.")
        return say("”{key}” saknar värde.", key=key), hint
    if kind in {"literal_error", "enum"}:
        known = _choices(str(context["expected"]))
        return say("”{value}” går inte i ”{key}”.", value=value, key=key), say(
            "Välj bland: {known}.", known=known
        )
    if kind in {"too_short", "string_too_short"}:
        hint = say("Ange minst ett värde.") if kind == "too_short" else _EXPECTED["string"]
        return say("”{key}” är tom.", key=key), hint
    if kind == "greater_than_equal":
        message = say("”{key}” är för litet: {value}.", key=key, value=value)
        return message, say("Skriv {least} eller mer.", least=context["ge"])
    if kind == "less_than_equal":
        message = say("”{key}” är för stort: {value}.", key=key, value=value)
        return message, say("Skriv högst {most}.", most=context["le"])
    return say("Värdet i ”{key}” är fel: {value}.", key=key, value=value), _EXPECTED[kind.partition("_")[0]]


_MASK = "…"
_EXPECTED = {
    "int": say("Skriv ett helt tal."),
    "bool": say("Skriv true eller false."),
    "list": say("Skriv en lista som [a, b]."),
    "string": say("Skriv en text."),
    "model": say("Skriv ”nyckel: värde” på indragna rader."),
    "dict": say("Skriv ”nyckel: värde” på indragna rader."),
}


def _choices(expected: str) -> str:
    words = expected.replace(" or ", ", ").replace("'", "").split(", ")
    return ", ".join(word for word in words if word)


def _shown(value: object) -> object:
    """The value as far as it is short. A secret is a text, and no text is wrong for a secret."""
    if isinstance(value, list):
        return say("en lista")
    if isinstance(value, dict):
        return say("nycklar med värden")
    return str(value)[:60]


def _near(path: Path) -> str:
    """The known key that an unknown one is most like, or nothing."""
    return next(iter(difflib.get_close_matches(path[-1], _keys(path), n=1)), "")


_MODELS: dict[str, type[BaseModel]] = {
    "workspace": schema.Workspace,
    "officer": schema.Officer,
    "sender": schema.Sender,
    "bounces": schema.Bounces,
    "dkim": schema.DkimKey,
    "brand": schema.Brand,
    "channels": schema.Channel,
    "newsletters": schema.Newsletter,
}
_INNER: dict[str, type[BaseModel]] = {"quiet": schema.Quiet, "backups": schema.Relay}


def _keys(path: Path) -> list[str]:
    """Which keys were possible where an unknown one stood: `a`, `a.key`, `a.NAME.key`, `a.NAME.b.key`."""
    if len(path) == 1:
        return list(schema.CommsYaml.model_fields)
    inner = _INNER.get(path[2]) if path[3:] else None
    if path[:2] == ("brand", "dark"):
        inner = schema.Dark
    return list((inner or _MODELS[path[0]]).model_fields)
