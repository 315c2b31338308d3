"""Letters to a mail relay (RFC 5321), one recipient a message, every verb driven by us.

Python's `sendmail` cannot tell a drop before the final dot from one after it; the ledger must know. What
fails before the dot is certainly not sent. Between the dot and its answer nobody can know (RFC 1047).
Cannot: send to local parts outside ASCII (RFC 6531), speak to a relay that wants CRAM-MD5 or OAuth.
"""

from __future__ import annotations

import base64
import re
import select
import smtplib
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from comms.channels.hosts import is_loopback
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Letter, Outgoing, Receipt
from comms.model.settings import ChannelSettings, Secret, Security

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Relay:
    """Where letters are handed over. Seconds: `timeout` for each answer, `dot_timeout` for the last one.

    Ten minutes for the answer to the dot: RFC 5321, 4.5.3.2.6.
    """

    host: str
    port: int
    security: Security
    user: str
    password: Secret
    timeout: float = 60
    dot_timeout: float = 600


class Stage(Enum):
    """How far a letter had come when an answer came."""

    SESSION = "session"
    RECIPIENT = "recipient"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Reply:
    """A relay's answer: its code (-1 when it was not SMTP) and its words, harmless to print."""

    code: int
    words: str

    @property
    def is_yes(self) -> bool:
        """Whether the relay agreed."""
        return self.code // 100 == 2  # noqa: PLR2004 - the first digit is the meaning (RFC 5321, 4.2.1)

    def __str__(self) -> str:
        """As a person sees it."""
        return f"{self.code} {self.words}".strip()


