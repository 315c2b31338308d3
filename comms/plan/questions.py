"""The questions that no machine can answer: which an entry is asked, and for what content.

A table in code, as the rules are: a row says when it applies, which a file could not without a language of
its own, and a code stands in the ledger for ever. At most four an item and three an issue, by what the rows
exclude; more would be answered without thought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from comms.errors import say
from comms.model.item import Item, ItemKind
from comms.model.plan import Entry, EntryKind
from comms.model.question import Asked, Question
from comms.model.workspace import Workspace
from comms.text.swap import is_gendered

_TIPS = "http://schyst.se/schyst-kommunikation/start/fler-schysta-tips/"
_WORDS = "http://schyst.se/schyst-kommunikation/start/ord-i-debatten/"
_PHOTOS = "http://schyst.se/schyst-kommunikation/start/dags-for-fotografering/"
_PICTURES = "http://schyst.se/schyst-bibliotek/schyst-kommunikation/bilder-har-ett-eget-sprak/"
_METHOD = "https://regionvarmland.se/schyst/schysta-verktyg/schyst-metoden.printable"


class _OfItem(NamedTuple):
    question: Question
    applies: Callable[[Item], bool]
    content: Callable[[Item], str]


class _OfIssue(NamedTuple):
    question: Question
    applies: Callable[[Sequence[Item]], bool]


def _is_invitation(item: Item) -> bool:
    return item.kind is ItemKind.INVITATION


def _tells_of_people(item: Item) -> bool:
    """Whether there is somebody to think the opposite of."""
    return bool(item.people) or any(is_gendered(text) for text in _texts(item))


def _shows_people(item: Item) -> bool:
    return any(picture.people for picture in item.pictures)


def _texts(item: Item) -> Iterator[str]:
    yield from (item.title, item.summary, *item.leads.values())
    yield from (block.plain() for block in item.body.walk())


def _file(item: Item) -> str:
    return item.sha256


def _file_and_pictures(item: Item) -> str:
    """A picture may be another one under the same name."""
    parts = [item.sha256, *(picture.sha256 for picture in item.pictures)]
    return sha256(" ".join(parts).encode()).hexdigest()


OF_ITEMS: tuple[_OfItem, ...] = (
    _OfItem(
        Question(
            "F101",
            say("Vems perspektiv har nyheten, vem saknas i den, och varför?"),
            "Schyst kommunikation: Ord i debatten",
            _WORDS,
        ),
        lambda item: not _is_invitation(item),
        _file,
    ),
    _OfItem(
        Question(
            "F102",
            say(
                "Tänk tvärtom: hade vi valt samma ord, frågor och bilder om personen haft ett annat kön "
                "eller en annan ställning?"
            ),
            "Schyst kommunikation: Fler schysta tips",
            _TIPS,
        ),
        _tells_of_people,
        _file,
    ),
    _OfItem(
        Question(
            "F103",
            say("Vem och vad visar bilderna, vem visas inte, och vad säger de ihop med rubriken?"),
            "Schyst kommunikation: Dags för fotografering",
            _PHOTOS,
        ),
        lambda item: bool(item.pictures),
        _file_and_pictures,
    ),
    _OfItem(
        Question(
            "F104",
            say("Hur vill de som syns på bilderna bli sedda, och är det så vi visar dem?"),
            "Schyst kommunikation: Dags för fotografering",
            _PHOTOS,
        ),
        _shows_people,
        _file_and_pictures,
    ),
    _OfItem(
        Question(
            "F105",
            say("Vem kan inte komma eller känner sig inte bjuden, och vad gör vi åt det?"),
            "Schyst kommunikation: Fler schysta tips",
            _TIPS,
        ),
        _is_invitation,
        _file,
    ),
)

OF_ISSUES: tuple[_OfIssue, ...] = (
    _OfIssue(
        Question(
            "F201",
            say("Vem syns och hörs i numret som helhet, vem saknas, och varför?"),
            "Schyst bibliotek: Bilder har ett eget språk",
            _PICTURES,
        ),
        bool,
    ),
    _OfIssue(
        Question(
            "F202",
            say("Vem har tagit och valt bilderna, och vet de vad vi menar med schysta bilder?"),
            "Schyst bibliotek: Bilder har ett eget språk",
            _PICTURES,
        ),
        lambda items: any(item.pictures for item in items),
    ),
    _OfIssue(
        Question(
            "F203",
            say("Vad lärde vi oss av förra numret, och vad gör vi annorlunda nu?"),
            "Schyst-metoden: Se, tänk, gör, lär, peppa",
            _METHOD,
        ),
        bool,
    ),
)


def asked_of(entry: Entry, workspace: Workspace) -> Iterator[Asked]:
    """Every question about an entry: of its items in reading order, then of the issue as a whole."""
    items = [workspace.items[slug] for slug in entry.items if slug in workspace.items]
    for item in items:
        yield from _of_item(item)
    if entry.kind is EntryKind.ISSUE:
        yield from _of_issue(entry, items)


def _of_item(item: Item) -> Iterator[Asked]:
    for row in OF_ITEMS:
        if row.applies(item):
            yield Asked(row.question, item.slug, row.content(item), item.title, item.path, item.summary)


def _of_issue(entry: Entry, items: Sequence[Item]) -> Iterator[Asked]:
    selection = sha256(" ".join(sorted(item.slug for item in items)).encode()).hexdigest()
    gist = "; ".join(item.title for item in items)
    for row in OF_ISSUES:
        if row.applies(items):
            yield Asked(row.question, entry.id, selection, entry.title, entry.id, gist)
