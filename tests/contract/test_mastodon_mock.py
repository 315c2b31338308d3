"""Our Mastodon channel against a server that others wrote: mastodon_mock (PyPI), in a process of its own.

Its faults come before the server does anything, its pictures are ready at once, and its keys last for ever:
what it cannot show, tests/fakes/mastodon.py can.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from comms.channels.base import Passing
from comms.channels.instance import known_network
from comms.channels.mastodon import Account, MastodonChannel
from comms.channels.web import Timeouts
from comms.errors import ChannelDown, ChannelError, OutcomeUnknown, PermanentFailure, TemporaryFailure
from comms.model.ledger import Absent, Found, Publication, Receipt
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.settings import Secret
from tests.fakes.examples import publication

pytestmark = pytest.mark.servers

TOKEN = "mock_token"
STATUSES = "/api/v1/statuses"
MEDIA = "/api/v2/media"


@dataclass
class Mock:
    """The server, at `url`."""

    url: str

    def ask(self, method: str, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """Ask the server as its owner."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, self.url + path, json=body or None, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def fails(self, path: str, **effect: object) -> None:
        """What shall go wrong there the next time."""
        self.ask("POST", "/api/v1/_mock/faults", match={"path": path}, effect=effect, count=1)

    def statuses(self) -> list[dict[str, Any]]:
        """The account's own, oldest first."""
        me = self.ask("GET", "/api/v1/accounts/verify_credentials")["id"]
        found: list[dict[str, Any]] = self.ask("GET", f"/api/v1/accounts/{me}/statuses")
        return found[::-1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if importlib.util.find_spec("mastodon_mock") is None:
        pytest.skip("mastodon_mock is not installed: pip install mastodon_mock")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("mastodon_mock")
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--host", "127.0.0.1"]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=folder, env=surroundings, stdout=log, stderr=log
        )
    try:
        _wait_for(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        # It waits for its own slow answers when it is asked kindly.
        process.kill()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"mastodon_mock did not start:\n{log.read_text()}")


@pytest.fixture
def mock(server: str) -> Mock:
    mock = Mock(server)
    mock.ask("POST", "/api/v1/_mock/reset")
    mock.ask("DELETE", "/api/v1/_mock/faults")
    return mock


def post(text: str = "Ny brygga i Åsebyn", pictures: int = 0) -> Publication:
    """A post whose first attempt begins now: the server's clock is the machine's."""
    return replace(publication(text, pictures), created_at=datetime.now(UTC) - timedelta(seconds=5))


def outcome(mock: Mock, one: Publication, token: str = TOKEN, wait: float = 10) -> Receipt | ChannelError:
    """Deliver over a channel of its own."""
    account = Account(mock.url, Secret(token), Timeouts(wait, wait, wait), poll_every=0)
    channel = MastodonChannel("mastodon", account, Passing(), now=lambda: datetime.now(UTC))
    try:
        return channel.deliver(one, point_of_no_return=lambda: None)
    except ChannelError as error:
        return error
    finally:
        channel.close()


def found(mock: Mock, one: Publication) -> Found:
    """Look for it over a channel of its own."""
    account = Account(mock.url, Secret(TOKEN))
    channel = MastodonChannel("mastodon", account, Passing(), now=lambda: datetime.now(UTC))
    try:
        return channel.find(one)
    finally:
        channel.close()


def test_pictures_come_with_their_descriptions_and_focal_points(mock: Mock) -> None:
    plain = post(pictures=2)
    media = (replace(plain.post.media[0], focal=(0.25, 0.1)), plain.post.media[1])
    outcome(mock, replace(plain, post=replace(plain.post, media=media)))
    (status,) = mock.statuses()
    shown = status["media_attachments"]
    assert [one["description"] for one in shown] == ["Brygga 0 i kvällsljus", "Brygga 1 i kvällsljus"]
    assert shown[0]["meta"]["focus"] == {"x": -0.5, "y": 0.8}
    assert {one["type"] for one in shown} == {"image"}


def test_a_post_has_its_language_its_warning_and_is_for_all(mock: Mock) -> None:
    plain = post()
    receipt = outcome(mock, replace(plain, post=replace(plain.post, warning="Om valet")))
    (status,) = mock.statuses()
    assert (status["language"], status["spoiler_text"], status["visibility"]) == ("sv", "Om valet", "public")
    assert isinstance(receipt, Receipt)
    assert (receipt.id, receipt.answer) == (status["id"], status["url"])


