"""comms metrics."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comms.app.clock import utc_now
from comms.app.house import find_root, settings_alone
from comms.app.language import translate as _
from comms.app.metrics import health, text_of
from comms.cli import voice
from comms.cli.options import workspace_option
from comms.errors import ConfigError, ExitCode, say
from comms.model.settings import Metrics
from comms.web.metrics import as_json, figures_served

if TYPE_CHECKING:
    from types import FrameType


@click.command(help=_("Visa siffror för övervakning, i Prometheus form."))
@click.option(
    "--health", "is_health", is_flag=True, help=_("Svara bara om allt går som det ska: kod 0 är ja.")
)
@click.option("--serve", is_flag=True, help=_("Lämna dem på metrics.listen tills du avbryter med Ctrl-C."))
@workspace_option
def metrics(folder: Path, *, is_health: bool, serve: bool) -> int:
    """Give figures once, or until told to stop."""
    house = settings_alone(find_root(folder))
    if is_health:
        found = health(house, utc_now())
        voice.line(as_json(found))
        return int(ExitCode.DONE if found.ok else ExitCode.DELIVERIES)
    if not serve:
        voice.line(text_of(house, utc_now()).decode().rstrip("\n"))
        return int(ExitCode.DONE)
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with figures_served(house, house.settings.metrics or Metrics("127.0.0.1", 9464)) as address:
            voice.line(say("Siffrorna lämnas på {address}/metrics. Avbryt med Ctrl-C.", address=address))
            stopping.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return int(ExitCode.DONE)


@contextmanager
def beside(root: Path) -> Iterator[None]:
    """Serve the figures while something else is done. A port that is taken is told, and stops nothing."""
    house = settings_alone(root)
    at = house.settings.metrics
    with ExitStack() as serving:
        if at is not None:
            try:
                address = serving.enter_context(figures_served(house, at))
            except ConfigError as taken:
                voice.complain(taken)
            else:
                voice.line(say("Siffrorna lämnas på {address}/metrics.", address=address))
        yield
