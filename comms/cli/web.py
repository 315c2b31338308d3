"""comms web."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from comms.app.clock import utc_now
from comms.app.house import find_root, settings_alone
from comms.app.language import translate as _
from comms.app.mailing import mailer
from comms.app.office import Offices
from comms.app.planning import ledger
from comms.app.publishing import FOLDER, lay_first
from comms.app.shown import Shown
from comms.cli import voice
from comms.cli.options import workspace_option
from comms.errors import ExitCode, say
from comms.web.log import log_to
from comms.web.server import Server


@click.command(help=_("Visa de publika sidorna: arkivet, prenumerera och avsluta, tills du avbryter."))
@workspace_option
def web(folder: Path) -> int:
    """Serve the public pages until told to stop."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with public_pages(find_root(folder)) as server:
            voice.line(say("Avbryt med Ctrl-C."))
            server.serve(stopping)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    voice.line(say("Sidorna har stannat."))
    return int(ExitCode.DONE)


@contextmanager
def public_pages(root: Path) -> Iterator[Server]:
    """The server of a workspace, listening; says where. Raises `ConfigError` and `StoreError`."""
    offices = Offices(root, utc_now())
    house = settings_alone(root)
    log_to(sys.stderr, as_json=house.settings.json_log)
    # A no must be written, so the ledger is opened even on a full disk.
    with (
        ledger(house, urgent=True) as store,
        Server(offices, store, Shown(house.out / FOLDER), mail=mailer(root, store)) as server,
    ):
        if lay_first(root, store, utc_now()):
            voice.line(say("Arkivet är skrivet i {folder}.", folder=house.out / FOLDER))
        voice.line(
            say(
                "Sidorna visas på {url} (lyssnar på {address}).",
                url=house.settings.base_url,
                address=server.address,
            )
        )
        yield server


@contextmanager
def beside(root: Path, stopping: threading.Event) -> Iterator[None]:
    """The same in a thread, while something else is done."""
    with public_pages(root) as server:
        thread = threading.Thread(target=server.serve, args=(stopping,), name="web")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
