"""The conversation with Mastodon: what each answer and each lost answer means, before and at publishing."""

from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from comms.channels.mastodon import NETWORK, Account, MastodonChannel
from comms.channels.web import Timeouts, wait_asked
from comms.errors import (
    ChannelDown,
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from comms.model.ledger import Publication
from comms.model.settings import Secret
from tests.fakes.examples import PICTURE, publication
from tests.fakes.mastodon import TOKEN, Fault, Mastodon

pytestmark = pytest.mark.servers

DATE = {"Date": "Tue, 01 Dec 2026 08:00:00 GMT"}


@pytest.fixture
def fake() -> Iterator[Mastodon]:
    with Mastodon() as server:
        yield server


def channel_to(url: str, token: str = TOKEN, timeout: float = 5) -> MastodonChannel:
    account = Account(url, Secret(token), Timeouts(timeout, timeout, timeout), poll_every=0)
    return MastodonChannel("mastodon", account, sleep=lambda _: None)


def outcome(channel: MastodonChannel, post: Publication) -> tuple[str | ChannelError, int]:
    """The receipt's id or the failure, and how many times the point of no return was passed."""
    passed: list[int] = []
    try:
        receipt = channel.deliver(post, point_of_no_return=lambda: passed.append(1))
    except ChannelError as error:
        return error, len(passed)
    finally:
        channel.close()
    return receipt.id, len(passed)


def test_a_post_is_published_with_its_pictures_described_and_its_language_told(fake: Mastodon) -> None:
    channel = channel_to(fake.url)
    receipt = channel.deliver(publication(pictures=2), point_of_no_return=lambda: None)
    channel.close()
    (status,) = fake.server.statuses
    assert receipt.answer == "https://social.example/@leader/9000"
    assert (status["status"], status["language"], status["visibility"]) == (
        "Ny brygga i Åsebyn https://leader.example/brygga",
        "sv",
        "public",
    )
    shown = [fake.server.pictures[number] for number in status["media_ids"]]
    assert [picture.description for picture in shown] == ["Brygga 0 i kvällsljus", "Brygga 1 i kvällsljus"]
    assert {(picture.content, picture.media_type) for picture in shown} == {(PICTURE, "image/png")}


def test_a_picture_in_the_making_is_waited_for(fake: Mastodon) -> None:
    fake.server.looks = 3
    assert outcome(channel_to(fake.url), publication(pictures=1)) == ("9000", 1)
    assert fake.server.requests.count("GET /api/v1/media/100") == 3


def test_a_picture_that_never_gets_ready_is_tried_again_later(fake: Mastodon) -> None:
    fake.server.looks = 10_000
    told, passed = outcome(channel_to(fake.url), publication(pictures=1))
    assert (type(told), passed, fake.server.statuses) == (TemporaryFailure, 0, [])


PUBLISH = "/api/v1/statuses"
MEDIA = "/api/v2/media"
LOOK = "/api/v1/media/"

ANSWERS = [
    (Fault(MEDIA, 429), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 401), ChannelDown, 0, 0),
    (Fault(MEDIA, 403), ChannelDown, 0, 0),
    (Fault(MEDIA, 422), PermanentFailure, 0, 0),
    (Fault(MEDIA, 500), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 503), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(MEDIA), TemporaryFailure, 0, 0),
    (Fault(MEDIA, hang=True), TemporaryFailure, 0, 0),
    (Fault(LOOK, 422), PermanentFailure, 0, 0),
    (Fault(LOOK, 500), TemporaryFailure, 0, 0),
    (Fault(PUBLISH, 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(PUBLISH, 400), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 401), ChannelDown, 1, 0),
    (Fault(PUBLISH, 403), ChannelDown, 1, 0),
    (Fault(PUBLISH, 404), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 410), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 422), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 429), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 500), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 503), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 504, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"{}"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"[1]"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b'{"id": 7}'), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b'"' + b"x" * 2_000_000 + b'"'), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, done=True, hang=True), OutcomeUnknown, 1, 1),
]


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    fake: Mastodon, fault: Fault, meaning: type[ChannelError], passed: int, published: int
) -> None:
    fake.server.faults.append(fault)
    fake.server.looks = 1
    told, seen = outcome(channel_to(fake.url, timeout=0.5), publication(pictures=1))
    assert (type(told), seen, len(fake.server.statuses)) == (meaning, passed, published)
    assert fake.server.requests.count(f"POST {PUBLISH}") == passed


def test_nothing_is_ever_asked_twice_by_itself(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication())
    assert fake.server.requests == [f"POST {PUBLISH}"]


