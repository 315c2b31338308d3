"""What an answer of a network's API is read as, without a network."""

from __future__ import annotations

import gzip
import logging
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from comms.channels.web import Answer, Timeouts, Web, safe_address, usable_key, wait_asked
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
)
from comms.model.settings import Secret
from tests.fakes.examples import NOW
from tests.fakes.network import ALWAYS, Fault, Network, Published, Reply, Request, Routes

KEY = "nyckel-4711"


class Parrot(Network):
    """Answers what it is told to."""

    told_date = "Tue, 01 Dec 2026 08:00:00 GMT"

    def routes(self) -> Routes:
        """Nothing but faults."""
        return {}

    def date(self) -> str:
        """What it is told to say."""
        return self.told_date

    def refusal(self, request: Request) -> Reply | None:
        """Everybody may ask."""
        del request
        return None

    def posts(self) -> list[Published]:
        """It keeps none."""
        return []


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    with Parrot() as fake:
        yield fake


def told(parrot: Parrot, status: int, body: bytes, *secrets: str) -> Answer:
    """The answer as it is read."""
    parrot.server.faults.append(Fault("/", status, body=body, times=ALWAYS))
    web = Web("Papegojan", parrot.url, secrets=[Secret(one) for one in secrets])
    try:
        return web.call("GET", "/")
    finally:
        web.close()


ANSWER = Answer(200, {}, {"a": [{"b": 7}, {"b": "x"}], "yes": True, "none": None})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("a", 0, "b"), 7),
        (("a", -1, "b"), "x"),
        (("a", 2, "b"), None),
        (("a", "b"), None),
        (("a", 0, "b", "c"), None),
        (("none", "b"), None),
        ((), {"a": [{"b": 7}, {"b": "x"}], "yes": True, "none": None}),
    ],
)
def test_what_stands_at_a_path_is_given_and_what_does_not_is_none(
    path: tuple[str | int, ...], found: object
) -> None:
    assert ANSWER.get(*path) == found


def test_a_text_is_a_text_or_a_number_and_nothing_else() -> None:
    assert [ANSWER.text(*path) for path in (("a", 0, "b"), ("a", 1, "b"), ("yes",), ("a",), ("none",))] == [
        "7",
        "x",
        "",
        "",
        "",
    ]


@pytest.mark.servers
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "Text  too\\nlong"}', "422 Text too long"),
        (b'{"error": "InvalidSwap", "message": "Record was at x"}', "422 InvalidSwap: Record was at x"),
        (b'{"message": "Only this"}', "422 Only this"),
        (
            b'{"error": {"message": "No", "code": 190, "error_subcode": 463}}',
            "422 No, code 190, error_subcode 463",
        ),
        (b'{"error": {"message": "No", "error_user_msg": "Read this"}}', "422 Read this"),
        (b'{"error": "\\u001b[31mRed\\u0007"}', "422 [31mRed"),
        (b'["no"]', "422"),
        (b"<html>", "422"),
        (b"", "422"),
        (b"[" * 900_000, "422"),
    ],
    ids=[
        "mastodon",
        "bluesky",
        "linkedin",
        "meta",
        "meta to people",
        "escapes",
        "a list",
        "html",
        "empty",
        "deep",
    ],
)
def test_the_servers_words_are_read_and_harmless_to_print(parrot: Parrot, body: bytes, words: str) -> None:
    assert told(parrot, 422, body).words == words


@pytest.mark.servers
def test_a_key_in_the_servers_words_is_masked_also_where_they_are_cut_off(parrot: Parrot) -> None:
    said = "x" * 295 + KEY
    answer = told(parrot, 401, f'{{"error": "{said}"}}'.encode(), KEY, KEY[:6])
    assert KEY[:4] not in answer.words
    assert answer.words.endswith("x***")


@pytest.mark.servers
@pytest.mark.parametrize("status", [0, 200], ids=["its headers", "its body"])
@pytest.mark.parametrize(
    ("publishing", "meaning"), [(False, TemporaryFailure), (True, OutcomeUnknown)], ids=["before", "at"]
)
def test_a_server_that_drips_is_waited_for_no_longer_than_an_answer_may_take(
    parrot: Parrot, status: int, publishing: bool, meaning: type[ChannelError]
) -> None:
    parrot.server.faults.append(Fault("/", status, drip=True, body=b'{"long": "' + b"x" * 90 + b'"}'))
    web = Web("Papegojan", parrot.url, timeouts=Timeouts(0.2, 0.2, 0.2))
    threads = threading.active_count()
    with pytest.raises(meaning):
        web.call("POST", "/", publishing=publishing, json={})
    assert threading.active_count() <= threads + 1  # the fake's own, for the connection
    assert web.call("GET", "/").status == 404  # the next one has a time of its own
    web.close()


