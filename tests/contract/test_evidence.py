"""Evidence from the real thing: what Debian's Postfix logs and copies, and a mailbox behind Dovecot.

A letter of each kind is handed over to Postfix once; what the readers say of it is compared with what is so.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.errors import ConfigError
from comms.inbox.imap import Mailbox
from comms.inbox.journal import read_journal, read_maildir
from comms.inbox.postfix_log import read_logs
from comms.model.ledger import Evidence, Verdict
from comms.model.settings import Secret, Security
from tests.fakes import dovecot, postfix
from tests.fakes.dovecot import PASSWORD, USER, Dovecot
from tests.fakes.postfix import Postfix

pytestmark = pytest.mark.servers

# Postfix

_HEADERS = """
/^Subject: refuse/ REJECT We do not want this
/^Subject: hold/ HOLD
"""
_ALIASES = """
gone@post.example nobody@gone.example
later@post.example somebody@later.example
"""
_TRANSPORTS = """
gone.example error:5.1.1 unknown user
later.example retry:4.2.0 mailbox is busy
"""


_MORE = """
header_checks = regexp:{folder}/headers
virtual_alias_maps = texthash:{folder}/aliases
transport_maps = texthash:{folder}/transports
always_bcc = journal@leader.example
enable_long_queue_ids = {long_numbers}
"""
SENDER = "brev@leader.example"


def identity(name: str) -> str:
    return f"<{name}@leader.example>"


def hand_over(
    relay: Postfix, name: str, *, dot: bool = True, wait: bool = True, subject: str = "hej", to: str = "anna"
) -> str:
    """Send a letter; `dot`: to its end; `wait`: for the answer, which is given, else hang up at once."""
    with (
        socket.create_connection(("127.0.0.1", relay.port)) as connection,
        connection.makefile("rb") as answers,
    ):
        answers.readline()
        for command in ("HELO x.example", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{to}@post.example>", "DATA"):
            connection.sendall(f"{command}\r\n".encode())
            assert answers.readline()[:1] in {b"2", b"3"}
        head = f"From: {SENDER}\r\nMessage-ID: {identity(name)}\r\nSubject: {subject}\r\n"
        connection.sendall(f"{head}\r\nHej!\r\n".encode() + b".\r\n" * dot)
        return answers.readline().decode() if wait else ""


class Journaling(Postfix):
    """A Postfix with a journal, rules against some letters, and recipients that bounce and defer."""

    long_numbers = "no"

    def _run(self, command: str) -> None:
        """Add to the configuration when it is written and nothing runs yet."""
        if command == "check":
            for name, rules in (("headers", _HEADERS), ("aliases", _ALIASES), ("transports", _TRANSPORTS)):
                (self.folder / name).write_text(rules)
            more = _MORE.format(folder=self.folder, long_numbers=self.long_numbers)
            with (self.folder / "conf" / "main.cf").open("a") as conf:
                conf.write(more)
        super()._run(command)


@pytest.fixture(scope="module", params=["no", "yes"], ids=["short-numbers", "long-numbers"])
def relay(request: pytest.FixtureRequest) -> Iterator[Postfix]:
    """A Postfix that has had one letter of each kind."""
    if postfix.why_not():
        pytest.skip(postfix.why_not())
    started = Journaling()
    started.long_numbers = request.param
    with started:
        hand_over_one_of_each(started)
        yield started


def hand_over_one_of_each(relay: Postfix) -> None:
    """One letter of each fate, and wait until the log knows them all."""
    hand_over(relay, "answered")
    hand_over(relay, "cut-off-before-the-dot", dot=False, wait=False)
    hand_over(relay, "hung-up-after-the-dot", wait=False)
    hand_over(relay, "bounced", to="gone")
    hand_over(relay, "deferred", to="later")
    hand_over(relay, "refused", subject="refuse")
    hand_over(relay, "held", subject="hold")
    hand_over(relay, "held-and-cut-off", dot=False, wait=False, subject="hold")
    expected = [*(f"message-id={identity(name)}" for name in KNOWN), "status=bounced", "status=deferred"]
    wait_for(lambda: all(words in logged(relay) for words in expected))
    # Letter and copy of two; copies of the one that bounced and the one that waits; the report of the bounce.
    wait_for(lambda: logged(relay).count("status=sent") >= 7)


KNOWN = [
    "answered",
    "cut-off-before-the-dot",
    "hung-up-after-the-dot",
    "bounced",
    "deferred",
    "refused",
    "held",
    "held-and-cut-off",
]


def logged(relay: Postfix) -> str:
    return (relay.folder / "postfix.log").read_text()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until another process has written what it will."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never happened")


def from_the_log(relay: Postfix) -> dict[str, Evidence]:
    wanted = [*map(identity, KNOWN), identity("never-sent")]
    found = list(read_logs([relay.folder / "postfix.log"], wanted))
    assert len({one.message_id for one in found}) == len(found)
    return {one.message_id.partition("@")[0].removeprefix("<"): one for one in found}


def test_postfix_logs_the_message_id_of_letters_that_it_never_took(relay: Postfix) -> None:
    # The trap: these lines stand in the log, so a reader that trusts them would lose the letters.
    for name in ("cut-off-before-the-dot", "held-and-cut-off"):
        assert f"message-id={identity(name)}" in logged(relay)
        assert name not in from_the_log(relay)


def test_the_log_proves_which_letters_postfix_took_and_which_it_refused(relay: Postfix) -> None:
    assert {name: one.verdict for name, one in from_the_log(relay).items()} == {
        "answered": Verdict.ACCEPTED,
        "hung-up-after-the-dot": Verdict.ACCEPTED,
        "bounced": Verdict.ACCEPTED,
        "deferred": Verdict.ACCEPTED,
        "refused": Verdict.REJECTED,
    }


def test_the_log_tells_what_became_of_letters_that_were_taken(relay: Postfix) -> None:
    told = {name: one.detail.partition(": ")[2] for name, one in from_the_log(relay).items()}
    assert told == {
        "answered": "sent (delivered to maildir)",
        "hung-up-after-the-dot": "sent (delivered to maildir)",
        "bounced": "bounced (unknown user); sent (delivered to maildir)",
        "deferred": "deferred (mailbox is busy); sent (delivered to maildir)",
        "refused": "5.7.1 We do not want this",
    }


def test_the_log_tells_the_number_that_postfix_gives_in_its_answer(relay: Postfix) -> None:
    answer = hand_over(relay, "numbered")
    number = answer.split()[-1]
    wait_for(lambda: f"{number}: removed" in logged(relay))
    (one,) = read_logs([relay.folder / "postfix.log"], [identity("numbered")])
    assert f" {number}: " in one.detail


def test_a_log_that_rotated_between_two_lines_of_a_letter_is_read_as_one(
    relay: Postfix, tmp_path: Path
) -> None:
    lines = logged(relay).splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if identity("answered") in line) + 1
    earlier = "Jan  1 00:00:00 postfix postfix/qmgr[1]: 1234521E814: removed\n"
    (tmp_path / "mail.log.1").write_text(earlier + "".join(lines[:cut]))
    (tmp_path / "mail.log").write_text("".join(lines[cut:]))
    subprocess.run(["gzip", tmp_path / "mail.log.1"], check=True)
    assert list(read_logs([tmp_path / "mail.log"], [identity("answered")])) == []
    (one,) = read_logs([tmp_path / "mail.log", tmp_path / "mail.log.1.gz"], [identity("answered")])
    assert one.verdict is Verdict.ACCEPTED


def test_the_copies_that_postfix_keeps_are_those_that_its_log_says_it_took(relay: Postfix) -> None:
    wanted = [*map(identity, KNOWN), identity("never-sent")]
    copies = {one.message_id for one in read_maildir(relay.folder / "mail" / "inbox", wanted)}
    taken = {one.message_id for one in from_the_log(relay).values() if one.verdict is Verdict.ACCEPTED}
    assert copies == taken


# Dovecot


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


def starts(folder: Path, certificate: Path | None = None) -> Dovecot:
    if dovecot.why_not():
        pytest.skip(dovecot.why_not())
    return Dovecot(folder, certificate)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[Dovecot]:
    """A Dovecot that proves who it is, with fifty copies in INBOX and one in a folder with å, ä and ö."""
    with starts(tmp_path_factory.mktemp("imap"), certificates / "right") as running:
        for number in range(50):
            running.deliver(copy(f"k{number}"))
        running.deliver(copy("x", f"<x@leader.example> (om {identity('spoken-of')})"))
        running.make('Kopior "åäÿ" & \\brev')
        running.deliver(copy("filed", "\r\n " + identity("filed")), 'Kopior "åäÿ" & \\brev')
        yield running


def copy(name: str, message_id: str = "") -> bytes:
    return f"From: brev@leader.example\r\nMessage-ID: {message_id or identity(name)}\r\n\r\nHej!\r\n".encode()


def journal(server: Dovecot) -> Mailbox:
    return Mailbox("127.0.0.1", server.port, Security.NONE, USER, Secret(PASSWORD), timeout=30)


def asked(of: Mailbox, *names: str, trust: ssl.SSLContext | None = None) -> set[str]:
    found = [one.message_id for one in read_journal(of, [identity(name) for name in names], trust)]
    assert len(set(found)) == len(found)
    return {one.partition("@")[0].removeprefix("<") for one in found}


def refusal(of: Mailbox, trust: ssl.SSLContext | None = None) -> str:
    with pytest.raises(ConfigError) as told:
        asked(of, "k1", trust=trust)
    shown = "".join(str(one) for one in (told.value, told.value.__cause__, told.value.__context__) if one)
    assert "hemligt" not in shown
    return str(told.value)


def test_copies_are_found_by_imap_and_told_with_their_place_and_time(server: Dovecot) -> None:
    (one,) = read_journal(journal(server), [identity("k7"), identity("never-sent")])
    assert (one.message_id, one.verdict) == (identity("k7"), Verdict.ACCEPTED)
    assert (one.source, one.detail) == ("imap: journal@127.0.0.1 INBOX", "UID 8")
    assert one.at is not None
    assert abs(datetime.now(UTC) - one.at) < timedelta(hours=1)


def test_more_copies_than_fit_in_one_question_are_all_found(server: Dovecot) -> None:
    names = [f"k{number}" for number in range(50)]
    assert asked(journal(server), *names, "never-sent") == set(names)


def test_a_field_that_only_holds_the_id_among_other_words_is_another_letter(server: Dovecot) -> None:
    # Dovecot finds it: IMAP searches for a piece of the field.
    assert asked(journal(server), "spoken-of") == set()


def test_pieces_of_ids_find_nothing(server: Dovecot) -> None:
    assert {
        one.message_id for one in read_journal(journal(server), ["k1@leader.example", "<k1", "", "k"])
    } == set()
    assert asked(journal(server), "1", "") == set()


def test_an_id_cannot_carry_another_command(server: Dovecot) -> None:
    evil = [
        '<k1@leader.example>" ALL\r\nA1 DELETE INBOX\r\n',
        '<k1@leader.example"> ALL',
        "<å@leader.example>",
    ]
    assert list(read_journal(journal(server), evil)) == []


def test_a_folder_may_have_any_name(server: Dovecot) -> None:
    assert asked(replace(journal(server), folder='Kopior "åäÿ" & \\brev'), "filed", "k1") == {"filed"}


def test_nothing_is_marked_or_moved_by_being_read(server: Dovecot) -> None:
    before = sorted(server.mailbox.glob("new/*"))
    asked(journal(server), *[f"k{number}" for number in range(50)])
    assert sorted(server.mailbox.glob("new/*")) == before
    assert set(server.flags()) == {""}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_mailbox_is_read_protected_from_a_server_that_proves_who_it_is(
    server: Dovecot, certificates: Path, security: Security
) -> None:
    port = server.tls_port if security is Security.TLS else server.port
    of = replace(journal(server), port=port, security=security)
    trust = ssl.create_default_context(cafile=str(certificates / "right.pem"))
    assert asked(of, "k1", trust=trust) == {"k1"}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_server_that_cannot_prove_who_it_is_gets_no_password(server: Dovecot, security: Security) -> None:
    port = server.tls_port if security is Security.TLS else server.port
    of = replace(journal(server), port=port, security=security)
    before = log_ins(server)
    told = refusal(of)
    assert told.startswith("Förbindelsen till 127.0.0.1 går inte att skydda: self-signed certificate")
    assert log_ins(server) == before


def test_a_certificate_for_another_host_is_refused(
    tmp_path_factory: pytest.TempPathFactory, certificates: Path
) -> None:
    with starts(tmp_path_factory.mktemp("imap"), certificates / "wrong") as server:
        trust = ssl.create_default_context(cafile=str(certificates / "wrong.pem"))
        of = replace(journal(server), port=server.tls_port, security=Security.TLS)
        assert "IP address mismatch" in refusal(of, trust)


def log_ins(server: Dovecot) -> int:
    return (server.folder / "dovecot.log").read_text().count("Login: user=")


def test_a_wrong_password_is_told_without_it(server: Dovecot) -> None:
    of = replace(journal(server), password=Secret("hemligt-fel"))
    assert refusal(of) == (
        "IMAP-servern 127.0.0.1 godkänner inte inloggningen för journal. Kontrollera användare och lösenord."
    )


def test_a_folder_that_is_not_there_is_told(server: Dovecot) -> None:
    assert refusal(replace(journal(server), folder="Kopior")) == (
        "Brevlådan journal hos 127.0.0.1 har ingen mapp Kopior som går att läsa. Kontrollera mappens namn."
    )


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        of = Mailbox("127.0.0.1", free.getsockname()[1], Security.TLS, USER, Secret(PASSWORD))
        assert refusal(of).startswith(
            f"IMAP-servern 127.0.0.1:{of.port} går inte att nå: Connection refused."
        )


# Servers that are not IMAP servers, or bad ones


class Scripted:
    """A server on loopback that says each thing in turn, and reads a command between them."""

    def __init__(self, script: list[str]) -> None:
        """Remember what to say; TAG stands for the command's own tag."""
        self.commands: list[str] = []
        self._script = script

    def __enter__(self) -> Mailbox:
        """Listen, and tell how to reach it."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        port = self._listener.getsockname()[1]
        return Mailbox("127.0.0.1", port, Security.NONE, USER, Secret(PLAIN_PASSWORD), timeout=5)

    def __exit__(self, *exception: object) -> None:
        """Stop listening."""
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with suppress(OSError), connection, connection.makefile("rb") as commands:
            for number, words in enumerate(self._script):
                tag = b""
                if number:
                    tag, _, command = commands.readline().partition(b" ")
                    self.commands.append(command.decode().strip())
                connection.sendall(words.encode().replace(b"TAG", tag) + b"\r\n")


PLAIN_PASSWORD = 'hemligt "losen\\ord" 4711'
GREETED = ["* OK hello", "* CAPABILITY IMAP4rev1\r\nTAG OK done"]
OPENED = [*GREETED, "TAG OK in", "* 3 EXISTS\r\nTAG OK [READ-ONLY] open"]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (["220 smtp.example ESMTP"], "går inte att nå"),
        ([], "går inte att nå"),
        (["* BYE not today"], "går inte att nå"),
        (["* OK hello"], "går inte att nå"),
        ([*GREETED], "godkänner inte inloggningen"),
        ([*GREETED, "TAG NO hemligt"], "godkänner inte inloggningen"),
        ([*GREETED, "what is hemligt?"], "godkänner inte inloggningen"),
        ([*GREETED, "TAG OK in", "TAG NO no such folder"], "ingen mapp INBOX"),
        ([*OPENED, "TAG NO [SERVERBUG] cannot search"], "SERVERBUG"),
        ([*OPENED, "TAG BAD what?"], "bröts"),
        ([*OPENED], "bröts"),
        ([*OPENED, "* SEARCH 1 2 3\r\nTAG OK done", "TAG NO cannot fetch"], "cannot fetch"),
        ([*OPENED, "* SEARCH 1\x1b[2J\r\nTAG OK done", "TAG BAD \x1b[2J"], r"\x1b[2J"),
    ],
)
def test_a_no_or_a_broken_conversation_does_not_pass_for_a_mailbox_without_the_letter(
    script: list[str], told: str
) -> None:
    with Scripted(script) as of:
        sentence = refusal(of)
    assert told in sentence
    assert sentence.isprintable()


def test_starttls_that_is_not_offered_is_not_done_without() -> None:
    server = Scripted(GREETED)
    with server as of:
        told = refusal(replace(of, security=Security.STARTTLS))
    assert told == "IMAP-servern 127.0.0.1 erbjuder inte STARTTLS, så inget läses. Pröva security: tls."
    assert server.commands == ["CAPABILITY"]


def test_a_server_with_log_in_alone_is_spoken_to_as_it_wants() -> None:
    server = Scripted([*OPENED, "* SEARCH\r\nTAG OK done", "TAG OK bye"])
    with server as of:
        assert asked(of, "k1") == set()
    assert server.commands == [
        "CAPABILITY",
        'LOGIN "journal" "hemligt \\"losen\\\\ord\\" 4711"',
        'EXAMINE "INBOX"',
        'UID SEARCH HEADER Message-ID "<k1@leader.example>"',
        "LOGOUT",
    ]


def test_several_ids_are_one_question() -> None:
    server = Scripted([*OPENED, "* SEARCH\r\nTAG OK done", "TAG OK bye"])
    with server as of:
        asked(of, "k1", "k2", "k3")
    asking = [f'HEADER Message-ID "{identity(name)}"' for name in ("k1", "k2", "k3")]
    assert server.commands[3] == f"UID SEARCH OR OR {' '.join(asking)}"


def test_what_a_server_finds_too_much_is_compared() -> None:
    rows = "".join(
        f"* {n} FETCH (BODY[HEADER.FIELDS (MESSAGE-ID)] {{{len(field) + 2}}}\r\n{field}\r\n UID {n})\r\n"
        for n, field in enumerate(
            ["Message-ID: <k2@leader.example>\r\n", f"Message-ID: {identity('k1')}\r\n", ""]
        )
    )
    found = [*OPENED, "* SEARCH 0 1\r\n* SEARCH 2\r\nTAG OK done", f"{rows}TAG OK done", "TAG OK bye"]
    with Scripted(found) as of:
        (one,) = read_journal(of, [identity("k1")])
    assert (one.message_id, one.detail, one.at) == (identity("k1"), "UID 1", None)


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        of = Mailbox("127.0.0.1", silent.getsockname()[1], Security.NONE, USER, Secret(PASSWORD), timeout=0.2)
        assert "går inte att nå: timed out" in refusal(of)


@pytest.mark.parametrize("host", ["imap.leader.example", "192.0.2.7", "localhost.leader.example"])
def test_a_mailbox_on_another_machine_is_not_read_unprotected(host: str) -> None:
    told = refusal(Mailbox(host, 143, Security.NONE, USER, Secret(PASSWORD), timeout=5))
    assert told.startswith(f"Brevlådan skulle läsas oskyddat från {host}. Ange security: tls")
