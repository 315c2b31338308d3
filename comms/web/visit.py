"""One visit: all that a page needs to know, and the answers that pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from comms.app.office import Ledger
from comms.app.shown import Shown
from comms.errors import Text, say
from comms.model.office import Office
from comms.render.public_pages import notice_page
from comms.web.headers import NOT_KEPT

HTML = "text/html; charset=utf-8"
DEAD_LINK = say("Länken gäller inte")


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit. `network` is the caller's; `wake` tells the mailer that somebody waits for a letter."""

    office: Office
    store: Ledger
    shown: Shown
    now: datetime
    network: str
    wake: Callable[[], None]

    def url(self, path: str) -> str:
        """The public address of a path: always base_url's, whatever the visitor called us."""
        return f"{self.office.settings.base_url.rstrip('/')}/{path}"

    @property
    def mail(self) -> str:
        """The address to write to when a page cannot help."""
        return self.office.settings.sender.reply_to


def page(content: bytes, status: int = 200, *, kept: str = NOT_KEPT) -> Response:
    """A page of ours. `kept`: who may keep it and for how long (Cache-Control)."""
    return Response(content, status, {"Cache-Control": kept}, content_type=HTML)


def notice(
    visit: Visit,
    status: int,
    title: Text,
    *words: Text,
    links: Sequence[tuple[Text, str]] = (),
) -> Response:
    """A page that only says something."""
    return page(notice_page(visit.office, title, words, links=links), status)


def dead_link(visit: Visit, *words: Text, links: Sequence[tuple[Text, str]] = ()) -> Response:
    """The same page for every link that leads nowhere: it tells nothing of who is known."""
    told = say("Hittar du inte rätt? Skriv till {mail}, så hjälper vi dig.", mail=visit.mail)
    return notice(visit, 404, DEAD_LINK, *words, told, links=links)


def is_looking() -> bool:
    """Whether nothing may change (RFC 9110, 9.2.1)."""
    return request.method != "POST"
