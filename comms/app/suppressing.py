"""Suppression by hand: somebody said no by letter or telephone, and an officer writes it down."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from comms.content.audiences import looks_like_address
from comms.errors import UsageError, say
from comms.store import Store


def suppress(store: Store, address: str, reason: str, now: datetime) -> str:
    """Never send to an address again; gives the address as it was understood.

    It may be given as it stands in a letter (`Namn <a@b.example>`, `mailto:a@b.example`). Raises
    `UsageError` for what is no address, or without a reason: a yes here must be true.
    """
    meant = parseaddr(address.strip().removeprefix("mailto:"))[1]
    if not looks_like_address(meant):
        raise UsageError(say("”{value}” är ingen e-postadress.", value=address))
    if not reason.strip():
        raise UsageError(say("Ange varför med --reason: det står kvar i liggaren."))
    store.suppress(meant, reason.strip(), now)
    return meant
