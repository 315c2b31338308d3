"""When a copy is tried again and when a run must stop and ask: tables, without a ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comms.deliver.policy import FIRST, REFUSED_WAIT, WAITS, again, alarm, refused
from comms.errors import SenderRefused, TemporaryFailure, say
from comms.model.ledger import RETRIED, Course, DeliveryState, End
from tests.fakes.examples import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BUSY = say("Upptagen.")


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (0, 5 * MINUTE),
        (1, 15 * MINUTE),
        (2, HOUR),
        (3, 2 * HOUR),
        (4, 4 * HOUR),
        (5, 8 * HOUR),
        (6, 12 * HOUR),
        (7, 20 * HOUR),
    ],
)
def test_the_wait_grows_with_the_failures(failures: int, wait: timedelta) -> None:
    expected = End(DeliveryState.PLANNED, "Upptagen.", not_before=NOW + wait, outcome=RETRIED)

    assert again(failures, TemporaryFailure(BUSY), NOW) == expected


@pytest.mark.parametrize(("failures", "wait"), [(0, REFUSED_WAIT), (2, HOUR), (3, 2 * HOUR), (7, 20 * HOUR)])
def test_a_copy_that_was_refused_because_of_us_waits_an_hour_at_least(failures: int, wait: timedelta) -> None:
    expected = End(DeliveryState.PLANNED, "Upptagen.", not_before=NOW + wait, outcome=RETRIED)

    assert refused(failures, SenderRefused(BUSY, decisive=False), NOW) == expected


def test_a_copy_that_is_refused_because_of_us_for_two_days_is_held_and_not_called_dead() -> None:
    reason = "Gav upp efter 9 försök. Senaste svar: Upptagen."

    assert refused(8, SenderRefused(BUSY, decisive=False), NOW) == End(DeliveryState.HELD, reason)


@pytest.mark.parametrize("failures", [8, 9, 100])
def test_a_copy_is_given_up_when_every_wait_has_been_waited(failures: int) -> None:
    reason = f"Gav upp efter {failures + 1} försök. Senaste svar: Upptagen."

    assert again(failures, TemporaryFailure(BUSY), NOW) == End(DeliveryState.REJECTED, reason)


def test_all_waits_together_are_two_days() -> None:
    assert timedelta(hours=47) < sum(WAITS, timedelta()) <= timedelta(hours=48)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(timedelta(0), 5 * MINUTE), (4 * MINUTE, 5 * MINUTE), (6 * MINUTE, 6 * MINUTE), (3 * HOUR, 3 * HOUR)],
)
def test_the_receiver_may_ask_for_a_longer_wait_but_not_for_a_shorter(
    asked: timedelta, wait: timedelta
) -> None:
    assert again(0, TemporaryFailure(BUSY, retry_after=asked), NOW).not_before == NOW + wait


@pytest.mark.parametrize(
    ("course", "rings"),
    [
        (Course(total=200, answered=50, dead=10, complaints=0), False),
        (Course(total=200, answered=50, dead=11, complaints=0), True),
        (Course(total=5000, answered=200, dead=10, complaints=0), False),
        (Course(total=5000, answered=200, dead=11, complaints=0), True),
        (Course(total=5000, answered=201, dead=100, complaints=100), False),
        (Course(total=100, answered=100, dead=5, complaints=0), False),
        (Course(total=100, answered=100, dead=6, complaints=0), True),
        (Course(total=10, answered=10, dead=2, complaints=0), False),
        (Course(total=10, answered=3, dead=3, complaints=0), True),
        (Course(total=2, answered=2, dead=2, complaints=0), False),
        (Course(total=0, answered=0, dead=0, complaints=0), False),
        (Course(total=200, answered=200, dead=0, complaints=0), False),
        (Course(total=200, answered=200, dead=0, complaints=1), True),
        (Course(total=5000, answered=1, dead=0, complaints=1), True),
        (Course(total=200, answered=50, dead=200, complaints=200, cleared=True), False),
    ],
)
def test_the_alarm_rings_above_five_per_cent_dead_or_a_complaint_early_on(
    course: Course, rings: bool
) -> None:
    assert (alarm(course) is not None) is rings


def test_the_alarm_rings_exactly_above_one_in_twenty_but_never_for_one_or_two() -> None:
    wrong = [
        (total, dead)
        for total in range(1, FIRST + 1)
        for dead in range(total + 1)
        if (alarm(Course(total, total, dead, 0)) is not None) != (dead >= 3 and dead * 20 > total)
    ]

    assert wrong == []


def test_the_alarm_says_what_is_wrong_and_asks() -> None:
    dead = alarm(Course(total=200, answered=50, dead=11, complaints=0))
    complaints = alarm(Course(total=200, answered=50, dead=0, complaints=2))

    assert str(dead) == "11 av de första 50 adresserna finns inte. Är listan rätt?"
    assert str(complaints) == "2 av de första 50 mottagarna har anmält brevet som skräppost."
