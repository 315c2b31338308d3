"""The pages where people subscribe, choose and stop: each is the bytes of its HTML.

Pure: what a page says is in its arguments. To open one changes nothing: what acts is a form sent by POST,
with a seal (comms/text/tokens.py). Pages whose address holds a token ask search engines to leave them alone,
and tell no other server where the reader came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from comms.errors import Text, say
from comms.model.office import Office
from comms.model.settings import Settings
from comms.model.subscriber import Exit, SignupForm, Subscriber, Ticket, Welcome
from comms.render.addresses import (
    ACCESSIBILITY_PATH,
    PRIVACY_PATH,
    SETTINGS_PATH,
    SIGNUP_PATH,
    choices_path,
    confirm_path,
    exit_path,
)
from comms.render.public_forms import (
    Row,
    address_form,
    form_of,
    rows_of,
    spoken_schedule,
)
from comms.render.site_frame import Page, to_public_page
from comms.render.site_parts import rooted
from comms.render.wording import listed, spoken_date, weekday_and_date

STATED_ON = date(2026, 11, 26)
"""The day of the two statements, and when every kind of page was last examined by us."""

_IMY = "https://www.imy.se/privatperson/utfora-arenden/lamna-ett-klagomal/"
_DIGG = "https://www.digg.se/tdosanmalan"
_YEAR = 365
_NUMBERS = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


class _Coming(NamedTuple):
    title: str
    when: str


class _Way(NamedTuple):
    text: str
    href: str


def signup_page(office: Office, form: SignupForm, seal: str, *, again: bool = False) -> bytes:
    """Where anybody subscribes: what was typed is kept, each fault leads to its field.

    `again`: the form came sooner than a person fills it in, so it is asked to be sent once more.
    """
    shown = form_of(office, form)
    title = str(say("Prenumerera"))
    words, link = _consent(office)
    page = Page(
        template="signup",
        path=SIGNUP_PATH,
        title=_with_faults(title, is_faulty=bool(shown.faults)),
        heading=title,
        lead=str(say("Få nyheterna i din inkorg. Det kostar inget, och du kan sluta när du vill.")),
        description=str(say("Prenumerera på nyhetsbrev från {name}.", name=office.settings.name)),
        card="",
        values={
            "form": shown,
            "seal": seal,
            "again": again and not shown.faults,
            "consent": {"words": words, "link": link},
        },
    )
    return to_public_page(office, page)


def consent_text(office: Office) -> str:
    """The words above the sign-up button: what somebody says yes to, kept as evidence (GDPR, art. 7.1)."""
    return " ".join(_consent(office))


def _consent(office: Office) -> tuple[str, str]:
    words = say(
        "När du skickar formuläret, och sedan bekräftar i mejlet som du får, säger du ja till att {sender} "
        "skickar de nyhetsbrev som du har valt till din e-postadress och sparar adressen och dina val för "
        "det. Du kan ta tillbaka ditt ja när du vill, med länken i varje brev.",
        sender=office.settings.sender.name,
    )
    return str(words), str(say("Så behandlar vi dina personuppgifter."))


def sent_page(office: Office) -> bytes:
    """After a sign-up or a request for a link: the same for everybody, so nobody learns which are known."""
    sender, pending = office.settings.sender, office.settings.retention.pending
    words = (
        say(
            "Kan vi skicka till adressen kommer snart ett mejl från {name}, {email}.",
            name=sender.name,
            email=sender.email,
        ),
        say("Öppna länken i mejlet och tryck på knappen där. Innan dess händer ingenting."),
        say(
            "Kommer inget mejl? Titta bland skräpposten, och se efter att du skrev adressen rätt. Vi skickar "
            "inte flera mejl tätt till samma adress: har du redan fått ett gäller länken i det. En länk till "
            "dina val kommer bara till en adress som prenumererar."
        ),
        say("En anmälan som inte bekräftas glömmer vi efter {time}.", time=_long(pending)),
    )
    links = ((say("Läs nyheterna så länge"), "nyheter/"),)
    return notice_page(office, say("Titta i din inkorg"), words, links=links)


def confirm_page(office: Office, ticket: Ticket, token: str, seal: str) -> bytes:
    """Where the link in a confirming mail leads: what was chosen, and a button."""
    used = ticket.used_at is not None
    title = say("Redan bekräftat") if used else say("Bekräfta prenumerationen")
    values = {"is_used": used, "rows": rows_of(office, ticket.choices), "seal": seal}
    return _private(office, "confirm", confirm_path(token), title, values)


def welcome_page(office: Office, welcome: Welcome) -> bytes:
    """After a yes: when the next letter of each newsletter comes, and how one changes or stops."""
    coming = tuple(_coming(office.settings, slug, welcome.next_on) for slug in welcome.choices.newsletters)
    values = {
        "coming": coming,
        "rows": rows_of(office, welcome.choices),
        "sends": office.settings.sender.email,
    }
    return _private(office, "welcome", confirm_path(""), say("Välkommen! Nu prenumererar du"), values)


def _coming(settings: Settings, slug: str, next_on: Mapping[str, date]) -> _Coming:
    newsletter, day = settings.newsletters.get(slug), next_on.get(slug)
    if day:
        told = say("nästa nummer kommer {day}.", day=f"{weekday_and_date(day)} {day.year}")
    elif newsletter:
        told = say("kommer {when}.", when=spoken_schedule(newsletter.schedule))
    else:
        told = say("kommer när det finns ett nytt nummer.")
    return _Coming(newsletter.title if newsletter else slug, str(told))


def settings_request_page(office: Office, address: str, fault: Text | None, seal: str) -> bytes:
    """Where a subscriber asks for a link to their own choices."""
    title = str(say("Dina val"))
    page = Page(
        template="settings-request",
        path=SETTINGS_PATH,
        title=_with_faults(title, is_faulty=fault is not None),
        heading=title,
        lead=str(say("Byt kommun, välj andra brev, ta en paus eller sluta.")),
        description=str(say("Ändra din prenumeration på nyhetsbrev från {name}.", name=office.settings.name)),
        card="",
        is_listed=False,
        values={"form": address_form(address, fault), "seal": seal},
    )
    return to_public_page(office, page)


def settings_page(
    office: Office, subscriber: Subscriber, form: SignupForm, token: str, seal: str, *, saved: bool
) -> bytes:
    """A subscriber's own choices, a pause and an end. `form`: the choices as typed or as they stand."""
    shown = form_of(office, form, may_be_none=True)
    every = office.settings.newsletters
    others = [
        every[slug].title if slug in every else slug
        for slug in subscriber.newsletters
        if slug not in office.newsletters
    ]
    if others:
        shown = replace(shown, newsletters=replace(shown.newsletters, need=str(say("(frivilligt)"))))
    values = {
        "others": listed(others),
        "form": shown,
        "seal": seal,
        "is_saved": saved and not shown.faults,
        "has_letters": bool(subscriber.newsletters),
        "paused_until": _day(office, subscriber.paused_until),
    }
    return _private(
        office,
        "settings",
        choices_path(token),
        say("Dina val"),
        values,
        lead=say("Gäller breven till {address}.", address=subscriber.address),
        is_faulty=bool(shown.faults),
    )


