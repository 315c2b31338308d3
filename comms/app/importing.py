"""`comms subscribers import`: consents that exist on paper or in another system, taken in all or not at all.

A no always wins, also one that only its keyed hash remembers. Nothing that a person has ends, and what a
person has chosen here stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from enum import StrEnum
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from comms.app.hashed import erased_keys
from comms.app.roll import Roll, Wanted
from comms.app.roll_reading import Progress
from comms.errors import ConfigError, say
from comms.model.office import Office
from comms.model.settings import Secret
from comms.model.subscriber import ALL_NEWSLETTERS, Choices, Consent, ConsentKind
from comms.store import Store
from comms.store.rolls import NOWHERE, PAGE, Standing, Taken

NAMED = 20
"""Rows of each kind that a difference names; the rest are counted."""


class Fate(StrEnum):
    """What becomes of an address in the file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an address. `added`: newsletters. `changed`: fields. `refused`: newsletters with a no.

    `kept`: fields where the person's own choice stands against the file's.
    """

    fate: Fate
    choices: Choices
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass
class Difference:
    """What taking a roll in would do. `named`: the first of each fate with their outcome."""

    fates: Counter[Fate] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    named: dict[Fate, list[tuple[Wanted, Outcome]]] = field(default_factory=dict)

    def add(self, wanted: Wanted, outcome: Outcome) -> None:
        """Count one."""
        self.fates[outcome.fate] += 1
        self.added.update(outcome.added)
        self.changed.update(outcome.changed)
        self.refused.update(outcome.refused)
        self.kept += bool(outcome.kept)
        named = self.named.setdefault(outcome.fate, [])
        if len(named) < NAMED:
            named.append((wanted, outcome))

    @property
    def does_something(self) -> bool:
        """Whether anything would be written."""
        return bool(self.fates[Fate.NEW] or self.fates[Fate.CHANGED])


@dataclass(frozen=True, slots=True)
class Witness:
    """Who takes the roll in, from which file."""

    by: str
    file: str


def decide(wanted: Wanted, standing: Standing, order: Sequence[str]) -> Outcome:
    """What becomes of an address where it stands. `order`: of the newsletters in comms.yaml."""
    wish, has = wanted.wish, standing.choices
    stopped = ALL_NEWSLETTERS in standing.noes
    refused = tuple(
        one for one in wish.choices.newsletters if stopped or one in standing.noes or one in standing.ended
    )
    wished = [one for one in wish.choices.newsletters if one not in refused]
    if not wished:
        return Outcome(Fate.NO, has or wish.choices, refused=refused)
    if has is None:
        choices = replace(wish.choices, newsletters=tuple(wished))
        return Outcome(Fate.NEW, choices, choices.newsletters, refused=refused)
    differs = tuple(sorted(one for one in wish.said if getattr(wish.choices, one) != getattr(has, one)))
    changed, kept = ((), differs) if standing.has_chosen else (differs, ())
    added = tuple(one for one in wished if one not in has.newsletters)
    all_of_them = sorted({*has.newsletters, *added}, key=partial(_place, order))
    choices = replace(
        has, newsletters=tuple(all_of_them), **{one: getattr(wish.choices, one) for one in changed}
    )
    fate = Fate.CHANGED if added or changed else Fate.UNCHANGED
    return Outcome(fate, choices, added, changed, refused, kept)


def _place(order: Sequence[str], newsletter: str) -> tuple[int, str]:
    """Newsletters that comms.yaml has no longer come last."""
    return (order.index(newsletter) if newsletter in order else len(order)), newsletter


def compare(
    office: Office, store: Store, roll: Roll, progress: Progress = lambda _done, _of: None
) -> Difference:
    """What taking the roll in would do; nothing is written.

    Raises `ConfigError` when there are erased addresses and no key to know them by.
    """
    found = Difference()
    decided = _Deciding(office, store.rolls.erased())
    for done, piece in _pieces(roll):
        standings = store.rolls.standings(decided.keys(piece))
        for one in piece:
            found.add(one, decided.of(one, standings))
        progress(done, len(roll.wanted))
    return found


def take_in(
    office: Office,
    store: Store,
    roll: Roll,
    witness: Witness,
    now: datetime,
    progress: Progress = lambda _done, _of: None,
) -> Difference:
    """Take the roll in, all or nothing, and keep evidence of each that is new or changed; what was done.

    Where each stands, and who is erased, is asked in the same transaction: a no that came meanwhile wins.
    Raises as `compare`.
    """
    done = Difference()
    zone = ZoneInfo(office.settings.timezone)

    def taken(decided: _Deciding, piece: Sequence[Wanted], standings: Mapping[str, Standing]) -> list[Taken]:
        found = []
        for one in piece:
            outcome = decided.of(one, standings)
            done.add(one, outcome)
            if outcome.fate in (Fate.NEW, Fate.CHANGED):
                found.append(_taken(one, outcome, witness, now, zone))
        return found

    def pieces(
        erased: frozenset[str],
    ) -> Iterator[tuple[list[str], Callable[[Mapping[str, Standing]], Sequence[Taken]]]]:
        decided = _Deciding(office, erased)
        for count, piece in _pieces(roll):
            yield decided.keys(piece), partial(taken, decided, piece)
            progress(count, len(roll.wanted))

    store.rolls.take_in(pieces, now)
    return done


def _pieces(roll: Roll) -> Iterator[tuple[int, list[Wanted]]]:
    """The addresses in pieces, each with how many there are up to its end."""
    source, done = iter(roll.wanted.values()), 0
    while piece := list(islice(source, PAGE)):
        done += len(piece)
        yield done, piece


def _taken(one: Wanted, outcome: Outcome, witness: Witness, now: datetime, zone: ZoneInfo) -> Taken:
    consent = Consent(
        ConsentKind.IMPORTED,
        outcome.choices,
        datetime.combine(one.consented_on, time(0), zone).astimezone(UTC),
        f"{one.source} (import {witness.file} {now.astimezone(zone):%Y-%m-%d})",
        by=witness.by,
    )
    return Taken(one.address, one.key, outcome.choices, outcome.added, consent)


class _Deciding:
    """Decides of one address after another; erased ones that said no are known by their keyed hashes."""

    def __init__(self, office: Office, erased: frozenset[str]) -> None:
        """Raises `ConfigError` when there are erased addresses and no key."""
        self._order = list(office.settings.newsletters)
        self._erased = erased
        self._ring: tuple[Secret, ...] = office.settings.web.keys if office.settings.web else ()
        if self._erased and not self._ring:
            raise ConfigError(
                say(
                    "Det finns raderade adresser som har sagt nej, men ingen nyckel att känna igen dem med. "
                    "Sätt {name} som förut.",
                    name="COMMS_WEB__KEYS",
                )
            )

    def keys(self, piece: Sequence[Wanted]) -> list[str]:
        """All that the database may know these addresses by."""
        return [*(one.key for one in piece), *(hashed for one in piece for hashed in self._hashes(one.key))]

    def of(self, one: Wanted, standings: Mapping[str, Standing]) -> Outcome:
        """What becomes of an address, after every no that it has ever said."""
        standing = standings.get(one.key, NOWHERE)
        for hashed in self._hashes(one.key):
            standing = replace(standing, noes=standing.noes | standings.get(hashed, NOWHERE).noes)
        return decide(one, standing, self._order)

    def _hashes(self, key: str) -> list[str]:
        """What an erased address is remembered as; nobody who was never erased has any."""
        if not self._erased:
            return []
        return [one for one in erased_keys(key, self._ring) if one in self._erased]
