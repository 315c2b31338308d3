"""Proofs: a real copy of an edition to colleagues; never counted, never an entry's delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from comms.app.house import House
from comms.app.rendering import render_entry
from comms.channels.registry import open_channel
from comms.content.audiences import looks_like_address
from comms.errors import UsageError, say
from comms.model.ledger import Letter
from comms.model.plan import Entry, EntryKind
from comms.render.mime import letter_template, personalise

MOST = 10
"""A proof is for colleagues, not a way around approval."""


def proof(house: House, entry: Entry, to: Sequence[str], edition: str, now: datetime) -> list[str]:
    """Send one edition (`audience-municipality`; the first when empty) to each address.

    Gives the receipts' ids. Raises `UsageError` when the entry or an address is not fit for it,
    `ChannelError` when it was not accepted.
    """
    if entry.kind is not EntryKind.ISSUE:
        raise UsageError(say("En post visas med comms preview; provbrev finns bara för nyhetsbrev."))
    wrong = [address for address in to if not looks_like_address(address)]
    if wrong or not to or len(to) > MOST:
        raise UsageError(
            say(
                "Ange 1–{most} e-postadresser med --to. Fel: {wrong}",
                most=MOST,
                wrong=", ".join(wrong) or "–",
            )
        )
    names = {f"{e.audience}-{e.municipality or 'whole-area'}": e for e in entry.editions}
    if not names or (edition and edition not in names):
        raise UsageError(say("Utgåvan finns inte. Välj bland: {known}", known=", ".join(names) or "–"))
    chosen = names[edition] if edition else next(iter(names.values()))
    rendered = render_entry(house, replace(entry, editions=(chosen,))).editions[0]
    settings = house.settings
    marked = replace(rendered, subject=f"[Prov] {rendered.subject}")
    template = letter_template(marked, settings=settings, newsletter=settings.newsletters[entry.newsletter])
    domain = settings.sender.email.rpartition("@")[2]
    channel = open_channel(settings.channels[entry.channel], out=house.out.as_posix())
    receipts = []
    try:
        for number, address in enumerate(to, 1):
            message_id = f"<proof-{rendered.sha256[:16]}-{now:%Y%m%d%H%M%S}-{number}@{domain}>"
            content = personalise(
                template,
                recipient=address,
                recipient_name="",
                message_id=message_id,
                date=now.astimezone(house.zone),
            )
            letter = Letter(f"proof-{entry.id}", settings.sender.email, address, message_id, content)
            receipts.append(channel.deliver(letter, point_of_no_return=lambda: None).id)
    finally:
        channel.close()
    return receipts
