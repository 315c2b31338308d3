"""Letters that came back, as real servers write them: what is said, of whom, and which copy it is about."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.inbox.returned import read_returned
from comms.model.bounce import Returned, ReturnKind

LETTERS = Path(__file__).parents[2] / "data" / "returned"
SENDER = "b-aebagbafaydqqcik-mfrggzdfmy@studs.leader.example"
COPY_ID = "<2026-48.rackstadbladet.a1b2c3@leader.example>"
LINKS = (
    "https://leader.example/u/TOKENTOKENTOKENTOKENTOKENTOKEN12345",
    "mailto:avsluta+tokentokentokentokentokentok2@leader.example?subject=avsluta",
)


def expected() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    with (LETTERS / "expected.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row[0]].append(tuple(row[1:]))
    del found["file"]
    return found


EXPECTED = expected()
AUTOMATIC = [name for name, rows in EXPECTED.items() if rows[0][0] in {"automatic", "unreadable"}]
WITH_COPY = [name for name in EXPECTED if (LETTERS / f"{name}.eml").read_bytes().find(COPY_ID.encode()) > 0]


def read(name: str, *, flufl: bool = True) -> tuple[Returned, ...]:
    return read_returned((LETTERS / f"{name}.eml").read_bytes(), flufl=flufl)


def test_there_are_sixty_letters_and_more_and_none_is_forgotten() -> None:
    assert len(EXPECTED) > 60
    assert {path.stem for path in LETTERS.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_letter_says_what_is_written_beside_it(name: str) -> None:
    told = [(one.reason.kind, one.reason.slug, one.address, one.status, one.by) for one in read(name)]
    assert told == EXPECTED[name]


def test_without_flufl_our_own_reader_finds_the_same_addresses_and_reasons() -> None:
    told = {name: [(one.address, one.reason.slug) for one in read(name, flufl=False)] for name in EXPECTED}
    assert told == {name: [(row[2], row[1]) for row in rows] for name, rows in EXPECTED.items()}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_address_that_it_came_to_is_the_first_path(name: str) -> None:
    assert {one.paths[0] for one in read(name)} == {SENDER}


@pytest.mark.parametrize("name", WITH_COPY)
def test_what_the_copy_can_be_known_by_is_found_in_what_was_sent_back(name: str) -> None:
    for one in read(name):
        if name == "dovecot-kvot" or one.reason.kind is not ReturnKind.AUTOMATIC:
            assert one.message_ids == (COPY_ID,)
            assert one.links == LINKS


def test_a_letter_of_its_own_has_no_id_of_ours() -> None:
    (one,) = read("kommun-egen-svensk")
    assert (one.message_ids, one.links) == ((), ())
    assert one.at == datetime(2026, 11, 23, 6, 0, 8, tzinfo=UTC)


def test_the_copys_sender_is_known_also_where_the_letter_came_to_another_box() -> None:
    content = (LETTERS / "exim-okand.eml").read_bytes()
    copy = content.index(b"------ This is a copy")
    moved = content[:copy].replace(SENDER.encode(), b"studs@leader.example") + content[copy:]
    assert read_returned(moved)[0].paths == ("studs@leader.example", SENDER)


@pytest.mark.parametrize("name", AUTOMATIC)
def test_an_answer_by_a_machine_says_nothing_of_the_address(name: str) -> None:
    assert not {one.reason.kind for one in read(name)} & {ReturnKind.DEAD, ReturnKind.TROUBLE}


def test_the_servers_words_are_told_on_one_line_and_harmless() -> None:
    evil = (LETTERS / "postfix-okand-anvandare.eml").read_bytes()
    evil = evil.replace(b"smtp; 550 5.1.1", b"smtp; 550 5.1.1 \x1b[2J\xe2\x80\xae" + b"x" * 500)
    (one,) = read_returned(evil)
    assert one.words.startswith("550 5.1.1 \\x1b[2J\\u202exxx")
    assert len(one.words) == 300


def test_two_recipients_with_one_address_and_reason_are_one() -> None:
    content = (LETTERS / "postfix-flera-mottagare.eml").read_bytes()
    twice = content.replace(b"a2@", b"a1@").replace(b"552 5.2.2 Mailbox full", b"550 5.1.1 user unknown")
    assert [one.address[:2] for one in read_returned(twice)] == ["a1", "a3", "a4", "a5"]


def test_a_report_is_a_report_whatever_its_subject_says() -> None:
    content = (LETTERS / "postfix-okand-anvandare.eml").read_bytes()
    (one,) = read_returned(
        content.replace(b"Subject: Undelivered", b"Subject: Automatiskt svar: Undelivered")
    )
    assert (one.reason.slug, one.by) == ("user-unknown", "rfc3464")


def test_a_report_packed_as_base64_is_read() -> None:
    content = (
        b"From: MAILER-DAEMON@a.example\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=g\n\n"
        b"--g\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        b"UmVwb3J0aW5nLU1UQTogZG5zOyBhLmV4YW1wbGUKCkZpbmFsLVJlY2lwaWVudDogcmZjODIyOyBi\n"
        b"b0BhLmV4YW1wbGUKQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=\n--g--\n"
    )
    (one,) = read_returned(content)
    assert (one.address, one.reason.slug) == ("bo@a.example", "user-unknown")


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", ReturnKind.DEAD),
        ("Failure", "5.1.1", ReturnKind.DEAD),
        ("failed (bad mailbox)", "5.1.1", ReturnKind.DEAD),
        ("error", "5.1.1", ReturnKind.DEAD),
        ("delayed", "5.1.1", ReturnKind.DELAY),
        ("Delayed (will retry)", "4.4.1", ReturnKind.DELAY),
        ("delivered", "5.1.1", ReturnKind.DELIVERED),
        ("relayed", "5.1.1", ReturnKind.DELIVERED),
        ("expanded", "5.1.1", ReturnKind.DELIVERED),
        ("", "5.1.1", ReturnKind.DEAD),
        ("", "4.4.1", ReturnKind.DELAY),
        ("", "2.0.0", ReturnKind.DELIVERED),
        ("strange", "", ReturnKind.UNREADABLE),
    ],
)
def test_only_what_is_said_to_have_failed_has_failed(action: str, status: str, kind: ReturnKind) -> None:
    content = (
        "From: MAILER-DAEMON@a.example\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=g\n\n"
        f"--g\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        f"Final-Recipient: rfc822; bo@a.example\nAction: {action}\nStatus: {status}\n--g--\n"
    )
    assert [one.reason.kind for one in read_returned(content.encode())] == [kind]
