"""Take the pictures of the public pages in docs/pictures, as a person sees them (needs Debian's chromium)."""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402 - the tests' own browser and tour
from tests.browser.public import serving  # noqa: E402 - the same
from tests.browser.tour import every_state  # noqa: E402 - the same
from tests.journey.test_web import free_port  # noqa: E402 - the same
from tests.journey.workspaces import repositorys_own  # noqa: E402 - the same

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = 1280, 360
GAP = 24
COLOURS = 256
TALLEST = 1500
"""Px of a telephone's page that are shown: the rest is as on the wide one."""

TAKEN = {
    "sign-up": "signup",
    "sign-up with faults": "signup-faults",
    "sent": "sent",
    "confirm": "confirm",
    "welcome": "welcome",
    "settings": "settings",
    "exit": "exit",
    "ended": "ended",
    "paused": "paused",
    "privacy": "privacy",
    "accessibility": "accessibility",
}
"""State of the tour -> the end of its picture's name."""

IN_THE_DARK = ("sign-up with faults", "exit")
"""Taken once more as on a telephone at night."""


def taken(page: Page, *, width: int, dark: bool) -> Image.Image:
    """The whole page."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if dark else "light")
    seen = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    return seen.convert("RGB")


def kept(picture: Image.Image, name: str) -> None:
    """Write a picture with its commonest colours as they are: median cuts lose the small and the pale."""
    pixels = picture.tobytes()
    counted = Counter(pixels[place : place + 3] for place in range(0, len(pixels), 3))
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(colour for colour, _ in counted.most_common(COLOURS)))
    small = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    small.save(PICTURES / f"public-{name}.png", optimize=True)


def main() -> None:
    """Go through the pages of the repository's own office."""
    dark = []
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        office = repositorys_own(Path(folder))
        settings = (office.folder / "comms.yaml").read_text(encoding="utf-8")
        # The office's own address is shown; that the server is on this machine is not.
        office.write("comms.yaml", f"{settings}\nweb: {{listen: 127.0.0.1:{free_port()}}}\n")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with serving(office) as site:
            page = chromium.new_page()
            for state in every_state(site, page):
                if state in IN_THE_DARK:
                    dark.append(taken(page, width=NARROW, dark=True))
                if state in TAKEN:
                    kept(taken(page, width=WIDE, dark=False), TAKEN[state])
        chromium.close()
    height = min(TALLEST, max(one.height for one in dark))
    together = Image.new("RGB", (len(dark) * (NARROW + GAP) - GAP, height), "white")
    for number, one in enumerate(dark):
        together.paste(one, (number * (NARROW + GAP), 0))
    kept(together, "telephone")


if __name__ == "__main__":
    main()
