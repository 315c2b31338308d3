"""A web server on loopback that means ill: it bombs, drips, lies, hangs up and leads astray.

It writes raw bytes, so that it can say what no library would let it say. A path is what is wrong; those that
lead on take where to as the query: `/302?http://127.0.0.1/`.
"""

from __future__ import annotations

import gzip
import socketserver
import ssl
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Self
from urllib.parse import unquote

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Nytt</title></channel></rss>'
LOCAL_PATH = b"/etc/hostname"
ETAG = '"v1"'
LATER = "Thu, 26 Nov 2026 12:30:00 GMT"
_DRIP = 0.05


@dataclass(frozen=True, eq=False)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Message


@dataclass
class Visit:
    """One request and the way to answer it."""

    asked: Asked
    write: Callable[[bytes], object]
    stopped: threading.Event
    query: str = ""

    def say(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """An honest answer, unless the headers say otherwise."""
        head = {"Content-Length": str(len(body)), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.write(f"HTTP/1.1 {status} Ja\r\n{lines}\r\n".encode())
        if self.asked.method != "HEAD":
            self.write(body)

    def drip(self, first: bytes, content: bytes) -> None:
        """Something at once, and then a byte now and then, for ever."""
        self.write(first)
        while not self.stopped.is_set():
            for byte in content:
                self.write(bytes((byte,)))
                if self.stopped.wait(_DRIP):
                    return


Page = Callable[[Visit], object]


def _bomb(visit: Visit, size: int) -> None:
    """Little on the wire, `size` bytes unpacked."""
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + packer.flush()
    visit.say(200, {"Content-Encoding": "gzip"}, packed)


def _endless(visit: Visit) -> None:
    """Chunks without end, as fast as they are taken."""
    visit.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not visit.stopped.is_set():
        visit.write(b"10000\r\n" + bytes(65_536) + b"\r\n")


def _flood(visit: Visit, first: bytes, more: bytes) -> None:
    """Something, and then more of the same as fast as it is taken."""
    visit.write(first)
    while not visit.stopped.is_set():
        visit.write(more * 1000)


def _unchanged(visit: Visit) -> None:
    if visit.asked.headers.get("If-None-Match") == ETAG:
        visit.say(304, {"ETag": ETAG})
    else:
        visit.say(200, {"ETag": ETAG, "Last-Modified": LATER, "Content-Type": "application/rss+xml"}, FEED)


def _no_head(visit: Visit) -> None:
    if visit.asked.method == "HEAD":
        visit.say(405)
    else:
        visit.say(206, {"Content-Range": f"bytes 0-0/{len(FEED)}"}, FEED[:1])


def _continue_for_ever(visit: Visit) -> None:
    while not visit.stopped.wait(_DRIP):
        visit.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _slow(visit: Visit) -> None:
    visit.stopped.wait(_DRIP)
    visit.say(200)


def _raw(content: bytes) -> Page:
    return lambda visit: visit.write(content)


def _as(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Page:
    return lambda visit: visit.say(status, headers, body)


_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_PAGES: dict[str, Page] = {
    "/": _as(200, {"Content-Type": "application/rss+xml; charset=utf-8"}, FEED),
    "/gzip": _as(200, {"Content-Encoding": "gzip"}, gzip.compress(FEED)),
    "/bomb": lambda visit: _bomb(visit, 100_000_000),
    "/twice-packed": _as(200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(FEED))),
    "/brotli": _as(200, {"Content-Encoding": "br"}, b"\x0b\x02\x80hej\x03"),
    "/not-gzip": _as(200, {"Content-Encoding": "gzip"}, b"hej"),
    "/endless": _endless,
    "/drip-body": lambda visit: visit.drip(_OK + b"\r\n", b"x"),
    "/drip-head": lambda visit: visit.drip(_OK, b"X-A: b\r\n"),
    "/slow": _slow,
    "/raw": lambda visit: visit.write(bytes.fromhex(visit.query)),
    "/silent": lambda visit: visit.stopped.wait(),
    "/continue": _continue_for_ever,
    "/hangs-up": _raw(b""),
    "/half": _as(200, {"Content-Length": "1000"}, FEED),
    "/too-short": _as(200, {"Content-Length": "5"}, FEED),
    "/two-lengths": _raw(_OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n123456789"),
    "/bad-chunks": _raw(_OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhej\r\n"),
    "/chunk-minus-1": lambda visit: _flood(visit, _CHUNKED + b"-1\r\n", bytes(1000)),
    "/chunk-minus-5": _raw(_CHUNKED + b"-5\r\nhej\r\n"),
    "/flood-trailers": lambda visit: _flood(visit, _CHUNKED + b"1\r\nx\r\n0\r\n", b"X-A: b\r\n"),
    "/no-http": _raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "/long-header": _raw(_OK + b"X-A: " + b"a" * 200_000 + b"\r\n\r\nhej"),
    "/many-headers": _raw(_OK + b"".join(b"X-%d: a\r\n" % n for n in range(5000)) + b"\r\nhej"),
    "/charset": _as(200, {"Content-Type": "text/xml; charset=utf-16"}, FEED),
    "/bad-charset": _as(200, {"Content-Type": 'x\x07y; charset="../../etc/passwd"'}, FEED),
    "/path": _as(200, {"Content-Type": "application/rss+xml"}, LOCAL_PATH),
    "/cookie": _as(302, {"Set-Cookie": "a=1; Path=/", "Location": "/"}),
    "/unchanged": _unchanged,
    "/no-head": _no_head,
    "/304": _as(304),
    "/404": _as(404, {"Content-Type": "text/html"}, b"<h1>Hemlig felsida</h1>"),
    "/410": _as(410),
    "/416": lambda visit: visit.say(501 if visit.asked.method == "HEAD" else 416),
    "/429": _as(429, {"Retry-After": "120"}),
    "/503": _as(503, {"Retry-After": "Wed, 01 Jan 2098 00:00:00 GMT"}),
    "/503-odd": _as(503, {"Retry-After": "snart"}),
    "/500": _as(500),
    "/loop": _as(302, {"Location": "/loop"}),
    "/nowhere": _as(302),
    "/two-places": _raw(b"HTTP/1.1 302 Ja\r\nLocation: /\r\nLocation: /404\r\n\r\n"),
    "/page%20one": _as(200, body=FEED),
}


def _answer(visit: Visit) -> None:
    path, _, visit.query = visit.asked.target.partition("?")
    steps = path.strip("/").split("/")
    if visit.query and steps[0].isdecimal():  # /301/302?WHERE: through several, then there
        rest = "/".join(steps[1:])
        onward = f"/{rest}?{visit.query}" if rest else unquote(visit.query, "latin-1")
        head = f"HTTP/1.1 {steps[0]} Ja\r\nLocation: {onward}\r\nContent-Length: 0\r\n\r\n"
        visit.write(head.encode("latin-1"))
        return
    _PAGES.get(path, _PAGES["/404"])(visit)


class Hostile:
    """The server, on a free port of 127.0.0.1, with TLS when it is given a certificate."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        """Listen; nothing is answered before the `with`."""
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once: set[Asked] = set()
        self._stopped = threading.Event()
        hostile = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    if context:
                        self.request = context.wrap_socket(self.request, server_side=True)
                        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                    hostile.serve(self.rfile.readline, self.wfile.write)
                except OSError:
                    return  # the other has had enough of us, which is right

            def finish(self) -> None:
                try:
                    super().finish()
                    self.request.close()
                except OSError:
                    return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def serve(self, readline: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
        """Read one request and answer it."""
        first = readline().decode("latin-1").split()
        head = b""
        while (line := readline()) not in {b"\r\n", b""}:
            head += line
        if len(first) == 3:
            asked = Asked(first[0], first[1], message_from_bytes(head))
            self.asked.append(asked)
            self._at_once.add(asked)
            self.most_at_once = max(self.most_at_once, len(self._at_once))
            try:
                _answer(Visit(asked, write, self._stopped))
            finally:
                self._at_once.discard(asked)

    def __enter__(self) -> Self:
        """Answer from now on."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Let go of whoever is held, and stop."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
