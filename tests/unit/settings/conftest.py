"""Every test of settings begins with an environment that says nothing to comms."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _silent_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COMMS_"):
            monkeypatch.delenv(name)
