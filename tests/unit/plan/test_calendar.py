"""When something goes out: every cadence, short months, quiet days, both nights when clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.model.issue import Cadence, OnQuietDay, QuietDays, Schedule
from comms.model.plan import Moment, Skip
from comms.plan.calendar import is_quiet, occurrences, resolve
from tests.unit.plan.builder import STOCKHOLM, monthly, quiet, said_of, schedule

NO_QUIET = QuietDays()


def walls(text: str, first: str, last: str, days: QuietDays = NO_QUIET) -> list[str]:
    """The wall times of a schedule between two days."""
    return [f"{moment.wall:%Y-%m-%d %H:%M}" for moment in moments(schedule(text), first, last, days)]


def moments(written: Schedule, first: str, last: str, days: QuietDays = NO_QUIET) -> list[Moment]:
    found = occurrences(written, days, date.fromisoformat(first), date.fromisoformat(last), STOCKHOLM)
    return [moment for moment in found if isinstance(moment, Moment)]


def skips(text: str, first: str, last: str, days: QuietDays) -> dict[str, str]:
    found = occurrences(schedule(text), days, date.fromisoformat(first), date.fromisoformat(last), STOCKHOLM)
    return said_of(skip for skip in found if isinstance(skip, Skip))


def instants(text: str, first: str, last: str) -> list[str]:
    return [f"{moment.at:%Y-%m-%dT%H:%MZ}" for moment in moments(schedule(text), first, last)]


# Cadences


def test_a_weekly_schedule_comes_on_its_weekday_both_ends_included() -> None:
    assert walls("tuesday 08:00", "2026-12-01", "2026-12-15") == [
        "2026-12-01 08:00",
        "2026-12-08 08:00",
        "2026-12-15 08:00",
    ]


def test_a_weekly_schedule_goes_through_week_53_and_new_year_without_a_gap() -> None:
    assert date(2026, 12, 28).isocalendar().week == 53
    assert walls("monday 09:00", "2026-12-20", "2027-01-12") == [
        "2026-12-21 09:00",
        "2026-12-28 09:00",
        "2027-01-04 09:00",
        "2027-01-11 09:00",
    ]


@pytest.mark.parametrize(
    ("nth", "weekday", "expected"),
    [
        (1, 1, "2026-12-01"),
        (2, 1, "2026-12-08"),
        (3, 3, "2026-12-17"),
        (4, 6, "2026-12-27"),
        (-1, 3, "2026-12-31"),
        (-1, 4, "2026-12-25"),
        (1, 0, "2026-12-07"),
    ],
)
def test_the_nth_weekday_of_december_2026(nth: int, weekday: int, expected: str) -> None:
    found = moments(monthly(nth, weekday), "2026-12-01", "2026-12-31")
    assert [moment.wall.date().isoformat() for moment in found] == [expected]


def test_the_last_weekday_is_the_fifth_when_a_month_has_five() -> None:
    assert walls("last thursday 13:00", "2027-04-01", "2027-05-31") == [
        "2027-04-29 13:00",
        "2027-05-27 13:00",
    ]


def test_day_31_is_the_last_day_of_every_shorter_month() -> None:
    assert walls("day 31 09:00", "2026-12-01", "2027-05-01") == [
        "2026-12-31 09:00",
        "2027-01-31 09:00",
        "2027-02-28 09:00",
        "2027-03-31 09:00",
        "2027-04-30 09:00",
    ]


def test_day_30_is_the_29th_of_february_in_a_leap_year() -> None:
    assert walls("day 30 09:00", "2028-02-01", "2028-03-01") == ["2028-02-29 09:00"]


def test_day_1_comes_on_new_years_day() -> None:
    assert walls("day 1 00:00", "2026-12-31", "2027-01-02") == ["2027-01-01 00:00"]


def test_a_span_without_the_day_has_no_time() -> None:
    assert walls("first tuesday 08:00", "2026-12-02", "2026-12-31") == []


# Quiet days


def test_a_slot_on_a_quiet_day_moves_to_the_next_day_and_says_so() -> None:
    (moment,) = moments(schedule("tuesday 08:00"), "2026-12-02", "2026-12-14", quiet("2026-12-08"))
    assert f"{moment.wall:%Y-%m-%d %H:%M}" == "2026-12-09 08:00"
    assert str(moment.note) == "2026-12-08 är en stilla dag: flyttat till 2026-12-09."


def test_a_slot_on_a_quiet_day_moves_to_the_day_before() -> None:
    days = quiet("2026-12-08", "2026-12-07", then=OnQuietDay.BEFORE)
    assert walls("tuesday 08:00", "2026-12-02", "2026-12-14", days) == ["2026-12-06 08:00"]


def test_a_slot_on_a_quiet_day_is_left_out_by_name() -> None:
    days = quiet("2026-12-08", then=OnQuietDay.SKIP)
    assert walls("tuesday 08:00", "2026-12-02", "2026-12-14", days) == []
    assert skips("tuesday 08:00", "2026-12-02", "2026-12-14", days) == {
        "2026-12-08 08:00": "2026-12-08 är en stilla dag: tiden hoppas över."
    }


def test_a_slot_that_moves_into_the_span_from_before_it_is_there() -> None:
    assert walls("day 31 09:00", "2027-01-01", "2027-01-15", quiet("2026-12-31")) == ["2027-01-01 09:00"]


def test_a_slot_that_moves_out_of_the_span_is_not_there() -> None:
    assert walls("day 31 09:00", "2026-12-25", "2026-12-31", quiet("2026-12-31")) == []


def test_two_slots_that_meet_after_moving_become_one_and_the_other_is_named() -> None:
    days = replace(quiet(), weekdays=(0, 1, 2, 3, 4, 5), dates=(date(2026, 12, 6),))
    assert walls("saturday 10:00", "2026-12-05", "2026-12-13", days) == ["2026-12-13 10:00"]
    assert skips("saturday 10:00", "2026-12-05", "2026-12-13", days) == {
        "2026-12-12 10:00": "2026-12-13 har redan en tid."
    }


def test_a_month_of_quiet_days_leaves_the_slot_out_rather_than_sending_it_in_another_month() -> None:
    days = QuietDays(weekdays=(0, 1, 2, 3, 4, 5, 6))
    assert walls("tuesday 08:00", "2026-12-01", "2026-12-07", days) == []
    found = skips("tuesday 08:00", "2026-12-01", "2026-12-07", days)
    assert found == {"2026-12-01 08:00": "2026-12-01 är en stilla dag: ingen ledig dag inom en månad."}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-12-24", "julafton"),
        ("2026-12-25", "juldagen"),
        ("2026-12-26", "annandag jul"),
        ("2026-12-31", "nyårsafton"),
        ("2027-01-01", "nyårsdagen"),
        ("2027-01-06", "trettondedag jul"),
        ("2027-03-26", "långfredagen"),
        ("2027-03-29", "annandag påsk"),
        ("2027-05-01", "första maj"),
        ("2027-05-06", "Kristi himmelsfärdsdag"),
        ("2027-06-06", "nationaldagen"),
        ("2027-06-25", "midsommarafton"),
        ("2027-06-26", "midsommardagen"),
        ("2027-11-06", "alla helgons dag"),
    ],
)
def test_a_public_holiday_or_eve_is_quiet_and_called_by_its_name(day: str, name: str) -> None:
    reason = is_quiet(date.fromisoformat(day), QuietDays(holidays=True))
    assert reason is not None
    assert str(reason) == f"{day} är {name}"


@pytest.mark.parametrize("day", ["2026-12-06", "2026-12-13", "2026-12-23", "2027-02-14", "2027-06-24"])
def test_an_ordinary_day_and_an_ordinary_sunday_are_not_quiet(day: str) -> None:
    assert is_quiet(date.fromisoformat(day), QuietDays(holidays=True)) is None


def test_a_holiday_is_not_quiet_unless_the_letter_asks_for_it() -> None:
    assert is_quiet(date(2026, 12, 25), NO_QUIET) is None


def test_christmas_moves_a_slot_past_three_holidays() -> None:
    days = QuietDays(holidays=True)
    assert walls("fourth thursday 13:00", "2026-12-20", "2026-12-31", days) == ["2026-12-27 13:00"]


# The clocks change


def test_a_time_that_does_not_exist_in_spring_goes_out_once_an_hour_later_by_the_clock() -> None:
    (moment,) = moments(schedule("sunday 02:30"), "2027-03-28", "2027-03-28")
    assert moment.at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert moment.wall == datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001 - wall time
    assert str(moment.note) == "Klockan 02.30 finns inte den natten: går ut 03.30."


@pytest.mark.parametrize("night", ["2026-10-25", "2027-10-31"])
def test_a_time_that_comes_twice_in_autumn_goes_out_once_the_first_time(night: str) -> None:
    (moment,) = moments(schedule("sunday 02:30"), night, night)
    assert moment.at == datetime.fromisoformat(f"{night}T00:30+00:00")
    assert str(moment.note) == "Klockan 02.30 kommer två gånger den natten: går ut den första."


@pytest.mark.parametrize("night", ["2027-03-28", "2026-10-25", "2027-10-31"])
@pytest.mark.parametrize("clock", ["01:59", "03:00", "08:00"])
def test_other_times_of_those_nights_are_as_written(night: str, clock: str) -> None:
    (moment,) = moments(schedule(f"sunday {clock}"), night, night)
    assert moment.note is None
    assert f"{moment.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" == f"{night} {clock}"


def test_eight_in_the_morning_stays_eight_when_summer_time_begins_and_ends() -> None:
    assert instants("monday 08:00", "2027-03-22", "2027-03-29") == ["2027-03-22T07:00Z", "2027-03-29T06:00Z"]
    assert instants("monday 08:00", "2027-10-25", "2027-11-01") == ["2027-10-25T06:00Z", "2027-11-01T07:00Z"]


def test_a_moved_slot_that_lands_on_a_night_of_change_tells_of_the_clock() -> None:
    (moment,) = moments(schedule("saturday 02:30"), "2027-03-27", "2027-03-29", quiet("2027-03-27"))
    assert str(moment.note) == "Klockan 02.30 finns inte den natten: går ut 03.30."


# What holds for every schedule


SCHEDULES = st.builds(
    Schedule,
    cadence=st.sampled_from(Cadence),
    at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59])),
    text=st.just(""),
    weekday=st.integers(0, 6),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
    month_day=st.integers(1, 31),
)
QUIET = st.builds(
    QuietDays,
    holidays=st.booleans(),
    dates=st.lists(st.dates(date(2026, 12, 1), date(2027, 12, 31)), max_size=20).map(tuple),
    weekdays=st.lists(st.integers(0, 6), max_size=6, unique=True).map(tuple),
    on_quiet=st.sampled_from(OnQuietDay),
)
STARTS = st.dates(date(2026, 10, 1), date(2027, 11, 1))


def found(written: Schedule, days: QuietDays, start: date, length: int = 60) -> list[Moment]:
    last = start + timedelta(days=length)
    return [m for m in occurrences(written, days, start, last, STOCKHOLM) if isinstance(m, Moment)]


@given(SCHEDULES, QUIET, STARTS)
def test_no_schedule_has_two_moments_with_one_wall_time(
    written: Schedule, days: QuietDays, start: date
) -> None:
    times = [moment.wall for moment in found(written, days, start)]
    assert len(times) == len(set(times))


@given(SCHEDULES, QUIET, STARTS)
def test_a_moment_shows_its_wall_time_or_says_why_not(
    written: Schedule, days: QuietDays, start: date
) -> None:
    for moment in found(written, days, start):
        assert moment.at.astimezone(STOCKHOLM).replace(tzinfo=None) == moment.wall or moment.note


@given(SCHEDULES, QUIET, STARTS)
def test_nothing_ever_falls_on_a_quiet_day(written: Schedule, days: QuietDays, start: date) -> None:
    for moment in found(written, days, start):
        assert is_quiet(moment.wall.date(), days) is None


@given(SCHEDULES, QUIET, STARTS)
def test_a_long_span_has_the_moments_of_its_two_halves(
    written: Schedule, days: QuietDays, start: date
) -> None:
    # A tick looks at minutes and a plan at months: both must see the same times.
    halves = found(written, days, start, 29) + found(written, days, start + timedelta(days=30), 30)
    assert {m.wall for m in found(written, days, start)} == {m.wall for m in halves}


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - wall times
def test_a_wall_time_becomes_an_instant_that_shows_it_again_or_a_note(wall: datetime) -> None:
    moment = resolve(wall, STOCKHOLM)
    assert moment.at.astimezone(STOCKHOLM).replace(tzinfo=None) == wall or moment.note
    assert moment.at.utcoffset() == timedelta(0)
