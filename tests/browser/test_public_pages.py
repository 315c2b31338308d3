"""Every public page in every state: axe finds nothing, it fits, nothing is refused or complained about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.looking import Scheme, overflow
from tests.browser.public import Heard, Site, at, opened_to_all, reports, serving, small_targets
from tests.browser.tour import every_state
from tests.journey.workspaces import repositorys_own

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

LOOKS: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (1280, "dark"), (360, "dark"), (360, "light"))
NARROW, ENLARGED = 320, 640
"""Px: the narrowest window (WCAG 2.1, 1.4.10); a window of 1280 at 200 percent (1.4.4)."""

_ASKED = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations.map(
    (one) => [one.id, ...one.nodes.map((node) => node.html.slice(0, 160))]))"""
"""Only what is wrong comes back: all of axe's answer takes longer to carry than to find."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The repository's own office, with public pages on loopback and nothing sent yet."""
    office = repositorys_own(tmp_path_factory.mktemp("public"))
    opened_to_all(office, "https://nyhetsbrev.leader7-sam.example")
    with serving(office) as running:
        yield running


def faults(page: Page) -> dict[str, object]:
    """What is wrong with how a page looks, in each look of its own."""
    found: dict[str, object] = {}
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found[f"{width} {scheme}: axe"] = page.evaluate(_ASKED)
        found[f"{width} {scheme}: lower than a finger"] = small_targets(page)
    for width in (ENLARGED, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        found[f"{width}: px wider than its window"] = overflow(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    found["refused by its policy"] = reports(page)
    return {what: fault for what, fault in found.items() if fault}


def test_every_page_in_every_state_fits_and_nobody_complains(browser: Browser, site: Site) -> None:
    heard = Heard()
    with at(browser) as page:
        heard.listen(page)
        page.add_init_script(Axe().axe_script)
        found = {state: faults(page) for state in every_state(site, page)}

    assert {state: wrong for state, wrong in found.items() if wrong} == {}
    assert heard.said == []
