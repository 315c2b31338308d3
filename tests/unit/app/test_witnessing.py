"""Evidence: what a person said, with the words, and who gets letters on what ground."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.erasing import erase
from comms.app.house import House, settings_alone
from comms.app.planning import ledger
from comms.app.witnessing import consent_report, evidence_of
from comms.model.subscriber import Choices, Consent, ConsentKind, NoKind
from comms.report.subscribers import Figures
from comms.store import Store, subscribers
from comms.store.database import Database
from tests.unit.web.places import KEY, office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
CHOICES = Choices(("brevet",), "offices", "eda")
TEXT = "t" * 64


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A small office with public pages."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    office_with_pages(tmp_path / "w")
    return settings_alone(tmp_path / "w")


@pytest.fixture
def store(house: House) -> Iterator[Store]:
    """Its ledger, with three who have confirmed."""
    with ledger(house) as opened:
        subscribe(house, "p0", "p1", "p2")
        yield opened


def subscribe(house: House, *names: str, with_evidence: bool = True) -> None:
    database = Database(house.database_url)
    said = Consent(ConsentKind.CONFIRMED, CHOICES, NOW, "https://brev.example/", TEXT)
    with database.writing() as connection:
        subscribers.keep_text(connection, TEXT, "Ja, jag vill ha Brevet.", NOW)
        for name in names:
            key = f"{name}@by.example"
            subscribers.put(
                connection, address=key, key=key, choices=CHOICES, paused_until=None, source="s", ended="",
                now=NOW,
            )  # fmt: skip
            if with_evidence:
                subscribers.witness(connection, key, said)
    database.close()


def test_a_person_is_shown_what_they_said_with_the_words(house: House, store: Store) -> None:
    found = evidence_of(house, store, "P1@by.example")
    assert [(one.kind, one.happened_at) for one in found.said] == [(ConsentKind.CONFIRMED, NOW)]
    assert found.texts == {TEXT: "Ja, jag vill ha Brevet."}
    assert found.person is not None
    assert found.noes == ()


def test_of_an_erased_person_the_no_alone_is_left(house: House, store: Store) -> None:
    erase(house, store, "p1@by.example", "", NOW + timedelta(days=1))
    found = evidence_of(house, store, "p1@by.example")
    assert (found.person, found.said, found.texts) == (None, (), {})
    assert [no.kind for no in found.noes] == [NoKind.ERASED]


def test_a_stranger_is_unknown(house: House, store: Store) -> None:
    assert evidence_of(house, store, "nemo@by.example").is_unknown


def test_the_report_counts_all_and_names_who_has_no_ground(house: House, store: Store) -> None:
    subscribe(house, "dan", with_evidence=False)
    subscribe(house, *(f"q{number}" for number in range(100)))
    store.suppress("nej@by.example", "Ringde.", NOW)
    report = consent_report(house, store, NOW)
    assert report.grounds.newsletters == {"brevet": Figures(confirmed=104)}
    assert report.grounds.groundless == [("dan@by.example", "brevet")]
    assert report.grounds.texts == {TEXT: 103}
    assert report.texts == {TEXT: NOW}
    assert report.noes == {NoKind.OFFICER: 1}
