"""The judge's witness: a relay that keeps every letter whose dot it took, and fails as chance has it."""

from __future__ import annotations

import math
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

LONGER_THAN_ANYBODY_WAITS = 30.0
_LATE = 0.3
_DOUBTFUL = 1.0  # seconds after which the sender may have given up


@dataclass(frozen=True)
class Answer:
    """What is said, so many seconds late; nothing: it hangs up. `keeps`: at the dot, it takes the letter."""

    words: bytes = b""
    late: float = 0.0
    keeps: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether the sender can know from it what became of the letter."""
        said = re.match(rb"(?!421)[245]\d\d[ -]", self.words)
        return said is not None and self.late < _DOUBTFUL


GONE = Answer()
SILENT = Answer(late=LONGER_THAN_ANYBODY_WAITS)
CLOSING = Answer(b"421 4.3.2 Closing")
GARBAGE = (Answer(b"hello"), Answer(b"\xe5\xe4\xf6"), Answer(b"x" * 100_000))
DEAD = Answer(b"550 5.1.1 No such reader")
FULL = Answer(b"552 5.2.2 The mailbox is full")

USUAL = {
    "connect": Answer(b"220 sink.example ESMTP"),
    "ehlo": Answer(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME"),
    "mail": Answer(b"250 2.1.0 Ok"),
    "rcpt": Answer(b"250 2.1.5 Ok"),
    "data": Answer(b"354 Go on"),
    "body": Answer(b"-"),
    "dot": Answer(b"250 2.0.0 Ok", keeps=True),
    "rset": Answer(b"250 2.0.0 Ok"),
    "quit": Answer(b"221 2.0.0 Bye"),
}

_ANYWHERE = (GONE, CLOSING, SILENT, *GARBAGE)
FAULTS: dict[str, Sequence[Answer]] = {
    "connect": (*_ANYWHERE, Answer(b"450 4.0.0 Later"), Answer(b"554 5.3.2 Not now")),
    "ehlo": (*_ANYWHERE, Answer(b"450 4.0.0 Later"), Answer(b"550 5.0.0 Not you")),
    "mail": (*_ANYWHERE, Answer(b"451 4.3.0 Down"), Answer(b"450 4.2.0 Later"), Answer(b"550 5.7.1 Not you")),
    "rcpt": (*_ANYWHERE, Answer(b"450 4.2.1 Later"), Answer(b"550 5.7.1 Not you")),
    "data": (*_ANYWHERE, Answer(b"451 4.3.0 Later"), Answer(b"554 5.7.1 Not you")),
    "body": (GONE, CLOSING, Answer(b"451 4.3.0 Later"), Answer(b"554 5.7.1 Not this letter")),
    "dot": (
        *_ANYWHERE,
        *(Answer(one.words, one.late, keeps=True) for one in _ANYWHERE),
        Answer(b"451 4.3.0 Later"),
        Answer(b"554 5.7.1 Not this letter"),
        Answer(b"250-\xe5 as in\r\n250 many lines", keeps=True),
        Answer(b"250 2.0.0 Ok", late=_LATE, keeps=True),
    ),
}  # fmt: skip
"""What may go wrong at each verb. None of it is about a reader, so every letter can still arrive."""

AT_THE_DOT = {"dot": (GONE, Answer(keeps=True))}
"""The relay hangs up instead of answering, with the letter or without."""


@dataclass(frozen=True)
class Kept:
    """A letter that was taken."""

    message_id: str
    recipient: str


class _HungUp(Exception):
    """The conversation ends."""


@dataclass
class Sink:
    """The relay. `share` of what is said goes wrong; `pace`: mean seconds that it thinks at the dot.

    `rounds`: how often each fault may come up. `dead`: readers that are refused for ever, at RCPT or at the
    dot. `doubts`: dots without a clear answer. `forms`: the different contents that came under each
    Message-ID, taken or not.
    """

    seed: int = 0
    faults: Mapping[str, Sequence[Answer]] = field(default_factory=lambda: FAULTS)
    share: float = 0.0
    rounds: float = math.inf
    pace: float = 0.0
    dead: Collection[str] = ()
    kept: list[Kept] = field(default_factory=list)
    doubts: int = 0
    forms: dict[str, set[bytes]] = field(default_factory=dict)
    silences: int = 0
    unfinished: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        """Listen on loopback."""
        self._chance = random.Random(self.seed)  # noqa: S311 - what goes wrong, not secrets
        self._bags: dict[str, list[Answer]] = {}
        self._rounds: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Hang up on everybody."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        with self._changed:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=10)

    def wait_for(self, letters: int, seconds: float) -> None:
        """Wait until so many letters are kept, but not longer than so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.kept) >= letters, timeout=seconds)

    def wait_for_silence(self, seconds: float) -> bool:
        """Wait until a sender waits in vain; False when none does."""
        with self._changed:
            return self._changed.wait_for(lambda: self.silences > 0, timeout=seconds)

    def calm(self) -> None:
        """Nothing goes wrong from now on, but for the dead."""
        self.share = 0.0
        self.pace = 0.0

    def answer(self, verb: str, recipient: str) -> Answer:
        """What chance says at a verb."""
        with self._changed:
            usual = USUAL.get(verb, Answer(b"502 5.5.1 Unknown"))
            if recipient in self.dead and verb == ("rcpt" if len(recipient) % 2 else "dot"):
                return DEAD if verb == "rcpt" else FULL
            if verb in self.faults and self._chance.random() < self.share:
                return self._wrong(verb) or usual
            if verb == "dot" and self.pace:
                return Answer(usual.words, self._chance.uniform(0, 2 * self.pace), keeps=True)
            return usual

    def _wrong(self, verb: str) -> Answer | None:
        """The next fault at a verb: each comes up before any comes again, in an order of chance."""
        bag = self._bags.setdefault(verb, [])
        if not bag:
            if self._rounds[verb] == self.rounds:
                return None
            self._rounds[verb] += 1
            bag += self._chance.sample(self.faults[verb], len(self.faults[verb]))
        return bag.pop()

    def gone_wrong(self, verb: str) -> int:
        """How many faults have come up at a verb."""
        with self._changed:
            return self._rounds[verb] * len(self.faults[verb]) - len(self._bags.get(verb, []))

    def is_silent(self) -> None:
        """A sender waits in vain."""
        with self._changed:
            self.silences += 1
            self._changed.notify_all()

    def received(self, recipient: str, content: bytes, answer: Answer) -> None:
        """A whole letter with its dot has come; it is kept before anybody can hear of it."""
        found = re.search(rb"^Message-ID: (\S+)\r$", content, re.MULTILINE)
        message_id = found[1].decode() if found else ""
        with self._changed:
            self.forms.setdefault(message_id, set()).add(sha256(content).digest())
            self.doubts += not answer.is_clear
            if answer.keeps:
                self.kept.append(Kept(message_id, recipient))
                self._changed.notify_all()

    def cut(self, answer: Answer | None = None) -> None:
        """A letter was cut before its dot: it is nothing. But the dot and `answer` may have crossed."""
        with self._changed:
            self.unfinished += 1
            self.doubts += answer is not None and not answer.is_clear

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._held(connection), suppress(OSError, _HungUp):
            _Conversation(self, connection).hold()

    @contextmanager
    def _held(self, connection: socket.socket) -> Iterator[None]:
        with self._changed:
            self._open.add(connection)
        try:
            yield
        finally:
            connection.close()
            with self._changed:
                self._open.remove(connection)
                self._changed.notify_all()


