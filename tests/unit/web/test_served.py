"""Whether base_url is served by us: what other servers answer there is told apart, and nobody holds us up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from comms.app import served
from comms.app.house import read_settings
from comms.app.served import is_served, proof
from comms.model.settings import Secret, Settings, Web

KEY, OLD_KEY = Secret("k" * 40), Secret("g" * 40)
NONCE = "abc-123_XYZ"


def settings(base_url: str, *keys: Secret) -> Settings:
    return replace(read_settings(Path()), base_url=base_url, web=Web("127.0.0.1", 8080, (), keys))


@contextmanager
def answering(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    """A server on loopback that answers a nonce with status and body; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query).get("prov", [""])[0]
            status, body = answer(asked)
            self.send_response(status)
            self.send_header("Location", "/annan")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_our_own_answer_is_known_by_any_key_of_the_ring() -> None:
    old = settings("", OLD_KEY)
    with answering(lambda nonce: (200, f"{proof(old, nonce)[0]}\n".encode())) as url:
        assert is_served(settings(url, KEY, OLD_KEY), nonce=NONCE) is None
        assert "den här nyckeln" in str(is_served(settings(url, KEY), nonce=NONCE))


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b"<h1>Parkerad</h1>", "något annat än comms"),
        (200, b"", "något annat än comms"),
        (200, b"x" * 100_000, "något annat än comms"),
        (404, b"", "svarade 404"),
        (301, b"", "svarade 301"),
        (503, b"", "svarade 503"),
    ],
)
def test_what_somebody_else_answers_is_told(status: int, body: bytes, why: str) -> None:
    with answering(lambda _nonce: (status, body)) as url:
        assert why in str(is_served(settings(url, KEY), nonce=NONCE))


def test_a_server_that_drips_or_never_answers_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_READ", 0.2)
    leaving = threading.Event()

    def drip(_nonce: str) -> tuple[int, bytes]:
        leaving.wait(20)
        return 200, b""

    with answering(drip) as url:
        why = is_served(settings(url, KEY), nonce=NONCE)
        assert not leaving.is_set()
        leaving.set()
    assert "gick inte att nå" in str(why)


def test_an_answer_to_another_question_does_not_count() -> None:
    ours = settings("", KEY)
    with answering(lambda _nonce: (200, proof(ours, "igår")[0].encode())) as url:
        assert is_served(settings(url, KEY), nonce=NONCE) is not None


@pytest.mark.parametrize(
    ("base_url", "why"),
    [
        ("http://brev.leader.example", "https"),
        ("", "https"),
        ("http://127.0.0.1:9", "gick inte att nå"),
    ],
)
def test_an_address_that_no_letter_may_promise_is_told(base_url: str, why: str) -> None:
    assert why in str(is_served(settings(base_url, KEY), nonce=NONCE))


def test_without_pages_or_keys_nothing_is_served() -> None:
    assert is_served(settings("https://brev.leader.example"), nonce=NONCE) is not None
    assert is_served(replace(read_settings(Path()), web=None), nonce=NONCE) is not None
