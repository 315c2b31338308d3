"""A connection to a relay, read a line at a time, on which no wait and no answer is without end."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from time import monotonic

from comms.channels.smtp_reply import GARBAGE, Reply

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?\r?\n", re.DOTALL)
_LONGEST_LINE = 65_536
_MOST_LINES = 100
_PIECE = 8_192


def connected(host: str, port: int, wait: float, until: float) -> Wire:
    """Reach a relay. Raises OSError, or UnicodeError for a name that DNS cannot hold."""
    connection = socket.create_connection((host, port), timeout=max(min(wait, until - monotonic()), 0.001))
    # On the bare connection, so that it holds under TLS too: small writes wait for each other otherwise.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Wire(connection, until)


class Wire:
    """One connection. `wait` bounds one call in seconds, however slowly bytes drip; `until` bounds them all.

    Everything raises OSError when the connection is gone or the time is out.
    """

    def __init__(self, connection: socket.socket, until: float) -> None:
        """Take over `connection`; `until` is an instant of the monotonic clock and may be moved."""
        self._socket = connection
        self._heard = bytearray()
        self.until = until

    def send(self, data: bytes, wait: float) -> None:
        """Give everything."""
        end = monotonic() + wait
        left = memoryview(data)
        while left:
            self._wait_until(end)
            left = left[self._socket.send(left) :]

    def reply(self, wait: float) -> Reply:
        """The next answer, to its last line; GARBAGE as soon as it cannot be one."""
        end = monotonic() + wait
        code = b""
        lines: list[str] = []
        while True:
            line = self._line(end)
            found = _LINE.fullmatch(line)
            if found is None or (code and found[1] != code) or len(lines) == _MOST_LINES:
                return Reply(GARBAGE, (line.decode("utf-8", "backslashreplace"),))
            code = found[1]
            lines.append((found[3] or b"").rstrip(b"\r").decode("utf-8", "backslashreplace"))
            if found[2] != b"-":
                return Reply(int(code), tuple(lines))

    def has_spoken(self) -> bool:
        """Whether the relay has said something that has not been read, or hung up."""
        if not self._heard:
            self._socket.settimeout(0)
            try:
                self._heard += self._socket.recv(_PIECE)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            except OSError:
                return True
        return True

    def protect(self, trust: ssl.SSLContext, host: str, wait: float) -> None:
        """Go on under TLS, with a relay that proves to be `host`; raises ssl.SSLError when it does not."""
        self._wait_until(monotonic() + wait)
        self._socket = trust.wrap_socket(self._socket, server_hostname=host)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _line(self, end: float) -> bytes:
        """The next line with its end; without one when it is too long to be an answer."""
        while (length := self._heard.find(b"\n") + 1) == 0 and len(self._heard) < _LONGEST_LINE:
            self._wait_until(end)
            piece = self._socket.recv(_PIECE)
            if not piece:
                raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
            self._heard += piece
        line = bytes(self._heard[: length or None])
        del self._heard[: len(line)]
        return line

    def _wait_until(self, end: float) -> None:
        left = min(end, self.until) - monotonic()
        if left <= 0:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        self._socket.settimeout(left)
