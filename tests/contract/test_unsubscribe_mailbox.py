"""The mailbox of unsubscriptions behind Debian's Dovecot: read from where the last reading stopped."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.unsubscribing import MailboxReport, read_mailbox
from comms.errors import ConfigError
from comms.inbox.unsubscriptions import read_unsubscriptions
from comms.model.settings import Secret, Security, UnsubscribeBox
from comms.store import Store
from tests.fakes import dovecot
from tests.fakes.dovecot import PASSWORD, USER, Dovecot
from tests.fakes.leaving import ANNA, BO, EVA, by_mail, run_with_exits
from tests.fakes.signups import fresh_store, house, office

pytestmark = pytest.mark.servers

ADDRESS = "avsluta@studs.example"
TOKEN = "a" * 29
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """A Dovecot with an empty mailbox."""
    if dovecot.why_not():
        pytest.skip(dovecot.why_not())
    with Dovecot(tmp_path_factory.mktemp("imap")) as running:
        yield running


@pytest.fixture
def box(server: Dovecot, request: pytest.FixtureRequest) -> Iterator[UnsubscribeBox]:
    """A folder of its own for each test."""
    name = request.node.name.partition("[")[0][-60:]
    place = server.make(name)
    yield UnsubscribeBox(
        ADDRESS,
        host="127.0.0.1",
        port=server.port,
        security=Security.NONE,
        user=USER,
        password=Secret(PASSWORD),
        folder=name,
    )
    shutil.rmtree(place)


def letter(token: str, *fields: str) -> bytes:
    head = "\r\n".join((*fields, "From: anna@privat.example", f"To: avsluta+{token}@studs.example"))
    return f"{head}\r\nSubject: avsluta\r\n\r\nTo: avsluta+{'b' * 29}@studs.example\r\n".encode()


def read(box: UnsubscribeBox, mark: str = "") -> tuple[list[str], str]:
    """Tokens that are read from a mark on, and the mark after them."""
    tokens: list[str] = []
    for asked, after in read_unsubscriptions(box, mark, NOW):
        tokens += asked.to
        mark = after
    return tokens, mark


def test_letters_are_read_once_and_the_next_reading_goes_on_after_them(
    server: Dovecot, box: UnsubscribeBox
) -> None:
    assert read(box) == ([], "")
    server.deliver(letter("forsta"), box.folder)
    server.deliver(letter("andra", "Auto-Submitted: auto-replied"), box.folder)
    tokens, mark = read(box)
    assert tokens == ["forsta", "andra"]
    assert read(box, mark) == ([], mark)
    server.deliver(letter("tredje"), box.folder)
    assert read(box, mark)[0] == ["tredje"]


def test_machines_and_times_are_told(server: Dovecot, box: UnsubscribeBox) -> None:
    a_second = timedelta(seconds=1)
    before = datetime.now(UTC) - a_second
    server.deliver(letter("a", "Precedence: bulk"), box.folder)
    server.deliver(letter("b"), box.folder)
    after = datetime.now(UTC) + a_second
    found = [asked for asked, _ in read_unsubscriptions(box, "", after)]
    assert [asked.is_automatic for asked in found] == [True, False]
    assert all(asked.arrived_at and before <= asked.arrived_at <= after for asked in found)


def test_a_mailbox_that_has_been_made_anew_is_read_from_its_beginning(
    server: Dovecot, box: UnsubscribeBox
) -> None:
    server.deliver(letter("a"), box.folder)
    _, mark = read(box)
    assert read(box, mark.replace('"validity": "', '"validity": "9'))[0] == ["a"]


def test_many_letters_are_read_some_at_a_time_and_to_their_end(
    server: Dovecot, box: UnsubscribeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.inbox.letters.MOST", 60)
    for number in range(100):
        server.deliver(letter(f"nr{number}"), box.folder)
    first, mark = read(box)
    rest, mark = read(box, mark)
    assert (len(first), len(rest)) == (60, 40)
    assert set(first) | set(rest) == {f"nr{number}" for number in range(100)}
    assert read(box, mark)[0] == []


def test_hostile_letters_are_survived_and_the_others_are_read(server: Dovecot, box: UnsubscribeBox) -> None:
    many = ", ".join(f"person{number}@privat.example" for number in range(10_000))
    for hostile in (
        b"X-Long: " + b"a" * 10_000_000 + b"\r\n\r\n",
        b"To: " + b"a" * 10_000_000 + b"\r\n\r\n",
        f"To: {many}\r\n\r\n".encode(),
        b"To: \x00\x00\xff\xfe avsluta+\x00@studs.example\r\nSubject: =?utf-8?b?####?=\r\n\r\n",
        b"Subject: =?nope?q?=FF?=\r\nTo: =?utf-8?q?" + b"=FF" * 5000 + b"?=\r\n\r\n",
        b"",
        b"\r\n\r\n",
        b"To: (((((((((((" * 5000 + b"\r\n\r\n",
    ):
        server.deliver(hostile, box.folder)
    server.deliver(letter(TOKEN), box.folder)
    assert read(box)[0][-1:] == [TOKEN]


def test_nothing_is_marked_moved_or_deleted(server: Dovecot, box: UnsubscribeBox) -> None:
    server.deliver(letter("a"), box.folder)
    before = sorted(path.name for path in (server.mailbox / f".{box.folder}").glob("new/*"))
    read(box)
    assert sorted(path.name for path in (server.mailbox / f".{box.folder}").glob("new/*")) == before
    assert set(server.flags()) == {""}


def test_a_wrong_password_is_told_without_it(box: UnsubscribeBox) -> None:
    with pytest.raises(ConfigError) as refused:
        read(replace(box, password=Secret("hemligt-fel")))
    assert "godkänner inte inloggningen" in str(refused.value)
    assert "hemligt" not in str(refused.value)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger; three people have had a letter."""
    with fresh_store(tmp_path) as opened:
        run_with_exits(opened, ANNA, BO, EVA)
        yield opened


def test_letters_in_the_mailbox_end_what_they_ask_for(
    server: Dovecot, box: UnsubscribeBox, store: Store, tmp_path: Path
) -> None:
    of = office()
    home = house(replace(of, settings=replace(of.settings, unsubscribe_box=box)), tmp_path)
    server.deliver(letter(by_mail(store, ANNA).upper()), box.folder)
    answer = (f"Subject: Sv: {by_mail(store, BO)}", "Auto-Submitted: auto-replied (frånvaro)")
    server.deliver(letter("", *answer), box.folder)
    server.deliver(letter(TOKEN), box.folder)
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1, ignored=1, forged=1)
    server.deliver(letter(by_mail(store, ANNA)), box.folder)
    assert read_mailbox(home, store, NOW) == MailboxReport(known=1)
    assert store.facts().left == {("kommunbrevet", ANNA)}


def test_a_server_that_is_gone_is_a_reason_and_no_error(
    box: UnsubscribeBox, store: Store, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = replace(box, port=free.getsockname()[1])
        of = office()
        home = house(replace(of, settings=replace(of.settings, unsubscribe_box=gone)), tmp_path)
        report = read_mailbox(home, store, NOW)
    assert "går inte att nå" in str(report.why)
    assert [one.subject for one in store.open_notices()] == ["Avanmälningar via mejl läses inte"]
