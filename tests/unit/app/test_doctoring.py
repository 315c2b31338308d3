"""What the doctor says of networks: their limits are as they were on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from comms.app.doctoring import Examined, Finding, examine
from comms.app.house import House, open_house
from comms.model.settings import ChannelKind
from comms.text.networks import NETWORKS
from tests.fakes.settings import channel_settings

READ = datetime.combine(NETWORKS["threads"].verified_on, time(12), UTC)


def told_of_limits(house: House, now: datetime) -> list[Examined]:
    return [one for one in examine(house, now) if str(one.what).startswith("Gränserna för")]


def test_limits_that_nobody_has_read_for_a_year_are_told_of_for_networks_in_use_once(tmp_path: Path) -> None:
    office = open_house(Path())
    ways = {
        slug: replace(channel_settings(ChannelKind.FILE, network="threads"), slug=slug) for slug in ("a", "b")
    }
    settings = replace(office.settings, channels=ways, database_url=f"sqlite:///{tmp_path}/comms.db")
    house = replace(office, settings=settings)

    assert told_of_limits(house, READ + timedelta(days=365)) == []
    (told,) = told_of_limits(house, READ + timedelta(days=366))
    assert told.finding is Finding.ADVICE
    assert "Threads" in str(told.what)
    assert NETWORKS["threads"].source in str(told.what)
