"""The words of a schedule, a duration and a rate are read as officers write them."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from comms.model.issue import Cadence, Schedule
from comms.model.settings import Rate
from comms.text.schedule import ScheduleFault, parse_duration, parse_rate, parse_schedule, parse_weekday


@pytest.mark.parametrize(
    ("text", "weekday"),
    [
        ("monday 08:00", 0),
        ("tue 08:00", 1),
        ("onsdag 08:00", 2),
        ("torsdagen 08:00", 3),
        ("tors 08:00", 3),
        ("FRE 08:00", 4),
        ("lör  08:00", 5),
        ("söndag 08.00", 6),
    ],
)
def test_a_weekday_and_a_time_come_every_week(text: str, weekday: int) -> None:
    assert parse_schedule(text) == Schedule(Cadence.WEEKLY, time(8), text, weekday=weekday)


@pytest.mark.parametrize(
    ("text", "nth", "weekday"),
    [
        ("first tuesday 08:00", 1, 1),
        ("första tisdagen 08:00", 1, 1),
        ("2nd wed 08:00", 2, 2),
        ("tredje torsdagen 08:00", 3, 3),
        ("fourth fri 08:00", 4, 4),
        ("last monday 08:00", -1, 0),
        ("Sista söndagen 08:00", -1, 6),
    ],
)
def test_an_ordinal_and_a_weekday_come_every_month(text: str, nth: int, weekday: int) -> None:
    assert parse_schedule(text) == Schedule(Cadence.NTH_WEEKDAY, time(8), text, weekday=weekday, nth=nth)


@pytest.mark.parametrize(("text", "day"), [("day 1 08:00", 1), ("den 15 08:00", 15), ("dag 31 08:00", 31)])
def test_a_day_of_the_month_comes_every_month(text: str, day: int) -> None:
    assert parse_schedule(text) == Schedule(Cadence.MONTH_DAY, time(8), text, month_day=day)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("8:05", time(8, 5)), ("08.05", time(8, 5)), ("00:00", time(0)), ("23:59", time(23, 59))],
)
def test_the_clock_is_written_with_colon_or_full_stop(clock: str, expected: time) -> None:
    assert parse_schedule(f"mon {clock}").at == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "08:00",
        "tuesday",
        "tuesday 24:00",
        "tuesday 08:60",
        "tuesday 8",
        "tuesday tuesday 08:00",
        "fifth tuesday 08:00",
        "first 08:00",
        "day 0 08:00",
        "day 32 08:00",
        "day ett 08:00",
        "every tuesday 08:00",
        "08:00 tuesday",
    ],
)
def test_what_is_no_schedule_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ScheduleFault) as refused:
        parse_schedule(text)

    assert str(refused.value.message) == f"”{text}” går inte att läsa som en tid som återkommer."
    assert "first tuesday 08:00" in str(refused.value.hint)


@pytest.mark.parametrize(("text", "expected"), [("mon", 0), (" Söndagen ", 6), ("jul", None), ("", None)])
def test_a_weekday_is_known_by_its_names(text: str, expected: int | None) -> None:
    assert parse_weekday(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("30 min", timedelta(minutes=30)),
        ("5m", timedelta(minutes=5)),
        ("12H", timedelta(hours=12)),
        (" 2 d ", timedelta(days=2)),
        ("0h", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "12", "h", "-1h", "1.5h", "1w", "123456h"])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ScheduleFault, match="är ingen tidslängd") as refused:
        parse_duration(text)

    assert str(refused.value.hint) == "Skriv till exempel 12h eller 30 min."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10/s", Rate(10, timedelta(seconds=1))),
        ("600 / h", Rate(600, timedelta(hours=1))),
        (" 60/MIN ", Rate(60, timedelta(minutes=1))),
        ("1/m", Rate(1, timedelta(minutes=1))),
        ("999999/d", Rate(999_999, timedelta(days=1))),
    ],
)
def test_a_rate_is_a_number_and_the_period_it_is_counted_in(text: str, expected: Rate) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "tio/s", "10/år", "1000000000/s", "0/s", "00/h", "-1/s", "10/s, 600/h"]
)
def test_what_is_no_rate_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ScheduleFault, match="är ingen takt") as refused:
        parse_rate(text)

    assert str(refused.value.hint) == "Skriv till exempel 10/s eller 600/h."
