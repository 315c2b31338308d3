"""Tickets in both databases: a form acts once, limits are exact, nobody is mailed twice, noes are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from comms.app.hashed import erased_keys, forgotten
from comms.app.inviting import mail_tickets
from comms.app.subscribing import find_settings, find_ticket
from comms.model.subscriber import PROVABLE_NOES, NoKind, Subscription, SubscriptionState, TicketKind
from comms.store import Store
from comms.store.database import Database
from comms.store.schema import forms, tickets
from comms.store.suppressions import suppress
from comms.store.tickets import NETWORK_WAITS
from tests.fakes.signups import (
    ANNA,
    ANNAS,
    KEYS,
    NETWORK,
    NOW,
    Desk,
    Mailbox,
    choices,
    house,
    office,
    token_in,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1, seconds=1)
"""A little more than what a limit counts: mails are marked by a clock that goes on."""

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """The office at work on the database."""
    return Desk(office(), store, tmp_path)


def rows(database: Database) -> list[tuple[str, str, str]]:
    """Kind, address and key of every ticket, oldest first."""
    columns = (tickets.c.kind, tickets.c.address, tickets.c.address_key)
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(tickets.c.asked_at))]


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Do something in so many threads that begin together; what each gave, sorted by its words."""
    together = threading.Barrier(count)

    def begin(number: int) -> object:
        together.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(begin, range(count)), key=repr)


# Asking


def test_a_form_acts_once_when_twenty_come_at_once(desk: Desk, database: Database) -> None:
    at_once(20, lambda number: desk.ask(f"person{number}@eda.example", nonce="samma"))
    assert len(rows(database)) == 1
    with database.reading() as connection:
        assert [row.nonce for row in connection.execute(select(forms.c.nonce))] == ["samma"]


def test_an_address_has_one_ticket_when_twenty_ask_at_once(desk: Desk, database: Database) -> None:
    at_once(20, lambda number: desk.ask(nonce=f"form-{number}"))
    assert rows(database) == [("confirm", ANNA, ANNAS)]
    assert desk.said() == ["asked"]


def test_who_has_all_of_it_is_told_so_and_who_wants_something_else_is_asked(
    desk: Desk, database: Database
) -> None:
    desk.join()
    for wanted in (
        choices(),
        choices("kommunbrevet", "bygdebrevet"),
        choices(place=""),
        choices(focus="bygd"),
    ):
        desk.now += DAY * 31
        desk.ask(wanted=wanted)
        desk.mail()
    kinds = [kind for kind, _, _ in rows(database)]
    assert kinds == ["confirm", "already", "confirm", "confirm", "confirm"]


@pytest.mark.parametrize("kind", [kind for kind in NoKind if kind not in PROVABLE_NOES])
def test_somebody_elses_no_gets_no_mail_of_any_kind(desk: Desk, database: Database, kind: NoKind) -> None:
    desk.join()
    desk.now += DAY * 31
    desk.store.suppress(ANNA, "Har hört av sig.", desk.now, kind=kind)
    desk.ask()
    desk.ask_for_settings()
    assert desk.mail() == 0
    assert [one for one, _, _ in rows(database)] == ["confirm"]


def test_an_offices_no_that_outlived_an_erasure_still_gets_no_mail(desk: Desk, database: Database) -> None:
    for key in erased_keys(ANNAS, KEYS):
        with database.writing() as connection:
            suppress(connection, key, "Har hört av sig.", NOW, kind=NoKind.OFFICER)
        desk.ask()
    assert desk.mailed() == []


def test_an_address_has_one_mail_a_day_and_three_in_thirty_days(desk: Desk) -> None:
    step = timedelta(hours=8, seconds=1)
    mailed = []
    for number in range(98):
        desk.now = NOW + step * number
        desk.ask()
        if desk.mail():
            mailed.append(number)
    assert mailed == [0, 3, 6, 90, 93, 96]


def test_a_mail_that_waited_counts_from_when_it_was_mailed(desk: Desk) -> None:
    desk.ask()
    desk.now += timedelta(hours=20)
    assert desk.mail() == 1
    desk.now += timedelta(hours=23)
    desk.ask()
    assert desk.mail() == 0
    desk.now += HOUR + timedelta(seconds=1)
    desk.ask()
    assert desk.mail() == 1


def test_a_link_to_settings_has_its_own_count(desk: Desk) -> None:
    desk.join()
    desk.ask_for_settings()
    desk.ask_for_settings()
    desk.ask()
    assert desk.mail() == 1


def test_nobody_who_is_no_subscriber_gets_a_link_to_settings(desk: Desk) -> None:
    desk.ask_for_settings("nagon@eda.example")
    assert not desk.store.tickets.is_waiting()