_OUR_FAULT = re.compile(r"5\.7\.\d")
_QUEUED_AS = re.compile(r"queued as ([A-Za-z0-9._-]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_SHOWN = 300
_GARBAGE = -1
_CLOSING = 421


def failure(stage: Stage, reply: Reply) -> ChannelError:
    """What an answer that is not a yes says of the letter.

    421 while waiting for the answer to the dot may be the relay going down with the letter already in
    its queue, so it proves nothing; nor does an answer that is not SMTP.
    """
    if stage is Stage.DOT and (reply.code == _CLOSING or not 400 <= reply.code < 600):  # noqa: PLR2004 - RFC 5321
        return OutcomeUnknown(say("Mejlservern svarade otydligt efter brevet: {reply}.", reply=reply))
    if reply.code == _CLOSING:
        return ChannelDown(say("Mejlservern tar inte emot brev just nu: {reply}.", reply=reply))
    if not 500 <= reply.code < 600:  # noqa: PLR2004 - RFC 5321
        return TemporaryFailure(say("Mejlservern sade nej för tillfället: {reply}.", reply=reply))
    if stage is Stage.RECIPIENT or (stage is Stage.DOT and not _OUR_FAULT.match(reply.words)):
        return PermanentFailure(say("Mejlservern tog inte emot brevet: {reply}.", reply=reply))
    return ChannelDown(
        say("Mejlservern vägrar ta emot från oss: {reply}. Kontrollera kanalens inställningar.", reply=reply)
    )


def receipt(reply: Reply, letter: Letter) -> Receipt:
    """The relay's yes: its queue number when it gives one, else the letter's own id."""
    queued = _QUEUED_AS.search(reply.words)
    return Receipt(queued[1] if queued else letter.message_id, str(reply))


def dotted(content: bytes) -> bytes:
    """The letter as it goes on the wire, without the final dot (RFC 5321, 4.5.2).

    Raises PermanentFailure for a bare CR or LF: relays that read them differently can be made to see
    two letters (CVE-2023-51764).
    """
    lines = content.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise PermanentFailure(say("Brevet har radslut som inte får förekomma i mejl."))
    if lines[-1]:
        lines.append(b"")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def envelope(address: str) -> str | None:
    """The address for MAIL and RCPT, its domain in ASCII; None when it cannot be one."""
    local, _, domain = address.rpartition("@")
    try:
        ascii_address = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return ascii_address if _ADDRESS.fullmatch(ascii_address) else None


def open_channel(settings: ChannelSettings, out: str) -> SmtpChannel:
    """Make the channel. Raises ConfigError for an unprotected way to another machine."""
    del out
    if settings.security is Security.NONE and not is_loopback(settings.host):
        raise ConfigError(
            say(
                "Kanalen {channel} skulle sända brev oskyddade till {host}. "
                "Ange security: starttls eller security: tls.",
                channel=settings.slug,
                host=settings.host,
            )
        )
    relay = Relay(settings.host, settings.port, settings.security, settings.user, settings.password)
    return SmtpChannel(settings.slug, relay, ssl.create_default_context())


class SmtpChannel:
    """One connection to one relay, opened at the first letter and used for the next ones."""

    def __init__(self, slug: str, relay: Relay, trust: ssl.SSLContext) -> None:
        """Remember the relay; `trust` says which certificates are good. Use `open_channel`."""
        self.slug = slug
        self._relay = relay
        self._trust = trust
        self._smtp: smtplib.SMTP | None = None
        self._refused: ChannelDown | None = None

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Hand over one letter; see `comms.channels.base.Channel`. Posts are refused."""
        if not isinstance(outgoing, Letter):
            raise PermanentFailure(
                say("Kanalen {channel} sänder brev och kan inte publicera inlägg.", channel=self.slug)
            )
        body = dotted(outgoing.content)
        sender, recipient = envelope(outgoing.sender), envelope(outgoing.recipient)
        if sender is None:
            raise ChannelDown(say("Avsändaradressen {address} kan inte användas.", address=outgoing.sender))
        if recipient is None:
            raise PermanentFailure(
                say("Adressen {address} kan inte ta emot mejl.", address=outgoing.recipient)
            )
        try:
            stage, reply = self._hand_over(sender, recipient, body, point_of_no_return)
            if reply.is_yes:
                return receipt(reply, outgoing)
            self._recover(stage, reply)
        except BaseException:
            # Closed without QUIT: after a body without its dot, QUIT would be read as part of the letter.
            self._drop()
            raise
        raise failure(stage, reply)

    def close(self) -> None:
        """Say goodbye to the relay and let go."""
        if self._smtp is not None:
            _wait_at_most(self._smtp, 5)
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def _hand_over(
        self, sender: str, recipient: str, body: bytes, point_of_no_return: Callable[[], object]
    ) -> tuple[Stage, Reply]:
        with _drop_means(TemporaryFailure):
            smtp = self._introduced(sender, body)
            reply = _ask(smtp, f"RCPT TO:<{recipient}>")
            if not reply.is_yes:
                return Stage.RECIPIENT, reply
            _expect(_ask(smtp, "DATA"), 3)
            smtp.send(body)
            if _has_spoken(smtp):
                # A word, or a hang-up, before the dot: the letter cannot have been accepted.
                _expect(_answer(smtp), 3)
        point_of_no_return()
        with _drop_means(OutcomeUnknown):
            _wait_at_most(smtp, self._relay.dot_timeout)
            smtp.send(b".\r\n")
            reply = _answer(smtp)
        return Stage.DOT, reply

    def _recover(self, stage: Stage, reply: Reply) -> None:
        """Make the session ready for the next letter after a no, or give it up."""
        if reply.code == _CLOSING or not 400 <= reply.code < 600:  # noqa: PLR2004 - RFC 5321
            self._drop()
        elif stage is Stage.RECIPIENT and self._smtp is not None:
            with _drop_means(TemporaryFailure):
                _expect(_ask(self._smtp, "RSET"), 2)

    def _introduced(self, sender: str, body: bytes) -> smtplib.SMTP:
        """A session in which MAIL has been accepted.

        A relay may hang up on a session that waited between letters; that says nothing of the next
        letter, so a used session is replaced once.
        """
        if self._smtp is not None:
            with suppress(smtplib.SMTPServerDisconnected, OSError):
                reply = self._mail(self._smtp, sender, body)
                if reply.code != _CLOSING:
                    _expect(reply, 2)
                    return self._smtp
            self._drop()
        self._smtp = self._connected()
        _expect(self._mail(self._smtp, sender, body), 2)
        return self._smtp

    def _mail(self, smtp: smtplib.SMTP, sender: str, body: bytes) -> Reply:
        _wait_at_most(smtp, self._relay.timeout)
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(body):
            raise ChannelDown(
                say(
                    "Brevet är {size} byte, men mejlservern tar emot högst {limit}.",
                    size=len(body),
                    limit=limit,
                )
            )
        if body.isascii():
            return _ask(smtp, f"MAIL FROM:<{sender}>")
        if not smtp.has_extn("8bitmime"):
            raise PermanentFailure(say("Brevet har okodade tecken, och mejlservern tar inte emot sådana."))
        return _ask(smtp, f"MAIL FROM:<{sender}> BODY=8BITMIME")

    def _connected(self) -> smtplib.SMTP:
        if self._refused is not None:
            raise self._refused
        smtp = self._greeted()
        try:
            if self._relay.security is Security.STARTTLS:
                self._protect(smtp)
            if self._relay.user:
                self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greeted(self) -> smtplib.SMTP:
        relay = self._relay
        try:
            if relay.security is Security.TLS:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    relay.host, relay.port, _own_name(), timeout=relay.timeout, context=self._trust
                )
            else:
                smtp = smtplib.SMTP(relay.host, relay.port, _own_name(), timeout=relay.timeout)
        except smtplib.SMTPConnectError as error:
            raise failure(Stage.SESSION, _reply(error.smtp_code, error.smtp_error)) from None
        except smtplib.SMTPException:
            raise
        except ssl.SSLError as error:
            raise self._untrusted(error) from None
        except (OSError, UnicodeError) as error:
            raise ChannelDown(
                say(
                    "Mejlservern {host}:{port} går inte att nå: {error}.",
                    host=relay.host,
                    port=relay.port,
                    error=getattr(error, "strerror", None) or error,
                )
            ) from None
        try:
            if smtp.sock is not None:
                # Small commands wait for each other's acknowledgement otherwise.
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _expect(_reply(*smtp.ehlo()), 2)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _protect(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            raise ChannelDown(
                say("Mejlservern {host} erbjuder inte STARTTLS, så inget skickas.", host=self._relay.host)
            )
        try:
            smtp.starttls(context=self._trust)
        except ssl.SSLError as error:
            raise self._untrusted(error) from None
        except smtplib.SMTPResponseException as error:
            raise failure(Stage.SESSION, _reply(error.smtp_code, error.smtp_error)) from None
        _expect(_reply(*smtp.ehlo()), 2)

    def _untrusted(self, error: ssl.SSLError) -> ChannelDown:
        why = getattr(error, "verify_message", "") or error.reason or "TLS"
        return ChannelDown(
            say(
                "Förbindelsen till {host} går inte att skydda: {why}. Inget skickas oskyddat.",
                host=self._relay.host,
                why=why,
            )
        )

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Log in with one mechanism, once: repeated tries lock accounts."""
        user, password = self._relay.user, self._relay.password.value
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            steps = [f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"]
        elif "LOGIN" in offered:
            steps = ["AUTH LOGIN", _base64(user), _base64(password)]
        else:
            raise ChannelDown(
                say("Mejlservern {host} erbjuder ingen inloggning som stöds.", host=self._relay.host)
            )
        for number, step in enumerate(steps, start=1):
            # The answer's words are left out: some relays repeat what they were given.
            reply = Reply(_ask(smtp, step).code, "")
            if 500 <= reply.code < 600:  # noqa: PLR2004 - RFC 5321
                self._refused = ChannelDown(
                    say(
                        "Mejlservern {host} godkänner inte inloggningen ({reply}). "
                        "Kontrollera användare och lösenord.",
                        host=self._relay.host,
                        reply=reply,
                    )
                )
                raise self._refused
            _expect(reply, 2 if number == len(steps) else 3)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


@contextmanager
def _drop_means(meaning: type[TemporaryFailure | OutcomeUnknown]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise meaning(
            say("Förbindelsen till mejlservern bröts: {error}.", error=_printable(str(error)))
        ) from None


def _ask(smtp: smtplib.SMTP, command: str) -> Reply:
    smtp.putcmd(command)
    return _answer(smtp)


def _answer(smtp: smtplib.SMTP) -> Reply:
    try:
        return _reply(*smtp.getreply())
    except smtplib.SMTPResponseException as error:
        # A line too long to be an answer; smtplib has closed the connection and made up a code.
        return _reply(_GARBAGE, error.smtp_error)


def _has_spoken(smtp: smtplib.SMTP) -> bool:
    return smtp.sock is not None and bool(select.select([smtp.sock], [], [], 0)[0])


def _expect(reply: Reply, first_digit: int) -> None:
    if reply.code // 100 != first_digit:
        raise failure(Stage.SESSION, reply)


def _wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _reply(code: int, words: bytes | str) -> Reply:
    text = words if isinstance(words, str) else words.decode("utf-8", "replace")
    return Reply(code, _printable(text))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))[:_SHOWN]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _own_name() -> str:
    # Without a question to DNS, which may hang; an address literal is allowed (RFC 5321, 4.1.4).
    name = socket.gethostname()
    return name if name.isascii() and "." in name else "[127.0.0.1]"
