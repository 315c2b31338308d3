"""DNS that says what a test says; and a server of it on loopback, which may be slow, silent or broken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from comms.app.resolving import Answer, Kind
from comms.errors import say

Zone = Mapping[tuple[str, str], tuple[str, ...]]
"""Records by name and kind: ("leader.example", "TXT") -> texts."""


@dataclass
class Names:
    """Answers from a zone; `silent` names get no answer. `asked` keeps what was asked."""

    zone: Zone
    silent: tuple[str, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, name: str, kind: Kind) -> Answer:
        """Look a name up."""
        self.asked.append((name, kind.value))
        if name in self.silent:
            return Answer(why=say("DNS svarar inte om {name}.", name=name))
        return Answer(self.zone.get((name, kind.value), ()))


class Server:
    """A server on UDP: `zone` holds records as zone files write them; `delay` seconds before each answer."""

    def __init__(self, zone: Zone, *, delay: float = 0.0, broken: bool = False, mute: bool = False) -> None:
        """Listen on a free port of loopback."""
        self._zone, self._delay, self._broken, self._mute = zone, delay, broken, mute
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = int(self._socket.getsockname()[1])
        self.heard = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                asked, caller = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            self.heard += 1
            if self._mute:
                continue
            time.sleep(self._delay)
            self._socket.sendto(b"\x00garbage" if self._broken else self._answer(asked), caller)

    def _answer(self, asked: bytes) -> bytes:
        query = dns.message.from_wire(asked)
        question = query.question[0]
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = self._zone.get((name, kind), ())
        if records:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
