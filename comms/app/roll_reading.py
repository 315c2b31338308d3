"""A file of addresses -> whom the office wants to take in, with every row that cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from functools import partial
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from comms.app.roll import Roll, Wanted, Wish
from comms.errors import ContentError, Text, UsageError, say
from comms.model.audience import WHOLE_AREA, WHOLE_AREA_KEY, address_key
from comms.model.issue import Newsletter
from comms.model.office import Office
from comms.model.subscriber import Choices
from comms.text.csv_in import Row, columns, encoding_of, plain, rows, values
from comms.text.signup_address import read_address

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "e-post", "e-postadress", "adress", "mejl", "mejladress", "mail", "mailadress", "email",
        "email address", "address",
    ),
    "newsletters": ("nyhetsbrev", "newsletter", "newsletters", "brev"),
    "audience": ("målgrupp", "audience"),
    "municipality": ("kommun", "municipality"),
    "focus": ("insatsområden", "insatsområde", "focus", "fokus"),
    "source": ("källa", "source"),
    "consented": ("samtyckt", "samtycke", "samtyckesdatum", "datum", "date", "consented"),
}  # fmt: skip
"""What each field's column may be called; the first is what we call it ourselves."""

WHOLE = "hela området"
"""How the whole area is written in a file."""

Progress = Callable[[int, int], None]
"""Is told how much is done of how much."""

_TELL_EVERY = 1000
_LARGEST = 100_000_000
_CHUNK = 1 << 16
_SAMPLES = 4
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[ T]\d\d?[:.].*)?")


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for the whole file where a row says nothing.

    `source`: where the consents are. `consented`: the day of them, or the name of its column.
    """

    source: str = ""
    consented: str = ""
    newsletters: tuple[str, ...] = ()
    audience: str = ""
    municipality: str = ""


def read_roll(
    office: Office, file: Path, given: Given, today: date, progress: Progress = lambda _done, _of: None
) -> Roll:
    """Read a file; `progress` is told how many bytes have been read of how many.

    Raises `UsageError` for a file that cannot be opened and for defaults that mean nothing or are missing,
    `ContentError` for a file that is no table of addresses.
    """
    try:
        size = file.stat().st_size
        if size > _LARGEST:
            raise UsageError(say("{file} är för stor för att läsas på en gång. Dela upp den.", file=file))
        with file.open("rb") as raw:
            encoding = encoding_of(iter(partial(raw.read, _CHUNK), b""))
        with file.open("rb") as raw:
            text = TextIOWrapper(raw, encoding=encoding, newline="")
            return _read(office, given, today, Roll(encoding), _counting(text, raw, size, progress))
    except OSError as error:
        raise UsageError(
            say("{file} går inte att läsa: {why}.", file=file, why=error.strerror or error)
        ) from error


def _counting(text: TextIO, raw: BinaryIO, size: int, progress: Progress) -> Iterator[str]:
    for number, line in enumerate(text):
        if not number % _TELL_EVERY:
            progress(raw.tell(), size)
        yield line


def _read(office: Office, given: Given, today: date, roll: Roll, lines: Iterable[str]) -> Roll:
    table = rows(lines)
    first = next(table, None)
    if first is None:
        raise ContentError(say("Filen är tom."))
    places = _heads(roll, first, given)
    meaning = _Meaning(office, given, places, today)
    known = {address_key(one.address) for one in office.audiences.recipients}
    for row in table if roll.has_heads else chain([first], table):
        _sample(roll, row.cells)
        found = meaning.of(roll, row)
        if found is not None:
            _add(roll, found)
            if found.key in known and found.address not in roll.offices:
                roll.offices.append(found.address)
    return roll


def _heads(roll: Roll, first: Row, given: Given) -> dict[str, int]:
    """Where each field's column is. Without heads the addresses alone are read: all else would be a guess."""
    names: dict[str, Sequence[str]] = dict(COLUMNS)
    own = given.consented if given.consented and _day(given.consented) is None else ""
    if own:
        names["consented"] = (own,)
    address = next((number for number, cell in enumerate(first.cells) if "@" in cell), None)
    if address is not None:
        roll.has_heads = False
        roll.ignored += [cell for cell in first.cells if cell and "@" not in cell]
        places: dict[str, int] = {"address": address}
    else:
        places, roll.ignored = columns(first.cells, names)
        _sample(roll, first.cells)
    if "address" not in places:
        raise ContentError(
            say(
                "Hittar ingen kolumn med adresser. Kalla den e-post. Rad {line} är: {cells}",
                line=first.line,
                cells=" | ".join(first.cells)[:200],
            )
        )
    if own and "consented" not in places:
        raise UsageError(say("”{value}” är varken ett datum eller en kolumn i filen.", value=own))
    return places


