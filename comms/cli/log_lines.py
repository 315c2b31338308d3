"""What runs say to programs: one line in JSON for each thing that happened, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comms.app.clock import utc_now
from comms.app.logging_lines import Event, event_of, events_of
from comms.cli import voice
from comms.cli.report import say_report
from comms.text.log_lines import log_line

if TYPE_CHECKING:
    from comms.app.delivering import RunReport
    from comms.errors import CommsError
    from comms.model.ledger import Delivery


def write(event: Event) -> None:
    """Write down that something has just happened."""
    voice.note(log_line(utc_now(), event.name, event.fields, level=event.level))


def tell_report(report: RunReport, *, as_json: bool, quiet: bool = False) -> int:
    """Tell what a run did, to people or to programs; gives the exit code."""
    if not as_json:
        return say_report(report, quiet=quiet)
    for event in events_of(report):
        write(event)
    return int(report.exit_code)


def tell_delivery(delivery: Delivery) -> None:
    """Tell what became of one delivery."""
    write(event_of(delivery))


def tell_refusal(refused: CommsError, *, as_json: bool) -> None:
    """Tell why a run could not do its work."""
    if as_json:
        found = [f"{one.location} {one.code}: {one.message}" for one in refused.problems]
        write(Event("run.failed", {"why": str(refused.message), "problems": found}, "error"))
    else:
        voice.complain(refused)
