"""Subscribing: what somebody typed, the ticket for it, the yes by a mailed link, and a person's own choices.

What is answered never depends on whether an address is known: that is told by mail alone, to the address.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from comms.app import inviting
from comms.app.hashed import erased_keys
from comms.app.office import Ledger, keys_of
from comms.app.unsubscribing import pause_until
from comms.errors import Text, say
from comms.model.audience import WHOLE_AREA, address_key
from comms.model.issue import Newsletter
from comms.model.office import Office
from comms.model.plan import Moment
from comms.model.subscriber import Choices, SignupForm, Subscriber, Ticket, TicketKind, Welcome
from comms.plan.calendar import occurrences
from comms.render.public_pages import consent_text
from comms.render.wording import listed
from comms.store.choosing import Voice
from comms.store.tickets import HASHED, Asking, Outcome
from comms.text.encoding import OFF_A_LINE
from comms.text.signup_address import LONGEST, read_address
from comms.text.tokens import Purpose, keyed_hash, read_token

_NO_CHOICES = Choices((), "", "")
_YEAR = timedelta(days=366)
"""How far ahead a newsletter's next day is looked for."""

_ODD = say("Formuläret gick inte att läsa här. Välj en gång till.")
_ONE = say("Välj bara en.")
_UNKNOWN = say("Det du valde finns inte längre. Välj en gång till.")
_NO_NEWSLETTER = say("Välj minst ett nyhetsbrev.")
_NO_AUDIENCE = say("Välj vad du läser som.")


class Act(StrEnum):
    """What a person asks for with the button that they press on the page of their own choices."""

    SAVE = "save"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


def read_signup(office: Office, fields: Mapping[str, Sequence[str]]) -> SignupForm:
    """A sign-up as it came in, with every fault by its field at once. Never raises.

    What is given back is harmless to show: choices that do not exist are left out.
    """
    form = _read(office, fields)
    address, fault = _address(fields.get("address", ()))
    faults = dict(form.faults)
    if fault is not None:
        faults["address"] = fault
    if not form.choices.newsletters:
        faults.setdefault("newsletters", _NO_NEWSLETTER)
    if not form.choices.audience:
        faults.setdefault("audience", _NO_AUDIENCE)
    return SignupForm(address, form.choices, faults)


def read_choices(office: Office, fields: Mapping[str, Sequence[str]]) -> SignupForm:
    """A person's own choices as they came in: as `read_signup`, but no newsletter at all is an answer too."""
    return _read(office, fields)


def ask(
    office: Office,
    store: Ledger,
    form: SignupForm,
    *,
    nonce: str,
    network: str,
    source: str,
    now: datetime,
) -> None:
    """Take in a sign-up without faults; a form (`nonce`) acts once. Mailing it is for later.

    Raises StoreError when the database fails.
    """
    words = consent_text(office)
    ticket = _ticket(TicketKind.CONFIRM, form.address, form.choices, network, source, now)
    ticket = replace(ticket, text=sha256(words.encode()).hexdigest())
    _take_in(office, store, ticket, nonce, words)


def ask_for_settings(
    office: Office,
    store: Ledger,
    address: str,
    *,
    nonce: str,
    network: str,
    source: str,
    now: datetime,
) -> Text | None:
    """Take in that somebody wants a link to their own choices; what is wrong with the address, or None.

    Raises StoreError when the database fails.
    """
    read, fault = _address([address])
    if fault is not None:
        return fault
    ticket = _ticket(TicketKind.SETTINGS, read, _NO_CHOICES, network, source, now)
    _take_in(office, store, ticket, nonce, "")
    return None


def find_ticket(office: Office, store: Ledger, token: str, now: datetime) -> Ticket | None:
    """What a link in a confirming mail says yes to; None when it is not ours or too old. Changes nothing."""
    identity = read_token(Purpose.CONFIRM, token, keys_of(office))
    return store.tickets.find(identity, now) if identity else None


