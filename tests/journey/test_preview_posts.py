"""Posts before they go: in the terminal, as values for scripts, and an item's side by side."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from tests.journey.workspaces import ISSUE, ITEM, PICTURE, POST, WEEK_BEFORE, Office

BLUESKY = "bryggan.bluesky.1"
BESIDE = "out/poster/bryggan.html"


def add_bluesky(office: Office) -> None:
    """Give the office a second network, and its item a post there."""
    office.change(
        "comms.yaml",
        "  mastodon: {kind",
        "  bluesky: {kind: file, network: bluesky, slots: [thu 12:15]}\n  mastodon: {kind",
    )
    office.change(ITEM, "posts:\n", "posts:\n  bluesky: {}\n")


def test_a_post_is_shown_in_the_terminal_and_nothing_is_written(office: Office) -> None:
    answer = office.comms("preview", POST, "--text", now=WEEK_BEFORE)
    assert answer.code == 0, answer.said
    for words in (
        "Mastodon · Leader Prov",
        "tor 3 dec 2026 kl. 12.00, UTC+1",
        "#Leader",
        "En brygga av trä",
    ):
        assert words in answer.out
    assert not (office.folder / "out").exists()


def test_a_post_that_is_stopped_is_shown_with_the_reason_and_how_much_is_too_much(office: Office) -> None:
    office.change(ITEM, "en ny brygga att mötas på.", "en ny brygga att mötas på. " + "Kom dit. " * 60)
    answer = office.comms("preview", POST, "--text", now=WEEK_BEFORE)
    assert answer.code == 1
    assert re.search(r"6\d\d av 500 tecken", answer.out)
    assert "fel N101" in answer.out


def test_scripts_get_every_post_of_the_plan(office: Office) -> None:
    add_bluesky(office)
    answer = office.comms("preview", "--json", now=WEEK_BEFORE)
    assert [post["id"] for post in answer.json["posts"]] == [POST, BLUESKY]


def with_unreadable_pixels(png: Path) -> None:
    """Make a picture whose head and checksums are right, and whose pixels nobody can read."""
    whole = png.read_bytes()
    at = whole.index(b"IDAT")
    size = int.from_bytes(whole[at - 4 : at])
    chunk = b"IDAT" + bytes(size)
    rest = whole[at + 4 + size + 4 :]
    png.write_bytes(whole[:at] + chunk + zlib.crc32(chunk).to_bytes(4) + rest)


def test_a_post_with_a_picture_that_cannot_be_read_is_blocked_and_the_others_are_shown(
    office: Office,
) -> None:
    add_bluesky(office)
    office.change(ITEM, "  bluesky: {}\n", "  bluesky: {show: nothing}\n")
    with_unreadable_pixels(office.folder / PICTURE)

    text = office.comms("preview", "--text", now=WEEK_BEFORE)
    scripts = office.comms("preview", "--json", now=WEEK_BEFORE)

    assert (text.code, scripts.code) == (1, 1)
    assert text.out.index("! Bilden ”bryggan.png” är trasig.") < text.out.index("Bluesky · Leader Prov")
    assert [(post["id"], post["blocked"]) for post in scripts.json["posts"]] == [
        (POST, ["Bilden ”bryggan.png” är trasig."]),
        (BLUESKY, []),
    ]


def test_the_guess_of_a_card_whose_picture_cannot_be_read_is_the_card_without_it(office: Office) -> None:
    office.change(ITEM, "  mastodon:\n", "  mastodon:\n    show: card\n")
    with_unreadable_pixels(office.folder / PICTURE)

    answer = office.comms("preview", POST, now=WEEK_BEFORE)

    page = (office.folder / f"out/poster/{POST}.html").read_text(encoding="utf-8")
    assert answer.code == 0, answer.said
    assert re.search(r'class="linkcard">\s*<img src="../media/[0-9a-f]+\.png"', page)


def test_a_letter_is_not_shown_in_the_terminal_and_why_is_told(office: Office) -> None:
    answer = office.comms("preview", ISSUE, "--text", now=WEEK_BEFORE)
    assert (answer.code, "är ett brev" in answer.err) == (2, True)


def test_an_item_with_posts_on_several_networks_has_a_page_with_all_and_one_with_one_has_none(
    office: Office,
) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    assert not (office.folder / BESIDE).exists()
    add_bluesky(office)
    office.comms("preview", now=WEEK_BEFORE)
    index = (office.folder / "out/index.html").read_text(encoding="utf-8")
    assert 'href="poster/bryggan.html"' in index
    page = (office.folder / BESIDE).read_text(encoding="utf-8")
    for found in re.findall(r'(?:src|href)="([^"#:]+)"', page):
        assert (office.folder / "out/poster" / found).is_file(), found


def test_the_page_with_all_goes_when_there_is_but_one_left(office: Office) -> None:
    add_bluesky(office)
    office.comms("preview", now=WEEK_BEFORE)
    office.change(ITEM, "  bluesky: {}\n", "")
    office.comms("preview", now=WEEK_BEFORE)
    assert not (office.folder / BESIDE).exists()
    assert (office.folder / f"out/poster/{POST}.html").exists()


def test_every_file_that_a_posts_page_shows_is_there(office: Office) -> None:
    office.comms("preview", now=WEEK_BEFORE)
    page = (office.folder / f"out/poster/{POST}.html").read_text(encoding="utf-8")
    shown = re.findall(r'src="([^"]+)"', page)
    assert shown
    assert all((office.folder / "out/poster" / file).is_file() for file in shown)
