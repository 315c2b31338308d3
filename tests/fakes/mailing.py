"""A channel to fake relays, and what it says when it is given a letter."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import pytest

from comms.channels.smtp import SmtpChannel
from comms.channels.smtp_session import Waits
from comms.errors import ChannelError
from comms.model.ledger import Letter
from comms.model.settings import RelaySettings, Secret, Security
from tests.fakes.examples import letter
from tests.fakes.smtp import Relay

PASSWORD = "hemligt-losenord-4711"
NEVER = ssl.create_default_context()
TOGETHER = {"ehlo": "250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME"}
ONE_BY_ONE = {"ehlo": "250-relay.example\r\n250 8BITMIME"}
AUTH = {"ehlo": "250-relay.example\r\n250 AUTH LOGIN PLAIN"}
PATIENT = Waits(command=5, dot=5)
HASTY = Waits(command=0.3, dot=0.3)
BIG = letter(body=("x" * 900 + "\r\n") * 10_000)


def nothing() -> None:
    """A point of no return that nobody remembers."""


def channel_to(
    *relays: Relay | int,
    security: Security = Security.NONE,
    user: str = "",
    trust: ssl.SSLContext = NEVER,
    waits: Waits = PATIENT,
    connections: int = 1,
) -> SmtpChannel:
    """A channel to relays on loopback, or to ports."""
    ports = [relay if isinstance(relay, int) else relay.port for relay in relays]
    settings = [RelaySettings(f"{p}", "127.0.0.1", p, security, user, Secret(PASSWORD)) for p in ports]
    return SmtpChannel("mejl", settings, trust, connections=connections, waits=waits)


def told_by(act: Callable[[], object]) -> ChannelError:
    """What `act` raised."""
    with pytest.raises(ChannelError) as raised:
        act()
    return raised.value


def outcome(channel: SmtpChannel, sent: Letter | None = None) -> tuple[type[ChannelError] | str, int]:
    """What `deliver` said, and how many times it passed the point of no return."""
    passed: list[int] = []
    try:
        receipt = channel.deliver(sent or letter(), point_of_no_return=lambda: passed.append(1))
    except ChannelError as error:
        return (type(error) if PASSWORD not in str(error) else "the password was told"), len(passed)
    finally:
        channel.close()
    return receipt.id, len(passed)


def nobody_there() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
