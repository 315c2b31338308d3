"""The doctor at this machine: time, copies, secrets, figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from comms.app import doctoring_machine as machine
from comms.app.doctoring import Examined, Finding, examine
from comms.app.doctoring_boxes import feeds, quarantined
from comms.app.house import House
from comms.app.quarantining import keep_unreadable
from comms.model.feed import FeedSettings, FeedStanding, FeedState
from comms.model.settings import ChannelKind, Metrics
from tests.fakes.settings import channel_settings
from tests.fakes.signups import NOW, fresh_store, house, office

DAY = timedelta(days=1)


def at(folder: Path, **changes: object) -> House:
    """A house with its ledger in `folder`."""
    of = office()
    settings = replace(of.settings, database_url=f"sqlite:///{folder}/comms.db", web=None)
    return house(replace(of, settings=replace(settings, **changes)), folder)  # type: ignore[arg-type]  # any field


def ran(folder: Path, now: datetime = NOW) -> None:
    """A run at `now`."""
    with fresh_store(folder) as store:
        store.runs.end(store.runs.begin(now, now), now, {})


def words(found: list[Examined], kind: Finding) -> str:
    return "\n".join(str(one.what) for one in found if one.finding is kind)


def memory(house: House, now: datetime) -> list[Examined]:
    return list(machine.memory(house, now))


def copy(folder: Path, name: str) -> None:
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "backups" / name).write_bytes(b"")


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ((), None),
        (("comms.db.2026-11-29", "comms.db.2026-11-30"), date(2026, 11, 30)),
        (("comms.db.2026-11-29", "comms-2026-12-01T0330.zip"), date(2026, 12, 1)),
        (("comms.db.before-0006", "comms.db.2026-11-29.unfinished", "comms-2026-13-99T0330.zip"), None),
    ],
)
def test_the_newest_copy_is_a_daily_one_or_a_whole_backup(
    tmp_path: Path, names: tuple[str, ...], newest: date | None
) -> None:
    for name in names:
        copy(tmp_path, name)
    assert machine.newest_backup(at(tmp_path)) == newest


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("comms.db.2026-12-01", Finding.WELL, "Senaste säkerhetskopian: 2026-12-01."),
        ("comms.db.2026-11-29", Finding.WELL, "Senaste säkerhetskopian: 2026-11-29."),
        ("comms.db.2026-11-28", Finding.FAULT, "är från 2026-11-28"),
        ("", Finding.FAULT, "ingen säkerhetskopia"),
    ],
)
def test_copies_older_than_two_days_are_a_fault(tmp_path: Path, name: str, kind: Finding, said: str) -> None:
    ran(tmp_path)
    if name:
        copy(tmp_path, name)
    assert said in words(memory(at(tmp_path), NOW), kind)


def test_a_ledger_that_has_seen_no_run_needs_no_copy_yet(tmp_path: Path) -> None:
    with fresh_store(tmp_path):
        pass
    assert [one.finding for one in memory(at(tmp_path), NOW)] == [Finding.WELL]


def test_a_clock_behind_the_last_run_is_a_fault_and_a_run_long_ago_is_advice(tmp_path: Path) -> None:
    ran(tmp_path)
    copy(tmp_path, "comms.db.2026-12-01")
    house = at(tmp_path)
    assert "Klockan går efter" in words(memory(house, NOW - timedelta(minutes=5)), Finding.FAULT)
    assert "mer än en timme" in words(memory(house, NOW + timedelta(hours=2)), Finding.ADVICE)
    assert [one.finding for one in memory(house, NOW)] == [Finding.WELL, Finding.WELL]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [(0o700, Finding.WELL), (0o500, Finding.WELL), (0o750, Finding.FAULT), (0o701, Finding.FAULT)],
)
def test_a_folder_of_secrets_that_others_can_enter_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, kind: Finding
) -> None:
    folder = tmp_path / "hemligt"
    folder.mkdir()
    folder.chmod(mode)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(folder))
    (found,) = machine.secrets(at(tmp_path), NOW)
    assert (found.finding, str(folder) in str(found.what)) == (kind, True)


def test_without_a_folder_of_secrets_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMMS_SECRETS_DIR", raising=False)
    assert list(machine.secrets(at(tmp_path), NOW)) == []


@pytest.mark.parametrize(
    ("version", "least"),
    [((3, 11, 7), "3.11.11"), ((3, 11, 11), ""), ((3, 12, 1), "3.12.5"), ((3, 13, 0), "")],
)
def test_an_old_python_is_advice_for_who_sends_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], least: str
) -> None:
    monkeypatch.setattr("comms.app.doctoring_machine.sys.version_info", version)
    sends = at(tmp_path, channels={"mail": channel_settings(ChannelKind.SMTP, slug="mail")})
    said = words(list(machine.python(sends, NOW)), Finding.ADVICE)
    assert (least in said) if least else (said == "")
    assert words(list(machine.python(at(tmp_path), NOW)), Finding.ADVICE) == ""


@pytest.mark.parametrize(
    ("host", "kind"),
    [("127.0.0.1", Finding.WELL), ("localhost", Finding.WELL), ("192.0.2.1", Finding.ADVICE)],
)
def test_figures_that_others_can_read_are_advice(tmp_path: Path, host: str, kind: Finding) -> None:
    (found,) = machine.watched(at(tmp_path, metrics=Metrics(host, 9464)), NOW)
    assert found.finding is kind
    assert list(machine.watched(at(tmp_path), NOW)) == []


def test_letters_that_nobody_understands_are_counted(tmp_path: Path) -> None:
    house = at(tmp_path)
    assert list(quarantined(house, NOW)) == []
    assert keep_unreadable(house, b"Subject: ?\r\n\r\n?", NOW)
    (found,) = quarantined(house, NOW)
    assert (found.finding, str(found.what)[:2]) == (Finding.ADVICE, "1 ")


URL = "https://myndigheten.example/rss"


@pytest.mark.parametrize(
    ("standing", "kind", "said"),
    [
        (FeedStanding("nytt", URL), Finding.WELL, "1 flöden hämtas."),
        (FeedStanding("nytt", URL, failures=2, reason="svarade 500"), Finding.WELL, "1 flöden hämtas."),
        (
            FeedStanding("nytt", URL, failures=3, reason="svarade 500"),
            Finding.ADVICE,
            "3 gånger i rad. svarade",
        ),
        (
            FeedStanding("nytt", URL, state=FeedState.STOPPED, reason="svarade 410"),
            Finding.ADVICE,
            "hämtas inte mer. svarade 410",
        ),
    ],
)
def test_feeds_that_fail_or_have_stopped_are_advice(
    tmp_path: Path, standing: FeedStanding, kind: Finding, said: str
) -> None:
    with fresh_store(tmp_path) as store:
        store.feeds.keep(URL, standing)
    house = at(tmp_path, feeds={"nytt": FeedSettings("nytt", "Myndigheten", URL)})
    (found,) = feeds(house, NOW)
    assert (found.finding, said in str(found.what)) == (kind, True)


def test_hosts_of_our_own_network_are_shown(tmp_path: Path) -> None:
    (found,) = feeds(at(tmp_path, private_hosts=frozenset({"b.example", "a.example"})), NOW)
    assert "a.example, b.example" in str(found.what)


def test_nobody_outside_is_asked_unless_the_doctor_may(tmp_path: Path) -> None:
    house = at(tmp_path, channels={"mail": channel_settings(ChannelKind.SMTP, slug="mail")})
    said = "\n".join(str(one.what) for one in examine(house, datetime(2026, 12, 1, tzinfo=UTC)))
    assert "DNS" not in said
