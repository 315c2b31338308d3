"""A ledger that is broken, old, copied, half-way or newer: nothing goes out by itself, and then nobody twice.

What is put back has forgotten letters. The run's own journal, beside it, has not.
"""

from __future__ import annotations

import io
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from comms.store import fencing, mark
from comms.store.database import VERSION
from tests.fakes.old_ledger import make_old
from tests.fakes.smtp import STORE_AND_DROP
from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    POST,
    SLOT,
    Answer,
    Office,
    Watched,
    assert_nobody_lost_or_doubled,
    ended,
)

LATER = "2026-12-01T08:05"
POST_SLOT = "2026-12-03T12:01"
HELD = "Databasen är återställd eller kopierad: det kan redan ha gått ut."
ADOPT = "Se vad som hålls kvar: comms status. Ta över databasen: comms adopt\n"

servers = pytest.mark.servers
slow = pytest.mark.slow


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback that counts."""
    with Watched() as listening:
        yield listening


def damage(database: Path) -> None:
    """Turn bits where the pages of deliveries, and of their index, say where their rows are."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'deliveries'")
        starts = [(page - 1) * 4096 for (page,) in pages if page]
    content = bytearray(database.read_bytes())
    for start in starts:
        for place in range(start + 3, start + 64):
            content[place] ^= 0xFF
    database.write_bytes(content)


def put_back(office: Office, copy: Path) -> None:
    """What a person does with a copy: in its place, without the old file's log."""
    for beside in ("-wal", "-shm"):
        office.database.with_name(f"comms.db{beside}").unlink(missing_ok=True)
    shutil.copy(copy, office.database)


@servers
@slow
def test_a_damaged_ledger_is_refused_and_its_backup_goes_on_where_the_journal_says(
    office: Office, relay: Watched
) -> None:
    office.write_audiences(30)
    office.sends_through(relay)
    seen = office.approve(now=DAY_BEFORE)
    crashed = ended(office.start("tick", now=SLOT, COMMS_CRASH_AT="settle.committed:6"))
    assert crashed.code == -signal.SIGKILL
    damage(office.database)
    content = office.database.read_bytes()
    backup = office.folder / "var" / "backups" / "comms.db.2026-12-01"

    answer = office.comms("tick", now=LATER)
    assert answer == Answer(
        4,
        "",
        f"Filen {office.database} är skadad eller är ingen databas. Behåll den och lägg tillbaka en "
        f"säkerhetskopia. Den senaste är {backup}.\n",
    )
    assert office.database.read_bytes() == content

    put_back(office, backup)
    assert office.comms("tick", now="2026-12-01T08:10").code == 3
    office.comms("adopt", "--yes", now="2026-12-01T08:11")
    office.comms("reconcile", ISSUE, "--journal", now="2026-12-01T08:12")
    rest = office.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now="2026-12-01T08:13")
    assert rest.code == (3 if office.in_state("unknown") else 0), rest.said
    assert len(office.in_state("unknown")) <= 4
    assert_nobody_lost_or_doubled(office, relay, 30)


def test_the_doctor_finds_a_damaged_ledger_that_nothing_has_stumbled_on(office: Office) -> None:
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    damage(office.database)
    answer = office.comms("doctor", now=LATER)
    assert answer.code == 4
    assert f"✗ Filen {office.database} är skadad eller är ingen databas." in answer.out


def restored_from_before_the_issue(office: Office, relay: Watched) -> str:
    """An issue went out; then the ledger is put back as it was the day before."""
    office.sends_through(relay)
    seen = office.approve(now=DAY_BEFORE)
    copy = office.folder / "kopia.db"
    shutil.copy(office.database, copy)
    assert office.comms("tick", now=SLOT).code == 0
    put_back(office, copy)
    return seen


@servers
def test_a_restored_ledger_sends_nothing_says_so_and_shows_what_is_held(
    office: Office, relay: Watched
) -> None:
    seen = restored_from_before_the_issue(office, relay)
    with closing(sqlite3.connect(office.database)) as connection:
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    answer = office.comms("tick", now=LATER)
    assert answer.code == 3
    assert answer.out.startswith("Inget sänds. Databasen är äldre än det som har sänts härifrån. ")
    assert answer.out.endswith(ADOPT)
    assert office.comms("send", ISSUE, "--plan", seen, now=LATER).out == answer.out
    status = office.comms("status", now=LATER).out
    assert status.startswith(answer.out)
    assert HELD in status
    found = office.comms("doctor", now=LATER)
    assert (found.code, f"✗ {answer.out}" in found.out) == (4, True)
    assert set(relay.got.values()) == {1}


