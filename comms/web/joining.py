"""Where a person joins and chooses: sign-up, confirmation, and settings by a mailed link."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from comms.app import subscribing
from comms.app.subscribing import Act
from comms.errors import say
from comms.model.subscriber import SignupForm, Subscriber
from comms.render import public_pages
from comms.render.addresses import SETTINGS_PATH, SIGNUP_PATH, choices_path, confirm_path
from comms.web.seals import FAULTS, SIGNUP, TOO_FAST, Freshness, Opened, opened, seal
from comms.web.visit import (
    Visit,
    dead_link,
    is_looking,
    notice,
    page,
)

_HONEYPOT = "website"
"""A field that no person sees; programs fill in everything."""

_FORM = "form"
_ACTS = {act.value: act for act in Act}


def sign_up(visit: Visit) -> Response:
    """The form, and what comes of it: the same page whatever is known of the address."""
    office = visit.office
    if not office.newsletters:
        words = say("Just nu finns inget brev att prenumerera på.")
        return notice(visit, 200, say("Prenumerera"), words)
    if is_looking():
        typed = subscribing.read_signup(office, dict(request.args.lists()))
        return _signup_form(visit, replace(typed, address="", faults={}))
    form = subscribing.read_signup(office, _fields())
    if request.form.get(_HONEYPOT):
        return page(public_pages.sent_page(office))
    found = _opened(SIGNUP, visit)
    if found.freshness in FAULTS:
        form = replace(form, faults={**form.faults, _FORM: FAULTS[found.freshness]})
    if form.faults or found.freshness is Freshness.HASTY:
        return _signup_form(visit, form, again=not form.faults)
    source = visit.url(SIGNUP_PATH)
    subscribing.ask(
        office, visit.store, form, nonce=found.nonce, network=visit.network, source=source, now=visit.now
    )
    visit.wake()
    return page(public_pages.sent_page(office))


def _signup_form(visit: Visit, form: SignupForm, *, again: bool = False) -> Response:
    sealed = seal(SIGNUP, visit.office, visit.now)
    return page(public_pages.signup_page(visit.office, form, sealed, again=again))


def confirm(visit: Visit, token: str) -> Response:
    """A button, and behind it the yes. The link alone says nothing: programs open it too."""
    name = f"confirm|{token}"
    if is_looking() or not _is_ours(name, visit):
        ticket = subscribing.find_ticket(visit.office, visit.store, token, visit.now)
        if ticket is None:
            return _no_ticket(visit)
        sealed = seal(name, visit.office, visit.now)
        return page(public_pages.confirm_page(visit.office, ticket, token, sealed))
    welcome = subscribing.confirm(
        visit.office,
        visit.store,
        token,
        network=visit.network,
        source=visit.url(confirm_path("")),
        now=visit.now,
    )
    return _no_ticket(visit) if welcome is None else page(public_pages.welcome_page(visit.office, welcome))


def _no_ticket(visit: Visit) -> Response:
    words = say("Den kan vara för gammal. Fyll i formuläret igen, så skickar vi en ny.")
    return dead_link(visit, words, links=[(say("Prenumerera"), SIGNUP_PATH)])


def ask_for_settings(visit: Visit) -> Response:
    """A form that mails a link to the settings, and says the same whoever asks."""
    office, name = visit.office, "settings-link"
    address = "" if is_looking() else request.form.get("address", "")
    fault = None
    if not is_looking():
        if request.form.get(_HONEYPOT):
            return page(public_pages.sent_page(office))
        found = _opened(name, visit)
        hasty = TOO_FAST if found.freshness is Freshness.HASTY else None
        fault = FAULTS.get(found.freshness, hasty) or subscribing.ask_for_settings(
            office,
            visit.store,
            address,
            nonce=found.nonce,
            network=visit.network,
            source=visit.url(SETTINGS_PATH),
            now=visit.now,
        )
        if fault is None:
            visit.wake()
            return page(public_pages.sent_page(office))
    sealed = seal(name, office, visit.now)
    return page(public_pages.settings_request_page(office, address, fault, sealed))


def settings(visit: Visit, token: str) -> Response:
    """What a person has chosen, and the form that changes it."""
    subscriber = subscribing.find_settings(visit.office, visit.store, token, visit.now)
    if subscriber is None:
        return _no_settings(visit)
    if is_looking():
        return _settings_form(visit, token, subscriber, _as_chosen(subscriber))
    form = subscribing.read_choices(visit.office, _fields())
    if not _is_ours(f"settings|{token}", visit):
        return _settings_form(visit, token, subscriber, form)
    act = _ACTS.get(request.form.get("action", ""), Act.SAVE)
    if form.faults and act is Act.SAVE:
        return _settings_form(visit, token, subscriber, form)
    changed = subscribing.change(
        visit.office,
        visit.store,
        token,
        form,
        network=visit.network,
        source=visit.url(choices_path("")),
        now=visit.now,
        act=act,
    )
    if changed is None:
        return _no_settings(visit)
    return _settings_form(visit, token, changed, _as_chosen(changed), saved=True)


def _settings_form(
    visit: Visit, token: str, subscriber: Subscriber, form: SignupForm, *, saved: bool = False
) -> Response:
    sealed = seal(f"settings|{token}", visit.office, visit.now)
    return page(public_pages.settings_page(visit.office, subscriber, form, token, sealed, saved=saved))


def _as_chosen(subscriber: Subscriber) -> SignupForm:
    return SignupForm("", subscriber.choices)


def _no_settings(visit: Visit) -> Response:
    words = say("Länken till dina val gäller en kort tid. Be om en ny.")
    return dead_link(visit, words, links=[(say("Dina val"), SETTINGS_PATH)])


def _fields() -> dict[str, list[str]]:
    return dict(request.form.lists())


def _opened(name: str, visit: Visit) -> Opened:
    return opened(name, request.form.get(_FORM, ""), visit.office, visit.now)


def _is_ours(name: str, visit: Visit) -> bool:
    """Whether the form comes from a page of ours that was shown within a day; then a button is a button."""
    return _opened(name, visit).freshness in {Freshness.GOOD, Freshness.HASTY}