def _sample(roll: Roll, cells: Sequence[str]) -> None:
    if len(roll.samples) < _SAMPLES:
        strange = (cell for cell in cells if not cell.isascii() and cell not in roll.samples)
        roll.samples += list(strange)[: _SAMPLES - len(roll.samples)]


def _add(roll: Roll, found: Wanted) -> None:
    """Remember an address; one that stands on several lines gets the newsletters of all of them."""
    before = roll.wanted.get(found.key)
    if before is None:
        roll.wanted[found.key] = found
        return
    old, new = before.wish.choices, found.wish.choices
    if (old.audience, old.municipality) != (new.audience, new.municipality):
        roll.refuse(
            found.line,
            say("{address} står på rad {line} med annat.", address=found.address, line=before.line),
            say("Låt den ena raden vara kvar."),
        )
        return
    roll.doubles.append((found.line, before.line))
    # No focus area is all of them.
    focus = tuple(dict.fromkeys((*old.focus, *new.focus))) if old.focus and new.focus else ()
    newsletters = tuple(dict.fromkeys((*old.newsletters, *new.newsletters)))
    both = Choices(newsletters, old.audience, old.municipality, focus)
    if both != old:
        roll.wanted[found.key] = before._replace(wish=Wish(both, before.wish.said | found.wish.said))


class _Wrong(Exception):
    """A row that cannot be used: what is wrong, what to do."""

    def __init__(self, message: Text, hint: Text) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint


