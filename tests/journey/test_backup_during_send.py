"""A backup is made while an issue goes out; the machine dies; elsewhere exactly the rest is sent.

What the backup has forgotten the relay's log knows.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from comms.cli import run
from tests.journey.workspaces import DAY_BEFORE, ISSUE, OFFICER, SLOT, Office, addresses, ended
from tests.torture.sink import Sink

pytestmark = [pytest.mark.servers, pytest.mark.slow]

OFFICES = 300
LATER = "2026-12-01T08:30"


def log_of(sink: Sink, path: Path) -> Path:
    """What Postfix would have written of the letters that the sink took."""
    stamp = "2026-12-01T08:01:02.000000+01:00 relay postfix"
    rows = []
    for number, letter in enumerate(sink.kept):
        rows += [
            f"{stamp}/cleanup[4711]: 4ZyX{number}wVu: message-id={letter.message_id}",
            f"{stamp}/qmgr[4712]: 4ZyX{number}wVu: from=<brev@leader.example>, nrcpt=1 (queue active)",
        ]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def got(sink: Sink) -> Counter[str]:
    """How many letters each office got."""
    return Counter(letter.recipient for letter in sink.kept if letter.recipient != OFFICER)


def test_what_a_backup_from_the_middle_of_an_issue_has_forgotten_is_sent_to_nobody_twice(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sink(seed=7, pace=0.03) as sink:
        office.write_audiences(OFFICES)
        smtp = f"mail: {{kind: smtp, host: 127.0.0.1, port: {sink.port}, security: none, "
        office.change("comms.yaml", "mail: {kind: file, ", f"{smtp}connections: 3, ")
        seen = office.approve(now=DAY_BEFORE)
        sender = office.start("tick", now=SLOT)
        sink.wait_for(60, 30)
        file = tmp_path / "kopia.zip"
        made = office.comms("backup", "--out", str(file), "--json", now="2026-12-01T08:02")
        assert made.code == 0, made.said
        sink.wait_for(len(sink.kept) + 60, 30)
        sender.kill()
        assert ended(sender).code == -signal.SIGKILL
        sink.calm()
        before = got(sink)
        assert 100 < before.total() < OFFICES

        new = Office(tmp_path / "ny")
        assert run(["restore", str(file), "--into", str(new.folder), "--json", "--now", LATER]) == 0
        restored = json.loads(capsys.readouterr().out)
        (slot,) = made.json["open"]
        assert slot["id"] == ISSUE
        waited = Counter(slot["deliveries"])
        assert restored["held"] == [
            {
                "id": ISSUE,
                "held": waited["planned"] + waited["claimed"],
                "unknown": waited["sending"],
            }
        ]

        for command in (
            ("tick",),
            ("send", ISSUE, "--plan", seen),
            ("send", ISSUE, "--rest", "--plan", seen, "--yes"),
        ):
            assert new.comms(*command, now=LATER).out.startswith("Inget sänds. Databasen är återställd från")
        assert got(sink) == before
        assert new.in_state("held", "unknown") == set(addresses(OFFICES)) - new.in_state("accepted")

        adopted = new.comms("adopt", "--yes", now=LATER)
        assert f"  {ISSUE}: {waited['planned'] + waited['claimed']} hålls kvar\n" in adopted.out
        log = log_of(sink, tmp_path / "mail.log")
        new.comms("reconcile", ISSUE, "--postfix-log", str(log), "--complete", "--yes", now=LATER)
        assert new.in_state("accepted") == set(before)
        rest = new.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now="2026-12-01T08:31")
        assert rest.code == 0, rest.said
        assert got(sink) == addresses(OFFICES)
    assert new.states() == {"accepted": OFFICES}
