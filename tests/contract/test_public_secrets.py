"""The public pages at work: what leaks, what opens a link, what many at once do, what a letter says."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

from comms.app import subscribing, unsubscribing
from comms.app.outgoing import way_out
from comms.model.settings import Secret, UnsubscribeBox
from comms.render.mime import letter_template, personalise
from comms.text.tokens import Purpose, read_token, seal_form, token
from tests.fakes.public import FORM, Town, listening, sealed_as, shape, spoken, town
from tests.fakes.signups import KEYS, office
from tests.fakes.smtp import Relay
from tests.journey.test_web import heard, with_pages
from tests.journey.workspaces import ended, small
from tests.unit.render import build

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

KEY = "markerad-nyckel-som-ingen-far-se-4711"
PASSWORD = "markerat-losenord-som-ingen-far-se"
SIGNUP = {"newsletters": "brevet", "audience": "offices", "municipality": "eda"}
MARKED = "markerad.person@hem.example"
SIGNS = string.ascii_letters + string.digits + "-_"
URLENCODED = "application/x-www-form-urlencoded"


def request(method: str, path: str, fields: Mapping[str, object] | None = None, *headers: str) -> bytes:
    """A request as it goes over the wire."""
    body = urlencode(fields or {}, doseq=True)
    said = (
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Content-Type: {URLENCODED}",
    )
    return "\r\n".join((*said, f"Content-Length: {len(body)}", *headers, "", body)).encode()


# Many at once


def test_twenty_at_once_act_once(tmp_path: Path) -> None:
    with town(tmp_path) as busy, listening(busy) as address:
        links = busy.links("anna@hem.example")
        choices = {**FORM, "newsletters": ["kommunbrevet", "bygdebrevet"]}
        tables = {"confirm": "subscribers", "settings": "consents", "exit": "suppressions"}
        forms: dict[str, tuple[str, dict[str, object], str]] = {
            "signup": ("/prenumerera/", {**FORM, "address": "ny@hem.example"}, "tickets"),
            "settings-link": ("/installningar/", {"address": "ny2@hem.example"}, "forms"),
        }
        for name, path in links.items():
            kind = name.partition("|")[0]
            forms[name] = (path, {**choices, "action": "all" if kind == "exit" else "save"}, tables[kind])
        for name, (path, fields, table) in forms.items():
            before = busy.count(table)
            asked = request("POST", path, {**fields, "form": busy.seal(name)})
            with ThreadPoolExecutor(20) as hands:
                said = list(hands.map(spoken, [address] * 20, [asked] * 20))
            assert {one.partition(b"\r\n")[0] for one in said} == {b"HTTP/1.1 200 OK"}, name
            assert busy.count(table) - before == 1, name


# The field in a letter (C16)


def test_the_way_out_is_raw_in_a_thousand_letters(tmp_path: Path) -> None:
    box = UnsubscribeBox("avsluta@studs.example", str(tmp_path))
    settings = replace(office().settings, unsubscribe_box=box)
    template = letter_template(build.edition(build.ITEM), settings=settings, newsletter=build.NEWSLETTER)
    chance = Random(16)  # noqa: S311 - the same each time
    wanted = re.compile(
        rb"\r\nList-Unsubscribe: <https://brev\.leader\.example/u/[A-Za-z0-9_-]{34}>,\r\n"
        rb" <mailto:avsluta\+[a-z2-7]{29}@studs\.example\?subject=avsluta>\r\n"
        rb"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    for number in range(1000):
        name = "".join(chance.choices('åäöÅÉ <>"\\,;=?_@.abc', k=chance.randrange(30))).strip()
        content = personalise(
            template,
            recipient=f"n{number}@arvika.example",
            recipient_name=name.replace("@", ""),
            message_id=f"{number}@leader.example",
            date=datetime(2026, 12, 1, 8, tzinfo=UTC),
            way_out=way_out(settings, f"{chance.getrandbits(64):016x}"),
        )
        head = content.partition(b"\r\n\r\n")[0] + b"\r\n"
        assert len(wanted.findall(head)) == 1, head
        assert head.lower().count(b"list-unsubscribe") == 3


# Marked secrets (C18)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a real `comms web` said and kept when it was asked everything: by where it was found."""
    attacked = small(tmp_path_factory.mktemp("secrets"))
    port = with_pages(attacked)
    echo = {
        "ehlo": "250-relay.example\r\n250 AUTH PLAIN",
        "auth": "235 2.7.0 welcome",
        "rcpt": f"550 5.1.1 <{MARKED}> is not here",
    }
    with Relay(always=echo) as relay:
        attacked.sends_through(relay, "user: brev, ")
        process = attacked.start("web", COMMS_WEB__KEYS=KEY, COMMS_CHANNELS__MAIL__PASSWORD=PASSWORD)
        try:
            heard(process, "Avbryt med Ctrl-C")
            command = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
            pages = visit(f"http://127.0.0.1:{port}", attacked.folder, attacked.database)
            process.send_signal(signal.SIGTERM)
            answer = ended(process)
        finally:
            process.kill()
    assert any(MARKED in one for one in relay.commands)
    kept = b"".join(file.read_bytes() for file in attacked.database.parent.glob("comms.db*"))
    return {
        "log": answer.out + answer.err,
        "command": command,
        "pages": pages,
        "database": kept.decode("latin-1"),
    }


