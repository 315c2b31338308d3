"""Finding out: what may have been published is looked for on the network, before anybody is asked.

A network's yes settles it at once. Its no is believed only when what was under way must have arrived, and
where the network can tell at all; then it goes out again. Else a person decides, with the post on screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from comms.channels.base import Channel
from comms.deliver import asked
from comms.errors import say
from comms.model.ledger import Absent, Delivery, DeliveryState, End, Outgoing, Receipt
from comms.store import Store

SETTLING = timedelta(minutes=5)
"""How long something that was under way may still arrive: only after that is a no believed."""

_OFTEN = timedelta(minutes=15)
_WAITS = tuple(timedelta(hours=hours) for hours in (0.5, 1, 2, 4, 8, 16, 24, 36, 48))
"""How long after the attempt a post is looked for when a quarter of an hour has told nothing."""

_MOST = 6
"""After so many attempts a no is not believed any more: something is wrong that no attempt mends."""


def seek(
    store: Store,
    channels: Mapping[str, Channel],
    make: Callable[[Delivery], Outgoing],
    now: datetime,
    *,
    owners: Collection[str] = (),
    before: datetime | None = None,
) -> list[Delivery]:
    """Look for every post whose fate is unknown; gives those that are settled, as they stand now.

    `owners` are processes that may still hear an answer: theirs are left alone. `before` is when somebody
    last looked: what has been unknown for long is looked for ever more seldom, and after two days no more.
    Letters are not looked for here: their evidence lies in logs and mailboxes.
    """
    return [
        settled
        for row in store.unknown()
        if row.edition_id is None and row.channel in channels and row.owner not in owners
        if _is_time(row, before, now)
        for settled in _sought(store, channels[row.channel], row, make, now)
    ]


def _is_time(row: Delivery, before: datetime | None, now: datetime) -> bool:
    """Whether to look now: often at first, then when a wait has ended since somebody last looked."""
    age = now - row.updated_at
    if before is None or age <= _OFTEN:
        return True
    return any(before < row.updated_at + wait <= now for wait in _WAITS)


def _sought(
    store: Store, channel: Channel, row: Delivery, make: Callable[[Delivery], Outgoing], now: datetime
) -> Iterator[Delivery]:
    match asked(row.channel, lambda: channel.find(make(row))):
        case Receipt() as found:
            end = End(DeliveryState.ACCEPTED, receipt=found.id, detail=found.answer)
        case Absent() if row.updated_at <= now - SETTLING and row.attempt < _MOST:
            end = End(DeliveryState.PLANNED, not_before=now, detail=str(_ABSENT))
        case _:
            return
    after = store.resolve(row, end, str(say("nätverket {channel}", channel=row.channel)), now)
    if after is not None:
        yield after


_ABSENT = say("Nätverket har den inte.")
