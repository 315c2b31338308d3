"""Opening a page as a reader, asking axe about it, and comparing what is seen with what was approved."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, Route

Scheme = Literal["light", "dark"]

NOT_FOR_LETTERS = ("landmark-one-main", "region")
"""Rules of axe that ask for landmarks: a mail client puts the letter in a page of its own, with its own."""

SCREENS = Path(__file__).parents[1] / "data" / "screens"
HEIGHT = 900
SHRUNK = 3
"""A reference is kept at a third of its size: enough to see what has moved, small enough to keep."""

SHADES = 48
"""How far a pixel may be from the reference, of 255: edges of letters are not drawn alike everywhere."""

SHARE = 0.01
"""The share of pixels that may be further off."""


@contextmanager
def opened(
    browser: Browser, address: str, *, width: int, scheme: Scheme = "light", asked: list[str] | None = None
) -> Iterator[Page]:
    """A page as a reader sees it; nothing is asked of anybody but this machine.

    `asked` gets every address that the page wants.
    """
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    context.route("**/*", _only_here)
    page = context.new_page()
    if asked is not None:
        page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(address)
        yield page
    finally:
        context.close()


def _only_here(route: Route) -> None:
    here = route.request.url.startswith(("file://", "data:", "blob:", "http://127.0.0.1:"))
    route.continue_() if here else route.abort()


def overflow(page: Page) -> int:
    """How many px a page is wider than its window; 0 is right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """What axe finds: rule -> the elements that break it."""
    rules = {rule: {"enabled": False} for rule in without}
    found = Axe().run(page, options={"rules": rules, "resultTypes": ["violations"]})
    return {one["id"]: [node["html"][:160] for node in one["nodes"]] for one in found.response["violations"]}


def faults(
    page: Page, narrow: int, wide: int, *, without: tuple[str, ...] = (), asks_axe: bool = True
) -> dict[str, object]:
    """What is wrong with an open page, narrow and wide, light and dark; nothing is right.

    Axe is asked in the first look and in the last: so it has seen each width and each scheme, and pages are
    opened once, for both take seconds.
    """
    looks: list[tuple[int, Scheme]] = [(narrow, "light"), (narrow, "dark"), (wide, "light"), (wide, "dark")]
    found: dict[str, object] = {}
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        asked = asks_axe and (width, scheme) in {looks[0], looks[-1]}
        wrong: dict[str, object] = {**violations(page, without=without)} if asked else {}
        if wider := overflow(page):
            wrong["px wider than the window"] = wider
        if wrong:
            found[f"{width} {scheme}"] = wrong
    return found


def differs(page: Page, name: str) -> str:
    """How the page looks otherwise than its reference, "" when it does not.

    With COMMS_SCREENS=write the reference is written instead: look at it before you commit it.
    """
    seen = _shrunk(page.screenshot(full_page=True, animations="disabled"))
    reference = SCREENS / f"{name}.png"
    if os.environ.get("COMMS_SCREENS") == "write":
        reference.parent.mkdir(parents=True, exist_ok=True)
        seen.quantize(64).save(reference, optimize=True)
        return ""
    if not reference.is_file():
        return f"{name}: there is no reference"
    with Image.open(reference) as kept:
        wanted = kept.convert("RGB")
    if abs(seen.height - wanted.height) > 2 or seen.width != wanted.width:
        return f"{name}: {seen.size} and not {wanted.size}"
    size = (seen.width, min(seen.height, wanted.height))
    box = (0, 0, *size)
    apart = ImageChops.difference(seen.crop(box), wanted.crop(box)).convert("L")
    far = sum(apart.histogram()[SHADES:]) / (size[0] * size[1])
    return f"{name}: {far:.1%} of the pixels are otherwise" if far > SHARE else ""


def _shrunk(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        size = (image.width // SHRUNK, image.height // SHRUNK)
        return image.convert("RGB").resize(size, Image.Resampling.BOX)