def exit_page(office: Office, way_out: Exit, token: str, seal: str) -> bytes:
    """Where a letter's own way out leads: nothing is done until a button is pressed."""
    if not way_out.masked:
        title = say("Länken gäller inte längre")
    elif way_out.is_over:
        title = say("Brevet är redan avslutat")
    else:
        title = say("Vill du sluta få brev?")
    values = {
        "rows": (Row(str(say("Adress")), (way_out.masked,)), Row(str(say("Brev")), (way_out.title,))),
        "title": way_out.title,
        "is_known": bool(way_out.masked),
        "is_over": way_out.is_over,
        "can_pause": way_out.is_subscriber,
        "paused_until": _day(office, way_out.paused_until),
        "seal": seal,
    }
    return _private(office, "exit", exit_path(token), title, values)


def ended_page(office: Office, way_out: Exit, *, everything: bool, token: str, seal: str) -> bytes:
    """After a no, by a button or by a mail program's one click."""
    who = way_out.masked or say("Adressen")
    if everything:
        words = say("{who} får inga fler brev från {sender}.", who=who, sender=office.settings.sender.name)
    else:
        words = say("{who} får inga fler nummer av {title}.", who=who, title=way_out.title)
    values = {
        "words": str(words),
        "offers_all": not everything and bool(way_out.masked),
        # A person's own no is lifted by the person alone, at an office too: by the form, if it is open.
        "can_return": bool(office.newsletters) if everything else way_out.newsletter in office.newsletters,
        "seal": seal,
    }
    return _private(office, "ended", exit_path(token), say("Nu är det avslutat"), values)


def paused_page(office: Office, way_out: Exit, token: str, seal: str) -> bytes:
    """After a pause has begun, or after it was ended before its time."""
    paused = way_out.paused_until is not None
    values = {
        "masked": way_out.masked or str(say("adressen")),
        "paused_until": _day(office, way_out.paused_until),
        "seal": seal,
    }
    title = say("Breven är pausade") if paused else say("Du får breven igen")
    return _private(office, "paused", exit_path(token), title, values)


