"""comms web."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from comms.app.clock import utc_now
from comms.app.house import find_root, read_settings, settings_alone
from comms.app.language import translate as _
from comms.app.logging_lines import Event
from comms.app.mailing import mailer
from comms.app.office import Offices
from comms.app.planning import ledger
from comms.app.publishing import FOLDER, lay_first
from comms.app.shown import Shown
from comms.app.stopping import told_to_stop
from comms.cli import voice
from comms.cli.log_lines import in_lines, tell
from comms.cli.options import workspace_option
from comms.errors import ExitCode, say
from comms.web.log import log_to
from comms.web.server import Server


@click.command(help=_("Visa de publika sidorna: arkivet, prenumerera och avsluta, tills du avbryter."))
@workspace_option
def web(folder: Path) -> int:
    """Serve the public pages until told to stop."""
    root = find_root(folder)
    as_json = read_settings(root).json_log

    def serve() -> int:
        with told_to_stop() as stopping, public_pages(root) as server:
            if not as_json:
                voice.line(say("Avbryt med Ctrl-C."))
            server.serve(stopping)
        tell(say("Sidorna har stannat."), Event("web.stopped"), as_json=as_json)
        return int(ExitCode.DONE)

    return in_lines(serve, as_json=as_json)


@contextmanager
def public_pages(root: Path) -> Iterator[Server]:
    """The server of a workspace, listening; says where. Raises `ConfigError` and `StoreError`."""
    offices = Offices(root, utc_now())
    house = settings_alone(root)
    as_json = house.settings.json_log
    log_to(sys.stderr, as_json=as_json)
    # A no must be written, so the ledger is opened even on a full disk.
    with (
        ledger(house, urgent=True) as store,
        Server(offices, store, Shown(house.out / FOLDER), mail=mailer(root, store)) as server,
    ):
        if lay_first(root, store, utc_now()):
            laid = say("Arkivet är skrivet i {folder}.", folder=house.out / FOLDER)
            tell(laid, Event("archive.written"), as_json=as_json)
        url = house.settings.base_url
        tell(
            say("Sidorna visas på {url} (lyssnar på {address}).", url=url, address=server.address),
            Event("web.started", {"url": url, "address": server.address}),
            as_json=as_json,
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
