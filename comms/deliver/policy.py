"""What a failure leads to: when a copy is tried again, and when the whole run must stop and ask. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from comms.errors import SenderRefused, TemporaryFailure, Text, say
from comms.model.ledger import RETRIED, Course, DeliveryState, End

WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=20),
)
"""The wait after each failure for now; together about 48 hours, then the copy is given up."""

REFUSED_WAIT = timedelta(hours=1)
"""The wait of a copy that was refused because of us, when the run goes on all the same."""

STRIKES = 3
"""So many refusals because of us in a row, without a yes between them, stop the run."""

FIRST = 200
"""The early alarm listens to the first so many answers of a run."""

_DEAD_SHARE = 20  # more than one in twenty
_FEWEST_DEAD = 2
_COMPLAINTS_SHARE = 1000  # more than three in a thousand
_COMPLAINTS = 3


def again(failures: int, fault: TemporaryFailure, now: datetime) -> End:
    """When a copy that failed for now is tried again, after so many failures before this one."""
    if failures >= len(WAITS):
        reason = say("Gav upp efter {tries} försök. Senaste svar: {fault}", tries=failures + 1, fault=fault)
        return End(DeliveryState.REJECTED, str(reason))
    wait = max(WAITS[failures], fault.retry_after or timedelta(0))
    return End(DeliveryState.PLANNED, str(fault), not_before=now + wait, outcome=RETRIED)


def refused(failures: int, fault: SenderRefused, now: datetime) -> End:
    """When a copy that was refused because of us is tried again; at last it is held, not called dead."""
    end = again(failures, TemporaryFailure(fault.message, retry_after=REFUSED_WAIT), now)
    return replace(end, state=DeliveryState.HELD) if end.state is DeliveryState.REJECTED else end


def alarm(course: Course) -> Text | None:
    """Why a run must stop and ask a person: its first answers say that the list or the letter is wrong.

    More than 5 % dead addresses (and at least three), or more than 0.3 % complaints, within the first 200
    answers or all of a shorter run. Once a person has let the run go on the alarm is silent.
    """
    if course.cleared or course.answered > FIRST:
        return None
    base = min(FIRST, course.total)
    if course.dead > max(_FEWEST_DEAD, base // _DEAD_SHARE):
        return say(
            "{dead} av de första {answered} adresserna finns inte. Är listan rätt?",
            dead=course.dead,
            answered=course.answered,
        )
    if course.complaints * _COMPLAINTS_SHARE > _COMPLAINTS * base:
        return say(
            "{complaints} av de första {answered} mottagarna har anmält brevet som skräppost.",
            complaints=course.complaints,
            answered=course.answered,
        )
    return None
