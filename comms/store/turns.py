"""The order within a post: a part of a thread waits until the one before it is out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, or_, update

from comms.errors import say
from comms.model.ledger import DeliveryState
from comms.store.columns import is_state
from comms.store.schema import deliveries

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ColumnElement

_NOT_OUT = frozenset(DeliveryState) - {DeliveryState.ACCEPTED}
_NEVER_OUT = (DeliveryState.REJECTED, DeliveryState.CANCELLED, DeliveryState.SKIPPED)
_NOT_BEGUN = say("Delen före den gick inte ut.")


_BEFORE = deliveries.alias("before")


def _follows(states: Collection[DeliveryState]) -> ColumnElement[bool]:
    """Whether a row comes after a row of the same slot that stands in `states`."""
    return exists().where(
        _BEFORE.c.slot_id == deliveries.c.slot_id,
        _BEFORE.c.id < deliveries.c.id,
        _BEFORE.c.state.in_(sorted(state.value for state in states)),
    )


IN_TURN = or_(deliveries.c.edition_id.is_not(None), ~_follows(_NOT_OUT))
"""Whether nothing stands before a row: letters go in any order, parts of a post one after the other.

Put together once: it is asked with every claim.
"""


def end_followers(connection: Connection, now: datetime) -> None:
    """Cancel the parts of a post that go on from one that will never be out; hold those of one held."""
    for states, end in ((_NEVER_OUT, DeliveryState.CANCELLED), ((DeliveryState.HELD,), DeliveryState.HELD)):
        connection.execute(
            update(deliveries)
            .where(
                is_state(deliveries.c.state, DeliveryState.PLANNED),
                deliveries.c.edition_id.is_(None),
                _follows(states),
            )
            .values(state=end.value, reason=str(_NOT_BEGUN), not_before=None, updated_at=now)
        )
