"""Where a person leaves: one address, a page for people and one POST for mail programs (RFC 8058)."""

from __future__ import annotations

from flask import Response, request

from comms.app import unsubscribing
from comms.errors import say
from comms.model.subscriber import Exit
from comms.render import public_pages
from comms.render.addresses import exit_path
from comms.web.seals import Freshness, opened, seal
from comms.web.visit import DEAD_LINK, Visit, is_looking, notice, page

ONE_CLICK = "ett klick"
"""The source of a no that a mail program has sent."""


def is_one_click() -> bool:
    """Whether the request is a mail program's (RFC 8058, 3.2): nothing else in it counts."""
    return request.form.get("List-Unsubscribe", "").strip() == "One-Click"


def leave(visit: Visit, token: str) -> Response:
    """The page, one click, or what the page's form says."""
    name = f"exit|{token}"
    if is_looking():
        return _shown(
            visit, token, unsubscribing.find_exit(visit.office.settings, visit.store, token, visit.now)
        )
    if is_one_click():
        return _end(visit, token, ONE_CLICK, everything=False)
    found = opened(name, request.form.get("form", ""), visit.office, visit.now)
    if found.freshness not in {Freshness.GOOD, Freshness.HASTY}:
        return _shown(
            visit, token, unsubscribing.find_exit(visit.office.settings, visit.store, token, visit.now)
        )
    return _act(visit, token, request.form.get("action", ""))


def _act(visit: Visit, token: str, action: str) -> Response:
    settings, store = visit.office.settings, visit.store
    if action in {"this", "all"}:
        return _end(visit, token, visit.url(exit_path("")), everything=action == "all")
    if action in {"pause", "resume"}:
        turn = unsubscribing.pause if action == "pause" else unsubscribing.resume
        paused = turn(settings, store, token, visit.now)
        if paused is None or paused.is_over:  # a page that stood open: there is nothing left to pause
            return _shown(visit, token, paused)
        return page(_paused(visit, token, paused))
    return _shown(visit, token, unsubscribing.find_exit(settings, store, token, visit.now))


def _end(visit: Visit, token: str, source: str, *, everything: bool) -> Response:
    ended = unsubscribing.end(
        visit.office.settings, visit.store, token, everything=everything, source=source, now=visit.now
    )
    if ended is None:
        return _nobody(visit)
    sealed = seal(f"exit|{token}", visit.office, visit.now)
    return page(
        public_pages.ended_page(visit.office, ended, everything=everything, token=token, seal=sealed)
    )  # fmt: skip


def _shown(visit: Visit, token: str, found: Exit | None) -> Response:
    if found is None:
        return _nobody(visit)
    sealed = seal(f"exit|{token}", visit.office, visit.now)
    return page(public_pages.exit_page(visit.office, found, token, sealed))


def _paused(visit: Visit, token: str, paused: Exit) -> bytes:
    return public_pages.paused_page(
        visit.office, paused, token, seal(f"exit|{token}", visit.office, visit.now)
    )  # fmt: skip


def _nobody(visit: Visit) -> Response:
    words = say(
        "Vill du avsluta en prenumeration? Skriv till {mail} från den adress som får breven.", mail=visit.mail
    )
    return notice(visit, 404, DEAD_LINK, words)
