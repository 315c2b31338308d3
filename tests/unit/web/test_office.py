"""The office that pages know: read from three files, and again when one has changed for the better."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comms.app.office import Offices, read_office
from comms.errors import ConfigError
from tests.unit.web.places import office_with_pages

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)


def test_the_office_is_settings_audiences_and_strategy_without_content(tmp_path: Path) -> None:
    office_with_pages(tmp_path)
    (tmp_path / "content" / "items" / "bryggan.md").write_text("trasig", encoding="utf-8")

    office = read_office(tmp_path)

    assert list(office.newsletters) == ["brevet"]
    assert office.audiences.municipalities == {"eda": "Eda", "sunne": "Sunne"}
    assert list(office.strategy.focus_areas) == ["stark-och-stolt-bygd"]


@pytest.mark.parametrize("name", ["comms.yaml", "audiences.yaml", "strategy.yaml"])
def test_a_file_with_a_fault_is_named_with_its_problems(tmp_path: Path, name: str) -> None:
    office_with_pages(tmp_path).write(name, "fel: [")

    with pytest.raises(ConfigError) as refused:
        read_office(tmp_path)

    assert name in str(refused.value)
    assert refused.value.problems


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    office_with_pages(tmp_path)
    (tmp_path / "strategy.yaml").unlink()

    with pytest.raises(ConfigError, match=r"strategy\.yaml"):
        read_office(tmp_path)


def test_pages_want_their_section_and_their_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = office_with_pages(tmp_path)
    monkeypatch.delenv("COMMS_WEB__KEYS")
    with pytest.raises(ConfigError, match="COMMS_WEB__KEYS"):
        Offices(tmp_path, NOW)
    office.change("comms.yaml", "web:\n  listen: 127.0.0.1:8080\n", "")
    with pytest.raises(ConfigError, match="web:"):
        Offices(tmp_path, NOW)


def test_a_changed_file_is_read_again_within_seconds(tmp_path: Path) -> None:
    office = office_with_pages(tmp_path)
    offices = Offices(tmp_path, NOW)
    office.change("comms.yaml", "title: Brevet", "title: Nya brevet")

    assert offices.at(NOW + timedelta(seconds=1)).newsletters["brevet"].title == "Brevet"
    assert offices.at(SOON).newsletters["brevet"].title == "Nya brevet"


def test_a_broken_file_changes_nothing_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = office_with_pages(tmp_path)
    offices = Offices(tmp_path, NOW)
    office.change("audiences.yaml", "eda: Eda", "eda: [Eda")

    assert offices.at(SOON).audiences.municipalities["eda"] == "Eda"
    assert "audiences.yaml" in caplog.text

    office.change("audiences.yaml", "eda: [Eda", "eda: Eda kommun")
    assert offices.at(SOON + timedelta(seconds=5)).audiences.municipalities["eda"] == "Eda kommun"


def test_a_clock_that_is_set_back_does_not_stop_the_looking(tmp_path: Path) -> None:
    office = office_with_pages(tmp_path)
    offices = Offices(tmp_path, NOW)
    office.change("comms.yaml", "title: Brevet", "title: Nya brevet")

    assert offices.at(NOW - timedelta(days=1)).newsletters["brevet"].title == "Nya brevet"