def test_the_hundred_and_first_that_waits_from_a_network_is_not_taken_in_and_the_officer_hears_of_it_once(
    desk: Desk, database: Database
) -> None:
    for number in range(NETWORK_WAITS + 2):
        desk.ask(f"person{number}@kommun{number}.example")
    assert len(rows(database)) == NETWORK_WAITS
    desk.ask("bo@eda.example", network="198.51.100.0/24")
    assert len(rows(database)) == NETWORK_WAITS + 1
    (notice,) = desk.store.open_notices()
    assert notice.subject == "Ovanligt många anmälningar till nyhetsbreven"


# Mailing


def test_two_processes_never_mail_one_ticket_twice(
    desk: Desk, another: Callable[[], Store], tmp_path: Path
) -> None:
    for number in range(12):
        desk.ask(f"person{number}@kommun{number}.example", network=f"192.0.{number}.0/24")
    boxes = [Mailbox(), Mailbox(), Mailbox()]
    stores = [another() for _ in boxes]
    home = house(desk.office, tmp_path)
    at_once(3, lambda n: mail_tickets(home, stores[n], {"mail": boxes[n]}, NOW))
    sent = sorted(letter.recipient for box in boxes for letter in box.letters)
    assert sent == sorted(f"person{number}@kommun{number}.example" for number in range(12))


def test_limits_hold_when_processes_mail_at_once(
    desk: Desk, another: Callable[[], Store], tmp_path: Path
) -> None:
    for number in range(12):
        desk.ask(f"person{number}@kommun{number}.example")
    boxes = [Mailbox(), Mailbox(), Mailbox()]
    stores = [another() for _ in boxes]
    home = house(desk.office, tmp_path)
    at_once(3, lambda n: mail_tickets(home, stores[n], {"mail": boxes[n]}, NOW))
    assert sum(len(box.letters) for box in boxes) == 5


def test_a_database_that_may_not_send_mails_nothing(desk: Desk, database: Database) -> None:
    desk.store.begin_work("a", NOW)
    desk.ask()
    with database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE instance SET fenced_at = '2026-12-01T08:00:00.000000+00:00', fence_reason = 'gammal'"
        )
    assert desk.mail() == 0
    assert desk.store.tickets.is_waiting()


# Answering


def test_twenty_yeses_at_once_are_one(desk: Desk) -> None:
    desk.ask()
    token = token_in(desk.mailed()[0])
    answers = at_once(20, lambda _: desk.confirm(token))
    assert len(set(map(repr, answers))) == 1
    assert answers[0] is not None
    assert desk.said() == ["asked", "confirmed"]
    assert desk.person().newsletters == ("kommunbrevet",)


def test_two_yeses_of_one_person_at_once_both_stand(desk: Desk) -> None:
    tokens = []
    for wanted in (choices(), choices("bygdebrevet")):
        desk.ask(wanted=wanted)
        tokens.append(token_in(desk.mailed()[-1]))
        desk.now += DAY
    desk.now -= HOUR
    at_once(2, lambda number: desk.confirm(tokens[number]))
    assert desk.person().newsletters == ("bygdebrevet", "kommunbrevet")


