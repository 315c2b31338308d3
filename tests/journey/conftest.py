"""A fresh small workspace for every test that asks for one, untouched by the developer's environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.journey.workspaces import Office, small


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A small workspace with somebody at its command line."""
    for name in list(os.environ):
        if name.startswith("COMMS_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "workspace"
    folder.mkdir()
    return small(folder)
