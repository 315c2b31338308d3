"""What the EU asks to be told: Commission Implementing Regulation (EU) 2022/129, Annex III.

http://data.europa.eu/eli/reg_impl/2022/129/oj
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.reading import Reading, line_of
from comms.check.rule import Finding
from comms.errors import Location, Severity, Text, say
from comms.model.item import SCAFFOLD, Item, ItemKind, Project

KRONOR_PER_EURO = 11
"""Rounded from the European Central Bank's rates of 2025. It decides only when we remind: mend it here."""

POSTER_FROM_EURO = 10_000
"""Total public support above which a LEADER operation has a poster (Annex III, 2 e)."""

_WHOLE_AREA = re.compile(
    r"\b(?:alla|de|våra)(?: \w+)? kommuner|\bhela (?:vårt |leader)?området\b", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]{2}")
"""What is no mere sign in place of an answer: "-" and "," say nothing."""

_EU = re.compile(r"\bEU\b|\beuropeiska unionen|\beuropeiska jordbruksfonden|\beuropean union", re.IGNORECASE)


def call_without_facts(reading: Reading) -> Iterator[Finding]:
    """Find calls that lack aim, applicants, total sum, first or last day, or area (Annex III, 1.4).

    The letter prints the area of the front matter: a text that does not name it is only warned about.
    One that is not written yet (C521) is not read.
    """
    for item in reading.items:
        if item.kind is not ItemKind.CALL or SCAFFOLD in reading.text:
            continue
        for key, what in _missing(item):
            message = say("Utlysningen säger inte {what}.", what=what)
            place = Location(item.path, line_of(item, key, "call", "kind"))
            yield Finding(place, message, say("Fyll i {key}.", key=key))
        if not _names_area(reading):
            message = say("Utlysningen säger inte {what}.", what=say("vilket område den gäller"))
            hint = say("Nämn området eller kommunerna i texten.")
            place = Location(item.path, line_of(item, "municipalities", "call", "kind"))
            yield Finding(place, message, hint, Severity.WARNING)


def silent_about_eu(reading: Reading) -> Iterator[Finding]:
    """Find EU-funded projects whose story never names the EU's support (Annex III, 2 a)."""
    for item in reading.items:
        if (
            not item.project
            or not item.project.eu_funded
            or "EU-" in reading.text
            or _EU.search(reading.text)
        ):
            continue
        message = say("Projektet ”{name}” har EU-stöd, men texten nämner inte EU.", name=item.project.name)
        hint = say("Skriv till exempel: Projektet får stöd av EU genom Leader.")
        yield Finding(Location(item.path, line_of(item, "project.eu_funded", "project")), message, hint)


def project_without_facts(reading: Reading) -> Iterator[Finding]:
    """Find EU-funded projects whose facts lack aim, support, applicant or period (Annex III, 2 a).

    Most texts tell the aim in their own words, which no rule can see: its absence is only noted.
    """
    for item in reading.items:
        project = item.project
        lacking = list(_lacking(project)) if project and project.eu_funded else []
        for key, what in lacking:
            message = say("Projektet säger inte {what}.", what=what)
            place = Location(item.path, line_of(item, f"project.{key}", "project"))
            severity = Severity.NOTICE if key == "aim" else None
            yield Finding(place, message, say("Fyll i {key}.", key=f"project.{key}"), severity)


def poster_not_up(reading: Reading) -> Iterator[Finding]:
    """Find EU-funded projects above the threshold that do not say that the poster is up (Annex III, 2 e)."""
    for item in reading.items:
        project = item.project
        if not project or not project.eu_funded or project.poster:
            continue
        if (project.support_sek or 0) > POSTER_FROM_EURO * KRONOR_PER_EURO:
            message = say("Projektet ”{name}” ska ha en affisch om EU-stödet.", name=project.name)
            hint = say(
                "Påminn {applicant}: minst A3 eller en skärm, där allmänheten ser den. "
                "Skriv poster: ja när den sitter uppe.",
                applicant=project.applicant or say("den som driver projektet"),
            )
            place = Location(item.path, line_of(item, "project.poster", "project.support_sek", "project"))
            yield Finding(place, message, hint)


def _lacking(project: Project) -> Iterator[tuple[str, Text]]:
    """Which facts of a project are not there: key, and what it tells."""
    told = (
        ("applicant", project.applicant, say("vem som driver det")),
        ("support_sek", project.support_sek, say("hur stort stödet är")),
        ("period", project.period, say("när det pågår")),
        ("aim", project.aim, say("vilket mål det har")),
    )
    return ((key, what) for key, value, what in told if not value)


def _missing(item: Item) -> Iterator[tuple[str, Text]]:
    """Which facts of a call are not there: front matter key, and what it tells."""
    call = item.call
    told = (
        ("call.who", call and _LETTERS.search(call.who), say("vem som kan söka")),
        ("call.objective", call and _LETTERS.search(call.objective), say("vad pengarna är till för")),
        ("call.total_sek", call and call.total_sek, say("hur mycket pengar som finns")),
        ("call.opens", call, say("när den öppnar")),
        ("call.closes", call, say("när den stänger")),
    )
    return ((key, what) for key, value, what in told if not value)


def _names_area(reading: Reading) -> bool:
    """Whether the text names the area, its whole or a part of it; only Swedish is judged."""
    places = (place for place in reading.context.places if place)
    return (
        reading.language != "sv"
        or bool(_WHOLE_AREA.search(reading.text))
        or any(place in reading.text for place in places)
    )
