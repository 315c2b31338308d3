"""Unsubscribing by link and by mail: what is ours, what is not, what an office may take back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.house import House
from comms.app.suppressing import lift, liftable, suppress, told
from comms.app.unsubscribing import (
    MEMORY,
    MailboxReport,
    end,
    find_exit,
    pause,
    pause_until,
    read_mailbox,
    resume,
)
from comms.errors import StoreError, UsageError, say
from comms.inbox.letters import place_of
from comms.model.settings import Letterbox, Secret, UnsubscribeBox
from comms.model.subscriber import NoKind
from comms.store import Remembrance, Store, suppressions
from comms.store.database import Database
from comms.text.tokens import Purpose, mail_token, token
from tests.fakes.examples import NOW
from tests.fakes.leaving import ANNA, BO, EVA, by_mail, exit_id, link, run_with_exits, subscribe
from tests.fakes.signups import KEYS, fresh_store, house, office

SETTINGS = office().settings
THIS = "kommunbrevet"
BOX = "avsluta@studs.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger; three people subscribe and have had a letter."""
    with fresh_store(tmp_path) as opened:
        database = Database(f"sqlite:///{tmp_path}/comms.db")
        for address in (ANNA, BO, EVA):
            subscribe(database, address, THIS, now=NOW - timedelta(days=30))
        database.close()
        run_with_exits(opened, ANNA, BO, EVA)
        yield opened


def noes(store: Store, address: str = ANNA) -> list[tuple[str, NoKind]]:
    return [(no.newsletter, no.kind) for no in store.leaving.noes([address])]


# By link


def test_a_link_shows_the_newsletters_title_and_a_masked_address(store: Store) -> None:
    found = find_exit(SETTINGS, store, link(store, ANNA))
    assert found is not None
    assert (found.masked, found.title, found.is_over) == (
        "a•••@privat.example",
        SETTINGS.newsletters[THIS].title,
        False,
    )


def test_a_link_works_when_its_newsletter_is_gone_from_the_settings(store: Store) -> None:
    without = replace(SETTINGS, newsletters={})
    found = end(without, store, link(store, ANNA), everything=False, source="ett klick", now=NOW)
    assert found is not None
    assert (found.title, found.is_over) == (THIS, True)
    assert noes(store) == [(THIS, NoKind.OWN)]


def test_a_link_signed_with_an_old_key_works(store: Store) -> None:
    old = token(Purpose.EXIT, exit_id(store, ANNA), KEYS[1:])
    assert end(SETTINGS, store, old, everything=True, source="ett klick", now=NOW) is not None
    assert noes(store) == [("", NoKind.OWN)]


@pytest.mark.parametrize("kind", ["forged", "cut", "other", "settings", "unknown", "empty", "mail"])
def test_a_link_that_is_not_ours_leads_nowhere_and_does_nothing(store: Store, kind: str) -> None:
    ours, identity = link(store, ANNA), exit_id(store, ANNA)
    bad = {
        "forged": ours[:-1] + ("A" if ours[-1] != "A" else "B"),
        "cut": ours[:-1],
        "other": token(Purpose.EXIT, identity, [Secret("någon annans")]),
        "settings": token(Purpose.SETTINGS, identity, KEYS),
        "unknown": token(Purpose.EXIT, "f" * 16, KEYS),
        "empty": "",
        "mail": mail_token(identity, KEYS),
    }[kind]
    assert find_exit(SETTINGS, store, bad) is None
    assert end(SETTINGS, store, bad, everything=True, source="ett klick", now=NOW) is None
    assert pause(SETTINGS, store, bad, NOW) is None
    assert resume(SETTINGS, store, bad, NOW) is None
    assert store.facts().suppressed == frozenset()
    assert store.facts().left == frozenset()


def test_looking_changes_nothing(store: Store, tmp_path: Path) -> None:
    ours = link(store, ANNA)
    find_exit(SETTINGS, store, ours)
    before = [path.read_bytes() for path in sorted(tmp_path.glob("comms.db*"))]
    for _ in range(20):
        find_exit(SETTINGS, store, ours)
        find_exit(SETTINGS, store, ours[::-1])
    assert [path.read_bytes() for path in sorted(tmp_path.glob("comms.db*"))] == before


def test_a_pause_lasts_three_months_by_the_offices_clock_and_twice_is_as_once(store: Store) -> None:
    ours = link(store, ANNA)
    paused = pause(SETTINGS, store, ours, NOW)
    assert paused is not None
    assert paused.paused_until == datetime(2027, 2, 28, 23, tzinfo=UTC)
    assert pause(SETTINGS, store, ours, NOW + MINUTE) == paused
    assert len(store.subscribers.evidence(ANNA)) == 1
    assert find_exit(SETTINGS, store, ours, NOW) == paused
    over = find_exit(SETTINGS, store, ours, NOW + timedelta(days=120))
    assert over is not None
    assert over.paused_until is None
    resumed = resume(SETTINGS, store, ours, NOW)
    assert resumed is not None
    assert resumed.paused_until is None


