"""Whatever a server does, a fetch ends as a value, within its time and size, and asks nobody else."""

from __future__ import annotations

import gzip
import random
import resource
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from comms.content.fetch import LONGEST_WAIT, Fetcher
from comms.model.fetch import FEED, Fetched, Limits, Outcome
from tests.fakes.hostile import ETAG, LATER, LOCAL_PATH, Hostile
from tests.fakes.hostile import FEED as A_FEED

pytestmark = pytest.mark.servers
AGENT = "https://leader7-sam.example/"
SHORT = Limits(1_000_000, seconds=0.6)


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with Hostile() as hostile:
        yield hostile


@pytest.fixture
def fetcher() -> Fetcher:
    """One that may ask this machine, as an office lets its own network be asked."""
    return Fetcher(AGENT, frozenset({"127.0.0.1"}))


def test_a_feed_comes_with_what_the_server_says_of_it(server: Hostile, fetcher: Fetcher) -> None:
    got = fetcher.get(f"{server.url}/", FEED)
    assert got == Fetched(
        Outcome.OK, f"{server.url}/", 200, A_FEED, media_type="application/rss+xml", charset="utf-8"
    )


def test_the_request_names_us_and_carries_nothing_of_ours(
    server: Hostile, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login anna password hemligt\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetcher.get(f"{server.url}/cookie", FEED).is_good
    sent = server.asked[-1].headers
    assert sorted(sent) == ["Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"]
    assert sent["User-Agent"].endswith(f"(+{AGENT})")
    assert sent["Accept-Encoding"] == "gzip, identity"
    assert sent["Host"] == f"127.0.0.1:{server.port}"


def test_what_has_not_changed_is_not_sent_again(server: Hostile, fetcher: Fetcher) -> None:
    first = fetcher.get(f"{server.url}/unchanged", FEED)
    assert (first.etag, first.last_modified) == (ETAG, LATER)
    again = fetcher.get(f"{server.url}/unchanged", FEED, etag=first.etag, last_modified=first.last_modified)
    assert (again.outcome, again.body, again.why) == (Outcome.NOT_MODIFIED, b"", None)
    assert server.asked[-1].headers["If-Modified-Since"] == LATER


def test_a_tag_that_could_carry_a_header_of_its_own_is_not_sent(server: Hostile, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{server.url}/", FEED, etag='"a"\r\nX-Evil: 1').is_good
    assert "If-None-Match" not in server.asked[-1].headers


ENDS = [
    ("/gzip", Outcome.OK, 200),
    ("/too-short", Outcome.OK, 200),
    ("/charset", Outcome.OK, 200),
    ("/bad-charset", Outcome.OK, 200),
    ("/path", Outcome.OK, 200),
    ("/304", Outcome.HTTP, 304),
    ("/404", Outcome.HTTP, 404),
    ("/500", Outcome.HTTP, 500),
    ("/410", Outcome.GONE, 410),
    ("/429", Outcome.BUSY, 429),
    ("/503", Outcome.BUSY, 503),
    ("/endless", Outcome.TOO_BIG, 0),
    ("/bomb", Outcome.TOO_BIG, 0),
    ("/chunk-minus-1", Outcome.TOO_BIG, 0),
    ("/flood-trailers", Outcome.TOO_BIG, 0),
    ("/chunk-minus-5", Outcome.BROKEN, 0),
    ("/twice-packed", Outcome.BROKEN, 0),
    ("/brotli", Outcome.BROKEN, 0),
    ("/not-gzip", Outcome.BROKEN, 0),
    ("/hangs-up", Outcome.BROKEN, 0),
    ("/half", Outcome.BROKEN, 0),
    ("/two-lengths", Outcome.BROKEN, 0),
    ("/bad-chunks", Outcome.BROKEN, 0),
    ("/no-http", Outcome.BROKEN, 0),
    ("/long-header", Outcome.BROKEN, 0),
    ("/many-headers", Outcome.BROKEN, 0),
    ("/loop", Outcome.BROKEN, 302),
    ("/nowhere", Outcome.BROKEN, 302),
    ("/two-places", Outcome.BROKEN, 302),
]


@pytest.mark.parametrize(("path", "outcome", "status"), ENDS)
def test_each_ill_becomes_a_value(
    server: Hostile, fetcher: Fetcher, path: str, outcome: Outcome, status: int
) -> None:
    got = fetcher.get(f"{server.url}{path}", FEED)
    assert (got.outcome, got.status) == (outcome, status), got.why
    assert (got.why is None) == (outcome is Outcome.OK)
    assert (got.body == b"") == (outcome is not Outcome.OK)
    assert "hemlig" not in str(got.why).lower()


@pytest.mark.parametrize("path", ["/drip-body", "/drip-head", "/silent", "/continue"])
def test_a_server_that_holds_on_is_left_when_the_time_for_all_of_it_is_up(
    server: Hostile, fetcher: Fetcher, path: str
) -> None:
    got = fetcher.get(f"{server.url}{path}", SHORT)
    assert (got.outcome, got.body) == (Outcome.TIMEOUT, b"")


def test_a_resolver_that_holds_on_is_left_as_well() -> None:
    def slow(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.1"]

    got = Fetcher(AGENT, resolve=slow).get("http://sida.example/", Limits(1000, seconds=0.2))
    assert got.outcome is Outcome.TIMEOUT


def test_a_bomb_takes_no_more_memory_than_allowed(server: Hostile, fetcher: Fetcher) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert fetcher.get(f"{server.url}/bomb", FEED).outcome is Outcome.TOO_BIG
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB, of 100 MB unpacked


def test_exactly_as_much_as_allowed_is_taken(server: Hostile, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{server.url}/", Limits(len(A_FEED))).is_good
    assert fetcher.get(f"{server.url}/", Limits(len(A_FEED) - 1)).outcome is Outcome.TOO_BIG


def test_a_body_that_names_a_file_is_its_own_bytes(server: Hostile, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{server.url}/path", FEED).body == LOCAL_PATH


def test_what_the_server_claims_of_its_text_is_told_only_when_it_can_be_a_name(
    server: Hostile, fetcher: Fetcher
) -> None:
    assert fetcher.get(f"{server.url}/charset", FEED).charset == "utf-16"
    odd = fetcher.get(f"{server.url}/bad-charset", FEED)
    assert (odd.media_type, "/" in odd.charset) == ("", False)


@pytest.mark.parametrize(
    ("path", "wait"),
    [("/429", timedelta(seconds=120)), ("/503", LONGEST_WAIT), ("/503-odd", None), ("/500", None)],
)
def test_a_wish_to_wait_is_kept_and_never_longer_than_a_day(
    server: Hostile, fetcher: Fetcher, path: str, wait: timedelta | None
) -> None:
    assert fetcher.get(f"{server.url}{path}", FEED).retry_after == wait


@pytest.mark.parametrize(
    ("path", "moved"), [("/301/308", True), ("/301/302", False), ("/307/301", False), ("/303", False)]
)
def test_only_what_has_moved_for_good_all_the_way_has_moved(
    server: Hostile, fetcher: Fetcher, path: str, moved: bool
) -> None:
    got = fetcher.get(f"{server.url}{path}?/page%20one", FEED)
    assert (got.outcome, got.url, got.moved) == (Outcome.OK, f"{server.url}/page%20one", moved)


def test_five_steps_are_gone_and_not_six(server: Hostile, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{server.url}/301/301/301/301/301?/", FEED).is_good
    assert fetcher.get(f"{server.url}/301/301/301/301/301/301?/", FEED).outcome is Outcome.BROKEN


def test_a_look_reads_nothing_and_asks_in_another_way_where_head_is_refused(
    server: Hostile, fetcher: Fetcher
) -> None:
    assert fetcher.look(f"{server.url}/") == fetcher.look(f"{server.url}/")
    assert (fetcher.look(f"{server.url}/").is_good, server.asked[-1].method) == (True, "HEAD")
    got = fetcher.look(f"{server.url}/no-head")
    assert (got.outcome, got.status, got.body) == (Outcome.OK, 206, b"")
    assert (server.asked[-1].method, server.asked[-1].headers["Range"]) == ("GET", "bytes=0-0")


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/404", Outcome.HTTP),
        ("/410", Outcome.GONE),
        ("/429", Outcome.BUSY),
        ("/416", Outcome.OK),
        ("/bomb", Outcome.OK),
        ("/endless", Outcome.OK),
        ("/drip-body", Outcome.OK),
        ("/loop", Outcome.BROKEN),
    ],
)
def test_a_look_ends_as_a_value_too(server: Hostile, fetcher: Fetcher, path: str, outcome: Outcome) -> None:
    assert fetcher.look(f"{server.url}{path}").outcome is outcome


_SOUND = (
    b'HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Encoding: gzip\r\nETag: "a"\r\n'
    b"Transfer-Encoding: chunked\r\nLocation: /404\r\nRetry-After: 9\r\n\r\n"
)


def test_whatever_bytes_come_a_fetch_ends_as_a_value(server: Hostile, fetcher: Fetcher) -> None:
    chance = random.Random(8)  # noqa: S311 - what a server says, not a secret
    packed = gzip.compress(A_FEED)
    sound = _SOUND + f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    ends = set[Outcome]()
    for _ in range(300):
        answer = bytearray(sound)
        answer[9:12] = str(chance.choice([200, 200, 200, 301, 404, 100, 204, 206, 999])).encode()
        for _ in range(chance.choice([0, 1, 3, 20])):
            where = chance.randrange(len(answer))
            answer[where : where + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        if chance.random() < 0.2:
            del answer[chance.randrange(len(answer)) :]
        got = fetcher.get(f"{server.url}/raw?{answer.hex()}", SHORT)
        ends.add(got.outcome)
        assert got.is_good or got.body == b""
        assert got.is_good == (got.why is None)
        assert (got.etag + got.last_modified + got.media_type + got.charset).isprintable()
    assert {Outcome.OK, Outcome.HTTP, Outcome.BROKEN} <= ends


def test_nobody_there_and_no_such_name_are_told_apart(fetcher: Fetcher) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert fetcher.get(f"http://127.0.0.1:{port}/", FEED).outcome is Outcome.UNREACHABLE

    def unknown(host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, host)

    def away(host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, host)

    assert Fetcher(AGENT, resolve=unknown).get("http://sida.example/", FEED).outcome is Outcome.NO_HOST
    assert Fetcher(AGENT, resolve=away).get("http://sida.example/", FEED).outcome is Outcome.UNREACHABLE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    command += ["-keyout", "x.key", "-out", "x.pem", "-addext", "subjectAltName=DNS:sida.example"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "x.pem"


@pytest.fixture
def sealed(certificate: Path) -> Iterator[Hostile]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with Hostile(context) as hostile:
        yield hostile


def _here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


NAMES = frozenset({"sida.example", "annan.example"})


def test_over_tls_the_name_is_proved_though_the_address_is_pinned(sealed: Hostile, certificate: Path) -> None:
    fetcher = Fetcher(AGENT, NAMES, resolve=_here, trust=certificate)
    got = fetcher.get(f"https://sida.example:{sealed.port}/", FEED)
    assert (got.outcome, got.body) == (Outcome.OK, A_FEED)
    assert sealed.asked[-1].headers["Host"] == f"sida.example:{sealed.port}"


def test_a_certificate_of_another_name_or_of_nobody_is_not_trusted(
    sealed: Hostile, certificate: Path
) -> None:
    trusting = Fetcher(AGENT, NAMES, resolve=_here, trust=certificate)
    wary = Fetcher(AGENT, NAMES, resolve=_here)
    assert trusting.get(f"https://annan.example:{sealed.port}/", FEED).outcome is Outcome.UNTRUSTED
    assert wary.get(f"https://sida.example:{sealed.port}/", FEED).outcome is Outcome.UNTRUSTED
    assert sealed.asked == []


def test_from_https_nobody_is_led_to_http(sealed: Hostile, server: Hostile, certificate: Path) -> None:
    fetcher = Fetcher(AGENT, NAMES, resolve=_here, trust=certificate)
    asked = len(server.asked)
    got = fetcher.get(f"https://sida.example:{sealed.port}/302?http://sida.example:{server.port}/", FEED)
    assert (got.outcome, len(server.asked)) == (Outcome.REFUSED, asked)


def test_tls_that_never_comes_is_left_in_time(server: Hostile) -> None:
    fetcher = Fetcher(AGENT, NAMES, resolve=_here)
    got = fetcher.get(f"https://sida.example:{server.port}/", SHORT)
    assert got.outcome in {Outcome.TIMEOUT, Outcome.BROKEN, Outcome.UNREACHABLE}
