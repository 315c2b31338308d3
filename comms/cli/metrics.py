"""comms metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from comms.app.clock import utc_now
from comms.app.house import find_root, settings_alone
from comms.app.language import translate as _
from comms.app.logging_lines import Event
from comms.app.metrics import health, text_of
from comms.app.stopping import told_to_stop
from comms.cli import voice
from comms.cli.log_lines import tell, tell_refusal
from comms.cli.options import workspace_option
from comms.errors import ConfigError, ExitCode, say
from comms.model.settings import Metrics
from comms.web.metrics import as_json, figures_served


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
    at = house.settings.metrics or Metrics("127.0.0.1", 9464)
    with told_to_stop() as stopping, figures_served(house, at) as address:
        voice.line(say("Siffrorna lämnas på {address}/metrics. Avbryt med Ctrl-C.", address=address))
        stopping.wait()
    return int(ExitCode.DONE)


@contextmanager
def beside(root: Path) -> Iterator[None]:
    """Serve the figures while something else is done. A port that is taken is told, and stops nothing."""
    house = settings_alone(root)
    at, in_lines = house.settings.metrics, house.settings.json_log
    with ExitStack() as serving:
        if at is not None:
            try:
                address = serving.enter_context(figures_served(house, at))
            except ConfigError as taken:
                tell_refusal(taken, as_json=in_lines, name="figures.failed")
            else:
                told = Event("figures.started", {"address": address})
                tell(say("Siffrorna lämnas på {address}/metrics.", address=address), told, as_json=in_lines)
        yield
