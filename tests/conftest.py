"""What all tests share: snapshots."""

pytest_plugins = ["tests.snapshots"]
