"""Posts as their networks show them: the page tells all of it, and fetches and runs nothing."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from comms.errors import Location, Problem, Severity, say
from comms.model.network import (
    CENTRE,
    Card,
    CardMaker,
    Crop,
    Media,
    Part,
    PartKind,
    PostText,
)
from comms.render.changes import Change, State
from comms.render.post_gallery import Shot, focal_in, gallery
from comms.render.post_page import PostPage, post_page, posts_page
from comms.render.post_view import PostView, initials, local_time, post_view
from comms.text.counting import length
from comms.text.networks import NETWORKS
from comms.text.segments import parse_segments

TEXT = "Kom till Charlottenberg. #Gränssamarbete @kansliet@social.example https://leader.example/mote"
CARD = Card("https://www.leader.example/mote", "Gränsmöte", "Mat, dans och samarbete.")
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def media(number: int = 1, width: int = 1200, height: int = 800) -> Media:
    path = f"content/pictures/{number}.png"
    return Media(path, f"{number:064}", f"Alt {number}.", "image/png", width, height)


def part(kind: PartKind, text: str, network: str) -> Part:
    segments = parse_segments(text, network)
    return Part(kind, segments, length(segments, NETWORKS[network].counting))


def post(network: str, text: str = TEXT, *pictures: Media, more: tuple[Part, ...] = ()) -> PostText:
    whole = part(PartKind.POST, text, network)
    return PostText(
        id=f"mote.{network}.1",
        item="mote",
        channel=network,
        network=network,
        segments=whole.segments,
        media=pictures,
        language="sv",
        length=whole.length,
        sha256="",
        more=more,
    )


def view(made: PostText, page: Card | None = None) -> PostView:
    at = datetime(2026, 12, 1, 11, tzinfo=STOCKHOLM)
    network = NETWORKS[made.network]
    return post_view(made, network=network, name="Leader Provbygd", account="@provbygd", at=at, page=page)


def html(made: PostText, page: Card | None = None) -> str:
    pictures = {one.path: f"../media/{one.path[-5]}.png" for one in made.media}
    return post_page(PostPage(view(made, page), "Gränsmöte", pictures=pictures, originals=pictures))


# Text


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_shows_name_text_and_count(network: str) -> None:
    shown = html(post(network))
    for words in (
        "Leader Provbygd",
        "@provbygd",
        "Kom till Charlottenberg.",
        "Varje" if network != "linkedin" else "Parenteser",
    ):
        assert words in shown
    limit = f"{NETWORKS[network].max_length:,}".replace(",", "\N{NO-BREAK SPACE}")
    assert f"av {limit} tecken" in shown


def test_hashtags_and_mentions_are_marked_and_links_can_be_followed_where_the_network_lets_one() -> None:
    shown = html(post("mastodon"))
    assert '<span class="hashtag">#Gränssamarbete</span>' in shown
    assert '<span class="mention">@kansliet@social.example</span>' in shown
    assert '<a href="https://leader.example/mote">https://leader.example/mote</a>' in shown
    assert "<a href=" not in html(post("instagram"))


def test_the_fold_stands_between_words_about_where_the_network_folds() -> None:
    shown = html(post("facebook", "ord " * 60))
    before, _, after = shown.partition('<span class="fold">')
    assert before.endswith("ord ")
    assert after.partition("</span>")[2].startswith("ord ")
    assert "Ungefär" in after
    assert 'class="fold"' not in html(post("facebook", "Kort."))
    assert 'class="fold"' not in html(post("mastodon", "ord " * 100))


def test_the_fold_never_cuts_a_link() -> None:
    address = "https://leader.example/nyheter/en-mycket-lang-adress-till-en-nyhet-om-en-brygga"
    (bubble,) = view(post("facebook", f"{'ord ' * 20}{address} slut")).bubbles
    (folded,) = [each.text for each in bubble.stretches if each.folds]
    assert folded == address


def test_the_fold_loses_no_letter_wherever_it_falls() -> None:
    chance = random.Random(5)  # noqa: S311 - the same every time
    for _ in range(200):
        words = " ".join("x" * chance.randint(1, 40) for _ in range(chance.randint(1, 40)))
        bubble = view(post("linkedin", f"{words} #Eda https://leader.example/a")).bubbles[0]
        assert bubble.text == f"{words} #Eda https://leader.example/a"
        assert sum(each.folds for each in bubble.stretches) == (len(bubble.text) > NETWORKS["linkedin"].fold)


def test_bytes_are_told_where_the_network_counts_them() -> None:
    assert "4 av 3\N{NO-BREAK SPACE}000 byte" in html(post("bluesky", "hej!"))
    assert "byte" not in html(post("mastodon", "hej!"))


def test_a_text_that_is_too_long_is_marked() -> None:
    assert 'class="over"' in html(post("bluesky", "å" * 301))
    assert 'class="over"' not in html(post("bluesky", "å" * 300))


def test_a_thread_and_a_first_comment_are_shown_each_by_itself_in_order() -> None:
    more = (
        part(PartKind.REPLY, "Andra delen.", "mastodon"),
        part(PartKind.COMMENT, "Anmäl dig här.", "mastodon"),
    )
    shown = html(post("mastodon", "Första delen.", more=more))
    order = (
        "Del 1 av 2",
        "Första delen.",
        "Del 2 av 2",
        "Andra delen.",
        "Första kommentaren",
        "Anmäl dig här.",
    )
    places = [shown.index(words) for words in order]
    assert places == sorted(places)


def test_a_comment_has_the_limit_of_posts_only_where_it_is_a_post() -> None:
    more = (part(PartKind.COMMENT, "Anmäl dig här.", "facebook"),)
    comment = view(post("facebook", more=more)).bubbles[1]
    assert (comment.length, comment.limit) == (14, 0)
    more = (part(PartKind.COMMENT, "Anmäl dig här.", "mastodon"),)
    assert view(post("mastodon", more=more)).bubbles[1].limit == 500


def test_a_warning_hides_text_and_pictures_until_it_is_opened() -> None:
    shown = html(replace(post("mastodon", TEXT, media()), warning="Handlar om mat"))
    hidden = shown.partition("<details")[2].partition("</details>")[0]
    assert hidden.index("Handlar om mat") < hidden.index("Kom till Charlottenberg.")
    assert "<img" in hidden
    assert "<details open" not in shown


def test_what_was_left_out_to_make_the_text_fit_is_told_in_the_words_of_the_problem() -> None:
    told = say("84 tecken av texten är utelämnade.")
    left_out = Problem("N111", Severity.NOTICE, told, say("Läs slutet."), Location("mote.md"))
    shown = post_page(PostPage(replace(view(post("mastodon")), problems=(left_out,)), "Gränsmöte"))
    assert f"<dt>Kortad</dt><dd>{told}</dd>" in shown
    assert "Kortad" not in html(post("mastodon"))


# Cards


@pytest.mark.parametrize("network", ["bluesky", "linkedin"])
def test_a_card_that_we_make_is_said_to_be_ours(network: str) -> None:
    shown = html(replace(post(network), card=CARD))
    assert "Vi gör kortet." in shown
    assert '<p class="host">leader.example</p>' in shown


@pytest.mark.parametrize("network", ["mastodon", "facebook", "threads"])
def test_a_card_that_the_network_makes_is_said_to_be_a_guess(network: str) -> None:
    made = view(post(network), CARD)
    assert (made.guess, made.card) == (True, CARD)
    assert "Det här är en gissning." in html(post(network), CARD)


def test_there_is_no_card_beside_pictures_without_a_link_or_on_instagram() -> None:
    assert view(post("mastodon", TEXT, media()), CARD).card is None
    assert view(post("mastodon", "Hej."), CARD).card is None
    assert view(post("instagram"), CARD).card is None
    assert "Instagram gör inget kort av en länk." in html(post("instagram"), CARD)


def test_who_makes_the_card_is_said_of_every_network() -> None:
    for network in NETWORKS.values():
        ours = CARD if network.card is CardMaker.US else None
        assert str(view(replace(post(network.slug), card=ours), CARD).card_says).endswith(".")


# Pictures


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("count", range(1, 8))
def test_every_picture_has_a_place_inside_its_gallery_and_none_lies_on_another(
    network: str, count: int
) -> None:
    pictures = tuple(media(n) for n in range(min(count, NETWORKS[network].max_pictures)))
    laid_out = gallery(pictures, NETWORKS[network])
    assert len(laid_out.places) + laid_out.more == len(pictures)
    if laid_out.row:
        return
    area = sum(place.width * place.height for place in laid_out.places)
    assert area == pytest.approx(1)
    for place in laid_out.places:
        assert -1e-9 <= place.left <= place.left + place.width <= 1 + 1e-9
        assert -1e-9 <= place.top <= place.top + place.height <= 1 + 1e-9


@pytest.mark.parametrize("network", ["instagram", "threads"])
def test_several_pictures_lie_in_a_row_that_the_keyboard_can_reach(network: str) -> None:
    shown = html(post(network, TEXT, media(1), media(2)))
    assert 'tabindex="0" role="group" aria-label="Bilderna, i en rad att svepa"' in shown


def test_pictures_beyond_the_fifth_are_counted_on_the_last() -> None:
    shown = html(post("facebook", TEXT, *(media(n) for n in range(8))))
    assert '<span class="more">+3</span>' in shown
    assert all(f"Alt-text: Alt {n}." in shown for n in range(8))


def test_a_picture_alone_is_seen_whole() -> None:
    for network in NETWORKS:
        (shot,) = view(post(network, TEXT, media(1, 900, 1200))).shots
        assert shot.seen is None


def test_mastodon_shows_the_part_around_the_focal_point_and_others_the_middle() -> None:
    tall = replace(media(1, 1000, 2000), focal=(0.5, 0.0))
    top = view(post("mastodon", TEXT, tall, media(2))).shots[0].seen
    middle = view(post("facebook", TEXT, tall, media(2))).shots[0].seen
    assert top
    assert middle
    assert top.top == 0
    assert middle.top == pytest.approx((1 - middle.height) / 2)


def test_what_is_seen_is_told_of_the_original_when_the_picture_is_cropped_before_it_is_sent() -> None:
    sent = replace(media(1, 1000, 800), crop=Crop(0.2, 0, 0.5, 1))
    assert Shot(1, sent).seen == Crop(0.2, 0, 0.5, 1)
    assert Shot(1, sent, tile=Crop(0.5, 0, 0.5, 1)).seen == Crop(0.45, 0, 0.25, 1)
    assert [str(remark) for remark in Shot(1, sent).remarks] == [
        "Bilden beskärs: 50 procent av bredden är kvar."
    ]


def test_the_part_that_is_seen_is_always_inside_the_original() -> None:
    chance = random.Random(8)  # noqa: S311 - the same every time
    for _ in range(500):
        width, height = chance.uniform(0.1, 1), chance.uniform(0.1, 1)
        crop = Crop(chance.uniform(0, 1 - width), chance.uniform(0, 1 - height), width, height)
        one = replace(media(1, chance.randint(1, 4000), chance.randint(1, 4000)), crop=crop)
        one = replace(one, focal=(chance.random(), chance.random()))
        network = chance.choice(list(NETWORKS))
        for shot in view(post(network, TEXT, one, media(2))).shots[:1]:
            seen = shot.seen or Crop(0, 0, 1, 1)
            assert crop.left - 0.01 <= seen.left
            assert seen.left + seen.width <= crop.left + crop.width + 0.01
            assert 0 <= min(focal_in(one)) <= max(focal_in(one)) <= 1


def test_the_crop_is_drawn_on_the_original_with_the_focal_point() -> None:
    one = replace(media(1, 1000, 800), crop=Crop(0.25, 0, 0.5, 1), focal=(0.4, 0.6))
    shown = html(post("instagram", TEXT, one))
    assert 'class="frame" style="left: 25.00%; top: 0.00%;\n width: 50.00%; height: 100.00%"' in shown
    assert 'class="focal" style="left: 40.00%; top: 60.00%"' in shown
    assert 'class="focal"' not in html(post("instagram", TEXT, replace(one, focal=CENTRE)))


def test_a_padded_picture_is_said_to_have_edges_and_gets_no_frame() -> None:
    shown = html(post("instagram", TEXT, replace(media(1, 800, 1000), padded=True)))
    assert "Bilden får kanter" in shown
    assert 'class="frame"' not in shown


def test_pictures_have_their_alt_text_and_a_decorative_one_is_said_to_need_none() -> None:
    assert '<img src="../media/1.png" alt="Alt 1."' in html(post("mastodon", TEXT, media()))
    assert "behöver ingen alt-text" in html(post("mastodon", TEXT, replace(media(), alt="")))


def test_what_was_done_to_a_picture_is_told() -> None:
    made = post("instagram", TEXT, media())
    done = replace(view(made), changes={made.media[0].sha256: (say("Gjord om till JPEG."),)})
    assert "Gjord om till JPEG." in post_page(PostPage(done, "Gränsmöte"))


# For the officer


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 12, 1, 11, tzinfo=STOCKHOLM), "tis 1 dec 2026 kl. 11.00, UTC+1"),
        (datetime(2027, 6, 6, 9, 5, tzinfo=STOCKHOLM), "sön 6 juni 2027 kl. 09.05, UTC+2"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=1), "sön 25 okt 2026 kl. 02.30, UTC+1"),
        (
            datetime(2026, 3, 5, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "tor 5 mars 2026 kl. 01.00, UTC−3:30",
        ),
    ],
)
def test_the_time_is_told_with_weekday_and_offset(at: datetime, told: str) -> None:
    assert local_time(at) == told


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Leader 7-sam Värmland", "LV"), ("Ådalen", "Å"), ("7-sam", ""), ("Byalaget i Klätten", "BK")],
)
def test_a_drawn_portrait_has_the_first_letters_of_the_first_and_the_last_word(
    name: str, letters: str
) -> None:
    assert initials(name) == letters


def test_problems_time_language_note_and_change_are_told_and_the_page_leads_back() -> None:
    place = Location("content/items/mote.md", 12)
    problem = Problem("N107", Severity.WARNING, say("Sex taggar."), say("Behåll fem."), place)
    shown = post_page(
        PostPage(
            replace(view(post("mastodon")), problems=(problem,)),
            "Gränsmöte",
            index="../index.html",
            note="Flyttad en timme: klockan ställs om.",
            change=Change(State.NEW),
        )
    )
    for words in (
        '<a href="../index.html">',
        "tis 1 dec 2026 kl. 11.00, UTC+1",
        "svenska",
        "Varning N107",
        "content/items/mote.md:12",
        "Flyttad en timme",
        "Fanns inte i förra förhandsvisningen",
    ):
        assert words in shown


def test_all_posts_of_an_item_stand_side_by_side_each_with_the_way_to_its_own_page() -> None:
    pages = [PostPage(view(post(slug)), "Gränsmöte", href=f"mote.{slug}.1.html") for slug in NETWORKS]
    shown = posts_page("Gränsmöte", pages, index="../index.html")
    for slug, network in NETWORKS.items():
        assert f'<a href="mote.{slug}.1.html">Granska inlägget för {network.name}</a>' in shown


def test_what_people_wrote_is_shown_never_run() -> None:
    made = replace(post("mastodon", "<script>alert(1)</script>", media()), warning="<b>x</b>")
    made = replace(made, media=(replace(made.media[0], alt='"><script>'),))
    assert "<script" not in html(made)
    assert "<b>x" not in html(made)


def test_an_address_that_is_no_web_address_cannot_be_followed() -> None:
    bad = replace(post("mastodon").segments[-1], href="javascript:alert(1)")
    assert "javascript:" not in html(replace(post("mastodon"), segments=(bad,)))


def test_a_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    for network in NETWORKS:
        shown = html(replace(post(network, TEXT, media()), card=CARD))
        assert not re.search(r"<script|<link|@import|url\(|src=\"http|\son\w+=", shown)