@pytest.mark.parametrize(
    ("day", "until"),
    [("2026-11-30", "2027-02-28"), ("2027-11-30", "2028-02-29"), ("2026-10-31", "2027-01-31")],
)
def test_three_months_from_a_month_s_end_end_where_a_month_ends(day: str, until: str) -> None:
    assert f"{pause_until(SETTINGS, datetime.fromisoformat(f'{day}T12:00+00:00')):%Y-%m-%d}" == until


# By mail


@pytest.fixture
def home(tmp_path: Path) -> House:
    """An office whose unsubscriptions by mail arrive in a maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    of = office()
    of = replace(of, settings=replace(of.settings, unsubscribe_box=UnsubscribeBox(BOX, maildir="mail")))
    return house(of, tmp_path)


def place(home: House) -> str:
    """What the mark of the office's box is kept by."""
    return place_of(Letterbox(maildir=str(home.root / "mail")))


def deliver(home: House, name: str, token: str, *fields: str, at: datetime = NOW) -> None:
    """A letter to the address with this token; "" for none."""
    letter = home.root / "mail" / "new" / name
    address = f"avsluta+{token}@studs.example" if token else BOX
    head = "\r\n".join((*fields, "From: anna@privat.example", f"To: {address}", "Subject: avsluta"))
    letter.write_bytes(f"{head}\r\n\r\navsluta\r\n".encode())
    os.utime(letter, (at.timestamp(), at.timestamp()))


def test_a_letter_to_the_address_of_a_copy_ends_that_subscription(home: House, store: Store) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)
    assert noes(store) == [(THIS, NoKind.OWN)]
    assert noes(store, BO) == []
    (kept,) = store.subscribers.evidence(ANNA)
    assert kept.source == "mejl"


def test_each_letter_is_counted_once(home: House, store: Store) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    deliver(home, "2", by_mail(store, ANNA).upper())
    deliver(home, "3", "", f"Subject: Sv: {by_mail(store, BO)}", "Auto-Submitted: auto-replied")
    deliver(home, "4", "")
    deliver(home, "5", mail_token(exit_id(store, EVA), [Secret("någon annans")]))
    deliver(home, "6", "hej")
    deliver(home, "7", mail_token("f" * 16, KEYS))
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1, known=2, ignored=2, forged=2)
    assert read_mailbox(home, store, NOW + MINUTE) == MailboxReport()
    assert [noes(store, address) for address in (ANNA, BO, EVA)] == [[(THIS, NoKind.OWN)], [], []]


def test_a_token_in_the_subject_is_as_good(home: House, store: Store) -> None:
    deliver(home, "1", "", f"Subject: avsluta {by_mail(store, ANNA)}")
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)


@pytest.mark.parametrize("said", ["Auto-Submitted: auto-generated", "Precedence: bulk"])
def test_a_machine_that_writes_to_a_copys_own_address_asks_for_what_it_is_for(
    home: House, store: Store, said: str
) -> None:
    deliver(home, "1", by_mail(store, ANNA), said)
    deliver(home, "2", "hej", said)
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1, ignored=1)
    assert noes(store) == [(THIS, NoKind.OWN)]


def test_a_long_word_in_the_subject_is_no_forgery(home: House, store: Store) -> None:
    deliver(home, "1", "", "Subject: realisationsvinstbeskattninge")
    assert read_mailbox(home, store, NOW) == MailboxReport(ignored=1)


def test_an_old_letter_that_is_read_again_ends_nothing_that_was_said_yes_to_since(
    home: House, store: Store, tmp_path: Path
) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    read_mailbox(home, store, NOW)
    database = Database(f"sqlite:///{tmp_path}/comms.db")
    with database.writing() as connection:
        suppressions.lift(connection, [ANNA], [THIS], [NoKind.OWN])
    subscribe(database, ANNA, THIS, now=NOW + MINUTE)
    database.close()
    store.memories.forget(MEMORY, place(home))
    assert read_mailbox(home, store, NOW + 2 * MINUTE) == MailboxReport(known=1)
    assert noes(store) == []


def test_reading_goes_on_where_it_broke_off(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, address in enumerate((ANNA, BO, EVA)):
        deliver(home, f"{number}", by_mail(store, address), at=NOW + number * MINUTE)
    monkeypatch.setattr("comms.inbox.letters.MOST", 2)
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=2)
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)


