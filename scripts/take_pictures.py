"""Take the README's pictures: a letter and the plan, as a person sees them (needs Debian's chromium)."""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LETTER = "out/kommunbrevet-2026-12-01/business-offices-arvika/brev.html"
PLAN = ["plan", "--now", "2026-11-30T09:00", "--until", "2026-12-09"]
_PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:0;background:#f7f4ec">
<pre style="font:14.5px/1.5 'DejaVu Sans Mono',monospace;color:#22302a;padding:20px">{text}</pre>"""


def shoot(page: Path, picture: Path, width: int, height: int) -> None:
    """Take a picture of a page, without anything from the network."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--hide-scrollbars",
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    with Image.open(picture) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(picture, optimize=True)


def main() -> None:
    """Take both pictures from what `make demo` left."""
    PICTURES.mkdir(exist_ok=True)
    shoot(ROOT / LETTER, PICTURES / "letter.png", 700, 1750)
    said = subprocess.run(
        [sys.executable, "-m", "comms", *PLAN], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "plan.html"
        page.write_text(_PAGE.format(text=html.escape("$ comms plan\n" + said)), encoding="utf-8")
        shoot(page, PICTURES / "plan.png", 1180, 900)


if __name__ == "__main__":
    main()
