"""Mail clients: caniemail's table, as it ships, and what people have looked at and found fine.

The organisation's own rows stand in templates/mail_clients_reviewed.csv, beside the templates that they are
about; they come on top of those that ship. The columns are told in docs/epostprogram.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from comms.content.files import SourceText, read_text
from comms.content.schema import suggestion
from comms.content.table import AS_SPREADSHEETS_DO, Rows
from comms.errors import Problem, say
from comms.model.mail_client import ClientTable, Feature

FILE = "templates/mail_clients_reviewed.csv"
"""The organisation's own rows, in the workspace; it need not exist."""

CLIENTS: Mapping[str, str] = {
    "gmail": "Gmail",
    "outlook-windows": "Outlook för Windows (klassiskt)",
    "outlook-web": "nya Outlook och Outlook på webben",
    "outlook-mobile": "Outlook i mobilen",
    "outlook-macos": "Outlook för Mac",
    "apple-mail": "Apple Mail",
    "samsung": "Samsung Email",
    "thunderbird": "Thunderbird",
    "yahoo": "Yahoo Mail",
}
"""The clients that readers at a municipality and at home use, by slug."""

_SHIPPED = Path(__file__).resolve().parent / "clients"
_FEATURES = ("slug", "title", "pattern", "without", "partly", "source")
_REVIEWED = ("client", "feature", "why", "reviewed_on")
_DATED = re.compile(r"# (\d{4}-\d\d-\d\d)")

Reviewed = dict[tuple[str, str], str]
"""(client, feature) -> why it is fine."""


@cache
def shipped_clients() -> ClientTable:
    """The table that ships with comms. Raises `ValueError` when it is damaged, which tests rule out."""
    source = _shipped("mail_clients.csv")
    rows = Rows(source, _FEATURES)
    features = tuple(
        Feature(
            slug=row["slug"],
            title=row["title"],
            pattern=row["pattern"],
            without=frozenset(row["without"].split()),
            partly=frozenset(row["partly"].split()),
            source=row["source"],
        )
        for _line, row in rows
    )
    dated = _DATED.match(source.text)
    table = ClientTable(features, CLIENTS, {}, date.fromisoformat(dated[1]) if dated else date.min)
    reviewed, problems = read_reviewed(_shipped("mail_clients_reviewed.csv"), table)
    if [*rows.problems, *problems]:
        raise ValueError(str([*rows.problems, *problems][0]))
    return replace(table, reviewed=reviewed)


def load_clients(root: Path) -> tuple[ClientTable, list[Problem]]:
    """The table with the organisation's own rows over those that ship, and what is wrong in them."""
    table = shipped_clients()
    if not (root / FILE).exists():
        return table, []
    source, problems = read_text(root, FILE)
    problems = [one for one in problems if one.code not in AS_SPREADSHEETS_DO]
    if source is None:
        return table, problems
    own, found = read_reviewed(source, table)
    return replace(table, reviewed={**table.reviewed, **own}), problems + found


def read_reviewed(source: SourceText, table: ClientTable) -> tuple[Reviewed, list[Problem]]:
    """Read rows that a person has written. One row may name several clients, with blanks between."""
    rows = Rows(source, _REVIEWED)
    slugs = [feature.slug for feature in table.features]
    reviewed: Reviewed = {}
    for line, row in rows:
        clients = row["client"].split()
        known = [_is_known(rows, line, "client", client, table.clients) for client in clients]
        known.append(_is_known(rows, line, "feature", row["feature"], slugs))
        if not all(known) or not _is_whole(rows, line, row):
            continue
        reviewed |= {(client, row["feature"]): row["why"] for client in clients}
    return reviewed, rows.problems


def _is_known(rows: Rows, line: int, column: str, value: str, known: Collection[str]) -> bool:
    if value in known or not value:
        return True
    message = say("”{value}” går inte att använda i kolumnen {column}.", value=value, column=column)
    rows.fault("C141", line, message, suggestion(value, list(known)))
    return False


def _is_whole(rows: Rows, line: int, row: Mapping[str, str]) -> bool:
    """Whether the row says all that it must, with a day that is one."""
    missing = next((column for column in _REVIEWED if not row[column]), "")
    if missing:
        rows.fault("C143", line, say("Raden saknar {column}.", column=missing), say("Fyll i kolumnen."))
        return False
    try:
        date.fromisoformat(row["reviewed_on"])
    except ValueError:
        message = say("”{value}” är ingen dag.", value=row["reviewed_on"])
        rows.fault("C141", line, message, say("Skriv dagen som 2026-11-25."))
        return False
    return True


def _shipped(name: str) -> SourceText:
    source, problems = read_text(_SHIPPED, name)
    if source is None or problems:
        raise ValueError(name)
    return replace(source, path=f"comms/content/clients/{name}")
