"""One session with a relay (RFC 5321): opened, protected, logged in, then a letter at a time, each verb ours.

Python's `sendmail` cannot tell a drop before the final dot from one after it; the ledger must know. So all
but the dot is one act, the dot another. Cannot: log in by CRAM-MD5 or OAuth.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comms.channels.smtp_reply import CLOSING, DROPPED, Reply, Verb, failure
from comms.channels.smtp_wire import Wire, connected
from comms.errors import ChannelDown, PermanentFailure, SenderRefused, say
from comms.model.settings import RelaySettings, Security

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: for one command, for the answer to the dot, for all of one copy; how long a relay rests.

    Ten minutes for the answer to the dot: RFC 5321, 4.5.3.2.6.
    """

    command: float = 60
    dot: float = 600
    copy: float = 660
    rest: float = 60


WAITS = Waits()

_FAREWELL = 5
_WANTED = {Verb.DATA: 3}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter ready for the wire: envelope in ASCII, body with its dots doubled, and its last instant."""

    sender: str
    recipient: str
    body: bytes
    until: float


class Slept(Exception):
    """The relay hung up on a session that waited for its next letter: that says nothing of the letter."""


def open_session(
    relay: RelaySettings, trust: ssl.SSLContext, waits: Waits, until: float, log_in: Callable[[Session], None]
) -> Session:
    """Reach the relay, protect the way as its settings say, and log in when it wants to know who we are.

    Raises ChannelDown or SenderRefused.
    """
    wire = _reached(relay, waits, until)
    try:
        if relay.security is Security.TLS:
            _protect(wire, relay, trust, waits)
        session = Session(wire, waits)
        session.greet()
        if relay.security is Security.STARTTLS:
            session.ask_for_protection(relay.host)
            _protect(wire, relay, trust, waits)
            session.introduce()
        if relay.user:
            log_in(session)
    except BaseException:
        wire.close()
        raise
    return session


class Session:
    """A conversation, used by one thread at a time.

    `is_ready`: the next letter may go here. `has_waited`: for the next letter, so the relay may have hung up.
    """

    def __init__(self, wire: Wire, waits: Waits) -> None:
        """Take over a connection on which nothing has been said."""
        self._wire = wire
        self._waits = waits
        self._extensions: dict[str, str] = {}
        self.has_waited = False
        self.is_ready = True

    def greet(self) -> None:
        """Hear the relay's greeting and answer it."""
        self._expect(Verb.CONNECT, self._ask(b""), 2)
        self.introduce()

    def introduce(self) -> None:
        """Say who we are and learn what the relay can, forgetting what it said before it was protected."""
        reply = self._ask(_line(f"EHLO {_own_name()}"))
        self._expect(Verb.EHLO, reply, 2)
        self._extensions = {}
        for line in reply.lines[1:]:
            # AUTH= is how the oldest relays write it.
            word, *rest = re.split("[ =]", line.upper(), maxsplit=1)
            self._extensions[word] = " ".join([self._extensions.get(word, ""), *rest]).strip()

    def ask_for_protection(self, host: str) -> None:
        """Have the relay agree to TLS; what else it said in the clear must not be read as protected."""
        if "STARTTLS" not in self._extensions:
            raise ChannelDown(say("Mejlservern {host} erbjuder inte STARTTLS, så inget skickas.", host=host))
        self._expect(Verb.STARTTLS, self._ask(_line("STARTTLS")), 2)
        if self._wire.has_spoken():
            raise untrusted(host, "STARTTLS")

    def log_in(self, relay: RelaySettings) -> None:
        """Log in with one mechanism, once. Raises SenderRefused when a person must mend something."""
        user, password = relay.user, relay.password.value
        offered = self._extensions.get("AUTH", "").split()
        if "PLAIN" in offered:
            steps = [f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"]
        elif "LOGIN" in offered:
            steps = ["AUTH LOGIN", _base64(user), _base64(password)]
        else:
            raise SenderRefused(
                say("Mejlservern {host} erbjuder ingen inloggning som stöds.", host=relay.host)
            )
        for step in steps:
            reply = self._ask(_line(step))
            if reply.code != DROPPED:
                # The answer's words are left out: some relays repeat what they were given.
                reply = Reply(reply.code, (reply.status,))
            self._expect(Verb.AUTH, reply, 2 if step is steps[-1] else 3)

    def refuse_above(self, size: int, *, decisive: bool) -> None:
        """Raise SenderRefused when the relay takes no letters of `size` bytes (RFC 1870; 0 is no limit)."""
        limit = self._extensions.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit) < size:
            raise SenderRefused(
                say("Brevet är {size} byte, men mejlservern tar emot högst {limit}.", size=size, limit=limit),
                decisive=decisive,
            )

    def give(self, parcel: Parcel) -> None:
        """MAIL, RCPT, DATA and the body: all but the dot, so nothing can have been accepted.

        Where the relay takes commands together they are sent so (RFC 2920); the answers are read one by one.
        """
        self._wire.until = parcel.until
        self.refuse_above(len(parcel.body), decisive=False)
        coded = self._coding(parcel.body)
        self.is_ready = False
        commands = {
            Verb.MAIL: _line(f"MAIL FROM:<{parcel.sender}>{coded}"),
            Verb.RCPT: _line(f"RCPT TO:<{parcel.recipient}>"),
            Verb.DATA: _line("DATA"),
        }
        together = "PIPELINING" in self._extensions
        no: tuple[Verb, Reply] | None = None
        unsent = b"".join(commands.values())
        for verb, command in commands.items():
            reply = self._ask(unsent if together else command)
            unsent = b""
            if self.has_waited and verb is Verb.MAIL and reply.code in {DROPPED, CLOSING}:
                raise Slept
            if no is None and reply.code // 100 != _WANTED.get(verb, 2):
                no = verb, reply
            if no is not None and not (together and (reply.is_yes or reply.is_no)):
                break
        if no is not None:
            self._forget(reply)
            raise failure(*no)
        self._give_body(parcel.body)

    def end(self) -> Reply:
        """The dot, and the relay's yes. Raises what a no, an unclear answer or none says of the letter."""
        reply = self._ask(b".\r\n", self._waits.dot)
        self.is_ready = reply.is_yes or reply.is_no
        if not reply.is_yes:
            raise failure(Verb.DOT, reply)
        return reply

    def quit(self) -> None:
        """Say goodbye between letters, and hang up."""
        self._wire.until = float("inf")
        self._ask(_line("QUIT"), _FAREWELL)
        self.drop()

    def drop(self) -> None:
        """Hang up without a word: after a body without its dot, QUIT would be read as part of the letter."""
        self.is_ready = False
        self._wire.close()

    def _give_body(self, body: bytes) -> None:
        try:
            self._wire.send(body, self._waits.command)
            spoken = self._wire.has_spoken()
        except OSError as error:
            raise failure(Verb.BODY, _silence(error)) from None
        if spoken:
            # A word, or a hang-up, before the dot: the letter cannot have been accepted, nor will it be.
            raise failure(Verb.BODY, self._ask(b""))

    def _forget(self, last: Reply) -> None:
        """Make the session ready for the next letter after a no, where that is safe.

        Only when the last word was a no. After 354 to a letter without a reader, even a lone dot could be
        taken for a letter: nothing but hanging up is sure to leave nothing behind.
        """
        self.is_ready = last.is_no and self._ask(_line("RSET")).is_yes

    def _coding(self, body: bytes) -> str:
        if body.isascii():
            return ""
        if "8BITMIME" not in self._extensions:
            raise PermanentFailure(say("Brevet har okodade tecken, och mejlservern tar inte emot sådana."))
        return " BODY=8BITMIME"

    def _ask(self, command: bytes, wait: float | None = None) -> Reply:
        """The relay's answer to `command`, or the next one that is due; silence is an answer too."""
        wait = self._waits.command if wait is None else wait
        try:
            self._wire.send(command, wait)
            return self._wire.reply(wait)
        except OSError as error:
            return _silence(error)

    @staticmethod
    def _expect(verb: Verb, reply: Reply, first_digit: int) -> None:
        if reply.code // 100 != first_digit:
            raise failure(verb, reply)


