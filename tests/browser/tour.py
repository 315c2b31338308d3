"""A tour of every public page in every state, by the buttons that a person presses."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from comms.model.settings import Secret
from comms.text.tokens import Purpose, seal_form, token
from tests.browser.public import Mouse, Site
from tests.fakes.public import sealed_as
from tests.journey.test_web import KEY

KEYRING = (Secret(KEY),)
ADDRESS = "anna.lind@arvika.example"
OFFICE = "naringsliv@arvika.example"
NEWSLETTER = "Kommunbrevet"
PUBLIC = "Allmänheten: intressenter och sökande"
AGED, HASTY = timedelta(seconds=-10), timedelta(minutes=1)
"""How old a form is made: as if it had been filled in slowly; as if it had been made just now."""


def sealed(site: Site, page: Page, name: str, age: timedelta = AGED) -> None:
    """Give the form on the page a seal of another time."""
    seal = seal_form(
        sealed_as(name, site.office.folder), secrets.token_hex(8), KEYRING, datetime.now(UTC) + age
    )
    page.evaluate("seal => document.querySelector('input[name=form]').value = seal", seal)


def mailed(site: Site, kind: str) -> str:
    """The newest ticket of a kind, once it has been mailed."""
    asked = "SELECT id FROM tickets WHERE kind = ? AND mailed_at IS NOT NULL ORDER BY asked_at DESC"
    for _ in range(200):
        with closing(sqlite3.connect(site.office.database)) as database:
            row = database.execute(asked, (kind,)).fetchone()
        if row:
            return str(row[0])
        time.sleep(0.05)
    raise AssertionError(kind)


def way_out(site: Site, number: int, address: str | None) -> str:
    """The page that a letter to an address leads out by."""
    row = (f"{number:016x}", address, "kommunbrevet")
    with closing(sqlite3.connect(site.office.database)) as database, database:
        database.execute("INSERT INTO exits (id, address_key, newsletter) VALUES (?, ?, ?)", row)
    return f"{site.url}/u/{token(Purpose.EXIT, row[0], KEYRING)}"


def every_state(site: Site, page: Page) -> Iterator[str]:
    """Come to each state in turn; its name is given when the page is there."""
    page.goto(f"{site.url}/")
    yield "front page without letters"
    yield from _joining(site, page)
    yield from _choosing(site, page)
    yield from _leaving(site, page)
    for name, path in (
        ("privacy", "integritet/"),
        ("accessibility", "tillganglighet/"),
        ("no such page", "finns/inte/"),
        ("dead link", f"c/{token(Purpose.EXIT, 'f' * 16, KEYRING)}"),
        ("dead way out", f"u/{token(Purpose.CONFIRM, 'f' * 16, KEYRING)}"),
    ):
        page.goto(f"{site.url}/{path}")
        yield name


def _joining(site: Site, page: Page) -> Iterator[str]:
    person = Mouse(page)
    page.goto(f"{site.url}/prenumerera/")
    yield "sign-up"
    sealed(site, page, "signup")
    person.write("E-postadress", "anna.lind@arvika")
    person.press("Skicka")
    yield "sign-up with faults"
    page.goto(f"{site.url}/prenumerera/")
    person.write("E-postadress", ADDRESS)
    person.tick(NEWSLETTER)
    person.tick(PUBLIC)
    person.choose("Kommun", "Arvika")
    sealed(site, page, "signup", HASTY)
    person.press("Skicka")
    yield "sign-up in haste"
    sealed(site, page, "signup")
    person.press("Skicka")
    yield "sent"
    page.goto(f"{site.url}/c/{token(Purpose.CONFIRM, mailed(site, 'confirm'), KEYRING)}")
    yield "confirm"
    link = page.url
    person.press("Bekräfta prenumerationen")
    yield "welcome"
    page.goto(link)
    yield "confirmed before"


def _choosing(site: Site, page: Page) -> Iterator[str]:
    person = Mouse(page)
    page.goto(f"{site.url}/installningar/")
    yield "settings request"
    person.write("E-postadress", "anna")
    sealed(site, page, "settings-link")
    person.press("Skicka länken")
    yield "settings request with a fault"
    page.goto(f"{site.url}/installningar/")
    person.write("E-postadress", ADDRESS)
    sealed(site, page, "settings-link")
    person.press("Skicka länken")
    page.goto(f"{site.url}/p/{token(Purpose.SETTINGS, mailed(site, 'settings'), KEYRING)}")
    yield "settings"
    person.tick("Partnerbrevet")
    person.press("Spara")
    yield "settings with faults"
    person.tick("Partnerbrevet")
    person.choose("Kommun", "Sunne")
    person.press("Spara")
    yield "settings saved"
    person.press("Pausa i tre månader")
    yield "settings paused"
    person.press("Få breven igen nu")
    yield "settings resumed"
    person.press("Avsluta alla prenumerationer")
    yield "settings ended"
    person.tick(NEWSLETTER)
    person.press("Spara")
    yield "settings taken up again"


def _leaving(site: Site, page: Page) -> Iterator[str]:
    person = Mouse(page)
    page.goto(way_out(site, 1, ADDRESS))
    yield "exit"
    person.press("Pausa alla brev i tre månader")
    yield "paused"
    page.goto(page.url)
    yield "exit while paused"
    person.press("Få breven igen nu")
    yield "resumed"
    page.goto(page.url)
    person.press(f"Sluta få {NEWSLETTER}")
    yield "ended"
    page.goto(page.url)
    yield "exit after the end"
    page.goto(way_out(site, 2, OFFICE))
    yield "exit of an office"
    person.press("Sluta få alla brev från Leader 7-sam Värmland")
    yield "ended altogether"
    page.goto(way_out(site, 3, None))
    yield "exit of nobody"
