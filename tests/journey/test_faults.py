"""When the ground gives way: disks that fill and fail, clocks that lie, runs that die, and too many of them.

A relay on loopback counts: after each fault everybody has the letter once, or is named as uncertain.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from comms.store import sqlite
from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    POST,
    SLOT,
    Answer,
    Office,
    Watched,
    addresses,
    assert_nobody_lost_or_doubled,
    ended,
)

LATER = "2026-12-01T08:05"
POST_SLOT = "2026-12-03T12:01"
BUSY = "En annan körning pågår redan. Den här gjorde ingenting.\n"

servers = pytest.mark.servers
slow = pytest.mark.slow


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback that counts."""
    with Watched() as listening:
        yield listening


# The disk


@pytest.fixture
def small_disk(office: Office) -> Iterator[Path]:
    """The ledger's folder on a disk of its own, of 12 MB."""
    folder = office.folder / "var"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk: run the tests as root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path) -> None:
    with (disk / "fyllnad").open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(b"x" * 4096)
        except OSError:
            return


def a_disk_that_is_full_at_the_twentieth_letter(office: Office, relay: Watched, disk: Path) -> Answer:
    office.write_audiences(60)
    office.sends_through(relay)
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=DAY_BEFORE)
    relay.at_dot = lambda dot: fill(disk) if dot == 20 else None
    return office.comms("tick", now=SLOT)


@servers
@slow
def test_a_disk_that_fills_up_in_the_middle_stops_the_issue_and_no_letter_is_without_its_intent(
    office: Office, relay: Watched, small_disk: Path
) -> None:
    answer = a_disk_that_is_full_at_the_twentieth_letter(office, relay, small_disk)
    assert answer == Answer(
        4,
        "",
        f"Disken är full, så databasen {office.database} kunde inte sparas. "
        "Frigör utrymme och försök igen.\n",
    )
    assert 15 < len(relay.got) < 60
    assert set(relay.got) <= office.in_state("accepted", "sending")


@servers
@slow
def test_a_no_can_be_written_on_the_full_disk_and_is_kept_when_there_is_room_again(
    office: Office, relay: Watched, small_disk: Path
) -> None:
    a_disk_that_is_full_at_the_twentieth_letter(office, relay, small_disk)
    answer = office.comms("suppress", "kontor60@eda.example", "--reason", "Bad om det.", now=SLOT)
    assert answer.code == 0
    assert answer.out == "kontor60@eda.example är spärrad. Det gäller också utskick som pågår.\n"
    assert not (small_disk / "comms.db.reserve").exists()
    (small_disk / "fyllnad").unlink()
    office.comms("tick", now=LATER)
    assert office.in_state("skipped") == {"kontor60@eda.example"}
    assert "kontor60@eda.example" not in relay.got
    assert (small_disk / "comms.db.reserve").exists()


@servers
@slow
def test_when_there_is_room_again_the_next_tick_completes_the_issue(
    office: Office, relay: Watched, small_disk: Path
) -> None:
    a_disk_that_is_full_at_the_twentieth_letter(office, relay, small_disk)
    (small_disk / "fyllnad").unlink()
    answer = office.comms("tick", now=LATER)
    unknown = office.in_state("unknown")
    assert answer.code == (3 if unknown else 0), answer.said
    for address in unknown:
        assert f"Avbruten förut: {ISSUE} till {address}: oviss.\n" in answer.out
    assert len(unknown) <= 4
    assert_nobody_lost_or_doubled(office, relay, 60)


def strace(at: int) -> tuple[str, ...]:
    """What makes every fsync from number `at` on fail as a disk that has died does; skips without strace."""
    calls = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "signal=none", "-e", "trace=fdatasync,fsync")
    command = (*calls, "-e", f"inject=fdatasync,fsync:error=EIO:when={at}+")
    able = shutil.which("strace") and subprocess.run([*command, "true"], check=False, capture_output=True)
    if not able or able.returncode != 0:
        pytest.skip("strace cannot trace here: apt-get install strace, and allow ptrace")
    return command


@servers
@slow
@pytest.mark.parametrize("at", [1, 2, 8, 13, 16, 19])
def test_a_disk_that_does_not_keep_what_is_written_stops_the_sending_at_once(
    office: Office, relay: Watched, at: int
) -> None:
    office.write_audiences(12)
    office.sends_through(relay)
    office.approve(now=DAY_BEFORE)
    answer = ended(office.start("tick", now=SLOT, before=strace(at)))
    assert answer.code == 4, answer.said
    assert answer.err == (
        f"Disken svarade med ett fel för databasen {office.database}. "
        "Kontrollera disken innan du fortsätter.\n"
    )
    rerun = office.comms("tick", now=LATER)
    assert rerun.code == (3 if office.in_state("unknown") else 0), rerun.said
    assert len(office.in_state("unknown")) <= 4
    assert_nobody_lost_or_doubled(office, relay, 12)


def test_a_database_that_somebody_holds_is_said_to_be_busy_and_the_next_tick_works(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient: tuple[str, ...] = vars(sqlite)["_PRAGMAS"]
    hasty = tuple(pragma.replace("30000", "200") for pragma in patient)
    assert hasty != patient
    monkeypatch.setattr(sqlite, "_PRAGMAS", hasty)
    office.approve(now=DAY_BEFORE)
    with closing(sqlite3.connect(office.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = office.comms("tick", now=SLOT)
        assert office.comms("suppress", "kontor1@eda.example", "--reason", "Nej.", now=SLOT).code == 4
    assert answer == Answer(
        4,
        "",
        f"Databasen {office.database} är upptagen av ett annat program. Vänta en stund och försök igen.\n",
    )
    assert office.nothing_sent()
    assert office.comms("tick", now=LATER).code == 0
    assert len(office.letters()) == 5


def test_a_backup_that_cannot_be_made_is_told_and_keeps_no_letter_waiting(office: Office) -> None:
    office.approve(now=DAY_BEFORE)
    backups = office.folder / "var" / "backups"
    backups.write_text("en fil där mappen skulle vara", encoding="utf-8")
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    assert (
        f"Dagens säkerhetskopia av databasen {office.database} gick inte att göra: File exists. "
        f"Kontrollera disken och mappen {backups}.\nLeveranser: mottagen 5.\n"
    ) in answer.out
    assert [str(letter["Subject"]) for letter in office.officers_mail()] == [
        "Ingen säkerhetskopia 2026-12-01"
    ]
    assert len(office.letters()) == 5
    backups.unlink()
    assert office.comms("tick", now=LATER) == Answer(0, "Leveranser: inga.\n", "")


def test_a_journal_that_cannot_be_written_stops_no_letter(office: Office) -> None:
    office.approve(now=DAY_BEFORE)
    (office.folder / "var" / "journal").write_text("en fil där mappen skulle vara", encoding="utf-8")
    answer = office.comms("tick", now=SLOT)
    assert (answer.code, office.states()) == (0, {"accepted": 5})
    assert len(office.letters()) == 5


# The clock


def test_a_clock_that_went_back_stops_the_sending_until_it_has_caught_up(office: Office) -> None:
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now="2026-12-01T09:30")
    answer = office.comms("tick", now="2026-12-01T08:30")
    assert answer == Answer(
        3,
        "Inget sänds: klockan är 2026-12-01 07:30, men senaste körningen var 2026-12-01 08:30 (UTC). "
        "Ställ klockan rätt, eller vänta tills den har hunnit ikapp.\n",
        "",
    )
    assert office.comms("tick", now="2026-12-01T09:31") == Answer(0, "Leveranser: inga.\n", "")
    assert len(office.letters()) == 5


def test_a_clock_that_was_set_forward_sends_nothing_until_somebody_says_that_it_is_right(
    office: Office,
) -> None:
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    office.approve(POST, now="2026-12-01T09:00")
    mark = office.database.with_name("comms.db.mark")
    known = json.loads(mark.read_bytes())
    known["wall"] = (datetime.fromisoformat(known["wall"]) - timedelta(hours=5)).isoformat()
    mark.write_text(json.dumps(known), encoding="utf-8")
    answer = office.comms("tick", now=POST_SLOT)
    assert answer == Answer(
        3,
        "Inget sänds: klockan har ställts fram 5.0 timmar sedan sist. Stämmer den nu, kör: comms adopt\n",
        "",
    )
    assert office.posts() == []
    office.comms("adopt", "--yes", now=POST_SLOT)
    assert office.comms("tick", now="2026-12-03T12:02").code == 0
    assert (office.posts(), len(office.letters())) == ([POST], 5)


# Crashes, and company


def at(number: int, act: Callable[[], None]) -> Callable[[int], None]:
    """A story that has one event."""
    return lambda dot: act() if dot == number else None


@servers
@slow
def test_what_a_killed_run_left_is_held_when_it_has_become_too_late_and_sent_on_a_persons_word(
    office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write_audiences(30)
    office.sends_through(relay)
    seen = office.approve(now=DAY_BEFORE)
    run = office.start("tick", now=SLOT)
    relay.at_dot = at(10, run.kill)
    assert ended(run).code == -signal.SIGKILL
    thirteen_hours_later = "2026-12-01T21:30"
    answer = office.comms("tick", now=thirteen_hours_later)
    left = len(office.in_state("held"))
    assert answer.code == 3
    assert f"För sent för mail: {left} leveranser hålls kvar.\nLeveranser: inga.\n" in answer.out
    assert f"För sent: {left} leveranser hålls kvar" in relay.told
    assert 0 < len(office.in_state("unknown")) <= 4
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = office.comms("send", ISSUE, "--rest", "--plan", seen, now="2026-12-01T21:35")
    assert asked == Answer(0, f"Sända {ISSUE} till {left} som inte har fått det? [j/N] ", "")
    held, before = office.in_state("held"), Counter(relay.got)
    sent = office.comms("send", ISSUE, "--rest", "--plan", seen, "--yes", now="2026-12-01T21:36")
    assert f"Leveranser: mottagen {left}.\n" in sent.out
    assert relay.got - before == Counter(held)
    assert_nobody_lost_or_doubled(office, relay, 30)


@servers
@slow
def test_a_run_that_is_told_to_stop_finishes_the_letters_in_hand_and_the_next_completes(
    office: Office, relay: Watched
) -> None:
    office.write_audiences(30)
    office.sends_through(relay)
    office.approve(now=DAY_BEFORE)
    run = office.start("tick", now=SLOT)
    relay.at_dot = at(10, run.terminate)
    answer = ended(run)
    handed_over = len(relay.got)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith(
        f"Leveranser: mottagen {handed_over}.\nStoppad. Det som väntar ligger kvar till nästa körning.\n"
    )
    assert office.states() == {"accepted": handed_over, "planned": 30 - handed_over}
    after = office.comms("tick", now=LATER)
    assert after == Answer(0, f"Leveranser: mottagen {30 - handed_over}.\n", "")
    assert relay.got == addresses(30)


@servers
@slow
def test_four_ticks_at_once_send_once_and_three_say_that_they_did_nothing(
    office: Office, relay: Watched
) -> None:
    office.write_audiences(30)
    office.sends_through(relay)
    office.approve(now=DAY_BEFORE)
    ticks = [office.start("tick", now=SLOT) for _ in range(4)]
    answers = [ended(tick) for tick in ticks]
    assert [answer.code for answer in answers] == [0, 0, 0, 0]
    assert sum(answer.out.endswith("Leveranser: mottagen 30.\n") for answer in answers) == 1
    others = [answer.out for answer in answers if not answer.out.endswith("Leveranser: mottagen 30.\n")]
    assert set(others) <= {BUSY, "Leveranser: inga.\n"}
    assert relay.got == addresses(30)


@servers
@slow
def test_two_clocks_that_run_at_once_send_once(office: Office, relay: Watched) -> None:
    due = datetime.now(ZoneInfo("Europe/Stockholm")) - timedelta(minutes=20)
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[due.weekday()]
    office.change("comms.yaml", "schedule: first tuesday 08:00", f"schedule: {weekday} {due:%H:%M}")
    for written in ("2026-11-20", "2026-11-27"):
        office.change(ITEM, written, f"{due - timedelta(days=3):%Y-%m-%d}")
    office.sends_through(relay)
    issue = f"brevet-{due:%Y-%m-%d}"
    before = f"{due - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    office.approve(issue, now=before)
    clocks = [office.start("run") for _ in range(2)]
    for clock in clocks:  # before they have begun they do not understand a polite word
        assert clock.stdout is not None
        assert clock.stdout.readline() == "Klockan går. Avbryt med Ctrl-C.\n"
    while office.slot(issue, now="")["state"] != "done":
        assert [clock.poll() for clock in clocks] == [None, None]
        time.sleep(0.1)
    for clock in clocks:
        clock.terminate()
    for answer in map(ended, clocks):
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.endswith("Klockan har stannat. Det som väntar ligger kvar.\n")
    assert relay.got == addresses(5)
