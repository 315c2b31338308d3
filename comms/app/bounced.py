"""`comms bounces list`: what has come back, of whom, why, and what was done; as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from comms.app.bouncing import SOURCE
from comms.errors import Text, say
from comms.model.ledger import EventKind
from comms.model.subscriber import NoKind
from comms.store import Store
from comms.store.events import ANSWERED
from comms.store.returns import CameBack
from comms.text.masking import masked

_KINDS: dict[EventKind, Text] = {
    EventKind.BOUNCE_HARD: say("adressen finns inte"),
    EventKind.BOUNCE_SOFT: say("brevlådan tog inte emot"),
    EventKind.BOUNCE_OURS: say("avvisat för vår skull"),
    EventKind.COMPLAINT: say("anmält som skräppost"),
}
_STANDS: dict[NoKind | None, Text] = {
    NoKind.BOUNCE: say("spärrad"),
    NoKind.COMPLAINT: say("spärrad"),
    None: say("får brev"),
}


@dataclass(frozen=True, slots=True)
class Came:
    """A line. `who`: an office's address in full, a reader's masked. `done`: how the address stands now.

    `slug`: the reason's name for scripts, "" when it is known from elsewhere than a server's words.
    """

    happened_at: datetime
    who: str
    municipality: str
    event: EventKind
    kind: Text
    slug: str
    words: str
    slot_id: str
    done: Text
    is_suppressed: bool


def came_back(store: Store, since: datetime) -> Iterator[Came]:
    """What has come back since a time, oldest first. Streams."""
    return map(_shown, store.returns.listed(since))


def _shown(row: CameBack) -> Came:
    return Came(
        row.happened_at,
        masked(row.recipient) if row.subscribes and "@" in row.recipient else row.recipient,
        row.municipality,
        row.kind,
        _KINDS[row.kind],
        row.source.partition(": ")[2] if row.source.startswith((SOURCE, ANSWERED)) else "",
        row.detail,
        row.slot_id,
        _STANDS[row.no],
        row.no is not None,
    )
