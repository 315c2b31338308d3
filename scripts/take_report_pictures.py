"""Take the pictures of the reports in docs/pictures, of a made-up year (needs Debian's chromium)."""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Locator, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from comms.render.report_page import delivery_page, strategy_page, year_page  # noqa: E402 - the path comes first
from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402 - the tests' own browser and year
from tests.unit.render import reports  # noqa: E402 - the same

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = 1280, 360
TALLEST = 2300
"""Px of a page that are shown: the rest is tables."""

COLOURS = 256
KEPT = (b"\xff\xcc\x00", b"\x00\x33\x99")
"""The emblem's yellow and blue, which nobody may change, however small it is in the picture."""

GAP = 24


def seen(browser: Browser, file: Path, *, width: int, dark: bool = False, part: str = "") -> Image.Image:
    """A page, or the part of it that a selector finds."""
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    page.goto(file.as_uri())
    place: Locator | None = page.locator(part) if part else None
    taken = place.screenshot() if place else page.screenshot(full_page=True, animations="disabled")
    page.close()
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    return picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))


def beside(*pictures: Image.Image) -> Image.Image:
    """Pictures in a row."""
    height = max(one.height for one in pictures)
    together = Image.new("RGB", (sum(one.width + GAP for one in pictures) - GAP, height), "white")
    x = 0
    for one in pictures:
        together.paste(one, (x, 0))
        x += one.width + GAP
    return together


def kept(picture: Image.Image, name: str) -> None:
    """Write a picture with its commonest colours as they are: median cuts lose the small and the pale."""
    pixels = picture.tobytes()
    counted = Counter(pixels[place : place + 3] for place in range(0, len(pixels), 3))
    palette = Image.new("P", (1, 1))
    commonest = (colour for colour, _ in counted.most_common(COLOURS - len(KEPT)))
    palette.putpalette(b"".join((*KEPT, *commonest)))
    small = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    small.save(PICTURES / f"report-{name}.png", optimize=True)


def main() -> None:
    """Make the pages in a folder that is thrown away, and look at them."""
    head, names, coverage = reports.head(), reports.names(), reports.coverage()
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        strategy, delivery, year = (Path(folder, f"{name}.html") for name in ("s", "d", "y"))
        strategy.write_bytes(strategy_page(head, names, coverage, reports.gaps(coverage)))
        delivery.write_bytes(delivery_page(head, names, reports.deliveries()))
        year.write_bytes(year_page(head, names, reports.year()))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        kept(seen(browser, strategy, width=WIDE), "strategy")
        kept(seen(browser, delivery, width=WIDE), "delivery")
        kept(seen(browser, year, width=WIDE), "year")
        timeline = "figure:has(#tid-1-title)"
        kept(seen(browser, strategy, width=WIDE, part=timeline), "timeline")
        chart = "figure:has(#karta-municipality-title)"
        narrow = [seen(browser, strategy, width=NARROW, part=chart, dark=dark) for dark in (False, True)]
        kept(beside(*narrow, seen(browser, strategy, width=NARROW, part=timeline)), "telephone")
        browser.close()


if __name__ == "__main__":
    main()
