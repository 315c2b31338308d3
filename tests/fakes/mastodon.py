"""A Mastodon server on loopback, written from its documentation: media, statuses, idempotency keys.

It can lose an answer after it has done what was asked, which is what matters and what mocks do not do.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl

TOKEN = "token-as-made-by-hand"


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a path, once. `done`: after the server has done what was asked.

    Status 0 means no answer: the server hangs up, or with `hang` says nothing until it is closed.
    """

    path: str
    status: int = 0
    done: bool = False
    hang: bool = False
    body: bytes = b'{"error": "fel"}'
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Picture:
    """An uploaded picture; `looks` is how many times it must be asked about before it is ready."""

    content: bytes
    media_type: str
    description: str
    looks: int
    attached: bool = False


class Server(ThreadingHTTPServer):
    """The server and what it knows."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a port that the system chooses."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.pictures: dict[str, Picture] = {}
        self.statuses: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.looks = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


@dataclass
class Mastodon:
    """The fake as tests use it."""

    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        """Start serving."""
        self.server = Server()
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop serving."""
        self.server.over.set()
        self.server.shutdown()
        self._thread.join(10)
        self.server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def do_POST(self) -> None:  # the name is the protocol's
        """Take pictures and statuses."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        makers = {"/api/v2/media": self._picture, "/api/v1/statuses": self._status}
        self._serve(lambda: makers[self.path](body) if self.path in makers else _error(404, "Not found"))

    def do_GET(self) -> None:  # the name is the protocol's
        """Tell how a picture is coming along."""
        self._serve(self._look)

    def _serve(self, work: Callable[[], tuple[int, dict[str, Any]]]) -> None:
        self.server.requests.append(f"{self.command} {self.path}")
        fault = next((f for f in self.server.faults if self.path.startswith(f.path)), None)
        if fault is not None:
            self.server.faults.remove(fault)
        if fault is None or fault.done:
            status, answer = work() if self._is_us() else _error(401, "The access token is invalid")
        if fault is None:
            self._answer(status, json.dumps(answer).encode(), {})
        elif fault.status:
            self._answer(fault.status, fault.body, fault.headers)
        else:
            if fault.hang:
                self.server.over.wait(60)
            self.close_connection = True

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _is_us(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _picture(self, body: bytes) -> tuple[int, dict[str, Any]]:
        parts = _form(self.headers["Content-Type"], body)
        file = parts["file"]
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        if not file.get_content_type().startswith("image/"):
            return _error(422, "File type is not supported")
        described = parts["description"].get_payload(decode=True)
        assert isinstance(described, bytes)
        with self.server.lock:
            number = str(100 + len(self.server.pictures))
            picture = Picture(content, file.get_content_type(), described.decode(), self.server.looks)
            self.server.pictures[number] = picture
        return (202 if picture.looks else 200), {"id": number, "url": None if picture.looks else "https://x"}

    def _look(self) -> tuple[int, dict[str, Any]]:
        number = self.path.rpartition("/")[2]
        picture = self.server.pictures.get(number)
        if picture is None or picture.attached:
            return _error(404, "Record not found")
        picture.looks -= 1
        return (206, {"id": number, "url": None}) if picture.looks > 0 else (200, {"id": number, "url": "x"})

    def _status(self, body: bytes) -> tuple[int, dict[str, Any]]:
        key = self.headers.get("Idempotency-Key", "")
        with self.server.lock:
            if key in self.server.keys:
                return 200, self.server.keys[key]
            wanted = json.loads(body)
            # As Mastodon counts: an address is 23 characters however long it is.
            counted = re.sub(r"https?://\S+", "x" * 23, wanted["status"])
            if len(counted) > 500 or len(wanted["media_ids"]) > 4:
                return _error(422, "Validation failed: Text character limit of 500 exceeded")
            if any(number not in self.server.pictures for number in wanted["media_ids"]):
                return _error(422, "Validation failed: Media not found")
            for number in wanted["media_ids"]:
                self.server.pictures[number].attached = True
            status = {"id": str(9000 + len(self.server.statuses)), **wanted}
            status["url"] = f"https://social.example/@leader/{status['id']}"
            self.server.statuses.append(status)
            if key:
                self.server.keys[key] = status
        return 200, status


def _error(status: int, words: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": words}


def _form(content_type: str, body: bytes) -> dict[str, Message]:
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    named = {}
    for part in parts:
        assert isinstance(part, Message)
        named[str(part.get_param("name", header="Content-Disposition"))] = part
    return named
