"""The application: which path is which page, and what all of them have in common."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import cast

from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from comms.app.clock import utc_now
from comms.app.office import Ledger, Offices
from comms.app.shown import Shown
from comms.errors import CommsError, Text, say
from comms.web import joining, leaving, reading
from comms.web.callers import network_of
from comms.web.gate import (
    MOST_BYTES,
    MOST_FIELDS,
    Below,
    refuse_disguise,
    refuse_foreign,
    refuse_host,
    refuse_many,
)
from comms.web.headers import dress
from comms.web.log import LOG, masked
from comms.web.visit import Visit, notice

Page = Callable[..., Response]

_LOOK, _ACT = ("GET", "HEAD"), ("GET", "HEAD", "POST")

ROUTES: tuple[tuple[str, Page, tuple[str, ...]], ...] = (
    ("/prenumerera/", joining.sign_up, _ACT),
    ("/c/<token:token>", joining.confirm, _ACT),
    ("/installningar/", joining.ask_for_settings, _ACT),
    ("/p/<token:token>", joining.settings, _ACT),
    ("/u/<token:token>", leaving.leave, _ACT),
    ("/integritet/", reading.privacy, _LOOK),
    ("/tillganglighet/", reading.accessibility, _LOOK),
    ("/halsa", reading.health, _LOOK),
    ("/", reading.archive, _LOOK),
    ("/<path:path>", reading.archive, _LOOK),
)
"""Every page, and what may be done there: all else is 405."""

_ERRORS: dict[int, tuple[Text, Text]] = {
    400: (
        say("Det gick inte att läsa"),
        say("Något i det som kom hit är trasigt. Gå tillbaka och försök igen."),
    ),
    403: (
        say("Formuläret kom från en annan webbplats"),
        say("Öppna sidan här hos oss och fyll i den igen."),
    ),
    405: (say("Det går inte att göra så här"), say("Sidan kan läsas, men inte ta emot det som skickades.")),
    413: (say("Det är för mycket"), say("Formuläret är större än något som vi kan ta emot.")),
    421: (say("Fel adress"), say("Den här sidan finns på en annan adress.")),
}
_AGAIN = "60"


def create_app(
    offices: Offices,
    store: Ledger,
    shown: Shown,
    *,
    clock: Callable[[], datetime] = utc_now,
    wake: Callable[[], None] = lambda: None,
) -> Flask:
    """The pages of an office over its ledger and its archive.

    `wake` is called when somebody waits for a letter. Threads share it; `store` lives as long as it does.
    """
    # No static files, no templates, no secret: so no session either, and no cookie.
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES, MAX_FORM_PARTS=MOST_FIELDS
    )
    app.url_map.converters["token"] = _Token
    # A path has one spelling: Werkzeug would lead others on, by the Host that the caller gave.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False

    def enter() -> None:
        now = clock()
        g.number, g.began = secrets.token_hex(4), time.monotonic()
        office = offices.at(now)
        web = office.settings.web
        forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
        network = network_of(request.remote_addr or "", forwarded, web.proxies if web else ())
        g.visit = Visit(office, store, shown, now, network, wake)

    app.before_request(enter)
    app.before_request(_guard)
    for path, handler, methods in ROUTES:
        app.add_url_rule(path, path, _page(handler), methods=methods, provide_automatic_options=False)
    app.after_request(_leave)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CommsError, _cannot)
    app.register_error_handler(Exception, _unforeseen)
    app.wsgi_app = Below(app.wsgi_app, lambda: offices.at(clock()).settings.base_url)  # type: ignore[method-assign]  # Flask's own way
    return app


class _Token(BaseConverter):
    """A token of ours by its looks (comms/text/tokens.py)."""

    regex = "[A-Za-z0-9_-]{34}"


def _page(handler: Page) -> Page:
    def shown(**where: str) -> Response:
        return handler(_visit(), **where)

    return shown


def _visit() -> Visit:
    return cast("Visit", g.visit)


def _guard() -> Response | None:
    """Refuse what no page is asked about; lead on to a page whose last stroke is missing."""
    visit = _visit()
    refuse_host(request, visit.office)
    refuse_disguise(request)
    rule = request.url_rule
    if rule is None:
        return None
    if request.method == "POST":
        refuse_many(request)
        is_exit = rule.rule.startswith("/u/")
        if not (is_exit and leaving.is_one_click()):
            refuse_foreign(request, visit.office)
    if "path" in rule.arguments or rule.rule.endswith("/") == request.path.endswith("/"):
        return None
    if request.method == "POST" or not rule.rule.endswith("/"):
        abort(404)
    return reading.to_folder(visit, request.path.strip("/"))


def _leave(answer: Response) -> Response:
    took = (time.monotonic() - g.began) * 1000
    LOG.info(
        "%s %s %s %.0f ms %s",
        masked(request.method),
        masked(request.path),
        answer.status_code,
        took,
        g.number,
        extra={
            "fields": {
                "method": masked(request.method),
                "path": masked(request.path),
                "status": answer.status_code,
                "ms": round(took),
                "number": str(g.number),
            }
        },
    )
    return dress(answer, _visit().office.settings)


def _refused(error: HTTPException) -> Response:
    visit, code = _visit(), error.code or 500
    if code == 404:  # noqa: PLR2004 - RFC 9110, 15.5.5
        return reading.missing(visit)
    title, words = _ERRORS.get(code, (say("Det gick inte"), say("Gå tillbaka och försök igen.")))
    answer = notice(visit, code, title, words)
    if code == 405 and request.url_rule is None:  # noqa: PLR2004 - RFC 9110, 15.5.6
        allowed = [(name, value) for name, value in error.get_headers() if name == "Allow"]
        answer.headers.extend(allowed)
    return answer


def _cannot(error: CommsError) -> Response:
    """The database is busy, its disk is full, or the settings broke: it will pass, or a person mends it."""
    LOG.error("%s %s", g.number, error)
    visit = _visit()
    answer = notice(
        visit,
        503,
        say("Det går inte just nu"),
        say("Försök igen om en stund."),
        say("Vill du avsluta en prenumeration och inte vänta? Skriv till {mail}.", mail=visit.mail),
        _number(),
    )
    answer.headers["Retry-After"] = _AGAIN
    return answer


def _unforeseen(error: Exception) -> Response:
    LOG.error("%s %s", g.number, type(error).__name__, exc_info=error)
    visit = _visit()
    return notice(
        visit,
        500,
        say("Något gick fel hos oss"),
        say("Skriv gärna till {mail} och berätta vad du gjorde.", mail=visit.mail),
        _number(),
    )


def _number() -> Text:
    return say("Felets nummer är {number}.", number=g.number)