@servers
def test_an_officer_who_adopts_a_restored_ledger_and_sends_again_doubles_nobody(
    office: Office, relay: Watched
) -> None:
    seen = restored_from_before_the_issue(office, relay)
    office.comms("tick", now=LATER)
    adopted = office.comms("adopt", "--yes", now="2026-12-01T08:06")
    assert adopted.code == 0
    assert adopted.out.endswith(
        "Databasen är er nu, och det som planeras härefter sänds.\n"
        f"  {ISSUE}: hålls kvar, och har inte börjat här\n"
        "Sänd det som inte har börjat: comms send ID --plan FINGERAVTRYCK. "
        "Den som har fått det enligt journalen får det inte igen.\n"
    )
    assert office.comms("tick", now="2026-12-01T08:07").out == "Leveranser: inga.\n"
    sent = office.comms("send", ISSUE, "--plan", seen, now="2026-12-01T08:08")
    assert sent.code == 0
    assert sent.out == (f"Sänds: {ISSUE}\nRedan mottagna enligt journalen: 5 i {ISSUE}.\nLeveranser: inga.\n")
    assert_nobody_lost_or_doubled(office, relay, 5)


@servers
def test_an_issue_that_the_restored_ledger_has_never_heard_of_is_not_sent_twice_when_approved_again(
    office: Office, relay: Watched
) -> None:
    office.sends_through(relay)
    office.comms("tick", now="2026-11-29T09:00")
    copy = office.folder / "kopia.db"
    shutil.copy(office.database, copy)
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    put_back(office, copy)
    office.comms("tick", now=LATER)
    office.comms("adopt", "--yes", now="2026-12-01T08:06")
    office.comms("tick", now="2026-12-01T08:07")
    assert office.slot()["reason"] == "Inte godkänd."
    office.approve(now="2026-12-01T08:08")
    answer = office.comms("tick", now="2026-12-01T08:09")
    assert f"Redan mottagna enligt journalen: 5 i {ISSUE}.\n" in answer.out
    assert_nobody_lost_or_doubled(office, relay, 5)


def copy_of(database: Path, target: Path) -> None:
    with closing(sqlite3.connect(database)) as source:
        source.execute("VACUUM INTO ?", (str(target),))


@servers
def test_a_ledger_restored_from_the_middle_of_an_issue_is_settled_by_the_journal_and_sent_to_the_rest(
    office: Office, relay: Watched
) -> None:
    office.write_audiences(12)
    office.sends_through(relay, "connections: 1, ")
    seen = office.approve(now=DAY_BEFORE)
    copy = office.folder / "kopia.db"
    relay.at_dot = lambda dot: copy_of(office.database, copy) if dot == 4 else None
    relay.script["rcpt"] = ["250 2.1.5 Ok"] * 11 + ["550 5.1.1 Okand"]
    relay.script["dot"] = [""] * 8 + [STORE_AND_DROP]
    office.comms("tick", now=SLOT)
    got = Counter(relay.got)
    assert office.states() == {"accepted": 10, "rejected": 1, "unknown": 1}

    put_back(office, copy)
    assert office.comms("tick", now=LATER).code == 3
    assert office.states() == {"accepted": 2, "held": 9, "unknown": 1}
    adopted = office.comms("adopt", "--yes", now="2026-12-01T08:06")
    assert f"  {ISSUE}: 9 hålls kvar\n" in adopted.out
    assert "comms reconcile --journal" in adopted.out

    told = office.comms("reconcile", ISSUE, "--journal", now="2026-12-01T08:07")
    assert told.code == 3
    assert f"{ISSUE} till kontor3@eda.example: mottagen (journal: {ISSUE})\n" in told.out
    assert f"{ISSUE} till kontor11@eda.example: avvisad (journal: {ISSUE})\n" in told.out
    assert told.out.endswith(
        f"{ISSUE} till kontor8@eda.example: oviss. Enligt körningens journal var det på väg; "
        "den säger inte hur det gick.\n"
    )
    assert office.states() == {"accepted": 10, "rejected": 1, "unknown": 1}
    rest = office.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now="2026-12-01T08:08")
    assert "Leveranser: mottagen 1.\n" in rest.out
    assert relay.got == got + Counter(["kontor11@eda.example"])


