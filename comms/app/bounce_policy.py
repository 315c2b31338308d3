"""What comes back decides: when an address has had its last letter, a domain refuses us, a run stops. Pure.

Issues are counted and not days, for a letter that comes once a month never bounces twice in a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from comms.deliver.policy import FIRST, alarm
from comms.errors import Text, say
from comms.model.ledger import Course
from comms.model.subscriber import NoKind
from comms.store.returns import Consequence, Share, Tried

PROVED_FOR = timedelta(days=30)
"""How long after the last attempt a bounce is believed: no relay tries for longer."""

_IN_A_ROW = 3
_OVER = timedelta(days=14)
_SILENCE = timedelta(days=3)
"""After so long a copy that was taken and has not come back arrived."""

_FEWEST_REFUSED = 3
_REFUSED_SHARE = 5  # more than one in five
_DEAD_SHARE = 20  # more than one in twenty
_FEWEST_DEAD = 2
_COMPLAINTS_SHARE, _COMPLAINTS = 1000, 3


def is_too_late(attempted_at: datetime | None, arrived_at: datetime) -> bool:
    """Whether a bounce came when none could come any more, or of a copy that nobody has tried to send."""
    return attempted_at is None or arrived_at - attempted_at > PROVED_FOR


def dead(code: str) -> Consequence:
    """The address is none. `code` is the server's own (`550 5.1.1`), "" when it gave none."""
    reason = say("Adressen finns inte ({code}).", code=code) if code else say("Adressen finns inte.")
    return Consequence(NoKind.BOUNCE, str(reason))


def complaint() -> Consequence:
    """Somebody called the letter unwanted."""
    return Consequence(NoKind.COMPLAINT, str(say("Anmälde brevet som skräppost.")))


def lasting_trouble(tried: Sequence[Tried], code: str, now: datetime) -> Consequence | None:
    """A mailbox has not taken three issues in a row, over two weeks or more. `tried` is newest first.

    An issue that was taken and has not come back within three days ends the row; a younger one says nothing.
    """
    row: list[datetime] = []
    for one in tried:
        if one.is_trouble:
            row.append(one.attempted_at)
        elif one.is_accepted and now - one.attempted_at >= _SILENCE:
            break
    if len(row) < _IN_A_ROW or row[0] - row[-1] < _OVER:
        return None
    what = say(
        "Brevlådan har inte tagit emot {count} utskick i rad ({code}).", count=len(row), code=code or "–"
    )
    return Consequence(NoKind.BOUNCE, str(what))


def refuses_us(share: Share) -> Text | None:
    """Why nothing more of an issue goes to a domain: it refuses too many of our letters as they are."""
    if share.refused < _FEWEST_REFUSED or share.refused * _REFUSED_SHARE <= share.sent:
        return None
    return say(
        "Domänen skickar tillbaka våra brev: {refused} av {sent}. Det är inte mottagarnas fel.",
        refused=share.refused,
        sent=share.sent,
    )


def late_alarm(course: Course) -> Text | None:
    """Why a run must stop although its first answers were good: a relay says yes, and the letters come back.

    The same shares as the early alarm (`deliver.policy.alarm`), of all answers so far.
    """
    if course.cleared or course.answered <= FIRST:
        return alarm(course)
    if course.dead > _FEWEST_DEAD and course.dead * _DEAD_SHARE > course.answered:
        return say(
            "{dead} av de {answered} adresser som brevet har gått till finns inte. Är listan rätt?",
            dead=course.dead,
            answered=course.answered,
        )
    if course.complaints * _COMPLAINTS_SHARE > _COMPLAINTS * course.answered:
        return say(
            "{complaints} av {answered} mottagare har anmält brevet som skräppost.",
            complaints=course.complaints,
            answered=course.answered,
        )
    return None
