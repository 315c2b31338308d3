"""Anything at all, sent to the public pages or given as a list: answered, and never a fault of ours."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.app.exporting import roll_file
from comms.app.importing import Witness, take_in
from comms.app.roll_reading import Given, read_roll
from comms.errors import ContentError, UsageError
from tests.fakes.public import FORM, Town, listening, spoken, town

pytestmark = pytest.mark.no_cover

FIELDS = (
    "address",
    "newsletters",
    "audience",
    "municipality",
    "focus",
    "website",
    "form",
    "action",
    "List-Unsubscribe",
)
MEDIA = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=finns-inte",
    "multipart/form-data; boundary=B",
    "multipart/form-data; boundary=",
    f"multipart/form-data; boundary={'B' * 500}",
    "multipart/form-data",
    "multipart/mixed; boundary=B",
    "application/json",
    "text/plain",
    "text/html;;;=",
    "",
    "é",
)
FEW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


@pytest.fixture(scope="module")
def links(site: Town) -> Mapping[str, str]:
    forms = {"signup": "/prenumerera/", "settings-link": "/installningar/"}
    return {**forms, **site.links("fuzz@hem.example")}


@pytest.fixture(scope="module")
def address(site: Town) -> Iterator[str]:
    with listening(site) as at:
        yield at


def see(status: int, said: str) -> None:
    """Answered, and nothing of the inside shown."""
    assert status in {200, 400, 403, 404, 405, 413}, (status, said[:300])
    assert "Traceback" not in said
    assert "Felets nummer" not in said


# Forms


@FEW
@given(body=st.binary(max_size=600), media=st.sampled_from(MEDIA), number=st.integers(0, 4))
def test_any_bytes_as_a_body_are_answered(
    site: Town, links: Mapping[str, str], body: bytes, media: str, number: int
) -> None:
    answer = site.open("POST", list(links.values())[number], body, media=media)
    see(answer.status_code, answer.text)


@FEW
@given(
    fields=st.lists(
        st.tuples(st.one_of(st.sampled_from(FIELDS), st.text(max_size=9)), st.text(max_size=400)), max_size=30
    ),
    number=st.integers(0, 4),
    is_sealed=st.booleans(),
)
def test_any_fields_however_many_of_each_are_answered(
    site: Town, links: Mapping[str, str], fields: list[tuple[str, str]], number: int, *, is_sealed: bool
) -> None:
    name, path = list(links.items())[number]
    sealed = [("form", site.seal(name))] if is_sealed else []
    body = urlencode([*sealed, *fields], errors="surrogatepass").encode()
    answer = site.open("POST", path, body, media=MEDIA[0])
    see(answer.status_code, answer.text)


@FEW
@given(
    address=st.text(st.characters(), max_size=350),
    choices=st.dictionaries(st.sampled_from(FIELDS[1:5]), st.lists(st.text(max_size=30), max_size=5)),
)
def test_a_sealed_sign_up_with_anything_in_it_is_answered(
    site: Town, address: str, choices: dict[str, list[str]]
) -> None:
    fields = {**FORM, **choices, "address": address, "form": site.seal("signup")}
    body = urlencode(fields, doseq=True, errors="surrogatepass").encode()
    answer = site.open("POST", "/prenumerera/", body, media=MEDIA[0])
    see(answer.status_code, answer.text)
    answer.data.decode("utf-8")


@FEW
@given(
    path=st.text(max_size=80),
    query=st.text(max_size=80),
    name=st.sampled_from(("X-Forwarded-For", "Origin", "Host", "Referer", "Range", "If-None-Match",
    "If-Range",
                          "If-Modified-Since", "Accept", "Cookie", "Authorization", "Sec-Fetch-Site")),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
    method=st.sampled_from(("GET", "HEAD", "POST")),
)  # fmt: skip
def test_any_path_query_and_header_is_answered(
    site: Town, path: str, query: str, name: str, value: str, method: str
) -> None:
    whole = f"/{path}?{query}".encode("utf-8", "replace").decode().replace("\0", "%00")
    for asked in (
        whole,
        f"/prenumerera/?{query.encode('utf-8', 'replace').decode()}",
        "/brev/brevet/",
        "/media/sida.css",
    ):
        answer = site.open(method, asked, headers={name: value})
        assert answer.status_code in {200, 206, 301, 304, 400, 403, 404, 405, 416, 421}, (
            asked,
            answer.status_code,
        )


PART = b'--B\r\nContent-Disposition: form-data; name="address"\r\n'
HUGE = {
    "100,000 parameters": (MEDIA[0], "&".join("a" * (n % 3) for n in range(100_000)).encode()[:60_000]),
    "100,000 signs of equality": (MEDIA[0], b"=" * 60_000),
    "100,000 percent signs": (MEDIA[0], b"%" * 60_000),
    "percent signs that are no letters": (MEDIA[0], b"address=" + b"%ff%fe%c0%80" * 4000),
    "half signs": (MEDIA[0], b"address=%ed%a0%80%ed%b0%80@hem.example"),
    "one long value": (MEDIA[0], b"address=" + b"a@" * 30_000),
    "one long name": (MEDIA[0], b"a" * 60_000 + b"=x"),
    "many ats": (MEDIA[0], b"address=" + b"%40." * 100 + b"&newsletters=" + b"%00" * 1000),
    "combining signs": (MEDIA[0], b"address=" + "é\u0301".encode() * 20_000),
    "parts within parts": (MEDIA[3], b"".join(
        b"--B\r\nContent-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (n, n) for n in range(900))),
    "parts without an end": (MEDIA[3], b"--B\r\n" * 12_000),
    "a part with a long head": (MEDIA[3], b"--B\r\n" + b"X-A: " + b"a" * 60_000 + b"\r\n\r\n\r\n--B--\r\n"),
    "a part with many heads": (MEDIA[3], b"--B\r\n" + b"X-A: a\r\n" * 7000 + b"\r\n\r\n--B--\r\n"),
    "nearly the boundary": (MEDIA[3], PART + b"\r\n" + b"\r\n--" * 15_000),
    "files": (MEDIA[3], (PART.replace(b'"address"', b'"f"; filename="a"\r\n') + b"x\r\n") * 800),
    "a part in UTF-7": (MEDIA[3], PART + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+ADw-\r\n--B--"),
    "a name in a language": (MEDIA[3], PART.replace(b'="address"', b"*=utf-8''%ff%00") + b"\r\nx\r\n--B--"),
}  # fmt: skip


# Werkzeug leaves the files of a form that it refuses to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("what", HUGE)
def test_what_is_made_to_be_hard_to_read_is_answered(site: Town, links: Mapping[str, str], what: str) -> None:
    media, body = HUGE[what]
    for path in links.values():
        answer = site.open("POST", path, body, media=media)
        see(answer.status_code, answer.text)


# Over the wire


END = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
START = b"POST /prenumerera/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
FORMED = START + b"Content-Type: application/x-www-form-urlencoded\r\n"
WIRE = {
    "a negative length": (FORMED + b"Content-Length: -5\r\n\r\n", 400),
    "a length with a plus": (FORMED + b"Content-Length: +5\r\n\r\na=b&c", 400),
    "a length in other figures": (FORMED + "Content-Length: ５\r\n\r\na=b&c".encode(), 400),
    "a length that is no number": (FORMED + b"Content-Length: 0x5\r\n\r\na=b&c", 400),
    "a length beyond all": (FORMED + b"Content-Length: 99999999999999999999999\r\n\r\n", 413),
    "two lengths": (FORMED + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\na=b&cd", 400),
    "more than is said": (FORMED + b"Content-Length: 3\r\n\r\na=bXXXXXXXX", 200),
    "length and pieces": (FORMED + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200),
    "pieces": (FORMED + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n", 200),
    "pieces of no size": (FORMED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\na=b\r\n0\r\n\r\n", 400),
    "pieces of a negative size": (FORMED + b"Transfer-Encoding: chunked\r\n\r\n-3\r\na=b\r\n0\r\n\r\n", 400),
    "pieces longer than said": (FORMED + b"Transfer-Encoding: chunked\r\n\r\n1\r\na=b\r\n0\r\n\r\n", 400),
    "pieces in another code": (FORMED + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "a head without end": (START + b"X: " + b"a" * 40_000, 431),
    "many heads": (START + b"X-A: a\r\n" * 4000 + b"\r\n", 431),
    "a head of two lines": (START + b"X-A: a\r\n b\r\n\r\n", 200),
    "a head without name": (START + b": a\r\n\r\n", 400),
    "line feeds alone": (START.replace(b"\r\n", b"\n") + b"\n", 0),
    "a carriage return within": (START + b"X-A: a\rSet-Cookie: b\r\n\r\n", 400),
    "a NUL within": (START + b"X-A: a\0b\r\n\r\n", 400),
    "small letters": (START.replace(b"POST", b"post") + b"\r\n", 400),
    "an old protocol": (b"GET /prenumerera/\r\n\r\n", 400),
    "HTTP/1.0 without a host": (b"GET /prenumerera/ HTTP/1.0\r\n\r\n", 400),
    "no protocol of ours": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a whole address": (b"GET http://ond.example/prenumerera/" + END, 200),
    "another server": (b"CONNECT ond.example:443" + END, 405),
    "letters that are none": (b"GET /\xff\xfe\xc0\xaf" + END, 400),
    "a question that is no letters": (b"GET /prenumerera/?\x80" + END, 400),
    "a mebibyte": (FORMED + b"Content-Length: 1048576\r\n\r\n" + b"a" * 1_048_576, 413),
}  # fmt: skip


@pytest.mark.servers
@pytest.mark.parametrize("what", WIRE)
def test_what_is_no_proper_request_is_refused_and_others_are_served(address: str, what: str) -> None:
    asked, status = WIRE[what]
    said = spoken(address, asked)
    first = said.partition(b"\r\n")[0]
    # Of what has no end nothing can be said; who says too much may be hung up on before the answer.
    assert first.split()[1:2] == [str(status).encode()] or (not said and status in {0, 413, 431}), said[:300]
    assert b"Traceback" not in said
    assert said.count(b"HTTP/1.1 ") + said.count(b"HTTP/1.0 ") <= 2
    assert spoken(address, b"GET /halsa HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").endswith(
        b"true}\n"
    )


# Lists


GIVEN = Given("Blanketter", "2026-05-01", ("kommunbrevet",), "public", "")
HEAD = b"e-post;kommun\n"
BOMBS = {
    "one cell of five megabytes": HEAD + b'anna@hem.example;"' + b"a" * 5_000_000 + b'"\n',
    "one bare cell of five megabytes": HEAD + b"a" * 5_000_000 + b";arvika\n",
    "five megabytes of quotation marks": HEAD + b'"' * 5_000_001,
    "five megabytes of line ends": HEAD + b"\r\n" * 2_500_000,
    "two hundred thousand columns": HEAD + b"anna@hem.example" + b";" * 200_000 + b"\n",
    "two hundred thousand heads": b"e-post" + b";x" * 200_000 + b"\nanna@hem.example\n",
    "two hundred thousand heads alike": b";".join([b"e-post"] * 200_000) + b"\n",
    "a NUL": HEAD + b"anna@hem.example;ar\0vika\n",
    "UTF-16 that is none": b"\xff\xfe" + HEAD,
    "UTF-16 cut in two": ("\ufeff" + HEAD.decode() + "anna@hem.example;").encode("utf-16-le")[:-1],
    "UTF-16 with half signs": b"\xff\xfe" + "e-post\n".encode("utf-16-le") + b"\x00\xd8\x41\x00",
    "UTF-32": ("\ufeff" + HEAD.decode()).encode("utf-32-le"),
    "a mark twice": b"\xef\xbb\xbf\xef\xbb\xbf" + HEAD + b"anna@hem.example;arvika\n",
    "another sign declared": b"sep=\xc2\xa4\n" + HEAD,
    "a quotation mark declared": b'sep="\n' + HEAD + b"anna@hem.example;arvika\n",
    "a line end declared": b"sep=\r\n" + HEAD,
    "nothing": b"",
    "a mark alone": b"\xef\xbb\xbf",
    "a workbook": b"PK\x03\x04" + b"\0" * 100,
    "old carriage returns": HEAD.replace(b"\n", b"\r") + b"anna@hem.example;arvika\r",
    "a hundred thousand addresses in a cell": HEAD
    + b",".join([b"anna@hem.example"] * 100_000)
    + b";arvika\n",
    "a hundred thousand newsletters in a cell": b"e-post;nyhetsbrev\nanna@hem.example;"
    + b"x," * 100_000
    + b"\n",
    "combining signs": HEAD + b"anna@hem.example;" + "\u0301".encode() * 100_000 + b"\n",
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_list_that_is_a_bomb_is_refused_with_words(site: Town, tmp_path: Path, what: str) -> None:
    file = tmp_path / "lista.csv"
    file.write_bytes(BOMBS[what])
    try:
        roll = read_roll(site.desk.office, file, GIVEN, date(2026, 12, 1))
    except (ContentError, UsageError) as refused:
        told = [f"{refused}"]
    else:
        assert set(roll.wanted) <= {"anna@hem.example"}
        told = [f"{one.message} {one.hint}" for one in roll.bad]
    assert all(len(one) < 2000 for one in told)


def test_a_cell_that_is_a_formula_is_text_when_it_comes_out_again(tmp_path: Path) -> None:
    formulas = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "'=1", "''=1", "＝1", "＋1", "－1", "＠1",
    "\u200b=1",
                '=HYPERLINK("http://ond.example")', "=cmd|' /C calc'!A0", "\n=1", "\u00a0=1", "\ufeff=1",
                "\u3000=1",
                "\u2060=1", "\u00ad=1", "\u200e=1", "%0A=1", ";=1", '";=1', "|=1")  # fmt: skip
    with town(tmp_path) as opened:
        out = io.StringIO()
        lines = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
        lines.writerow(("e-post", "källa", "kommun"))
        for number, formula in enumerate(formulas):
            lines.writerow((f"{'=+-'[number % 3]}n{number}@hem.example", formula, "arvika"))
        file = tmp_path / "lista.csv"
        file.write_text(out.getvalue(), encoding="utf-8", newline="")
        desk = opened.desk
        roll = read_roll(desk.office, file, GIVEN, date(2026, 12, 1))
        take_in(desk.office, desk.store, roll, Witness("=1", "=1.csv"), desk.now)
        content = b"".join(roll_file(desk.office, desk.store)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert len(rows) > len(formulas) / 2
    for row in rows:
        for cell in row:
            assert not cell.strip("\u200b\ufeff\u3000\u00a0 \t\r\n").startswith(tuple("=+-@＝＋－＠")), cell


def test_a_bomb_takes_no_more_room_than_some_times_its_size(site: Town, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_bytes(BOMBS["one bare cell of five megabytes"])
    tracemalloc.start()
    try:
        read_roll(site.desk.office, file, GIVEN, date(2026, 12, 1))
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