def test_a_box_that_cannot_be_read_is_told_to_the_officer_once_a_day_and_stops_nothing(
    home: House, store: Store
) -> None:
    (home.root / "mail" / "cur").rmdir()
    for hours in (0, 1, 2, 24):
        why = read_mailbox(home, store, NOW + timedelta(hours=hours)).why
        assert "är ingen maildir" in str(why)
    letters = store.open_notices()
    assert [one.subject for one in letters] == ["Avanmälningar via mejl läses inte"] * 2
    assert "är ingen maildir" in letters[0].body


def test_a_database_that_fails_loses_no_letter(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(home, "1", by_mail(store, ANNA))

    @contextmanager
    def broken(_self: Database) -> Iterator[None]:
        raise StoreError(say("Disken är full."))
        yield

    with monkeypatch.context() as patched:
        patched.setattr(Database, "writing", broken)
        with pytest.raises(StoreError):
            read_mailbox(home, store, NOW)
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)


def test_without_a_box_or_a_key_nothing_is_read(home: House, store: Store) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    without_box = replace(home, settings=replace(home.settings, unsubscribe_box=None))
    without_web = replace(home, settings=replace(home.settings, web=None))
    for one in (without_box, without_web):
        assert read_mailbox(one, store, NOW) == MailboxReport()


def test_a_mark_that_is_damaged_reads_the_box_from_its_beginning(home: House, store: Store) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    store.memories.keep(Remembrance(MEMORY, place(home), "{", locked=False, until=None, updated_at=NOW))
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)


def test_another_box_is_read_from_its_beginning(home: House, store: Store) -> None:
    deliver(home, "1", by_mail(store, ANNA))
    assert read_mailbox(home, store, NOW) == MailboxReport(ended=1)
    shutil.copytree(home.root / "mail", home.root / "other", copy_function=shutil.copy2)
    elsewhere = replace(home.settings, unsubscribe_box=UnsubscribeBox(BOX, maildir="other"))
    assert read_mailbox(replace(home, settings=elsewhere), store, NOW) == MailboxReport(known=1)


# By the office


def test_an_officer_says_no_to_one_newsletter(store: Store) -> None:
    assert suppress(SETTINGS, store, "Anna <ANNA@privat.example>", "Bad om det.", NOW, THIS) == (
        "ANNA@privat.example"
    )
    assert noes(store) == [(THIS, NoKind.OFFICER)]


def test_a_newsletter_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match=r"Nyhetsbrevet ”julbrevet” finns inte\. Välj bland: .*kommunbrevet"):
        suppress(SETTINGS, store, ANNA, "Bad om det.", NOW, "julbrevet")
    assert noes(store) == []


def test_an_officer_takes_back_the_offices_no_alone(store: Store) -> None:
    end(SETTINGS, store, link(store, ANNA), everything=False, source="ett klick", now=NOW)
    store.suppress(ANNA, "Bad om det.", NOW)
    meant, found = liftable(SETTINGS, store, ANNA)
    assert meant == ANNA
    assert [str(told(SETTINGS, no)) for no in found] == [
        "Spärrad sedan 2026-12-01, alla nyhetsbrev (kontoret): Bad om det."
    ]
    lift(store, found, "Ångrade sig.", "Åsa", NOW)
    assert noes(store) == [(THIS, NoKind.OWN)]


@pytest.mark.parametrize("newsletter", ["", THIS])
def test_who_has_said_no_by_themselves_comes_back_by_themselves(store: Store, newsletter: str) -> None:
    end(SETTINGS, store, link(store, ANNA), everything=False, source="ett klick", now=NOW)
    with pytest.raises(UsageError, match=r"har själv sagt nej, 2026-12-01\. .*anmäla sig på .*/prenumerera/"):
        liftable(SETTINGS, store, ANNA, newsletter)


def test_what_is_not_suppressed_cannot_be_lifted(store: Store) -> None:
    with pytest.raises(UsageError, match=r"anna@privat\.example är inte spärrad\."):
        liftable(SETTINGS, store, ANNA)
    store.suppress(ANNA, "Bad om det.", NOW)
    with pytest.raises(UsageError, match=r"är inte spärrad för kommunbrevet\."):
        liftable(SETTINGS, store, ANNA, THIS)


def test_a_no_is_not_lifted_without_a_reason_nor_twice(store: Store) -> None:
    store.suppress(ANNA, "Bad om det.", NOW)
    _, found = liftable(SETTINGS, store, ANNA)
    with pytest.raises(UsageError, match="Ange varför"):
        lift(store, found, " ", "Åsa", NOW)
    lift(store, found, "Fel adress.", "Åsa", NOW)
    with pytest.raises(UsageError, match="redan hävd"):
        lift(store, found, "Fel adress.", "Åsa", NOW)