def untrusted(host: str, why: str) -> ChannelDown:
    """Why nothing is said to a relay whose way is not safe."""
    return ChannelDown(
        say(
            "Förbindelsen till {host} går inte att skydda: {why}. Inget skickas oskyddat.", host=host, why=why
        )
    )


def _reached(relay: RelaySettings, waits: Waits, until: float) -> Wire:
    try:
        return connected(relay.host, relay.port, waits.command, until)
    except (OSError, UnicodeError) as error:
        raise ChannelDown(
            say(
                "Mejlservern {host}:{port} går inte att nå: {error}.",
                host=relay.host,
                port=relay.port,
                error=getattr(error, "strerror", None) or error,
            )
        ) from None


def _protect(wire: Wire, relay: RelaySettings, trust: ssl.SSLContext, waits: Waits) -> None:
    try:
        wire.protect(trust, relay.host, waits.command)
    except ssl.SSLError as error:
        raise untrusted(relay.host, getattr(error, "verify_message", "") or error.reason or "TLS") from None
    except OSError as error:
        raise failure(Verb.STARTTLS, _silence(error)) from None


def _silence(error: OSError) -> Reply:
    return Reply(DROPPED, (error.strerror or str(error),))


def _line(command: str) -> bytes:
    return f"{command}\r\n".encode("ascii")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _own_name() -> str:
    # Without a question to DNS, which may hang; an address literal is allowed (RFC 5321, 4.1.4).
    name = socket.gethostname()
    return name if name.isascii() and "." in name else "[127.0.0.1]"