def confirm(
    office: Office, store: Ledger, token: str, *, network: str, source: str, now: datetime
) -> Welcome | None:
    """The yes. Twice gives the same answer and leaves the same traces as once.

    None when the link is not ours or too old, or when nothing would come of a yes: the office has said no,
    the newsletter is gone, or the person has ended it all since. Raises StoreError.
    """
    identity = read_token(Purpose.CONFIRM, token, keys_of(office))
    if not identity:
        return None
    person = store.tickets.confirm(identity, _voices(office, source, network), now)
    if person is None or not person.newsletters:
        return None
    every = list(office.settings.newsletters)
    order = sorted(person.newsletters, key=lambda slug: every.index(slug) if slug in every else len(every))
    choices = replace(person.choices, newsletters=tuple(order))
    return Welcome(choices, dict(_coming(office, order, now)))


def find_settings(office: Office, store: Ledger, token: str, now: datetime) -> Subscriber | None:
    """Whose choices a link opens; None when it is not ours or too old. Changes nothing."""
    identity = read_token(Purpose.SETTINGS, token, keys_of(office))
    return _as_of(store.tickets.owner(identity, now), now) if identity else None


def change(  # noqa: PLR0913 - a person's act is these things; each is named where it is given
    office: Office,
    store: Ledger,
    token: str,
    form: SignupForm,
    *,
    network: str,
    source: str,
    now: datetime,
    act: str = Act.SAVE,
) -> Subscriber | None:
    """Let choices stand as in a form without faults, or pause, resume, end; how the person stands after it.

    `act` is an `Act`; anything else saves. No newsletter at all ends everything that the page showed; only
    `Act.END` ends what is closed to sign-up too. What changes nothing leaves no trace. None when the link is
    not ours or too old. Raises StoreError.
    """
    identity = read_token(Purpose.SETTINGS, token, keys_of(office))
    if not identity:
        return None
    voices = _voices(office, source, network)
    if act in {Act.PAUSE, Act.RESUME}:
        until = pause_until(office.settings, now) if act == Act.PAUSE else None
        return _as_of(store.tickets.pause(identity, until, voices, now), now)
    chosen = form.choices

    def wanted(before: Subscriber) -> Choices:
        # What the page does not show cannot be taken away by what was ticked on it.
        unseen = tuple(slug for slug in before.newsletters if slug not in office.newsletters)
        newsletters = () if act == Act.END else (*chosen.newsletters, *unseen)
        if not newsletters:
            return replace(before.choices, newsletters=())
        # With nothing open the page has no audiences to choose between either.
        return replace(chosen, newsletters=newsletters, audience=chosen.audience or before.choices.audience)

    return _as_of(store.tickets.change(identity, wanted, voices, now), now)


def _as_of(person: Subscriber | None, now: datetime) -> Subscriber | None:
    """How a person stands at a time: a pause that has run out is none."""
    if person is None or person.paused_until is None or person.paused_until > now:
        return person
    return replace(person, paused_until=None)


def _take_in(office: Office, store: Ledger, ticket: Ticket, nonce: str, words: str) -> None:
    keys, key = keys_of(office), ticket.address_key
    asking = Asking(
        ticket,
        nonce,
        (key, *erased_keys(key, keys)),
        (key, *(f"{HASHED}{one}" for one in keyed_hash("ticket", key, keys))),
        words,
    )
    if store.tickets.ask(asking, office.settings.signups.address) is Outcome.CROWDED:
        store.notice(*inviting.crowded(office.settings, ticket.asked_at), ticket.asked_at)


def _ticket(
    kind: TicketKind, address: str, choices: Choices, network: str, source: str, now: datetime
) -> Ticket:
    return Ticket(
        secrets.token_hex(8), kind, address, address_key(address), choices, "", source, network, now
    )


def _voices(office: Office, source: str, network: str) -> Callable[[str], Voice]:
    keys = keys_of(office)
    shown, every = tuple(office.newsletters), tuple(office.settings.newsletters)
    return lambda key: Voice((key, *erased_keys(key, keys)), shown, every, source, network)


