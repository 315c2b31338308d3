"""`comms bounces`, and the run that reads bounces by itself: what an officer sees of mail that came back."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.render.envelope import return_path
from comms.store import Notice, open_store
from tests.fakes.bounces import DOMAIN, FULL, KEY, REFUSED, UNKNOWN, report
from tests.journey.workspaces import ISSUE, NEXT_ISSUE, SLOT, Office, ended

AFTER, LATER = "2026-12-01T09:00", "2026-12-01T10:00"
ARRIVED = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)


@pytest.fixture
def sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose issue has gone to five addresses, and whose bounces arrive in a maildir."""
    monkeypatch.setenv("COMMS_BOUNCES__KEY", KEY.value)
    for name in ("new", "cur", "tmp"):
        (office.folder / "studsar" / name).mkdir(parents=True)
    text = (office.folder / "comms.yaml").read_text(encoding="utf-8")
    office.write("comms.yaml", f"{text}\nbounces: {{domain: {DOMAIN}, mailbox: {{maildir: studsar}}}}\n")
    office.approve()
    assert office.comms("tick", now=SLOT).code == 0
    return office


def come_back(office: Office, number: int, words: str = UNKNOWN) -> None:
    """The copy to an office comes back."""
    to = f"kontor{number}@eda.example"
    store = open_store(f"sqlite:///{office.database}")
    (key,) = [row.key for row in store.deliveries(ISSUE) if row.recipient == to]
    store.close()
    put(office, report(return_path(key, domain=DOMAIN, key=KEY.value.encode()), to, words))


def notices(office: Office) -> list[Notice]:
    """What the officer will be told."""
    store = open_store(f"sqlite:///{office.database}")
    found = store.open_notices()
    store.close()
    return [one for one in found if "Når inte" in one.subject]


def put(office: Office, content: bytes) -> Path:
    """Lay a letter in the mailbox."""
    folder = office.folder / "studsar" / "new"
    file = folder / f"{len(list(folder.iterdir()))}"
    file.write_bytes(content)
    os.utime(file, (ARRIVED.timestamp(), ARRIVED.timestamp()))
    return file


def test_a_run_reads_what_came_back_and_tells_the_officer_whom_it_lost(sent: Office) -> None:
    come_back(sent, 1)
    assert sent.comms("tick", now=AFTER).code == 0
    (letter,) = [one for one in sent.officers_mail() if "Når inte" in one["Subject"]]
    assert letter["Subject"] == "Når inte längre kontor1@eda.example"
    assert "kontor1@eda.example (Eda) får inga fler brev." in letter.get_content()
    sent.write_item("nyast", since="2026-12-10")
    assert sent.entry(NEXT_ISSUE, now=AFTER)["recipients"] == 4


def test_a_reading_that_is_killed_is_done_again_and_nothing_is_half_done(sent: Office) -> None:
    come_back(sent, 1)
    come_back(sent, 2)
    killed = ended(sent.start("bounces", "read", now=AFTER, COMMS_CRASH_AT="returned.uncommitted:2"))
    assert killed.code == -signal.SIGKILL
    assert len(sent.comms("bounces", "list", "--json", now=AFTER).json) == len(notices(sent)) == 1
    again = sent.comms("bounces", "read", "--json", now=AFTER).json
    assert (again["dead"], again["known"]) == (1, 1)
    assert len(notices(sent)) == 2


def test_reading_says_what_came_of_each_letter(sent: Office) -> None:
    come_back(sent, 1)
    come_back(sent, 1)
    come_back(sent, 2, FULL)
    come_back(sent, 3, REFUSED)
    put(sent, b"Subject: Hej\n\nVad?\n")
    put(sent, report(f"b-{'a' * 20}-{'b' * 10}@{DOMAIN}", "kontor4@eda.example"))
    answer = sent.comms("bounces", "read", now=AFTER)
    assert (answer.code, answer.err) == (0, "")
    (notice,) = notices(sent)
    assert "kontor1@eda.example (Eda) får inga fler brev." in notice.body
    assert answer.out.splitlines() == [
        "Lästa brev: 6",
        "  1  adresser som inte finns: får inga fler brev",
        "  1  brevlådor som inte tog emot nu: noterade",
        "  1  avvisade för vår skull: noterade",
        "  1  lästa förut",
        "  1  förfalskade, eller inte från en e-postserver: ändrar inget",
        "  1  går inte att förstå: ligger i karantän",
    ]
    again = sent.comms("bounces", "read", "--json", now=LATER).json
    assert (again["letters"], again["dead"], again["why"], again["stopped"]) == (0, 0, "", [])


