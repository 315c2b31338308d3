"""`comms web` and `comms run` as they run: a real server, asked over sockets, that stops when told to."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
import requests

from comms.app.house import settings_alone
from comms.app.served import is_served
from comms.model.settings import Secret
from comms.text.tokens import Purpose, token
from tests.journey.workspaces import Office, ended, small

pytestmark = [pytest.mark.servers]

KEY = "en-nyckel-som-ar-lang-nog-for-proven-4711"
ONE_CLICK = b"List-Unsubscribe=One-Click"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def with_pages(office: Office) -> int:
    """Give an office public pages on loopback; the port."""
    port = free_port()
    office.change("comms.yaml", "https://brev.leader.example", f"http://127.0.0.1:{port}")
    text = (office.folder / "comms.yaml").read_text(encoding="utf-8")
    office.write("comms.yaml", f"{text}\nweb: {{listen: 127.0.0.1:{port}}}\n")
    return port


def heard(process: subprocess.Popen[str], words: str) -> str:
    """What a process says up to a line with `words`."""
    assert process.stdout
    said = ""
    patience = threading.Timer(60, process.kill)
    patience.start()
    while words not in said:
        line = process.stdout.readline()
        assert line, (said, process.poll())
        said += line
    patience.cancel()
    return said


def body_of(file: Path) -> str:
    """To whom a letter is, and its plain text."""
    letter = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    text = letter.get_body(("plain",))
    return f"{letter['To']}\n{text.get_content() if text else ''}"


@dataclass(frozen=True)
class Running:
    """A server at work on an office."""

    office: Office
    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def says(self, *lines: str, body: bytes = b"", host: str = "") -> str:
        """The answer to a request written by hand, up to where the server hangs up."""
        named = f"Host: {host or f'127.0.0.1:{self.port}'}"
        head = "\r\n".join([lines[0], named, "Connection: close", *lines[1:]])
        heard = b""
        # It may hang up before all is said.
        with (
            closing(socket.create_connection(("127.0.0.1", self.port), timeout=20)) as asked,
            suppress(OSError),
        ):
            asked.sendall(f"{head}\r\n\r\n".encode() + body)
            asked.shutdown(socket.SHUT_WR)
            while piece := asked.recv(65536):
                heard += piece
        return heard.decode()

    def way_out(self, number: int) -> str:
        """The path of the link in a letter to `kontorNUMBER@eda.example`."""
        identity, row = f"{number:016x}", (f"{number:016x}", f"kontor{number}@eda.example", "brevet")
        with closing(sqlite3.connect(self.office.database)) as database, database:
            database.execute(
                "INSERT OR IGNORE INTO exits (id, address_key, newsletter) VALUES (?, ?, ?)", row
            )
        return f"/u/{token(Purpose.EXIT, identity, (Secret(KEY),))}"

    def noes(self, number: int) -> int:
        """How many noes an office has said."""
        with closing(sqlite3.connect(self.office.database)) as database:
            said = "SELECT count(*) FROM suppressions WHERE address_key = ?"
            (count,) = database.execute(said, (f"kontor{number}@eda.example",)).fetchone()
            return int(count)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`comms web`, told to stop at the end."""
    office = small(tmp_path_factory.mktemp("web"))
    port = with_pages(office)
    process = office.start("web", COMMS_WEB__KEYS=KEY)
    try:
        heard(process, "Avbryt med Ctrl-C")
        yield Running(office, port)
    finally:
        process.send_signal(signal.SIGTERM)
        answer = ended(process)
    assert (answer.code, answer.out) == (0, "Sidorna har stannat.\n")
    assert "Traceback" not in answer.err
    assert not re.search(r"/[ucp]/[A-Za-z0-9_-]{8}|@", answer.err)


def test_the_pages_are_served_and_known_as_ours(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = requests.get(f"{running.url}/integritet/", timeout=20)
    assert answer.status_code == 200
    assert not {"Server", "Set-Cookie", "Via"} & set(answer.headers)
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    assert is_served(settings_alone(running.office.folder).settings, nonce="abc") is None
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY[::-1])
    assert is_served(settings_alone(running.office.folder).settings, nonce="abc") is not None


def test_the_doctor_fetches_the_page(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)

    assert f"De publika sidorna visas på {running.url}." in running.office.comms("doctor").said


MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("number", "headers", "body"),
    [
        (1, ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 26"], ONE_CLICK),
        (
            2,
            ["Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked"],
            b"1a\r\n" + ONE_CLICK + b"\r\n0\r\n\r\n",
        ),
        (
            3,
            ["Content-Type: multipart/form-data; boundary=x", f"Content-Length: {len(MULTIPART)}"],
            MULTIPART,
        ),
    ],
)
def test_one_click_is_answered_once_and_for_all_however_its_body_comes(
    running: Running, number: int, headers: list[str], body: bytes
) -> None:
    answer = running.says(f"POST {running.way_out(number)} HTTP/1.1", *headers, body=body)

    assert answer.startswith("HTTP/1.1 200 ")
    assert not re.search(r"^(?:Set-Cookie|Location):", answer, re.MULTILINE | re.IGNORECASE)
    assert running.noes(number) == 1