def _coming(office: Office, newsletters: Iterable[str], now: datetime) -> Iterable[tuple[str, date]]:
    """The day of the next issue of each newsletter, of those that have one within a year."""
    zone = ZoneInfo(office.settings.timezone)
    today = now.astimezone(zone).date()
    for slug in newsletters:
        newsletter = office.settings.newsletters.get(slug)
        if newsletter is None:
            continue
        times = occurrences(newsletter.schedule, newsletter.quiet, today, today + _YEAR, zone)
        following = (one.wall.date() for one in times if isinstance(one, Moment) and one.at > now)
        day = next(following, None)
        if day is not None:
            yield slug, day


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a field came with, of what may be chosen, and what is wrong with it."""

    values: tuple[str, ...]
    fault: Text | None


def _read(office: Office, fields: Mapping[str, Sequence[str]]) -> SignupForm:
    newsletters = _many(fields.get("newsletters", ()), office.newsletters)
    audience = _one(fields.get("audience", ()), office.audiences.audiences)
    place = _one(fields.get("municipality", ()), (WHOLE_AREA, *office.audiences.municipalities))
    focus = _many(fields.get("focus", ()), office.strategy.focus_areas)
    read = {"newsletters": newsletters, "audience": audience, "municipality": place, "focus": focus}
    faults = {name: chosen.fault for name, chosen in read.items() if chosen.fault is not None}
    choices = Choices(
        newsletters.values,
        next(iter(audience.values), ""),
        next(iter(place.values), WHOLE_AREA),
        focus.values,
    )
    for name, fault in _mismatches(office, choices):
        faults.setdefault(name, fault)
    return SignupForm("", choices, faults)


def _mismatches(office: Office, choices: Choices) -> Iterable[tuple[str, Text]]:
    """What of a person's choices no edition of a newsletter is made for."""
    wanted = [office.newsletters[slug] for slug in choices.newsletters]
    if not wanted:
        return
    if not choices.audience:
        yield "audience", _NO_AUDIENCE
    for newsletter in wanted:
        if choices.audience and choices.audience not in newsletter.audiences:
            known = office.audiences.audiences
            titles = [known[slug].title for slug in known if slug in newsletter.audiences]
            yield (
                "audience",
                say(
                    "{newsletter} görs för {audiences}. Ändra vad du läser som, eller välj bort brevet.",
                    newsletter=newsletter.title,
                    audiences=listed(titles),
                ),
            )
        if not newsletter.whole_area:
            places = _places(office, newsletter)
            if choices.municipality not in places:
                yield (
                    "municipality",
                    say(
                        "{newsletter} görs för en kommun i taget: {places}. Välj en av dem.",
                        newsletter=newsletter.title,
                        places=listed(list(places.values())),
                    ),
                )


def _places(office: Office, newsletter: Newsletter) -> dict[str, str]:
    """The municipalities that a newsletter has editions for, by slug."""
    every = newsletter.municipalities == ("*",)
    return {
        slug: title
        for slug, title in office.audiences.municipalities.items()
        if every or slug in newsletter.municipalities
    }


def _many(typed: Sequence[str], options: Iterable[str]) -> _Chosen:
    """Boxes that were ticked, in the order of the options; none is an answer."""
    known = tuple(options)
    if len(typed) > len(known) or any(map(_is_odd, typed)):
        fault: Text | None = _ODD
    else:
        fault = None if set(typed) <= set(known) else _UNKNOWN
    return _Chosen(tuple(one for one in known if one in typed), fault)


def _one(typed: Sequence[str], options: Iterable[str]) -> _Chosen:
    """One of several; nothing at all is no answer, and no fault yet."""
    known = set(options)
    if len(typed) > 1:
        return _Chosen((), _ONE)
    if any(map(_is_odd, typed)):
        return _Chosen((), _ODD)
    if not any(typed) or set(typed) <= known:
        return _Chosen(tuple(one for one in typed if one), None)
    return _Chosen((), _UNKNOWN)


def _address(typed: Sequence[str]) -> tuple[str, Text | None]:
    """The one address of a form. One that came several times is shown as nothing: we cannot know which."""
    if len(typed) > 1:
        return "", _ODD
    return read_address(typed[0] if typed else "")


def _is_odd(value: str) -> bool:
    """Whether no form of ours sends this: too long, signs that steer, half signs."""
    return len(value) > LONGEST or OFF_A_LINE.search(value) is not None
