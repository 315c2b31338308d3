"""What is refused before any page is asked, and what every answer says (the attacks C10 and C12)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from comms.app.unsubscribing import end
from comms.errors import StoreError, say
from comms.web.app import ROUTES
from tests.unit.web.sites import Site, exit_link, sealed, site_of

ONE_CLICK: dict[str, object] = {"List-Unsubscribe": "One-Click"}
NO_TOKEN = "A" * 34


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of the small office."""
    with site_of(tmp_path_factory.mktemp("gate")) as opened:
        yield opened


def paths(site: Site) -> list[str]:
    """A path of every route, with a token that leads somewhere where there can be one."""
    known = {"/u/<token:token>": exit_link(site, 1), "/<path:path>": "/brev/brevet/"}
    return [known.get(rule, rule.replace("<token:token>", NO_TOKEN)) for rule, _, _ in ROUTES]


def acting() -> list[str]:
    """A path of every route that takes a form."""
    return [
        rule.replace("<token:token>", NO_TOKEN) for rule, _, methods in ROUTES if "POST" in methods
    ]  # fmt: skip


# Hosts (forged Host, C10)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("brev.leader.example", 200),
        ("BREV.Leader.example", 200),
        ("brev.leader.example:443", 200),
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("ond.example", 421),
        ("brev.leader.example.ond.example", 421),
        ("leader.example", 421),
        ("192.0.2.1", 421),
        ("brev.leader.example@ond.example", 400),
        ("brev.leader.example/ond", 400),
        ("brev.leader.example, ond.example", 400),
        ("brev.leader.example:port", 400),
        ("", 400),
    ],
)
def test_only_our_own_names_are_answered_to(site: Site, host: str, status: int) -> None:
    answer = site.client.get("/halsa", headers={"Host": host}, environ_overrides={"HTTP_HOST": host})

    assert answer.status_code == status


def test_no_page_has_a_link_to_the_name_that_the_visitor_gave(site: Site) -> None:
    for path in paths(site):
        answer = site.client.get(path, base_url="http://127.0.0.1:4711", buffered=True)
        assert "4711" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "header", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Script-Name"]
)
def test_headers_that_name_another_page_are_not_heeded(site: Site, header: str) -> None:
    plain, with_it = site.get("/integritet/"), site.get("/integritet/", **{header: "/halsa"})

    assert (with_it.status_code, with_it.data) == (plain.status_code, plain.data)


# Methods


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X"])
def test_no_other_method_does_anything_anywhere(site: Site, method: str) -> None:
    every = list(paths(site))
    before = site.bytes()
    for path in every:
        answer = site.client.open(path, method=method, base_url=site.base_url, data=ONE_CLICK)
        assert answer.status_code == 405
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert site.bytes() == before


def test_what_is_only_read_takes_no_form(site: Site) -> None:
    for rule, _, methods in ROUTES:
        if "POST" not in methods:
            path = rule.replace("<path:path>", "brev/brevet/")
            answer = site.post(path, ONE_CLICK)
            assert answer.status_code == 405
            assert {part.strip() for part in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


def test_a_get_that_calls_itself_a_post_is_a_get(site: Site) -> None:
    link = exit_link(site, 2)
    before = site.bytes()

    answer = site.client.get(
        f"{link}?_method=POST&List-Unsubscribe=One-Click",
        base_url=site.base_url,
        headers={"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"},
    )

    assert answer.status_code == 200
    assert site.bytes() == before


# Spellings of a path (C10)


@pytest.mark.parametrize(
    "spelling",
    [
        "{}/",
        "/{}",
        "/.{}",
        "{}/.",
        "{}/..",
        "{};x",
        "{}%00",
        "{}.html",
        "{}%20",
        "/U/{1}",
        "/u%2f{1}",
        "/u%5c{1}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_way_out_has_one_spelling(site: Site, spelling: str, method: str) -> None:
    link = exit_link(site, 3)
    path = spelling.format(link, link.rpartition("/")[2])
    before = site.bytes()

    raw = {"PATH_INFO": path, "REQUEST_URI": path} if path.startswith("//") else {}
    answer = site.client.open(
        path, method=method, base_url=site.base_url, data=ONE_CLICK, environ_overrides=raw, buffered=True
    )

    assert answer.status_code in {404, 405}
    assert "Location" not in answer.headers
    assert site.bytes() == before


@pytest.mark.parametrize("path", ["/prenumerera", "/installningar", "/integritet", "/tillganglighet"])
def test_a_page_without_its_last_stroke_leads_on_and_a_form_does_not(site: Site, path: str) -> None:
    answer = site.client.get(path, base_url="http://localhost:4711")

    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"https://brev.leader.example{path}/",
    )
    assert site.post(path).status_code in {404, 405}


# Forms of others (C12)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://ond.example"},
        {"Origin": "http://brev.leader.example"},
        {"Origin": "https://brev.leader.example:444"},
        {"Origin": "https://brev.leader.example.ond.example"},
        {"Origin": "http://127.0.0.1:8080"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://brev.leader.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://annan.leader.example"},
    ],
)
def test_a_form_on_somebody_elses_page_reaches_nothing(site: Site, headers: dict[str, str]) -> None:
    link = exit_link(site, 4)
    seal = sealed(site.get(link))
    before = site.bytes()

    answers = [site.post(path, {"form": seal, "action": "all"}, **headers) for path in (*acting(), link)]

    assert {answer.status_code for answer in answers} == {403}
    assert site.bytes() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://brev.leader.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null"},
    ],
)
def test_our_own_form_is_taken_as_browsers_old_and_new_send_it(site: Site, headers: dict[str, str]) -> None:
    link = exit_link(site, 5)

    answer = site.post(link, {"form": sealed(site.get(link)), "action": "pause"}, **headers)

    assert answer.status_code == 200