def notice_page(
    office: Office, title: Text, words: Sequence[Text], *, links: Sequence[tuple[Text, str]] = ()
) -> bytes:
    """A page that says one thing. A link leads below the base address, or to an `https:` or `mailto:`."""
    ways = tuple(_Way(str(text), _href(office.settings, target)) for text, target in links)
    values = {"words": tuple(map(str, words)), "links": ways}
    return _private(office, "message", "meddelande", title, values)


def privacy_page(office: Office) -> bytes:
    """What the office says of personal data (GDPR, art. 13)."""
    return to_public_page(office, privacy(office, card=""))


def accessibility_page(office: Office) -> bytes:
    """How everybody can use the pages (lag 2018:1937, 13 § of the regulation 2018:1938)."""
    return to_public_page(office, accessibility(office, card=""))


def privacy(office: Office, *, card: str) -> Page:
    """The privacy notice as a page; `card` as of `Page`."""
    return Page(
        template="privacy",
        path=PRIVACY_PATH,
        title=str(say("Personuppgifter")),
        lead=str(
            say("Vad vi sparar om dig som får våra brev, varför, hur länge, och vad du kan kräva av oss.")
        ),
        description=str(say("Hur {name} behandlar personuppgifter.", name=office.settings.sender.name)),
        card=card,
        changed_on=STATED_ON,
        values={
            "has_signup": office.settings.web is not None,
            "kept": tuple(_kept(office.settings)),
            "decision": office.settings.retention.decision,
            "authority": _IMY,
            "written_on": spoken_date(STATED_ON),
        },
    )


def accessibility(office: Office, *, card: str) -> Page:
    """The accessibility statement as a page; `card` as of `Page`."""
    return Page(
        template="accessibility",
        path=ACCESSIBILITY_PATH,
        title=str(say("Tillgänglighet")),
        description=str(say("Tillgänglighetsredogörelse för {name}.", name=office.settings.name)),
        card=card,
        changed_on=STATED_ON,
        values={
            "address": office.settings.base_url,
            "has_signup": office.settings.web is not None,
            "authority": _DIGG,
            "written_on": spoken_date(STATED_ON),
        },
    )


def _kept(settings: Settings) -> tuple[Row, ...]:
    """How long what is kept is kept, in the order in which it comes to be."""
    kept = settings.retention
    signup = (
        (say("Anmälan som du inte bekräftar"), _long(kept.pending)),
        (
            say("Din adress och dina val"),
            say("så länge du prenumererar, och {time} därefter", time=_long(kept.ended)),
        ),
        (say("Vilket nät du kom ifrån"), _long(kept.network)),
    )
    everybody = (
        (say("Adressen i loggen över skickade brev"), _long(kept.addresses)),
        (say("Att du har sagt nej"), say("tills du själv vill ha brev igen")),
    )
    rows = (*(signup if settings.web else ()), *everybody)
    return tuple(Row(str(what), (str(how_long),)) for what, how_long in rows)


def _long(time: timedelta) -> Text:
    """A time as the office would say it: `tre år`, `90 dagar`."""
    if time.days >= _YEAR and time.days % _YEAR == 0:
        years = time.days // _YEAR
        return say("{count} år", count=_NUMBERS[years] if years < len(_NUMBERS) else years)
    if time < timedelta(days=1):
        return say("{count} timmar", count=max(1, round(time / timedelta(hours=1))))
    return say("en dag") if time.days == 1 else say("{count} dagar", count=time.days)


def _private(
    office: Office,
    template: str,
    path: str,
    title: Text,
    values: Mapping[str, object],
    *,
    lead: Text | None = None,
    is_faulty: bool = False,
) -> bytes:
    """A page that is for one person, or for one moment: nobody else shall find it."""
    page = Page(
        template=template,
        path=path,
        title=_with_faults(str(title), is_faulty=is_faulty),
        heading=str(title),
        lead=str(lead or ""),
        description=str(title),
        card="",
        is_listed=False,
        is_found=False,
        is_private=True,
        values=values,
    )
    return to_public_page(office, page)


def _with_faults(title: str, *, is_faulty: bool) -> str:
    """A title that says first of all that something went wrong: it is what a screen reader reads first."""
    return str(say("Fel: {title}", title=title)) if is_faulty else title


def _day(office: Office, at: datetime | None) -> str:
    """The local day of an instant, "" for none."""
    return spoken_date(at.astimezone(ZoneInfo(office.settings.timezone)).date()) if at else ""


def _href(settings: Settings, target: str) -> str:
    is_elsewhere = target.startswith(("https://", "mailto:"))
    return quote(target, safe=":/?#@=&+%") if is_elsewhere else rooted(settings)(target)