def test_twenty_clicks_at_once_are_one_no(running: Running) -> None:
    link = f"{running.url}{running.way_out(4)}"

    def click(_: int) -> int:
        return requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30).status_code

    with ThreadPoolExecutor(20) as people:
        assert set(people.map(click, range(20))) == {200}
    assert running.noes(4) == 1


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        ("GET //u/TOKEN HTTP/1.1", [], 404),
        ("POST /u%2fTOKEN HTTP/1.1", ["Content-Length: 0"], 404),
        ("GET /../../comms.yaml HTTP/1.1", [], 404),
        ("GET /%2e%2e/comms.yaml HTTP/1.1", [], 404),
        ("GET /.comms-archive.json HTTP/1.1", [], 404),
        ("TRACE /u/TOKEN HTTP/1.1", ["X-Hemlig: 4711"], 405),
        ("OPTIONS * HTTP/1.1", [], 404),
        ("POST /prenumerera/ HTTP/1.1", ["Content-Length: 100000000"], 413),
        ("GARBAGE", [], 400),
    ],
)
def test_what_is_odd_is_refused_without_a_word_about_the_machine(
    running: Running, line: str, headers: list[str], status: int
) -> None:
    answer = running.says(line.replace("TOKEN", running.way_out(5)[3:]), *headers)

    assert re.match(rf"HTTP/1\.[01] (?:{status}|405) ", answer), answer[:200]
    assert not re.search(r"Traceback|waitress|werkzeug|flask|python|4711", answer, re.IGNORECASE)
    assert running.noes(5) == 0


def test_headers_without_end_are_not_read_to_their_end(running: Running) -> None:
    answer = running.says("GET /halsa HTTP/1.1", f"X-Lang: {'a' * 100_000}")

    assert answer.partition(" ")[2][:3] in {"431", ""}
    assert requests.get(f"{running.url}/halsa", timeout=20).ok


def test_another_host_is_not_ours(running: Running) -> None:
    assert " 421 " in running.says("GET /halsa HTTP/1.1", host="ond.example").partition("\r\n")[0]


def test_slow_visitors_do_not_keep_others_waiting(running: Running) -> None:
    slow = [socket.create_connection(("127.0.0.1", running.port), timeout=20) for _ in range(30)]
    try:
        for one in slow:
            one.sendall(b"POST /prenumerera/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\na")
        assert requests.get(f"{running.url}/halsa", timeout=20).json() == {"ok": True}
    finally:
        for one in slow:
            one.close()


def test_a_taken_port_a_missing_key_and_missing_pages_are_told_plainly(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = office.comms("web")
    assert answer.code == 4
    assert "web:" in answer.err
    port = with_pages(office)
    assert "COMMS_WEB__KEYS" in office.comms("web").err
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        answer = office.comms("web")
    assert answer.code == 4
    assert f"127.0.0.1:{port}" in answer.err
    assert "Något annat lyssnar redan där" in answer.err


def at_work(office: Office, port: int, *more: str) -> tuple[str, bool]:
    """Start `comms run`, look at the pages when its first tick has begun, and stop it: words, pages."""
    process = office.start("run", *more, COMMS_WEB__KEYS=KEY)
    try:
        said = heard(process, "Klockan går")
        while not office.database.exists():  # from then on it hears that it shall stop
            assert process.poll() is None
            threading.Event().wait(0.05)
        with closing(socket.socket()) as asked:
            shown = asked.connect_ex(("127.0.0.1", port)) == 0
        if shown:
            assert requests.get(f"http://127.0.0.1:{port}/halsa", timeout=20).ok
    finally:
        process.send_signal(signal.SIGTERM)
        answer = ended(process)
    assert answer.code == 0, answer.err
    assert "Klockan har stannat" in answer.out
    return said, shown


def test_the_clock_serves_the_pages_too(office: Office) -> None:
    said, shown = at_work(office, with_pages(office))

    assert "Sidorna visas på" in said
    assert shown


def test_the_clock_serves_no_pages_when_told_not_to(office: Office) -> None:
    said, shown = at_work(office, with_pages(office), "--no-web")

    assert "Sidorna visas på" not in said
    assert not shown


def test_who_signs_up_has_the_letter_within_seconds_and_its_link_works(running: Running) -> None:
    page = requests.get(f"{running.url}/prenumerera/", timeout=20).text
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found
    threading.Event().wait(3.1)  # nobody fills in a form faster
    fields = {"address": "anna@hem.example", "newsletters": "brevet", "audience": "offices"}
    fields |= {"municipality": "eda", "website": "", "form": found[1]}
    assert "inkorg" in requests.post(f"{running.url}/prenumerera/", data=fields, timeout=20).text

    letter = ""
    for _ in range(100):
        sent = (running.office.folder / "out" / "sent").rglob("*.eml")
        letter = next((text for file in sent if "anna@hem.example" in (text := body_of(file))), "")
        if letter:
            break
        threading.Event().wait(0.1)
    link = re.search(rf"{running.url}/c/[A-Za-z0-9_-]{{34}}", letter)
    assert link, letter
    assert "Bekräfta" in requests.get(link[0], timeout=20).text
