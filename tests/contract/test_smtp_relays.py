"""The way to relays: which one takes a letter, how many at once, who we are to them, how it is protected."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from comms.channels.smtp import SmtpChannel
from comms.errors import (
    ChannelDown,
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.settings import RelaySettings, Secret, Security
from tests.fakes.examples import letter
from tests.fakes.mailing import (
    AUTH,
    BIG,
    HASTY,
    NEVER,
    PASSWORD,
    PATIENT,
    channel_to,
    nobody_there,
    nothing,
    outcome,
    told_by,
)
from tests.fakes.smtp import DROP, HANG, STORE_AND_DROP, Relay

pytestmark = pytest.mark.servers

# Several relays


def test_a_letter_goes_to_the_next_relay_when_the_first_is_not_there() -> None:
    with Relay() as backup:
        assert outcome(channel_to(nobody_there(), backup)) == ("Q1", 1)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("connect", "421 4.3.2 Shutting down"),
        ("connect", "554 5.7.1 Go away"),
        ("connect", DROP),
        ("ehlo", "hello"),
        ("auth", "535 5.7.8 Wrong"),
        ("mail", "421 4.3.2 Shutting down"),
        ("rcpt", "421 4.7.0 Too many"),
        ("data", "421 4.3.2 Shutting down"),
    ],
)
def test_a_letter_goes_to_the_next_relay_when_the_first_takes_nothing(verb: str, answer: str) -> None:
    with Relay(always=AUTH | {verb: answer}) as first, Relay(always=AUTH) as backup:
        assert outcome(channel_to(first, backup, user="comms")) == ("Q1", 1)
    assert (len(first.letters), len(backup.letters)) == (0, 1)


@pytest.mark.parametrize(
    ("verb", "answer", "meaning"),
    [
        ("rcpt", "550 5.1.1 No such user", PermanentFailure),
        ("rcpt", "450 4.2.0 Greylisted", TemporaryFailure),
        ("rcpt", "554 5.7.1 Relay access denied", SenderRefused),
        ("rcpt", DROP, TemporaryFailure),
    ],
)
def test_what_is_said_of_a_letter_is_not_asked_of_the_next_relay(
    verb: str, answer: str, meaning: type[ChannelError]
) -> None:
    with Relay(always={verb: answer}) as first, Relay() as backup:
        assert outcome(channel_to(first, backup)) == (meaning, 0)
    assert backup.connections == 0


@pytest.mark.parametrize("answer", [DROP, STORE_AND_DROP, "421 4.3.2 Shutting down", "554 5.7.1 Spam"])
def test_a_letter_never_goes_to_the_next_relay_after_its_dot(answer: str) -> None:
    with Relay(always={"dot": answer}) as first, Relay() as backup:
        told, passed = outcome(channel_to(first, backup))
    assert told in {OutcomeUnknown, SenderRefused}
    assert (passed, backup.connections) == (1, 0)


def test_a_fault_at_the_point_of_no_return_is_not_the_relays() -> None:
    def down() -> None:
        raise ChannelDown(say("Liggaren är stängd."))

    with Relay() as first, Relay() as backup:
        channel = channel_to(first, backup)
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=down))
        channel.close()
    assert str(fault) == "Liggaren är stängd."
    assert (first.letters, backup.connections) == ([], 0)


def test_when_all_relays_fail_the_first_ones_fault_is_told() -> None:
    with Relay(always={"connect": "554 5.7.1 Go away"}) as first:
        channel = channel_to(first, nobody_there())
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
    assert isinstance(fault, SenderRefused)
    assert "554 5.7.1 Go away" in str(fault)


def test_a_relay_that_failed_rests_while_another_works() -> None:
    with Relay(script={"connect": ["421 4.3.2 Shutting down"]}) as first, Relay() as backup:
        channel = channel_to(first, backup)
        for _ in range(3):
            channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
    assert (first.connections, len(backup.letters)) == (1, 3)


def test_a_relay_that_failed_gets_letters_again_when_it_has_rested() -> None:
    with Relay(script={"connect": ["421 4.3.2 Shutting down"]}) as first, Relay() as backup:
        channel = channel_to(first, backup, waits=replace(PATIENT, rest=0))
        for _ in range(3):
            channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
    assert (len(first.letters), len(backup.letters)) == (2, 1)


def test_when_all_rest_all_are_tried_and_the_first_that_recovers_is_used() -> None:
    port, nowhere = nobody_there(), nobody_there()
    channel = channel_to(port, nowhere)
    assert isinstance(told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing)), ChannelDown)
    with Relay(port=port) as recovered:
        assert channel.deliver(letter(), point_of_no_return=nothing).id == "Q1"
        channel.close()
    assert len(recovered.letters) == 1


def test_a_resting_relays_fault_is_told_when_the_last_one_fails_too() -> None:
    with Relay(always={"connect": "450 4.3.2 Busy"}) as first, Relay() as backup:
        channel = channel_to(first, backup)
        channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
        backup.always["connect"] = "554 5.7.1 Go away"
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
    assert "450 4.3.2 Busy" in str(fault)
    assert first.connections == 1


# Several threads


def test_as_many_letters_go_at_once_as_there_are_connections_and_those_are_kept() -> None:
    at_once = threading.Barrier(4, timeout=10)
    with Relay() as relay, ThreadPoolExecutor(4) as threads:
        channel = channel_to(relay, connections=4)
        sent = [letter(f"k{number}@arvika.example") for number in range(40)]
        list(threads.map(lambda one: channel.deliver(one, point_of_no_return=at_once.wait), sent))
        channel.close()
    assert relay.connections == channel.connections == 4
    assert sorted(kept.recipient for kept in relay.letters) == sorted(one.recipient for one in sent)
    assert relay.verbs().count("quit") == 4


def test_a_wrong_password_is_tried_once_however_many_threads_there_are() -> None:
    wrong = AUTH | {"auth": "535 5.7.8 Wrong"}
    with (
        Relay(always=wrong, meet={"ehlo": threading.Barrier(4)}) as relay,
        ThreadPoolExecutor(4) as threads,
    ):
        channel = channel_to(relay, user="comms", connections=4)
        told = list(threads.map(lambda _: outcome(channel), range(4)))
    assert told == [(SenderRefused, 0)] * 4
    assert (relay.connections, relay.verbs().count("auth")) == (4, 1)


# What a relay takes


def test_a_check_connects_and_the_first_letter_uses_the_connection() -> None:
    with Relay() as relay:
        channel = channel_to(relay)
        channel.check(60_000)
        channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (1, 1)


def test_a_connection_that_fell_asleep_after_a_check_is_replaced() -> None:
    with Relay(script={"mail": [DROP]}) as relay:
        channel = channel_to(relay)
        channel.check(60_000)
        channel.deliver(letter(), point_of_no_return=nothing)
        channel.close()
    assert (relay.connections, len(relay.letters)) == (2, 1)


def test_a_check_tells_both_sizes_when_letters_are_too_big() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 SIZE 10240000"}) as relay:
        channel = channel_to(relay)
        channel.check(10_240_000)
        fault = told_by(lambda: channel.check(10_240_001))
        channel.close()
    assert isinstance(fault, SenderRefused)
    assert fault.decisive
    assert str(fault) == "Brevet är 10240001 byte, men mejlservern tar emot högst 10240000."


@pytest.mark.parametrize("size", ["SIZE 0", "SIZE", "8BITMIME"])
def test_a_relay_that_names_no_limit_has_none(size: str) -> None:
    with Relay(always={"ehlo": f"250-relay.example\r\n250 {size}"}) as relay:
        channel = channel_to(relay)
        channel.check(10**9)
        channel.close()


def test_a_check_says_when_nobody_can_be_asked() -> None:
    assert isinstance(told_by(lambda: channel_to(nobody_there()).check(1)), ChannelDown)


def test_a_letter_above_the_relays_limit_is_kept_back() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 SIZE 100"}) as relay:
        channel = channel_to(relay)
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
        channel.close()
    assert isinstance(fault, SenderRefused)
    assert not fault.decisive
    assert "mail" not in relay.verbs()


# Log in


def test_a_password_with_swedish_letters_logs_in() -> None:
    with Relay(always=AUTH) as relay:
        settings = RelaySettings("mejl", "127.0.0.1", relay.port, Security.NONE, "åsa", Secret("lösenord"))
        assert outcome(SmtpChannel("mejl", [settings], NEVER))[0] == "Q1"
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
            assert outcome(channel) == (SenderRefused, 0)
    assert (relay.verbs().count("auth"), relay.connections) == (1, 1)


@pytest.mark.parametrize(
    "answer",
    ["454 4.7.0 Later", "421 4.7.0 Bye", "hello", DROP],
)
def test_a_log_in_that_fails_for_now_is_tried_again(answer: str) -> None:
    with Relay(always=AUTH, script={"auth": [answer]}) as relay:
        channel = channel_to(relay, user="comms")
        assert outcome(channel) == (ChannelDown, 0)
        assert outcome(channel)[0] == "Q1"


def test_a_relay_that_offers_no_way_in_that_we_know_is_a_persons_to_mend() -> None:
    with Relay(always={"ehlo": "250-relay.example\r\n250 AUTH CRAM-MD5"}) as relay:
        assert outcome(channel_to(relay, user="comms")) == (SenderRefused, 0)
    assert "auth" not in relay.verbs()


# Protection

STARTTLS = {"ehlo": "250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN"}


ISSUING = """
[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
"""


def _expired(folder: Path) -> None:
    """A certificate for 127.0.0.1 that was good for a day, long ago."""
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(ISSUING)
    ask = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "expired.key"]
    ask += ["-out", "expired.csr", "-subj", "/CN=expired", "-addext", "subjectAltName=IP:127.0.0.1"]
    sign = ["openssl", "ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "expired.key"]
    sign += ["-in", "expired.csr", "-out", "expired.pem", "-notext"]
    sign += ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
    for command in (ask, sign):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates that vouch for themselves: for 127.0.0.1, for another host, and one that has expired."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make certificates")
    folder = tmp_path_factory.mktemp("tls")
    for name, host in {"right": "IP:127.0.0.1", "wrong": "DNS:other.example"}.items():
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        command += ["-addext", f"subjectAltName={host}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    _expired(folder)
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
@pytest.mark.parametrize(
    ("served", "why"),
    [("right", "self-signed"), ("wrong", "IP address mismatch"), ("expired", "certificate has expired")],
)
def test_nothing_is_said_to_a_relay_with_a_bad_certificate(
    security: Security, served: str, why: str, certificates: Path
) -> None:
    relay = Relay(always=STARTTLS, tls=_serving(certificates, served), implicit_tls=security is Security.TLS)
    # "right" is served but not trusted; the others are trusted, but made out to another host or too old.
    trust = NEVER if served == "right" else _trusting(certificates, served)
    with relay:
        channel = channel_to(relay, security=security, user="comms", trust=trust)
        fault = told_by(lambda: channel.deliver(letter(), point_of_no_return=nothing))
    assert isinstance(fault, ChannelDown)
    assert why in str(fault)
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
    assert told in {ChannelDown, SenderRefused}
    assert passed == 0
    assert {"auth", "mail"}.isdisjoint(relay.verbs())


@pytest.mark.parametrize(
    ("point", "meaning"),
    [
        ("connect", ChannelDown),
        ("ehlo", ChannelDown),
        ("starttls", ChannelDown),
        ("auth", ChannelDown),
        ("mail", TemporaryFailure),
        ("rcpt", TemporaryFailure),
        ("data", TemporaryFailure),
        ("body", TemporaryFailure),
    ],
)
def test_a_letter_may_be_given_again_after_a_hang_up_at_any_point_before_its_dot(
    point: str, meaning: type[ChannelError], certificates: Path
) -> None:
    relay = Relay(always=STARTTLS, script={point: [DROP]}, tls=_serving(certificates, "right"))
    with relay:
        trust = _trusting(certificates, "right")
        channel = channel_to(relay, security=Security.STARTTLS, user="comms", trust=trust)
        assert outcome(channel, BIG) == (meaning, 0)
        assert outcome(channel, BIG) == ("Q1", 1)
    assert [kept.content for kept in relay.letters] == [BIG.content]


def test_a_relay_that_is_silent_when_asked_for_protection_is_waited_for_only_so_long() -> None:
    with Relay(always={"connect": HANG}) as relay:
        assert outcome(channel_to(relay, security=Security.TLS, waits=HASTY)) == (ChannelDown, 0)


def test_what_is_said_in_the_clear_before_protection_is_not_believed() -> None:
    with Relay(always=STARTTLS | {"starttls": "220 2.0.0 Ready\r\n250 AUTH PLAIN"}) as relay:
        assert outcome(channel_to(relay, security=Security.STARTTLS, user="comms")) == (ChannelDown, 0)
    assert relay.verbs() == ["ehlo", "starttls"]


def test_what_a_relay_could_before_it_was_protected_is_forgotten(certificates: Path) -> None:
    relay = Relay(
        always={"ehlo": "250 relay.example"},
        script={"ehlo": ["250-relay.example\r\n250-SIZE 10\r\n250 STARTTLS"]},
        tls=_serving(certificates, "right"),
    )
    with relay:
        trust = _trusting(certificates, "right")
        assert outcome(channel_to(relay, security=Security.STARTTLS, trust=trust)) == ("Q1", 1)


class SeenSocket(ssl.SSLSocket):
    """A protected connection that can be looked at."""

    seen: ClassVar[list[ssl.SSLSocket]] = []

    def do_handshake(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - as it is
        """Be seen."""
        self.seen.append(self)
        super().do_handshake(*arguments, **named)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_small_commands_do_not_wait_for_each_other_under_protection(
    security: Security, certificates: Path
) -> None:
    relay = Relay(always=STARTTLS, tls=_serving(certificates, "right"), implicit_tls=security is Security.TLS)
    trust = _trusting(certificates, "right")
    trust.sslsocket_class = SeenSocket
    delays: list[int] = []
    with relay:
        channel = channel_to(relay, security=security, trust=trust)
        channel.deliver(
            letter(),
            point_of_no_return=lambda: delays.append(
                SeenSocket.seen[-1].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            ),
        )
        channel.close()
    assert delays == [1]
