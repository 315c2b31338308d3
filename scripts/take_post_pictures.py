"""Take the pictures of docs/inlagg.md: a post on each network, as `comms preview` draws it.

Needs Debian's chromium and a preview: comms preview --now 2026-11-30T09:00 --until 2026-12-18
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
POSTS = ROOT / "out" / "poster"
ITEM = "lana-skidor-i-syssleback"
NETWORKS = ("mastodon", "bluesky", "facebook", "instagram", "threads", "linkedin")
WIDTH = 460  # px of the window: a telephone's, with the page's margins


def main() -> None:
    """Take one picture a network, without anything from outside."""
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, offline=True)
        for network in NETWORKS:
            page.goto((POSTS / f"{ITEM}.{network}.1.html").as_uri())
            _save(page.locator(".shown").first.screenshot(), PICTURES / f"post-{network}.png")
        browser.close()


def _save(png: bytes, picture: Path) -> None:
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(picture, optimize=True)


if __name__ == "__main__":
    main()
