"""The figures' own little server: what it answers, and what it does not let itself be bothered by."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from comms.errors import ConfigError
from comms.model.settings import Metrics
from comms.web.metrics import figures_served
from tests.fakes.signups import NOW, fresh_store
from tests.unit.app.test_metrics import at, ran

pytestmark = [pytest.mark.servers]


@dataclass
class Clock:
    """The time that the server has."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def address(tmp_path: Path, clock: Clock) -> Iterator[str]:
    """A server for a ledger that has seen a run."""
    with fresh_store(tmp_path) as store:
        ran(store)
    with figures_served(at(tmp_path), Metrics("127.0.0.1", 0), clock) as found:
        yield found


def test_a_monitor_reads_figures_that_it_understands(address: str) -> None:
    answer = requests.get(f"{address}/metrics", timeout=10)
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert {"comms_ledger_up", "comms_last_run_timestamp_seconds", "comms_disk_free_bytes"} <= names


def test_health_is_200_when_all_is_well(address: str) -> None:
    answer = requests.get(f"{address}/halsa", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "why": []})


def test_health_is_503_with_why_when_nobody_has_been_at_work(address: str, clock: Clock) -> None:
    clock.now += timedelta(hours=1)
    answer = requests.get(f"{address}/halsa", timeout=10)
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "why": ["silent"]})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/metrics", 200),
        ("POST", "/metrics", 405),
        ("DELETE", "/halsa", 405),
        ("GET", "/", 404),
        ("GET", "/metrics/", 404),
        ("GET", "/../comms.yaml", 404),
        ("POST", "/annat", 404),
    ],
)
def test_there_is_nothing_else_there(address: str, method: str, path: str, status: int) -> None:
    answer = requests.request(method, address + path, timeout=10)
    assert (answer.status_code, answer.text) == (status, "")


def test_many_who_ask_at_once_are_all_answered(address: str) -> None:
    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(lambda _: requests.get(f"{address}/metrics", timeout=30), range(64)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1  # read once: the others were given the same


def test_callers_who_say_nothing_or_nonsense_keep_nobody_waiting(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    silent = [socket.create_connection((host, int(port)), timeout=10) for _ in range(20)]
    with socket.create_connection((host, int(port)), timeout=10) as nonsense:
        nonsense.sendall(b"\x16\x03\x01\x00\xffnot http at all\r\n\r\n")
    assert requests.get(f"{address}/metrics", timeout=10).status_code == 200
    for one in silent:
        one.close()


def test_a_port_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port} \(metrics\.listen\)"),
            figures_served(at(tmp_path), Metrics("127.0.0.1", port)),
        ):
            raise AssertionError


def test_it_listens_on_ipv6_too(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1: sysctl net.ipv6.conf.lo.disable_ipv6=0")
    with figures_served(at(tmp_path), Metrics("::1", 0), Clock()) as address:
        assert json.loads(requests.get(f"{address}/halsa", timeout=10).text)["why"] == ["ledger"]


def test_when_it_has_stopped_the_port_is_free_again(tmp_path: Path) -> None:
    with figures_served(at(tmp_path), Metrics("127.0.0.1", 0), Clock()) as address:
        port = int(address.rpartition(":")[2])
    with figures_served(at(tmp_path), Metrics("127.0.0.1", port), Clock()) as again:
        assert again == address
