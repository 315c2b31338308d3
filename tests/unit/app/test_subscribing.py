"""Signing up: every fault of a form at once, one answer for all, and what a yes leaves behind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from comms.app.subscribing import find_settings, find_ticket, read_choices, read_signup
from comms.model.issue import OnQuietDay, QuietDays
from comms.model.subscriber import Choices, NoKind
from comms.render.public_pages import consent_text
from comms.store import Store
from comms.text.encoding import OFF_A_LINE
from comms.text.tokens import Purpose, token
from tests.fakes.signups import (
    ANNA,
    ANNAS,
    KEYS,
    KOMMUN,
    NETWORK,
    NOW,
    Desk,
    choices,
    fields,
    fresh_store,
    office,
    token_in,
)

OFFICE = office()
DAY = timedelta(days=1, seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(office(), store, tmp_path)


def faults(form: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: str(fault) for name, fault in read_signup(OFFICE, form).faults.items()}


# Reading a form


def test_a_form_that_is_filled_in_rightly_has_no_fault_and_its_choices_are_in_the_offices_order() -> None:
    form = read_signup(
        OFFICE, fields(newsletters=["bygdebrevet", "kommunbrevet"], focus=["leder", "bygd"], website="")
    )
    assert form.faults == {}
    assert form.address == ANNA
    assert form.choices == Choices(("kommunbrevet", "bygdebrevet"), "public", "arvika", ("bygd", "leder"))


def test_an_empty_form_is_told_all_that_is_missing_at_once() -> None:
    assert set(faults({})) == {"address", "newsletters", "audience"}
    assert set(faults({"newsletters": ["kommunbrevet"]})) == {"address", "audience"}


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"newsletters": ["hittepa"]}, "newsletters", "finns inte längre"),
        ({"newsletters": ["kommunbrevet", "hittepa"]}, "newsletters", "finns inte längre"),
        ({"newsletters": []}, "newsletters", "minst ett"),
        ({"newsletters": ["kommunbrevet"] * 4}, "newsletters", "gick inte att läsa"),
        ({"newsletters": "\ud800"}, "newsletters", "gick inte att läsa"),
        ({"audience": "hittepa"}, "audience", "finns inte längre"),
        ({"audience": ["public", "offices"]}, "audience", "bara en"),
        ({"audience": ""}, "audience", "läser som"),
        ({"audience": "x" * 321}, "audience", "gick inte att läsa"),
        ({"municipality": "hittepa"}, "municipality", "finns inte längre"),
        ({"municipality": "arvika\r\n"}, "municipality", "gick inte att läsa"),
        ({"municipality": ["arvika", ""]}, "municipality", "bara en"),
        ({"focus": "hittepa"}, "focus", "finns inte längre"),
        ({"focus": ["bygd", "leder", "bygd"]}, "focus", "gick inte att läsa"),
        ({"address": [ANNA, "bo@eda.example"]}, "address", "gick inte att läsa"),
        ({"address": "åsa@arvika.example"}, "address", "”å”"),
        (
            {"newsletters": ["partnerbrevet"]},
            "audience",
            "Partnerbrevet görs för Kommunala kontor.",
        ),
        (
            {"newsletters": ["kommunbrevet", "bygdebrevet"], "audience": "offices"},
            "audience",
            "Bygdebrevet görs för Allmänheten.",
        ),
        (
            {"newsletters": ["bygdebrevet"], "municipality": ""},
            "municipality",
            "Bygdebrevet görs för en kommun i taget: Arvika.",
        ),
        ({"newsletters": ["bygdebrevet"], "municipality": "torsby"}, "municipality", "Välj en av dem."),
    ],
)
def test_what_does_not_fit_is_a_fault_in_words_at_its_field(
    typed: dict[str, str | list[str]], field: str, words: str
) -> None:
    found = faults(fields(**typed))
    assert list(found) == [field]
    assert words in found[field]


def test_a_newsletter_that_is_closed_cannot_be_chosen() -> None:
    closed = office(kommunbrevet=replace(KOMMUN, is_open=False))
    assert "newsletters" in read_signup(closed, fields()).faults


def test_choices_without_a_newsletter_are_an_answer_and_need_nothing_else() -> None:
    assert read_choices(OFFICE, {}).faults == {}
    assert set(read_choices(OFFICE, fields(newsletters=["partnerbrevet"])).faults) == {"audience"}


def test_no_form_however_odd_raises_and_what_is_given_back_can_be_shown() -> None:
    chance = random.Random(11)  # noqa: S311 - the same every time
    names = ("address", "newsletters", "audience", "municipality", "focus", "form", "action", "", "x\x00")
    values = (
        *("kommunbrevet", "bygdebrevet", "public", "arvika", "bygd", ANNA, "", " ", "<script>", "\ud800"),
        *(
            "\x00",
            "a" * 400,
            "{0}",
            "{newsletter}",
            "%s",
            "' OR 1=1 --",
            "=cmd|' /C calc'!A0",
            "\u202e",
            "åäö@ö",
        ),
    )
    for _ in range(1500):
        typed = {
            name: chance.choices(values, k=chance.randrange(5))
            for name in chance.sample(names, chance.randrange(len(names)))
        }
        for read in (read_signup, read_choices):
            form = read(OFFICE, typed)
            shown = f"{form.address}{form.choices}{[str(fault) for fault in form.faults.values()]}"
            shown.encode()
            assert not OFF_A_LINE.search(shown)
            assert set(form.choices.newsletters) <= set(OFFICE.newsletters)


# Asking


def test_what_was_said_is_evidence_with_its_words_network_and_place(desk: Desk) -> None:
    desk.join()
    asked, confirmed = desk.store.subscribers.evidence(ANNAS)
    assert (asked.kind, asked.network, asked.source) == (
        "asked",
        NETWORK,
        "https://brev.leader.example/prenumerera/",
    )
    assert (confirmed.kind, confirmed.source, confirmed.choices) == ("confirmed", "c/", choices())
    assert asked.text == confirmed.text
    assert desk.store.subscribers.consent_text(asked.text) == consent_text(desk.office)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of any database, and how often it is written to for good."""
    said: list[str] = []

    def ran(*told: object) -> None:
        said.append(str(told[2]).split(maxsplit=1)[0])

    def committed(_connection: object) -> None:
        said.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", ran)
    event.listen(Engine, "commit", committed)
    yield said
    event.remove(Engine, "before_cursor_execute", ran)
    event.remove(Engine, "commit", committed)


