"""Posts as their networks show them, in Chromium: they fit, axe finds nothing, what is seen is as told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from comms.model.network import Card, CardMaker, Crop, PartKind, PostText
from comms.render.post_page import PostPage, post_page, posts_page
from comms.text.networks import NETWORKS
from tests.browser.conftest import Example
from tests.browser.looking import faults, opened
from tests.unit.render.test_post_page import CARD, TEXT, media, part, post, view

pytestmark = [pytest.mark.servers, pytest.mark.no_cover]

PHONE, DESK = 360, 1280
CLOSE = 0.03
"""How far an edge may be from where it is told to be: browsers smooth what they shrink."""


def ramp(folder: Path, name: str, size: tuple[int, int]) -> None:
    """A picture that tells where each of its pixels is: red grows to the right, green downwards."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    Image.merge("RGB", (across, down, Image.new("L", size, 90))).save(folder / name)


def written(folder: Path, made: PostText, page: Card | None = None) -> PostPage:
    """A page of a post with its pictures in the same folder."""
    pictures = {}
    for one in made.media:
        pictures[one.path] = one.path.rpartition("/")[2]
        ramp(folder, pictures[one.path], (one.width, one.height))
    return PostPage(
        view(made, page),
        "Gränsmöte i Charlottenberg",
        pictures=pictures,
        originals=pictures,
        index="../index.html",
        href=f"{made.network}.html",
    )


def of_all_kinds(folder: Path) -> Iterator[tuple[str, str]]:
    """Pages that between them have all that a post may have, by name."""
    several = (
        media(1),
        replace(media(2, 800, 1200), focal=(0.4, 0.2)),
        media(3),
        media(4),
        media(5),
        media(6),
    )
    pages = []
    for network in NETWORKS.values():
        made = post(network.slug, TEXT * 3, *several[: min(6, network.max_pictures)])
        pages.append(written(folder, made))
    yield "instagram", post_page(next(page for page in pages if page.view.network.slug == "instagram"))
    yield "all-pictures", posts_page("Gränsmöte", pages, index="../index.html")
    pages = []
    for network in NETWORKS.values():
        replies = [part(PartKind.REPLY, "Andra delen. #Eda", network.slug)] if network.threads else []
        more = (*replies, part(PartKind.COMMENT, "Anmälan: https://leader.example/anmal", network.slug))
        made = replace(
            post(network.slug, TEXT, more=more),
            warning="Handlar om mat" if network.warns else "",
            card=CARD if network.card is CardMaker.US else None,
        )
        pages.append(written(folder, made, CARD))
    yield "mastodon", post_page(pages[0])
    yield "all-cards", posts_page("Gränsmöte", pages, index="../index.html")


def test_every_kind_of_post_fits_and_axe_finds_nothing(browser: Browser, tmp_path: Path) -> None:
    found: dict[str, object] = {}
    for name, html in of_all_kinds(tmp_path):
        file = tmp_path / f"{name}.html"
        file.write_text(html, encoding="utf-8")
        asked: list[str] = []
        with opened(browser, file.as_uri(), width=PHONE, asked=asked) as page:
            for warned in page.locator("summary").all():
                warned.click()
            wrong = faults(page, PHONE, DESK)
        elsewhere = [one for one in asked if not one.startswith(tmp_path.as_uri())]
        if wrong or elsewhere:
            found[name] = {"asked elsewhere": elsewhere, **wrong}
    assert found == {}


def test_the_example_offices_posts_fit_and_axe_finds_nothing(browser: Browser, example: Example) -> None:
    folder = example.folder / "preview" / "poster"
    last = {file.name.split(".")[-3]: file for file in sorted(folder.glob("*.*.*.html"))}
    assert set(last) == set(NETWORKS)
    beside = min(file for file in folder.glob("*.html") if file.name.count(".") == 1)
    found: dict[str, object] = {}
    for file in (*last.values(), beside):
        with opened(browser, file.as_uri(), width=PHONE) as page:
            wrong = faults(page, PHONE, DESK)
            blank = page.evaluate("[...document.images].filter(one => !one.naturalWidth).length")
        if wrong or blank:
            found[file.name] = {"pictures that are not there": blank, **wrong}
    assert found == {}


@pytest.mark.parametrize("network", NETWORKS)
def test_the_part_of_a_picture_that_is_told_to_be_seen_is_the_one_that_the_page_shows(
    browser: Browser, tmp_path: Path, network: str
) -> None:
    pages = []
    for count in range(1, min(5, NETWORKS[network].max_pictures) + 1):
        sizes = [(900, 1200) if n % 2 else (1200, 900) for n in range(count)]
        pictures = [replace(media(n, *size), focal=(0.2, 0.9)) for n, size in enumerate(sizes)]
        pages.append(written(tmp_path, post(network, "Hej.", *pictures)))
    file = tmp_path / "posts.html"
    file.write_text(posts_page("Gränsmöte", pages, index=""), encoding="utf-8")
    apart = {}
    with opened(browser, file.as_uri(), width=DESK) as shown:
        images = shown.locator(".shown .gallery img").all()
        shots = [(len(page.view.shots), shot) for page in pages for shot in page.view.shots]
        for image, (count, shot) in zip(images, shots, strict=True):
            told = shot.seen or Crop(0, 0, 1, 1)
            wanted = (told.left, told.top, told.left + told.width, told.top + told.height)
            found = _seen(image.screenshot())
            if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) > CLOSE:
                apart[count, shot.number] = (found, wanted)
    assert apart == {}


def _seen(png: bytes) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the part of a ramp that a picture shows, as shares of the ramp."""
    with Image.open(io.BytesIO(png)) as opened_png:
        image = opened_png.convert("RGB")
    middle = (image.width // 2, image.height // 2)
    left, right = (image.getpixel((x, middle[1])) for x in (1, image.width - 2))
    top, bottom = (image.getpixel((middle[0], y)) for y in (1, image.height - 2))
    reds, greens = (
        [one[n] / 255 for one in pair if isinstance(one, tuple)]
        for n, pair in ((0, (left, right)), (1, (top, bottom)))
    )
    return reds[0], greens[0], reds[1], greens[1]


def test_a_content_warning_is_closed_until_somebody_opens_it_without_any_script(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "post.html"
    file.write_text(post_page(written(tmp_path, replace(post("mastodon"), warning="Handlar om mat"))))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    hidden = page.locator(".shown .words")
    assert not hidden.is_visible()
    page.get_by_text("Handlar om mat").first.click()
    assert hidden.is_visible()
    context.close()
