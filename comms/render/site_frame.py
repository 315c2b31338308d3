"""What every page of the archive shares: its head, the site's name and menu, and how it becomes HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import DictLoader, Environment, StrictUndefined

from comms.errors import say
from comms.model.office import Office
from comms.model.settings import Settings
from comms.model.site import Site, SiteItem
from comms.render.addresses import EMBLEM_PATH, SIGNUP_PATH, url
from comms.render.public_statements import ACCESSIBILITY, PRIVACY
from comms.render.public_templates import (
    CONFIRM,
    ENDED,
    EXIT,
    FIELDS,
    MESSAGE,
    PAUSED,
    SETTINGS,
    SETTINGS_REQUEST,
    SIGNUP,
    WELCOME,
)
from comms.render.site_feeds import FeedHref, feed_links
from comms.render.site_parts import absolute, dates_of, relative, rooted
from comms.render.site_style import STYLE_PATH
from comms.render.site_templates import BASE, HOME, ISSUE, ITEM, LISTING, NOTICE, PARTS
from comms.render.wording import NBSP

MISSING = "404.html"
"""The page that a web server shows for an address that leads nowhere."""

ALL_NEWS = "nyheter/"

_POSTCODE = re.compile(r"\b(\d{3}) (\d{2})\b")  # `685 00`: never on two lines


@dataclass(frozen=True, slots=True)
class Page:
    """A page's head and what its template wants; `changed_on` puts it in the site map.

    `path` is a folder below the base address ("" the front page) or a file in one. Not `is_listed`: search
    engines leave it out. Not `is_found`: it is no page of its own, and has no address to be known by.
    `card`: the picture of its link card, "" when it has none. `is_private`: a token is in its address, which
    no other server may hear of.
    """

    template: str
    path: str
    title: str
    description: str
    values: Mapping[str, object]
    card: str
    over: str = ""
    heading: str = ""
    lead: str = ""
    kind: str = "website"
    published: str = ""
    feeds: tuple[FeedHref, ...] = ()
    changed_on: date | None = None
    is_listed: bool = True
    is_found: bool = True
    is_private: bool = False

    @property
    def file(self) -> str:
        """The page's file below the base address."""
        return f"{self.path}index.html" if not self.path or self.path.endswith("/") else self.path


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows of the site."""

    name: str
    language: str
    locale: str
    style: str
    logo: str
    logo_alt: str
    wordmark: str
    emblem: str
    eu_statement: str
    sender: str
    postal_address: str
    mail: str
    feeds: tuple[FeedHref, ...]
    menu: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A way to go; `anchor` a place on the page."""

    text: str
    path: str
    anchor: str = ""


@cache
def _environment() -> Environment:
    shared = {"base": BASE, "parts": PARTS, "fields": FIELDS}
    archive = {"home": HOME, "listing": LISTING, "issue": ISSUE, "item": ITEM, "notice": NOTICE}
    statements = {"privacy": PRIVACY, "accessibility": ACCESSIBILITY}
    public = {
        "signup": SIGNUP,
        "confirm": CONFIRM,
        "welcome": WELCOME,
        "settings-request": SETTINGS_REQUEST,
        "settings": SETTINGS,
        "exit": EXIT,
        "ended": ENDED,
        "paused": PAUSED,
        "message": MESSAGE,
    }
    return Environment(
        loader=DictLoader(shared | archive | statements | public),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def to_page(site: Site, frame: Frame, page: Page) -> bytes:
    """The page as UTF-8 HTML."""
    link = relative(page.path) if page.is_found or page.path != MISSING else rooted(site.settings)
    return _rendered(frame, page, link, absolute(site))


def to_public_page(office: Office, page: Page) -> bytes:
    """A page that the web process makes when it is asked for, as UTF-8 HTML: its links begin at the root."""
    settings = office.settings
    frame = _frame(settings, tuple(_public_menu(office)))
    return _rendered(frame, page, rooted(settings), lambda path: url(settings, path))


def _rendered(frame: Frame, page: Page, link: Callable[[str], str], absolute: Callable[[str], str]) -> bytes:
    template = _environment().get_template(page.template)
    return template.render(site=frame, page=page, link=link, absolute=absolute, **page.values).encode()


def frame_of(site: Site, listed: tuple[SiteItem, ...]) -> Frame:
    """What every page shows; `listed` are the items that everybody may find."""
    return _frame(site.settings, tuple(_menu(site, listed)))


def _frame(settings: Settings, menu: tuple[MenuItem, ...]) -> Frame:
    brand, sender = settings.brand, settings.sender
    logo = "" if brand.logo.startswith("https://") else brand.logo.rpartition("/")[2]
    return Frame(
        name=settings.name,
        language=settings.language,
        locale={"sv": "sv_SE", "en": "en_GB"}.get(settings.language, settings.language),
        style=STYLE_PATH,
        logo=f"media/{logo}" if logo else "",
        logo_alt=brand.logo_alt,
        wordmark=brand.wordmark or settings.name,
        emblem=EMBLEM_PATH,
        eu_statement=settings.eu_statement,
        sender=sender.name,
        postal_address=_POSTCODE.sub(rf"\1{NBSP}\2", sender.postal_address),
        mail=sender.reply_to or sender.email,
        feeds=feed_links("", str(say("Alla nyheter"))),
        menu=menu,
    )


def _menu(site: Site, listed: tuple[SiteItem, ...]) -> Iterator[MenuItem]:
    """What there is to go to: never a heading that is not there."""
    yield MenuItem(str(say("Nyheter")), ALL_NEWS)
    if any(issue.listed for issue in site.issues):
        yield MenuItem(str(say("Brev")), "", "#brev")
    if dates_of(site, listed):
        yield MenuItem(str(say("Kalender")), "", "#kalender")
    yield MenuItem(str(say("Din kommun")), "", "#kommuner")
    if site.workspace.strategy.focus_areas:
        yield MenuItem(str(say("Insatsområden")), "", "#insatsomraden")
    if site.settings.web:
        yield MenuItem(str(say("Prenumerera")), SIGNUP_PATH)


def _public_menu(office: Office) -> Iterator[MenuItem]:
    """What is there whatever has been sent: these pages do not know the archive."""
    yield MenuItem(str(say("Nyheter")), ALL_NEWS)
    yield MenuItem(str(say("Din kommun")), "", "#kommuner")
    if office.strategy.focus_areas:
        yield MenuItem(str(say("Insatsområden")), "", "#insatsomraden")
    if office.settings.web:
        yield MenuItem(str(say("Prenumerera")), SIGNUP_PATH)
