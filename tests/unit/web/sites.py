"""The public pages of the small office, over a real ledger and a folder with an archive."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comms.app.folder import MANIFEST
from comms.app.house import settings_alone
from comms.app.office import Ledger, Offices
from comms.app.planning import ledger
from comms.app.publishing import FOLDER
from comms.app.shown import Shown
from comms.model.settings import Secret
from comms.text.tokens import Purpose, token
from comms.web.app import create_app
from tests.unit.web.places import BASE, KEY, office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
HOST = "brev.leader.example"
FILES = {
    "index.html": b"<h1>Brev</h1>",
    "404.html": b"<h1>Sidan finns inte</h1>",
    "brev/brevet/index.html": b"<h1>Brevet</h1>",
    "brev/brevet/atom.xml": b"<feed/>",
    "brev/brevet/rss.xml": b"<rss/>",
    "brev/brevet/feed.json": b"{}",
    "brev/brevet-2026-12-01/offices-eda.html": b"<h1>Ett brev</h1>",
    "kalender.ics": b"BEGIN:VCALENDAR",
    "media/0123456789abcdef.jpg": b"jpeg",
    "media/sida.css": b"body {}",
    "sprid/eda/bryggan/index.html": b"<h1>Sprid</h1>",
    "sprid/eda/bryggan/allt.zip": b"PK",
    "sprid/eda/bryggan/qr.svg": b"<svg/>",
    "sprid/eda/kits.json": b"{}",
    "sprid/kit.js": b"void 0",
    "sitemap.xml": b"<urlset/>",
    "robots.txt": b"User-agent: *",
}


@dataclass
class Site:
    """The pages, a visitor, and a clock that the test sets."""

    folder: Path
    store: Ledger
    app: Flask
    client: FlaskClient
    base_url: str = BASE
    now: datetime = NOW
    woken: list[datetime] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page, as base_url's visitor asks for it."""
        # The client would read an address out of a path with two strokes; a server does not.
        raw = {"PATH_INFO": path, "REQUEST_URI": path} if path.startswith("//") else {}
        return self.client.get(
            "/" if raw else path,
            base_url=self.base_url,
            headers=_names(headers),
            environ_overrides=raw,
            buffered=True,
        )

    def post(self, path: str, fields: dict[str, object] | None = None, **headers: str) -> TestResponse:
        """What a form sends, urlencoded."""
        return self.client.post(path, base_url=self.base_url, data=fields or {}, headers=_names(headers))

    def later(self, **more: float) -> None:
        """Let time pass."""
        self.now += timedelta(**more)

    def bytes(self) -> dict[str, str]:
        """The hash of the database's files, but for the index of the log that readers also write."""
        found = sorted((self.folder / "var").glob("comms.db*"))
        return {
            file.name: sha256(file.read_bytes()).hexdigest()
            for file in found
            if not file.name.endswith("-shm")
        }


@contextmanager
def site_of(folder: Path, *, base_url: str = BASE, more: str = "") -> Iterator[Site]:
    """A site in a new workspace; `more` is written at the end of comms.yaml's `web:`."""
    office_with_pages(folder, base_url=base_url, more=more)
    house = settings_alone(folder)
    lay(house.out / FOLDER, FILES)
    with ledger(house) as store:
        # The clock is the site's, and the site holds the application.
        site: Site
        app = create_app(
            Offices(folder, NOW),
            store,
            Shown(house.out / FOLDER),
            clock=lambda: site.now,
            wake=lambda: site.woken.append(site.now),
        )
        site = Site(folder, store, app, app.test_client(use_cookies=False))
        yield site


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """Lay an archive: its files and their manifest."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps({"files": list(files)}), encoding="utf-8")


def _names(headers: dict[str, str]) -> dict[str, str]:
    """`Sec_Fetch_Site` as HTTP has it."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def exit_link(site: Site, number: int) -> str:
    """The way out of a letter to `kontorNUMBER@eda.example`: the path of the link that it would carry."""
    identity, address = f"{number:016x}", f"kontor{number}@eda.example"
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database, database:
        row = (identity, address, "brevet")
        database.execute("INSERT OR IGNORE INTO exits (id, address_key, newsletter) VALUES (?, ?, ?)", row)
    return f"/u/{token(Purpose.EXIT, identity, (Secret(KEY),))}"


def noes(site: Site) -> list[tuple[str, str]]:
    """Who has said no, to which newsletter ("" = all)."""
    with closing(sqlite3.connect(site.folder / "var" / "comms.db")) as database:
        found = database.execute("SELECT address_key, newsletter FROM suppressions ORDER BY 1, 2")
        return [(str(key), str(newsletter)) for key, newsletter in found]


def sealed(page: TestResponse) -> str:
    """The seal in the first form of a page."""
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
