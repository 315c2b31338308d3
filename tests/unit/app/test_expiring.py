"""Keys and APIs that run out are told of while there is time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.expiring import expiries, expiring, note_keys, warn_of_expiry
from comms.app.house import House, open_house
from comms.channels.base import RENEWED
from comms.model.settings import ChannelKind, ChannelSettings, Secret
from comms.store import Remembrance, Store, open_store
from tests.fakes.settings import channel_settings

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
LINKEDIN = channel_settings(ChannelKind.LINKEDIN, network="linkedin", account="1")
THREADS = channel_settings(ChannelKind.THREADS, network="threads", account="1")
MASTODON = channel_settings(ChannelKind.MASTODON, network="mastodon")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/comms.db")
    yield found
    found.close()


@pytest.fixture(scope="module")
def office() -> House:
    return open_house(Path())


def having(office: House, *channels: ChannelSettings) -> House:
    ways = {one.slug: one for one in channels}
    return replace(office, settings=replace(office.settings, channels=ways))


def keys(house: House, store: Store) -> list[date]:
    return [one.until for one in expiries(house, store.memories.all()) if one.is_key]


def test_a_key_that_dies_by_age_is_reckoned_from_the_day_it_was_first_seen(
    office: House, store: Store
) -> None:
    house = having(office, LINKEDIN)
    note_keys(house, store, NOW)
    note_keys(house, store, NOW + timedelta(days=10))
    assert keys(house, store) == [date(2027, 1, 30)]


def test_a_new_key_begins_a_new_age(office: House, store: Store) -> None:
    note_keys(having(office, LINKEDIN), store, NOW)
    renewed = having(office, replace(LINKEDIN, token=Secret("en ny")))
    assert keys(renewed, store) == []
    note_keys(renewed, store, NOW + timedelta(days=50))
    assert keys(renewed, store) == [date(2027, 3, 21)]


def test_what_the_office_says_goes_before_what_is_reckoned(office: House, store: Store) -> None:
    house = having(office, replace(LINKEDIN, token_until=date(2026, 12, 24)))
    note_keys(house, store, NOW)
    assert keys(house, store) == [date(2026, 12, 24)]


def test_a_key_that_renews_itself_lives_as_long_as_its_last_renewal(office: House, store: Store) -> None:
    house = having(office, THREADS)
    note_keys(house, store, NOW)
    until = datetime(2027, 2, 14, 23, 30, tzinfo=UTC)
    store.memories.keep(Remembrance("threads", RENEWED, "…", locked=True, until=until, updated_at=NOW))
    assert keys(house, store) == [date(2027, 2, 15)]


def test_a_key_that_never_dies_is_not_spoken_of(office: House, store: Store) -> None:
    house = having(office, MASTODON)
    note_keys(house, store, NOW)
    assert expiring(house, store, NOW + timedelta(days=3000)) == []


def test_the_officer_is_told_fourteen_seven_and_one_days_before_each_once(
    office: House, store: Store
) -> None:
    house = having(office, replace(LINKEDIN, token_until=date(2027, 1, 20)))
    told = []
    for day in range(60):
        now = NOW + timedelta(days=day)
        before = len(store.open_notices())
        warn_of_expiry(house, store, now)
        warn_of_expiry(house, store, now)
        new = [
            one for one in store.open_notices()[before:] if "linkedin" in one.subject and ":key:" in one.key
        ]
        told += [(now.date(), len(new))] if new else []
    assert told == [(date(2027, 1, 6), 1), (date(2027, 1, 13), 1), (date(2027, 1, 19), 1)]
    assert "slutar gälla" in store.open_notices()[0].body


def test_an_api_is_told_of_sixty_days_ahead(office: House, store: Store) -> None:
    house = having(office, LINKEDIN)
    (api,) = [one for one in expiries(house, []) if not one.is_key]
    day = datetime(api.until.year, api.until.month, api.until.day, 12, tzinfo=UTC)
    assert expiring(house, store, day - timedelta(days=61)) == []
    (told,) = expiring(house, store, day - timedelta(days=60))
    assert "Uppdatera comms" in str(told)
    assert "har gått ut" in str(expiring(house, store, day + timedelta(days=1))[0])
