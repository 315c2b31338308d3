"""The least comms.yaml that is whole, ways to write it otherwise, and what loading it says."""

from __future__ import annotations

from pathlib import Path

from comms.errors import Problem
from comms.model.settings import Settings
from comms.settings.load import load_settings

LEAST = """\
workspace:
  name: Leader Prov
officer:
  email: red@leader.example
sender:
  name: Leader Prov
  email: brev@leader.example
  postal_address: Provgatan 1, 123 45 Provstad
channels:
  mail: {kind: file}
newsletters:
  brevet:
    title: Brevet
    schedule: first tuesday 08:00
    audiences: [public]
"""
SECRET = "hemligt-lösenord-42"
"""What must never be shown."""


def load(root: Path, text: str | bytes = LEAST) -> tuple[Settings | None, list[Problem]]:
    """Write comms.yaml and load it."""
    (root / "comms.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(root)


def whole(root: Path, text: str = LEAST) -> Settings:
    """Load a file that has no fault."""
    settings, problems = load(root, text)
    assert problems == []
    assert settings is not None
    return settings


def changed(before: str, after: str) -> str:
    """The least file with one change."""
    assert before in LEAST
    return LEAST.replace(before, after, 1)


def mail(rows: str) -> str:
    """The least file with more of the mail channel."""
    return changed("{kind: file}", f"{{{rows}}}")


def said(root: Path, text: str | bytes) -> list[str]:
    """Place, code and message of every fault; the settings cannot be used."""
    settings, problems = load(root, text)
    assert settings is None
    assert all(str(one.hint) for one in problems)
    return [f"{one.location} {one.code} {one.message}" for one in problems]