def marked_tokens() -> dict[str, str]:
    """A usable link of each kind."""
    return {purpose.value: token(purpose, f"{4711:016x}", (Secret(KEY),)) for purpose in Purpose}


def visit(address: str, folder: Path, database: Path) -> str:
    """Ask a server all that there is, rightly and wrongly, whole and broken; every answer, joined."""
    now, keys, tokens = datetime.now(UTC), (Secret(KEY),), marked_tokens()

    def sealed(name: str) -> str:
        return seal_form(sealed_as(name, folder), f"nonce-{name}", keys, now - timedelta(seconds=10))

    asked = [
        request("POST", "/prenumerera/", {**SIGNUP, "address": MARKED, "form": sealed("signup")}),
        request("POST", "/installningar/", {"address": MARKED, "form": sealed("settings-link")}),
        request("GET", f"/prenumerera/?address={MARKED}", None, f"Referer: http://x/{tokens['exit']}"),
        request("GET", f"/{MARKED}"), request("GET", f"/{MARKED.replace('@', '%40')}"),
        request("GET", f"/{MARKED.replace('@', '%2540')}"), request("GET", f"/halsa?prov={MARKED}"),
    ]  # fmt: skip
    for where, one in zip("ucp", (tokens["exit"], tokens["confirm"], tokens["settings"]), strict=True):
        for path in (f"/{where}/{one}", f"/{where.upper()}/{one}", f"//{where}//{one}", f"/{where}//{one}",
                     f"/{where}%2f{one}", f"/{where}%5c{one}", f"/{where}/{one}/", f"/{one}", f"/x={one}",
                     f"/{where}/{one[:20]}%0a{one[20:]}", f"/{where}%20/{one}", f"/prenumerera/{one}",
                     f"/%{ord(where):x}/{one}", f"/{where}/./{one}", f"/{where}?{one}"):  # fmt: skip
            asked += [request("GET", path), request("POST", path, {"List-Unsubscribe": "One-Click"})]
        asked.append(f"GET{one} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        asked.append(f"{one} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    answers = [spoken(address, one) for one in asked]
    # What nobody foresees: the database is not as it was.
    with closing(sqlite3.connect(database)) as broken, broken:
        broken.execute("ALTER TABLE tickets RENAME TO elsewhere")
    again = {
        **SIGNUP,
        "address": MARKED,
        "form": seal_form(sealed_as("signup", folder), "n2", keys, now - timedelta(seconds=10)),
    }
    answers += [spoken(address, one) for one in (request("POST", "/prenumerera/", again), *asked)]
    with closing(sqlite3.connect(database)) as mended, mended:
        mended.execute("ALTER TABLE elsewhere RENAME TO tickets")
    return b"\n".join(answers).decode()


@pytest.mark.parametrize("where", ["log", "command", "pages", "database"])
def test_no_key_and_no_password_is_to_be_found(told: dict[str, str], where: str) -> None:
    assert told[where]
    assert KEY not in told[where]
    assert PASSWORD not in told[where]


@pytest.mark.parametrize("where", ["log", "command", "database"])
def test_no_usable_link_is_to_be_found(told: dict[str, str], where: str) -> None:
    for one in marked_tokens().values():
        assert one not in told[where]
        assert one[4:26] not in told[where]


def test_the_log_knows_nobody(told: dict[str, str]) -> None:
    found = [line for line in told["log"].splitlines() if "markerad.person" in line or "hem.example" in line]
    assert found == []
    assert " 503 " in told["log"]


def test_no_page_shows_what_is_inside(told: dict[str, str]) -> None:
    assert "503 " in told["pages"]
    assert not re.search(
        r"Traceback|sqlite|sqlalchemy|werkzeug|waitress|/work/|\.py\b", told["pages"], re.IGNORECASE
    )


# A mail server that hangs


@pytest.mark.slow
def test_the_process_ends_when_it_is_told_to_though_a_mail_server_hangs(tmp_path: Path) -> None:
    attacked = small(tmp_path)
    port = with_pages(attacked)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        attacked.sends_through(Relay(port=silent.getsockname()[1]))
        process = attacked.start("web", COMMS_WEB__KEYS=KEY)
        try:
            heard(process, "Avbryt med Ctrl-C")
            name = sealed_as("signup", attacked.folder)
            seal = seal_form(name, "n", (Secret(KEY),), datetime.now(UTC) - timedelta(seconds=10))
            fields = {**SIGNUP, "address": MARKED, "form": seal}
            spoken(f"http://127.0.0.1:{port}", request("POST", "/prenumerera/", fields))
            hanging, _ = silent.accept()
            with hanging:
                process.send_signal(signal.SIGTERM)
                assert ended(process).code == 0
        finally:
            process.kill()


# Tokens


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("tokens")) as opened:
        yield opened


