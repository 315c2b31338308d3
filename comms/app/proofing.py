"""Proofs: a real copy of an edition to colleagues; never counted, never an entry's delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from comms.app.clock import utc_now
from comms.app.house import House
from comms.app.rendering import render_entry
from comms.app.signing import seal
from comms.channels.base import Passing
from comms.channels.registry import open_channel
from comms.content.audiences import looks_like_address
from comms.errors import UsageError, say
from comms.model.audience import address_key
from comms.model.ledger import Letter
from comms.model.plan import Entry, EntryKind
from comms.render import headers
from comms.render.mime import letter_template, personalise

MOST = 10
"""A proof is for colleagues, not a way around approval."""


def proof(
    house: House,
    entry: Entry,
    to: Sequence[str],
    edition: str,
    now: datetime,
    *,
    suppressed: Collection[str] = (),
) -> Iterator[tuple[str, str]]:
    """Send one edition (`audience-municipality`; the first when empty) to each address.

    Gives each address with its receipt's id as soon as it is accepted, so that those are known if a later
    one is refused. Raises `UsageError` when the entry or an address is not fit for it (a suppression holds
    for proofs too), `ConfigError` when a key to sign with is not, `ChannelError` when one was not accepted.
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
    if refused := [address for address in to if address_key(address) in suppressed]:
        raise UsageError(
            say("{address} är spärrad och får inga brev, inte heller provbrev.", address=refused[0])
        )
    names = {f"{e.audience}-{e.municipality or 'whole-area'}": e for e in entry.editions}
    if not names or (edition and edition not in names):
        raise UsageError(say("Utgåvan finns inte. Välj bland: {known}", known=", ".join(names) or "–"))
    chosen = names[edition] if edition else next(iter(names.values()))
    rendered = render_entry(house, replace(entry, editions=(chosen,))).editions[0]
    settings = house.settings
    marked = replace(rendered, subject=f"[Prov] {rendered.subject}")
    template = letter_template(marked, settings=settings, newsletter=settings.newsletters[entry.newsletter])
    sign = seal(house)
    date, domain = now.astimezone(house.zone), settings.sender.email.rpartition("@")[2]
    channel = open_channel(
        settings.channels[entry.channel], out=house.out.as_posix(), memory=Passing(), now=utc_now
    )
    stem = f"proof-{rendered.sha256[:16]}-{now:%Y%m%d%H%M%S}"
    try:
        for number, address in enumerate(to, 1):
            message_id = headers.message_id(f"{stem}-{number}@{domain}")
            content = personalise(
                template,
                recipient=address,
                recipient_name="",
                message_id=message_id,
                date=date,
            )
            letter = Letter(
                f"proof-{entry.id}", settings.sender.email, address, message_id, sign(content, date)
            )
            yield address, channel.deliver(letter, point_of_no_return=lambda: None).id
    finally:
        channel.close()
