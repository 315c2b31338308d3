"""Figures for a monitor, in Prometheus' form, and whether all is well: read from the ledger when asked for.

No address and no name of a person is among them: labels are slugs of channels and newsletters, and states.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from comms import __version__
from comms.app.doctoring_machine import newest_backup, standing
from comms.app.house import House
from comms.app.quarantining import in_quarantine
from comms.errors import ConfigError, StoreError
from comms.store.figures import Counts, Figures, read_figures

SILENT = timedelta(minutes=10)
"""How long nobody may have been at work before something is wrong: a clock ticks each minute."""

_LABELLED: tuple[tuple[str, str, tuple[str, ...], Callable[[Figures], Counts]], ...] = (
    ("slots", "Planned times, by state.", ("state",), lambda of: of.slots),
    (
        "deliveries",
        "Copies and posts in the ledger, by state.",
        ("channel", "newsletter", "state"),
        lambda of: of.deliveries,
    ),
    ("events", "What was learned after a delivery, by kind.", ("kind",), lambda of: of.events),
    (
        "subscriptions",
        "Subscriptions, by state.",
        ("newsletter", "state"),
        lambda of: of.subscriptions,
    ),
    ("feeds", "Feeds of others, by state.", ("state",), lambda of: of.feeds),
    ("proposals", "What feeds have proposed, by state.", ("state",), lambda of: of.proposals),
    (
        "channel_failures",
        "Failures in a row of a channel that rests.",
        ("channel",),
        lambda of: {(slug,): count for slug, count in of.resting.items()},
    ),
)
_PLAIN: tuple[tuple[str, str, Callable[[Figures], float | None]], ...] = (
    ("fenced", "1 when the ledger may be an old copy: nothing is sent.", lambda of: of.is_fenced),
    ("feeds_failing", "Feeds that could not be read the last time.", lambda of: of.failing),
    ("tickets_waiting", "Mails that somebody who has signed up waits for.", lambda of: of.tickets),
    ("notices_waiting", "Letters to the officer that have not gone out.", lambda of: of.notices),
    ("last_run_timestamp_seconds", "When the last run began.", lambda of: _seconds(of.began_at)),
    (
        "last_seen_timestamp_seconds",
        "When a sender last gave a sign of life.",
        lambda of: _seconds(of.seen_at),
    ),
    ("last_run_seconds", "How long the last run that has ended took.", lambda of: of.last_took),
    (
        "longest_run_seconds",
        "How long the longest of the last hundred runs took.",
        lambda of: of.longest_took,
    ),
)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether somebody is at work and may send. `why`, when not: `ledger`, `fenced`, `silent`."""

    why: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.why


def text_of(house: House, now: datetime) -> bytes:
    """All figures at `now`, as a monitor reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Ledger(house, now))
    return generate_latest(registry)


def health(house: House, now: datetime) -> Health:
    """Whether the run is alive: for a monitor, a container, a load balancer."""
    found = _read(house, now)
    if found is None:
        return Health(("ledger",))
    why = ["fenced"] if found.is_fenced else []
    alive = max(filter(None, (found.began_at, found.seen_at)), default=None)
    if alive is None or now - alive > SILENT:
        why.append("silent")
    return Health(tuple(why))


class _Ledger(Collector):
    """What a ledger's figures are to Prometheus; each scrape reads them anew."""

    def __init__(self, house: House, now: datetime) -> None:
        self._house, self._now = house, now

    def collect(self) -> Iterator[Metric]:
        found = _read(self._house, self._now)
        yield _gauge("ledger_up", "1 when the ledger can be read.", found is not None)
        version = GaugeMetricFamily("comms_version", "The program's version.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        yield from _of_disk(self._house)
        if found is None:
            return
        for name, what, labels, counts in _LABELLED:
            family = GaugeMetricFamily(f"comms_{name}", what, labels=labels)
            for values, count in sorted(counts(found).items()):
                family.add_metric(values, count)
            yield family
        for name, what, value_of in _PLAIN:
            value = value_of(found)
            if value is not None:
                yield _gauge(name, what, value)


def _read(house: House, now: datetime) -> Figures | None:
    """The ledger's figures; None when there is none yet, or it cannot be read."""
    try:
        return read_figures(house.database_url, now) if house.has_ledger else None
    except (StoreError, ConfigError):
        return None


def _of_disk(house: House) -> Iterator[Metric]:
    free = GaugeMetricFamily("comms_disk_free_bytes", "Room that is left.", labels=["place"])
    places = {"out": house.out, "ledger": house.beside}
    for name, folder in places.items():
        free.add_metric([name], shutil.disk_usage(standing(folder)).free)
    yield free
    try:
        kept, newest = in_quarantine(house), newest_backup(house)
    except OSError:  # closed to us: figures that are missing are an alarm too (docs/operations)
        return
    yield _gauge("quarantine", "Returned letters that nobody could read.", kept)
    if newest is not None:
        midnight = datetime.combine(newest, time(), house.zone).astimezone(UTC)
        yield _gauge(
            "backup_timestamp_seconds",
            "The day of the newest copy of the ledger.",
            midnight.timestamp(),
        )


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"comms_{name}", what, value=float(value))


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
