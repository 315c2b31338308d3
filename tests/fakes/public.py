"""The public pages for who attacks them: over a real ledger, in process and by sockets. People invented."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from comms.app.hashed import erased_keys
from comms.app.house import read_settings
from comms.app.office import Offices
from comms.app.shown import Shown
from comms.content import audiences, strategy
from comms.model.office import Office
from comms.model.settings import Rate, Signups, Web
from comms.model.subscriber import ALL_NEWSLETTERS, No, NoKind
from comms.text.tokens import Purpose, token
from comms.web.app import create_app
from comms.web.seals import bound, seal
from comms.web.server import Server
from tests.fakes.signups import KEYS, Desk, fresh_store, office, token_in
from tests.unit.web.sites import FILES, lay

BASE = "https://brev.leader.example"
ONE_CLICK: Mapping[str, str] = {"List-Unsubscribe": "One-Click"}
FORM: Mapping[str, object] = {
    "newsletters": ["kommunbrevet"],
    "audience": "public",
    "municipality": "arvika",
    "website": "",
}
"""A sign-up as a person fills it in, but for address and seal."""

KINDS = ("unknown", "subscriber", "pending", "ended", "bounced", "complained", "officer", "erased", "paused")
"""What may be known of an address."""

_MUCH = Rate(1_000_000, timedelta(hours=1))
AMPLE = Signups(network=_MUCH, domain=_MUCH, site=_MUCH)
"""Limits that stop no attack, so that another thing must."""


class Fixed(Offices):
    """An office that no file says, so that nothing has looked at its words."""

    def __init__(self, fixed: Office) -> None:
        """Keep it."""
        self.fixed = fixed

    def at(self, now: datetime) -> Office:  # noqa: ARG002 - as its base has it
        """The same at all times."""
        return self.fixed


@dataclass
class Town:
    """The pages of an office and who visits them; the clock is the desk's."""

    desk: Desk
    app: Flask
    shown: Shown
    base: str = BASE

    def open(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        media: str | None = None,
        caller: str = "127.0.0.1",
    ) -> TestResponse:
        """What a request is answered with. The path goes in as it stands; `body`: fields or bytes."""
        asked = {
            "path": "/",
            "method": method,
            "base_url": self.base,
            "headers": headers or {},
            "content_type": media,
        }
        with closing(EnvironBuilder(data=body, **asked)) as builder:  # type: ignore[arg-type]  # given by name
            environ = builder.get_environ()
        bare, _, query = path.partition("?")
        said = quote(query, safe="".join(map(chr, range(128))))  # waitress refuses what is not ASCII
        raw = {"PATH_INFO": _unquoted(bare), "QUERY_STRING": said, "REQUEST_URI": path, "RAW_URI": path}
        environ = {**environ, **raw, "REMOTE_ADDR": caller}
        # The client's own way would read host and query out of the path.
        content, status, told = run_wsgi_app(self.app, environ, buffered=True)
        return TestResponse(content, status, told, request=Request(environ))

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        return self.open("GET", path, headers=_names(headers))

    def post(self, path: str, fields: Mapping[str, object] | None = None, **headers: str) -> TestResponse:
        """A form, sent as urlencoded."""
        return self.open("POST", path, dict(fields or {}), _names(headers))

    def seal(self, name: str, seconds: float = 10) -> str:
        """A fresh seal of a page of ours that was opened some seconds ago."""
        return seal(name, self.desk.office, self.desk.now - timedelta(seconds=seconds))

    def sign_up(self, address: str, headers: Mapping[str, str] | None = None, **more: object) -> TestResponse:
        """Fill in the form as a person does."""
        fields = {**FORM, "address": address, "form": self.seal("signup"), **more}
        return self.open("POST", "/prenumerera/", fields, headers)

    def exit(self, number: int, address: str = "") -> str:
        """The path of the way out in a letter to an address."""
        identity = f"{number:016x}"
        row = (identity, address or f"kontor{number}@eda.example", "kommunbrevet")
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute(
                "INSERT OR IGNORE INTO exits (id, address_key, newsletter) VALUES (?, ?, ?)", row
            )
        return f"/u/{token(Purpose.EXIT, identity, KEYS)}"

    def links(self, address: str) -> dict[str, str]:
        """A link of every kind for an address, that becomes a subscriber: name of its seal's form -> path."""
        self.desk.ask(address)
        confirming = token_in(self.desk.mailed(address)[-1])
        other = address.replace("@", "2@")
        self.desk.join(other)
        opening = self.desk.link(other)
        leaving = self.exit(int(sha256(address.encode()).hexdigest()[:12], 16), other)
        return {
            f"confirm|{confirming}": f"/c/{confirming}",
            f"settings|{opening}": f"/p/{opening}",
            f"exit|{leaving.rpartition('/')[2]}": leaving,
        }

    @property
    def database(self) -> Path:
        """The ledger's file."""
        return self.desk.root / "comms.db"

    def dump(self) -> str:
        """Every byte of every table, as a hash."""
        with closing(sqlite3.connect(self.database)) as database:
            return sha256("\n".join(database.iterdump()).encode()).hexdigest()

    def files(self) -> dict[str, str]:
        """The hash of the database's files and its log, but for the index that readers write too."""
        found = (file for file in self.desk.root.glob("comms.db*") if not file.name.endswith("-shm"))
        return {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(found)}

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with closing(sqlite3.connect(self.database)) as database:
            (found,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a test's own word
            return int(found)

    def know(self, kind: str, address: str) -> None:
        """Let something be known of an address."""
        desk, key = self.desk, address.lower()
        if kind in {"subscriber", "paused", "ended"}:
            desk.join(address)
        if kind == "paused":
            desk.change(desk.link(address), desk.person(key).choices, "pause")
        if kind == "ended":
            desk.change(desk.link(address), desk.person(key).choices, "end")
        if kind == "pending":
            desk.ask(address)
            desk.mail()
        noes = {"bounced": NoKind.BOUNCE, "complained": NoKind.COMPLAINT, "officer": NoKind.OFFICER}
        if kind in noes:
            desk.store.suppress(address, "prov", desk.now, kind=noes[kind])
        if kind == "erased":
            desk.join(address)
            hashed = erased_keys(key, KEYS)[0]
            stays = [No(hashed, ALL_NEWSLETTERS, NoKind.ERASED, "prov", desk.now)]
            desk.store.forgetting.erase(address, key, stays)


@contextmanager
def town(folder: Path, of: Office | None = None, *, proxies: Sequence[str] = ()) -> Iterator[Town]:
    """The pages of an office (the one with three newsletters) over a new ledger and a small archive."""
    fixed = of or office(AMPLE)
    fixed = replace(fixed, settings=replace(fixed.settings, web=Web("127.0.0.1", 0, tuple(proxies), KEYS)))
    lay(folder / "archive", FILES)
    shown = Shown(folder / "archive")
    with fresh_store(folder) as store:
        desk = Desk(fixed, store, folder)
        app = create_app(Fixed(fixed), store, shown, clock=lambda: desk.now)
        yield Town(desk, app, shown)


@contextmanager
def listening(of: Town) -> Iterator[str]:
    """The same pages served by waitress on a free port; where."""
    stopping = threading.Event()
    desk = of.desk
    with Server(Fixed(desk.office), desk.store, of.shown, clock=lambda: desk.now) as server:
        thread = threading.Thread(target=server.serve, args=(stopping,))
        thread.start()
        try:
            yield server.address
        finally:
            stopping.set()
            thread.join()


@contextmanager
def statements() -> Iterator[Counter[str]]:
    """How many times each statement is put to a database meanwhile."""
    asked: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked[" ".join(statement.split())] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def spoken(address: str, request: bytes, *, patience: float = 20, ends: bool = True) -> bytes:
    """What a server answers to bytes, up to where it hangs up. `ends`: nothing more will be said."""
    there = urlsplit(address)
    heard = b""
    with (
        closing(socket.create_connection((there.hostname or "", there.port or 0), timeout=patience)) as asked,
        suppress(ConnectionError),
    ):
        asked.sendall(request)
        if ends:
            with suppress(OSError):  # it may have hung up
                asked.shutdown(socket.SHUT_WR)
        for piece in iter(partial(asked.recv, 65536), b""):
            heard += piece
    return heard


def sealed_as(name: str, folder: Path) -> str:
    """What the office in a folder calls a form in its seal."""
    return bound(name, Office(read_settings(folder), audiences.EMPTY, strategy.EMPTY))


def without_seal(page: str) -> str:
    """A page as it is but for its seals, which are never twice the same."""
    return re.sub(r'name="form" value="[^"]+"', 'name="form"', page)


def shape(answer: TestResponse) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    """All that a visitor can tell answers apart by, but for seals."""
    told = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "Content-Length"))
    return answer.status_code, without_seal(answer.text), told


def _unquoted(path: str) -> str:
    """PATH_INFO of a path, as WSGI has it: bytes as latin-1 (PEP 3333)."""
    found = re.sub(rb"%([0-9a-fA-F]{2})", lambda hit: bytes.fromhex(hit[1].decode()), path.encode())
    return found.decode("latin-1")


def _names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
