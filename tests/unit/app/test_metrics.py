"""Figures for a monitor: counts from the ledger, and nobody's name or address."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from comms.app.house import House
from comms.app.metrics import Health, health, text_of
from comms.model.feed import FeedStanding, FeedState
from comms.model.ledger import Ask
from comms.store import Store
from tests.fakes.examples import LEASE, NOW, run_of
from tests.fakes.signups import ANNAS, Desk, fresh_store, house, office

MINUTE = timedelta(minutes=1)


def at(folder: Path) -> House:
    """A house with its ledger in `folder`."""
    of = office()
    settings = replace(of.settings, database_url=f"sqlite:///{folder}/comms.db")
    return house(replace(of, settings=settings), folder)


def figures(house: House) -> dict[str, float]:
    """Each figure by its name and labels, as a monitor reads them."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text_of(house, NOW).decode()):
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def ran(store: Store, seconds: int = 3) -> None:
    """A run that began at NOW and took its time."""
    store.runs.end(store.runs.begin(NOW, NOW), NOW + timedelta(seconds=seconds), {})


def test_a_place_that_cannot_be_looked_into_leaves_the_figures_that_there_are(tmp_path: Path) -> None:
    of = office()
    settings = replace(of.settings, database_url=f"sqlite:///{tmp_path}/{'x' * 300}/comms.db")
    closed = house(replace(of, settings=settings), tmp_path)
    found = figures(closed)
    assert found["comms_ledger_up"] == 0
    assert found["comms_disk_free_bytes{place=ledger}"] > 0
    assert health(closed, NOW).why == ("ledger",)


def test_copies_are_counted_by_channel_newsletter_and_state(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        run_of(store, 5)
        store.claim(Ask("w", "mejl", 2, LEASE), NOW)
    found = figures(at(tmp_path))
    rows = "comms_deliveries{channel=mejl,newsletter=kommunbrevet,state=%s}"
    assert (found[rows % "planned"], found[rows % "claimed"]) == (3, 2)
    assert found["comms_slots{state=running}"] == 1
    assert found["comms_ledger_up"] == 1


def test_subscriptions_tickets_notices_rests_and_feeds_are_counted(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        desk = Desk(office(), store, tmp_path)
        desk.join()
        desk.ask("bo@eda.example")
        store.notice("k", "Ämne", "Text", NOW)
        store.rest("mail", "svarar inte", None, NOW)
        for slug, failures, state in (
            ("a", 0, FeedState.ACTIVE),
            ("b", 4, FeedState.ACTIVE),
            ("c", 9, FeedState.STOPPED),
        ):
            standing = FeedStanding(slug, "https://x.example", state, failures=failures, reason="410")
            store.feeds.keep("https://x.example", standing)
    found = figures(at(tmp_path))
    assert found["comms_subscriptions{newsletter=kommunbrevet,state=confirmed}"] == 1
    assert (found["comms_tickets_waiting"], found["comms_notices_waiting"]) == (1, 1)
    assert found["comms_channel_failures{channel=mail}"] == 1
    assert (found["comms_feeds{state=active}"], found["comms_feeds_failing"]) == (2, 1)


def test_runs_have_their_time_and_how_long_they_took(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        ran(store, seconds=40)
        ran(store, seconds=2)
    found = figures(at(tmp_path))
    assert found["comms_last_run_timestamp_seconds"] == NOW.timestamp()
    assert (found["comms_last_run_seconds"], found["comms_longest_run_seconds"]) == (2, 40)


def test_nobodys_name_or_address_is_in_a_figure(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        Desk(office(), store, tmp_path).join()
        run_of(store, 2)
    told = text_of(at(tmp_path), NOW).decode()
    assert "@" not in told
    assert ANNAS.partition("@")[0] not in told


def test_without_a_ledger_there_are_figures_of_the_machine_and_none_is_made(tmp_path: Path) -> None:
    found = figures(at(tmp_path))
    assert found["comms_ledger_up"] == 0
    assert found["comms_disk_free_bytes{place=ledger}"] > 0
    assert "comms_notices_waiting" not in found
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_is_damaged_or_of_another_version_is_down_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "comms.db").write_bytes(b"not a database at all, but long enough to be looked at" * 99)
    assert figures(at(tmp_path))["comms_ledger_up"] == 0
    assert health(at(tmp_path), NOW) == Health(("ledger",))


def test_the_newest_copy_has_its_day(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "comms.db.2026-12-01").write_bytes(b"")
    midnight = NOW.replace(hour=0) - timedelta(hours=1)  # in Stockholm
    assert figures(at(tmp_path))["comms_backup_timestamp_seconds"] == midnight.timestamp()


@pytest.mark.parametrize(("minutes", "why"), [(0, ()), (9, ()), (11, ("silent",))])
def test_health_is_that_somebody_has_been_at_work_lately(
    tmp_path: Path, minutes: int, why: tuple[str, ...]
) -> None:
    with fresh_store(tmp_path) as store:
        ran(store)
    found = health(at(tmp_path), NOW + minutes * MINUTE)
    assert (found.why, found.ok) == (why, not why)


def test_a_run_that_takes_hours_is_alive_as_long_as_its_sender_gives_signs_of_life(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        store.runs.begin(NOW, NOW)
        store.begin_work("w", NOW)
        store.beat("w", NOW + 60 * MINUTE)
    assert health(at(tmp_path), NOW + 65 * MINUTE).ok
    assert health(at(tmp_path), NOW + 75 * MINUTE) == Health(("silent",))


def test_a_ledger_that_may_not_send_is_not_well(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        ran(store)
    with closing(sqlite3.connect(tmp_path / "comms.db", isolation_level=None)) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO instance (id, installation, created_at, fenced_at, fence_reason) "
            "VALUES (1, 'prov', '2026-12-01T08:00:00+00:00', '2026-12-01T08:00:00+00:00', 'gammal')"
        )
    assert health(at(tmp_path), NOW) == Health(("fenced",))
    assert figures(at(tmp_path))["comms_fenced"] == 1