def variants(good: str) -> Iterator[str]:
    """Texts that are nearly a token: each bit changed, its other spellings, cut, and with other signs."""
    for at, sign in enumerate(good):
        others = (SIGNS.index(sign) ^ 1 << bit for bit in range(6))
        yield from (good[:at] + SIGNS[other] + good[at + 1 :] for other in others)
    for last in SIGNS:
        yield good[:-1] + last
    yield from (good[:length] for length in range(len(good)))
    yield from (
        good[::-1],
        good.swapcase(),
        f"{good}=",
        f"{good}==",
        f" {good}",
        f"{good}\n",
        good * 2,
        f"{good}A",
    )
    yield from (
        good.replace("-", "+").replace("_", "/"),
        good[:16] + "\n" + good[16:],
        good[:33] + "１",
        "Ａ" + good[1:],
    )
    yield from ("A" * 34, "_" * 34, "\0" * 34, "é" * 34, "٣" * 34, "😀" * 34, "\ud800" * 34)


def test_no_text_that_is_nearly_a_token_opens_anything(site: Town) -> None:
    of, store, now = site.desk.office, site.desk.store, site.desk.now
    links = site.links("token@hem.example")
    confirming, opening, leaving = (path[3:] for path in links.values())
    doors: dict[str, Callable[..., object]] = {
        confirming: partial(subscribing.find_ticket, of, store, now=now),
        opening: partial(subscribing.find_settings, of, store, now=now),
        leaving: partial(unsubscribing.find_exit, of.settings, store, now=now),
    }
    chance = Random(4711)  # noqa: S311 - the same each time
    random = ["".join(chance.choices(SIGNS, k=34)) for _ in range(10_000)]
    assert not any(read_token(one, text, KEYS) for one, text in product(Purpose, random))
    other = [
        token(purpose, "0" * 15 + "1", (Secret("en annan nyckel som är lång nog"),)) for purpose in Purpose
    ]
    for good, find in doors.items():
        assert find(token=good)
        tried = {*variants(good), *random[:500], *other, *(one for one in doors if one != good)} - {good}
        assert [one for one in tried if find(token=one)] == []


def test_pages_of_links_that_lead_nowhere_are_all_alike(site: Town) -> None:
    gone = "borta@hem.example"
    site.know("erased", gone)
    answers: dict[str, Counter[object]] = {where: Counter() for where in "cpu"}
    chance = Random(3)  # noqa: S311 - the same each time
    for where in "cpu":
        purposes = (one for one in Purpose if one.value[0] != {"c": "c", "p": "s", "u": "e"}[where])
        wrong = [token(one, "0" * 16, KEYS) for one in purposes]
        wrong += [token(one, "f" * 16, KEYS) for one in Purpose]
        wrong += ["".join(chance.choices(SIGNS, k=34)) for _ in range(40)]
        for one in wrong:
            for method in ("GET", "POST"):
                fields = {"form": site.seal("x"), "action": "all"}
                answer = site.open(method, f"/{where}/{one}", fields if method == "POST" else None)
                answers[where][shape(answer)] += 1
    assert {where: len(found) for where, found in answers.items()} == {"c": 1, "p": 1, "u": 1}
    assert all(found[0] == 404 for one in answers.values() for found in one)  # type: ignore[index]  # a shape
