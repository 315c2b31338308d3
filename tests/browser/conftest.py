"""Chromium for the tests, and the example office's own letters and archive to open in it.

Nothing leaves the machine: every request that is not for a file of ours or for loopback is refused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
INSTALL = "apt-get install chromium fonts-liberation"
START = "2026-11-30T09:00"
UNTIL = "2026-12-18"
SENT_ON = (1, 16, 18)
"""Days of December on which the letters are due: the first Tuesday, the third Wednesday."""

COPIED = ("comms.yaml", "audiences.yaml", "strategy.yaml", "content", "templates")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    if CHROMIUM is None:
        pytest.skip(f"Chromium is missing: {INSTALL}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Example:
    """The example office in its folder: `preview`, `out` (letters sent) and `archive`, served at `url`."""

    folder: Path
    url: str

    def comms(self, *arguments: str) -> str:
        """Run a command in that office as an officer would; what it said."""
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("COMMS_", "COVERAGE_"))
        }
        environment = {
            **clean,
            "COMMS_WORKSPACE__BASE_URL": self.url,
            "COMMS_CHANNELS__MAIL__RATE": "1000/s",  # nobody is bothered
        }
        command = [sys.executable, "-m", "comms", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"comms {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def editions(self) -> list[Path]:
        """The folder of every previewed edition."""
        return sorted(file.parent for file in (self.folder / "preview").glob("*/*/brev.html"))


class _Silent(SimpleHTTPRequestHandler):
    """A web server that serves files and says nothing."""

    def log_message(self, *_given: object) -> None:
        """Keep still."""


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The example office after a preview, an issue sent and an archive built and served."""
    folder = tmp_path_factory.mktemp("office")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    (folder / "archive").mkdir()
    handler = partial(_Silent, directory=(folder / "archive").as_posix())
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            office = Example(folder, f"http://127.0.0.1:{server.server_port}")
            _work(office)
            yield office
        finally:
            server.shutdown()
            thread.join()


def _work(office: Example) -> None:
    by = ("--by", "prov", "--now", START)
    until = ("--until", UNTIL)
    office.comms("preview", "--now", START, *until, "--out", "preview")
    office.comms("answer", *until, "--all", "Prov: ingen har tänkt.", *by)
    office.comms("approve", *until, "--yes", *by)
    for day in SENT_ON:
        office.comms("tick", "--now", f"2026-12-{day:02}T18:00")
    office.comms("archive", "--out", "archive", "--now", f"{UNTIL}T18:00")
