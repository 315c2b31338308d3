"""Mails about a person's own asking: a link and what it is for. Plain text, nothing that sells.

They hold no word that a visitor has typed, so that nobody can write to a stranger through the form: all that
is chosen is named as the office names it.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from comms.errors import say
from comms.model.office import Office
from comms.model.settings import Settings
from comms.model.subscriber import Ticket, TicketKind
from comms.render.addresses import PRIVACY_PATH, SIGNUP_PATH, url
from comms.render.plaintext import wrapped
from comms.render.public_forms import rows_of
from comms.text.times import short_time

LIFETIMES = {
    TicketKind.CONFIRM: timedelta(hours=48),
    TicketKind.SETTINGS: timedelta(minutes=60),
    TicketKind.ALREADY: timedelta(minutes=60),
}
"""How long each kind of link works after it was mailed."""

_HOUR = timedelta(hours=1)


def ticket_mail(office: Office, ticket: Ticket, link: str) -> tuple[str, str]:
    """Subject and body of a ticket's mail; `link` is the address of its page."""
    return _MAILS[ticket.kind](office, ticket, link)


def _confirm(office: Office, ticket: Ticket, link: str) -> tuple[str, str]:
    settings = office.settings
    rows = rows_of(office, ticket.choices)
    chosen = "\n".join(
        wrapped(f"{row.name}: {', '.join(row.values)}", first="  ", rest="    ") for row in rows
    )
    asks = say(
        "Någon, troligen du, vill få nyhetsbrev från {name} till den här adressen. Det bad de om "
        "{when} på {page}, och valde:",
        name=settings.name,
        when=_when(settings, ticket),
        page=url(settings, SIGNUP_PATH),
    )
    leads = say("Länken går till en sida med en knapp. Den gäller i {hours} timmar.", hours=_hours(ticket))
    ignored = say(
        "Var det inte du? Då behöver du inte göra något. Utan ditt ja skickar vi inga nyhetsbrev, och "
        "adressen glömmer vi efter {days} dagar.",
        days=max(1, round(settings.retention.pending / timedelta(days=1))),
    )
    subject = say("Bekräfta att du vill ha nyhetsbrev från {name}", name=settings.name)
    button = say("Vill du ha breven? Bekräfta här:")
    return str(subject), _mail(
        settings, str(say("Hej!")), str(asks), chosen, str(button), link, str(leads), str(ignored)
    )


def _settings(office: Office, ticket: Ticket, link: str) -> tuple[str, str]:
    settings = office.settings
    asks = say(
        "Här är länken till din prenumeration på nyhetsbrev från {name}. Någon, troligen du, bad om den "
        "{when}. På sidan kan du ändra dina val, göra en paus eller avsluta:",
        name=settings.name,
        when=_when(settings, ticket),
    )
    leads = say(
        "Länken gäller i {minutes} minuter. Skicka den inte vidare: den som har den kan ändra dina val.",
        minutes=_minutes(ticket),
    )
    ignored = say("Var det inte du? Då behöver du inte göra något. Ingenting har ändrats.")
    subject = say("Din prenumeration på nyhetsbrev från {name}", name=settings.name)
    return str(subject), _mail(settings, str(say("Hej!")), str(asks), link, str(leads), str(ignored))


def _already(office: Office, ticket: Ticket, link: str) -> tuple[str, str]:
    settings = office.settings
    asks = say(
        "Någon, troligen du, anmälde den här adressen till nyhetsbrev från {name} {when}. Du prenumererar "
        "redan på dem, så du behöver inte göra något: breven kommer som förut.",
        name=settings.name,
        when=_when(settings, ticket),
    )
    change = say("Vill du ändra dina val, göra en paus eller avsluta? Det gör du här:")
    leads = say(
        "Länken gäller i {minutes} minuter. Skicka den inte vidare: den som har den kan ändra dina val.",
        minutes=_minutes(ticket),
    )
    subject = say("Du prenumererar redan på nyhetsbrev från {name}", name=settings.name)
    return str(subject), _mail(
        settings, str(say("Hej!")), str(asks), str(change), link, str(leads)
    )  # fmt: skip


_MAILS = {
    TicketKind.CONFIRM: _confirm,
    TicketKind.SETTINGS: _settings,
    TicketKind.ALREADY: _already,
}


def _mail(settings: Settings, *paragraphs: str) -> str:
    """The paragraphs, and who they come from; what has lines of its own keeps them."""
    sender = settings.sender
    about = say(
        "Frågor? Skriv till {email}. Så behandlar vi personuppgifter: {page}",
        email=sender.reply_to or sender.email,
        page=url(settings, PRIVACY_PATH),
    )
    signed = f"{sender.name}\n{sender.postal_address}"
    return "\n\n".join((*(_broken(one) for one in paragraphs), _broken(str(about)), signed)) + "\n"


def _broken(paragraph: str) -> str:
    """A paragraph in lines of 72, when it has no lines yet; a link is one word, and so stays whole."""
    return paragraph if paragraph.startswith("  ") else wrapped(paragraph)


def _when(settings: Settings, ticket: Ticket) -> str:
    return short_time(ticket.asked_at.astimezone(ZoneInfo(settings.timezone)))


def _hours(ticket: Ticket) -> int:
    return LIFETIMES[ticket.kind] // _HOUR


def _minutes(ticket: Ticket) -> int:
    return LIFETIMES[ticket.kind] // timedelta(minutes=1)
