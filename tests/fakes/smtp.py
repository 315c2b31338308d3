"""A mail relay on loopback that keeps what it is given, and answers or hangs up as a script says.

It counts: `letters` holds every letter whose dot it accepted, whether or not the client heard of it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

DROP = "DROP"
"""Hang up instead of answering."""

HANG = "HANG"
"""Say nothing until the relay is closed."""

DRIP = "DRIP"
"""Say the usual yes, but a byte at a time and slowly."""

STORE_AND_DROP = "STORE_AND_DROP"
"""At the dot: keep the letter, then hang up without a word."""

_YES = {
    "connect": "220 relay.example ESMTP",
    "ehlo": "250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME",
    "starttls": "220 2.0.0 Ready",
    "auth": "235 2.7.0 Welcome",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "rset": "250 2.0.0 Ok",
    "noop": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
}


@dataclass(frozen=True)
class Received:
    """A letter as it arrived: envelope, and content after the dots were taken off."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        found = re.search(rb"^Message-ID: (\S+)\r$", self.content, re.MULTILINE | re.IGNORECASE)
        return found[1].decode() if found else ""


@dataclass
class Relay:
    """The relay. `script`: verb -> answers to give first, in order; `always`: answers from then on.

    Verbs are those of SMTP in small letters, and `connect`, `body` (before a body is read) and `dot`.
    `meet`: verb -> sessions that must have said it before any is answered. `groups`: the verbs as they
    arrived, together when several had come before the first was answered.
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)
    meet: dict[str, threading.Barrier] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    letters: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    unfinished: list[bytes] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        """Listen, on a port that the system chooses unless one was given."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.hanging = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        """Hang up on everybody and wait until all is still."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def verbs(self) -> list[str]:
        """The verbs that were said, in order."""
        return [command.split(" ")[0].split(":")[0].lower() for command in self.commands]

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]  # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        session = None
        with contextlib.suppress(OSError, _HungUp):
            if self.implicit_tls and self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            session = _Session(self, connection)
            session.talk()
        if session is not None:
            connection = session.connection
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def answer_to(self, verb: str, default: str) -> str:
        """What the script says to `verb`."""
        with self._lock:
            planned = self.script.get(verb)
            if planned:
                return planned.pop(0)
            return self.always.get(verb, default)

    def keep(self, letter: Received) -> int:
        """Store a letter; its number."""
        with self._lock:
            self.letters.append(letter)
            return len(self.letters)

    def hang(self) -> None:
        """Say that somebody waits in vain, and wait for the end."""
        self.hanging.set()
        self._closed.wait(60)

    def drip(self, connection: socket.socket, answer: str) -> None:
        """Say a byte now and then."""
        for byte in answer.encode():
            self._closed.wait(0.1)
            connection.sendall(bytes([byte]))

    def upgraded(self, connection: socket.socket) -> None:
        """Remember a connection's new socket, to be able to close it."""
        self._open.add(connection)


class _HungUp(Exception):
    """The script says that this conversation ends."""


class _Session:
    """One conversation."""

    def __init__(self, relay: Relay, connection: socket.socket) -> None:
        self.relay = relay
        self.connection = connection
        self.lines = connection.makefile("rb")
        self.sender = ""
        self.recipient = ""
        self.group: list[str] | None = None

    def talk(self) -> None:
        """Serve until the client goes or the script hangs up."""
        try:
            self.reply("connect")
            while line := self.lines.readline():
                command = line.decode("latin-1").rstrip("\r\n")
                self.relay.commands.append(command)
                verb = command.split(" ")[0].lower()
                self.note(verb)
                getattr(self, f"on_{verb}", self.on_other)(verb, command)
        finally:
            self.lines.close()

    def reply(self, verb: str, default: str = "502 5.5.1 Unknown") -> str:
        if verb in self.relay.meet:
            self.relay.meet[verb].wait(10)
        usual = _YES.get(verb, default)
        answer = self.relay.answer_to(verb, usual)
        if answer == DROP:
            raise _HungUp
        if answer == HANG:
            self.relay.hang()
            raise _HungUp
        if answer == DRIP:
            self.relay.drip(self.connection, f"{usual}\r\n")
            return usual
        self.connection.sendall(f"{answer}\r\n".encode("latin-1"))
        return answer

    def note(self, verb: str) -> None:
        """Put `verb` in the group that it arrived with."""
        if self.group is None:
            self.group = []
            self.relay.groups.append(self.group)
        self.group.append(verb)
        more = b""
        self.connection.setblocking(False)
        with contextlib.suppress(OSError):
            more = self.lines.peek(1)
        self.connection.setblocking(True)
        if not more:
            self.group = None

    def on_other(self, verb: str, command: str) -> None:
        del command
        self.reply(verb)

    def on_quit(self, verb: str, command: str) -> None:
        del command
        self.reply(verb)
        raise _HungUp

    def on_starttls(self, verb: str, command: str) -> None:
        del command
        if self.reply(verb).startswith("220 ") and self.relay.tls is not None:
            self.lines.close()
            self.connection = self.relay.tls.wrap_socket(self.connection, server_side=True)
            self.relay.upgraded(self.connection)
            self.lines = self.connection.makefile("rb")

    def on_auth(self, verb: str, command: str) -> None:
        if command.upper() == "AUTH LOGIN":
            for _ in range(2):
                self.connection.sendall(b"334 VXNlcm5hbWU6\r\n")
                self.relay.commands.append(f"login: {self.lines.readline().decode().strip()}")
        self.reply(verb)

    def on_mail(self, verb: str, command: str) -> None:
        if self.reply(verb).startswith("250"):
            self.sender, self.recipient = _address(command), ""

    def on_rcpt(self, verb: str, command: str) -> None:
        if self.reply(verb).startswith("25"):
            self.recipient = _address(command)

    def on_data(self, verb: str, command: str) -> None:
        del command
        usual = "354 Go on" if self.recipient else "554 5.5.1 No valid recipients"
        if not self.reply(verb, usual).startswith("354"):
            return
        early = self.relay.answer_to("body", "")
        if early == DROP:
            self.lines.readline()
            raise _HungUp
        if early:
            self.connection.sendall(f"{early}\r\n".encode("latin-1"))
        received: list[bytes] = []
        while (line := self.line_of_body()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                # The client went without a dot: nothing was accepted.
                self.relay.unfinished.append(b"".join(received) + line)
                raise _HungUp
            received.append(line.removeprefix(b"."))
        self.end_of_data(b"".join(received))

    def line_of_body(self) -> bytes:
        """The next line; what is not a whole one when the client went, however it hung up."""
        try:
            return self.lines.readline()
        except ConnectionError:
            return b""

    def end_of_data(self, content: bytes) -> None:
        planned = self.relay.answer_to("dot", "")
        if planned in {"", STORE_AND_DROP, DRIP} or planned.startswith("2"):
            number = self.relay.keep(Received(self.sender, self.recipient, content))
        if planned in {DROP, STORE_AND_DROP}:
            raise _HungUp
        if planned == HANG:
            self.relay.hang()
            raise _HungUp
        if planned == DRIP:
            self.relay.drip(self.connection, f"250 2.0.0 Ok: queued as Q{number}\r\n")
            return
        answer = planned or f"250 2.0.0 Ok: queued as Q{number}"
        self.connection.sendall(f"{answer}\r\n".encode("latin-1"))


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
