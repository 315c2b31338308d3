"""Rates: within any period no more than the count, whoever asks and whenever."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.model.settings import Rate
from comms.store.database import Database
from comms.store.limits import take
from tests.fakes.examples import NOW

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
KEYS = itertools.count()

RATES = st.builds(
    Rate, st.integers(1, 40), st.sampled_from([SECOND, timedelta(seconds=7), MINUTE, HOUR, timedelta(days=1)])
)


def granted(
    database: Database, rates: list[Rate], asks: list[tuple[timedelta, int]]
) -> list[tuple[datetime, int]]:
    """When so many were let through, of asks that come one after the other."""
    key, now, found = f"channel:{next(KEYS)}", NOW, []
    with database.writing() as connection:
        for gap, wanted in asks:
            now += gap
            found.append((now, take(connection, key, rates, wanted, now).count))
    return found


def most_within(period: timedelta, let_through: list[tuple[datetime, int]]) -> int:
    """The most that were let through in any period of this length."""
    return max(
        sum(count for at, count in let_through if start <= at < start + period) for start, _ in let_through
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rates=st.lists(RATES, min_size=1, max_size=3),
    fractions=st.lists(st.tuples(st.floats(0, 1.3), st.integers(1, 60)), min_size=1, max_size=25),
)
def test_no_period_sees_more_than_its_count(
    database: Database, rates: list[Rate], fractions: list[tuple[float, int]]
) -> None:
    shortest = min(rate.period for rate in rates)
    found = granted(database, rates, [(shortest * fraction, wanted) for fraction, wanted in fractions])
    for rate in rates:
        assert most_within(rate.period, found) <= rate.count


@pytest.mark.parametrize(
    "rate", [Rate(3, SECOND), Rate(10, SECOND), Rate(2, HOUR), Rate(7, MINUTE), Rate(100, HOUR)]
)
def test_who_asks_again_when_told_gets_the_whole_rate_and_no_more(database: Database, rate: Rate) -> None:
    now, found = NOW, list[tuple[datetime, int]]()
    with database.writing() as connection:
        while sum(count for _, count in found) < 3 * rate.count:
            share = take(connection, "k", [rate], rate.count, now)
            found.append((now, share.count))
            now += share.wait
    assert most_within(rate.period, found) == rate.count


def test_a_second_lets_one_at_a_time_through_and_a_longer_period_a_quarter_at_once(
    database: Database,
) -> None:
    assert granted(database, [Rate(20, SECOND)], [(SECOND, 20)]) == [(NOW + SECOND, 1)]
    assert granted(database, [Rate(20, MINUTE)], [(SECOND, 20)]) == [(NOW + SECOND, 5)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rates=st.lists(RATES, min_size=1, max_size=3), wanted=st.integers(1, 60))
def test_the_wait_that_is_told_is_long_enough(database: Database, rates: list[Rate], wanted: int) -> None:
    key = f"channel:{next(KEYS)}"
    with database.writing() as connection:
        while (share := take(connection, key, rates, wanted, NOW)).count:
            pass
        assert share.wait > timedelta(0)
        assert take(connection, key, rates, 1, NOW + share.wait).count == 1


def test_nothing_is_taken_from_one_rate_when_another_is_spent(database: Database) -> None:
    day, second = Rate(1, timedelta(days=1)), Rate(1, SECOND)
    with database.writing() as connection:
        assert take(connection, "k", [day, second], 1, NOW).count == 1
        assert take(connection, "k", [day, second], 1, NOW + MINUTE).count == 0
        assert take(connection, "k", [second], 1, NOW + MINUTE).count == 1


def test_keys_have_rates_of_their_own_and_no_rate_is_no_limit(database: Database) -> None:
    rate = Rate(1, MINUTE)
    with database.writing() as connection:
        assert [take(connection, key, [rate], 1, NOW).count for key in ("a", "b", "a")] == [1, 1, 0]
        assert take(connection, "a", (), 1000, NOW).count == 1000


def test_a_clock_that_went_wrong_holds_a_rate_for_no_longer_than_its_period(database: Database) -> None:
    rate = Rate(4, HOUR)
    with database.writing() as connection:
        take(connection, "k", [rate], 4, NOW + timedelta(days=365))
        share = take(connection, "k", [rate], 1, NOW)
        assert (share.count, share.wait) == (0, HOUR)
        assert take(connection, "k", [rate], 1, NOW + HOUR).count == 1
