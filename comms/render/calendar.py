"""Events as an iCalendar file, to be opened or subscribed to (RFC 5545, RFC 7986).

Times are written in UTC, without a VTIMEZONE: every program shows them in its reader's own zone. A local
time in the hour that is told twice when clocks go back always means the first (RFC 5545, 3.3.5), and
Outlook has its own opinion of zones that it does not know by a Windows name; for an event that happens
once a zone would add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vText, vUri

from comms.errors import say

PRODID = "-//comms//newsletter and calendar//SV"
DEFAULT_LENGTH = timedelta(hours=1)
"""How long an event is that does not say when it ends: without an end Outlook makes it nought minutes."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"\s*[\t\n]\s*")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something to come to. Times are aware; `uid` is its identity for ever, `url` its own page.

    `stamped_at` is when the item was published or last changed. `online` is where to join on the web.
    `remind`: how long before it begins its reader is told, if at all.
    """

    uid: str
    title: str
    start: datetime
    end: datetime | None
    place: str
    description: str
    url: str
    stamped_at: datetime
    online: str
    remind: timedelta | None = None


def calendar(events: Iterable[CalendarEvent], *, title: str) -> bytes:
    """The events as one file, in their order. Raises `ValueError` for a time without a zone.

    Without an event it is a calendar that programs subscribe to all the same.
    """
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", vText(_line(title)))
    made.add("x-wr-calname", vText(_line(title)))
    for event in events:
        made.add_component(_event(event))
    written: bytes = made.to_ical()
    return written


def _event(event: CalendarEvent) -> Event:
    start = _utc(event.start)
    end = _utc(event.end) if event.end else start
    made = Event()
    made.add("uid", _line(event.uid))
    made.add("dtstamp", _utc(event.stamped_at))
    made.add("dtstart", start)
    made.add("dtend", end if end > start else start + DEFAULT_LENGTH)
    made.add("summary", _line(event.title))
    if event.place or event.online:
        made.add("location", _line(event.place or event.online))
    made.add("description", _description(event))
    if event.url:
        made.add("url", _line(event.url))
    if event.online:
        label = str(say("Var med på webben"))
        made.add(
            "conference", vUri(_line(event.online)), {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label}
        )
    if event.remind is not None:
        made.add_component(_alarm(event.title, event.remind))
    return made


def _alarm(title: str, ahead: timedelta) -> Alarm:
    """What is shown so long before the event (RFC 5545, 3.6.6)."""
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", _line(title))
    made.add("trigger", -ahead)
    return made


def _description(event: CalendarEvent) -> str:
    """What it is, and the addresses once more: Outlook shows neither URL nor CONFERENCE."""
    parts = [event.description]
    if event.online:
        parts.append(str(say("Var med på webben: {url}", url=event.online)))
    if event.url:
        parts.append(str(say("Läs mer: {url}", url=event.url)))
    return "\n\n".join(filter(None, (_text(part).strip() for part in parts)))


def _text(text: str) -> str:
    """Text without the control signs that RFC 5545 forbids, with one kind of line ending."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    """Text as one line: a line break in an address would begin a property of its own."""
    return _BLANKS.sub(" ", _text(text)).strip()


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a calendar's times need a zone")
    return at.astimezone(UTC)
