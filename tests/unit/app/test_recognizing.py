"""Erased people who stand in audiences.yaml: their noes are under keyed hashes, and count all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from comms.app.doctoring import Finding, examine
from comms.app.hashed import erased_keys
from comms.app.house import House, open_house
from comms.app.planning import facts_without_touching, find_entry, ledger
from comms.model.plan import Entry
from comms.model.settings import Secret
from comms.model.subscriber import ALL_NEWSLETTERS, NoKind
from tests.journey.workspaces import ISSUE, Office
from tests.unit.web.places import KEY, office_with_pages

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
WHO = "kontor2@eda.example"
(HASHED,) = erased_keys(WHO, [Secret(KEY)])
WHY = (
    "Det finns raderade adresser som har sagt nej, men ingen nyckel att känna igen dem med. "
    "Sätt COMMS_WEB__KEYS som förut."
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A small office with public pages, open with its key."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    office_with_pages(tmp_path / "w")
    return open_house(tmp_path / "w")


def say_no(house: House, newsletter: str) -> None:
    """The no of an erased person, to one newsletter or to all."""
    with ledger(house) as store:
        if newsletter == ALL_NEWSLETTERS:
            store.suppress(HASHED, "Bad om det.", NOW, kind=NoKind.ERASED)
        else:
            store.leaving.refuse(HASHED, newsletter, "Ringde.", NOW)


def planned(house: House) -> Entry:
    return find_entry(house, facts_without_touching(house), ISSUE, NOW)


def skipped(entry: Entry) -> list[str]:
    return [skip.what for edition in entry.editions for skip in edition.skips if "@" in skip.what]


@pytest.mark.parametrize(
    ("newsletter", "stopped"), [(ALL_NEWSLETTERS, True), ("brevet", True), ("julbrevet", False)]
)
def test_a_no_of_an_erased_person_stops_its_newsletters(house: House, newsletter: str, stopped: bool) -> None:
    before = planned(house).recipients
    say_no(house, newsletter)
    after = planned(house)
    assert skipped(after) == [WHO] * stopped
    assert after.recipients == before - stopped
    assert after.blocked == ()


@pytest.mark.parametrize("newsletter", [ALL_NEWSLETTERS, "brevet"])
def test_without_the_key_no_issue_goes_out_and_it_says_which_variable_to_set(
    house: House, monkeypatch: pytest.MonkeyPatch, newsletter: str
) -> None:
    say_no(house, newsletter)
    monkeypatch.delenv("COMMS_WEB__KEYS")
    keyless = open_house(house.root)
    assert [str(why) for why in planned(keyless).blocked] == [WHY]
    assert WHY in [str(one.what) for one in examine(keyless, NOW) if one.finding is Finding.FAULT]


def test_an_issue_that_was_approved_with_the_key_is_held_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_no(house, ALL_NEWSLETTERS)
    Office(house.root).approve()
    monkeypatch.delenv("COMMS_WEB__KEYS")
    held = planned(open_house(house.root))
    assert held.approved
    assert [str(why) for why in held.blocked] == [WHY]


def test_the_key_is_missed_only_when_somebody_is_erased(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMS_WEB__KEYS")
    keyless = open_house(house.root)
    with ledger(keyless) as store:
        store.suppress(WHO, "Ringde.", NOW)
    assert planned(keyless).blocked == ()
    assert WHY not in [str(one.what) for one in examine(keyless, NOW)]
