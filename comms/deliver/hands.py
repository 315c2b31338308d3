"""The hands of the outbox: threads that each carry one copy at a time through a channel.

A hand asks before the point of no return, and waits until the intent is durable. How it went goes to the
desk with the next commit; the hand takes its next copy meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from comms.errors import ChannelError, CommsError, LeaseLost, StoreError, say
from comms.model.ledger import Delivery, DeliveryState, End

if TYPE_CHECKING:
    from comms.channels.base import Channel
    from comms.model.ledger import Outgoing

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intent:
    """A hand stands before the point of no return."""

    hand: Hand
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Done:
    """A hand is done with a copy and free for the next.

    `outcome` is None when another took the copy over, StoreError when the ledger could not be read.
    """

    hand: Hand
    delivery: Delivery
    outcome: End | ChannelError | StoreError | None


Note = Intent | Done


class Hand:
    """One thread at one channel. `give` hands it a copy, or None to end it; `may_send` answers an intent."""

    def __init__(
        self,
        channel: Channel,
        make: Callable[[Delivery], Outgoing],
        tell: Callable[[Note], None],
        at: Callable[[str], None],
    ) -> None:
        """Start the thread; it waits for its first copy."""
        self.slug = channel.slug
        self._channel = channel
        self._make = make
        self._tell = tell
        self._at = at
        self._copies: SimpleQueue[Delivery | None] = SimpleQueue()
        self._answers: SimpleQueue[bool | StoreError] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"{channel.slug}-hand", daemon=True)
        self._thread.start()

    def give(self, delivery: Delivery | None) -> None:
        """Let the hand carry a copy; None ends it."""
        self._copies.put(delivery)

    def may_send(self, answer: bool | StoreError) -> None:  # noqa: FBT001 - the answer is the whole message
        """Say whether the intent is durable, or why the ledger failed."""
        self._answers.put(answer)

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join()

    def _work(self) -> None:
        while (delivery := self._copies.get()) is not None:
            self._tell(Done(self, delivery, self._carry(delivery)))

    def _carry(self, delivery: Delivery) -> End | ChannelError | StoreError | None:
        intended = False

        def point_of_no_return() -> None:
            nonlocal intended
            self._at("body.given")
            self._tell(Intent(self, delivery))
            answer = self._answers.get()
            if isinstance(answer, StoreError):
                raise answer
            if not answer:
                raise LeaseLost(
                    say("Leveransen {key} tillhör inte längre den här körningen.", key=delivery.key)
                )
            intended = True
            self._at("intent.answered")

        try:
            outgoing = self._make(delivery)
            self._at("copy.made")
            receipt = self._channel.deliver(outgoing, point_of_no_return=point_of_no_return)
        except LeaseLost:
            return None
        except (ChannelError, StoreError) as fault:
            return fault
        except Exception as fault:  # noqa: BLE001 - one copy that cannot be made must not stop the others
            if isinstance(fault, CommsError):  # said in words that people have: no fault of the program's
                return _mistake(str(fault), intended=intended)
            _LOG.exception("Delivery %s failed.", delivery.key)
            return _mistake(f"{type(fault).__name__}: {fault}", intended=intended)
        self._at("answer.read")
        return End(DeliveryState.ACCEPTED, receipt=receipt.id, detail=receipt.answer)


def _mistake(reason: str, *, intended: bool) -> End:
    if intended:
        return End(DeliveryState.UNKNOWN, str(say("Ett oväntat fel: {reason}", reason=reason)))
    return End(DeliveryState.HELD, str(say("Kunde inte göras klart: {reason}", reason=reason)))
