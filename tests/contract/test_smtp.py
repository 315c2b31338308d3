"""The conversation with a relay: what each answer and each drop means, before, at and after the dot."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from comms.channels.smtp import Relay as RelaySettings
from comms.channels.smtp import Reply, SmtpChannel, Stage, dotted, failure
from comms.errors import (
    ChannelDown,
    ChannelError,
    LeaseLost,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Letter
from comms.model.settings import Secret, Security
from tests.fakes.examples import letter
from tests.fakes.smtp import DROP, HANG, STORE_AND_DROP, Relay

pytestmark = pytest.mark.servers

PASSWORD = "hemligt-losenord-4711"
NEVER = ssl.create_default_context()
AUTH = {"ehlo": "250-relay.example\r\n250 AUTH LOGIN PLAIN"}


def channel_to(
    relay: Relay,
    *,
    security: Security = Security.NONE,
    user: str = "",
    trust: ssl.SSLContext = NEVER,
    timeout: float = 5,
) -> SmtpChannel:
    settings = RelaySettings(
        "127.0.0.1", relay.port, security, user, Secret(PASSWORD), timeout=timeout, dot_timeout=timeout
    )
    return SmtpChannel("mejl", settings, trust)


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


BEFORE_THE_DOT = [
    ("connect", "421 4.3.2 Shutting down", ChannelDown),
    ("connect", "450 4.3.2 Busy", TemporaryFailure),
    ("connect", "554 5.7.1 Go away", ChannelDown),
    ("connect", DROP, TemporaryFailure),
    ("connect", "hello", TemporaryFailure),
    ("ehlo", "421 4.3.2 Shutting down", ChannelDown),
    ("ehlo", "451 4.3.0 Later", TemporaryFailure),
    ("ehlo", "550 5.7.1 Not you", ChannelDown),
    ("ehlo", DROP, TemporaryFailure),
    ("mail", "421 4.3.2 Shutting down", ChannelDown),
    ("mail", "451 4.3.0 Later", TemporaryFailure),
    ("mail", "550 5.7.1 Sender refused", ChannelDown),
    ("mail", "552 5.3.4 Too big", ChannelDown),
    ("mail", DROP, TemporaryFailure),
    ("rcpt", "421 4.7.0 Too many", ChannelDown),
    ("rcpt", "450 4.2.0 Greylisted", TemporaryFailure),
    ("rcpt", "451 4.7.1 Later", TemporaryFailure),
    ("rcpt", "452 4.2.2 Full", TemporaryFailure),
    ("rcpt", "550 5.1.1 No such user", PermanentFailure),
    ("rcpt", "553 5.1.3 Bad address", PermanentFailure),
    ("rcpt", DROP, TemporaryFailure),
    ("rcpt", "250", None),
    ("rcpt", "2", TemporaryFailure),
    ("rcpt", "å latin-1 word", TemporaryFailure),
    ("rcpt", "250-" + "x" * 100_000, TemporaryFailure),
    ("data", "421 4.3.2 Shutting down", ChannelDown),
    ("data", "451 4.3.0 Later", TemporaryFailure),
    ("data", "554 5.5.1 No", ChannelDown),
    ("data", "250 2.0.0 Strange", TemporaryFailure),
    ("data", DROP, TemporaryFailure),
]


@pytest.mark.parametrize(("verb", "answer", "meaning"), BEFORE_THE_DOT)
def test_what_fails_before_the_dot_is_certainly_not_sent(
    verb: str, answer: str, meaning: type[ChannelError] | None
) -> None:
    with Relay(always={verb: answer}) as relay:
        told, passed = outcome(channel_to(relay))
    if meaning is None:
        assert (told, passed, len(relay.letters)) == ("Q1", 1, 1)
    else:
        assert (told, passed, len(relay.letters)) == (meaning, 0, 0)


AT_THE_DOT = [
    ("421 4.3.2 Shutting down", OutcomeUnknown, 0),
    ("451 4.3.0 Later", TemporaryFailure, 0),
    ("452 4.3.1 No space", TemporaryFailure, 0),
    ("550 5.1.1 No such user", PermanentFailure, 0),
    ("552 5.3.4 Too big", PermanentFailure, 0),
    ("554 5.7.1 Looks like spam", ChannelDown, 0),
    ("550 5.7.515 Not authenticated", ChannelDown, 0),
    ("hello", OutcomeUnknown, 0),
    ("x" * 100_000, OutcomeUnknown, 0),
    ("354 Go on", OutcomeUnknown, 0),
    (DROP, OutcomeUnknown, 0),
    (STORE_AND_DROP, OutcomeUnknown, 1),
    ("250 2.0.0 Ok: queued as 4bXyZ", "4bXyZ", 1),
    ("250 2.6.0 Thank you", "<", 1),
]


@pytest.mark.parametrize(("answer", "meaning", "kept"), AT_THE_DOT)
def test_the_answer_to_the_dot_decides(answer: str, meaning: type[ChannelError] | str, kept: int) -> None:
    with Relay(script={"dot": [answer]}) as relay:
        told, passed = outcome(channel_to(relay))
    assert passed == 1
    assert told == meaning or str(told).startswith(str(meaning))
    assert len(relay.letters) == kept


@pytest.mark.parametrize(
    ("verb", "meaning", "passed"),
    [
        ("connect", TemporaryFailure, 0),
        ("rcpt", TemporaryFailure, 0),
        ("data", TemporaryFailure, 0),
        ("dot", OutcomeUnknown, 1),
    ],
)
def test_silence_is_waited_for_only_so_long(verb: str, meaning: type[ChannelError], passed: int) -> None:
    with Relay(always={verb: HANG}) as relay:
        assert outcome(channel_to(relay, timeout=0.2)) == (meaning, passed)


def test_a_drop_in_the_middle_of_a_big_body_is_certainly_not_sent() -> None:
    big = letter(body=("x" * 900 + "\r\n") * 10_000)
    with Relay(script={"body": [DROP]}) as relay:
        told, passed = outcome(channel_to(relay), big)
    assert (told, passed, relay.letters) == (TemporaryFailure, 0, [])


def test_a_relay_that_is_not_there_rests_the_channel() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    channel = SmtpChannel("mejl", RelaySettings("127.0.0.1", port, Security.NONE, "", Secret("")), NEVER)
    assert outcome(channel) == (ChannelDown, 0)


def test_a_relay_without_a_name_in_dns_rests_the_channel() -> None:
    channel = SmtpChannel("mejl", RelaySettings("relay..invalid", 25, Security.NONE, "", Secret("")), NEVER)
    assert outcome(channel) == (ChannelDown, 0)


def test_an_answer_is_told_in_full_but_harmless() -> None:
    assert str(failure(Stage.RECIPIENT, Reply(550, "5.1.1 Okänd"))) == (
        "Mejlservern tog inte emot brevet: 550 5.1.1 Okänd."
    )


# Letters after letters


def test_many_letters_share_one_connection() -> None:
    with Relay() as relay:
        channel = channel_to(relay)
        for number in range(5):
            channel.deliver(letter(f"k{number}@arvika.example"), point_of_no_return=lambda: None)
        channel.close()
    assert relay.connections == 1
    assert [kept.recipient for kept in relay.letters] == [f"k{n}@arvika.example" for n in range(5)]
    assert relay.verbs()[-1] == "quit"


def test_a_refused_recipient_does_not_cost_the_connection() -> None:
    with Relay(script={"rcpt": ["550 5.1.1 No such user"]}) as relay:
        channel = channel_to(relay)
        with pytest.raises(PermanentFailure):
            channel.deliver(letter(), point_of_no_return=lambda: None)
        channel.deliver(letter("annan@arvika.example"), point_of_no_return=lambda: None)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (1, 1)
    assert "rset" in relay.verbs()


@pytest.mark.parametrize("answer", [DROP, "421 4.4.2 Idle for too long"])
def test_a_connection_that_fell_asleep_between_letters_is_replaced(answer: str) -> None:
    with Relay(script={"mail": ["250 2.1.0 Ok", answer]}) as relay:
        channel = channel_to(relay)
        for number in range(2):
            channel.deliver(letter(f"k{number}@arvika.example"), point_of_no_return=lambda: None)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (2, 2)


def test_a_lost_lease_leaves_no_dot_and_no_word_that_could_end_the_letter() -> None:
    def lost() -> None:
        raise LeaseLost(say("Borta."))

    with Relay() as relay:
        channel = channel_to(relay)
        with pytest.raises(LeaseLost):
            channel.deliver(letter(), point_of_no_return=lost)
        channel.close()
    assert relay.letters == []
    assert relay.unfinished == [letter().content]


# The letter


@pytest.mark.parametrize("body", [".", ".\r\n.\r\n..", "..början", "a\r\n.\r\nQUIT\r\n", "", "slut."])
def test_dots_in_a_letter_come_through_as_they_were(body: str) -> None:
    sent = letter(body=body.encode("ascii", "replace").decode())
    with Relay() as relay:
        outcome(channel_to(relay), sent)
    assert [kept.content for kept in relay.letters] == [sent.content]


def test_a_letter_without_a_last_line_end_gets_one() -> None:
    assert dotted(b"a") == b"a\r\n"


@pytest.mark.parametrize("content", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n.\r\n", b"a\r\r\n"])
def test_line_ends_that_relays_read_differently_are_refused(content: bytes) -> None:
    with pytest.raises(PermanentFailure):
        dotted(content)


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("åsa@arvika.example", PermanentFailure),
        ("a@b.example>\r\nRCPT TO:<c@d.example", PermanentFailure),
        ("utan-snabel", PermanentFailure),
        ("a b@arvika.example", PermanentFailure),
        ("", PermanentFailure),
        ("a@" + "å" * 70 + ".example", PermanentFailure),
    ],
)
def test_an_address_that_mail_cannot_reach_is_refused_unsent(
    address: str, meaning: type[ChannelError]
) -> None:
    with Relay() as relay:
        assert outcome(channel_to(relay), letter(address)) == (meaning, 0)
    assert relay.commands == []


def test_a_sender_that_cannot_be_one_rests_the_channel_not_the_reader() -> None:
    with Relay() as relay:
        assert outcome(channel_to(relay), replace(letter(), sender="brev")) == (ChannelDown, 0)


def test_a_domain_with_swedish_letters_is_sent_in_its_ascii_form() -> None:
    with Relay() as relay:
        outcome(channel_to(relay), letter("kansli@räksmörgås.example"))
    assert relay.letters[0].recipient == "kansli@xn--rksmrgs-5wao1o.example"


def test_a_letter_above_the_relays_limit_is_kept_back() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 SIZE 100"}) as relay:
        assert outcome(channel_to(relay)) == (ChannelDown, 0)
    assert "mail" not in relay.verbs()


@pytest.mark.parametrize(
    ("ehlo", "told"), [("250-relay.example\r\n250 8BITMIME", "Q1"), ("250 relay.example", PermanentFailure)]
)
def test_uncoded_letters_go_only_where_they_are_welcome(ehlo: str, told: object) -> None:
    with Relay(always={"ehlo": ehlo}) as relay:
        assert outcome(channel_to(relay), letter(body="Hej åäö"))[0] == told


# Log in


def test_a_password_with_swedish_letters_logs_in() -> None:
    with Relay(always=AUTH) as relay:
        settings = RelaySettings("127.0.0.1", relay.port, Security.NONE, "åsa", Secret("lösenord"))
        assert outcome(SmtpChannel("mejl", settings, NEVER))[0] == "Q1"
    (said,) = [command for command in relay.commands if command.startswith("AUTH")]
    assert base64.b64decode(said.split()[-1]).decode() == "\0åsa\0lösenord"


def test_a_relay_that_only_knows_login_is_spoken_to_its_way() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 AUTH LOGIN"}) as relay:
        assert outcome(channel_to(relay, user="comms"))[0] == "Q1"
    told = [base64.b64decode(c.split()[1]).decode() for c in relay.commands if c.startswith("login: ")]
    assert told == ["comms", PASSWORD]


def test_a_wrong_password_is_tried_once_and_not_again() -> None:
    with Relay(always=AUTH | {"auth": "535 5.7.8 Wrong: " + PASSWORD}) as relay:
        channel = channel_to(relay, user="comms")
        for _ in range(3):
            assert outcome(channel) == (ChannelDown, 0)
    assert relay.verbs().count("auth") == 1


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [("454 4.7.0 Later", TemporaryFailure), ("421 4.7.0 Bye", ChannelDown), (DROP, TemporaryFailure)],
)
def test_a_log_in_that_fails_for_now_is_tried_again(answer: str, meaning: type[ChannelError]) -> None:
    with Relay(always=AUTH, script={"auth": [answer]}) as relay:
        channel = channel_to(relay, user="comms")
        assert outcome(channel) == (meaning, 0)
        assert outcome(channel)[0] == "Q1"


def test_a_relay_that_offers_no_way_in_that_we_know_rests_the_channel() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 AUTH CRAM-MD5"}) as relay:
        assert outcome(channel_to(relay, user="comms")) == (ChannelDown, 0)
    assert "auth" not in relay.verbs()


# Protection

STARTTLS = {"ehlo": "250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN"}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key with two certificates that vouch for themselves: for 127.0.0.1, and for another host."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make certificates")
    folder = tmp_path_factory.mktemp("tls")
    for name, host in {"right": "IP:127.0.0.1", "wrong": "DNS:other.example"}.items():
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        command += ["-addext", f"subjectAltName={host}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def _serving(certificates: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return context


def _trusting(certificates: Path, name: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificates / f"{name}.pem"))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_letter_goes_protected_to_a_relay_that_proves_who_it_is(
    security: Security, certificates: Path
) -> None:
    relay = Relay(always=STARTTLS, tls=_serving(certificates, "right"), implicit_tls=security is Security.TLS)
    with relay:
        trust = _trusting(certificates, "right")
        assert outcome(channel_to(relay, security=security, user="comms", trust=trust))[0] == "Q1"
    starttls = "starttls" in relay.verbs()
    assert starttls is (security is Security.STARTTLS)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("served", ["right", "wrong"])
def test_nothing_is_said_to_a_relay_with_a_bad_certificate(
    security: Security, served: str, certificates: Path
) -> None:
    relay = Relay(always=STARTTLS, tls=_serving(certificates, served), implicit_tls=security is Security.TLS)
    # "right" is served but not trusted; "wrong" is trusted but made out to another host.
    trust = NEVER if served == "right" else _trusting(certificates, "wrong")
    with relay:
        assert outcome(channel_to(relay, security=security, user="comms", trust=trust)) == (ChannelDown, 0)
    assert {"auth", "mail"}.isdisjoint(relay.verbs())


@pytest.mark.parametrize(
    "script",
    [
        {"ehlo": "250-relay.example\r\n250 AUTH PLAIN"},
        STARTTLS | {"starttls": "454 4.7.0 No TLS now"},
        STARTTLS | {"starttls": "554 5.7.3 No"},
    ],
    ids=["not offered", "not now", "never"],
)
def test_a_letter_never_goes_unprotected_when_protection_fails(script: dict[str, str]) -> None:
    with Relay(always=script) as relay:
        told, passed = outcome(channel_to(relay, security=Security.STARTTLS, user="comms"))
    assert told in {ChannelDown, TemporaryFailure}
    assert passed == 0
    assert {"auth", "mail"}.isdisjoint(relay.verbs())


# A relay that somebody else wrote


class Inbox:
    """What aiosmtpd hands over."""

    def __init__(self) -> None:
        """Begin empty."""
        self.contents: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ANN401 - aiosmtpd's
        """Keep the letter."""
        del server, session
        await asyncio.sleep(0)
        self.contents.append(envelope.content)
        return "250 2.0.0 Ok: queued as AIO1"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def test_swedish_letters_reach_a_relay_that_somebody_else_wrote(inbox: tuple[Inbox, int]) -> None:
    kept, port = inbox
    settings = RelaySettings("127.0.0.1", port, Security.NONE, "", Secret(""))
    assert outcome(SmtpChannel("mejl", settings, NEVER)) == ("AIO1", 1)
    received = email.message_from_bytes(kept.contents[0], policy=email.policy.default)
    assert received["Subject"] == "Ny brygga i Åsebyn"
    assert received.get_content().strip() == "Hej åäö"
