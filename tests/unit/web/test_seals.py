"""What a form's seal is worth, by its age and by who made it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.house import read_settings
from comms.content import audiences, strategy
from comms.model.office import Office
from comms.model.settings import Secret, Web
from comms.web.seals import Freshness, opened, seal

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
KEY, OLD_KEY = Secret("k" * 40), Secret("g" * 40)


def office(*keys: Secret) -> Office:
    settings = replace(read_settings(Path()), web=Web("127.0.0.1", 8080, (), keys))
    return Office(settings, audiences.EMPTY, strategy.EMPTY)


@pytest.mark.parametrize(
    ("age", "worth"),
    [
        (timedelta(seconds=0), Freshness.HASTY),
        (timedelta(seconds=2), Freshness.HASTY),
        (timedelta(seconds=3), Freshness.GOOD),
        (timedelta(hours=24), Freshness.GOOD),
        (timedelta(hours=24, seconds=1), Freshness.OLD),
        (-timedelta(days=2), Freshness.OLD),
    ],
)
def test_a_form_is_good_from_three_seconds_to_a_day(age: timedelta, worth: Freshness) -> None:
    sealed = seal("signup", office(KEY), NOW)
    assert opened("signup", sealed, office(KEY), NOW + age).freshness is worth


def test_each_form_has_a_nonce_of_its_own_that_comes_back() -> None:
    first, second = (opened("signup", seal("signup", office(KEY), NOW), office(KEY), NOW) for _ in range(2))
    assert first.nonce
    assert first.nonce != second.nonce


@pytest.mark.parametrize(
    "forged",
    ["", "x", "a.b.c", seal("signup", office(OLD_KEY), NOW), seal("exit|T", office(KEY), NOW), "å.\x00.ä"],
    ids=["empty", "letter", "dots", "other key", "other form", "odd signs"],
)
def test_what_we_have_not_sealed_for_this_form_is_worth_nothing(forged: str) -> None:
    assert opened("signup", forged, office(KEY), NOW + timedelta(minutes=1)).freshness is Freshness.NONE


def test_a_form_outlives_a_change_of_keys() -> None:
    sealed = seal("signup", office(OLD_KEY), NOW)
    later = NOW + timedelta(minutes=1)
    assert opened("signup", sealed, office(KEY, OLD_KEY), later).freshness is Freshness.GOOD


def test_a_sign_up_form_is_worth_nothing_when_the_words_above_its_button_are_others_now() -> None:
    before = office(KEY)
    sender = replace(before.settings.sender, name="Leader Annanstans")
    after = replace(before, settings=replace(before.settings, sender=sender))
    later = NOW + timedelta(minutes=1)
    for name, worth in (("signup", Freshness.NONE), ("settings-link", Freshness.GOOD)):
        assert opened(name, seal(name, before, NOW), after, later).freshness is worth
        assert opened(name, seal(name, before, NOW), before, later).freshness is Freshness.GOOD