def test_the_same_key_makes_a_second_try_harmless(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication())
    assert outcome(channel_to(fake.url), publication())[0] == "9000"
    assert len(fake.server.statuses) == 1


def test_a_server_that_is_not_there_is_tried_again_even_after_the_point_of_no_return() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told, passed = outcome(channel_to(f"http://127.0.0.1:{port}"), publication())
    assert (type(told), passed) == (TemporaryFailure, 1)


def test_a_server_without_a_name_in_dns_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told, _ = outcome(channel_to("https://social.invalid"), publication(pictures=1))
    assert isinstance(told, TemporaryFailure)


def test_an_address_that_is_none_rests_the_channel() -> None:
    told, _ = outcome(channel_to("https://social..invalid:x"), publication())
    assert isinstance(told, ChannelDown)


def test_a_certificate_that_proves_nothing_rests_the_channel(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    command += ["-keyout", "x.key", "-out", "x.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "x.pem", tmp_path / "x.key")
    with Mastodon(tls=context) as fake:
        told, _ = outcome(channel_to(fake.url), publication())
    assert isinstance(told, ChannelDown)
    assert fake.server.requests == []


# Limits


@pytest.mark.parametrize(
    ("post", "fits"),
    [
        (publication("x" * (NETWORK.max_length - 24)), True),
        (publication("x" * (NETWORK.max_length - 23)), False),
        (publication(pictures=NETWORK.max_pictures), True),
        (publication(pictures=NETWORK.max_pictures + 1), False),
    ],
    ids=["length at the limit", "one above", "pictures at the limit", "one picture more"],
)
def test_a_post_is_taken_at_the_limit_and_refused_above_it(
    fake: Mastodon, post: Publication, fits: bool
) -> None:
    told, passed = outcome(channel_to(fake.url), post)
    if fits:
        assert (told, passed) == ("9000", 1)
    else:
        assert (type(told), passed, fake.server.requests) == (PermanentFailure, 0, [])


@pytest.mark.parametrize(("length", "fits"), [(NETWORK.alt_max, True), (NETWORK.alt_max + 1, False)])
def test_an_alt_text_is_taken_at_the_limit_and_refused_above_it(
    fake: Mastodon, length: int, fits: bool
) -> None:
    plain = publication(pictures=1)
    media = (replace(plain.post.media[0], alt="å" * length),)
    told, _ = outcome(channel_to(fake.url), replace(plain, post=replace(plain.post, media=media)))
    assert (told == "9000") is fits
    assert fits or fake.server.requests == []


# Waiting


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "9999999999999"}, timedelta(hours=24)),
        ({**DATE, "Retry-After": "Tue, 01 Dec 2026 08:05:00 GMT"}, timedelta(minutes=5)),
        ({**DATE, "X-RateLimit-Reset": "2026-12-01T08:30:00.000000Z"}, timedelta(minutes=30)),
        ({**DATE, "X-RateLimit-Reset": "2026-12-01T07:30:00.000000Z"}, timedelta(0)),
        ({**DATE, "X-RateLimit-Reset": "soon"}, None),
        ({"Retry-After": "tomorrow"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for_is_understood(headers: dict[str, str], wait: timedelta | None) -> None:
    assert wait_asked(headers) == wait


def test_the_wait_that_is_asked_for_reaches_the_ledger(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, 429, headers={"Retry-After": "1800"}))
    told, _ = outcome(channel_to(fake.url), publication())
    assert isinstance(told, TemporaryFailure)
    assert told.retry_after == timedelta(minutes=30)


# The key


@pytest.mark.parametrize(
    "fault",
    [Fault(PUBLISH, 401), Fault(PUBLISH), Fault(PUBLISH, hang=True), Fault(PUBLISH, 500), None],
    ids=["refused", "dropped", "silent", "broken", "published"],
)
def test_the_key_is_in_no_log_and_no_traceback(
    fake: Mastodon, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        fake.server.faults.append(fault)
    told, _ = outcome(channel_to(fake.url, timeout=0.3), publication())
    lines = traceback.format_exception(told) if isinstance(told, ChannelError) else [told]
    assert TOKEN not in "".join(lines) + caplog.text
    assert not isinstance(told, ChannelError) or told.__cause__ is None


def test_a_key_that_is_wrong_publishes_nothing(fake: Mastodon) -> None:
    told, _ = outcome(channel_to(fake.url, token="annan"), publication())
    assert isinstance(told, ChannelDown)
    assert fake.server.statuses == []


def test_passwords_and_proxies_of_the_surroundings_are_left_alone(
    fake: Mastodon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert outcome(channel_to(fake.url), publication())[0] == "9000"
