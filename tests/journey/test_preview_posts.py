"""Posts before they go: in the terminal, as values for scripts, and an item's side by side."""

from __future__ import annotations

import re

from tests.journey.workspaces import ISSUE, ITEM, POST, WEEK_BEFORE, Office

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
