"""A limit to the whole of an answer, headers and body: a server that drips must not hold us for ever.

What `requests` calls a read timeout is a limit to each read. Here the answer as a whole has twice that time,
counted from when the request had been sent, however its bytes come.
"""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_READS = 2


def limit_answers(session: requests.Session) -> None:
    """Give every answer of a session a limit; it is told as `requests` tells of a read timeout."""
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            pools = {"http": _PlainPool, "https": _SealedPool}
            adapter.poolmanager.pool_classes_by_scheme = pools


class _Limited(io.RawIOBase):
    """What comes over a socket, until the answer's time is up."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._each = sock.gettimeout()
        self._until = time.monotonic() + _READS * (self._each or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a buffer, as the base class has it
        if self._each is not None:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(min(left, self._each))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedAnswer(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:  # noqa: ANN401 - the base's own
        super().__init__(sock, *args, **more)
        self.fp = io.BufferedReader(_Limited(self.fp.detach(), sock))


class _Plain(HTTPConnection):
    response_class = _LimitedAnswer


class _Sealed(HTTPSConnection):
    response_class = _LimitedAnswer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed
