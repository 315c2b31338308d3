"""The clock only ticks: what is due happens once, however often and by however many it is called."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from comms.errors import StoreError, say
from comms.model.ledger import SlotState
from comms.store import Store
from comms.store.lock import single_sender
from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    POST,
    ROOT,
    SLOT,
    Office,
    body,
)

_TICKER = """\
import io, json, os, sys, time
from contextlib import redirect_stdout
from comms.cli import run
for line in sys.stdin:
    folder, clock, go = line.rstrip("\\n").split("\\t")
    print("ready", flush=True)
    while not os.path.exists(go):
        time.sleep(0.0005)
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out):
        code = run(["tick", "--workspace", folder, "--now", clock])
    print(json.dumps([code, out.buffer.getvalue().decode()]), flush=True)
"""


class Clocks:
    """Several processes that tick in the same instant, as cron on a slow day and `comms run` beside it."""

    def __init__(self, count: int) -> None:
        """Start them."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _TICKER]
        self._processes = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
            )
            for _ in range(count)
        ]

    def tick(self, office: Office, clock: str) -> list[tuple[int, str]]:
        """Let all go at once in one workspace; each one's exit code and answer."""
        go = office.folder.parent / "go"
        for process in self._processes:
            self._tell(process, f"{office.folder}\t{clock}\t{go}")
        assert [self._answer(process) for process in self._processes] == ["ready"] * len(self._processes)
        go.touch()
        found = [json.loads(self._answer(process)) for process in self._processes]
        go.unlink()
        return [(code, said) for code, said in found]

    def stop(self) -> None:
        """End them by the end of their work."""
        for process in self._processes:
            process.communicate(timeout=60)

    def _tell(self, process: subprocess.Popen[str], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def _answer(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().rstrip("\n")


@pytest.fixture(scope="module")
def clocks() -> Iterator[Clocks]:
    """Three processes."""
    started = Clocks(3)
    yield started
    started.stop()


def ledger_rows(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the ledger but the runs themselves."""
    with closing(sqlite3.connect(office.folder / "var" / "comms.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: database.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - names from the database
            for name in tables
            if name != "runs"
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def subjects(office: Office) -> list[str]:
    return [str(letter["Subject"]) for letter in office.officers_mail()]


# Once


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(5))
def test_ticks_at_once_send_every_letter_once(office: Office, clocks: Clocks, attempt: int) -> None:
    del attempt
    office.write_audiences(20)
    office.approve()
    answers = clocks.tick(office, SLOT)
    assert [code for code, _ in answers] == [0, 0, 0]
    assert sum(f"Sänds: {ISSUE}" in said for _, said in answers) == 1
    assert len(office.letters()) == 20
    deliveries = office.comms("who", ISSUE, "--json").json["deliveries"]
    assert [(row["state"], row["attempts"]) for row in deliveries] == [("accepted", 1)] * 20
    assert len(ledger_rows(office)["attempts"]) == 20


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(3))
def test_ticks_at_once_in_a_workspace_without_a_ledger_hold_once_and_tell_once(
    office: Office, clocks: Clocks, attempt: int
) -> None:
    del attempt
    assert [code for code, _ in clocks.tick(office, SLOT)] == [0, 0, 0]
    assert office.slot()["state"] == "held"
    assert subjects(office) == ["Hålls kvar: Brevet, 2026-12-01 kl. 08.00"]


def test_a_tick_while_another_runs_does_nothing_and_says_so(office: Office) -> None:
    office.approve()
    before = ledger_rows(office)
    with single_sender(f"{office.folder / 'var' / 'comms.db'}.lock") as alone:
        assert alone
        answer = office.comms("tick", now=SLOT)
    assert (answer.code, answer.out) == (0, "En annan körning pågår redan. Den här gjorde ingenting.\n")
    assert ledger_rows(office) == before
    assert office.nothing_sent()


def test_a_second_tick_changes_nothing(office: Office) -> None:
    office.approve()
    office.comms("tick", now=SLOT)
    ledger, out = ledger_rows(office), files(office.folder / "out")
    for clock in (SLOT, "2026-12-01T08:02", "2026-12-01T23:59"):
        assert office.comms("tick", now=clock).out == "Leveranser: inga.\n"
    assert (ledger_rows(office), files(office.folder / "out")) == (ledger, out)


def test_a_second_tick_after_a_hold_changes_nothing(office: Office) -> None:
    office.comms("tick", now=SLOT)
    ledger, out = ledger_rows(office), files(office.folder / "out")
    office.comms("tick", now="2026-12-01T08:02")
    assert (ledger_rows(office), files(office.folder / "out")) == (ledger, out)


def test_a_tick_before_the_slot_sends_nothing_and_one_at_the_minute_does(office: Office) -> None:
    office.approve()
    office.comms("tick", now="2026-12-01T07:59:59")
    assert office.nothing_sent()
    office.comms("tick", now="2026-12-01T08:00:00")
    assert len(office.letters()) == 5


def test_an_issue_and_a_post_that_are_due_together_both_go(office: Office) -> None:
    office.change("comms.yaml", "max_lateness: 3h", "max_lateness: 4d")
    office.change("comms.yaml", "max_lateness: 12h", "max_lateness: 4d")
    office.approve()
    office.approve(POST)
    office.comms("tick", now="2026-12-03T12:01")
    assert (len(office.letters()), office.posts()) == (5, [POST])


# Nothing is passed over


def test_a_slot_that_was_passed_in_silence_is_held_and_told_at_the_next_tick(office: Office) -> None:
    office.comms("tick", now="2026-11-28T09:00")
    office.comms("tick", now="2026-12-02T20:00")
    assert office.slot()["state"] == "held"
    assert "Hålls kvar: Brevet, 2026-12-01 kl. 08.00" in subjects(office)


def test_settings_that_cannot_be_read_at_the_slot_do_not_make_it_forgotten(office: Office) -> None:
    office.comms("tick", now=DAY_BEFORE)
    office.change("comms.yaml", "kind: file", "kind: fil")
    answer = office.comms("tick", now=SLOT)
    assert (answer.code, "comms.yaml:14" in answer.err) == (4, True)
    office.change("comms.yaml", "kind: fil,", "kind: file,")
    office.comms("tick", now="2026-12-01T08:10")
    assert office.slot()["state"] == "held"


def test_a_run_that_died_before_its_hold_was_written_holds_at_the_next_and_tells_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.comms("tick", now="2026-11-28T09:00")

    def disk_full(_store: Store, _slot: str, _state: SlotState, _reason: str, _now: object) -> None:
        raise StoreError(say("Disken är full."))

    with monkeypatch.context() as dying:
        dying.setattr(Store, "set_slot_state", disk_full)
        assert office.comms("tick", now=SLOT).code == 4
    office.comms("tick", now="2026-12-01T08:02")
    assert office.slot()["state"] == "held"
    assert subjects(office).count("Hålls kvar: Brevet, 2026-12-01 kl. 08.00") == 1


def test_an_approval_that_came_after_the_slot_goes_out_at_the_next_tick(office: Office) -> None:
    office.comms("tick", now=SLOT)
    office.approve(now="2026-12-01T09:00")
    assert f"Sänds: {ISSUE}" in office.comms("tick", now="2026-12-01T09:01").out
    assert office.states() == {"accepted": 5}


def test_an_approved_issue_whose_newsletter_left_the_settings_is_held_and_told(office: Office) -> None:
    office.approve()
    office.change("comms.yaml", "  brevet:", "  nyhetsbrevet:")
    office.comms("tick", now=SLOT)
    assert office.nothing_sent()
    assert office.slot()["state"] == "held"
    told = [body(letter) for letter in office.officers_mail() if f"({ISSUE})" in body(letter)]
    assert ["comms.yaml: newsletters.brevet saknas" in text for text in told] == [True]


def test_a_mail_to_the_officer_that_cannot_be_handed_over_waits_and_ends_with_3(office: Office) -> None:
    (office.folder / "out").write_text("i vägen", encoding="utf-8")
    answer = office.comms("tick", now=SLOT)
    assert answer.code == 3
    assert "Kunde inte meddela" in answer.out
    (office.folder / "out").unlink()
    assert office.comms("tick", now="2026-12-01T08:02").code == 0
    assert subjects(office) == ["Hålls kvar: Brevet, 2026-12-01 kl. 08.00"]


def test_an_issue_whose_web_copy_cannot_be_written_waits_and_goes_when_it_can(office: Office) -> None:
    office.approve()
    office.approve(POST)
    (office.folder / "out").mkdir()
    (office.folder / "out" / "webb").write_text("i vägen", encoding="utf-8")
    answer = office.comms("tick", now=SLOT)
    assert (answer.code, f"Kan inte börja: {ISSUE}." in answer.out) == (3, True)
    assert subjects(office)[0] == "Kan inte börja: Brevet, 2026-12-01 kl. 08.00"
    assert office.nothing_sent()
    (office.folder / "out" / "webb").unlink()
    assert office.comms("tick", now="2026-12-01T08:05").code == 0
    assert office.states() == {"accepted": 5}


def test_a_channel_that_stops_keeps_its_letters_tells_the_officer_and_goes_on_later(office: Office) -> None:
    office.approve()
    sent = office.folder / "out" / "sent" / "mail"
    sent.mkdir(parents=True)
    (sent / ISSUE).write_text("i vägen", encoding="utf-8")
    assert office.comms("tick", now=SLOT).code == 3
    assert office.states() == {"planned": 5}
    assert "Kanalen mail har stannat" in subjects(office)
    (sent / ISSUE).unlink()
    assert office.comms("tick", now="2026-12-01T08:30").code == 0
    assert office.states() == {"accepted": 5}


def test_nothing_of_a_broken_item_is_ever_sent(office: Office) -> None:
    office.write_item("annat")
    office.change(ITEM, "title: En ny brygga i Eda", "titel: En ny brygga i Eda")
    office.comms("tick", now=SLOT)
    assert office.nothing_sent()
    assert f"{ITEM}:2" in office.slot()["reason"]
