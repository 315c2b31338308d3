"""A line that loses things: a proxy between a channel and its network that does harm by chance, seeded.

The network has done what was asked, or has not, and the caller cannot see which: that is what a real line
does, and what a fault of the network itself cannot show.
"""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import partialmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length"})


class Harm(StrEnum):
    """What the line does; those after `LOST` do it when the network has answered."""

    REFUSED = "hangs up before anything is passed on"
    UNAVAILABLE = "answers 503 and passes nothing on"
    LOST = "hangs up instead of the answer"
    RESET = "resets instead of the answer"
    LATE = "answers when nobody listens any more"
    BAD_GATEWAY = "answers 502 instead of the answer"
    GARBLED = "answers 200 with something unreadable"
    CUT = "hangs up in the middle of the answer"


class Line:
    """A proxy to `upstream`. `share` of all requests are harmed; `harms` counts how. `calm` ends the harm."""

    def __init__(self, upstream: str, *, seed: int, share: float, patience: float) -> None:
        """`patience`: how many seconds a caller waits for an answer."""
        parts = urlsplit(upstream)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.path = parts.path.rstrip("/")
        self.chance = random.Random(seed)  # noqa: S311 - chance, not secrets
        self.share = share
        self.patience = patience
        self.harms: Counter[Harm] = Counter()
        self.lock = threading.Lock()
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """Where the line begins."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    def calm(self) -> None:
        """Do no harm from now on."""
        self.share = 0

    def harm(self) -> Harm | None:
        """What becomes of the next request."""
        with self.lock:
            if self.chance.random() >= self.share:
                return None
            found = self.chance.choice(list(Harm))
            self.harms[found] += 1
            return found

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """End."""
        self._server.over.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, line: Line) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.line = line
        self.over = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        harm = self.server.line.harm()
        if harm is Harm.REFUSED:
            self.close_connection = True
            return
        if harm is Harm.UNAVAILABLE:
            self._answer(503, {}, b'{"error": "busy"}')
            return
        self._answer_harmed(harm, *self._asked(method, body))

    do_GET = partialmethod(_serve, "GET")  # noqa: N815 - the names are the protocol's
    do_POST = partialmethod(_serve, "POST")  # noqa: N815 - the same
    do_PUT = partialmethod(_serve, "PUT")  # noqa: N815 - the same
    do_HEAD = partialmethod(_serve, "HEAD")  # noqa: N815 - the same
    do_DELETE = partialmethod(_serve, "DELETE")  # noqa: N815 - the same

    def _asked(self, method: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """What the network itself answers."""
        line = self.server.line
        upstream = http.client.HTTPConnection(line.host, line.port, timeout=10)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON}
            upstream.request(
                method, self.path, body=body, headers={**headers, "Content-Length": str(len(body))}
            )
            answer = upstream.getresponse()
            told = {k: v for k, v in answer.getheaders() if k.lower() not in _NOT_PASSED_ON}
            return answer.status, told, answer.read()
        finally:
            upstream.close()

    def _answer_harmed(self, harm: Harm | None, status: int, headers: Mapping[str, str], body: bytes) -> None:
        match harm:
            case Harm.LOST:
                self.close_connection = True
            case Harm.RESET:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
            case Harm.LATE:
                self.server.over.wait(self.server.line.patience * 1.5)
                self.close_connection = True
            case Harm.BAD_GATEWAY:
                self._answer(502, {}, b"<html>Bad gateway</html>")
            case Harm.GARBLED:
                self._answer(200, {}, b"<html>Welcome to the hotel's network</html>")
            case Harm.CUT:
                self._answer(status, headers, body, promised=len(body) + 100)
                self.close_connection = True
            case _:
                self._answer(status, headers, body)

    def _answer(
        self, status: int, headers: Mapping[str, str], body: bytes, promised: int | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)
