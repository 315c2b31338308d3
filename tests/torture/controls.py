"""Two engines that are wrong on purpose: a torture that they survive proves nothing.

`python -m tests.torture.controls NAME …`, else as tests.fakes.outbox.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from comms.deliver import LedgerPort
from comms.model.ledger import Delivery, DeliveryState, End, Settled
from comms.store import Store
from tests.fakes.outbox import HONEST, Engine, main


def requeue(store: Store, now: datetime) -> None:
    """What died while it was sending goes out again: wrong, for it may have arrived."""
    for row in store.recover(now, exclusive=not store.shared):
        if row.state is DeliveryState.UNKNOWN:
            store.resolve(row, End(DeliveryState.PLANNED, not_before=now), "control", now)


@dataclass(frozen=True)
class MarkFirst:
    """A ledger that says accepted before the dot is sent: wrong, for it may never be."""

    store: Store

    def __getattr__(self, name: str) -> object:
        """All else is as it is."""
        return getattr(self.store, name)

    def settle(
        self, owner: str, ends: Sequence[tuple[Delivery, End]], intents: Sequence[Delivery], now: datetime
    ) -> Settled:
        """Commit the intents, and mark them sent at once."""
        settled = self.store.settle(owner, ends, intents, now)
        sent = [(row, End(DeliveryState.ACCEPTED, receipt="marked first")) for row in settled.sending]
        self.store.settle(owner, sent, (), now)
        return settled


ENGINES = {
    "requeue": Engine(requeue, HONEST.ledger),
    "mark-first": Engine(HONEST.recover, lambda store: cast("LedgerPort", MarkFirst(store))),
}

if __name__ == "__main__":
    main(*sys.argv[2:], engine=ENGINES[sys.argv[1]])
