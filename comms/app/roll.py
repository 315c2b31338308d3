"""A roll of addresses that the office wants to take in, kept small: lists of a hundred thousand are usual."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from comms.errors import Text
from comms.model.subscriber import Choices

MOST_BAD = 1000
"""Rows that cannot be used and are remembered one by one; the rest are counted."""

_LINE, _DAY, _WISH = 32, 24, 24
"""Bits of each part of a row when it is packed into one number; the source has the rest."""

Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row asks for. `said`: the fields that the row itself said, and no default. Shared by rows."""

    choices: Choices
    said: frozenset[str]


class Wanted(NamedTuple):
    """An address to take in, with the line that it stands on."""

    line: int
    address: str
    key: str
    wish: Wish
    source: str
    consented_on: date


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: what is wrong and what to do."""

    line: int
    message: Text
    hint: Text


class _Numbered(Generic[Value]):
    """Values that many rows share, each with a number."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}
        self._values: list[Value] = []

    def number(self, value: Value) -> int:
        """The number of a value; the next one when it is new."""
        found = self._numbers.setdefault(value, len(self._values))
        if found == len(self._values):
            self._values.append(value)
        return found

    def value(self, number: int) -> Value:
        """The value with a number."""
        return self._values[number]


class Wants(MutableMapping[str, Wanted]):
    """`Wanted` by address key, in the order of the file.

    A row is one number beside its key: as objects a hundred thousand would take twice the memory.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._rows: dict[str, int] = {}
        self._typed: dict[str, str] = {}
        self._wishes: _Numbered[Wish] = _Numbered()
        self._sources: _Numbered[str] = _Numbered()

    def __setitem__(self, key: str, one: Wanted) -> None:
        """Keep an address."""
        packed = self._sources.number(one.source) << _WISH | self._wishes.number(one.wish)
        self._rows[key] = (packed << _DAY | one.consented_on.toordinal()) << _LINE | one.line
        if one.address != key:
            self._typed[key] = one.address

    def __getitem__(self, key: str) -> Wanted:
        """An address. Raises KeyError."""
        rest, line = divmod(self._rows[key], 1 << _LINE)
        rest, day = divmod(rest, 1 << _DAY)
        source, wish = divmod(rest, 1 << _WISH)
        return Wanted(
            line,
            self._typed.get(key, key),
            key,
            self._wishes.value(wish),
            self._sources.value(source),
            date.fromordinal(day),
        )

    def __delitem__(self, key: str) -> None:
        """Leave an address out. Raises KeyError."""
        del self._rows[key]
        self._typed.pop(key, None)

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many."""
        return len(self._rows)


@dataclass
class Roll:
    """What a file says. `wanted` is by address key.

    `bad_count` may be more than `bad` holds. `doubles`: lines with an address that stood on an earlier one.
    `samples`: cells with å, ä, ö and the like, as they were read. `ignored`: columns that mean nothing here.
    `offices`: addresses that are in audiences.yaml too.
    """

    encoding: str
    wanted: Wants = field(default_factory=Wants)
    bad: list[BadRow] = field(default_factory=list)
    bad_count: int = 0
    doubles: list[tuple[int, int]] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    offices: list[str] = field(default_factory=list)
    has_heads: bool = True

    def refuse(self, line: int, message: Text, hint: Text) -> None:
        """Remember a row that cannot be used."""
        self.bad_count += 1
        if len(self.bad) < MOST_BAD:
            self.bad.append(BadRow(line, message, hint))
