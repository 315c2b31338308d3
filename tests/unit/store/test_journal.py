"""The run's journal: a line for each intent and each answer, to be read when the database is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from comms.model.ledger import Delivery, DeliveryState, End
from comms.store import Store, answered, open_store
from comms.store.journal import Journal, journal_path
from tests.fakes.examples import ISSUE, NOW, run_of
from tests.fakes.ledger import accepted, claimed, ended, sending

S = DeliveryState
SECOND = timedelta(seconds=1)

ROW = Delivery(
    id=1,
    slot_id=ISSUE,
    channel="mejl",
    recipient="kansli@arvika.example",
    recipient_name="Kansliet",
    edition_id=1,
    attempt=2,
    owner="a",
    key="nyckel",
    reason="",
    first_attempt_at=NOW,
    updated_at=NOW,
    receipt="Q1",
    not_before=None,
    lease_until=None,
    state=S.ACCEPTED,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield opened
    opened.close()


def lines(folder: Path, slot_id: str = ISSUE) -> list[list[str]]:
    path = journal_path(folder, slot_id)
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_tells_time_state_attempt_key_recipient_and_words(journal: Journal, tmp_path: Path) -> None:
    journal.write([ROW, replace(ROW, receipt="", reason="Ingen sådan adress.", state=S.REJECTED)], NOW)
    assert lines(tmp_path) == [
        ["2026-12-01T08:00:00+00:00", "accepted", "2", "nyckel", "kansli@arvika.example", "Q1"],
        [
            "2026-12-01T08:00:00+00:00",
            "rejected",
            "2",
            "nyckel",
            "kansli@arvika.example",
            "Ingen sådan adress.",
        ],
    ]


@pytest.mark.parametrize("words", ["två\nrader", "en\ttab", "\r\n\x00", "nästa\u2028rad", "\x85"])
def test_what_the_other_side_says_stays_on_its_line(journal: Journal, tmp_path: Path, words: str) -> None:
    journal.write([replace(ROW, receipt=words)], NOW)
    journal.write([replace(ROW, key="nästa")], NOW)
    assert [key for key, _, _ in answered(tmp_path, ISSUE)] == ["nyckel", "nästa"]
    assert [len(line) for line in lines(tmp_path)] == [6, 6]


def test_the_last_answer_counts(journal: Journal, tmp_path: Path) -> None:
    journal.write([ROW], NOW, S.SENDING)
    assert list(answered(tmp_path, ISSUE)) == [("nyckel", S.SENDING, "Q1")]
    journal.write([ROW], NOW)
    assert list(answered(tmp_path, ISSUE)) == [("nyckel", S.ACCEPTED, "Q1")]


def test_a_slot_without_a_journal_has_no_answers(tmp_path: Path) -> None:
    assert list(answered(tmp_path / "saknas", ISSUE)) == []


@pytest.mark.parametrize(
    "damage",
    ["x\taccepted\t1\tnyckel\tk@b.example\tQ9", "x\tklar\t1\tnyckel\tk@b.example\tQ9\n", "\n", "x\n"],
)
def test_a_line_that_is_cut_or_strange_is_passed_over(journal: Journal, tmp_path: Path, damage: str) -> None:
    journal.write([ROW], NOW)
    with journal_path(tmp_path, ISSUE).open("a", encoding="utf-8") as file:
        file.write(damage)
    assert list(answered(tmp_path, ISSUE)) == [("nyckel", S.ACCEPTED, "Q1")]


def test_what_is_written_after_a_cut_line_is_not_lost_in_it(tmp_path: Path) -> None:
    journal_path(tmp_path, ISSUE).write_text("2026-12-01T08:00:00+00:00\tsending\t1\tnyck", encoding="utf-8")
    after = Journal(tmp_path)
    after.write([ROW], NOW)
    after.close()
    assert list(answered(tmp_path, ISSUE)) == [("nyckel", S.ACCEPTED, "Q1")]


def test_bytes_that_are_no_text_hide_no_other_line(journal: Journal, tmp_path: Path) -> None:
    with journal_path(tmp_path, ISSUE).open("ab") as file:
        file.write(b"\xff\xfe\xc3\n")
    journal.write([ROW], NOW)
    assert list(answered(tmp_path, ISSUE)) == [("nyckel", S.ACCEPTED, "Q1")]


def test_every_slot_has_a_file_of_its_own_and_few_are_open(journal: Journal, tmp_path: Path) -> None:
    slots = [f"brev-{number}" for number in range(20)]
    for _ in range(2):
        journal.write([replace(ROW, slot_id=slot) for slot in slots], NOW)
    assert [len(lines(tmp_path, slot)) for slot in slots] == [2] * 20


@pytest.mark.parametrize("name", ["../utanför", "a/b", "å ä ö", ".."])
def test_a_slots_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    assert journal_path(tmp_path, name).parent == tmp_path


def test_a_journal_that_cannot_be_written_stops_nothing_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "journal").write_text("en fil där mappen skulle vara")
    store = open_store(f"sqlite:///{tmp_path}/comms.db")
    run_of(store, 2)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            ended(store, sending(store), accepted())
    assert store.counts(ISSUE) == {S.ACCEPTED: 2}
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    store.close()


def test_a_full_disk_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal_path(tmp_path, ISSUE).symlink_to("/dev/full")
    journal = Journal(tmp_path)
    journal.write([ROW], NOW)
    journal.close()
    assert "No space left" in caplog.text


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Journal(None).write([ROW], NOW)
    assert list(tmp_path.iterdir()) == []


# As the store writes it


def test_the_store_tells_of_intents_answers_recoveries_and_evidence(store: Store, tmp_path: Path) -> None:
    run_of(store, 3)
    ended(store, sending(store), accepted("Q7"), NOW + SECOND)
    sending(store)
    claimed(store)
    store.recover(NOW, exclusive=True)
    (unknown,) = store.unknown()
    store.resolve(unknown, End(S.REJECTED, "Finns inte."), "Enligt Anna", NOW)
    told = [(state, key, words) for _, state, _, key, _, words in lines(tmp_path / "journal")]
    first, second, third = (row.key for row in store.deliveries(ISSUE))
    assert told == [
        ("sending", first, ""),
        ("accepted", first, "Q7"),
        ("sending", second, ""),
        ("unknown", second, unknown.reason),
        ("planned", third, ""),
        ("rejected", second, "Finns inte."),
    ]


def test_what_was_withdrawn_is_told(store: Store, tmp_path: Path) -> None:
    run_of(store, 1)
    row = claimed(store)
    store.suppress(row.recipient, "Avsade sig.", NOW)
    store.settle("a", (), [row], NOW)
    assert list(answered(tmp_path / "journal", ISSUE)) == [
        (row.key, S.SKIPPED, "Adressen är spärrad: Avsade sig.")
    ]