class _Conversation:
    """One sender that talks, verb by verb."""

    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self._sink = sink
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._recipient = ""

    def hold(self) -> None:
        """Serve until one of the two hangs up."""
        with self._lines:
            self._say("connect")
            while command := self._lines.readline():
                verb = command.split()[0].lower().decode("latin-1") if command.strip() else ""
                if verb == "rcpt":
                    self._recipient = command.partition(b"<")[2].partition(b">")[0].decode("latin-1")
                said = self._say(verb)
                if verb in {"mail", "rset"} or (verb == "rcpt" and said is not USUAL["rcpt"]):
                    self._recipient = ""
                if said is USUAL["data"]:
                    self._take()
                if verb == "quit":
                    return

    def _say(self, verb: str) -> Answer:
        """The answer to a verb, said."""
        answer = self._sink.answer(verb, self._recipient)
        if verb == "data" and not self._recipient and answer is USUAL["data"]:
            answer = Answer(b"554 5.5.1 No valid recipients")
        self._give(answer)
        return answer

    def _give(self, answer: Answer) -> None:
        if answer.late:
            self._wait(answer.late)
        if not answer.words:
            raise _HungUp
        self._connection.sendall(answer.words + b"\r\n")

    def _wait(self, seconds: float) -> None:
        """Be late; no longer than the sender stays."""
        if seconds < LONGER_THAN_ANYBODY_WAITS:
            time.sleep(seconds)
            return
        self._sink.is_silent()
        self._connection.settimeout(seconds)
        while self._connection.recv(8192):
            pass

    def _take(self) -> None:
        """Hear a letter to its dot."""
        early = self._sink.answer("body", self._recipient)
        if early is not USUAL["body"]:
            self._interrupt(early)
        received = []
        while (line := self._lines.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                self._sink.cut()
                raise _HungUp
            received.append(line.removeprefix(b"."))
        answer = self._sink.answer("dot", self._recipient)
        self._sink.received(self._recipient, b"".join(received), answer)
        self._give(answer)

    def _interrupt(self, early: Answer) -> None:
        """Speak, or hang up, before the letter has come: whatever follows, it is not taken."""
        self._lines.readline()
        self._sink.cut(early)
        self._give(early)
        self._wait(LONGER_THAN_ANYBODY_WAITS)
        raise _HungUp
