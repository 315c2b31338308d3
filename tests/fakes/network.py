r"""What the fakes of all networks stand on: a server on loopback with faults, and a log of what was asked.

A fake is a `Network` with a table of routes. It keeps its own state, and can lose an answer after it has
done what was asked: that is what matters, and what mocks do not do.

    class Example(Network):
        def routes(self) -> Routes:
            return {("POST", "/v1/posts"): self._post, ("GET", r"/v1/posts/(\d+)"): self._show}
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime
from functools import partialmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    import ssl

ALWAYS = 1_000_000
"""As many times as anybody asks."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong `times` times at a path. `done`: after the server has done what was asked.

    `path` is a pattern that the path with its query begins with (end it with `$` to mean no more than
    that); `method` "" is any. Status 0 means no answer: the server hangs up, with `reset` rudely (RST), with
    `hang` it says nothing until it is closed. A `Content-Length` in `headers` that is longer than the `body`
    cuts the answer off. With `drip` a byte comes now and then: of the body when there is a status, else of
    the headers too; each of them far sooner than anybody loses patience.
    """

    path: str
    status: int = 0
    done: bool = False
    hang: bool = False
    body: bytes = b'{"error": "fel"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    times: int = 1
    reset: bool = False
    drip: bool = False

    def meets(self, request: Request) -> bool:
        """Whether it is this request that goes wrong."""
        return self.method in {"", request.method} and re.match(self.path, request.target) is not None


@dataclass(frozen=True)
class Form:
    """One field of a form; `media_type` is that of a file."""

    content: bytes
    media_type: str = ""

    @property
    def text(self) -> str:
        """As text."""
        return self.content.decode()


@dataclass(frozen=True)
class Request:
    """What was asked. `path` is decoded and has no query, `found` is what the route's groups caught."""

    method: str
    target: str
    headers: Message
    body: bytes
    found: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Method and target, as in `POST /api/v1/statuses`."""
        return f"{self.method} {self.target}"

    @property
    def path(self) -> str:
        """Where, decoded, without the query."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """What stands after the question mark."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON, whose shape the fake asks about
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, Form]:
        """The body as a form, with files (multipart) or without (urlencoded)."""
        if self.headers.get_content_maintype() != "multipart":
            pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
            return {name: Form(value.encode()) for name, value in pairs}
        boundary = f"--{self.headers.get_boundary()}".encode()
        return dict(_field(part) for part in self.body.split(boundary)[1:-1])


@dataclass(frozen=True)
class Published:
    """A post that stands on the network for all to see. `parent`: the id that it answers.

    `pictures` are their bytes with their alt texts; `more` is what else the network keeps of it.
    """

    text: str
    pictures: tuple[tuple[bytes, str], ...]
    id: str
    parent: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


Reply = tuple[int, Mapping[str, str], object]
"""Status, headers, and what is answered: JSON, or bytes as they are, or None for nothing."""

Routes = Mapping[tuple[str, str], Callable[[Request], Reply]]
"""By method and a pattern for the whole path, decoded, without its query."""


class Server(ThreadingHTTPServer):
    """The server: what shall go wrong, what was asked, and a lock for what the fake keeps."""

    daemon_threads = True

    def __init__(self, network: Network) -> None:
        """Listen on a port that the system chooses."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.network = network
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.lock = threading.RLock()
        self.over = threading.Event()
        self.crashes: list[BaseException] = []

    def lines(self) -> list[str]:
        """What was asked, as in `POST /api/v1/statuses`."""
        return [request.line for request in self.requests]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; a fault of the fake's own is told when it stops."""
        del request, client_address
        fault = sys.exc_info()[1]
        if fault is not None and not isinstance(fault, OSError):
            self.crashes.append(fault)

    def fault(self, request: Request) -> Fault | None:
        """What goes wrong with a request; it is used up once."""
        with self.lock:
            self.requests.append(request)
            fault = next((fault for fault in self.faults if fault.meets(request)), None)
            if fault is not None:
                left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                at = self.faults.index(fault)
                self.faults[at : at + 1] = left
            return fault


class Network(ABC):
    """A fake as tests use it: `with Example() as fake: … fake.url, fake.server.faults, fake.posts()`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen; nothing is answered before the `with`."""
        self.server = Server(self)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        if tls is not None:
            self.protect(tls)

    def protect(self, tls: ssl.SSLContext) -> None:
        """Be spoken to by TLS alone; to be said before the `with`."""
        self.url = self.url.replace("http:", "https:")
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)

    @abstractmethod
    def routes(self) -> Routes:
        """What the network answers to."""

    @abstractmethod
    def refusal(self, request: Request) -> Reply | None:
        """Why the request is not ours (a wrong key), None when it may go on."""

    @abstractmethod
    def posts(self) -> list[Published]:
        """What stands on the network for all to see, oldest first."""

    def date(self) -> str:
        """Its own clock, which need not be ours, as the header `Date` tells it."""
        return format_datetime(datetime.now(UTC), usegmt=True)

    def answer(self, request: Request) -> Reply:
        """Do what was asked."""
        with self.server.lock:
            refused = self.refusal(request)
            if refused is not None:
                return refused
            for (method, pattern), work in self.routes().items():
                caught = re.fullmatch(pattern, request.path)
                if method == request.method and caught:
                    return work(replace(request, found=caught.groups()))
        return 404, {}, {"error": "Not found"}

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop serving."""
        self.server.over.set()
        self.server.shutdown()
        self._thread.join(10)
        self.server.server_close()
        if self.server.crashes:
            raise AssertionError(f"{type(self).__name__} has a fault of its own") from self.server.crashes[0]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header `Date`, by the network's own clock."""
        del timestamp
        return self.server.network.date()

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(method, self.path, self.headers, body)
        fault = self.server.fault(request)
        reply: Reply = self.server.network.answer(request) if fault is None or fault.done else (0, {}, None)
        if fault is None:
            self._answer(*reply)
        elif fault.drip:
            self._drip(fault)
        elif fault.status:
            self._answer(fault.status, {"Connection": "close", **fault.headers}, fault.body)
        else:
            self._fall_silent(fault)

    do_GET = partialmethod(_serve, "GET")  # noqa: N815 - the names are the protocol's
    do_POST = partialmethod(_serve, "POST")  # noqa: N815 - the same
    do_PUT = partialmethod(_serve, "PUT")  # noqa: N815 - the same
    do_DELETE = partialmethod(_serve, "DELETE")  # noqa: N815 - the same

    def _answer(self, status: int, headers: Mapping[str, str], answer: object) -> None:
        body = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        plain = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**plain, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, fault: Fault) -> None:
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(fault.body)}\r\n\r\n".encode()
        at_once = head if fault.status else b""
        self.wfile.write(at_once)
        for byte in (head + fault.body)[len(at_once) :]:
            self.wfile.flush()
            self.server.over.wait(0.05)
            self.wfile.write(bytes([byte]))
        self.close_connection = True

    def _fall_silent(self, fault: Fault) -> None:
        if fault.hang:
            self.server.over.wait(60)
        if fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def error(status: int, words: str) -> Reply:
    """A no, as Mastodon says it; others have their own shapes."""
    return status, {}, {"error": words}


def _field(part: bytes) -> tuple[str, Form]:
    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    told = message_from_bytes(head)
    name = str(told.get_param("name", header="Content-Disposition"))
    is_file = told.get_filename() is not None
    return name, Form(content.removesuffix(b"\r\n"), told.get_content_type() if is_file else "")
