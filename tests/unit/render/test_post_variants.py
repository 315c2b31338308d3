"""Posts that are too long, warn, comment, show a card or go on in a thread: nothing is lost unsaid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.errors import Location, Severity
from comms.model.item import Item, PostDraft, Show, WhenLong
from comms.model.network import Card, Crop, Part, PartKind, PostText
from comms.render.post import render_post, sealed
from comms.render.post_problems import post_problems
from comms.text.facets import facets
from comms.text.networks import NETWORKS
from tests.unit.render import build

SENTENCE = "Leden går genom Glaskogen och är öppen för alla som vill gå."
LONG = " ".join([SENTENCE] * 9)
PICTURED = replace(build.ITEM, pictures=(replace(build.PICTURE, focal=(0.3, 0.7)),))
LINK = "https://leader.example/leden"


def written(
    text: str = "",
    *,
    when_long: WhenLong = WhenLong.STOP,
    warning: str = "",
    comment: str = "",
    show: Show | None = None,
) -> PostDraft:
    """What the officer wrote."""
    return replace(build.draft(text), when_long=when_long, warning=warning, comment=comment, show=show)


def post(
    draft: PostDraft, network: str = "mastodon", item: Item = build.ITEM, max_length: int = 0
) -> PostText:
    return render_post(
        settings=build.SETTINGS,
        item=item,
        channel=replace(build.channel(network), max_length=max_length),
        draft=draft,
        post_id=f"{item.slug}.{network}.1",
    )


def problems(draft: PostDraft, network: str = "mastodon", item: Item = build.ITEM) -> dict[str, str]:
    """Code -> what is wrong and what to do."""
    found = post_problems(post(draft, network, item), item, draft)
    return {problem.code: f"{problem.message} {problem.hint}" for problem in found}


def texts(made: PostText) -> list[str]:
    return [part.text for part in made.parts]


# Too long


def test_a_long_text_stops_and_names_the_two_ways_out() -> None:
    told = problems(written(LONG))["N101"]
    assert "Inlägget är 73 tecken för långt för Mastodon: 573 av 500." in told
    assert "when_long: shorten eller when_long: thread" in told
    assert "Varje länk räknas som 23 tecken" in told


def test_where_there_are_no_threads_the_one_way_out_is_named() -> None:
    told = problems(written("å" * 3000), "linkedin")["N101"]
    assert "when_long: shorten." in told
    assert "thread" not in told


def test_a_text_that_may_be_shortened_loses_its_last_sentences_and_says_how_much() -> None:
    draft = written(f"{LONG} #Bygd", when_long=WhenLong.SHORTEN)
    made = post(draft)
    assert made.text == f"{' '.join([SENTENCE] * 7)}\n\n#Bygd\n\n{LINK}"
    assert made.shortened == len(LONG) - len(" ".join([SENTENCE] * 7))
    (told,) = post_problems(made, build.ITEM, draft)
    assert (told.code, told.severity, told.location) == (
        *("N111", Severity.NOTICE),
        Location(build.ITEM.path, 12),
    )
    assert str(told.message).startswith("122 tecken av texten är utelämnade")
    assert SENTENCE in str(told.hint)


def test_a_shortened_summary_is_told_of() -> None:
    item = replace(build.ITEM, summary=LONG)
    assert problems(written(), item=item)["N111"].startswith("122 tecken av sammanfattningen är utelämnade")


def test_a_text_that_fits_is_neither_shortened_nor_split() -> None:
    for way in WhenLong:
        made = post(written(SENTENCE, when_long=way))
        assert (texts(made), made.shortened) == ([f"{SENTENCE}\n\n{LINK}"], 0)


def test_a_thread_goes_on_in_replies_that_are_numbered() -> None:
    made = post(written(f"{LONG}\n\n{LONG}", when_long=WhenLong.THREAD))
    assert [part.kind for part in made.parts] == [PartKind.POST, PartKind.REPLY, PartKind.REPLY]
    assert [text[-3:] for text in texts(made)] == ["1/3", "2/3", "3/3"]
    assert f"{SENTENCE}\n\n{LINK}\n\n3/3" in texts(made)[2]
    assert made.text.startswith(f"{SENTENCE} {SENTENCE}")
    assert all(part.length <= 500 for part in made.parts)
    assert problems(written(f"{LONG}\n\n{LONG}", when_long=WhenLong.THREAD)) == {}


def test_a_network_without_threads_does_not_pretend() -> None:
    told = problems(written("å" * 3000, when_long=WhenLong.THREAD), "linkedin")
    assert told["N112"].startswith("LinkedIn har inga trådar")
    assert set(told) == {"N101", "N112"}
    assert not post(written("å" * 3000, when_long=WhenLong.THREAD), "linkedin").more


def test_a_summary_that_was_to_be_a_thread_is_not_shortened_instead() -> None:
    item = replace(build.ITEM, summary=" ".join([SENTENCE] * 60))
    draft = written(when_long=WhenLong.THREAD)
    assert set(problems(draft, "linkedin", item)) == {"N101", "N112"}
    assert post(draft, "linkedin", item).text.startswith(item.summary)


@pytest.mark.parametrize("way", [WhenLong.SHORTEN, WhenLong.THREAD])
def test_a_sentence_that_is_too_long_is_an_error_and_stays_whole(way: WhenLong) -> None:
    sentence = f"En {'lång ' * 120}mening."
    for text in (sentence, f"{sentence} Kort."):
        draft = written(text, when_long=way)
        assert any(sentence in each for each in texts(post(draft)))
        assert "meningar kapas aldrig" in problems(draft)["N101"]


def test_a_part_that_is_too_long_is_named() -> None:
    draft = written(f"Kort. En {'lång ' * 120}mening. Slut.", when_long=WhenLong.THREAD)
    assert "Del 2 av 3 är" in problems(draft)["N101"]


# What a server says of itself


def test_a_server_that_takes_more_is_believed() -> None:
    larger = replace(NETWORKS["mastodon"], max_length=1000)
    draft = written(LONG)
    assert post_problems(post(draft, max_length=1000), build.ITEM, draft, larger) == []


# Warnings


def test_a_warning_goes_before_the_post_and_is_counted_with_it() -> None:
    made = post(written("Hej.", warning="Bilder på ormar"))
    assert (made.warning, made.text) == ("Bilder på ormar", f"Hej.\n\n{LINK}")
    assert made.length == post(written("Hej.")).length + 15


def test_a_warning_begins_the_text_where_nothing_can_be_hidden() -> None:
    for slug in ("bluesky", "facebook", "threads", "linkedin"):
        made = post(written("Hej.", warning="Bilder på ormar"), slug)
        assert made.warning == ""
        assert made.text.startswith("Bilder på ormar\n\nHej.\n\n")


def test_a_warning_that_is_too_long_with_the_text_is_an_error() -> None:
    assert "N101" in problems(written("å" * 470, warning="ormar!"))


def test_a_warning_takes_its_room_from_a_text_that_is_shortened_or_split() -> None:
    shortened = post(written(LONG, when_long=WhenLong.SHORTEN, warning="o" * 60))
    assert (shortened.text.count(SENTENCE), shortened.length) == (6, 450)
    threaded = post(written(LONG, when_long=WhenLong.THREAD, warning="o" * 70))
    assert (threaded.text.count(SENTENCE), threaded.length) == (6, 440)


# Comments


def test_a_comment_follows_the_post_and_its_thread() -> None:
    made = post(written(LONG, when_long=WhenLong.THREAD, comment="Fråga på! #Bygd"))
    assert [part.kind for part in made.parts] == [PartKind.POST, PartKind.REPLY, PartKind.COMMENT]
    assert texts(made)[-1] == "Fråga på! #Bygd"


def test_a_link_that_the_officer_put_in_the_comment_is_not_put_in_the_post() -> None:
    assert texts(post(written("Hej.", comment=f"Läs mer: {LINK}/"))) == ["Hej.", f"Läs mer: {LINK}/"]


def test_a_comment_is_counted_by_itself() -> None:
    assert (
        "Kommentaren är 5 tecken för lång för Mastodon: 505 av 500."
        in (problems(written("Hej.", comment="å" * 505))["N101"])
    )


def test_a_comment_on_linkedin_is_no_little_text_and_should_be_short() -> None:
    made = post(written("Hej.", comment="(" * 1250), "linkedin")
    assert made.more[0].length == 1250
    assert "N115" not in problems(written("Hej.", comment="(" * 1250), "linkedin")
    assert "1251 tecken" in problems(written("Hej.", comment="(" * 1251), "linkedin")["N115"]


# Pictures and cards


@pytest.mark.parametrize("network", ["bluesky", "linkedin"])
def test_a_post_without_pictures_gets_the_card_that_we_make(network: str) -> None:
    assert post(written("Hej."), network).card == Card(LINK, build.ITEM.title, build.ITEM.summary)


@pytest.mark.parametrize("network", ["mastodon", "facebook", "threads", "instagram"])
def test_a_card_that_the_network_makes_or_nobody_is_not_ours(network: str) -> None:
    assert post(written("Hej."), network).card is None


def test_pictures_come_before_a_card_and_keep_their_focal_point() -> None:
    made = post(written("Hej."), "bluesky", PICTURED)
    assert made.card is None
    assert [media.focal for media in made.media] == [(0.3, 0.7)]


def test_the_officer_chooses_what_is_shown() -> None:
    shown = {show: post(written("Hej.", show=show), "bluesky", PICTURED) for show in Show}
    assert {show: (bool(made.media), bool(made.card)) for show, made in shown.items()} == {
        Show.PICTURES: (True, False),
        Show.CARD: (False, True),
        Show.NOTHING: (False, False),
    }
    assert "N105" not in problems(written("Hej.", show=Show.NOTHING), item=PICTURED)


def test_what_was_asked_for_and_cannot_be_shown_is_told() -> None:
    bare = replace(build.ITEM, link="")
    assert "har inga" in problems(written("Hej.", show=Show.PICTURES))["N113"]
    assert "har ingen länk" in problems(written("Hej.", show=Show.CARD), item=bare)["N113"]
    assert "visar inga länkkort" in problems(written("Hej.", show=Show.CARD), "instagram", PICTURED)["N113"]
    assert "Ta bort raden show" in problems(written("Hej.", show=Show.CARD), "instagram", PICTURED)["N104"]
    assert "N113" not in problems(written("Hej.", show=Show.CARD))


def test_a_decorative_picture_has_an_empty_alt_text() -> None:
    item = replace(build.ITEM, pictures=(replace(build.PICTURE, alt=""),))
    assert post(written("Hej."), item=item).media[0].alt == ""
    assert problems(written("Hej."), item=item) == {}


# Tags and links that are read otherwise than meant


def test_a_tag_right_after_a_bracket_is_told_on_mastodon_alone() -> None:
    assert "#bygdeliv blir ingen hashtagg på Mastodon" in problems(written("Hej (#bygdeliv)."))["N108"]
    assert "N108" not in problems(written("Hej (#bygdeliv)."), "bluesky")


def test_a_tag_that_ends_at_a_sign_that_nobody_sees_is_told() -> None:
    assert (
        "#små slutar vid ett tecken som inte syns" in problems(written("#små\N{SOFT HYPHEN}företag"))["N108"]
    )


def test_a_link_that_mastodon_reads_with_the_quotation_mark_is_told() -> None:
    told = problems(written("Se ”https://leader.example/x”, så!"))["N114"]
    assert "https://leader.example/x som https://leader.example/x”" in told
    assert "N114" not in problems(written("Se ”https://leader.example/x”, så!"), "threads")
    assert "N114" not in problems(written("Se (https://leader.example/x)."))


# What is frozen


def test_the_hash_covers_all_that_readers_see() -> None:
    made = post(written("Hej."), "bluesky", PICTURED)
    media, part = made.media[0], Part(PartKind.REPLY, made.segments, made.length)
    picture = replace(media, alt="Annan.")
    others = [
        replace(made, warning="Ormar"),
        replace(made, media=(replace(media, focal=(0.5, 0.6)),)),
        replace(made, media=(replace(media, crop=Crop(0, 0, 0.5, 1)),)),
        replace(made, media=(replace(media, padded=True),)),
        replace(made, more=(part,)),
        replace(made, more=(part, part)),
        replace(made, more=(replace(part, kind=PartKind.COMMENT),)),
        replace(made, more=(replace(part, segments=made.segments[:1]),)),
        replace(made, card=Card(LINK, "a", "b")),
        replace(made, card=Card(f"{LINK}2", "a", "b")),
        replace(made, card=Card(LINK, "c", "b")),
        replace(made, card=Card(LINK, "a", "c")),
        replace(made, card=Card(LINK, "a", "b", media)),
        replace(made, card=Card(LINK, "a", "b", picture)),
        replace(made, language="en"),
    ]
    assert len({sealed(each).sha256 for each in (made, *others)}) == len(others) + 1
    assert sealed(made) == made


def test_an_ordinary_post_keeps_the_hash_that_it_had_before_posts_had_more() -> None:
    item = replace(build.ITEM, pictures=(build.PICTURE,))
    made = post(written("Hej."), item=item)
    assert made.sha256 == "d6e740c44072f0610bde08a63b956f5ef6f68378ab9ddd6e11699350ee3ee72e"


# Bluesky's limits


@given(
    st.lists(
        st.sampled_from(
            (
                SENTENCE,
                "Se https://leader.example/en/lång/väg?x=å.",
                "Tack @leader.bsky.example!",
                "👨‍👩‍👧‍👦 Vi! " * 40,
            )
        ),
        min_size=1,
        max_size=25,
    ).map(" ".join),
    st.sampled_from((WhenLong.THREAD, WhenLong.SHORTEN)),
)
@settings(max_examples=60, deadline=None)
def test_what_has_no_problem_is_within_blueskys_limits(text: str, way: WhenLong) -> None:
    draft = written(text, when_long=way)
    made = post(draft, "bluesky")
    assert not [one for one in post_problems(made, build.ITEM, draft) if one.severity is Severity.ERROR]
    for part in made.parts:
        content = part.text.encode()
        found = facets(part.segments)
        assert len(regex.findall(r"\X", part.text)) <= 300
        assert len(content) <= 3000
        assert all(one.start < one.end <= len(content) for one in found)
        assert all(one.end <= following.start for one, following in pairwise(found))
        assert all(content[one.start : one.end].decode() for one in found)
