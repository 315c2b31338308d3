"""The public pages on a real server, and the hands of those who use them: a mouse, a keyboard, no script."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.journey.test_web import KEY, heard, with_pages
from tests.journey.workspaces import Office, ended

TOUCH = 44
"""Px: how tall what a finger shall hit is (WCAG 2.1, 2.5.5, which asks more than AA does)."""

_REPORTS = """
window.comms_reports = [];
addEventListener("securitypolicyviolation", (one) => {
  comms_reports.push(one.violatedDirective + " " + one.blockedURI);
});
"""
_SMALL = """(touch) => [...document.querySelectorAll(
    "main button, main select, main input[type=email], main .option label")]
  .filter((one) => Math.round(one.getBoundingClientRect().height) < touch)
  .map((one) => one.outerHTML.slice(0, 120))"""
_FOCUS = """(one) => {
  const looks = getComputedStyle(one);
  const seen = looks.outlineStyle !== "none" && parseFloat(looks.outlineWidth) >= 2;
  return one.matches(":focus-visible") && seen;
}"""


@dataclass(frozen=True)
class Site:
    """A server at work on an office."""

    office: Office
    url: str


@contextmanager
def serving(office: Office) -> Iterator[Site]:
    """`comms web` on an office that has pages already, told to stop at the end."""
    process = office.start("web", COMMS_WEB__KEYS=KEY)
    try:
        heard(process, "Avbryt med Ctrl-C")
        found = re.search(r"listen: (127\.0\.0\.1:\d+)", (office.folder / "comms.yaml").read_text())
        assert found
        yield Site(office, f"http://{found[1]}")
    finally:
        process.send_signal(signal.SIGTERM)
        answer = ended(process)
    assert answer.code == 0, answer.err
    assert "Traceback" not in answer.err


def opened_to_all(office: Office, base_url: str) -> None:
    """Give an office whose `base_url` is this one public pages on loopback."""
    office.change("comms.yaml", base_url, "https://brev.leader.example")
    with_pages(office)


@dataclass
class Heard:
    """What a browser complained about."""

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Keep every word on the console and every error; reports of the CSP come with `reports`."""
        page.add_init_script(_REPORTS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        # That a page is answered with 404 is what is asked for there.
        if "the server responded with a status of 404" not in message.text:
            self.said.append(f"{message.type}: {message.text}")


def reports(page: Page) -> list[str]:
    """What the page's security policy has refused."""
    return list(page.evaluate("window.comms_reports"))


def small_targets(page: Page) -> list[str]:
    """The controls that are lower than a finger needs."""
    return list(page.evaluate(_SMALL, TOUCH))


class Hands(Protocol):
    """Somebody at a page."""

    page: Page

    def write(self, label: str, text: str) -> None:
        """Write in a field."""

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""

    def choose(self, label: str, option: str) -> None:
        """Choose in a list."""

    def press(self, name: str) -> None:
        """Press a button, and see the page that comes."""


@dataclass
class Mouse:
    """Points and clicks; whether scripts run is the browser's own matter."""

    page: Page

    def write(self, label: str, text: str) -> None:
        """Click in a field and write."""
        self.page.get_by_label(label).click()
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        """Click the words beside a box."""
        self.page.get_by_text(label, exact=True).click()

    def choose(self, label: str, option: str) -> None:
        """Choose in a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def press(self, name: str) -> None:
        """Click a button."""
        self.page.get_by_role("button", name=name, exact=True).click()


@dataclass
class Keyboard:
    """Never touches the mouse: Tab, Space, Enter, arrows and letters. It sees at each stop where it is."""

    page: Page

    def write(self, label: str, text: str) -> None:
        """Go to a field and write."""
        self._go_to(self.page.get_by_label(label))
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        """Go to a box and press Space; among radio buttons arrows choose."""
        box = self.page.get_by_label(label, exact=True)
        if box.get_attribute("type") != "radio":
            self._go_to(box)
            self.page.keyboard.press("Space")
            return
        every = self.page.locator(f"input[name='{box.get_attribute('name')}']")
        self._go_to(every)
        for _ in range(every.count()):
            if box.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(box).to_be_checked()

    def choose(self, label: str, option: str) -> None:
        """Go to a list and write the beginning of what is wanted."""
        box = self.page.get_by_label(label, exact=True)
        self._go_to(box)
        self.page.keyboard.type(option)
        expect(box.locator("option:checked")).to_have_text(option)

    def press(self, name: str) -> None:
        """Go to a button and press Enter."""
        self._go_to(self.page.get_by_role("button", name=name, exact=True))
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def _go_to(self, wanted: Locator) -> None:
        """Press Tab until something that is wanted has the focus; where the focus is must be seen."""
        focused = self.page.locator(":focus")
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if focused.count() == 0:
                continue  # the browser's own bars
            assert focused.evaluate(_FOCUS), f"the focus is not seen: {focused.evaluate('e => e.outerHTML')}"
            if wanted.and_(focused).count():
                return
        raise AssertionError(f"Tab does not lead to {wanted}")


@contextmanager
def at(browser: Browser, *, script: bool = True, width: int = 1280) -> Iterator[Page]:
    """A browser of one's own, that keeps to this machine."""
    context = browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 900})
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1:)"), lambda route: route.abort())
    try:
        yield context.new_page()
    finally:
        context.close()


def curl(*arguments: str) -> tuple[int, Mapping[str, str]]:
    """What curl is answered: the status, and the headers' names in small letters with their values."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "20", "--dump-header", "-", "--output", "/dev/null", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    first, *lines = done.stdout.strip().splitlines()
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}
