"""suggestions.csv: words that say what an entry of a feed is about; the office's own over those that ship.

A table with semicolons, as terms.csv (comms/content/table.py). The columns are told in docs/floden.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

from comms.content.files import SourceText, error, read_text
from comms.content.schema import suggestion
from comms.content.table import AS_SPREADSHEETS_DO, Rows
from comms.errors import Location, Problem, say
from comms.model.audience import Audiences
from comms.model.strategy import Strategy
from comms.text.feed_suggestions import Keyword

FILE = "suggestions.csv"
"""The office's own words, at the top of the workspace; it need not exist."""

_SHIPPED = Path(__file__).resolve().parent / "words" / FILE
_WORD, _FOCUS, _AUDIENCES, _MUNICIPALITIES = _COLUMNS = (
    "ord",
    "insatsområde",
    "målgrupper",
    "kommuner",
)


def load_suggestions(
    root: Path, strategy: Strategy, audiences: Audiences
) -> tuple[tuple[Keyword, ...], list[Problem]]:
    """The words in force, the office's own first, then shipped ones and the municipalities' names.

    A row of the office's own replaces what ships for its word; with nothing beside the word it silences it.
    Shipped words are about the area that comms was made for: what another office has no name for, they leave
    out.
    """
    known = (strategy.focus_areas, audiences.audiences, audiences.municipalities)
    own, problems = _own(root, *known)
    told = {keyword.word.casefold() for keyword in own}
    shipped = [_within(keyword, *known) for keyword in shipped_keywords()]
    names = [Keyword(name, municipalities=(slug,)) for slug, name in audiences.municipalities.items()]
    rest = [keyword for keyword in (*shipped, *names) if keyword.word.casefold() not in told]
    said = [keyword for keyword in (*own, *rest) if _says_something(keyword)]
    return tuple(said), problems


@cache
def shipped_keywords() -> tuple[Keyword, ...]:
    """The words that ship with comms. Raises `ValueError` when they are damaged, which tests rule out."""
    source, problems = read_text(_SHIPPED.parent, FILE)
    rows = Rows(source, _COLUMNS) if source else None
    found = [keyword for _line, row in rows for keyword in _keywords(row)] if rows else []
    if rows is None or problems or rows.problems:
        raise ValueError(FILE)
    return tuple(found)


def _own(
    root: Path, areas: Collection[str], audiences: Collection[str], municipalities: Collection[str]
) -> tuple[list[Keyword], list[Problem]]:
    if not (root / FILE).exists():
        return [], []
    source, found = read_text(root, FILE)
    problems = [one for one in found if one.code not in AS_SPREADSHEETS_DO]
    if source is None:
        return [], problems
    rows = Rows(source, _COLUMNS)
    keywords: dict[str, Keyword] = {}
    for line, row in rows:
        for column, known in zip(_COLUMNS[1:], (areas, audiences, municipalities), strict=True):
            problems += _unknown(source, line, column, row[column], known)
        keywords |= {
            one.word.casefold(): _within(one, areas, audiences, municipalities) for one in _keywords(row)
        }
    return list(keywords.values()), [*problems, *rows.problems]


def _keywords(row: dict[str, str]) -> list[Keyword]:
    about = Keyword("", row[_FOCUS], _listed(row[_AUDIENCES]), _listed(row[_MUNICIPALITIES]))
    return [replace(about, word=word) for word in _listed(row[_WORD])]


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in cell.split(",") if part.strip())


def _unknown(source: SourceText, line: int, column: str, cell: str, known: Collection[str]) -> list[Problem]:
    """Words that no file knows; with an empty vocabulary, which could not be read, none is called unknown."""
    return [
        error(
            "C115",
            say("”{word}” i kolumnen ”{column}” finns inte.", word=word, column=column),
            suggestion(word, known),
            Location(source.path, line, 1),
        )
        for word in (_listed(cell) if known else ())
        if word not in known
    ]


def _within(
    keyword: Keyword, areas: Collection[str], audiences: Collection[str], municipalities: Collection[str]
) -> Keyword:
    return Keyword(
        keyword.word,
        keyword.focus if keyword.focus in areas else "",
        tuple(slug for slug in keyword.audiences if slug in audiences),
        tuple(slug for slug in keyword.municipalities if slug in municipalities),
    )


def _says_something(keyword: Keyword) -> bool:
    return bool(keyword.focus or keyword.audiences or keyword.municipalities)
