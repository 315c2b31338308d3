"""A small office with public pages, on disk; people invented."""

from __future__ import annotations

from pathlib import Path

from tests.journey.workspaces import Office, small

KEY = "en-nyckel-som-ar-lang-nog-for-proven-4711"
BASE = "https://brev.leader.example"


def office_with_pages(folder: Path, *, base_url: str = BASE, more: str = "") -> Office:
    """The small workspace with `web:`; its key is in the environment (`COMMS_WEB__KEYS`)."""
    folder.mkdir(exist_ok=True)
    office = small(folder)
    office.change("comms.yaml", "base_url: https://brev.leader.example", f"base_url: {base_url}")
    text = (folder / "comms.yaml").read_text(encoding="utf-8")
    office.write("comms.yaml", f"{text}\nweb:\n  listen: 127.0.0.1:8080\n{more}")
    return office
