"""Inviting: mails with a person's own link are handed over, each at most once, within what is fair to send.

A form that anybody may fill in can be used to send mail to strangers. So a mail waits for its turn: of the
network that asked, of the receiving domain, of all. Nobody that waits is lost (OWASP, Email Bombing).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from comms.app import telling
from comms.app.clock import utc_now
from comms.app.house import House
from comms.app.office import Ledger, read_office
from comms.app.signing import Seal, seal
from comms.channels.base import Channel
from comms.errors import (
    ChannelDown,
    ConfigError,
    ContentError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Letter
from comms.model.office import Office
from comms.model.settings import Secret, Settings
from comms.model.subscriber import Ticket, TicketKind
from comms.render.addresses import choices_path, confirm_path, url
from comms.render.headers import ascii_address, message_id
from comms.render.mime import notice_message
from comms.render.ticket_mails import LIFETIMES, ticket_mail
from comms.text.tokens import Purpose, token

_AGAIN = timedelta(minutes=5)
"""How long a mail waits that was refused for now, when the receiver does not say."""


class _NotNow(Exception):
    """Nothing is mailed, because the ticket could not be marked."""


class _Fate(Enum):
    """What became of a mail. `stop`: no other would be taken either."""

    MAILED = auto()
    WAITS = auto()
    STOP = auto()


@dataclass(frozen=True)
class _Post:
    """What a mail is made and handed over with."""

    office: Office
    store: Ledger
    channel: Channel
    keys: tuple[Secret, ...]
    sign: Seal
    clock: Callable[[], datetime]


def waiting(store: Ledger) -> bool:
    """Whether any mail waits; cheap enough to ask every second."""
    return store.tickets.is_waiting()


def mail_tickets(
    house: House,
    store: Ledger,
    channels: Mapping[str, Channel],
    now: datetime,
    *,
    not_before: MutableMapping[str, datetime] | None = None,
) -> int:
    """Hand over the mails that wait and may go now, oldest first; how many were.

    `not_before` is the caller's memory, from call to call, of which must wait because they were refused for
    now. A database that may not send (`fence_if_old`), a channel that rests, an office without keys or with
    faults mails nothing: they wait. Raises StoreError when the database fails.
    """
    settings = house.settings
    slug = telling.way_to_the_officer(house)
    keys = settings.web.keys if settings.web else ()
    if slug not in channels or not keys or not waiting(store) or store.fence_if_old(now):
        return 0
    if slug in store.resting(now):
        return 0
    patience = not_before if not_before is not None else {}
    try:
        office, sign = _office(house), seal(house)
    except ConfigError as unusable:
        store.notice(*telling.channel_stopped(slug, unusable.message, _day(settings, now)), now)
        return 0
    began = utc_now()
    post = _Post(office, store, channels[slug], keys, sign, lambda: now + (utc_now() - began))
    return _hand_over(post, patience, now)


def crowded(settings: Settings, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: so many mails wait that sign-ups are not taken in. Once a day."""
    body = say(
        "Så många anmälningar till nyhetsbreven väntar på sitt mejl att nya inte tas emot just nu.\n\n"
        "Troligen är det ett program som fyller i formuläret med andras adresser. Mejlen går ut efter hand, "
        "inom gränserna i comms.yaml (subscribers: limits), så du behöver inte göra något. Pågår det i flera "
        "dagar: be den som sköter webbservern att stänga ute nätet som det kommer från."
    )
    subject = say("Ovanligt många anmälningar till nyhetsbreven")
    return f"signups-crowded:{_day(settings, now)}", str(subject), f"{body}\n"


def full(settings: Settings, now: datetime) -> tuple[str, str, str]:
    """Key, subject and body: more want a mail than may go out in the time. Once a day."""
    rate = settings.signups.site
    body = say(
        "{count} mejl till dem som anmäler sig har gått ut på {minutes} minuter, och fler väntar. De går ut "
        "efter hand, ingen tappas bort.\n\n"
        "Har ni just berättat om breven för många är det väntat. Annars är det troligen ett program som "
        "fyller i formuläret med andras adresser. Gränsen står i comms.yaml (subscribers: limits: site).",
        count=rate.count,
        minutes=round(rate.period / timedelta(minutes=1)),
    )
    subject = say("Många anmäler sig: mejl väntar på sin tur")
    return f"signups-full:{_day(settings, now)}", str(subject), f"{body}\n"