@pytest.mark.servers
def test_nothing_packed_is_asked_for_and_what_comes_so_all_the_same_is_not_all_unpacked(
    parrot: Parrot,
) -> None:
    packed = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    parrot.server.faults.append(Fault("/", 200, headers={"Content-Encoding": "gzip"}, body=packed))
    web = Web("Papegojan", parrot.url)
    tracemalloc.start()
    answer = web.call("GET", "/")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    web.close()
    assert (answer.data, parrot.server.requests[0].headers["Accept-Encoding"]) == (None, "identity")
    assert most < 20_000_000


@pytest.mark.servers
@pytest.mark.parametrize("key", [KEY, "nyckel|4711 &"], ids=["plain", "written otherwise in an address"])
def test_a_secret_in_an_address_is_not_logged_and_other_requests_are(
    parrot: Parrot, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    web = Web("Papegojan", parrot.url, secrets=[Secret(key)])
    web.call("GET", "/hemligt", params={"key": key})
    web.call("GET", "/oppet", params={"n": 1})
    web.close()
    assert "/hemligt" not in caplog.text
    assert "/oppet?n=1" in caplog.text


MEANINGS = [
    (301, ChannelDown, ChannelDown),
    (400, PermanentFailure, PermanentFailure),
    (401, ChannelDown, ChannelDown),
    (403, ChannelDown, SenderRefused),
    (404, PermanentFailure, PermanentFailure),
    (408, TemporaryFailure, OutcomeUnknown),
    (425, TemporaryFailure, OutcomeUnknown),
    (429, TemporaryFailure, TemporaryFailure),
    (500, TemporaryFailure, OutcomeUnknown),
    (503, TemporaryFailure, OutcomeUnknown),
    (200, TemporaryFailure, OutcomeUnknown),
    (202, TemporaryFailure, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "before", "at"), MEANINGS)
def test_what_a_no_means_depends_on_whether_it_may_have_been_done(
    status: int, before: type[ChannelError], at: type[ChannelError]
) -> None:
    web = Web("Papegojan", "https://x.example")
    answer = Answer(status, {}, None, f"{status}")
    assert type(web.refusal(answer, publishing=False)) is before
    assert type(web.refusal(answer, publishing=True)) is at


@pytest.mark.servers
@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(hours=-2), timedelta(0)])
def test_how_wrong_our_clock_is_is_known_from_the_answer(parrot: Parrot, ahead: timedelta) -> None:
    web = Web("Papegojan", parrot.url, now=lambda: NOW + ahead)
    web.call("GET", "/")
    web.close()
    assert web.clock_error == ahead


@pytest.mark.servers
@pytest.mark.parametrize(
    "date", ["", "soon", "Tue, 01 Dec 2026 08:00:00 -0000", "Tue, 99 Dec 2026 08:00:00 GMT"]
)
def test_a_date_that_cannot_be_read_says_nothing_of_our_clock(parrot: Parrot, date: str) -> None:
    parrot.told_date = date
    web = Web("Papegojan", parrot.url)
    web.call("GET", "/")
    web.close()
    assert web.clock_error == timedelta(0)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": " 60 "}, timedelta(minutes=1)),
        ({"ratelimit-reset": "1796112000"}, None),
        (
            {"Date": "Tue, 01 Dec 2026 08:00:00 GMT", "ratelimit-reset": "1796112600"},
            timedelta(minutes=10),
        ),
        ({"Date": "Tue, 01 Dec 2026 08:00:00 GMT", "ratelimit-reset": "9" * 40}, None),
        ({"Date": "Tue, 01 Dec 2026 08:00:00 GMT", "X-RateLimit-Reset": "2026-12-01T08:05:00"}, None),
    ],
)
def test_a_wait_that_cannot_be_read_is_none(headers: dict[str, str], wait: timedelta | None) -> None:
    assert wait_asked(headers) == wait


@pytest.mark.parametrize(
    "address",
    [
        "http://social.example",
        "ftp://social.example",
        "https://",
        "social.example",
        "",
        "https://[x",
        "https://anna:hemligt@social.example",
        "https://anna@social.example",
    ],
)
def test_a_key_goes_nowhere_unsafe(address: str) -> None:
    with pytest.raises(ConfigError, match="mastodon"):
        safe_address("mastodon", address)


@pytest.mark.parametrize(
    "address", ["https://social.example/", "http://127.0.0.1:3000", "http://localhost", "http://[::1]:1"]
)
def test_a_safe_address_is_one_by_tls_or_on_this_machine(address: str) -> None:
    assert safe_address("mastodon", address) == address.rstrip("/")


@pytest.mark.parametrize("key", ["", "två ord", "å", "a\n", "a b", "\x7f"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        usable_key("mastodon", "Mastodon", Secret(key))
    assert not key or f"”{key}”" not in str(refused.value)
