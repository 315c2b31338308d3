"""Letters to the addresses that unsubscribe: which tokens they hold, and how far a maildir has been read."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.errors import ConfigError
from comms.inbox.unsubscriptions import Asked, asked_in, read_unsubscriptions
from comms.model.settings import UnsubscribeBox

BOX = "avsluta@studs.example"
TOKEN = "abcdefghijklm" + "nopqrstuvwxyz234"
OTHER = "b" * 29
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def to(*tokens: str, field: str = "To") -> bytes:
    return f"{field}: {', '.join(f'avsluta+{one}@studs.example' for one in tokens)}\r\n".encode()


def found(head: bytes) -> Asked:
    return asked_in(head, BOX)


# Whom a letter is to


@pytest.mark.parametrize(
    "field", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To", "TO", "x-original-to"]
)
def test_a_token_is_found_in_every_field_that_names_a_recipient(field: str) -> None:
    assert found(b"From: anna@privat.example\r\n" + to(TOKEN, field=field)).to == (TOKEN,)


@pytest.mark.parametrize(
    "value",
    [
        f"avsluta+{TOKEN}@studs.example",
        f"AVSLUTA+{TOKEN.upper()}@Studs.Example",
        f"<avsluta+{TOKEN}@studs.example>",
        f'"Avsluta, tack" <avsluta+{TOKEN}@studs.example>',
        f"=?utf-8?q?Avsluta_=C3=A5?= <avsluta+{TOKEN}@studs.example>",
        f"anna@privat.example,avsluta+{TOKEN}@studs.example;bo@privat.example",
        f"anna@privat.example,\r\n\tavsluta+{TOKEN}@studs.example",
        f"\x00\xff<avsluta+{TOKEN}@studs.example>\x00",
        f"mailto:avsluta+{TOKEN}@studs.example?subject=avsluta",
    ],
)
def test_a_token_is_found_however_the_field_is_written(value: str) -> None:
    assert found(f"To: {value}\r\n".encode("latin-1")).to == (TOKEN,)


@pytest.mark.parametrize(
    "value",
    [
        "avsluta@studs.example",
        f"avsluta+{TOKEN}@annan.example",
        f"avsluta+{TOKEN}@studs.example.annan.example",
        f"inte.avsluta+{TOKEN}@studs.example",
        f"avsluta+@studs.example, +{TOKEN}@studs.example",
        f"avsluta+{'a' * 65}@studs.example",
    ],
)
def test_an_address_that_is_not_ours_holds_no_token(value: str) -> None:
    assert found(f"To: {value}\r\n".encode()) == Asked(())


@pytest.mark.parametrize("field", ["From", "Reply-To", "References", "X-To", "List-Unsubscribe"])
def test_a_field_that_names_no_recipient_is_not_read(field: str) -> None:
    assert found(to(TOKEN, field=field)) == Asked(())


def test_what_stands_after_the_plus_is_given_as_it_is_for_somebody_else_to_judge() -> None:
    assert found(to("hej")).to == ("hej",)


@pytest.mark.parametrize(
    "subject", [TOKEN, f"avsluta {TOKEN.upper()}!", f"=?utf-8?q?avsluta_{TOKEN}?=", f"Re: <{TOKEN}>"]
)
def test_a_token_is_found_in_the_subject(subject: str) -> None:
    assert found(f"Subject: {subject}\r\n".encode()).subject == (TOKEN,)


@pytest.mark.parametrize(
    "subject", ["avsluta", TOKEN + "a", "=?utf-8?b?####?=", "=?nope?q?a?=", "=?utf-8?q?=FF=FF?=", "\xff\x00"]
)
def test_a_subject_without_a_token_holds_none_whatever_it_is(subject: str) -> None:
    assert found(f"Subject: {subject}\r\n".encode("latin-1")).subject == ()


# Machines


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: AUTO-GENERATED; owner-email=a@b.example",
        "Auto-Submitted: auto-replied (vacation)",
        "Precedence: auto_reply",
        "Precedence: Bulk",
        "Precedence: list",
        "Precedence: junk",
        "X-Autoreply: yes",
        "X-Autorespond: Frånvaro",
        "Return-Path: <>",
    ],
)
def test_an_answer_by_a_machine_is_told(field: str) -> None:
    assert found(f"{field}\r\n".encode() + to(TOKEN)) == Asked((TOKEN,), is_automatic=True)


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: NO (a person)",
        "Precedence: first-class",
        "X-Autoreply: no",
        "Return-Path: <anna@privat.example>",
        "X-Auto-Response-Suppress: All",
        "Subject: Auto-Submitted: auto-replied",
    ],
)
def test_a_persons_letter_is_none_by_a_machine(field: str) -> None:
    assert not found(f"{field}\r\n".encode() + to(TOKEN)).is_automatic


# Letters that mean harm


@pytest.mark.parametrize(
    "head",
    [
        b"X: " + b"a" * 10_000_000,
        b"To: " + b"avsluta+" * 1_000_000,
        b"To: " + b", ".join(b"person%d@privat.example" % n for n in range(10_000)),
        b"To:\r\n" + b" \r\n" * 1_000_000,
        b"\x00" * 1_000_000,
        b"Subject: " + b"=?utf-8?q?" * 100_000,
        b"Subject: =?" + b"?" * 1_000_000,
        b":\r\n" * 500_000,
        os.urandom(200_000),
        b"",
    ],
    ids=["long", "almost", "recipients", "folds", "nul", "encoded", "marks", "colons", "noise", "empty"],
)
def test_a_hostile_header_holds_nothing_and_stops_nothing(head: bytes) -> None:
    assert found(head).to == ()


def test_a_letter_to_thousands_of_tokens_is_not_a_list_of_thousands() -> None:
    tokens = [f"{number:05}".translate(str.maketrans("0189", "abcd")) + "a" * 24 for number in range(10_000)]
    assert 0 < len(found(to(*tokens)).to) <= 20


# A maildir


@pytest.fixture
def box(tmp_path: Path) -> UnsubscribeBox:
    """An empty maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    return UnsubscribeBox(BOX, maildir=str(tmp_path / "mail"))