def test_the_list_says_who_why_and_what_was_done(sent: Office) -> None:
    assert sent.comms("bounces", "list", now=AFTER).out == "Ingenting har kommit tillbaka.\n"
    come_back(sent, 1)
    come_back(sent, 2, FULL)
    sent.comms("bounces", "read", now=AFTER)
    assert sent.comms("bounces", "list", now=AFTER).out.splitlines() == [
        f"  2026-12-01  kontor1@eda.example  adressen finns inte      spärrad   {ISSUE}  {UNKNOWN}",
        f"  2026-12-01  kontor2@eda.example  brevlådan tog inte emot  får brev  {ISSUE}  {FULL}",
        "adressen finns inte: 1",
        "brevlådan tog inte emot: 1",
    ]
    rows = sent.comms("bounces", "list", "--json", now=AFTER).json
    assert rows[0] == {
        "happened_at": "2026-12-01T07:30:00+00:00",
        "who": "kontor1@eda.example",
        "municipality": "eda",
        "kind": "bounce-hard",
        "reason": "user-unknown",
        "words": UNKNOWN,
        "issue": ISSUE,
        "suppressed": True,
    }
    assert sent.comms("bounces", "list", "--from", "2026-12-02", "--json", now=LATER).json == []


def test_an_address_that_is_mended_gets_letters_again(sent: Office) -> None:
    come_back(sent, 1)
    sent.comms("bounces", "read", now=AFTER)
    lifted = sent.comms("suppress", "--lift", "kontor1@eda.example", "--reason", "Lagad.", "--yes", now=LATER)
    assert lifted.out.startswith(
        "Spärrad sedan 2026-12-01, alla nyhetsbrev (breven kom inte fram): Adressen finns inte (550 5.1.1)."
    )
    come_back(sent, 1)
    assert sent.comms("bounces", "read", "--json", now=LATER).json["known"] == 1
    sent.write_item("nyast", since="2026-12-10")
    assert sent.entry(NEXT_ISSUE, now=LATER)["recipients"] == 5


def test_quarantine_is_shown_and_thrown_away(sent: Office) -> None:
    assert sent.comms("bounces", "quarantine").out == "Karantänen är tom.\n"
    put(sent, b"From: Skrap <x@skrap.example>\nSubject: Vad \x1b[2J?\n\nJa, vad?\n")
    sent.comms("bounces", "read", now=AFTER)
    shown = sent.comms("bounces", "quarantine")
    assert "Skrap <x@skrap.example>" in shown.out
    assert "\x1b" not in shown.out
    assert shown.out.splitlines()[-1] == f"1 brev i {sent.folder / 'var' / 'quarantine'}"
    (row,) = sent.comms("bounces", "quarantine", "--json").json
    assert Path(row["file"]).name in shown.out
    assert Path(row["file"]).stat().st_mode & 0o777 == 0o600
    assert sent.comms("bounces", "quarantine", "--drop").out == "Slängda: 1\n"
    assert sent.comms("bounces", "quarantine", "--json").json == []


def test_without_a_mailbox_the_command_says_what_to_write(office: Office) -> None:
    answer = office.comms("bounces", "read", now=AFTER)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith("comms.yaml har ingen brevlåda för studsar. Skriv: bounces:")


def test_a_mailbox_that_cannot_be_read_stops_no_run(sent: Office) -> None:
    (sent.folder / "studsar" / "cur").rmdir()
    answer = sent.comms("bounces", "read", now=AFTER)
    assert answer.code == 3
    assert "är ingen maildir" in answer.err
    assert sent.comms("tick", now=AFTER).code == 0
    assert "Studsarna läses inte" in [letter["Subject"] for letter in sent.officers_mail()]