def test_asking_costs_alike_whatever_is_known_of_the_address(desk: Desk) -> None:
    desk.join("kand@eda.example")
    desk.now += DAY
    desk.store.suppress("sparrad@eda.example", "Har hört av sig.", NOW)
    desk.ask("vantar@eda.example")
    costs = []
    for who in ("kand", "sparrad", "vantar", "ny"):
        with statements() as said:
            desk.ask(f"{who}@eda.example")
        costs.append(Counter(said))
    assert [cost["COMMIT"] for cost in costs] == [1] * 4
    selects = [cost["SELECT"] for cost in costs]
    assert max(selects) - min(selects) <= 1


def test_a_stranger_who_only_asks_is_no_subscriber(desk: Desk) -> None:
    desk.ask()
    desk.mail()
    assert desk.store.subscribers.find(ANNAS) is None


def test_the_address_is_kept_as_typed_and_known_again_however_it_is_spelt(desk: Desk) -> None:
    desk.join()
    desk.now += DAY
    desk.ask(ANNA.upper())
    assert "redan" in desk.mailed(ANNA)[-1]
    assert desk.person().address == ANNA


# Answering


def test_a_welcome_has_the_day_of_each_newsletters_next_issue(desk: Desk) -> None:
    quiet = QuietDays(dates=(date(2027, 1, 5),), on_quiet=OnQuietDay.AFTER)
    desk.office = office(kommunbrevet=replace(KOMMUN, quiet=quiet))
    welcome = desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    assert welcome.choices == choices("kommunbrevet", "bygdebrevet")
    assert welcome.next_on == {"kommunbrevet": date(2027, 1, 6), "bygdebrevet": date(2027, 1, 5)}


def test_an_issue_that_goes_out_later_today_is_the_next(desk: Desk) -> None:
    desk.now = NOW - timedelta(hours=1, minutes=30)
    assert desk.join().next_on == {"kommunbrevet": date(2026, 12, 1)}


