"""The server and its mailer: what goes wrong in one does not stop the other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from comms.app.clock import utc_now
from comms.app.house import settings_alone
from comms.app.office import Offices
from comms.app.planning import ledger
from comms.app.shown import Shown
from comms.errors import ConfigError, StoreError, say
from comms.web import server as at_work
from comms.web.server import Mail, Server
from tests.unit.web.places import office_with_pages


@contextmanager
def serving(root: Path, mail: Mail) -> Iterator[str]:
    """A server in a thread; its address."""
    office = office_with_pages(root)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    office.change("comms.yaml", "127.0.0.1:8080", f"127.0.0.1:{port}")
    stopping = threading.Event()
    with (
        ledger(settings_alone(root)) as store,
        Server(Offices(root, utc_now()), store, Shown(root), mail=mail) as server,
    ):
        thread = threading.Thread(target=server.serve, args=(stopping,))
        thread.start()
        try:
            yield server.address
        finally:
            stopping.set()
            thread.join()


def test_a_mailer_that_breaks_is_told_of_and_tries_again_and_pages_are_served_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(at_work, "_ROUND", 0.01)
    faults: list[Exception] = [StoreError(say("Disken är full.")), RuntimeError("oväntat")]
    worked = threading.Event()

    def mail() -> None:
        if faults:
            raise faults.pop()
        worked.set()

    with serving(tmp_path, mail) as url:
        assert worked.wait(20)
        assert requests.get(f"{url}/halsa", timeout=20).ok

    assert "Disken är full." in caplog.text
    assert "RuntimeError: oväntat" in caplog.text
    assert "StoreError" not in caplog.text


def test_a_mailer_that_hangs_lets_the_pages_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "_LAST_WORDS", 0.1)
    hanging, freed = threading.Event(), threading.Event()

    def mail() -> None:
        hanging.set()
        freed.wait(60)

    with serving(tmp_path, mail) as url:
        assert hanging.wait(20)
        assert requests.get(f"{url}/halsa", timeout=20).ok
    assert not freed.is_set()
    freed.set()


@pytest.mark.parametrize(
    ("listen", "why"), [("192.0.2.1:8080", "ingen sådan adress"), ("finns-inte.invalid:8080", "web.listen")]
)
def test_an_address_that_is_not_this_machines_is_told_plainly(tmp_path: Path, listen: str, why: str) -> None:
    office_with_pages(tmp_path).change("comms.yaml", "127.0.0.1:8080", listen)
    with pytest.raises(ConfigError, match=why), ledger_and_server(tmp_path):
        pass


@contextmanager
def ledger_and_server(root: Path) -> Iterator[Server]:
    """A server that is not told to serve."""
    with (
        ledger(settings_alone(root)) as store,
        Server(Offices(root, utc_now()), store, Shown(root)) as server,
    ):
        yield server