class _Meaning:
    """What cells mean at an office; what rows have in common is made once."""

    def __init__(self, office: Office, given: Given, places: Mapping[str, int], today: date) -> None:
        """Raises `UsageError` for defaults that mean nothing, or are missing."""
        self._office, self._places, self._today = office, places, today
        self._known = _known(office)
        self._newsletters = tuple(self._option("newsletters", one) for one in given.newsletters)
        self._audience = self._option("audience", given.audience) if given.audience else ""
        self._municipality = (
            self._option("municipality", given.municipality) if given.municipality else WHOLE_AREA
        )
        self._source = given.source.strip()
        self._day = _day(given.consented)
        self._wishes: dict[tuple[str, ...], Wish] = {}
        self._days: dict[str, date] = {}
        self._sources: dict[str, str] = {}
        self._see_that_nothing_is_missing()

    def of(self, roll: Roll, row: Row) -> Wanted | None:
        """Whom a row names; None, and remembered in `roll`, for one that cannot be used."""
        if row.fault is not None:
            roll.refuse(row.line, row.fault, say("Rätta raden i kalkylprogrammet och spara om filen."))
            return None
        try:
            address = _address(self._cell(row, "address"))
            key = address_key(address)
            return Wanted(
                row.line,
                address,
                key,
                self._wish(row),
                self._source_of(row),
                self._consented_on(row),
            )
        except _Wrong as wrong:
            roll.refuse(row.line, wrong.message, wrong.hint)
            return None

    def _option(self, field_name: str, word: str) -> str:
        found = self._known[field_name].get(plain(word))
        if found is None:
            raise UsageError(
                say(
                    "”{value}” finns inte. Välj bland: {known}",
                    value=word,
                    known=", ".join(_names(self._known[field_name])),
                )
            )
        return found

    def _see_that_nothing_is_missing(self) -> None:
        if not self._newsletters and len(self._office.settings.newsletters) == 1:
            self._newsletters = tuple(self._office.settings.newsletters)
        audiences = {one for letter in self._office.settings.newsletters.values() for one in letter.audiences}
        if not self._audience and len(audiences) == 1:
            (self._audience,) = audiences
        for name, there, known, option in (
            ("newsletters", self._newsletters, self._office.settings.newsletters, "--newsletter"),
            ("audience", self._audience, audiences, "--audience"),
            ("source", self._source, (), "--source"),
            ("consented", self._day, (), "--consented"),
        ):
            if not there and name not in self._places:
                raise UsageError(_missing(COLUMNS[name][0], option, sorted(known)))

    def _cell(self, row: Row, name: str) -> str:
        place = self._places.get(name, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def _wish(self, row: Row) -> Wish:
        cells = tuple(self._cell(row, name) for name in ("newsletters", "audience", "municipality", "focus"))
        found = self._wishes.get(cells)
        if found is None:
            found = self._wishes[cells] = self._made(*cells)
        return found

    def _made(self, newsletters: str, audience: str, municipality: str, focus: str) -> Wish:
        said = frozenset(
            name
            for name, cell in (("audience", audience), ("municipality", municipality), ("focus", focus))
            if cell
        )
        letters = self._several("newsletters", newsletters) or self._newsletters
        if not letters:
            raise _Wrong(say("Nyhetsbrev saknas."), say("Fyll i det, eller ange det med --newsletter."))
        group = self._one("audience", audience) or self._audience
        if not group:
            raise _Wrong(say("Målgrupp saknas."), say("Fyll i den, eller ange den med --audience."))
        place = self._one("municipality", municipality) if municipality else self._municipality
        _refuse_without_edition(self._office, letters, group, place)
        return Wish(Choices(letters, group, place, self._several("focus", focus)), said)

    def _several(self, name: str, cell: str) -> tuple[str, ...]:
        """What a cell means, in the office's own order."""
        found, strange = values(cell, self._known[name])
        if strange:
            raise _Wrong(
                say("{column} ”{value}” finns inte.", column=_title(name), value=", ".join(strange)[:100]),
                say("Välj bland: {known}", known=", ".join(_names(self._known[name]))),
            )
        order = list(dict.fromkeys(self._known[name].values()))
        return tuple(sorted(found, key=order.index))

    def _one(self, name: str, cell: str) -> str:
        found = self._several(name, cell)
        if len(found) > 1:
            raise _Wrong(
                say("{column} kan bara vara en.", column=_title(name)),
                say("Välj en av dem som står i rutan: {value}", value=cell[:100]),
            )
        return found[0] if found else ""

    def _source_of(self, row: Row) -> str:
        cell = self._cell(row, "source")
        found = self._sources.setdefault(cell, cell) or self._source
        if not found:
            raise _Wrong(say("Källa saknas."), say("Fyll i var samtycket finns, eller ange --source."))
        return found

    def _consented_on(self, row: Row) -> date:
        cell = self._cell(row, "consented")
        found = self._days.get(cell) or (_day(cell) if cell else self._day)
        if found is None:
            raise _Wrong(
                say("”{value}” är inget datum.", value=cell[:40])
                if cell
                else say("Dagen för samtycket saknas."),
                say("Skriv dagen så här: 2026-05-31."),
            )
        if found > self._today:
            raise _Wrong(say("{day} har inte varit än.", day=found), say("Skriv dagen då personen sa ja."))
        return self._days.setdefault(cell, found)


def _known(office: Office) -> dict[str, dict[str, str]]:
    """What each word in a cell means: slugs and titles, compared as `plain`. A slug comes before a title."""
    audiences, places, areas = (
        office.audiences.audiences,
        office.audiences.municipalities,
        office.strategy.focus_areas,
    )
    whole = {plain(word): WHOLE_AREA for word in (WHOLE, WHOLE_AREA_KEY, "whole area", "alla")}
    return {
        "newsletters": _words({slug: (one.title,) for slug, one in office.settings.newsletters.items()}),
        "audience": _words({slug: (one.title,) for slug, one in audiences.items()}),
        "municipality": whole
        | _words({slug: (title, f"{title} kommun", f"{title}s kommun") for slug, title in places.items()}),
        "focus": _words({slug: (one.title, one.name) for slug, one in areas.items()}),
    }


def _words(titles: Mapping[str, Sequence[str]]) -> dict[str, str]:
    by_slug = {plain(slug): slug for slug in titles}
    by_title = {plain(title): slug for slug, several in titles.items() for title in several}
    return by_slug | {word: slug for word, slug in by_title.items() if word not in by_slug}


def _names(known: Mapping[str, str]) -> list[str]:
    return [slug or WHOLE for slug in dict.fromkeys(known.values())]


def _title(name: str) -> str:
    return COLUMNS[name][0].capitalize()


def _missing(column: str, option: str, known: Sequence[str]) -> Text:
    text = say("Filen har ingen kolumn {column}. Ange {option}.", column=column, option=option)
    return say("{text} Välj bland: {known}", text=text, known=", ".join(known)) if known else text


def _refuse_without_edition(office: Office, letters: Sequence[str], audience: str, place: str) -> None:
    """Nobody is taken in who would never get anything."""
    if not any(_has_edition(office.settings.newsletters[slug], audience, place) for slug in letters):
        raise _Wrong(
            say(
                "{letters} har ingen utgåva för {audience}, {place}.",
                letters=", ".join(office.settings.newsletters[slug].title for slug in letters),
                audience=office.audiences.audiences[audience].title,
                place=office.audiences.municipalities.get(place, WHOLE),
            ),
            say("Välj en målgrupp och kommun som brevet görs för."),
        )


def _has_edition(letter: Newsletter, audience: str, place: str) -> bool:
    has_own = bool(place) and ("*" in letter.municipalities or place in letter.municipalities)
    return audience in letter.audiences and (has_own or letter.whole_area)


def _address(cell: str) -> str:
    """The address in a cell, as typed; a name before it is left out: nobody's name is kept."""
    meant = cell.removeprefix("mailto:")
    address, fault = read_address(parseaddr(meant)[1] if "<" in meant else meant)
    if not cell:
        raise _Wrong(say("Adressen saknas."), say("Fyll i den, eller ta bort raden."))
    if fault is not None:
        raise _Wrong(say("”{value}” är ingen adress som går att skicka till.", value=cell[:100]), fault)
    return address


def _day(text: str) -> date | None:
    """A day as people and spreadsheets write it, also with a time after it."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
