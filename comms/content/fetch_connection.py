"""One request to addresses that have been checked, and to no others: connected by us, within a time for all.

urllib3 reads the answer, and unpacks no more at a time than it is asked for. It opens nothing itself
(`auto_open`): it is given a socket that stands to a checked address, while Host, SNI and the certificate are
the name's. So no name is looked up twice, and no proxy, netrc or cookie comes near. `requests` would look the
name up again, and its timeouts are for each read.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException, HTTPResponse
from ipaddress import IPv4Address
from typing import Any

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from comms.content.fetch_address import Stopped, Target
from comms.errors import say
from comms.model.fetch import Outcome
from comms.text.public_addresses import Address, address_in

_CONNECT, _READ = 5.0, 10.0
_TRIED = 3
"""How many of a name's addresses are tried."""

_PIECE = 65_536
_FRAMING = 1_000_000
"""Bytes for headers and the ends of chunks, beside twice the body."""

_UNPACKED = frozenset({"", "identity", "gzip", "x-gzip"})


@contextmanager
def asked(
    method: str,
    target: Target,
    addresses: Sequence[Address],
    *,
    headers: Mapping[str, str],
    until: float,
    most: int,
    trust: Callable[[], ssl.SSLContext],
) -> Iterator[BaseHTTPResponse]:
    """Ask once; the answer's body is read within. `until` is a moment of `time.monotonic`. Raises Stopped.

    `most`: bytes of body that are wanted; what comes over the wire, packed and framed, is bounded by it too.
    """
    with _told(target.host):
        sock = _connected(target, addresses, until)
        try:
            if target.scheme == "https":
                sock.settimeout(_left(until, _READ))
                sock = trust().wrap_socket(sock, server_hostname=target.host)
            wire = HTTPConnection(target.host, target.port, timeout=_READ)
            wire.auto_open = 0
            wire.sock = sock
            bounds = _Bounds(target.host, until, most)
            wire.response_class = partial(_Bounded, bounds)  # type: ignore[assignment]  # it is called alone
            wire.request(
                method,
                target.path,
                headers={"Host": target.authority, **headers},
                preload_content=False,
            )
            with wire.getresponse() as answer:
                yield answer
        finally:
            sock.close()


def body_of(answer: BaseHTTPResponse, host: str, most: int) -> bytes:
    """The body, unpacked. Raises Stopped when it is more than `most` bytes, or packed as we did not ask."""
    if answer.headers.get("Content-Encoding", "").strip().lower() not in _UNPACKED:
        raise Stopped(Outcome.BROKEN, say("{host} packar sitt svar på ett sätt vi inte läser.", host=host))
    body = bytearray()
    while piece := answer.read(min(_PIECE, most + 1 - len(body)), decode_content=True):
        body += piece
        if len(body) > most:
            raise _too_big(host, most)
    return bytes(body)


def _too_big(host: str, most: int) -> Stopped:
    return Stopped(Outcome.TOO_BIG, say("{host} svarar med mer än {most} byte.", host=host, most=most))


def _connected(target: Target, addresses: Sequence[Address], until: float) -> socket.socket:
    """A connection to the first address that answers. Raises OSError."""
    failed = OSError()
    for address in addresses[:_TRIED]:
        try:
            return _connected_to(address, target.port, until)
        except OSError as error:
            failed = error
    raise failed


def _connected_to(address: Address, port: int, until: float) -> socket.socket:
    sock = socket.socket(
        socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6, socket.SOCK_STREAM
    )
    try:
        sock.settimeout(_left(until, _CONNECT))
        sock.connect((str(address), port))
        reached = address_in(sock.getpeername()[0])
    except OSError:
        sock.close()
        raise
    if reached != address:
        sock.close()
        raise OSError(str(reached))
    return sock


def _left(until: float, most: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, most)


@contextmanager
def _told(host: str) -> Iterator[None]:
    """What the world does, as an outcome; nothing of an answer is in it."""
    try:
        yield
    except (TimeoutError, ReadTimeoutError):
        raise Stopped(Outcome.TIMEOUT, say("{host} svarade inte i tid.", host=host)) from None
    except ssl.SSLCertVerificationError:
        why = say("Certifikatet på {url} går inte att lita på.", url=host)
        raise Stopped(Outcome.UNTRUSTED, why) from None
    except (ssl.SSLError, HTTPException, HTTPError, ValueError) as error:  # the last: http.client's own
        kind = type(error).__name__
        why = say("Svaret från {host} går inte att läsa ({kind}).", host=host, kind=kind)
        raise Stopped(Outcome.BROKEN, why) from None
    except OSError as error:
        kind = type(error).__name__
        why = say("{url} gick inte att nå ({kind}).", url=host, kind=kind)
        raise Stopped(Outcome.UNREACHABLE, why) from None


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a whole answer may take: until when, and bytes of body."""

    host: str
    until: float
    most: int


class _BoundedReads(io.RawIOBase):
    """What comes over a socket, until the time or the bytes for all of it are up.

    So a server that drips holds nobody, nor one that never ends its headers, nor one whose chunk is of -1
    bytes, which http.client takes for all that will ever come.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, bounds: _Bounds) -> None:
        self._raw = raw
        self._sock = sock
        self._bounds = bounds
        self._left = bounds.most * 2 + _FRAMING

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a buffer, as the base class has it
        if self._left <= 0:
            raise _too_big(self._bounds.host, self._bounds.most)
        self._sock.settimeout(_left(self._bounds.until, _READ))
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Bounded(HTTPResponse):
    def __init__(self, bounds: _Bounds, sock: socket.socket, *args: Any, **more: Any) -> None:  # noqa: ANN401 - the base's own
        super().__init__(sock, *args, **more)
        self.fp = io.BufferedReader(_BoundedReads(self.fp.detach(), sock, bounds))
