"""A whole issue, from the repository's own workspace, through real mail servers and through a crash."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fakes.postfix import Postfix, why_not
from tests.fakes.smtp import Relay

ROOT = Path(__file__).resolve().parents[2]
ISSUE = "kommunbrevet-2026-12-01"
BEFORE = "2026-11-30T09:00"
SLOT = "2026-12-01T08:01"
OFFICER = "kommunikation@leader7-sam.example"
CONNECTIONS = 4

pytestmark = [pytest.mark.servers, pytest.mark.slow]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the repository's own workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    for name in ("comms.yaml", "audiences.yaml", "strategy.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def comms(workspace: Path, *arguments: str, port: int) -> subprocess.CompletedProcess[str]:
    """Run the command line as cron would, with the mail channel pointed at a server on loopback."""
    return subprocess.run(
        [sys.executable, "-m", "comms", *arguments, "--workspace", workspace],
        env=mailing_through(port),
        capture_output=True,
        text=True,
        check=False,
    )


def mailing_through(port: int) -> dict[str, str]:
    channel = {"KIND": "smtp", "HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "RATE": "1000/s"}
    return {**os.environ, **{f"COMMS_CHANNELS__MAIL__{key}": value for key, value in channel.items()}}


def approve_issue(workspace: Path, port: int) -> None:
    plan = json.loads(comms(workspace, "plan", ISSUE, "--now", BEFORE, "--json", port=port).stdout)
    fingerprint = plan["entries"][0]["fingerprint"]
    answer = ("answer", ISSUE, "--all", "Vi har talat om det.", "--by", "Anna", "--now", BEFORE)
    answered = comms(workspace, *answer, port=port)
    assert answered.returncode == 0, answered.stderr
    done = comms(workspace, "approve", ISSUE, "--plan", fingerprint, "--now", BEFORE, port=port)
    assert done.returncode == 0, done.stderr


def expected_recipients(workspace: Path, port: int) -> set[str]:
    who = json.loads(comms(workspace, "who", ISSUE, "--json", port=port).stdout)
    return {row["recipient"] for row in who["deliveries"] if row["state"] != "skipped"}


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def assert_reads_well(content: bytes) -> None:
    """Both parts, the subject and the sender are whole, åäö and all."""
    message = parsed(content)
    assert not message.defects
    assert message["Subject"].startswith("Kommunbrevet")
    assert "Leader 7-sam Värmland" in str(message["From"])
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "Medfinansieras av Europeiska unionen" in part
        assert "Viktiga datum" in part.replace("VIKTIGA DATUM", "Viktiga datum")
        assert "å" in part
        assert "ä" in part
        assert "ö" in part
        assert "\ufffd" not in part


@dataclass
class Mailbox:
    """Keeps what a real SMTP server took."""

    letters: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one letter."""
        assert isinstance(envelope.content, bytes)
        assert len(envelope.rcpt_tos) == 1
        self.letters.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A real SMTP server on a free port of loopback."""
    kept = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def test_a_whole_issue_goes_through_a_real_smtp_server_and_reads_back_whole(
    workspace: Path, mailbox: tuple[Mailbox, int]
) -> None:
    kept, port = mailbox
    approve_issue(workspace, port)

    done = comms(workspace, "tick", "--now", SLOT, port=port)

    assert done.returncode == 0, done.stdout + done.stderr
    issue = [(to, content) for to, content in kept.letters if b"List-Id:" in content and to != OFFICER]
    seeds = [content for to, content in kept.letters if b"List-Id:" in content and to == OFFICER]
    assert len(seeds) == 1
    assert str(parsed(seeds[0])["Subject"]).startswith("[Provexemplar] Kommunbrevet")
    assert Counter(to for to, _ in issue) == Counter(expected_recipients(workspace, port))
    assert len(issue) >= 40
    for to, content in issue:
        assert_reads_well(content)
        assert str(parsed(content)["To"]).endswith(to) or f"<{to}>" in str(parsed(content)["To"])
    ids = {parsed(content)["Message-ID"] for _, content in issue}
    assert len(ids) == len(issue)


def test_a_whole_issue_goes_through_postfix_into_mailboxes(workspace: Path) -> None:
    if why_not():
        pytest.skip(why_not())
    with Postfix() as postfix:
        approve_issue(workspace, postfix.port)
        done = comms(workspace, "tick", "--now", SLOT, port=postfix.port)
        assert done.returncode == 0, done.stdout + done.stderr
        expected = expected_recipients(workspace, postfix.port)
        letters = [
            found
            for found in postfix.letters(len(expected) + 1)
            if b"List-Id:" in found and parsed(found)["Delivered-To"] != OFFICER
        ]
    assert Counter(str(parsed(found)["Delivered-To"]) for found in letters) == Counter(expected)
    for found in letters:
        assert_reads_well(found)


@pytest.mark.parametrize("kills", [(1,), (7, 19, 33)])
def test_ticks_that_are_killed_in_mid_issue_are_finished_by_the_next(
    workspace: Path, kills: tuple[int, ...]
) -> None:
    """Each is killed as soon as so many letters have gone out in all. The archive is another matter."""
    settings = workspace / "comms.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^  base_url: .*$", '  base_url: ""', text, count=1), encoding="utf-8")
    with Relay() as relay:
        approve_issue(workspace, relay.port)
        for letters in kills:
            kill_a_tick(workspace, relay, letters)
        cut_short = len(relay.letters)

        done = comms(workspace, "tick", "--now", "2026-12-01T08:02", port=relay.port)

        who = json.loads(comms(workspace, "who", ISSUE, "--json", port=relay.port).stdout)
        got = Counter(
            letter.recipient
            for letter in relay.letters
            if b"List-Id:" in letter.content and letter.recipient != OFFICER
        )
    unknown = {row["recipient"] for row in who["deliveries"] if row["state"] == "unknown"}
    planned = {row["recipient"] for row in who["deliveries"] if row["state"] != "skipped"}
    assert cut_short < len(planned), "the tick was done before it was killed: the test proves nothing"
    assert len(unknown) <= CONNECTIONS * len(kills)
    assert set(got) | unknown == planned
    assert max(got.values()) == 1
    assert done.returncode == (3 if unknown else 0), done.stdout
    assert all(who["states"].get(state, 0) == 0 for state in ("planned", "claimed", "sending"))


def kill_a_tick(workspace: Path, relay: Relay, letters: int) -> None:
    """Begin a tick, and kill it as soon as the relay has so many letters."""
    command = [sys.executable, "-m", "comms", "tick", "--now", SLOT, "--workspace", str(workspace)]
    with subprocess.Popen(
        command, env=mailing_through(relay.port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as tick:
        wait_for(lambda: len(relay.letters) >= letters or tick.poll() is not None)
        tick.send_signal(signal.SIGKILL)
        tick.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so; the kill should come in the middle, not after."""
    ended = threading.Event()
    for _ in range(int(seconds / 0.001)):
        if condition():
            return
        ended.wait(0.001)
    pytest.fail("it never happened")
