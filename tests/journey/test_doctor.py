"""`comms doctor` and what a monitor asks of `comms`, as an operator meets them."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from comms.app.doctoring import Finding, Outside, examine
from comms.app.house import open_house
from comms.cli import run as comms_run
from tests.fakes import dovecot
from tests.fakes.dns import Names
from tests.fakes.examples import NOW
from tests.journey.workspaces import DAY_BEFORE, ISSUE, SLOT, Office, ended, small

NEXT_WEEK = "2026-12-08T09:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A small office."""
    return small(tmp_path / "w")


def add(office: Office, lines: str) -> None:
    """Write more in comms.yaml."""
    text = (office.folder / "comms.yaml").read_text(encoding="utf-8")
    office.write("comms.yaml", f"{text}\n{lines}\n")


def by_mail(office: Office) -> None:
    """Let letters go by a relay, which is not there."""
    office.change("comms.yaml", "mail: {kind: file,", "mail: {kind: smtp, host: relay.leader.example,")


# The doctor


def test_who_sends_as_an_example_is_told_that_dns_was_not_asked_and_may_go_on(office: Office) -> None:
    by_mail(office)
    answer = office.comms("doctor", now=DAY_BEFORE)
    assert answer.code == 0
    assert "DNS-posterna för mejl är inte prövade. leader.example är ett namn för exempel." in answer.said


def test_offline_the_doctor_asks_nobody(office: Office) -> None:
    by_mail(office)
    answer = office.comms("doctor", "--offline", now=DAY_BEFORE)
    assert (answer.code, "DNS" in answer.said) == (0, False)


def test_a_key_that_is_published_as_it_is_on_disk_is_well_and_another_is_a_fault(office: Office) -> None:
    by_mail(office)
    add(office, "dkim: {brev2026: {key_file: brev2026.pem}}")
    made = generate_private_key(65537, 2048)
    file = office.folder / "brev2026.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    house = open_house(office.folder)
    name = "brev2026._domainkey.leader.example"
    told = next(str(one.what) for one in examine(house, NOW) if name in str(one.what))
    record = told.partition("med texten: ")[2]  # what the operator copies to DNS

    def said(text: str) -> Finding:
        outside = Outside(Names({(name, "TXT"): (text,)}))
        found = [
            one for one in examine(house, NOW, outside) if "i DNS" in str(one.what) or name in str(one.what)
        ]
        return max((one.finding for one in found if "Nyckeln i" in str(one.what)), default=Finding.FAULT)

    assert said(record) is Finding.WELL
    assert said(record.replace("p=MII", "p=MIJ")) is Finding.FAULT


