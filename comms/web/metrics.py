"""Figures for a monitor at an address of their own, beside the run: /metrics, and /halsa: does it live.

They have no token and no addresses, and listen on this machine alone unless comms.yaml says otherwise.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from comms.app.clock import utc_now
from comms.app.house import House
from comms.app.metrics import Health, health, text_of
from comms.errors import ConfigError, say
from comms.model.settings import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FRESH = 5.0
"""Seconds that an answer is given again: who asks more often reads no ledger."""

_PATIENCE = 10.0
"""Seconds that a caller may take to ask."""

_JSON = "application/json; charset=utf-8"


def metrics_app(house: House, clock: Callable[[], datetime] = utc_now) -> WSGIApplication:
    """GET /metrics and GET /halsa: 503 when something is wrong. Nothing can be changed here."""
    kept: dict[str, tuple[float, HTTPStatus, str, bytes]] = {}
    asking = threading.Lock()

    def answer(path: str) -> tuple[float, HTTPStatus, str, bytes]:
        with asking:  # one reads the ledger, whoever else asks waits for the same answer
            found = kept.get(path)
            if found is None or time.monotonic() - found[0] > _FRESH:
                status, kind, body = _PAGES[path](house, clock())
                found = kept[path] = (time.monotonic(), status, kind, body)  # fresh from when it was read
            return found

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = str(environ.get("PATH_INFO", "")), environ.get("REQUEST_METHOD")
        status, kind, body = HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b""
        if path in _PAGES:
            if method in {"GET", "HEAD"}:
                _, status, kind, body = answer(path)
            else:
                status = HTTPStatus.METHOD_NOT_ALLOWED
        start_response(
            f"{status.value} {status.phrase}",
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [] if method == "HEAD" else [body]

    return app


def as_json(found: Health) -> str:
    """Health as monitors read it."""
    return json.dumps({"ok": found.ok, "why": list(found.why)})


def _figures(house: House, now: datetime) -> tuple[HTTPStatus, str, bytes]:
    return HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, text_of(house, now)


def _health(house: House, now: datetime) -> tuple[HTTPStatus, str, bytes]:
    found = health(house, now)
    status = HTTPStatus.OK if found.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return status, _JSON, as_json(found).encode()


_PAGES: dict[str, Callable[[House, datetime], tuple[HTTPStatus, str, bytes]]] = {
    "/metrics": _figures,
    "/halsa": _health,
}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Somebody hung up."""

    def server_bind(self) -> None:
        """Bind without asking who we are by name: that may take long."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = _PATIENCE

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base's
        """A monitor asks often, and nobody reads of it."""


@contextmanager
def figures_served(house: House, at: Metrics, clock: Callable[[], datetime] = utc_now) -> Iterator[str]:
    """Serve in a thread for the length of the block; gives the address. Raises ConfigError if it is taken."""
    kind = _Server6 if ":" in at.host else _Server
    try:
        server = make_server(at.host, at.port, metrics_app(house, clock), kind, _Handler)
    except OSError as error:
        raise ConfigError(
            say(
                "Siffrorna för övervakning kan inte lämnas på {host}:{port} (metrics.listen): {error}.",
                host=at.host,
                port=at.port,
                error=error.strerror or "",
            )
        ) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), name="metrics", daemon=True)
    thread.start()
    host, port = server.server_address[:2]
    try:
        yield f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
