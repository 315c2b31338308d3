"""What all tests share: snapshots, commands loaded before any test changes the language, and chance.

Property tests draw the same examples every time, so that a run fails because of the change and not by
chance; `make fuzz` draws new ones.
"""

import pytest
from hypothesis import settings

import comms.cli.approve
import comms.cli.archive
import comms.cli.begin
import comms.cli.bounces
import comms.cli.check
import comms.cli.feeds
import comms.cli.keeping
import comms.cli.links
import comms.cli.log_lines
import comms.cli.metrics
import comms.cli.plan
import comms.cli.preview
import comms.cli.report_group
import comms.cli.report_strategy
import comms.cli.send
import comms.cli.status
import comms.cli.steer
import comms.cli.subscribers
import comms.cli.web  # noqa: F401 - loading is the point: help texts take the language of that moment

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None, max_examples=500)
settings.load_profile("same")

pytest_plugins = ["tests.snapshots"]


@pytest.fixture(autouse=True)
def _children_uncovered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure no child process of a test that is not measured: those work much and take every way often."""
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured and recorded: a figure that nobody sees is none."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