def test_a_yes_lifts_the_persons_own_no_to_what_was_chosen_alone(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    desk.change(desk.link(), choices("kommunbrevet"))
    desk.store.suppress(ANNA, "Avslutade själv", desk.now, kind=NoKind.OWN)
    assert desk.noes() == {("", "own"), ("bygdebrevet", "own")}
    desk.now += DAY
    desk.join()
    assert desk.noes() == {("bygdebrevet", "own"), ("partnerbrevet", "own")}
    assert desk.person().newsletters == ("kommunbrevet",)


def test_an_erased_person_returns_and_their_no_to_the_rest_is_kept(desk: Desk, database: Database) -> None:
    old = erased_keys(ANNAS, KEYS)[-1]
    with database.writing() as connection:
        suppress(connection, old, "Raderad på egen begäran.", NOW, kind=NoKind.ERASED)
    desk.join()
    assert desk.noes(ANNAS, *erased_keys(ANNAS, KEYS)) == {("bygdebrevet", "own"), ("partnerbrevet", "own")}


def test_letters_that_came_back_are_taken_back_by_a_link_that_arrived(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    desk.store.suppress(ANNA, "Adressen finns inte.", desk.now, kind=NoKind.BOUNCE)
    assert desk.person().newsletters == ()
    desk.now += DAY
    desk.join()
    assert desk.noes() == set()
    assert desk.person().newsletters == ("kommunbrevet",)


def test_a_link_to_settings_that_arrived_takes_letters_that_came_back_too(desk: Desk) -> None:
    desk.join()
    desk.store.suppress(ANNA, "Adressen finns inte.", desk.now, kind=NoKind.BOUNCE)
    desk.now += DAY
    desk.change(desk.link(), choices("bygdebrevet"))
    assert desk.noes() == set()
    assert desk.person().newsletters == ("bygdebrevet",)


def test_a_link_from_before_letters_came_back_proves_nothing(desk: Desk) -> None:
    desk.ask()
    token = token_in(desk.mailed()[0])
    desk.now += HOUR
    desk.store.suppress(ANNA, "Adressen finns inte.", desk.now, kind=NoKind.BOUNCE)
    assert desk.confirm(token) is None
    assert desk.noes() == {("", "bounce")}


@pytest.mark.parametrize("kind", [NoKind.COMPLAINT, NoKind.OFFICER])
def test_a_yes_takes_back_no_complaint_that_stands_beside_letters_that_came_back(
    desk: Desk, kind: NoKind
) -> None:
    desk.ask()
    token = token_in(desk.mailed()[0])
    for one in (NoKind.BOUNCE, kind):
        desk.store.suppress(ANNA, "Nej.", desk.now - HOUR, kind=one)
    assert desk.confirm(token) is None
    assert desk.noes() == {("", "bounce"), ("", kind.value)}


def test_somebody_elses_no_that_came_after_the_mail_stands_and_nothing_is_promised(desk: Desk) -> None:
    desk.ask()
    token = token_in(desk.mailed()[0])
    desk.store.suppress(ANNA, "Har hört av sig.", desk.now)
    assert desk.confirm(token) is None
    assert desk.noes() == {("", "officer")}
    assert desk.store.subscribers.find(ANNAS) is None


def test_a_second_yes_after_an_end_brings_nothing_back(desk: Desk) -> None:
    desk.ask()
    token = token_in(desk.mailed()[0])
    assert desk.confirm(token) is not None
    desk.store.suppress(ANNA, "Avslutade själv", desk.now, kind=NoKind.OWN)
    assert desk.confirm(token) is None
    assert desk.noes() == {("", "own")}


def test_an_end_during_a_yes_is_never_undone_by_it(desk: Desk, another: Callable[[], Store]) -> None:
    desk.join(wanted=choices("bygdebrevet"))
    other = another()
    for round_ in range(8):
        desk.now += DAY * 31
        desk.ask(wanted=choices("kommunbrevet", focus=("", "bygd")[round_ % 2]))
        token = token_in(desk.mailed()[-1])
        if round_:
            desk.change(desk.link(), choices("kommunbrevet", "bygdebrevet"))

        def act(number: int, token: str = token) -> object:
            if not number:
                return desk.confirm(token)
            other.leaving.refuse(ANNA, "bygdebrevet", "Slut.", desk.now)
            return None

        at_once(2, act)
        states = {one.newsletter: one.state for one in desk.person().subscriptions}
        assert states["bygdebrevet"] is SubscriptionState.ENDED
        assert states["kommunbrevet"] is SubscriptionState.CONFIRMED
        break_no(desk)


def break_no(desk: Desk) -> None:
    """The office takes its no back, so that a round can begin again."""
    desk.store.leaving.lift(desk.store.leaving.noes([ANNAS]), reason="prov", by="Bo", now=desk.now)


# Own choices


def test_what_is_left_out_ends_with_a_no_and_what_is_added_loses_its_no(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    token = desk.link()
    desk.change(token, choices("bygdebrevet"))
    assert desk.noes() == {("kommunbrevet", "own")}
    (ended,) = (one for one in desk.person().subscriptions if one.newsletter == "kommunbrevet")
    assert ended == Subscription("kommunbrevet", SubscriptionState.ENDED, desk.now, "Avslutade själv (p/)")
    desk.change(token, choices("kommunbrevet", "bygdebrevet", place="torsby"))
    assert desk.noes() == set()
    assert desk.person().choices == choices("bygdebrevet", "kommunbrevet", place="torsby")
    assert desk.said() == ["asked", "confirmed", "changed", "changed"]


def test_what_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    token = desk.link()
    before = desk.person()
    at_once(5, lambda _: desk.change(token, choices("bygdebrevet", "kommunbrevet")))
    assert desk.person() == before
    assert desk.said() == ["asked", "confirmed"]


@pytest.mark.parametrize("act", ["save", "end"])
def test_no_newsletter_at_all_ends_everything(desk: Desk, act: str) -> None:
    desk.join()
    wanted = replace(choices(), newsletters=()) if act == "save" else choices()
    after = desk.change(desk.link(), wanted, act)
    assert after is not None
    assert after.newsletters == ()
    assert ("", "own") in desk.noes()
    assert desk.said()[-1] == "ended"


def test_a_pause_lasts_three_months_by_the_offices_clock_and_twenty_presses_are_one(desk: Desk) -> None:
    desk.join()
    token = desk.link()
    at_once(20, lambda _: desk.change(token, choices(), "pause"))
    until = desk.person().paused_until
    assert until is not None
    assert f"{until:%Y-%m-%d %H:%M}" == "2027-02-28 23:00"
    desk.change(token, choices(), "resume")
    desk.change(token, choices(), "resume")
    assert desk.person().paused_until is None
    assert desk.said() == ["asked", "confirmed", "paused", "resumed"]


def test_who_ends_everything_in_a_pause_and_comes_back_by_the_same_link_is_not_paused(desk: Desk) -> None:
    desk.join()
    link = desk.link()
    desk.change(link, choices(), "pause")
    desk.change(link, choices(), "end")
    desk.change(link, choices())
    assert (desk.person().newsletters, desk.person().paused_until) == (choices().newsletters, None)


def test_a_new_yes_ends_a_pause(desk: Desk) -> None:
    desk.join()
    desk.change(desk.link(), choices(), "pause")
    desk.now += DAY
    desk.join()
    assert desk.person().paused_until is None


def test_a_newsletter_that_the_page_does_not_show_is_not_taken_away_by_it(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    closed = Desk(office(bygdebrevet=replace(office().settings.newsletters["bygdebrevet"], is_open=False)),
                  store, tmp_path, nonces=50)  # fmt: skip
    closed.change(closed.link(), choices("kommunbrevet", place=""))
    assert closed.person().newsletters == ("bygdebrevet", "kommunbrevet")
    assert closed.noes() == set()


# How long links work


def test_a_confirming_link_works_for_two_days_from_its_mail(desk: Desk) -> None:
    desk.ask()
    desk.now += timedelta(hours=30)
    token = token_in(desk.mailed()[0])
    desk.now += timedelta(hours=47, minutes=59)
    found = find_ticket(desk.office, desk.store, token, desk.now)
    assert found is not None
    assert (found.address, found.kind, found.choices) == (ANNA, TicketKind.CONFIRM, choices())
    desk.now += timedelta(minutes=2)
    assert find_ticket(desk.office, desk.store, token, desk.now) is None
    assert desk.confirm(token) is None


def test_a_link_to_settings_works_for_an_hour_and_opens_no_sign_up(desk: Desk) -> None:
    desk.join()
    token = desk.link()
    desk.now += timedelta(minutes=59)
    assert find_settings(desk.office, desk.store, token, desk.now) == desk.person()
    assert desk.confirm(token) is None
    desk.now += timedelta(minutes=2)
    assert find_settings(desk.office, desk.store, token, desk.now) is None
    assert desk.change(token, choices(), "end") is None


# Forgetting


@pytest.fixture
def tidy(desk: Desk) -> Callable[[], int]:
    """Forget what is due."""
    return lambda: desk.store.tickets.forget(desk.now, WEEK, forgotten(KEYS))


def test_who_never_answered_is_forgotten_after_a_week_and_still_counts_for_thirty_days(
    desk: Desk, database: Database, tidy: Callable[[], int]
) -> None:
    desk.ask()
    desk.mail()
    for _ in range(2):
        desk.now += DAY
        desk.ask()
        desk.mail()
    desk.now += WEEK - timedelta(seconds=1)
    assert (tidy(), tidy()) == (2, 0)
    desk.now += HOUR
    assert tidy() == 1
    assert {address for _, address, _ in rows(database)} == {""}
    assert ANNAS not in str(rows(database))
    assert desk.said() == []
    desk.ask()
    assert not desk.store.tickets.is_waiting()
    desk.now = NOW + MONTH + timedelta(seconds=1)
    desk.ask()
    assert desk.store.tickets.is_waiting()


def test_who_answered_keeps_their_evidence_and_their_ticket_goes_after_thirty_days(
    desk: Desk, database: Database, tidy: Callable[[], int]
) -> None:
    desk.join()
    desk.now += WEEK * 2
    assert tidy() == 0
    desk.now = NOW + MONTH + HOUR
    assert tidy() == 1
    assert rows(database) == []
    assert desk.said() == ["asked", "confirmed"]


def test_a_mail_that_could_not_go_for_a_week_is_never_sent(desk: Desk, tidy: Callable[[], int]) -> None:
    desk.ask()
    desk.now += WEEK
    assert tidy() == 1
    assert desk.mail() == 0
    assert desk.mailbox.letters == []


def test_forms_are_forgotten_after_two_days(desk: Desk, database: Database, tidy: Callable[[], int]) -> None:
    desk.ask(network=NETWORK)
    desk.now += DAY * 2
    tidy()
    with database.reading() as connection:
        assert connection.execute(select(forms)).all() == []
