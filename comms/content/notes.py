"""content/issues/ID.md -> `IssueNotes`: what the officer says of one issue, or an extra letter."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from comms.content.files import error, read_text
from comms.content.items import Known, front_matter, read_body
from comms.content.schema import Fields, suggestion
from comms.errors import Location, Problem, Severity, say
from comms.model.issue import IssueNotes, Newsletter

_NAME = re.compile(r"(?P<newsletter>[a-z0-9-]+)-(?P<date>\d{4}-\d{2}-\d{2})")
_SUBJECT = re.compile("subject")


def load_notes(
    root: Path, path: str, known: Known, newsletters: Mapping[str, Newsletter], items: Collection[str]
) -> tuple[IssueNotes | None, list[Problem]]:
    """Read the notes of one issue; None when they have an error (the issue is then blocked)."""
    name = Path(path).stem
    source, problems = read_text(root, path)
    match = _NAME.fullmatch(name)
    newsletter = match["newsletter"] if match else ""
    if newsletter not in newsletters or not _is_date(match["date"] if match else ""):
        message = say("Filnamnet ”{name}” är inget nummer av ett nyhetsbrev.", name=name)
        hint = say("Döp filen till nyhetsbrev och datum, till exempel kommunbrevet-2026-12-01.md.")
        if match and newsletter not in newsletters:
            hint = suggestion(newsletter, newsletters)
        problems.append(error("C131", message, hint, Location(path)))
    if source is None:
        return None, problems
    fields, body, line = front_matter(source, problems)
    greeting = read_body(source, body, line, known, problems)
    if fields is None:
        return None, problems
    notes = IssueNotes(
        id=name,
        newsletter=newsletter,
        path=path,
        sha256=source.sha256,
        subject=fields.one_line("subject"),
        pin=fields.words("pin", items),
        exclude=fields.words("exclude", items),
        at=fields.moment("at", known.zone),
        corrects=fields.text("corrects"),
        greeting=greeting,
        line=fields.line("at"),
        places=fields.places(_SUBJECT),
    )
    fields.finish()
    problems += _extra_letter_problems(notes, fields, line - 1)
    failed = any(found.severity is Severity.ERROR for found in problems)
    return (None if failed else notes), problems


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _extra_letter_problems(notes: IssueNotes, fields: Fields, last_line: int) -> list[Problem]:
    """What the keys say together; of a key that has a fault of its own, nothing more is said."""
    problems = []
    if notes.at and notes.at.date().isoformat() != notes.id[-10:] and _is_date(notes.id[-10:]):
        message = say("Tiden i ”at” är en annan dag än filnamnet.")
        hint = say("Ändra tiden, eller döp om filen till samma datum.")
        problems.append(error("C132", message, hint, fields.place("at")))
    if notes.at and not notes.pin and (not fields.has("pin") or fields.is_sound("pin", last_line)):
        message = say("Ett extra brev behöver veta vilka nyheter det har.")
        problems.append(error("C132", message, say("Ange dem i ”pin”."), fields.place("at")))
    if notes.corrects and not fields.has("at"):
        message = say("En rättelse är ett extra brev och behöver en tid.")
        hint = say("Lägg till tiden, till exempel ”at: 2026-12-02 09:00”.")
        problems.append(error("C132", message, hint, fields.place("corrects")))
    both = set(notes.pin) & set(notes.exclude)
    if both:
        message = say("”{items}” står både i ”pin” och i ”exclude”.", items=", ".join(sorted(both)))
        problems.append(
            error("C132", message, say("Ta bort den ur en av listorna."), fields.place("exclude"))
        )
    return problems
