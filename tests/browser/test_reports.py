"""Reports in Chromium: axe finds nothing, they fit, and no words of a picture lie over others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from comms.model.strategy import FocusArea
from comms.render.report_page import Names, delivery_page, strategy_page, year_page
from tests.browser.looking import Scheme, opened, overflow
from tests.unit.render import reports

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

PHONE, DESK, NARROW = 360, 1280, 320
LOOKS: Mapping[str, tuple[tuple[int, Scheme], ...]] = {
    "strategy": ((DESK, "dark"), (PHONE, "light")),
    "delivery": ((PHONE, "dark"),),
    "year": ((DESK, "light"), (PHONE, "dark")),
}
"""Where axe looks at each: it takes seconds for a long page, and the pages are of the same parts."""

SMALLEST = 11
"""Px of the least text in a picture, as it is shown."""

_AXE = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations.map(
    (one) => [one.id, ...one.nodes.map((node) => node.html.slice(0, 160))]))"""
_CHARTS = """() => [...document.querySelectorAll("svg.chart")].filter((one) => one.checkVisibility()).map(
    (chart) => ({
        scale: chart.getBoundingClientRect().width / chart.viewBox.baseVal.width,
        title: chart.querySelector("title").textContent,
        around: chart.getBoundingClientRect().toJSON(),
        words: [...chart.querySelectorAll("text")].map((one) => ({
            words: one.textContent, size: parseFloat(getComputedStyle(one).fontSize),
            box: one.getBoundingClientRect().toJSON()})),
    }))"""


def long_names() -> Names:
    """An office whose names are longer than anybody's."""
    names = reports.names()
    areas = {
        slug: FocusArea(slug, "", f"{area.name} och landsbygdsutvecklingssamverkan i hela området", {}, ())
        for slug, area in names.strategy.focus_areas.items()
    }
    towns = {slug: f"{name}-Östervallskogs kommun" for slug, name in names.audiences.municipalities.items()}
    return replace(
        names,
        strategy=replace(names.strategy, focus_areas=areas),
        audiences=replace(names.audiences, municipalities=towns),
    )


def faults(page: Page) -> dict[str, object]:
    """What is wrong with the page's pictures as they are shown."""
    found: dict[str, object] = {}
    for chart in page.evaluate(_CHARTS):
        boxes = [(one["words"], one["box"]) for one in chart["words"] if one["words"]]
        found[f"{chart['title']}: over each other"] = [
            (one, other)
            for at, (one, first) in enumerate(boxes)
            for other, second in boxes[at + 1 :]
            if _overlap(first, second)
        ]
        found[f"{chart['title']}: outside"] = [
            words
            for words, box in boxes
            if box["left"] < chart["around"]["left"] - 1 or box["right"] > chart["around"]["right"] + 1
        ]
        found[f"{chart['title']}: small"] = [
            one["words"] for one in chart["words"] if one["size"] * chart["scale"] < SMALLEST
        ]
    return {what: fault for what, fault in found.items() if fault}


def _overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two lines of text share more than the air above and below their signs."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1 and down > 4


@pytest.mark.parametrize("name", LOOKS)
def test_axe_finds_nothing_and_every_report_fits(name: str, browser: Browser, tmp_path: Path) -> None:
    head, names, found = reports.head(), reports.names(), reports.coverage()
    pages = {
        "strategy": lambda: strategy_page(head, names, found, reports.gaps(found)),
        "delivery": lambda: delivery_page(head, names, reports.deliveries()),
        "year": lambda: year_page(head, names, reports.year()),
    }
    file = tmp_path / "report.html"
    file.write_bytes(pages[name]())
    asked: list[str] = []
    said: list[str] = []
    wrong: dict[str, object] = {}

    with opened(browser, file.as_uri(), width=DESK, asked=asked) as page:
        page.on("console", lambda message: said.append(message.text))
        page.evaluate(Axe().axe_script)
        for width, scheme in LOOKS[name]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, media="screen")
            wrong[f"{width} {scheme}"] = page.evaluate(_AXE)
        if name == "delivery":
            page.set_viewport_size({"width": 680, "height": 990})
            page.emulate_media(color_scheme="dark", media="print")
            wrong["print"] = page.evaluate(_AXE)
        page.set_viewport_size({"width": NARROW, "height": 900})
        page.emulate_media(media="screen")
        wrong["wider than its window"] = overflow(page)

    assert {what: fault for what, fault in wrong.items() if fault} == {}
    assert asked == [file.as_uri()]
    assert said == []


@pytest.mark.parametrize("called", [reports.names, long_names], ids=["the example's names", "long names"])
def test_no_words_of_a_picture_lie_over_others_or_are_too_small(
    called: Callable[[], Names], browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(strategy_page(reports.head(), called(), reports.coverage()))
    wrong, shown = {}, {}

    with opened(browser, file.as_uri(), width=DESK) as page:
        for width in (DESK, PHONE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            shown[width] = len(page.evaluate(_CHARTS))
            wrong[width] = faults(page)

    # Three pictures, each in the drawing that suits the window.
    assert shown == {DESK: 3, PHONE: 3, NARROW: 3}
    assert wrong == {DESK: {}, PHONE: {}, NARROW: {}}


def test_paper_is_light_whatever_the_screen(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(strategy_page(reports.head(), reports.names(), reports.coverage()))

    with opened(browser, file.as_uri(), width=680, scheme="dark") as page:
        page.emulate_media(color_scheme="dark", media="print")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = page.evaluate("getComputedStyle(document.body).color")

    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(34, 48, 42)")
