"""Returned letters: what is believed, what each leads to, once; what nobody understands is kept."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from comms.app.bounce_policy import lasting_trouble, late_alarm, refuses_us
from comms.app.bounced import came_back
from comms.app.bouncing import Fate, read_all_returns, read_returns
from comms.app.hashed import exit_names
from comms.app.house import House
from comms.app.outgoing import return_path
from comms.app.quarantining import MOST, clear_quarantine, drop, keep_unreadable, quarantine, unreadable
from comms.errors import ConfigError, StoreError, say
from comms.inbox.returned import read_returned
from comms.model.bounce import Returned
from comms.model.ledger import Course, DeliveryState, SlotState
from comms.model.plan import Recipient
from comms.model.settings import Letterbox, Secret
from comms.model.subscriber import NoKind
from comms.render.addresses import url
from comms.store import Store
from comms.store.database import Database
from comms.store.returns import Returns, Share, Tried
from comms.store.schema import events
from tests.fakes.bounces import (
    FULL,
    REFUSED,
    complaint,
    copy_to,
    home_with_box,
    path_to,
    report,
    sent,
)
from tests.fakes.examples import ISSUE, NOW, approve, issue_entry
from tests.fakes.leaving import ANNA, BO, EVA, by_mail, link, subscribe
from tests.fakes.signups import KEYS, fresh_store, house, office

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OFFICE = "kansli@arvika.example"
THIS = "kommunbrevet"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger; two readers and an office have had a letter."""
    with fresh_store(tmp_path) as opened:
        database = Database(f"sqlite:///{tmp_path}/comms.db")
        for address in (ANNA, BO):
            subscribe(database, address, THIS, now=NOW - 30 * DAY)
        database.close()
        begin(opened, ANNA, BO, offices=(OFFICE,))
        sent(opened)
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> House:
    """An office whose bounces arrive in a maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    return home_with_box(tmp_path)


def begin(
    store: Store, *readers: str, offices: tuple[str, ...] = (), issue: str = ISSUE, day: int = 1
) -> None:
    """Let an issue run to readers and offices, with exits."""
    entry = issue_entry(issue, day=day)
    approve(store, entry)
    number = store.editions(issue)[0][0]
    to = [Recipient(one, "", "public", "arvika", subscribes=True) for one in readers]
    to += [Recipient(one, "Kansliet", "offices", "arvika") for one in offices]
    rows = ((one, number, DeliveryState.PLANNED, "") for one in to)
    store.start_run(issue, rows, NOW, name_exit=exit_names(KEYS))


def deliver(home: House, *letters: bytes, at: datetime = NOW) -> None:
    """Put letters in the mailbox, as they arrived at a time."""
    folder = home.root / "mail" / "new"
    for content in letters:
        file = folder / f"{len(list(folder.iterdir())):05}"
        file.write_bytes(content)
        os.utime(file, (at.timestamp(), at.timestamp()))


def read(home: House, store: Store, now: datetime = NOW) -> dict[Fate, int]:
    """Read the mailbox; what came of it."""
    return dict(read_returns(home, store, now + HOUR).fates)


def noes(store: Store, address: str = ANNA) -> list[tuple[str, NoKind, str]]:
    return [(no.newsletter, no.kind, no.reason) for no in store.leaving.noes([address])]


def told(home: House) -> list[tuple[str, str, str]]:
    """Every event: what, from where, in which words."""
    database = Database(f"sqlite:///{home.root}/comms.db")
    with database.reading() as connection:
        rows = connection.execute(select(events.c.kind, events.c.source, events.c.detail))
        found = [(row.kind, row.source, row.detail) for row in rows]
    database.close()
    return found


# What is believed


def test_a_dead_address_gets_nothing_more_and_nobody_else_is_touched(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, ANNA), ANNA, f"550 5.1.1 <{ANNA}>: User unknown"))
    assert read(home, store) == {Fate.DEAD: 1}
    assert noes(store) == [("", NoKind.BOUNCE, "Adressen finns inte (550 5.1.1).")]
    person = store.subscribers.find(ANNA)
    assert person is not None
    assert person.newsletters == ()
    assert noes(store, BO) == noes(store, OFFICE) == []
    ((kind, source, words),) = told(home)
    assert (kind, source) == ("bounce-hard", "studs: user-unknown")
    assert "anna@" not in words
    assert "a•••@privat.example" in words
    assert store.open_notices() == []


@pytest.mark.parametrize("what", ["longer", "other key", "a person", "a person's path", "late", "gone"])
def test_what_is_forged_late_or_of_a_copy_that_is_gone_changes_nothing(
    home: House, store: Store, what: str
) -> None:
    path, at = path_to(home, store, ANNA), NOW + HOUR
    other = home.settings.bounces
    assert other is not None
    letters = {
        "longer": report(path.replace("@", "x@"), ANNA),
        "other key": report(
            return_path(
                replace(home.settings, bounces=replace(other, key=Secret("någon annans nyckel"))),
                copy_to(store, ANNA),
            ),
            ANNA,
        ),
        "a person": report(path, ANNA, sender="<arg@privat.example>"),
        "a person's path": report(path, ANNA, sender="<arg@privat.example>", writer="postmaster@x.example"),
        "late": report(path, ANNA),
        "gone": report(path, ANNA),
    }
    if what == "late":
        at = NOW + 30 * DAY + HOUR
    if what == "gone":
        store.forgetting.erase(ANNA, ANNA, ())
    deliver(home, letters[what], at=at)
    expected = {"late": Fate.LATE, "gone": Fate.GONE}.get(what, Fate.FORGED)
    assert read(home, store, at) == {expected: 1}
    assert told(home) == []
    assert noes(store) == []


def test_one_changed_sign_of_the_mac_is_a_forgery(home: House, store: Store) -> None:
    path = path_to(home, store, ANNA)
    rnd = random.Random(8)  # noqa: S311 - the same every time
    for _ in range(20):
        place = rnd.randrange(2, path.index("@"))
        sign = rnd.choice([one for one in "abcdefghijklmnopqrstuvwxyz234567" if one != path[place]])
        if path[place] != "-":
            deliver(home, report(path[:place] + sign + path[place + 1 :], ANNA))
    assert set(read(home, store)) == {Fate.FORGED}
    assert noes(store) == []


def test_a_bounce_on_the_thirtieth_day_counts_also_when_it_is_read_later(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, ANNA), ANNA), at=NOW + 29 * DAY)
    assert read(home, store, NOW + 40 * DAY) == {Fate.DEAD: 1}


def test_a_message_id_alone_proves_nothing(home: House, store: Store) -> None:
    identity = f"<{copy_to(store, ANNA).key}@leader.example>"
    deliver(home, report("brev@leader.example", ANNA, message_id=identity), complaint(message_id=identity))
    assert read(home, store) == {Fate.UNPROVED: 2}
    assert noes(store) == []


def test_a_server_without_a_return_path_is_known_by_its_name(home: House, store: Store) -> None:
    content = report(path_to(home, store, ANNA), ANNA)
    deliver(home, content.partition(b"\n")[2])
    assert read(home, store) == {Fate.DEAD: 1}


# Once


def test_the_same_letter_twice_changes_nothing_more(home: House, store: Store) -> None:
    letter = report(path_to(home, store, OFFICE), OFFICE)
    deliver(home, letter, letter)
    assert read(home, store) == {Fate.DEAD: 1, Fate.KNOWN: 1}
    deliver(home, letter)
    assert read(home, store) == {Fate.KNOWN: 1}
    assert len(told(home)) == len(noes(store, OFFICE)) == len(store.open_notices()) == 1


def test_what_is_read_is_read_once(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, ANNA), ANNA))
    assert read(home, store) == {Fate.DEAD: 1}
    assert read_returns(home, store, NOW + 2 * HOUR).letters == 0


def test_a_reading_that_dies_is_done_again_and_nothing_is_doubled(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(home, *(report(path_to(home, store, one), one) for one in (ANNA, BO, OFFICE)))
    taken: list[int] = []
    real = Database.writing

    @contextmanager
    def breaking(self: Database) -> Iterator[object]:
        with real(self) as connection:
            taken.append(1)
            yield connection
            if len(taken) == 2:
                raise StoreError(say("Strömmen gick."))

    with monkeypatch.context() as patched:
        patched.setattr(Database, "writing", breaking)
        with pytest.raises(StoreError):
            read_returns(home, store, NOW + HOUR)
    assert (noes(store, ANNA) != [], noes(store, BO), len(told(home))) == (True, [], 1)
    assert read(home, store) == {Fate.KNOWN: 1, Fate.DEAD: 2}
    assert len(told(home)) == 3


def test_a_long_reading_that_dies_goes_on_near_where_it_died(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(home, *(f"Subject: Autosvar {n}\n\n".encode() for n in range(119)))
    deliver(home, report(path_to(home, store, ANNA), ANNA))

    def broken(*_args: object) -> None:
        raise StoreError(say("Strömmen gick."))

    with monkeypatch.context() as patched:
        patched.setattr(Returns, "note", broken)
        with pytest.raises(StoreError):
            read_returns(home, store, NOW + HOUR)
    done = read_returns(home, store, NOW + HOUR)
    assert (done.letters, done.fates[Fate.DEAD]) == (20, 1)


def test_an_officer_who_lifts_is_not_undone_by_the_same_letter(home: House, store: Store) -> None:
    letter = report(path_to(home, store, ANNA), ANNA)
    deliver(home, letter)
    read(home, store)
    store.leaving.lift(store.leaving.noes([ANNA]), reason="Lagad.", by="Åsa", now=NOW + 2 * HOUR)
    deliver(home, letter)
    assert read(home, store) == {Fate.KNOWN: 1}
    assert noes(store) == []


def test_a_letter_from_before_the_address_was_proved_is_noted_and_ends_nothing(
    home: House, store: Store
) -> None:
    store.suppress(ANNA, "Adressen finns inte.", NOW, kind=NoKind.BOUNCE)
    store.leaving.lift(store.leaving.noes([ANNA]), reason="Lagad.", by="Åsa", now=NOW + HOUR)
    deliver(home, report(path_to(home, store, ANNA), ANNA), at=NOW + 2 * HOUR)
    assert read(home, store, NOW + 3 * HOUR) == {Fate.DEAD: 1}
    assert noes(store) == []


# Offices


def test_the_officer_is_told_at_once_of_an_office_that_is_lost(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, OFFICE), OFFICE, "550 5.1.1 No such user"))
    read(home, store)
    (letter,) = store.open_notices()
    assert letter.subject == f"Når inte längre {OFFICE}"
    assert f"{OFFICE} (Arvika) får inga fler brev." in letter.body
    assert "550 5.1.1 No such user" in letter.body
    assert f"comms suppress --lift {OFFICE}" in letter.body
    assert "audiences.yaml" in letter.body


def test_one_of_those_whom_an_office_address_leads_to_does_not_end_it(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, OFFICE), "nils@arvika.example"))
    assert read(home, store) == {Fate.TROUBLE: 1}
    assert noes(store, OFFICE) == []


def test_what_an_address_became_on_its_way_tells_that_it_leads_on(home: House, store: Store) -> None:
    # As Postfix writes it of an alias: it knows what we wrote to, and what that led to.
    content = report(path_to(home, store, OFFICE), "nils@arvika.example")
    both = f"Original-Recipient: rfc822;{OFFICE}\nFinal-Recipient".encode()
    deliver(home, content.replace(b"Final-Recipient", both))
    assert read(home, store) == {Fate.TROUBLE: 1}
    assert noes(store, OFFICE) == []


def test_a_server_may_know_an_address_by_another_hosts_name(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, OFFICE), "Kansli@imap01.arvika.invalid"))
    assert read(home, store) == {Fate.DEAD: 1}


# Trouble


def troubled(home: House, store: Store, *days: int, clean: tuple[int, ...] = ()) -> list[Fate]:
    """Issues on some days; each bounces at once with a full mailbox, but for those in `clean`."""
    found: list[Fate] = []
    for day in days:
        issue = f"kommunbrevet-dag-{day}"
        begin(store, EVA, issue=issue, day=day)
        at = NOW + day * DAY
        sent(store, at)
        if day not in clean:
            deliver(home, report(path_to(home, store, EVA, issue), EVA, FULL), at=at + HOUR)
            found += read(home, store, at + HOUR)
    return found


def test_three_issues_in_a_row_over_two_weeks_end_it_and_not_before(home: House, store: Store) -> None:
    assert troubled(home, store, 2, 9) == [Fate.TROUBLE] * 2
    assert noes(store, EVA) == []
    assert troubled(home, store, 16) == [Fate.ENDED]
    assert noes(store, EVA) == [
        ("", NoKind.BOUNCE, "Brevlådan har inte tagit emot 3 utskick i rad (452 4.2.2).")
    ]


def test_many_issues_within_two_weeks_end_nothing(home: House, store: Store) -> None:
    assert troubled(home, store, 2, 5, 8, 11, 14) == [Fate.TROUBLE] * 5
    assert troubled(home, store, 17) == [Fate.ENDED]


def test_an_issue_that_was_refused_for_our_sake_has_not_arrived(home: House, store: Store) -> None:
    troubled(home, store, 2, 9)
    begin(store, EVA, issue="kommunbrevet-vårt", day=12)
    sent(store, NOW + 12 * DAY)
    deliver(home, report(path_to(home, store, EVA, "kommunbrevet-vårt"), EVA, REFUSED), at=NOW + 12 * DAY)
    assert read(home, store, NOW + 12 * DAY) == {Fate.OURS: 1}
    assert troubled(home, store, 17) == [Fate.ENDED]


def test_an_issue_that_arrived_begins_the_row_anew(home: House, store: Store) -> None:
    days = (2, 9, 12, 16, 23)
    assert troubled(home, store, *days, clean=(12,)) == [Fate.TROUBLE] * 4
    assert noes(store, EVA) == []
    assert troubled(home, store, 30) == [Fate.ENDED]


@pytest.mark.parametrize(("age", "ends"), [(timedelta(days=2, hours=23), True), (3 * DAY, False)])
def test_an_issue_younger_than_three_days_may_still_come_back(age: timedelta, ends: bool) -> None:
    now = NOW + 60 * DAY
    row = [Tried(now - age, is_accepted=True, is_trouble=False)]
    row += [Tried(now - (20 + 7 * n) * DAY, is_accepted=True, is_trouble=True) for n in range(3)]
    assert bool(lasting_trouble(row, "", now)) == ends


def test_an_issue_that_was_never_taken_is_neither_trouble_nor_rest() -> None:
    row = [Tried(NOW - n * 10 * DAY, is_accepted=True, is_trouble=n != 1) for n in range(4)]
    row[1] = replace(row[1], is_accepted=False)
    assert lasting_trouble(row, "", NOW) is not None


# Our own fault


def domain_of(store: Store, count: int, issue: str = ISSUE) -> list[str]:
    return [row.recipient for row in store.deliveries(issue) if row.recipient.endswith("@stor.example")][
        :count
    ]


def test_a_domain_that_refuses_us_is_held_and_told_and_its_readers_are_left_alone(
    home: House, store: Store
) -> None:
    issue = "kommunbrevet-stort"
    begin(store, *(f"r{n}@stor.example" for n in range(20)), "x@liten.example", issue=issue, day=9)
    sent(store, most=10)
    first = domain_of(store, 3, issue)
    deliver(home, *(report(path_to(home, store, one, issue), one, REFUSED) for one in first[:2]))
    assert read(home, store) == {Fate.OURS: 2}
    assert store.counts(issue)[DeliveryState.PLANNED] == 11
    deliver(home, report(path_to(home, store, first[2], issue), first[2], REFUSED))
    done = read_returns(home, store, NOW + HOUR)
    assert (dict(done.fates), done.held) == ({Fate.OURS: 1}, 10)
    assert store.counts(issue) == {
        DeliveryState.ACCEPTED: 10,
        DeliveryState.HELD: 10,
        DeliveryState.PLANNED: 1,
    }
    assert all(noes(store, one) == [] for one in first)
    (letter,) = store.open_notices()
    assert letter.subject == "stor.example tar inte emot våra brev"
    assert "3 av 10 brev" in letter.body
    assert f"comms send {issue} --rest --plan f1" in letter.body
    # What a person lets go is not held again by what comes back of the old ones.
    assert store.again(issue, [DeliveryState.HELD], NOW + HOUR) == 10
    fourth = [row.recipient for row in store.deliveries(issue) if row.state is DeliveryState.ACCEPTED][5]
    deliver(home, report(path_to(home, store, fourth, issue), fourth, REFUSED))
    assert read_returns(home, store, NOW + 2 * HOUR).held == 0
    assert store.counts(issue)[DeliveryState.PLANNED] == 11


@pytest.mark.parametrize(
    ("sent_to", "refused", "stops"),
    [(10, 2, False), (15, 3, False), (14, 3, True), (3, 3, True), (500, 100, False)],
)
def test_three_and_more_than_a_fifth_of_a_domains_copies_stop_it(
    sent_to: int, refused: int, stops: bool
) -> None:
    assert bool(refuses_us(Share(sent_to, refused, 0))) == stops


# Complaints


@pytest.mark.parametrize("how", ["path", "page", "mailto", "old path"])
def test_a_complaint_ends_it_for_good_however_the_copy_is_known(home: House, store: Store, how: str) -> None:
    at = NOW + 90 * DAY if how == "old path" else NOW
    letter = {
        "path": complaint(path=path_to(home, store, ANNA)),
        "old path": complaint(path=path_to(home, store, ANNA)),
        "page": complaint(unsubscribe=url(home.settings, f"u/{link(store, ANNA)}")),
        "mailto": complaint(unsubscribe=f"mailto:avsluta+{by_mail(store, ANNA)}@studs.example"),
    }[how]
    deliver(home, letter, at=at)
    assert read(home, store, at) == {Fate.COMPLAINT: 1}
    assert noes(store) == [("", NoKind.COMPLAINT, "Anmälde brevet som skräppost.")]
    assert [kind for kind, _, _ in told(home)] == ["complaint"]
    assert noes(store, BO) == []


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_a_report_that_is_no_complaint_ends_nothing(home: House, store: Store, kind: str) -> None:
    deliver(home, complaint(kind, path=path_to(home, store, ANNA)))
    read(home, store)
    assert noes(store) == []


def test_a_complaint_of_an_erased_person_finds_nobody(home: House, store: Store) -> None:
    letter = complaint(unsubscribe=url(home.settings, f"u/{link(store, ANNA)}"))
    store.forgetting.erase(ANNA, ANNA, ())
    deliver(home, letter)
    assert read(home, store) == {Fate.GONE: 1}


def test_a_complaint_counts_when_the_delivery_has_lost_its_address(home: House, store: Store) -> None:
    letter = complaint(unsubscribe=url(home.settings, f"u/{link(store, ANNA)}"))
    store.close_finished_slots(NOW)
    assert store.forgetting.addresses(ISSUE) == 3
    deliver(home, letter, letter)
    assert read(home, store) == {Fate.COMPLAINT: 1, Fate.KNOWN: 1}
    assert [kind for _, kind, _ in noes(store)] == [NoKind.COMPLAINT]


# What only is counted


def test_delays_and_answers_by_machines_change_nothing_and_arrivals_are_noted(
    home: House, store: Store
) -> None:
    path = path_to(home, store, ANNA)
    away = (
        f"Return-Path: <>\nFrom: {ANNA}\nTo: {path}\nSubject: Autosvar: bortrest\n"
        "Auto-Submitted: auto-replied\n\n550 5.1.1 User unknown\n"
    ).encode()
    deliver(home, report(path, ANNA, FULL, action="delayed"), away)
    deliver(home, report(path, ANNA, "250 2.0.0 Ok", action="delivered"))
    assert read(home, store) == {Fate.DELAY: 1, Fate.AUTOMATIC: 1, Fate.DELIVERED: 1}
    assert [kind for kind, _, _ in told(home)] == ["delivered"]
    assert noes(store) == []


# What nobody understands


def test_what_nobody_understands_is_kept_for_its_owner_alone_and_told_once_a_day(
    home: House, store: Store
) -> None:
    odd = b"Return-Path: <>\nFrom: =?utf-8?q?Sk=C3=A5p?= <x@x.example>\nSubject: Hej\x1b[2J\n\nVad?\n"
    deliver(home, odd, odd, report(path_to(home, store, ANNA), ANNA))
    assert read(home, store) == {Fate.UNREADABLE: 2, Fate.DEAD: 1}
    (kept,) = unreadable(home)
    assert kept.path.read_bytes() == odd
    assert (kept.path.stat().st_mode & 0o777, quarantine(home).stat().st_mode & 0o777) == (0o600, 0o700)
    assert kept.kept_at == NOW + HOUR
    assert "Skåp" in kept.sender
    assert "\x1b" not in kept.subject
    deliver(home, odd + b"mer")
    read(home, store, NOW + HOUR)
    assert [one.subject for one in store.open_notices()] == ["Studsar som ingen förstår"]
    assert (drop(home), drop(home), unreadable(home)) == (2, 0, [])


def test_quarantine_is_cleared_when_its_time_is_over(home: House, store: Store) -> None:
    deliver(home, b"Subject: Hej\n\nVad?\n")
    read(home, store)
    old = NOW + home.settings.retention.returned + 2 * HOUR
    assert clear_quarantine(home, NOW + 80 * DAY) == 0
    assert clear_quarantine(home, old, dry=True) == 1
    assert (clear_quarantine(home, old), unreadable(home)) == (1, [])


def test_a_full_quarantine_stops_nothing_and_is_told(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 1000
    monkeypatch.setattr("comms.app.quarantining.MOST", 1)
    deliver(home, b"Subject: 1\n\nVad?\n", b"Subject: 2\n\nVad?\n", report(path_to(home, store, ANNA), ANNA))
    assert read(home, store) == {Fate.UNREADABLE: 2, Fate.DEAD: 1}
    assert len(unreadable(home)) == 1
    assert "1 av dem fick inte plats" in store.open_notices()[0].body


def test_a_letter_that_finds_no_room_leaves_nothing_half_written(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("comms.app.quarantining.os.utime", full)
    assert not keep_unreadable(home, b"Subject: Hej\n\n", NOW)
    assert list(quarantine(home).iterdir()) == []


def test_a_letter_that_breaks_its_reader_stops_no_other(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(content: bytes) -> tuple[Returned, ...]:
        if b"gift" in content:
            raise RecursionError
        return read_returned(content)

    monkeypatch.setattr("comms.app.bouncing.read_returned", fragile)
    deliver(home, b"Subject: gift\n\n", report(path_to(home, store, ANNA), ANNA))
    assert read(home, store) == {Fate.UNREADABLE: 1, Fate.DEAD: 1}


# The mailbox


def test_a_full_mailbox_is_read_some_at_a_time_and_to_its_end(
    home: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comms.inbox.letters.MOST", 7)
    deliver(home, *(report(f"b-{n}@studs.leader.example", ANNA) for n in range(20)))
    assert [read_returns(home, store, NOW + HOUR).letters for _ in range(4)] == [7, 7, 6, 0]
    deliver(home, *(report(f"b-{n}@studs.leader.example", BO) for n in range(20)))
    assert read_all_returns(home, store, NOW + HOUR).letters == 20


def test_a_file_that_another_points_at_is_no_letter(home: House, store: Store, tmp_path: Path) -> None:
    (tmp_path / "hemligt").write_text("lösenord")
    (tmp_path / "mail" / "new" / "1").symlink_to(tmp_path / "hemligt")
    assert read(home, store) == {}
    assert unreadable(home) == []


def test_another_mailbox_is_read_from_its_beginning(home: House, store: Store) -> None:
    deliver(home, report(path_to(home, store, ANNA), ANNA), at=NOW + 2 * HOUR)
    assert read(home, store, NOW + 2 * HOUR) == {Fate.DEAD: 1}
    other = home_with_box(home.root, Letterbox(maildir="other"))
    (home.root / "mail").rename(home.root / "other")
    for file in (home.root / "other" / "new").iterdir():
        file.write_bytes(report(path_to(home, store, BO), BO))
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))  # older than what has been read elsewhere
    assert read(other, store, NOW + 3 * HOUR) == {Fate.DEAD: 1}


def test_a_mailbox_that_cannot_be_read_is_told_once_a_day_and_stops_nothing(
    home: House, store: Store
) -> None:
    (home.root / "mail" / "cur").rmdir()
    for hours in (0, 1, 24):
        assert "är ingen maildir" in str(read_returns(home, store, NOW + hours * HOUR).why)
    assert [one.subject for one in store.open_notices()] == ["Studsarna läses inte"] * 2


def test_without_a_mailbox_nothing_is_read(store: Store, tmp_path: Path) -> None:
    bare = house(office(), tmp_path)
    assert read_returns(bare, store, NOW).letters == 0
    with pytest.raises(ConfigError, match="ingen brevlåda för studsar"):
        read_all_returns(bare, store, NOW)


# Runs that must stop


@pytest.mark.parametrize(("answered", "dead"), [(50, 4), (150, 12), (400, 21)])
def test_a_run_stops_when_too_many_come_back_after_the_relay_said_yes(
    home: House, store: Store, answered: int, dead: int
) -> None:
    issue = "kommunbrevet-stort"
    begin(store, *(f"r{n}@stor{n}.example" for n in range(answered + 10)), issue=issue, day=9)
    sent(store, most=answered)
    gone = [row.recipient for row in store.deliveries(issue)][:dead]
    deliver(home, *(report(path_to(home, store, one, issue), one) for one in gone))
    assert list(read_returns(home, store, NOW + HOUR).stopped) == [issue]
    slot = store.slot(issue)
    assert slot is not None
    assert slot.state is SlotState.PAUSED
    assert [one.subject for one in store.open_notices()] == ["Pausad: Kommunbrevet"]


@pytest.mark.parametrize(
    ("course", "stops"),
    [
        (Course(5000, 1000, 50, 0), False),
        (Course(5000, 1000, 51, 0), True),
        (Course(5000, 1000, 0, 3), False),
        (Course(5000, 1000, 0, 4), True),
        (Course(5000, 1000, 999, 0, cleared=True), False),
        (Course(100, 100, 5, 0), False),
        (Course(100, 100, 6, 0), True),
    ],
)
def test_the_late_alarm_has_the_early_ones_shares(course: Course, stops: bool) -> None:
    assert bool(late_alarm(course)) == stops


# The list


def test_the_list_shows_offices_in_full_and_readers_masked(home: House, store: Store) -> None:
    deliver(home, *(report(path_to(home, store, one), one) for one in (ANNA, OFFICE)))
    deliver(home, report(path_to(home, store, BO), BO, FULL))
    read(home, store)
    rows = [(one.who, str(one.kind), one.slug, str(one.done)) for one in came_back(store, NOW - DAY)]
    assert rows == [
        ("a•••@privat.example", "adressen finns inte", "user-unknown", "spärrad"),
        (OFFICE, "adressen finns inte", "user-unknown", "spärrad"),
        ("b•••@privat.example", "brevlådan tog inte emot", "mailbox-full", "får brev"),
    ]
    assert list(came_back(store, NOW + 2 * HOUR)) == []
