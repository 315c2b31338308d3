"""The server: waitress on one address, and a mailer beside it, until told to stop."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress import create_server, wasyncore  # type: ignore[import-untyped]  # it ships no types

from comms.app.clock import utc_now
from comms.app.office import Ledger, Offices, web_of
from comms.app.shown import Shown
from comms.errors import CommsError, ConfigError, say
from comms.model.settings import Web
from comms.web.app import create_app
from comms.web.gate import MOST_BYTES
from comms.web.log import LOG

_THREADS = 8
_GLANCE = 0.5
"""Seconds between looks at whether to stop."""

_LAST_WORDS = 5.0
"""Seconds that answers in hand have when it stops."""

_ROUND = 15.0
"""Seconds between the mailer's rounds when nobody wakes it: letters that wait for their turn."""

_FAREWELL = 2.0
"""Seconds that the other side has to take what has been written."""

Mail = Callable[[], None]
"""Sends the letters that somebody waits for."""


class Server:
    """The public pages at their address. Listens at once; `serve` answers."""

    def __init__(
        self,
        offices: Offices,
        store: Ledger,
        shown: Shown,
        *,
        clock: Callable[[], datetime] = utc_now,
        mail: Mail | None = None,
    ) -> None:
        """Listen. Raises `ConfigError` when the address is taken, or is no address of this machine."""
        web = web_of(offices.at(clock()))
        self._socket = _listen(web)
        self._mailer = _Mailer(mail) if mail else None
        wake = self._mailer.wake if self._mailer else _nobody
        app = create_app(offices, store, shown, clock=clock, wake=wake)
        self._map: dict[int, Any] = {}
        self._waitress = _waitress(app, self._socket, web, self._map)

    @property
    def address(self) -> str:
        """Where it listens, as an address."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def serve(self, stopping: threading.Event) -> None:
        """Answer until `stopping`; what is in hand is finished, as far as the other side takes it."""
        if self._mailer:
            self._mailer.start()
        try:
            while not stopping.is_set():
                self._turn(_GLANCE)
        finally:
            self._waitress.accepting = False
            if self._mailer:
                self._mailer.stop()
            self._waitress.task_dispatcher.shutdown(timeout=_LAST_WORDS)
            until = time.monotonic() + _FAREWELL
            while time.monotonic() < until and any(
                channel.total_outbufs_len for channel in list(self._waitress.active_channels.values())
            ):
                self._turn(0.05)

    def close(self) -> None:
        """Let go of the address and of every connection."""
        self._waitress.task_dispatcher.shutdown(timeout=0)
        wasyncore.close_all(self._map)
        self._socket.close()

    def __enter__(self) -> Self:
        """Close at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)


class _Mailer:
    """Sends within seconds what somebody waits for. What goes wrong is logged, and it tries again."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._woken = threading.Event()
        self._stopping = False
        # A daemon, for a mail server that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="mailer", daemon=True)

    def wake(self) -> None:
        self._woken.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join(_LAST_WORDS)

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                self._mail()
            except Exception as error:  # noqa: BLE001 - whatever becomes of a mail, there are others
                # What a person can mend has words of its own; all else is shown whole.
                LOG.error("mailer: %s", error, exc_info=None if isinstance(error, CommsError) else error)
            self._woken.wait(_ROUND)


def _nobody() -> None:
    """No mailer to wake."""


def _waitress(app: Flask, listening: socket.socket, web: Web, sockets: dict[int, Any]) -> Any:  # noqa: ANN401 - waitress has no types
    return create_server(
        app,
        map=sockets,
        sockets=[listening],
        threads=_THREADS,
        ident="",
        channel_timeout=60,
        max_request_header_size=16 * 1024,
        max_request_body_size=2 * MOST_BYTES,  # Flask refuses above half of it, with a page
        # Who calls is read in comms/web/callers.py, and only a proxy's word is taken; all else is unsaid.
        clear_untrusted_proxy_headers=not web.proxies,
        log_socket_errors=False,
    )


_WHY = {
    errno.EADDRINUSE: say("Något annat lyssnar redan där. Stäng det, eller välj en annan port."),
    errno.EACCES: say("Portar under 1024 kräver rättigheter. Välj en högre, och en webbserver framför."),
    errno.EADDRNOTAVAIL: say("Datorn har ingen sådan adress. Välj till exempel 127.0.0.1:8080."),
}


def _listen(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((web.host, web.port))
    except OSError as error:
        with suppress(OSError):
            listening.close()
        why = _WHY.get(error.errno or 0, say("Svaret var: {error}.", error=error.strerror or ""))
        raise ConfigError(
            say(
                "De publika sidorna kan inte lyssna på {host}:{port} (web.listen). {why}",
                host=web.host,
                port=web.port,
                why=why,
            )
        ) from error
    return listening
