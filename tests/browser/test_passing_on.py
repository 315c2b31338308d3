"""Who has only the mail can pass a story on: three clicks from the letter to text, picture and alt text."""

from __future__ import annotations

import io
from email import policy
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Example

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

KIT = "a[href*='/sprid/munkfors/']:not([href$='/sprid/munkfors/'])"
"""The ways from a letter to the kits of its stories."""


def letter(example: Example, recipient: str) -> str:
    """The HTML that reached a recipient."""
    for file in sorted((example.folder / "out" / "sent").rglob("*.eml")):
        message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        if str(message["To"]).endswith(f"<{recipient}>") and "Kommunbrevet" in str(message["List-Id"]):
            part = message.get_body(("html",))
            assert part is not None
            return str(part.get_content())
    raise AssertionError(recipient)


def kits_of(example: Example) -> Path:
    """Where the archive has the kits of Munkfors."""
    return example.folder / "archive" / "sprid" / "munkfors"


@pytest.fixture
def reader(browser: Browser, example: Example, tmp_path: Path) -> Page:
    """The business office in Munkfors with its letter open; it has nothing but that."""
    mail = tmp_path / "brev.html"
    mail.write_text(letter(example, "naringsliv@munkfors.example"))
    context = browser.new_context(
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
        viewport={"width": 1200, "height": 900},
    )
    page = context.new_page()
    page.goto(mail.as_uri())
    return page


def test_three_clicks_from_the_letter_give_text_picture_and_alt_text_for_facebook(
    example: Example, reader: Page
) -> None:
    pictured = {file.parent.name for file in kits_of(example).glob("*/bild-1.zip")}
    ways = [link.get_attribute("href") or "" for link in reader.locator(KIT).all()]
    way = next(href for href in ways if href.split("/")[-2] in pictured)

    reader.locator(f"a[href='{way}']").click()  # 1: from the letter to the kit
    reader.wait_for_load_state()
    story = reader.locator("h1").inner_text()
    reader.get_by_role("button", name="Kopiera texten för Facebook").click()  # 2: the text
    reader.get_by_text("Kopierat").first.wait_for()
    text = reader.evaluate("navigator.clipboard.readText()")
    with reader.expect_download() as waiting:
        reader.get_by_role(
            "link", name="Bild och alt-text (ZIP) bild 1 för Facebook"
        ).click()  # 3: the picture
    with ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as held:
        names = held.namelist()
        alt = next(held.read(name).decode() for name in names if name.endswith(".txt"))
        picture = next(held.read(name) for name in names if name.endswith((".jpg", ".png")))

    assert story.split()[0] in text
    assert "http://127.0.0.1" in text
    assert len(alt.split()) >= 4
    assert alt.strip().endswith(".")
    with Image.open(io.BytesIO(picture)) as image:
        assert image.width >= 1000


def test_without_script_every_text_of_the_kit_can_be_selected_and_the_files_fetched(
    browser: Browser, example: Example, reader: Page
) -> None:
    address = reader.locator(KIT).first
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address.get_attribute("href") or "")
    texts = page.locator(".text")
    assert texts.count() >= 5
    assert page.locator("button:visible").count() == 0
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Hämta allt (ZIP)").click()
    with ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as held:
        assert {"LÄSMIG.txt", "kalender.ics"} & set(held.namelist())
        assert any(name.startswith("texter/") for name in held.namelist())
    context.close()
    assert example.url in (address.get_attribute("href") or "")
