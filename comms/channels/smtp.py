"""Letters to a mail relay, one recipient a message, over several connections; backups when the relay is down.

What fails before a letter's final dot is certainly not sent, and may be tried at the next relay. Between
the dot and its answer nobody can know (RFC 1047). Cannot: send to local parts outside ASCII (RFC 6531).
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from time import monotonic

from comms.channels.base import Memory
from comms.channels.smtp_relay import Relay
from comms.channels.smtp_reply import Reply
from comms.channels.smtp_session import WAITS, Parcel, Session, Waits
from comms.errors import ChannelDown, ConfigError, PermanentFailure, SenderRefused, say
from comms.model.ledger import CannotTell, Found, Letter, Outgoing, Receipt
from comms.model.settings import ChannelSettings, RelaySettings, Security
from comms.text.hosts import ascii_domain, is_loopback

_QUEUED_AS = re.compile(r"queued as ([A-Za-z0-9._-]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_LOG = logging.getLogger(__name__)


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> SmtpChannel:
    """Make the channel. Raises ConfigError for an unprotected way to another machine."""
    del out, memory, now
    first = RelaySettings(
        settings.slug, settings.host, settings.port, settings.security, settings.user, settings.password
    )
    relays = (first, *settings.backups)
    for relay in relays:
        if relay.security is Security.NONE and not is_loopback(relay.host):
            raise ConfigError(
                say(
                    "Kanalen {channel} skulle sända brev oskyddade till {host}. "
                    "Ange security: starttls eller security: tls.",
                    channel=settings.slug,
                    host=relay.host,
                )
            )
    return SmtpChannel(settings.slug, relays, ssl.create_default_context(), connections=settings.connections)


class SmtpChannel:
    """Relays in their order, each with sessions that are opened when needed and kept for the next letters."""

    def __init__(
        self,
        slug: str,
        relays: Iterable[RelaySettings],
        trust: ssl.SSLContext,
        *,
        connections: int = 1,
        waits: Waits = WAITS,
    ) -> None:
        """Remember the relays; `trust` says which certificates are good. Use `open_channel`."""
        self.slug = slug
        self.connections = connections
        self._waits = waits
        self._relays = [Relay(settings, trust, waits) for settings in relays]
        self._faults: dict[Relay, ChannelDown | SenderRefused] = {}

    def check(self, size: int) -> None:
        """Connect, and compare `size` with what the relay takes; see `comms.channels.base.Channel`."""
        until = monotonic() + self._waits.copy
        relay, session = self._at_the_first(lambda relay: relay.session(until))
        try:
            session.refuse_above(size, decisive=True)
        finally:
            relay.take_back(session)

    def deliver(self, outgoing: Outgoing, *, point_of_no_return: Callable[[], object]) -> Receipt:
        """Hand over one letter; see `comms.channels.base.Channel`. Posts are refused."""
        if not isinstance(outgoing, Letter):
            raise PermanentFailure(
                say("Kanalen {channel} sänder brev och kan inte publicera inlägg.", channel=self.slug)
            )
        parcel = packed(outgoing, monotonic() + self._waits.copy)
        relay, session = self._at_the_first(lambda relay: relay.given(parcel))
        try:
            point_of_no_return()
            return receipt(session.end(), outgoing)
        finally:
            relay.take_back(session)

    def find(self, outgoing: Outgoing) -> Found:
        """A relay keeps no letters that can be looked at: its log does, or a journal mailbox."""
        del outgoing
        return CannotTell(say("Serverns logg eller en journalbrevlåda vet: comms reconcile"))

    def close(self) -> None:
        """Say goodbye to the relays and let go."""
        for relay in self._relays:
            relay.close()

    def _at_the_first(self, act: Callable[[Relay], Session]) -> tuple[Relay, Session]:
        """Do `act` with the first relay that can, and none that rests unless all do.

        Only what is certainly not sent and is the relay's fault leads on to the next one. When all fail
        the first one's fault is told: the others are there to help it.
        """
        for relay in [relay for relay in self._relays if relay.is_awake] or self._relays:
            try:
                return relay, act(relay)
            except (ChannelDown, SenderRefused) as fault:
                if isinstance(fault, SenderRefused) and not fault.decisive:
                    raise
                if len(self._relays) > 1:
                    # Else nobody would hear of a backup that is broken until it is needed.
                    _LOG.warning("%s: %s", relay.host, fault)
                self._faults[relay] = replace(fault)
                relay.rest()
        raise replace(self._faults[self._relays[0]])


def packed(letter: Letter, until: float) -> Parcel:
    """The letter ready for the wire. Raises what a letter that cannot be mail deserves."""
    body = letter.content if letter.proved else dotted(letter.content)
    sender, recipient = envelope(letter.sender), envelope(letter.recipient)
    if sender is None:
        raise SenderRefused(say("Avsändaradressen {address} kan inte användas.", address=letter.sender))
    if recipient is None:
        raise PermanentFailure(say("Adressen {address} kan inte ta emot mejl.", address=letter.recipient))
    return Parcel(sender, recipient, body, until)


def dotted(content: bytes) -> bytes:
    """The letter as it goes on the wire, without the final dot (RFC 5321, 4.5.2); not copied without need.

    Raises PermanentFailure for a bare CR or LF: relays that read them differently can be made to see
    two letters (CVE-2023-51764).
    """
    if not content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n"):
        raise PermanentFailure(say("Brevet har radslut som inte får förekomma i mejl."))
    if content.startswith(b".") or b"\r\n." in content:
        content = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def envelope(address: str) -> str | None:
    """The address for MAIL and RCPT, its domain in ASCII; None when it cannot be one."""
    local, _, domain = address.rpartition("@")
    try:
        ascii_address = f"{local}@{ascii_domain(domain)}"
    except ValueError:
        return None
    return ascii_address if _ADDRESS.fullmatch(ascii_address) else None


def receipt(reply: Reply, letter: Letter) -> Receipt:
    """The relay's yes: its queue number when it gives one, else the letter's own id."""
    queued = _QUEUED_AS.search(reply.words)
    return Receipt(queued[1] if queued else letter.message_id, str(reply))
