"""How a period's issues and posts went: every copy in one state, so that what is told sums to all.

An issue belongs to the day of its first accepted letter, or to its own day while none is accepted; a post to
its own. Days are local, the first and the last counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from comms.model.coverage import Course, Deliveries, PostCourse
from comms.model.ledger import DeliveryState
from comms.model.report import Period
from comms.model.sent import SentIssue

OTHER = "other"

SKIPS: Mapping[str, str] = {
    "Adressen är spär": "no",
    "Pausad till ": "paused",
    "Inget i de insat": "focus",
    "Får brevet som ": "double",
    "Adressen är rade": "erased",
}
"""How a reason begins -> what it is called: what follows may be one person's, and is never told."""

COUNTS = (
    "copies", "accepted", "rejected", "unknown", "open", "cancelled", "dead", "trouble", "ours", "complaints",
    "left",
)  # fmt: skip
"""The counts of a course, in the order in which they are told."""

_OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.HELD)


def deliveries(
    issues: Iterable[SentIssue],
    posts: Iterable[PostCourse],
    period: Period,
    *,
    as_of: datetime,
    zone: tzinfo,
) -> Deliveries:
    """The issues and posts of a period's days, in order of time."""
    courses = [course(one) for one in issues if one.at.astimezone(zone).date() in period]
    told = [one for one in posts if one.at.astimezone(zone).date() in period]
    return Deliveries(
        period,
        as_of,
        tuple(sorted(courses, key=lambda one: (one.at, one.id))),
        tuple(sorted(told, key=lambda one: (one.at, one.id))),
    )


def course(issue: SentIssue) -> Course:
    """How the copies of an issue went; skips are no copies and are told by kind."""
    states = issue.states
    return Course(
        id=issue.id,
        title=issue.title,
        newsletter=issue.newsletter,
        at=issue.at,
        copies=sum(states.values()) - states.get(DeliveryState.SKIPPED, 0),
        accepted=states.get(DeliveryState.ACCEPTED, 0),
        rejected=states.get(DeliveryState.REJECTED, 0),
        unknown=states.get(DeliveryState.UNKNOWN, 0),
        open=sum(states.get(state, 0) for state in _OPEN),
        cancelled=states.get(DeliveryState.CANCELLED, 0),
        dead=issue.dead,
        trouble=issue.trouble,
        ours=issue.ours,
        complaints=issue.complaints,
        left=issue.left,
        skips=_by_kind(issue.skips),
    )


def by_newsletter(courses: Iterable[Course]) -> Mapping[str, Mapping[str, int]]:
    """The sums of each newsletter's issues: `issues`, and each of COUNTS."""
    found: dict[str, dict[str, int]] = {}
    for one in courses:
        sums = found.setdefault(one.newsletter, dict.fromkeys(("issues", *COUNTS), 0))
        sums["issues"] += 1
        for name in COUNTS:
            sums[name] += getattr(one, name)
    return found


def _by_kind(begins: Mapping[str, int]) -> Mapping[str, int]:
    """Skips by kind, the kinds in the order of the table."""
    found = dict.fromkeys((*SKIPS.values(), OTHER), 0)
    for begin, number in begins.items():
        found[next((kind for sign, kind in SKIPS.items() if begin.startswith(sign)), OTHER)] += number
    return {kind: number for kind, number in found.items() if number}