# Size


def test_a_form_may_have_a_hundred_fields_and_sixty_four_kilobytes(site: Site) -> None:
    assert site.post("/prenumerera/", {f"f{n}": "x" for n in range(100)}).status_code == 200
    assert site.post("/prenumerera/", {f"f{n}": "x" for n in range(101)}).status_code == 413
    assert site.post("/prenumerera/", {"focus": ["x"] * 101}).status_code == 413
    assert site.post("/prenumerera/", {"address": "a" * 70_000}).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"%", b"=&=&=", b"\xff\xfe", b"address=%ff%00", b"form=" + b"a" * 60_000, b"--x\r\n", b"{}"],
)
@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_a_body_that_is_no_form_is_no_fault_of_ours(site: Site, body: bytes, media_type: str) -> None:
    for path in (*acting(), exit_link(site, 6)):
        answer = site.client.post(path, base_url=site.base_url, data=body, content_type=media_type)
        assert answer.status_code in {200, 400, 404, 413}


# What every answer says


def every_answer(site: Site) -> Iterator[TestResponse]:
    """Pages, forms, files, refusals: one of each kind."""
    for path in paths(site):
        yield site.get(path)
        yield site.client.head(path, base_url=site.base_url, buffered=True)
        yield site.post(path)
    yield site.get("/finns-inte")
    yield site.get("/brev/brevet")
    yield site.client.get("/", base_url="https://ond.example")
    yield site.post("/prenumerera/", {"address": "a" * 70_000})


def test_every_answer_is_guarded_and_sets_no_cookie(site: Site) -> None:
    for answer in every_answer(site):
        said = answer.headers
        assert said["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
        assert said["X-Content-Type-Options"] == "nosniff"
        assert said["Referrer-Policy"] == "no-referrer"
        assert said["Cross-Origin-Opener-Policy"] == "same-origin"
        assert said["Strict-Transport-Security"] == "max-age=31536000"
        assert "Permissions-Policy" in said
        assert not {"Set-Cookie", "Server", "X-Powered-By"} & set(said.keys())


def test_pages_with_a_token_or_a_form_are_kept_and_found_by_nobody(site: Site) -> None:
    for path in (*acting(), exit_link(site, 1)):
        for answer in (site.get(path), site.post(path)):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "X-Robots-Tag" not in site.get("/integritet/").headers


def test_no_page_of_ours_has_a_script_a_style_of_its_own_or_a_third_party(site: Site) -> None:
    for path in paths(site):
        page = site.get(path).text
        assert not re.search(
            r"<script|\sstyle=|\son[a-z]+=|javascript:|<iframe|<object|<embed", page, re.IGNORECASE
        )
        assert not re.search(r'(?:src|action)="(?:https?:)?//', page)


# When something is wrong


def test_a_database_that_cannot_be_had_is_told_with_the_address_to_write_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreError(say("Databasen är upptagen."))

    monkeypatch.setattr(end.__module__ + ".end", busy)
    answer = site.post(exit_link(site, 7), ONE_CLICK)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "kansli@leader.example" in answer.text
    assert "upptagen" not in answer.text


def test_what_nobody_foresaw_shows_a_number_that_the_log_has_and_nothing_more(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object, **__: object) -> None:
        message = "hemlig-insida"
        raise RuntimeError(message)

    monkeypatch.setattr(end.__module__ + ".end", break_down)
    answer = site.post(exit_link(site, 7), ONE_CLICK)

    assert answer.status_code == 500
    assert not re.search(r"hemlig-insida|Traceback|RuntimeError|\.py", answer.text)
    number = re.search(r"nummer är ([0-9a-f]{8})", answer.text)
    assert number
    assert number[1] in caplog.text
    assert "hemlig-insida" in caplog.text


def test_the_log_names_no_token_and_nobody(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    link = exit_link(site, 8)
    with caplog.at_level(logging.INFO, "comms.web"):
        site.get(link)
        site.post(link, ONE_CLICK)
        site.get("/anna@kommun.example?address=anna@kommun.example")
        site.post("/prenumerera/", {"address": "anna@kommun.example"})

    assert "POST /u/*** 200" in caplog.text
    assert link.rpartition("/")[2] not in caplog.text
    assert "kommun.example" not in caplog.text


# Health, and a base_url with a path


def test_health_tells_that_we_answer_and_who_we_are(site: Site) -> None:
    assert site.get("/halsa").json == {"ok": True}
    answer = site.get("/halsa?prov=abc-123")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.text)
    assert answer.text != site.get("/halsa?prov=abc-124").text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("prov", ["", "å", "a" * 65, "a b", "<script>"])
def test_health_answers_no_odd_question(site: Site, prov: str) -> None:
    assert site.client.get("/halsa", query_string={"prov": prov}, base_url=site.base_url).status_code == 400


def test_a_base_url_with_a_path_works_whether_the_proxy_takes_it_off_or_not(tmp_path: Path) -> None:
    with site_of(tmp_path, base_url="https://leader.example/brev") as site:
        at = replace(site, base_url="https://leader.example")
        assert at.get("/brev/halsa").json == at.get("/halsa").json == {"ok": True}
        assert at.get("/brev/").data == at.get("/brev").data == at.get("/").data
        assert at.get("/brev/prenumerera").headers["Location"] == "https://leader.example/brev/prenumerera/"
        assert 'action="/brev/prenumerera/"' in at.get("/brev/prenumerera/").text
        assert at.get("/brevet").status_code == 404