def deliver(box: UnsubscribeBox, name: str, head: bytes, at: datetime = NOW) -> Path:
    letter = Path(box.maildir) / "new" / name
    letter.write_bytes(head + b"\r\nHej, avsluta+" + OTHER.encode() + b"@studs.example\r\n")
    os.utime(letter, (at.timestamp(), at.timestamp()))
    return letter


def read(box: UnsubscribeBox, mark: str = "", now: datetime = NOW) -> tuple[list[str], str]:
    """Tokens that are read from a mark on, and the mark after them."""
    tokens: list[str] = []
    for asked, after in read_unsubscriptions(box, mark, now):
        tokens += asked.to
        mark = after
    return tokens, mark


def test_letters_are_read_once_in_the_order_in_which_they_came(box: UnsubscribeBox) -> None:
    deliver(box, "2", to("andra"), NOW - timedelta(minutes=1))
    deliver(box, "1", to("sista"))
    deliver(box, "3", to("forsta"), NOW - timedelta(days=400))
    tokens, mark = read(box)
    assert tokens == ["forsta", "andra", "sista"]
    assert read(box, mark) == ([], mark)
    deliver(box, "4", to("ny"), NOW + timedelta(minutes=1))
    assert read(box, mark)[0] == ["ny"]


def test_the_time_when_a_letter_came_is_told(box: UnsubscribeBox) -> None:
    deliver(box, "1", to(TOKEN), NOW - timedelta(days=2))
    ((asked, _),) = read_unsubscriptions(box, "", NOW)
    assert asked.arrived_at == NOW - timedelta(days=2)


def test_a_letter_that_somebody_opens_is_the_same_letter(box: UnsubscribeBox) -> None:
    letter = deliver(box, "1.M1P1.mail", to(TOKEN))
    tokens, mark = read(box)
    letter.rename(Path(box.maildir) / "cur" / "1.M1P1.mail:2,S")
    assert (tokens, read(box, mark)[0]) == ([TOKEN], [])


def test_a_letter_that_is_moved_while_the_box_is_read_is_read(box: UnsubscribeBox) -> None:
    deliver(box, "1", to("a"))
    moved = deliver(box, "2", to("b"))
    gone = deliver(box, "3", to("c"))
    reading = read_unsubscriptions(box, "", NOW)
    next(reading)
    moved.rename(Path(box.maildir) / "cur" / "2:2,RS")
    gone.unlink()
    assert [asked.to for asked, _ in reading] == [("b",)]


def test_a_letter_that_lands_a_little_late_is_not_missed(box: UnsubscribeBox) -> None:
    deliver(box, "1", to("a"))
    _, mark = read(box)
    deliver(box, "2", to("sen"), NOW - timedelta(minutes=20))
    assert read(box, mark)[0] == ["sen"]


def test_a_letter_from_the_future_hides_no_other(box: UnsubscribeBox) -> None:
    deliver(box, "1", to("framtid"), NOW + timedelta(days=4000))
    _, mark = read(box)
    deliver(box, "2", to("ny"), NOW + timedelta(hours=3))
    assert read(box, mark, NOW + timedelta(hours=4))[0] == ["ny"]


def test_a_full_box_is_read_some_at_a_time_and_to_its_end(
    box: UnsubscribeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.inbox.letters.MOST", 7)
    for number in range(20):
        deliver(box, f"{number}", to(f"nr{number:02}"))
    seen: list[str] = []
    mark = ""
    for _ in range(3):
        tokens, mark = read(box, mark)
        seen += tokens
    assert sorted(seen) == [f"nr{number:02}" for number in range(20)]


@pytest.mark.parametrize("mark", ["nonsens", "[]", "{}", '{"until": "x", "names": 3}', '{"uid": 3}'])
def test_a_mark_that_cannot_be_understood_is_as_none(box: UnsubscribeBox, mark: str) -> None:
    deliver(box, "1", to(TOKEN))
    assert read(box, mark)[0] == [TOKEN]


def test_one_broken_letter_stops_no_other(box: UnsubscribeBox) -> None:
    (Path(box.maildir) / "new" / "0.gz").write_bytes(b"\x1f\x8b broken")
    os.mkfifo(Path(box.maildir) / "new" / "0.pipe")
    deliver(box, "1", to(TOKEN))
    assert read(box)[0] == [TOKEN]


def test_only_headers_are_read_and_nothing_is_changed(box: UnsubscribeBox) -> None:
    deliver(box, "1", b"From: anna@privat.example\r\n")
    before = sorted((str(path), path.stat()) for path in Path(box.maildir).rglob("*"))
    assert read(box)[0] == []
    assert [path for path, _ in before] == sorted(str(path) for path in Path(box.maildir).rglob("*"))


def test_a_folder_that_is_no_maildir_is_told(box: UnsubscribeBox) -> None:
    with pytest.raises(ConfigError, match="är ingen maildir"):
        read(replace(box, maildir=f"{box.maildir}/borta"))
