"""The doctor: whether this machine and this workspace can do what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from comms.app import doctoring_boxes as boxes
from comms.app import doctoring_channels as channels
from comms.app import doctoring_machine as machine
from comms.app import doctoring_mail as mail
from comms.app import doctoring_pages as pages
from comms.app.examined import Examined, Finding, Outside, fault
from comms.app.house import House
from comms.errors import CommsError
from comms.inbox.reading import unreadable

__all__ = ["Examined", "Finding", "Outside", "examine"]


def examine(house: House, now: datetime, outside: Outside | None = None) -> list[Examined]:
    """Look at everything that can be looked at without sending anything.

    Without `outside` nobody else is asked: not DNS, not mailboxes, not our own public address.
    """
    looks: list[Callable[[], Iterator[Examined]]] = [partial(look, house, now) for look in _FIRST]
    if outside is not None:
        looks += [partial(look, house, outside) for look in _OUTSIDE]
    looks += [partial(look, house, now) for look in _LAST]
    found: list[Examined] = []
    for look in looks:
        # What stops several looks, as a ledger that cannot be opened does, is told once.
        found += (one for one in _seen(look) if one not in found)
    return found


def _seen(look: Callable[[], Iterator[Examined]]) -> Iterator[Examined]:
    """What a look finds, and what stops it: that is a finding too."""
    try:
        yield from look()
    except CommsError as refused:
        yield fault(refused.message)
    except OSError as error:
        yield fault(unreadable(str(error.filename or ""), error))


_FIRST: tuple[Callable[[House, datetime], Iterator[Examined]], ...] = (
    machine.python,
    machine.content,
    machine.clock,
    machine.disk,
    machine.secrets,
    machine.memory,
    machine.watched,
    channels.channels,
    channels.running_out,
    channels.lengths,
    channels.dated,
    channels.remembering,
    boxes.feeds,
    mail.signing,
    mail.bouncing,
    boxes.quarantined,
)
_OUTSIDE: tuple[Callable[[House, Outside], Iterator[Examined]], ...] = (
    mail.published,
    boxes.mailboxes,
    pages.serving,
)
_LAST: tuple[Callable[[House, datetime], Iterator[Examined]], ...] = (
    pages.recognizing,
    pages.visited,
    pages.renamed,
    pages.unsubscribing,
)