def test_a_thread_hangs_together(mock: Mock) -> None:
    plain = post()
    more = (Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "Och sedan"),), 9),)
    plain = replace(plain, post=replace(plain.post, more=more))
    first = outcome(mock, plain)
    assert isinstance(first, Receipt)
    second = replace(plain, part=1, key="del.2", root=first.id, parent=first.id)
    answered = outcome(mock, second)
    assert [status["in_reply_to_id"] for status in mock.statuses()] == [None, first.id]
    assert (found(mock, plain), found(mock, second)) == (first, answered)


def test_the_same_key_twice_is_one_status(mock: Mock) -> None:
    first, second = outcome(mock, post(pictures=1)), outcome(mock, post(pictures=1))
    assert first == second
    assert len(mock.statuses()) == 1


def test_another_key_is_another_status(mock: Mock) -> None:
    outcome(mock, post())
    outcome(mock, replace(post(), key="en.annan.nyckel"))
    assert len(mock.statuses()) == 2


def test_a_second_attempt_with_a_new_key_finds_the_first(mock: Mock) -> None:
    first = outcome(mock, post())
    assert outcome(mock, replace(post(), key="en.annan.nyckel", attempt=2)) == first
    assert len(mock.statuses()) == 1


def test_the_servers_own_limits_are_read(mock: Mock) -> None:
    memory = Passing()
    account = Account(mock.url, Secret(TOKEN))
    channel = MastodonChannel("mastodon", account, memory, now=lambda: datetime.now(UTC))
    channel.deliver(post(), point_of_no_return=lambda: None)
    channel.close()
    told = known_network(memory)
    assert told is not None
    assert (told.max_length, told.max_pictures, told.picture.max_bytes) == (500, 4, 10_485_760)


WORDS = [
    "Ny brygga i Åsebyn",
    "Två stycken.\n\nDet andra\nmed *betoning*, `kod` och **mer**.",
    "Mindre < större & ”citat” #ÅretsLandsbygd @anna@social.example",
]


@pytest.mark.parametrize("text", WORDS)
def test_looking_finds_the_post_however_its_words_are_shown(mock: Mock, text: str) -> None:
    assert found(mock, post(text)) == Absent()
    receipt = outcome(mock, post(text))
    assert found(mock, post(text)) == receipt


FAULTS: list[tuple[str, dict[str, object], type[ChannelError]]] = [
    (STATUSES, {"type": "status", "status": 500}, OutcomeUnknown),
    (STATUSES, {"type": "status", "status": 503}, OutcomeUnknown),
    (STATUSES, {"type": "status", "status": 422}, PermanentFailure),
    (STATUSES, {"type": "status", "status": 401}, ChannelDown),
    (STATUSES, {"type": "ratelimit"}, TemporaryFailure),
    (STATUSES, {"type": "malformed"}, OutcomeUnknown),
    (STATUSES, {"type": "malformed", "truncate": False}, OutcomeUnknown),
    (STATUSES, {"type": "timeout"}, OutcomeUnknown),
    (MEDIA, {"type": "status", "status": 500}, TemporaryFailure),
    (MEDIA, {"type": "status", "status": 403}, ChannelDown),
    (MEDIA, {"type": "ratelimit"}, TemporaryFailure),
    (MEDIA, {"type": "malformed"}, TemporaryFailure),
    (MEDIA, {"type": "timeout"}, TemporaryFailure),
]


@pytest.mark.parametrize(
    ("path", "effect", "meaning"),
    FAULTS,
    ids=[f"{path[8:]} {[*effect.values()]}" for path, effect, _ in FAULTS],
)
def test_each_fault_has_its_meaning(
    mock: Mock, path: str, effect: dict[str, object], meaning: type[ChannelError]
) -> None:
    mock.fails(path, **effect)
    told = outcome(mock, post(pictures=1), wait=1 if effect["type"] == "timeout" else 10)
    assert type(told) is meaning
    if isinstance(told, TemporaryFailure) and effect["type"] == "ratelimit":
        assert told.retry_after == timedelta(seconds=300)


def test_what_was_rate_limited_goes_out_at_the_next_attempt(mock: Mock) -> None:
    mock.fails(STATUSES, type="ratelimit")
    outcome(mock, post())
    assert isinstance(outcome(mock, replace(post(), attempt=2)), Receipt)
    assert len(mock.statuses()) == 1


def test_a_key_that_is_none_publishes_nothing(mock: Mock) -> None:
    assert isinstance(outcome(mock, post(), token="nagot-annat"), ChannelDown)
    assert mock.statuses() == []
