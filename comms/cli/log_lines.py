"""What runs say to programs: one line in JSON for each thing that happened, on standard error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from comms.app.clock import utc_now
from comms.app.logging_lines import Event, Lines, event_of, events_of
from comms.cli import voice
from comms.cli.report import say_report
from comms.errors import CommsError
from comms.text.log_lines import log_line

if TYPE_CHECKING:
    from comms.app.delivering import RunReport
    from comms.errors import Text
    from comms.model.ledger import Delivery


def write(event: Event) -> None:
    """Write down that something has just happened."""
    voice.note(log_line(utc_now(), event.name, event.fields, level=event.level))


def tell(words: Text, event: Event, *, as_json: bool) -> None:
    """Tell that something has just happened: to people in words, or to programs."""
    if as_json:
        write(event)
    else:
        voice.line(words)


def in_lines(work: Callable[[], int], *, as_json: bool) -> int:
    """The exit code of `work`; `as_json`: a refusal is a line too, and so is what libraries log."""
    if not as_json:
        return work()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    try:
        return work()
    except CommsError as refused:
        tell_refusal(refused, as_json=True)
        return int(refused.exit_code)
    finally:
        logging.getLogger().removeHandler(handler)


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


def tell_refusal(refused: CommsError, *, as_json: bool, name: str = "run.failed") -> None:
    """Tell why a run, or something beside it, could not do its work."""
    if as_json:
        found = [f"{one.location} {one.code}: {one.message}" for one in refused.problems]
        write(Event(name, {"why": str(refused.message), "problems": found}, "error"))
    else:
        voice.complain(refused)
