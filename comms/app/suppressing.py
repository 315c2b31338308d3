"""Suppression by hand: somebody said no by letter or telephone, and an officer writes it down, or lifts it.

An officer lifts the office's own noes alone. Who has said no by themselves comes back by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from comms.app.hashed import erased_keys
from comms.content.audiences import looks_like_address
from comms.errors import Text, UsageError, say
from comms.model.audience import address_key
from comms.model.settings import Settings
from comms.model.subscriber import ALL_NEWSLETTERS, OWN_NOES, No, NoKind
from comms.render.addresses import SIGNUP_PATH, url
from comms.store import Store

_KINDS = {
    NoKind.OWN: say("personen själv"),
    NoKind.ERASED: say("personen själv, raderad"),
    NoKind.OFFICER: say("kontoret"),
    NoKind.BOUNCE: say("breven kom inte fram"),
    NoKind.COMPLAINT: say("personen anmälde brevet som skräp"),
}
"""Whose no it is."""


def suppress(
    settings: Settings, store: Store, address: str, reason: str, now: datetime, newsletter: str = ""
) -> str:
    """Never send to an address again, or not one newsletter; gives the address as it was understood.

    It may be given as it stands in a letter (`Namn <a@b.example>`, `mailto:a@b.example`). Raises
    `UsageError` for what is no address or newsletter, or without a reason: a yes here must be true.
    """
    meant = understood(address)
    if not reason.strip():
        raise UsageError(say("Ange varför med --reason: det står kvar i liggaren."))
    if not newsletter:
        store.suppress(meant, reason.strip(), now)
        return meant
    _must_be_one_of(settings.newsletters, newsletter)
    store.leaving.refuse(meant, newsletter, reason.strip(), now)
    return meant


def liftable(
    settings: Settings, store: Store, address: str, newsletter: str = ""
) -> tuple[str, Sequence[No]]:
    """The address as it was understood, and which noes of the office's could be taken back.

    All of them when no newsletter is named. Raises `UsageError` when none stands, or only the person's own.
    """
    meant = understood(address)
    key = address_key(meant)
    keys = settings.web.keys if settings.web else ()
    stands = store.leaving.noes([key, *erased_keys(key, keys)])
    if newsletter:
        _must_be_one_of({*settings.newsletters, *(no.newsletter for no in stands)}, newsletter)
        stands = [no for no in stands if no.newsletter == newsletter]
    found = [no for no in stands if no.kind not in OWN_NOES]
    if found:
        return meant, found
    if stands:
        raise UsageError(_by_themselves(settings, meant, stands[0]))
    if newsletter:
        raise UsageError(say("{address} är inte spärrad för {name}.", address=meant, name=newsletter))
    raise UsageError(say("{address} är inte spärrad.", address=meant))


def lift(store: Store, noes: Sequence[No], reason: str, by: str, now: datetime) -> None:
    """Take back noes of the office's. Raises `UsageError` without a reason, or when none stands any more."""
    if not reason.strip():
        raise UsageError(say("Ange varför med --reason: det står kvar i liggaren."))
    if not store.leaving.lift(noes, reason=reason.strip(), by=by, now=now):
        raise UsageError(say("Spärren är redan hävd."))


def told(settings: Settings, no: No) -> Text:
    """A no in words: since when, to what, whose and why."""
    newsletter = settings.newsletters.get(no.newsletter)
    title = newsletter.title if newsletter else no.newsletter
    return say(
        "Spärrad sedan {day}, {what} ({kind}): {reason}",
        day=_day(settings, no),
        what=say("alla nyhetsbrev") if no.newsletter == ALL_NEWSLETTERS else title,
        kind=_KINDS[no.kind],
        reason=no.reason,
    )


def _by_themselves(settings: Settings, address: str, no: No) -> Text:
    day = _day(settings, no)
    if settings.web is None:
        return say(
            "{address} har själv sagt nej, {day}. Det kan bara personen själv ta tillbaka.",
            address=address,
            day=day,
        )
    return say(
        "{address} har själv sagt nej, {day}. Det kan bara personen själv ta tillbaka, genom att anmäla sig "
        "på {page}",
        address=address,
        day=day,
        page=url(settings, SIGNUP_PATH),
    )


def _day(settings: Settings, no: No) -> str:
    """The day when a no was said, by the office's clock."""
    return f"{no.created_at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d}"


def understood(address: str) -> str:
    """An address as it may stand in a letter (`Namn <a@b.example>`, `mailto:…`). Raises `UsageError`."""
    meant = parseaddr(address.strip().removeprefix("mailto:"))[1]
    if not looks_like_address(meant):
        raise UsageError(say("”{value}” är ingen e-postadress.", value=address))
    return meant


def _must_be_one_of(newsletters: Collection[str], name: str) -> None:
    if name not in newsletters:
        known = ", ".join(sorted(one for one in newsletters if one))
        raise UsageError(say("Nyhetsbrevet ”{name}” finns inte. Välj bland: {known}", name=name, known=known))
