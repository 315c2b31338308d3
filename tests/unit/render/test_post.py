"""Posts: the officer's words for each network, never cut, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.errors import ConfigError, Location, Severity
from comms.model.item import Item
from comms.model.network import PostText, SegmentKind
from comms.render.post import render_post
from comms.render.post_problems import post_problems
from tests.unit.render import build

PICTURED = replace(build.ITEM, pictures=(build.PICTURE,))


def post(text: str, network: str = "mastodon", item: Item = build.ITEM) -> PostText:
    return render_post(
        settings=build.SETTINGS,
        item=item,
        channel=build.channel(network),
        draft=build.draft(text, network),
        post_id=f"{item.slug}.{network}.1",
    )


def problems(text: str, network: str = "mastodon", item: Item = build.ITEM) -> dict[str, str]:
    """Code -> what is wrong."""
    found = post_problems(post(text, network, item), item, build.draft(text, network))
    return {problem.code: str(problem.message) for problem in found}


def test_the_items_link_is_put_last() -> None:
    assert post("Leden öppnar.").text == "Leden öppnar.\n\nhttps://leader.example/leden"


@pytest.mark.parametrize("link", ["https://leader.example/leden", "https://leader.example/leden/"])
def test_a_link_that_the_officer_wrote_is_not_put_twice(link: str) -> None:
    text = "Leden öppnar: https://leader.example/leden/."
    assert post(text, item=replace(build.ITEM, link=link)).text == text


def test_no_link_is_put_where_it_cannot_be_followed() -> None:
    assert post("Leden öppnar.", "instagram", PICTURED).text == "Leden öppnar."


def test_an_item_without_a_page_gets_no_link() -> None:
    assert post("Leden öppnar.", item=replace(build.ITEM, link="")).text == "Leden öppnar."


def test_without_a_text_of_its_own_the_summary_is_posted() -> None:
    assert post("").text == f"{build.ITEM.summary}\n\nhttps://leader.example/leden"


def test_a_summary_that_is_too_long_ends_with_a_whole_sentence() -> None:
    sentence = "Leden går genom Glaskogen och är öppen för alla som vill gå."
    item = replace(build.ITEM, summary=" ".join([sentence] * 9))
    assert post("", item=item).text == " ".join([sentence] * 7) + "\n\nhttps://leader.example/leden"


def test_one_sentence_that_is_too_long_is_left_whole_and_reported() -> None:
    item = replace(build.ITEM, summary="ord " * 200 + "slut.")
    assert post("", item=item).text.startswith(item.summary)
    assert "N101" in problems("", item=item)


def test_the_officers_text_is_never_cut() -> None:
    assert post("å" * 700).text.startswith("å" * 700)


def test_too_long_is_told_by_how_much_as_the_network_counts() -> None:
    assert problems("å" * 480)["N101"] == "Inlägget är 5 tecken för långt för Mastodon: 505 av 500."


def test_a_post_that_just_fits_has_no_problem() -> None:
    assert problems("å" * 475) == {}


def test_too_many_bytes_are_told_where_bytes_are_counted() -> None:
    assert "N102" in problems("👨‍👩‍👧‍👦" * 150, "bluesky")


def test_an_empty_post_is_refused() -> None:
    assert "N103" in problems("", item=replace(build.ITEM, summary="", link=""))


def test_instagram_wants_a_picture() -> None:
    assert "N104" in problems("Hej.", "instagram")
    assert "N104" not in problems("Hej.", "instagram", PICTURED)


def test_pictures_past_the_networks_number_are_left_out_and_told() -> None:
    item = replace(build.ITEM, pictures=(build.PICTURE,) * 5)
    assert len(post("Hej.", item=item).media) == 4
    assert problems("Hej.", item=item)["N105"] == "Nyheten har 5 bilder, Mastodon visar 4."


def test_many_hashtags_are_advised_against_and_too_many_refused() -> None:
    six = " ".join(f"#Ord{letter}" for letter in "abcdef")
    thirty_one = " ".join(f"#Ord{letter}{other}" for letter in "abcdef" for other in "ghijkl")[:-1]
    assert set(problems(six, "instagram", PICTURED)) == {"N107"}
    assert set(problems(thirty_one, "instagram", PICTURED)) == {"N106"}


def test_a_hyphen_that_ends_a_hashtag_is_told() -> None:
    assert problems("#stads-land")["N108"] == "Hashtaggen #stads-land slutar vid bindestrecket: #stads."
    assert "N108" not in problems("#stads-land", "bluesky")


def test_a_number_is_no_hashtag() -> None:
    assert problems("Vi ses #2027!")["N108"] == "#2027 blir ingen hashtagg: den har ingen bokstav."


def test_a_long_alt_text_is_told_by_how_much() -> None:
    item = replace(build.ITEM, pictures=(replace(build.PICTURE, alt="å" * 1510),))
    assert problems("Hej.", item=item)["N109"] == "Alt-texten för bild 1 är 10 tecken för lång för Mastodon."


def test_threads_takes_five_links() -> None:
    links = " ".join(f"https://leader.example/{number}" for number in range(5))
    assert problems(links, "threads")["N110"] == "Inlägget har 6 länkar, Threads tar 5."
    assert "N110" not in problems(links)


def test_a_problem_stands_at_the_officers_text() -> None:
    draft = build.draft("å" * 600)
    (problem,) = post_problems(post(draft.text), build.ITEM, draft)
    assert (problem.location, problem.severity) == (Location(build.ITEM.path, 12), Severity.ERROR)


def test_pictures_follow_with_alt_and_type() -> None:
    (media,) = post("Hej.", item=PICTURED).media
    assert (media.alt, media.media_type) == ("En spång leder över en myr.", "image/png")


def test_the_hash_follows_every_word_and_picture() -> None:
    other_picture = replace(build.PICTURE, sha256="ef" * 32)
    posts = [post("Hej."), post("Hej!"), post("Hej.", item=PICTURED)]
    posts.append(post("Hej.", item=replace(build.ITEM, pictures=(other_picture,))))
    assert len({each.sha256 for each in posts}) == 4
    assert post("Hej.").sha256 == posts[0].sha256


def test_tags_and_links_are_told_apart_from_the_text() -> None:
    kinds = [segment.kind for segment in post("Gå #Leden.").segments]
    assert kinds == [SegmentKind.TEXT, SegmentKind.HASHTAG, SegmentKind.TEXT, SegmentKind.LINK]


def test_an_unknown_network_is_a_fault_of_the_settings() -> None:
    with pytest.raises(ConfigError, match="Kanalen myspace har nätverket ”myspace”"):
        post("Hej.", "myspace")
