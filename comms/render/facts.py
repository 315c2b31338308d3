"""What an item tells in figures and names, and its event for a calendar: for pages and kits alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from comms.errors import say
from comms.model.item import Call, Event, Item, Project
from comms.model.settings import Settings
from comms.render.addresses import item_path, url
from comms.render.calendar import CalendarEvent
from comms.render.markup import is_safe_link
from comms.render.wording import clock, kronor, listed, spoken_date, weekday_and_date

WHOLE_AREA = say("Hela området")


class Fact(NamedTuple):
    """A fact of a call, project or event; `href` when it can be followed."""

    name: str
    value: str
    href: str = ""


def facts_of(item: Item, settings: Settings, municipalities: Mapping[str, str]) -> tuple[Fact, ...]:
    """What is asked first of an event, a call or a project; `municipalities`: their names by slug."""
    places = listed([municipalities.get(slug, slug) for slug in item.municipalities])
    found = (
        *_event_facts(local_event(item, settings)),
        *_call_facts(item.call, places or str(WHOLE_AREA)),
        *_project_facts(item.project, settings),
    )
    return tuple(fact for fact in found if fact.value)


def _event_facts(event: Event | None) -> Iterator[Fact]:
    if event is None:
        return
    day = f"{weekday_and_date(event.start.date())} {event.start.year} {clock(event.start, event.end)}"
    yield Fact(str(say("När")), day)
    yield Fact(str(say("Var")), event.place)
    if is_safe_link(event.online):
        yield Fact(str(say("På webben")), str(say("Var med på webben")), event.online)
    yield Fact(str(say("Tillgänglighet")), event.access)


def _call_facts(call: Call | None, places: str) -> Iterator[Fact]:
    if call is None:
        return
    yield Fact(str(say("Ansökan öppnar")), spoken_date(call.opens))
    yield Fact(str(say("Sista dag att ansöka")), spoken_date(call.closes))
    yield Fact(str(say("Att fördela")), kronor(call.total_sek) if call.total_sek else "")
    yield Fact(str(say("Vem kan söka")), call.who)
    yield Fact(str(say("Till vad")), call.objective)
    yield Fact(str(say("Gäller")), places)  # not "Var": an item may have a place to come to as well


def _project_facts(project: Project | None, settings: Settings) -> Iterator[Fact]:
    if project is None:
        return
    yield Fact(str(say("Projekt")), project.name)
    yield Fact(str(say("Sökande")), project.applicant)
    yield Fact(str(say("Mål")), project.aim)
    yield Fact(str(say("Stöd")), kronor(project.support_sek) if project.support_sek else "")
    yield Fact(str(say("Tid")), project.period)
    yield Fact(str(say("EU-stöd")), settings.eu_statement if project.eu_funded else "")


def local_event(item: Item, settings: Settings) -> Event | None:
    """An item's event in the times of the area's own clocks."""
    event, zone = item.event, ZoneInfo(settings.timezone)
    if event is None:
        return None
    end = event.end.astimezone(zone) if event.end else None
    return replace(event, start=event.start.astimezone(zone), end=end)


def calendar_event(
    item: Item, settings: Settings, *, text: str, published_at: datetime
) -> CalendarEvent | None:
    """An item's event as calendars have it, None without one; `text` says what it is about."""
    event = item.event
    if event is None:
        return None
    page = url(settings, item_path(item.slug))
    access = str(say("Tillgänglighet: {access}", access=event.access)) if event.access else ""
    return CalendarEvent(
        uid=f"{item.slug}@{urlsplit(page).hostname}",
        title=item.title,
        start=event.start,
        end=event.end,
        place=event.place,
        description="\n\n".join(filter(None, (text, access))),
        url=page,
        stamped_at=published_at,
        online=event.online if is_safe_link(event.online) else "",
    )
