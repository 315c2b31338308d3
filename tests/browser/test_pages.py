"""Each kind of page of the archive in Chromium: it fits, axe finds nothing, nothing is fetched elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Example
from tests.browser.looking import faults, opened

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

PHONE, DESK = 360, 1280
KINDS = (
    "index.html",
    "brev/kommunbrevet/index.html",
    "brev/kommunbrevet-2026-12-01/index.html",
    "nyheter/*/index.html",
    "kommuner/torsby/index.html",
    "insatsomraden/*/index.html",
    "sprid/torsby/index.html",
    "sprid/torsby/*/index.html",
    "integritet/index.html",
    "tillganglighet/index.html",
    "404.html",
)
"""One of each kind; of those with a star the first and the last in the alphabet."""


def pages(example: Example) -> list[str]:
    """The addresses of the pages to open."""
    archive = example.folder / "archive"
    found: dict[str, None] = {}
    for kind in KINDS:
        there = sorted(file.relative_to(archive).as_posix() for file in archive.glob(kind))
        assert there, kind
        found |= dict.fromkeys((there[0], there[-1]))
    return [f"{example.url}/{path}" for path in found]


def test_every_kind_of_page_fits_and_axe_finds_nothing(browser: Browser, example: Example) -> None:
    found: dict[str, object] = {}
    elsewhere: list[str] = []
    for address in pages(example):
        asked: list[str] = []
        with opened(browser, address, width=PHONE, asked=asked) as page:
            if wrong := faults(page, PHONE, DESK):
                found[address] = wrong
        elsewhere += [one for one in asked if not one.startswith((example.url, "data:", "blob:"))]
    assert found == {}
    assert elsewhere == []
