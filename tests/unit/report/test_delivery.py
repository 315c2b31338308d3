"""How issues and posts went: every copy in one state, sums by newsletter, days that are local."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from comms.model.coverage import Deliveries, PostCourse
from comms.model.ledger import DeliveryState
from comms.model.report import Period
from comms.model.sent import SentIssue
from comms.report.delivery import by_newsletter, course, deliveries
from tests.fakes import told

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 7, 15, 8, tzinfo=UTC)
SPRING = Period(date(2026, 3, 1), date(2026, 6, 30))
STATE = DeliveryState


def issue(identity: str, newsletter: str = "brevet", **more: object) -> SentIssue:
    at = told.DATES.get(identity, told.at(3, 3))
    states: dict[DeliveryState, int] = {}
    return replace(SentIssue(identity, "Brevet", newsletter, at, at, states), **more)  # type: ignore[arg-type]  # tests name real fields


FIRST = issue(
    told.FIRST,
    states={STATE.ACCEPTED: 9, STATE.REJECTED: 2, STATE.SKIPPED: 3},
    dead=1,
    trouble=1,
    ours=1,
    complaints=1,
    left=2,
    skips={"Adressen är spär": 2, "Pausad till 2026": 1},
)
SECOND = issue(
    told.SECOND,
    states={STATE.ACCEPTED: 6, STATE.UNKNOWN: 2, STATE.CANCELLED: 1, STATE.SKIPPED: 1},
    skips={"Får brevet som A": 1},
)
CORRECTION = issue(
    told.CORRECTION,
    states={
        STATE.ACCEPTED: 10, STATE.PLANNED: 1, STATE.CLAIMED: 1, STATE.SENDING: 1, STATE.HELD: 2,
        STATE.SKIPPED: 1,
    },
    dead=2,
    skips={"Inget i de insat": 1},
)  # fmt: skip
POST = PostCourse(told.HALF, "Leden", "mastodon", told.at(6, 30, 22, 30), "rejected")


def counted(period: Period = SPRING) -> Deliveries:
    return deliveries([CORRECTION, SECOND, FIRST], [POST], period, as_of=NOW, zone=STOCKHOLM)


def test_an_issues_states_sum_to_its_copies_and_skips_are_none_of_them() -> None:
    first, second, correction = counted().issues
    assert (first.copies, first.accepted, first.rejected) == (11, 9, 2)  # 14 rows, 3 skipped
    assert (second.copies, second.accepted, second.unknown, second.cancelled) == (9, 6, 2, 1)
    assert (correction.copies, correction.accepted, correction.open) == (15, 10, 5)  # 1 + 1 + 1 + 2 held
    for one in (first, second, correction):
        assert one.accepted + one.rejected + one.unknown + one.open + one.cancelled == one.copies


def test_what_happened_afterwards_is_told_beside_it() -> None:
    first = counted().issues[0]
    assert (first.dead, first.trouble, first.ours, first.complaints, first.left) == (1, 1, 1, 1, 2)


def test_skips_are_told_by_kind_and_what_nobody_foresaw_as_other() -> None:
    assert dict(course(FIRST).skips) == {"no": 2, "paused": 1}
    assert dict(course(SECOND).skips) == {"double": 1}
    assert dict(course(CORRECTION).skips) == {"focus": 1}
    assert dict(course(replace(FIRST, skips={"Anna Ek bad om ": 2, "Adressen är rade": 1})).skips) == {
        "erased": 1,
        "other": 2,
    }


def test_a_newsletters_sums_are_the_sums_of_its_issues() -> None:
    other = replace(SECOND, id="annat-2026-04-01", newsletter="annat")
    found = deliveries([FIRST, SECOND, CORRECTION, other], [], SPRING, as_of=NOW, zone=STOCKHOLM)
    sums = by_newsletter(found.issues)
    assert list(sums) == ["brevet", "annat"]
    assert sums["brevet"] == {
        "issues": 3,
        "copies": 35,  # 11 + 9 + 15
        "accepted": 25,  # 9 + 6 + 10
        "rejected": 2,
        "unknown": 2,
        "open": 5,
        "cancelled": 1,
        "dead": 3,  # 1 + 0 + 2
        "trouble": 1,
        "ours": 1,
        "complaints": 1,
        "left": 2,
    }
    assert sums["annat"]["copies"] == 9


def test_days_are_local_and_the_first_and_last_count() -> None:
    april = Period(date(2026, 4, 1), date(2026, 4, 1))
    march = Period(date(2026, 3, 31), date(2026, 3, 31))
    assert [one.id for one in counted(april).issues] == [told.SECOND]
    assert counted(march).issues == ()
    assert counted().posts == ()
    assert counted(Period(date(2026, 7, 1), date(2026, 7, 1))).posts == (POST,)


def test_an_issue_of_which_nothing_was_accepted_is_of_its_own_day() -> None:
    held = issue("brevet-2026-03-03", first_at=None, states={STATE.HELD: 2})
    (one,) = deliveries([held], [], SPRING, as_of=NOW, zone=STOCKHOLM).issues
    assert (one.at, one.copies, one.open) == (told.at(3, 3), 2, 2)


@given(st.dictionaries(st.sampled_from(STATE), st.integers(0, 9)))
def test_whatever_the_states_no_copy_is_lost_between_them(states: dict[DeliveryState, int]) -> None:
    one = course(issue("x", states=states))
    assert one.accepted + one.rejected + one.unknown + one.open + one.cancelled == one.copies
    assert one.copies == sum(states.values()) - states.get(STATE.SKIPPED, 0)
