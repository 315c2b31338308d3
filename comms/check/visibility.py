"""What the EU asks to be told: Commission Implementing Regulation (EU) 2022/129, Annex III.

http://data.europa.eu/eli/reg_impl/2022/129/oj
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comms.check.reading import Reading, line_of
from comms.check.rule import Finding
from comms.errors import Location, say
from comms.model.item import Item, ItemKind

_WHOLE_AREA = re.compile(
    r"\b(?:alla|de|våra)(?: \w+)? kommuner|\bhela (?:vårt |leader)?området\b", re.IGNORECASE
)
_EU = re.compile(r"\bEU\b|\beuropeiska unionen|\beuropeiska jordbruksfonden|\beuropean union", re.IGNORECASE)


def call_without_facts(reading: Reading) -> Iterator[Finding]:
    """Find calls that lack area, aim, applicants, total sum, first or last day (Annex III, 1.4)."""
    for item in reading.items:
        if item.kind is not ItemKind.CALL:
            continue
        for key, what in _missing(reading, item):
            message = say("Utlysningen säger inte {what}.", what=what)
            hint = say("Fyll i {key}.", key=key)
            if key == "municipalities":
                hint = say("Nämn området eller kommunerna i texten.")
            yield Finding(Location(item.path, line_of(item, key, "call", "kind")), message, hint)


def silent_about_eu(reading: Reading) -> Iterator[Finding]:
    """Find EU-funded projects whose story never names the EU's support (Annex III, 2 a)."""
    for item in reading.items:
        if not item.project or not item.project.eu_funded or _EU.search(reading.text):
            continue
        message = say("Projektet ”{name}” har EU-stöd, men texten nämner inte EU.", name=item.project.name)
        hint = say("Skriv till exempel: Projektet får stöd av EU genom Leader.")
        yield Finding(Location(item.path, line_of(item, "project.eu_funded", "project")), message, hint)


def _missing(reading: Reading, item: Item) -> Iterator[tuple[str, object]]:
    """Which of the facts are not there: front matter key, and what it tells."""
    call = item.call
    if call is None or not call.who:
        yield "call.who", say("vem som kan söka")
    if call is None or not call.objective:
        yield "call.objective", say("vad pengarna är till för")
    if call is None or call.total_sek is None:
        yield "call.total_sek", say("hur mycket pengar som finns")
    if call is None:
        yield "call.opens", say("när den öppnar")
        yield "call.closes", say("när den stänger")
    titles = [place for place in reading.context.places if place]
    named = _WHOLE_AREA.search(reading.text) or any(place in reading.text for place in titles)
    if not named:
        yield "municipalities", say("vilket område den gäller")