def test_a_copy_that_has_not_been_made_for_days_stops_the_doctor(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    assert office.comms("doctor", now=SLOT).code == 0
    answer = office.comms("doctor", now=NEXT_WEEK)
    assert answer.code == 4
    assert "✗ Den senaste säkerhetskopian är från 2026-12-01." in answer.out


def test_a_folder_of_secrets_that_others_can_enter_stops_the_doctor(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "hemligt"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(folder))
    assert office.comms("doctor", now=DAY_BEFORE).code == 4
    folder.chmod(0o700)
    assert office.comms("doctor", now=DAY_BEFORE).code == 0


BOX = """\
bounces:
  domain: studs.leader.example
  mailbox: {%s}
"""


@pytest.fixture
def bounces(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a key for return paths."""
    monkeypatch.setenv("COMMS_BOUNCES__KEY", "en-hemlig-nyckel-4711")
    return office


def test_a_maildir_that_is_not_there_or_is_none_is_a_fault_and_one_that_is_is_well(bounces: Office) -> None:
    add(bounces, BOX % "maildir: studsar")
    assert bounces.comms("doctor", now=DAY_BEFORE).code == 4
    for part in ("new", "cur", "tmp"):
        (bounces.folder / "studsar" / part).mkdir(parents=True)
    answer = bounces.comms("doctor", now=DAY_BEFORE)
    assert (answer.code, "Brevlådan för studsar går att läsa." in answer.out) == (0, True)


@pytest.fixture
def imap() -> Iterator[dovecot.Dovecot]:
    if why := dovecot.why_not():
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="doc"))
    try:
        with dovecot.Dovecot(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.servers
def test_a_mailbox_by_imap_is_opened_and_a_wrong_password_is_a_fault_that_shows_none(
    bounces: Office, imap: dovecot.Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = f"host: 127.0.0.1, port: {imap.port}, security: none, user: {dovecot.USER}"
    add(bounces, BOX % box)
    monkeypatch.setenv("COMMS_BOUNCES__MAILBOX__PASSWORD", dovecot.PASSWORD)
    imap.deliver(b"Subject: hej\r\n\r\nhej")
    answer = bounces.comms("doctor", now=DAY_BEFORE)
    assert (answer.code, "Brevlådan för studsar går att läsa." in answer.out) == (0, True)
    assert imap.flags() == [""]
    monkeypatch.setenv("COMMS_BOUNCES__MAILBOX__PASSWORD", "fel-lösenord")
    wrong = bounces.comms("doctor", now=DAY_BEFORE)
    assert (wrong.code, "Brevlådan för studsar går inte att läsa." in wrong.out) == (4, True)
    assert "fel-lösenord" not in wrong.said


# A monitor


def test_health_is_an_exit_code_for_containers(office: Office) -> None:
    unborn = office.comms("metrics", "--health")
    assert (unborn.code, json.loads(unborn.out)) == (3, {"ok": False, "why": ["ledger"]})
    office.comms("tick")
    alive = office.comms("metrics", "--health")
    assert (alive.code, json.loads(alive.out)) == (0, {"ok": True, "why": []})


def test_figures_are_printed_for_who_has_no_server(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    answer = office.comms("metrics")
    assert answer.code == 0
    assert 'comms_deliveries{channel="mail",newsletter="brevet",state="accepted"} 5.0' in answer.out
    assert "@" not in answer.out


def free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def running(office: Office) -> Iterator[subprocess.Popen[str]]:
    """`comms run`, past its first run; told to stop at the end, and it must stop well."""
    process = office.start("run")
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        assert process.stderr
        assert any("run.done" in line for line in process.stderr)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        answer = ended(process)
        patience.cancel()
    assert answer.code == 0, answer.said


@pytest.mark.servers
def test_comms_run_gives_figures_beside_the_clock(office: Office) -> None:
    port = free_port()
    add(office, f"metrics: {{listen: '127.0.0.1:{port}'}}\nlog: {{format: json}}")
    with running(office):
        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).status_code == 200


# The log


def test_in_json_a_run_tells_each_thing_on_a_line_and_nobodys_address(office: Office) -> None:
    add(office, "log: {format: json}")
    office.approve()
    answer = office.comms("tick", now=SLOT)
    lines = [json.loads(line) for line in answer.err.splitlines()]
    events = [line["event"] for line in lines]
    assert (answer.code, answer.out) == (0, "")
    assert events.count("delivery.ended") == 5
    assert (events[-1], lines[-1]["deliveries"]) == ("run.done", {"accepted": 5})
    assert {"event": "slot.started", "slot": ISSUE}.items() <= lines[events.index("slot.started")].items()
    assert all(line["time"].endswith("Z") and line["level"] == "info" for line in lines)
    assert "kontor" not in answer.err


def test_in_json_a_ledger_that_cannot_be_opened_is_a_line_with_the_same_exit_code(office: Office) -> None:
    office.write("var/comms.db", "ingen databas")
    as_text = office.comms("tick", now=SLOT)
    add(office, "log: {format: json}")
    answer = office.comms("tick", now=SLOT)
    (line,) = [json.loads(line) for line in answer.err.splitlines()]
    assert (answer.code, line["event"], line["level"]) == (as_text.code, "run.failed", "error")
    assert as_text.code != 0


@pytest.mark.servers
def test_in_json_all_that_run_says_is_lines_and_a_port_that_is_taken_stops_no_clock(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        add(office, f"metrics: {{listen: '127.0.0.1:{taken.getsockname()[1]}'}}\nlog: {{format: json}}")
        process = office.start("run")
        assert process.stderr
        heard = []
        for line in process.stderr:
            heard.append(json.loads(line)["event"])
            if heard[-1] == "run.done":
                break
        process.send_signal(signal.SIGTERM)
        answer = ended(process)
    heard += [json.loads(line)["event"] for line in answer.err.splitlines()]
    assert (answer.code, answer.out) == (0, "")
    assert heard == ["figures.failed", "clock.started", "run.done", "clock.stopped"]


def test_a_clock_that_is_stopped_as_it_says_that_it_goes_stops_well(office: Office) -> None:
    class Said(io.StringIO):
        """Words that are heard by somebody who wants it to stop."""

        def write(self, words: str, /) -> int:
            if "Klockan går" in words:
                os.kill(os.getpid(), signal.SIGTERM)
            return super().write(words)

    too_early: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: too_early.append(number))
    said = Said()
    patience = threading.Timer(20, signal.raise_signal, [signal.SIGINT])
    patience.start()
    try:
        with redirect_stdout(said):
            code = comms_run(["run", "--workspace", str(office.folder)])
    finally:
        patience.cancel()
        signal.signal(signal.SIGTERM, before)
    assert (too_early, code) == ([], 0)
    assert "Klockan har stannat." in said.getvalue()


def test_as_text_a_run_speaks_as_before(office: Office) -> None:
    office.approve()
    answer = office.comms("tick", now=SLOT)
    assert answer.err == ""
    assert "Leveranser: mottagen 5." in answer.out