@servers
def test_an_officer_who_sends_to_the_rest_without_asking_the_journal_doubles_nobody(
    office: Office, relay: Watched
) -> None:
    office.write_audiences(12)
    office.sends_through(relay, "connections: 1, ")
    seen = office.approve(now=DAY_BEFORE)
    copy = office.folder / "kopia.db"
    relay.at_dot = lambda dot: copy_of(office.database, copy) if dot == 4 else None
    relay.script["rcpt"] = ["250 2.1.5 Ok"] * 11 + ["550 5.1.1 Okand"]
    office.comms("tick", now=SLOT)
    put_back(office, copy)
    office.comms("adopt", "--yes", now=LATER)
    sent = office.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now="2026-12-01T08:06")
    assert sent.out == "Leveranser: mottagen 1.\n"
    assert_nobody_lost_or_doubled(office, relay, 12)


@servers
def test_whom_no_journal_remembers_after_a_restore_is_said_before_the_rest_is_sent(
    office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.sends_through(relay, "connections: 1, ")
    seen = office.approve(now=DAY_BEFORE)
    copy = office.folder / "kopia.db"
    relay.at_dot = lambda dot: copy_of(office.database, copy) if dot == 2 else None
    office.comms("tick", now=SLOT)
    put_back(office, copy)
    shutil.rmtree(office.folder / "var" / "journal")
    office.comms("adopt", "--yes", now=LATER)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = office.comms("send", ISSUE, "--rest", "--plan", seen, now="2026-12-01T08:06")
    assert asked.out == (
        f"Sända {ISSUE} till 4? 4 av dem kan redan ha fått det: databasen är återställd, "
        "och journalen vet inget om dem. [j/N] "
    )
    assert set(relay.got.values()) == {1}


def test_a_ledger_that_was_copied_to_another_machine_sends_nothing_until_it_is_adopted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    office.approve(POST, now="2026-12-01T09:00")
    for reader in (fencing, mark):
        monkeypatch.setattr(reader, "machine", lambda: "en-annan-dator")
    answer = office.comms("tick", now=POST_SLOT)
    assert answer == Answer(3, f"Inget sänds. Databasen är kopierad från en annan dator. {ADOPT}", "")
    assert office.posts() == []
    assert office.slot(POST)["reason"] == HELD
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = office.comms("adopt", now=POST_SLOT)
    question = "Ta över databasen? Det som hålls kvar sänds inte av sig självt. [j/N] "
    assert asked == Answer(0, f"Databasen är kopierad från en annan dator.\n{question}", "")
    assert office.comms("tick", now=POST_SLOT).code == 3
    office.comms("adopt", "--yes", now=POST_SLOT)
    assert office.comms("tick", now="2026-12-03T12:02") == Answer(0, "Leveranser: inga.\n", "")
    assert (office.posts(), len(office.letters())) == ([], 5)


def version(office: Office) -> str:
    with closing(sqlite3.connect(office.database)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@slow
def test_a_migration_that_was_killed_half_way_is_completed_by_the_next_command(office: Office) -> None:
    office.database.parent.mkdir()
    make_old(f"sqlite:///{office.database}")
    killed = ended(office.start("status", now=SLOT, COMMS_CRASH_AT="migrate.done"))
    assert killed.code == -signal.SIGKILL
    assert version(office) == "0001"
    answer = office.comms("suppress", "kontor5@eda.example", "--reason", "Nej.", now=SLOT)
    assert answer.out == "kontor5@eda.example är spärrad. Det gäller också utskick som pågår.\n"
    assert version(office) == VERSION
    assert (office.folder / "var" / "backups" / f"comms.db.before-{VERSION}").exists()
    assert office.comms("who", "running", "--json").json["states"]["accepted"] == 1


def test_a_ledger_of_a_newer_program_is_refused_with_both_versions(office: Office) -> None:
    office.approve(now=DAY_BEFORE)
    with closing(sqlite3.connect(office.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0909'")
    for command in ("tick", "status"):
        assert office.comms(command, now=SLOT) == Answer(
            4,
            "",
            f"Databasen {office.database} har version 0909, men det här programmet kan högst {VERSION}. "
            "Uppdatera comms innan du fortsätter.\n",
        )
    assert office.nothing_sent()
