"""Calendars: events come back as they were meant, at the right instant, in lines that every program takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from comms.render.calendar import PRODID, CalendarEvent, calendar

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVENT = CalendarEvent(
    uid="gransmote@leader.example",
    title="Följ med på gränsmöte i Charlottenberg",
    start=datetime(2026, 12, 9, 18, 0, tzinfo=STOCKHOLM),
    end=datetime(2026, 12, 9, 20, 30, tzinfo=STOCKHOLM),
    place="Samlingssalen, Gränshuset; Charlottenberg",
    description="Kaffet står framme från kl. 17.30.\nVälkommen!",
    url="https://leader.example/nyheter/gransmote/",
    stamped_at=datetime(2026, 12, 1, 8, 0, tzinfo=STOCKHOLM),
    online="",
)


def read(*events: CalendarEvent, title: str = "Händelser") -> tuple[Any, list[Any]]:
    """The calendar and its events as a program reads them."""
    found = Calendar.from_ical(calendar(events, title=title))
    assert isinstance(found, Calendar)
    assert not found.errors
    return found, list(found.walk("VEVENT"))


def test_an_event_is_read_back_with_every_field() -> None:
    found, (event,) = read(EVENT)

    assert (found["PRODID"], found["VERSION"], found["METHOD"]) == (PRODID, "2.0", "PUBLISH")
    assert found.calendar_name == "Händelser"
    assert (event["UID"], event["SUMMARY"], event["LOCATION"]) == (EVENT.uid, EVENT.title, EVENT.place)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (EVENT.start, EVENT.end)
    assert event["DTSTAMP"].dt == EVENT.stamped_at
    assert event["URL"] == EVENT.url
    assert event["DESCRIPTION"] == f"{EVENT.description}\n\nLäs mer: {EVENT.url}"


def test_the_name_is_written_for_new_and_for_old_programs_as_text() -> None:
    lines = calendar([EVENT], title="Händelser, i Arvika; Eda").decode().split("\r\n")
    assert r"NAME:Händelser\, i Arvika\; Eda" in lines
    assert r"X-WR-CALNAME:Händelser\, i Arvika\; Eda" in lines


@pytest.mark.parametrize(
    ("wall", "fold", "utc"),
    [
        (datetime(2026, 10, 25, 2, 30), 0, "20261025T003000Z"),  # noqa: DTZ001 - the zone is put on below
        (datetime(2026, 10, 25, 2, 30), 1, "20261025T013000Z"),  # noqa: DTZ001 - the same
        (datetime(2027, 3, 28, 1, 30), 0, "20270328T003000Z"),  # noqa: DTZ001 - the same
        (datetime(2027, 3, 28, 3, 0), 0, "20270328T010000Z"),  # noqa: DTZ001 - the same
    ],
)
def test_an_event_in_a_night_when_clocks_change_keeps_its_instant(
    wall: datetime, fold: int, utc: str
) -> None:
    start = wall.replace(tzinfo=STOCKHOLM, fold=fold)
    written = calendar([replace(EVENT, start=start, end=None)], title="Natt")

    assert f"DTSTART:{utc}\r\n".encode() in written
    _, (event,) = read(replace(EVENT, start=start, end=None))
    assert event["DTSTART"].dt == start.astimezone(UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)


def test_an_event_over_the_hour_that_is_told_twice_is_as_long_as_it_is() -> None:
    night = datetime(2026, 10, 25, 1, 30, tzinfo=STOCKHOLM)
    _, (event,) = read(replace(EVENT, start=night, end=night.replace(hour=3)))
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=3)


@pytest.mark.parametrize("end", [None, EVENT.start, EVENT.start - timedelta(hours=2)])
def test_an_event_without_an_end_after_its_start_is_an_hour_long(end: datetime | None) -> None:
    _, (event,) = read(replace(EVENT, end=end))
    assert event["DTEND"].dt == EVENT.start + timedelta(hours=1)


def test_a_meeting_on_the_web_says_so_where_each_program_looks() -> None:
    online = "https://mote.example/rum?a=1,2;b=3"
    _, (event,) = read(replace(EVENT, online=online, place=""))

    assert event["LOCATION"] == online
    assert event["CONFERENCE"] == online
    assert event["CONFERENCE"].params["LABEL"] == "Var med på webben"
    assert f"Var med på webben: {online}" in event["DESCRIPTION"]


def test_what_is_not_known_is_left_out() -> None:
    _, (event,) = read(replace(EVENT, place="", url="", description=""))
    assert not {"LOCATION", "URL", "CONFERENCE"} & set(event)
    assert event["DESCRIPTION"] == ""


def test_every_line_ends_as_it_must_and_is_at_most_75_octets() -> None:
    long = "Landsbygdsutvecklingsmyndighetens åtgärdsprogram för höjda älgsafaris. " * 12
    written = calendar([replace(EVENT, title=long, description=long, place=long)], title=long)

    assert written.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut in two
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["SUMMARY"] == long.strip()


@pytest.mark.parametrize("field", ["uid", "title", "place", "url", "online"])
def test_a_line_break_in_a_field_begins_no_property(field: str) -> None:
    hostile = "https://a.example/\r\nATTENDEE:mailto:anna@a.example\nBEGIN:VALARM"
    _, (event,) = read(replace(EVENT, **{field: hostile}))  # type: ignore[arg-type]  # all five are texts
    assert "ATTENDEE" not in event
    assert event.subcomponents == []


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(), st.text())
def test_no_text_breaks_a_calendar(title: str, place: str, description: str) -> None:
    made = replace(EVENT, title=title, place=place, description=description)
    found, (event,) = read(made, title=title)
    assert found["METHOD"] == "PUBLISH"
    assert event["UID"] == EVENT.uid
    assert event["DTSTART"].dt == EVENT.start


def test_the_same_events_give_the_same_bytes_whatever_zone_they_are_in() -> None:
    utc = replace(EVENT, start=EVENT.start.astimezone(UTC), stamped_at=EVENT.stamped_at.astimezone(UTC))
    assert calendar([EVENT], title="A") == calendar([utc], title="A")


def test_events_keep_their_order_and_a_calendar_may_be_empty() -> None:
    later = replace(EVENT, uid="annat@leader.example")
    assert [event["UID"] for event in read(later, EVENT)[1]] == [later.uid, EVENT.uid]
    assert read()[1] == []


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        calendar([replace(EVENT, start=EVENT.start.replace(tzinfo=None))], title="A")