def test_a_new_yes_adds_newsletters_and_takes_the_rest_from_the_form(desk: Desk) -> None:
    desk.join(wanted=choices("bygdebrevet", focus="bygd"))
    desk.now += DAY
    assert desk.join().choices == choices("kommunbrevet", "bygdebrevet")
    assert desk.person().focus == ()


def test_links_are_good_for_what_they_were_made_for_alone(desk: Desk) -> None:
    desk.ask()
    link = token_in(desk.mailed()[0])
    ticket = find_ticket(desk.office, desk.store, link, desk.now)
    assert ticket is not None
    assert find_settings(desk.office, desk.store, link, desk.now) is None
    as_settings = token(Purpose.SETTINGS, ticket.id, KEYS)
    assert find_settings(desk.office, desk.store, as_settings, desk.now) is None
    assert desk.change(as_settings, choices(), "end") is None
    for other in (link[:-1], link + "A", "", "x" * 34, "å" * 34, token(Purpose.CONFIRM, "0" * 16, KEYS)):
        assert find_ticket(desk.office, desk.store, other, desk.now) is None
        assert desk.confirm(other) is None
    assert desk.confirm(token(Purpose.CONFIRM, ticket.id, KEYS[1:])) is not None


def test_looking_at_a_link_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.join()
    desk.now += DAY
    desk.ask(wanted=choices("bygdebrevet"))
    link, own = token_in(desk.mailed()[-1]), desk.link()
    before = (tmp_path / "comms.db").read_bytes(), (tmp_path / "comms.db-wal").read_bytes()
    for _ in range(50):
        find_ticket(desk.office, desk.store, link, desk.now)
        find_settings(desk.office, desk.store, own, desk.now)
    assert ((tmp_path / "comms.db").read_bytes(), (tmp_path / "comms.db-wal").read_bytes()) == before


def test_who_ended_everything_comes_back_to_what_they_choose_alone(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    desk.change(desk.link(), choices(), "end")
    desk.now += DAY
    assert desk.join().choices == choices()
    assert desk.noes() == {("bygdebrevet", "own"), ("partnerbrevet", "own")}
    desk.change(desk.link(), choices("kommunbrevet", "bygdebrevet"))
    assert desk.noes() == {("partnerbrevet", "own")}


def test_settings_cannot_take_back_what_somebody_else_said(desk: Desk) -> None:
    desk.join()
    own = desk.link()
    desk.store.leaving.refuse(ANNA, "bygdebrevet", "Har hört av sig.", desk.now)
    after = desk.change(own, choices("kommunbrevet", "bygdebrevet"))
    assert after is not None
    assert after.newsletters == ("kommunbrevet",)
    assert desk.noes() == {("bygdebrevet", NoKind.OFFICER.value)}


def test_saving_takes_nothing_away_that_the_page_does_not_show(desk: Desk) -> None:
    desk.join(wanted=choices(focus="bygd"))
    own = desk.link()
    desk.office = office(kommunbrevet=replace(KOMMUN, is_open=False))
    nothing = Choices((), "", "torsby")
    after = desk.change(own, nothing)
    assert after is not None
    assert after.choices == Choices(("kommunbrevet",), "public", "torsby")
    assert desk.noes() == set()
    ended = desk.change(own, nothing, "end")
    assert ended is not None
    assert ended.newsletters == ()


def test_who_unticks_what_is_open_keeps_what_is_closed(desk: Desk) -> None:
    desk.join(wanted=choices("kommunbrevet", "bygdebrevet"))
    own = desk.link()
    desk.office = office(kommunbrevet=replace(KOMMUN, is_open=False))
    after = desk.change(own, Choices((), "public", "arvika"))
    assert after is not None
    assert after.newsletters == ("kommunbrevet",)
    assert desk.noes() == {("bygdebrevet", "own")}


def test_a_pause_that_has_run_out_is_none_and_another_can_begin(desk: Desk) -> None:
    desk.join()
    paused = desk.change(desk.link(), choices(), "pause")
    assert paused is not None
    assert paused.paused_until is not None
    desk.now = paused.paused_until
    own = desk.link()
    person = find_settings(desk.office, desk.store, own, desk.now)
    assert person is not None
    assert person.paused_until is None
    saved = desk.change(own, choices(place="torsby"))
    assert saved is not None
    assert saved.paused_until is None
    again = desk.change(own, choices(), "pause")
    assert again is not None
    assert again.paused_until is not None
    assert again.paused_until > desk.now
