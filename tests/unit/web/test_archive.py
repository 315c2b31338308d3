"""The archive as visitors get it: types, how long it is kept, and what its pages may do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.web.sites import FILES, Site, lay, site_of


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of the small office: a ledger takes most of a second to make."""
    with site_of(tmp_path_factory.mktemp("archive")) as site:
        yield site


@pytest.fixture
def site(opened: Site) -> Site:
    """The same, with its archive as it was."""
    lay(opened.folder / "out" / "webb", FILES)
    return opened


@pytest.mark.parametrize(
    ("path", "name", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/brev/brevet/", "brev/brevet/index.html", "text/html; charset=utf-8"),
        ("/media/sida.css", "media/sida.css", "text/css; charset=utf-8"),
        ("/sprid/kit.js", "sprid/kit.js", "text/javascript; charset=utf-8"),
        ("/kalender.ics", "kalender.ics", "text/calendar; charset=utf-8"),
        ("/brev/brevet/atom.xml", "brev/brevet/atom.xml", "application/atom+xml"),
        ("/brev/brevet/rss.xml", "brev/brevet/rss.xml", "application/rss+xml"),
        ("/brev/brevet/feed.json", "brev/brevet/feed.json", "application/feed+json"),
        ("/sprid/eda/kits.json", "sprid/eda/kits.json", "application/json"),
        ("/sprid/eda/bryggan/allt.zip", "sprid/eda/bryggan/allt.zip", "application/zip"),
        ("/sprid/eda/bryggan/qr.svg", "sprid/eda/bryggan/qr.svg", "image/svg+xml"),
        ("/media/0123456789abcdef.jpg", "media/0123456789abcdef.jpg", "image/jpeg"),
        ("/sitemap.xml", "sitemap.xml", "application/xml"),
        ("/robots.txt", "robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_each_file_has_its_type_and_nobody_may_guess_another(
    site: Site, path: str, name: str, media_type: str
) -> None:
    answer = site.get(path)

    assert (answer.status_code, answer.data) == (200, FILES[name])
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_that_has_it_gets_it_once(site: Site) -> None:
    first = site.get("/brev/brevet/")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]

    assert site.get("/brev/brevet/", If_None_Match=tag).status_code == 304
    assert site.get("/brev/brevet/", If_Modified_Since=changed).status_code == 304
    assert site.get("/brev/brevet/", If_None_Match='"annan"').status_code == 200
    lay(site.folder / "out" / "webb", {**FILES, "brev/brevet/index.html": b"<h1>Brevet, rettat</h1>"})
    assert site.get("/brev/brevet/", If_None_Match=tag).data == b"<h1>Brevet, rettat</h1>"


def test_head_tells_the_same_without_the_body(site: Site) -> None:
    asked = site.client.head("/brev/brevet/", base_url=site.base_url, buffered=True)

    assert asked.status_code == 200
    assert asked.headers["Content-Length"] == str(len(FILES["brev/brevet/index.html"]))
    assert asked.data == b""


def test_what_is_named_by_its_bytes_is_kept_for_long_and_pages_are_not(site: Site) -> None:
    assert "immutable" in site.get("/media/0123456789abcdef.jpg").headers["Cache-Control"]
    assert site.get("/media/sida.css").headers["Cache-Control"] == "public, max-age=300"
    assert site.get("/").headers["Cache-Control"] == "public, max-age=300"


def test_pictures_may_be_shown_in_letters_anywhere_and_pages_nowhere_else(site: Site) -> None:
    name = "Cross-Origin-Resource-Policy"
    assert site.get("/media/0123456789abcdef.jpg").headers[name] == "cross-origin"
    assert site.get("/brev/brevet/").headers[name] == "same-origin"


def test_only_a_kit_runs_a_script_and_only_a_letter_has_styles_on_its_elements(site: Site) -> None:
    policies = {
        path: site.get(path).headers["Content-Security-Policy"]
        for path in ("/", "/brev/brevet/", "/sprid/eda/bryggan/", "/brev/brevet-2026-12-01/offices-eda.html")
    }

    letter = policies["/brev/brevet-2026-12-01/offices-eda.html"]
    assert [path for path, policy in policies.items() if "script-src" in policy] == ["/sprid/eda/bryggan/"]
    assert [path for path, policy in policies.items() if "'unsafe-inline'" in policy] == [
        "/brev/brevet-2026-12-01/offices-eda.html"
    ]
    assert "style-src 'unsafe-inline'" in letter
    assert "sandbox" in letter
    assert "allow-scripts" not in letter
    for policy in policies.values():
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-eval'" not in policy


def test_a_folder_without_its_last_stroke_leads_on_to_base_url_whoever_asks(site: Site) -> None:
    asked = site.client.get("/brev/brevet", base_url="http://127.0.0.1:8080")

    assert asked.status_code == 301
    assert asked.headers["Location"] == "https://brev.leader.example/brev/brevet/"


@pytest.mark.parametrize(
    "path",
    [
        "/finns-inte",
        "/.comms-archive.json",
        "/../comms.yaml",
        "/brev/../../../comms.yaml",
        "/%2e%2e/comms.yaml",
        "/..%2f..%2fcomms.yaml",
        "/..%5c..%5ccomms.yaml",
        "/index.html%00.png",
        "//index.html",
        "//ond.example/brev/brevet",
        "/brev//brevet/",
        "/./index.html",
        "/INDEX.HTML",
        "/index.html;x",
        "/index.html/",
        "/brev",
    ],
)
def test_nothing_else_is_there_and_the_archives_own_page_says_so(site: Site, path: str) -> None:
    answer = site.get(path)

    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert answer.data == FILES["404.html"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_the_first_letter_the_first_page_says_so(site: Site) -> None:
    lay(site.folder / "out" / "webb", {})

    first, other = site.get("/"), site.get("/brev/")

    assert (first.status_code, other.status_code) == (200, 404)
    assert "Prenumerera" in first.text
    assert "Sidan finns inte" in other.text
