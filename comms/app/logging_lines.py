"""What a run did, as events for a log that programs gather: names, ids and counts, and reasons in words.

comms/text/log_lines.py makes lines of them, and sees to that no address and no secret is in one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from comms.app.delivering import RunReport
from comms.model.ledger import Delivery, DeliveryState
from comms.text.log_lines import Value, log_line

_TRACE = 1500
_BAD = frozenset({DeliveryState.REJECTED, DeliveryState.UNKNOWN, DeliveryState.HELD})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `level`: info, warning (a person should look), error (nothing is sent)."""

    name: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    level: str = "info"


def events_of(report: RunReport) -> Iterator[Event]:
    """What a run did, in the order of its work; `run.done` last, with how its deliveries ended."""
    if report.busy:
        yield Event("run.busy")
        return
    if report.refused is not None:
        yield Event("run.refused", {"why": str(report.refused)}, "error")
        return
    for row in (*report.recovered, *report.found):
        yield event_of(row, "delivery.recovered")
    returned = report.returned
    if returned is not None and returned.why is not None:
        yield Event("returns.read", {"counts": returned.counts(), "why": str(returned.why)}, "warning")
    elif returned is not None and returned.letters:
        yield Event("returns.read", {"counts": returned.counts()})
    yield from _of_slots(report)
    yield from _of_channels(report)
    if report.unbacked is not None:
        yield Event("backup.failed", {"why": str(report.unbacked)}, "error")
    if report.unfed is not None:
        yield Event("feeds.failed", {"why": str(report.unfed)}, "warning")
    for subject, why in report.unsent_notices:
        yield Event("notice.unsent", {"subject": subject, "why": why}, "warning")
    counts = report.drained.counts if report.drained else {}
    yield Event(
        "run.done",
        {
            "deliveries": {state.value: count for state, count in counts.items()},
            "stopped": bool(report.drained and report.drained.stopped),
            "code": int(report.exit_code),
        },
    )


def event_of(delivery: Delivery, name: str = "delivery.ended") -> Event:
    """What became of one delivery. Its number and key are known to the ledger alone; nobody is named."""
    fields: dict[str, Value] = {
        "delivery": delivery.id,
        "slot": delivery.slot_id,
        "channel": delivery.channel,
        "state": delivery.state.value,
        "attempt": delivery.attempt,
    }
    if delivery.reason:
        fields["why"] = delivery.reason
    return Event(name, fields, "warning" if delivery.state in _BAD else "info")


class Lines(logging.Formatter):
    """A record of Python's log as a line: of a public page (`web.page`), of the pages (`web`), of others."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        name = "web" if record.name.startswith("comms.web") else "log"
        fields: dict[str, Value] = {"logger": record.name} if name == "log" else {}
        fields |= getattr(record, "fields", {"message": record.getMessage()})
        if record.exc_info:
            # The end of it says what went wrong.
            fields["trace"] = self.formatException(record.exc_info)[-_TRACE:]
        at = datetime.fromtimestamp(record.created, UTC)
        name = "web.page" if hasattr(record, "fields") else name
        return log_line(at, name, fields, level=record.levelname.lower())


def _of_slots(report: RunReport) -> Iterator[Event]:
    for identity in report.started:
        yield Event("slot.started", {"slot": identity})
    for identity in report.skipped:
        yield Event("slot.skipped", {"slot": identity})
    for identity, count in report.known.items():
        yield Event("slot.known", {"slot": identity, "count": count})
    for seen in report.preflights:
        yield Event("slot.counted", {"slot": seen.slot, "recipients": seen.recipients, "before": seen.before})
    stopped = (
        ("slot.held", report.held),
        ("slot.stuck", report.stuck),
        ("slot.paused", report.paused.items()),
    )
    for name, found in stopped:
        for identity, why in found:
            yield Event(name, {"slot": identity, "why": str(why)}, "warning")
    for identity, count in report.failed.items():
        yield Event("slot.unconfirmed", {"slot": identity, "count": count}, "warning")


def _of_channels(report: RunReport) -> Iterator[Event]:
    for channel, (until, why) in report.resting.items():
        fields: dict[str, Value] = {"channel": channel, "until": until.isoformat(), "why": why}
        yield Event("channel.resting", fields, "warning")
    for channel, count in report.late.items():
        yield Event("channel.late", {"channel": channel, "count": count}, "warning")
