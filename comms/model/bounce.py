"""Mail that comes back: what kind of answer it is, why, and about which copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReturnKind(StrEnum):
    """What a returned letter means. The reason decides, never the first digit of a code.

    `dead`: the address is none (any more). `trouble`: the mailbox does not take anything just now. `ours`:
    the receiver does not want our mail, or cannot take it: not the reader's doing. `complaint`: somebody said
    that it is unwanted. `delay`: still on its way. `automatic`: an answer by a machine. `delivered`: it
    arrived. `unreadable`: it says none of this in a way that we understand.
    """

    DEAD = "dead"
    TROUBLE = "trouble"
    OURS = "ours"
    COMPLAINT = "complaint"
    DELAY = "delay"
    AUTOMATIC = "automatic"
    DELIVERED = "delivered"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something came back: a stable slug (`user-unknown`, `mailbox-full`, `spf` …) and its kind."""

    slug: str
    kind: ReturnKind


@dataclass(frozen=True, slots=True)
class Returned:
    """What one letter says of one copy.

    `address` is whom it speaks of ("" when it does not say), `became` what that became on its way ("" when
    nothing else), `status` the enhanced code (RFC 3463), `words`
    the server's own, on one line and harmless to print. What it can be known by: `paths`, addresses that the
    letter came to or names as the copy's sender, best first; `message_ids` with angle brackets; `links`,
    addresses in the returned List-Unsubscribe. `by` is the reader that understood it: `rfc3464`,
    `rfc3834` (an answer by a machine), `flufl`, `words`, `arf`, "" when none did; `smtp`: no letter, but an
    answer in the conversation itself.
    """

    reason: Reason
    address: str = ""
    status: str = ""
    words: str = ""
    paths: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None
    became: str = ""
