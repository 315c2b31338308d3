"""What all tests share: snapshots, and commands loaded before any test changes the language."""

import comms.cli.approve
import comms.cli.begin
import comms.cli.check
import comms.cli.plan
import comms.cli.preview
import comms.cli.report_group
import comms.cli.send
import comms.cli.status
import comms.cli.steer  # noqa: F401 - loading is the point: help texts take the language of that moment

pytest_plugins = ["tests.snapshots"]