def _hand_over(post: _Post, patience: MutableMapping[str, datetime], now: datetime) -> int:
    waits = {identity for identity, until in patience.items() if until > now}
    queue = post.store.tickets.queue(post.office.settings.signups, now, waits)
    if queue.is_full:
        post.store.notice(*full(post.office.settings, now), now)
    mailed = 0
    for ticket in queue.tickets:
        patience.pop(ticket.id, None)
        fate = _mail(post, ticket, patience)
        mailed += fate is _Fate.MAILED
        if fate is _Fate.STOP:
            break
    return mailed


def _mail(post: _Post, ticket: Ticket, patience: MutableMapping[str, datetime]) -> _Fate:
    """One mail. Marked before it may be sent: a repeat would be a second one, and who wants can ask again."""
    tickets, signups = post.store.tickets, post.office.settings.signups
    marked = False

    def mark() -> None:
        nonlocal marked
        at = post.clock()
        marked = tickets.mark(ticket, signups, at + LIFETIMES[ticket.kind], at)
        if not marked:
            raise _NotNow

    try:
        to = ascii_address(_owner(post.store, ticket))
        post.channel.deliver(_letter(post, ticket, to), point_of_no_return=mark)
    except _NotNow:
        return _Fate.WAITS
    except OutcomeUnknown:
        return _Fate.MAILED  # it may be there
    except (PermanentFailure, ContentError):
        tickets.end(ticket.id, post.clock())
        return _Fate.WAITS
    except (TemporaryFailure, ChannelDown, SenderRefused) as refused:
        if marked:
            tickets.give_back(ticket.id)
        return _refused(post, ticket, refused, patience)
    return _Fate.MAILED


def _refused(
    post: _Post,
    ticket: Ticket,
    refused: TemporaryFailure | ChannelDown | SenderRefused,
    patience: MutableMapping[str, datetime],
) -> _Fate:
    """Certainly not sent: it waits, and all do when nothing would be taken."""
    now = post.clock()
    slug = post.channel.slug
    asked = None if isinstance(refused, SenderRefused) else refused.retry_after
    patience[ticket.id] = now + max(asked or _AGAIN, _AGAIN)
    if isinstance(refused, ChannelDown):
        post.store.rest(slug, str(refused), asked, now)
        return _Fate.STOP
    if isinstance(refused, SenderRefused) and refused.decisive:
        day = _day(post.office.settings, now)
        post.store.notice(*telling.channel_stopped(slug, refused.message, day), now)
        post.store.rest(slug, str(refused), None, now)
        return _Fate.STOP
    return _Fate.WAITS


def _owner(store: Ledger, ticket: Ticket) -> str:
    """Where a ticket's mail goes: a link to choices to the address that owns them, however it was typed."""
    if ticket.kind is TicketKind.CONFIRM:
        return ticket.address
    owner = store.subscribers.find(ticket.address_key)
    return owner.address if owner else ticket.address


def _letter(post: _Post, ticket: Ticket, to: str) -> Letter:
    """A ticket's mail, signed. Raises SenderRefused when our own names cannot stand in a letter's head."""
    settings, date = post.office.settings, post.clock().astimezone(ZoneInfo(post.office.settings.timezone))
    subject, body = ticket_mail(post.office, ticket, link_of(settings, ticket, post.keys))
    try:
        identity = message_id(f"ticket-{ticket.id}@{settings.sender.email.rpartition('@')[2]}")
        content = notice_message(
            settings=settings,
            to=to,
            subject=subject,
            body=body,
            date=date,
            message_id=identity,
            reply_to=settings.sender.reply_to,
        )
    except ContentError as ours:
        raise SenderRefused(ours.message) from None
    return Letter(f"signup-{ticket.id}", settings.sender.email, to, identity, post.sign(content, date))


def link_of(settings: Settings, ticket: Ticket, keys: tuple[Secret, ...]) -> str:
    """The address of a ticket's page."""
    if ticket.kind is TicketKind.CONFIRM:
        return url(settings, confirm_path(token(Purpose.CONFIRM, ticket.id, keys)))
    return url(settings, choices_path(token(Purpose.SETTINGS, ticket.id, keys)))


def _office(house: House) -> Office:
    """The office of a house; its files are read when the house was opened without its content."""
    if house.workspace.audiences.audiences:
        return Office(house.settings, house.workspace.audiences, house.workspace.strategy)
    return read_office(house.root)


def _day(settings: Settings, now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d}"
